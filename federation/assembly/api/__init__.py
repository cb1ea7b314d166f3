"""The API of the assembly."""
