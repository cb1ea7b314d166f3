"""What the staff bank does later for placements: time limits, the choice after a broadcast, schedules."""
