"""What crosses the border of the assembly: forms and JSON."""
