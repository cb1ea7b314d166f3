"""Polls open and close by themselves; reminders go only to those who have not voted."""
