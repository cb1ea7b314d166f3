"""Words and steps that the pages of a round share."""

from datetime import datetime
from typing import Any

from tenants import clock
from tenants.audit import RecordRow
from tenants.jobs import Work
from tenants.pages.work import job_view as work_view

STATE_WORDS = {
    "draft": ("Draft", ""),
    "open": ("Open", "ok"),
    "closed": ("Closed", "info"),
    "awarded": ("Approved", "ok"),
    "ordered": ("Ordered", "teal"),
    "cancelled": ("Given up", "bad"),
}
"""State of a round to its word and the kind of its tag."""

STEPS = ("Draft", "Demand", "Award", "Approval", "Order", "Costs shared")
_AT = {"draft": 0, "open": 1, "closed": 2, "awarded": 4, "ordered": 6, "cancelled": 0}
_ACT_WORDS = {
    "draft-round": "Draft made",
    "open-round": "Opened to the co-ops",
    "extend-round": "Given more time",
    "close-round": "Demand closed",
    "cancel-round": "Given up",
    "remind-round": "Reminder sent",
    "run-award": "Award asked for",
    "work-out-award": "Award worked out",
    "approve-award": "Award approved",
    "place-orders": "Orders sent, costs recharged",
    "save-demand": "Demand saved",
    "recharge": "Share of the cost billed",
}


def step_at(state: str, *, proposed: bool = False) -> int:
    """Which step of a round is under way.

    >>> step_at("closed"), step_at("closed", proposed=True), step_at("ordered")
    (2, 3, 6)
    """
    return _AT[state] + (1 if state == "closed" and proposed else 0)


def timeline(rows: list[RecordRow]) -> list[dict[str, Any]]:
    """What has happened to a thing, newest first, for the timeline."""
    return [
        {
            "text": _ACT_WORDS.get(row.act, row.act.replace("-", " ").capitalize()),
            "small": row.facts.get("reason", ""),
            "at": clock.moment_words(row.at),
            "at_iso": row.at.isoformat(),
            "now": place == 0,
        }
        for place, row in enumerate(rows)
    ]


def left_words(closes_at: datetime, now: datetime) -> str:
    """How long there is still time, in words.

    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    >>> left_words(at + timedelta(days=5, hours=3), at), left_words(at + timedelta(hours=2), at), left_words(at, at)
    ('5 days left', '2 hours left', 'the time is up')
    """
    seconds = (closes_at - now).total_seconds()
    if seconds <= 0:
        return "the time is up"
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count != 1 else ''} left"
    return "less than a minute left"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun.

    >>> plural(1, "co-op"), plural(8, "co-op")
    ('1 co-op', '8 co-ops')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def job_view(work: Work, done_url: str, done_words: str = "See the result") -> dict[str, Any]:
    """A piece of work, for frame/progress.html, with where its result is seen."""
    return {**work_view(work), "done_url": done_url, "done_words": done_words}
