"""Calculator 8: ballots to a result."""
