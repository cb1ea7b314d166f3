"""Hours as people type them, in London: each is one moment, or is refused."""

from datetime import UTC, date, datetime, time

from tenants import clock


def london_moment(day: date, at: time) -> datetime:
    """A day and an hour of London as a moment in UTC; of an hour that comes twice in autumn the first is meant.

    >>> london_moment(date(2026, 7, 1), time(12, 0)).isoformat(), london_moment(date(2026, 12, 1), time(12, 0)).isoformat()
    ('2026-07-01T11:00:00+00:00', '2026-12-01T12:00:00+00:00')
    >>> london_moment(date(2026, 10, 25), time(1, 30)).isoformat()
    '2026-10-25T00:30:00+00:00'

    Raises: ValueError for an hour that the clocks skip in spring.
    """
    moment = datetime.combine(day, at.replace(tzinfo=None), tzinfo=clock.LONDON).astimezone(UTC)
    if moment.astimezone(clock.LONDON).replace(tzinfo=None) != datetime.combine(day, at.replace(tzinfo=None)):
        raise ValueError("The clocks go forward then, so there is no such hour. Enter another")
    return moment


__all__ = ["london_moment"]
