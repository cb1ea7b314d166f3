"""The assembly: weights, motions, votes, elections, and what was resolved."""
