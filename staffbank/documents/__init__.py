"""Documents of the staff bank, as tagged PDF."""
