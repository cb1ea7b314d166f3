"""What polls do by themselves: open and close at their hours, and remind those who have not voted. The office's alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from federation.assembly.services import polls
from tenants import clock
from tenants.errors import NotFound
from tenants.jobs import Task, job
from tenants.scope import FEDERATION


@job("poll-open")
def open_on_time(task: Task, poll_id: str, at: str) -> dict[str, str]:
    """Open a poll at its hour."""
    poll = _due(task, poll_id)
    if poll is None or poll.state != "planned" or poll.opens_at > clock.now():
        return {"outcome": "not-due"}
    return {"outcome": polls.open_poll(poll.id).state}


@job("poll-close")
def close_on_time(task: Task, poll_id: str, at: str) -> dict[str, str]:
    """Close a poll at its hour; one that was given more time is left to its later hour."""
    poll = _due(task, poll_id)
    if poll is None or poll.state != "open" or poll.closes_at > clock.now():
        return {"outcome": "not-due"}
    return {"outcome": polls.close_poll(poll.id).state}


@job("poll-remind")
def remind_missing(task: Task, poll_id: str, at: str) -> dict[str, int]:
    """Remind the co-ops that have not cast all their votes, and nobody else."""
    poll = _due(task, poll_id)
    if (
        poll is None
        or poll.state != "open"
        or clock.now() >= poll.closes_at
        or datetime.fromisoformat(at) < poll.opens_at
    ):
        return {"coops": 0}
    return {"coops": polls.remind(poll.id)}


def _due(task: Task, poll_id: str) -> Any:
    """The poll, for the office alone: a co-op's outbox cannot open or close anything."""
    if task.scope.tenant_id != FEDERATION:
        return None
    try:
        return polls.get_poll(UUID(poll_id))
    except NotFound:
        return None
