"""Spans of time as pairs of aware moments: merged, taken from one another, and a weekly pattern laid out by London's clock."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from tenants.clock import LONDON

Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and adjoining spans as one, in order, in UTC."""
    found: list[Span] = []
    for start, end in sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Merged spans less others that are merged too."""
    left: list[Span] = []
    for start, end in spans:
        at = start
        for low, high in taken:
            if high <= at or low >= end:
                continue
            if low > at:
                left.append((at, low))
            at = max(at, high)
        if at < end:
            left.append((at, end))
    return left


def minutes_in(spans: Iterable[Span], start: datetime, end: datetime) -> int:
    """Whole minutes of merged spans inside a window."""
    seconds = sum(max(0.0, (min(high, end) - max(low, start)).total_seconds()) for low, high in spans)
    return int(seconds // 60)


def expand_week(pattern: Iterable[tuple[int, int, int]], start: datetime, end: datetime) -> list[Span]:
    """A weekly pattern of (weekday, from minute, to minute) as moments in UTC, cut to a window.

    Minutes count from midnight as London's clocks show them; beyond 1440 a window runs into the next morning. On the
    days the clocks change a window keeps its hours by the clock, so it is an hour shorter or longer in truth.

    >>> days = expand_week([(6, 0, 360)], datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC))
    >>> [(a.isoformat()[:16], b.isoformat()[:16]) for a, b in days]
    [('2026-10-24T23:00', '2026-10-25T06:00')]
    """
    spans: list[Span] = []
    rows = list(pattern)
    day = start.astimezone(LONDON).date() - timedelta(days=1)
    while datetime.combine(day, time(), LONDON) < end:
        for weekday, low, high in rows:
            if day.weekday() == weekday:
                begins, ends = _wall(day, low, 0), _wall(day, high, 1)
                if max(begins, start) < min(ends, end):
                    spans.append((max(begins, start.astimezone(UTC)), min(ends, end.astimezone(UTC))))
        day += timedelta(days=1)
    return merged(spans)


def _wall(day: date, minute: int, fold: int) -> datetime:
    """The moment at which London's clocks show so many minutes after a day's midnight."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC)
