"""Calculator 6: voting weights from sizes, and what they mean."""
