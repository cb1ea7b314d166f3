"""The match calculator: which carer covers which shift."""
