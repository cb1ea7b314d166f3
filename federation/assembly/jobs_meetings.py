"""Notices of meetings, and minutes."""
