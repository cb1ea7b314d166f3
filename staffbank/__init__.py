"""The shared staff bank: not built yet. Its floor is kept free between the ground floor and the reports."""
