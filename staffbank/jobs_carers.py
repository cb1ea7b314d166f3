"""What the staff bank does later for carers: reminders before a check runs out, calendars read again."""
