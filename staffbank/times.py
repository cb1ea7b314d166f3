"""London's wall clock told exactly: the hour that comes twice in October and the one that never comes in March."""

from datetime import UTC, date, datetime, time, timedelta

from tenants.clock import LONDON, day_words
from tenants.errors import InvalidInput

LONGEST_SHIFT = timedelta(hours=24)


def london_moment(day: date, at: time, fold: int | None = None) -> datetime:
    """The moment, in UTC, at which London's clocks show a time; `fold` says which one of two: 0 the first, 1 the second.

    >>> london_moment(date(2026, 7, 1), time(7, 30)).isoformat()
    '2026-07-01T06:30:00+00:00'
    >>> [london_moment(date(2026, 10, 25), time(1, 30), fold).hour for fold in (0, 1)]
    [0, 1]

    Raises: InvalidInput at "time" for a time that never comes, and, without `fold`, for one that comes twice.

    Source: Summer Time Act 1972: clocks change at 1am Greenwich mean time on the last Sundays of March and October.
    """
    if fold not in (None, 0, 1):
        raise InvalidInput({"fold": "Choose 0 for the first of the two hours or 1 for the second"})
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    first, second = (wall.replace(tzinfo=LONDON, fold=n).astimezone(UTC) for n in (0, 1))
    if first.astimezone(LONDON).replace(tzinfo=None) != wall:
        raise InvalidInput(
            {
                "time": f"On {day_words(day)} the clocks go forward and {at:%H:%M} never comes: "
                f"use {(wall + timedelta(hours=1)):%H:%M}, or a time before 01:00"
            }
        )
    if first != second and fold is None:
        raise InvalidInput(
            {
                "time": f"On {day_words(day)} the clocks go back and {at:%H:%M} comes twice: choose the first "
                "(summer time) or the second (an hour later)"
            }
        )
    return second if fold else first


def london_span(
    day: date, start: time, end: time, folds: tuple[int | None, int | None] = (None, None)
) -> tuple[datetime, datetime]:
    """Start and end, in UTC, of work that begins on a day; an end at or before the start lies on the next day.

    >>> [moment.isoformat() for moment in london_span(date(2026, 10, 24), time(22), time(7))]
    ['2026-10-24T21:00:00+00:00', '2026-10-25T07:00:00+00:00']

    Raises: InvalidInput at "start" or "end" as london_moment, or at "end" when the work has no length or is over 24 hours.
    """
    begins = _at("start", day, start, folds[0])
    overnight = end < start or (end == start and folds == (None, None))
    ends = _at("end", day + timedelta(days=1) if overnight else day, end, folds[1])
    if ends <= begins:
        raise InvalidInput({"end": "The end must be after the start"})
    if ends - begins > LONGEST_SHIFT:
        raise InvalidInput(
            {"end": f"This is longer than 24 hours ({(ends - begins) / timedelta(hours=1):g}): split it"}
        )
    return begins, ends


def london_midnight(day: date) -> datetime:
    """The moment, in UTC, at which a day begins in London; it always comes exactly once.

    >>> london_midnight(date(2026, 6, 1)).isoformat()
    '2026-05-31T23:00:00+00:00'
    """
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def _at(field: str, day: date, at: time, fold: int | None) -> datetime:
    try:
        return london_moment(day, at, fold)
    except InvalidInput as refusal:
        raise InvalidInput({field: next(iter(refusal.errors.values()))}) from None
