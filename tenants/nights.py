"""When the nightly work is done."""

from datetime import UTC, datetime, time, timedelta

from tenants.clock import LONDON

AT = time(2, 30)
"""When the night's work is done, in London: after the hour that clocks change, so that it comes once each night."""


def next_night(now: datetime) -> datetime:
    """The next half past two in the morning in London.

    >>> next_night(datetime(2026, 11, 22, 1, tzinfo=UTC)).isoformat(), next_night(datetime(2026, 7, 1, 9, tzinfo=UTC)).isoformat()
    ('2026-11-22T02:30:00+00:00', '2026-07-02T01:30:00+00:00')
    """
    local = now.astimezone(LONDON)
    tonight = datetime.combine(local.date(), AT, LONDON)
    if tonight <= local:
        tonight = datetime.combine(local.date() + timedelta(days=1), AT, LONDON)
    return tonight.astimezone(UTC)
