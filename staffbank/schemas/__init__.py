"""What crosses the border of the staff bank."""
