"""What the services of the assembly do: one function per act."""
