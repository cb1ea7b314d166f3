"""What the staff bank does later with hours: recharges, adjustments, the monthly settlement."""
