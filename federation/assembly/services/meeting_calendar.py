"""A meeting as an event for calendars. Any scope."""

from federation.assembly.models import Meeting
from federation.assembly.services.meeting_letters import where_words
from staffbank.calendars import FeedEvent, write_calendar


def event_of(meeting: Meeting, address: str) -> FeedEvent:
    """One meeting; `address` is its page. Programs take the event out when the meeting is cancelled."""
    return FeedEvent(
        uid=f"{meeting.id}-meeting",
        start=meeting.starts_at,
        end=meeting.ends_at,
        summary=meeting.title,
        description=f"{where_words(meeting)}\n{address}",
        location=meeting.place or meeting.link,
        sequence=meeting.version,
        cancelled=meeting.state == "cancelled",
        changed=meeting.called_at,
    )


def calendar(meeting: Meeting, address: str) -> bytes:
    """One meeting as a calendar of its own."""
    return write_calendar(meeting.title, [event_of(meeting, address)])
