"""An independent check of the staff bank: reads what was worked and placed, and reports every hard rule that is broken."""
