"""What meetings do by themselves: a reminder the day before, and by correspondence opening and closing at their hours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from federation.assembly.services import meetings
from tenants import clock
from tenants.errors import NotFound
from tenants.jobs import Task, job
from tenants.scope import FEDERATION


@job(meetings.REMIND)
def remind_of_meeting(task: Task, meeting_id: str, at: str) -> dict[str, int]:
    """Remind the delegates, unless the meeting was moved or cancelled since."""
    meeting = _known(task, meeting_id)
    if meeting is None or meeting.starts_at - meetings.REMIND_BEFORE != datetime.fromisoformat(at):
        return {"letters": 0}
    return {"letters": meetings.remind(meeting.id)}


@job(meetings.WINDOW)
def turn_window(task: Task, meeting_id: str, at: str) -> dict[str, str]:
    """Open a meeting by correspondence when its time begins, and close it when it ends."""
    meeting, now = _known(task, meeting_id), clock.now()
    if meeting is None or meeting.way != "correspondence":
        return {"outcome": "not-due"}
    if meeting.state == "called" and meeting.starts_at <= now:
        meeting = meetings.open_meeting(meeting.id)
    if meeting.state == "open" and meeting.ends_at <= now:
        meeting = meetings.close_meeting(meeting.id)
    return {"outcome": meeting.state}


def _known(task: Task, meeting_id: str) -> Any:
    """The meeting, for the office alone: a co-op's outbox cannot open or close anything."""
    if task.scope.tenant_id != FEDERATION:
        return None
    try:
        return meetings.get_meeting(UUID(meeting_id))
    except NotFound:
        return None
