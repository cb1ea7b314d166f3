"""What people do in the staff bank, one function an act."""
