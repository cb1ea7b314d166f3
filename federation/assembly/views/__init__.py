"""What the pages of the assembly show: plain dicts from rows."""
