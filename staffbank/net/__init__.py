"""Calculator 5: what co-ops owe each other, settled with few payments. Pure: debts in, payments out."""
