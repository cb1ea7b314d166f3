"""The rules of a placement that need no database: whose move a move is, by when to answer, and the terms both sides agree."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

CARER_MOVES = (
    "interest",
    "accept",
    "decline",
    "brief_carer",
    "check_in",
    "check_out",
    "not_checked",
    "give_back",
)
HOME_MOVES = ("release", "refuse", "recall")
HOST_MOVES = ("confirm", "withdraw", "brief_host", "no_show", "cancel")
OFFICE_MOVES = ("choose", "pass_over", "expire", "release_by_default", "confirm_by_default")
MOVER = {
    **dict.fromkeys(CARER_MOVES, "carer"),
    **dict.fromkeys(HOME_MOVES, "home"),
    **dict.fromkeys(HOST_MOVES, "host"),
    **dict.fromkeys(OFFICE_MOVES, "office"),
}
"""Whose each move is; the crossing checks it again."""

WITH_REASON = ("refuse", "recall", "cancel")
"""Moves that a co-op makes against somebody: they need a reason, which those it concerns read."""

PENDING = ("asked", "interested", "offered", "accepted", "released")
"""States in which somebody still has to act, by `expires_at`."""

SHORTEST = timedelta(minutes=5)
"""Nobody is asked to answer in less."""

CANCELLATION = (
    {"notice_hours": 24, "pay_percent": 100},
    {"notice_hours": 48, "pay_percent": 50},
)
"""What is still paid when the host cancels with less notice than so many hours; with more, nothing.

ASSUMPTION: a scale of the house until the federation's agreement says otherwise; every cancellation is logged with its
notice, as the Employment Rights Act 2025 will ask.
"""


def still_paid(scale: Iterable[Mapping[str, int]], notice_minutes: int) -> int:
    """How many percent of the hours agreed are still paid when the host cancels, by the scale in the terms.

    >>> [still_paid(CANCELLATION, 60 * hours) for hours in (-1, 23, 24, 47, 48)]
    [100, 100, 50, 50, 0]
    """
    due = [row["pay_percent"] for row in scale if notice_minutes < 60 * row["notice_hours"]]
    return max(due, default=0)


def answer_until(now: datetime, starts_at: datetime, hours: int) -> datetime:
    """By when a carer answers: the co-op's hours, but at most half of the time left, so that others have time too.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 22, 7, tzinfo=UTC)
    >>> [answer_until(now, now + timedelta(hours=left), 24) - now for left in (4, 200)]
    [datetime.timedelta(seconds=7200), datetime.timedelta(days=1)]
    """
    return now + max(SHORTEST, min(timedelta(hours=hours), (starts_at - now) / 2))


def canonical(terms: Mapping[str, Any]) -> str:
    """Terms as one text, the same on every machine: keys in order, no idle blanks.

    >>> canonical({"place": "LS1", "hours": [2, 1]})
    '{"hours":[2,1],"place":"LS1"}'
    """
    return json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def notice_words(minutes: int) -> str:
    """The notice that was given, in words; less than nothing is after the start.

    >>> notice_words(1530), notice_words(45), notice_words(-10)
    ('25 hours 30 minutes before the start', '45 minutes before the start', 'after the start')
    """
    if minutes < 0:
        return "after the start"
    hours, rest = divmod(minutes, 60)
    parts = [
        f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in ((hours, "hour"), (rest, "minute")) if count
    ]
    return f"{' '.join(parts) or 'no time'} before the start"
