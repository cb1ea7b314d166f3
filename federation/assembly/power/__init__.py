"""Calculator 7: power indices, exact."""
