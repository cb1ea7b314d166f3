"""What the pages of the staff bank show, gathered."""
