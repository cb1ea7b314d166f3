"""Documents of the assembly, as tagged PDF."""
