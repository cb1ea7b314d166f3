"""Repeats of a calendar's events: RFC 5545's RRULE with RDATE and EXDATE, walked no further than a window needs.

The walk is our own because it must end: a rule that never comes true, such as every 30 February, makes walkers that
look for the next occurrence run to the year 9999.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST_DAYS_WALKED = 1_000_000
"""Days looked at for all repeats of one file; a calendar of a thousand weekly visits over two years needs fewer."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_KEYS = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """A repeat: every `interval` periods of `freq`, on the days that pass all filters. `until` is raw text."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    days: tuple[tuple[int, int], ...] = ()
    """Pairs of (which one, weekday); which one is 0 for every such weekday, −1 for the last."""
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


@dataclass
class Budget:
    """Days that may still be looked at; shared by all repeats of one file, so that many small bombs are one."""

    days: int = MOST_DAYS_WALKED

    def spend(self, days: int) -> None:
        """Raises: ValueError when no days are left."""
        self.days -= days
        if self.days < 0:
            raise ValueError("The repeats of this calendar reach too far: send the events of fewer years")


@dataclass(frozen=True)
class _Filter:
    """The days that a rule lets pass, for a repeat that starts on a day."""

    rule: Rule
    start: date

    def passes(self, day: date) -> bool:
        """Whether a day of one of the rule's periods is an occurrence, positions aside."""
        rule, start = self.rule, self.start
        if rule.months and day.month not in rule.months:
            return False
        if rule.month_days and not {day.day, day.day - monthrange(day.year, day.month)[1] - 1} & {*rule.month_days}:
            return False
        if rule.days and not any(self._is_weekday(day, which, weekday) for which, weekday in rule.days):
            return False
        if rule.days or rule.month_days or rule.freq == "DAILY":
            return True
        if rule.freq == "WEEKLY":
            return day.weekday() == start.weekday()
        return day.day == start.day and (rule.freq == "MONTHLY" or bool(rule.months) or day.month == start.month)

    def _is_weekday(self, day: date, which: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        if which == 0:
            return True
        # “The second Monday” is the month's unless a yearly rule names no month: then it is the year's.
        if self.rule.freq == "YEARLY" and not self.rule.months:
            place, length = day.timetuple().tm_yday, 366 if monthrange(day.year, 2)[1] == 29 else 365
        else:
            place, length = day.day, monthrange(day.year, day.month)[1]
        return which == ((place - 1) // 7 + 1 if which > 0 else -((length - place) // 7 + 1))


def parse_rule(text: str) -> Rule:
    """Read a repeat.

    >>> parse_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=6")
    Rule(freq='WEEKLY', interval=2, count=6, until='', days=((0, 0), (0, 4)), month_days=(), months=(), positions=(), week_start=0)

    Raises: ValueError with words for what cannot be used.
    """
    parts: dict[str, str] = {}
    for part in text.strip().rstrip(";").upper().split(";"):
        key, separator, value = part.partition("=")
        if not separator or key in parts:
            raise ValueError(f"The repeat cannot be read at {part[:40]!r}: export the calendar again")
        if key not in _KEYS:
            raise ValueError(f"A repeat by {key[:20]} cannot be used here: enter these times one by one")
        parts[key] = value
    freq = parts.get("FREQ", "")
    if freq not in FREQUENCIES:
        raise ValueError(
            f"A repeat that is {freq[:20] or 'without FREQ'} cannot be used: repeat daily, weekly, monthly or yearly"
        )
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("A repeat ends either after COUNT times or at UNTIL, not both")
    days = tuple(_weekday(word) for word in _words(parts, "BYDAY"))
    if freq in ("DAILY", "WEEKLY") and any(which for which, _ in days):
        raise ValueError(f"A {freq.lower()} repeat has no first or last weekday: repeat monthly instead")
    if freq == "WEEKLY" and "BYMONTHDAY" in parts:
        raise ValueError("A weekly repeat has no days of the month: repeat monthly instead")
    if parts.get("WKST", "MO") not in _WEEKDAYS:
        raise ValueError("WKST must be a weekday, like MO")
    return Rule(
        freq,
        _numbers(parts, "INTERVAL", 1, 1000)[0] if "INTERVAL" in parts else 1,
        _numbers(parts, "COUNT", 1, 100_000)[0] if "COUNT" in parts else None,
        parts.get("UNTIL", ""),
        days,
        _numbers(parts, "BYMONTHDAY", -31, 31),
        _numbers(parts, "BYMONTH", 1, 12),
        _numbers(parts, "BYSETPOS", -366, 366),
        _WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def days_of(rule: Rule, start: date, first: date, last: date, budget: Budget) -> Iterator[date]:
    """The days from `first` to `last` on which a repeat that starts on `start` falls, in order; the start is always one.

    >>> [day.isoformat() for day in days_of(parse_rule("FREQ=MONTHLY;BYDAY=-1FR"), date(2026, 1, 30), date(2026, 2, 1),
    ...                                     date(2026, 4, 30), Budget())]
    ['2026-02-27', '2026-03-27', '2026-04-24']

    Raises: ValueError when the budget of days is spent.
    """
    if first <= start <= last:
        yield start
    passes, found = _Filter(rule, start).passes, 1
    # With a COUNT every occurrence from the first must be counted; otherwise the walk may begin near the window.
    for days in _periods(rule, start, start if rule.count else first, last):
        budget.spend(len(days))
        for day in _chosen(rule.positions, [day for day in days if passes(day)]):
            if day <= start:
                continue
            found += 1
            if day > last or (rule.count and found > rule.count):
                return
            if day >= first:
                yield day


def _periods(rule: Rule, start: date, origin: date, last: date) -> Iterator[Sequence[date]]:
    """The days of each period from the one of `origin` on, counted in steps of the interval from the start's period."""
    length = {"DAILY": 1, "WEEKLY": 7}.get(rule.freq)
    if length:
        here = start - _DAY * ((start.weekday() - rule.week_start) % 7 if length == 7 else 0)
        step = _DAY * length * rule.interval
        here += step * max(0, (origin - here) // step)
        while here <= last:
            yield [here + _DAY * n for n in range(length)]
            here += step
        return
    months = 1 if rule.freq == "MONTHLY" else 12
    number, step = (start.year * 12 + start.month - 1) // months, rule.interval
    number += step * max(0, ((origin.year * 12 + origin.month - 1) // months - number) // step)
    while (here := date(number * months // 12, number * months % 12 + 1, 1)) <= last:
        days = sum(monthrange(here.year, here.month + n)[1] for n in range(months))
        yield [here + _DAY * n for n in range(days)]
        number += step


def _chosen(positions: Collection[int], days: Sequence[date]) -> Sequence[date]:
    """Of the days of one period those at the positions, counted from either end; all of them without positions."""
    if not positions:
        return days
    places = {place - 1 if place > 0 else len(days) + place for place in positions}
    return [day for place, day in enumerate(days) if place in places]


def _words(parts: dict[str, str], key: str) -> list[str]:
    return parts[key].split(",") if key in parts else []


def _weekday(word: str) -> tuple[int, int]:
    match = _BYDAY.fullmatch(word)
    which = int(match[1] or 0) if match else 0
    if not match or (match[1] and not 1 <= abs(which) <= 53):
        raise ValueError(f"BYDAY lists weekdays, like MO,FR or -1FR, not {word[:20]!r}")
    return which, _WEEKDAYS.index(match[2])


def _numbers(parts: dict[str, str], key: str, least: int, most: int) -> tuple[int, ...]:
    words = _words(parts, key)
    if any(
        not re.fullmatch(r"[+-]?[0-9]{1,6}", word) or not least <= int(word) <= most or not int(word) for word in words
    ):
        raise ValueError(f"{key} must be from {least:,} to {most:,} and not nought")
    return tuple(sorted({int(word) for word in words}))
