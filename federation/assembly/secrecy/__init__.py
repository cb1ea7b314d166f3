"""Calculator 9: what a published result gives away."""
