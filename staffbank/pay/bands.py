"""Unsocial hours: which minutes of a piece of work fall into which band of London's clock, and what they weigh.

The bands are the federation's own agreement; a rate card may weigh them otherwise.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from staffbank.times import london_midnight, london_moment
from tenants.clock import LONDON
from tenants.errors import InvalidInput

PLAIN, UNSOCIAL, SPECIAL = "plain", "unsocial", "special"
BANDS: tuple[str, ...] = (PLAIN, UNSOCIAL, SPECIAL)
WEIGHTS: Mapping[str, Decimal] = {PLAIN: Decimal(1), UNSOCIAL: Decimal("1.25"), SPECIAL: Decimal("1.5")}
DAY_BEGINS, DAY_ENDS = time(6), time(20)
SATURDAY, SUNDAY = 5, 6
_MINUTE = timedelta(minutes=1)


def band_of(moment: datetime, holidays: Collection[date] = ()) -> str:
    """The band of a moment: plain from 6am to 8pm on weekdays; special on Sundays and bank holidays; else unsocial.

    >>> [band_of(datetime(2026, 11, day, hour, tzinfo=UTC)) for day, hour in ((20, 12), (20, 20), (21, 12), (22, 12))]
    ['plain', 'unsocial', 'unsocial', 'special']
    """
    local = moment.astimezone(LONDON)
    if local.weekday() == SUNDAY or local.date() in holidays:
        return SPECIAL
    return PLAIN if local.weekday() < SATURDAY and DAY_BEGINS <= local.time() < DAY_ENDS else UNSOCIAL


def minutes_by_band(start: datetime, end: datetime, holidays: Collection[date] = ()) -> dict[str, int]:
    """Whole minutes of work in each band, as they pass: the long night of October has an hour more.

    >>> minutes_by_band(datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
    {'plain': 120, 'unsocial': 150, 'special': 0}

    Raises: InvalidInput at "start" or "end" for times without a zone, turned round, or not of whole minutes.
    """
    check_span(start, end)
    minutes = dict.fromkeys(BANDS, 0)
    here, last = start.astimezone(UTC), end.astimezone(UTC)
    while here < last:
        until = min(last, _next_edge(here))
        minutes[band_of(here, holidays)] += (until - here) // _MINUTE
        here = until
    return minutes


def weighted_minutes(minutes: Mapping[str, int], weights: Mapping[str, Decimal] = WEIGHTS) -> Decimal:
    """Minutes weighed by their bands: what the hours account between co-ops counts.

    >>> weighted_minutes({"plain": 120, "unsocial": 60, "special": 60})
    Decimal('285.00')
    """
    return sum((count * weights[band] for band, count in minutes.items()), Decimal(0))


def check_span(start: datetime, end: datetime) -> None:
    """Raises: InvalidInput unless both are aware, of whole minutes, and the end is after the start."""
    for field, moment in (("start", start), ("end", end)):
        if moment.tzinfo is None:
            raise InvalidInput({field: "A time needs its zone"})
        if moment.second or moment.microsecond:
            raise InvalidInput({field: "Hours are agreed in whole minutes: round the time"})
    if end <= start:
        raise InvalidInput({"end": "The end must be after the start"})


def bank_holidays(year: int) -> frozenset[date]:
    """The usual bank holidays of England and Wales; days proclaimed once, such as for a coronation, are not among them.

    >>> sorted(day.isoformat() for day in bank_holidays(2026))[:2], date(2026, 12, 28) in bank_holidays(2026)
    (['2026-01-01', '2026-04-03'], True)

    Source: Banking and Financial Dealings Act 1971, schedule 1, and the days proclaimed each year.
    """
    sunday = easter_sunday(year)
    christmas, boxing = date(year, 12, 25), date(year, 12, 26)
    days = [_weekday_from(date(year, 1, 1)), sunday - timedelta(days=2), sunday + timedelta(days=1)]
    days += [_first_monday(date(year, 5, 1)), _first_monday(date(year, 5, 25)), _first_monday(date(year, 8, 25))]
    # When one of the two falls on a weekend its substitute comes after both.
    days += [christmas if christmas.weekday() < SATURDAY else date(year, 12, 27)]
    days += [boxing if boxing.weekday() < SATURDAY else date(year, 12, 28)]
    return frozenset(days)


def easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar.

    >>> easter_sunday(2026)
    datetime.date(2026, 4, 5)

    Source: Meeus, Astronomical Algorithms, chapter 8.
    """
    century, of_century = divmod(year, 100)
    leaps, odd_centuries = divmod(century, 4)
    golden = year % 19
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon_shift + 15) % 30
    quarter, rest = divmod(of_century, 4)
    weekday = (32 + 2 * odd_centuries + 2 * quarter - epact - rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _next_edge(moment: datetime) -> datetime:
    """The next time at which the band may change: 6am, 8pm or midnight in London."""
    today = moment.astimezone(LONDON).date()
    edges = (
        london_moment(today, DAY_BEGINS),
        london_moment(today, DAY_ENDS),
        london_midnight(today + timedelta(days=1)),
    )
    return next(edge for edge in edges if edge > moment)


def _weekday_from(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def _first_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
