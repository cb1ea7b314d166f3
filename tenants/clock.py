"""Time: aware UTC inside, Europe/London at the edges. The clock is passed in, or set for a while in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day in London."""
    return now().astimezone(LONDON).date()


def london_moment(day: date, at: time) -> datetime:
    """A day and an hour of London as a moment in UTC; of an hour that comes twice in autumn the first is meant.

    >>> london_moment(date(2026, 7, 1), time(12, 0)).isoformat(), london_moment(date(2026, 12, 1), time(12, 0)).isoformat()
    ('2026-07-01T11:00:00+00:00', '2026-12-01T12:00:00+00:00')
    >>> london_moment(date(2026, 10, 25), time(1, 30)).isoformat()
    '2026-10-25T00:30:00+00:00'

    Raises: ValueError for an hour that the clocks skip in spring.
    """
    moment = datetime.combine(day, at.replace(tzinfo=None), tzinfo=LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != datetime.combine(day, at.replace(tzinfo=None)):
        raise ValueError("The clocks go forward then, so there is no such hour. Enter another")
    return moment


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand still at an aware moment: for tests and for demo data.

    Raises: ValueError for a naive moment.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def day_words(day: date) -> str:
    """Write a day in full.

    >>> day_words(date(2026, 11, 27))
    'Friday 27 November 2026'
    """
    return f"{day:%A} {day.day} {day:%B %Y}"


def moment_words(moment: datetime) -> str:
    """Write a moment in London time, the way people say it.

    >>> moment_words(datetime(2026, 11, 27, 9, 30, tzinfo=UTC)), moment_words(datetime(2026, 7, 1, 11, 5, tzinfo=UTC))
    ('Friday 27 November 2026, 9:30am', 'Wednesday 1 July 2026, 12:05pm')
    """
    local = moment.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{day_words(local.date())}, {hour}:{local.minute:02d}{'am' if local.hour < 12 else 'pm'}"
