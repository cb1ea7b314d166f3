"""Moments as whole seconds since 1970 in UTC, and spans of them: reading, merging, taking away, weeks.

Inside the matcher time has no zone and no missing or double hours: what comes in names its offset.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tenants.clock import LONDON
from tenants.reading import Reader

Span = tuple[int, int]
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400
_FIRST_MONDAY = 4 * DAY
"""Monday 5 January 1970, 00:00 UTC."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?([Zz]|[+-]\d\d:\d\d)")
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def read_moment(read: Reader, raw: Any, path: str) -> int:
    """A moment with its offset, in seconds; without an offset an hour in October would be two hours, in March none."""
    if isinstance(raw, str) and raw.isascii() and _MOMENT.fullmatch(raw):
        try:
            moment = datetime.fromisoformat(raw.upper())
            if _EARLIEST <= moment < _LATEST:
                return int(moment.timestamp())
        except (ValueError, OverflowError):
            pass
    read.wrong(path, 'must be a moment with its offset, like "2026-11-22T09:00:00Z", between 2000 and 2099')
    return 0


def read_day(read: Reader, raw: Any, path: str) -> int:
    """A day, as days since 1970."""
    if isinstance(raw, str) and len(raw) == 10 and raw.isascii():
        try:
            return (date.fromisoformat(raw) - date(1970, 1, 1)).days
        except ValueError:
            pass
    read.wrong(path, 'must be a day, like "2026-11-10"')
    return 0


def read_until(read: Reader, raw: Any, path: str) -> int | None:
    """The last moment something is valid: None for no expiry; a day lasts until it ends in London."""
    if raw is None:
        return None
    if isinstance(raw, str) and len(raw) == 10:
        days = read_day(read, raw, path)
        if not 0 <= days < 60_000:
            read.wrong(path, "must be a day between 1970 and 2130")
            return 0
        next_day = date(1970, 1, 1) + timedelta(days=days + 1)
        return int(datetime(next_day.year, next_day.month, next_day.day, tzinfo=LONDON).timestamp())
    return read_moment(read, raw, path)


def read_spans(read: Reader, raw: Any, path: str, most: int) -> tuple[Span, ...]:
    """A list of [start, end] pairs, merged and in order."""
    spans = []
    for n, row in enumerate(read.rows(raw, path, 0, most)):
        if not isinstance(row, list) or len(row) != 2:
            read.wrong(f"{path}[{n}]", "must be a pair [start, end]")
            continue
        start, end = (read_moment(read, one, f"{path}[{n}][{k}]") for k, one in enumerate(row))
        if end <= start and start:
            read.wrong(f"{path}[{n}]", "must end after it starts")
        else:
            spans.append((start, end))
    return merge(spans)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Overlapping and adjoining spans as one, in order.

    >>> merge([(5, 9), (0, 2), (2, 4), (8, 11)])
    ((0, 4), (5, 11))
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def seconds_without(spans: Sequence[Span], taken: Sequence[Span], within: Span) -> int:
    """Seconds of merged spans inside `within` that no merged `taken` span covers.

    >>> seconds_without([(0, 10), (20, 30)], [(5, 22)], (2, 28))
    9
    """
    total, low, high = 0, within[0], within[1]
    for start, end in spans:
        start, end = max(start, low), min(end, high)
        if start < end:
            total += end - start - sum(max(0, min(end, b) - max(start, a)) for a, b in taken)
    return total


def monday(moment: int) -> int:
    """The Monday 00:00 UTC at or before a moment.

    >>> words(monday(1795345200))
    '2026-11-16T00:00:00Z'
    """
    return moment - (moment - _FIRST_MONDAY) % WEEK


def longest_gap(pieces: Sequence[Span], low: int, high: int) -> int:
    """The longest time in a row from `low` to `high` that no piece touches; pieces are in order of start.

    >>> longest_gap([(2, 4), (3, 9), (20, 22)], 0, 24)
    11
    """
    longest, free = 0, low
    for start, end in pieces:
        if end <= free:
            continue
        if start >= high:
            break
        if start - free > longest:
            longest = start - free
        free = end
    return max(longest, high - free)


def words(moment: int) -> str:
    """A moment in the way it is written in answers."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
