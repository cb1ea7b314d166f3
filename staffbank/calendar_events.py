"""One event of a calendar as checked values, and the times at which it makes somebody busy within a window."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from staffbank.calendar_lines import Block, Line, LineFault
from staffbank.calendar_repeats import Budget, Rule, days_of, parse_rule
from tenants.clock import LONDON

LONGEST_EVENT = timedelta(days=400)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
LONGEST_SUMMARY = 200
LONGEST_UID = 255
MOST_TIMES = 5_000

_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,3})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?)", re.ASCII
)
_ZONES = {"GMT STANDARD TIME": "Europe/London", "GREENWICH STANDARD TIME": "UTC", "GMT": "UTC", "Z": "UTC"}
"""Names that office programs give to zones of these islands; “GMT Standard Time” means London, summer time included."""


@dataclass(frozen=True)
class Moment:
    """A time as a calendar tells it: what the clock shows, in which zone; a whole day begins at midnight in London."""

    wall: datetime
    zone: tzinfo
    whole_day: bool = False

    def utc(self) -> datetime:
        """The moment in UTC; of an hour that comes twice the first, of one that never comes an hour later."""
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Walk:
    """The window asked for (UTC), and the days that may still be looked at for repeats."""

    start: datetime
    end: datetime
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True)
class Found:
    """One event. It lasts `days` by the calendar and then `exact`; `replaces` is the occurrence that it moves (UTC)."""

    line: int
    uid: str
    summary: str
    busy: bool
    start: Moment
    days: int
    exact: timedelta
    rule: Rule | None
    until: Moment | None
    more: tuple[Moment, ...]
    without: frozenset[datetime]
    without_days: frozenset[date]
    replaces: datetime | None

    def end_of(self, start: Moment) -> datetime:
        """When the occurrence that starts then ends, in UTC."""
        return Moment(start.wall + timedelta(days=self.days), start.zone).utc() + self.exact


def occurrences(event: Found, walk: Walk, moved: Collection[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Start and end (UTC) of each occurrence that touches the window, but for those that are moved or left out.

    Raises: ValueError when the repeats reach too far.
    """
    seen = set(moved) | event.without
    for start in (*_repeated(event, walk), *event.more):
        begins = start.utc()
        if begins in seen or start.wall.date() in event.without_days:
            continue
        seen.add(begins)
        ends = event.end_of(start)
        if begins < ends and begins < walk.end and ends > walk.start:
            yield begins, ends


def _repeated(event: Found, walk: Walk) -> Iterator[Moment]:
    if event.rule is None:
        yield event.start
        return
    # Two days on either side cover every zone; what does not touch the window falls out later.
    longest = timedelta(days=event.days + 2) + event.exact
    first, last = (walk.start - longest).date(), (walk.end + timedelta(days=2)).date()
    until = event.until
    if until:
        last = min(last, until.wall.date() + timedelta(days=0 if until.whole_day else 1))
    for day in days_of(event.rule, event.start.wall.date(), first, last, walk.budget):
        start = Moment(datetime.combine(day, event.start.wall.time()), event.start.zone, event.start.whole_day)
        if until and not until.whole_day and start.utc() > until.utc():
            return
        yield start


def read_event(block: Block) -> Found:
    """An event as checked values.

    Raises: LineFault with the line and a remedy.
    """
    if rule := block.one("EXRULE"):
        raise LineFault(rule.number, "EXRULE is no longer part of calendars: leave the times out with EXDATE")
    uid, begins, repeats = block.one("UID"), block.one("DTSTART"), block.one("RRULE")
    if not uid or not uid.value.strip() or len(uid.value) > LONGEST_UID:
        raise LineFault(
            block.line, f"The event has no UID of at most {LONGEST_UID} characters: export the calendar again"
        )
    if not begins:
        raise LineFault(block.line, "The event has no DTSTART: give it a start")
    start = read_moment(begins, begins.value)
    days, exact = _length(block, start)
    rule = _rule(repeats) if repeats else None
    replaced = block.one("RECURRENCE-ID")
    if replaced and ("RANGE" in replaced.params or rule):
        raise LineFault(
            replaced.number, "A change of all later occurrences cannot be used: end the repeat and start another"
        )
    without = _moments(block, "EXDATE", start.zone)
    summary, status, free = block.one("SUMMARY"), block.one("STATUS"), block.one("TRANSP")
    cancelled = bool(status) and status.value.strip().upper() == "CANCELLED"
    return Found(
        block.line,
        uid.value.strip(),
        _one_line(summary.value if summary else ""),
        not cancelled and not (free and free.value.strip().upper() == "TRANSPARENT"),
        start,
        days,
        exact,
        rule,
        read_moment(repeats, rule.until, start.zone) if repeats and rule and rule.until else None,
        _moments(block, "RDATE", start.zone),
        frozenset(moment.utc() for moment in without),
        frozenset(moment.wall.date() for moment in without if moment.whole_day),
        read_moment(replaced, replaced.value, start.zone).utc() if replaced else None,
    )


def read_moment(line: Line, text: str, zone: tzinfo = LONDON) -> Moment:
    """A date or a date with a time; without a zone of its own it is told in `zone`.

    >>> read_moment(Line(1, "DTSTART", {"TZID": "Europe/London"}, ""), "20260701T080000").utc().isoformat()
    '2026-07-01T07:00:00+00:00'

    Raises: LineFault.
    """
    match = _MOMENT.fullmatch(text.strip())
    try:
        if not match:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        # A leap second is written 60 and has no time of its own here.
        wall = datetime(year, month, day, hour, minute, min(second, 59))
        if not EARLIEST_YEAR <= year <= LATEST_YEAR or second > 60:
            raise ValueError
    except ValueError:
        raise LineFault(line.number, f"{line.name} {text[:40]!r} is no time: write 20261127T073000") from None
    if match[4] is None:
        return Moment(wall, zone, whole_day=True)
    if match[7]:
        return Moment(wall, UTC)
    return Moment(wall, _zone(line) if "TZID" in line.params else zone)


def _zone(line: Line) -> tzinfo:
    name = line.params["TZID"].strip()
    name = _ZONES.get(name.upper(), name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise LineFault(line.number, f"The time zone {name[:60]!r} is not known here: use Europe/London") from None


def _length(block: Block, start: Moment) -> tuple[int, timedelta]:
    """How long the event lasts: days of the calendar, and time on top of them."""
    end, lasts = block.one("DTEND"), block.one("DURATION")
    if end and lasts:
        raise LineFault(lasts.number, "An event has either DTEND or DURATION: keep one of the two")
    days, exact = (1 if start.whole_day and not lasts else 0), timedelta()
    if end:
        until = read_moment(end, end.value, start.zone)
        if until.whole_day != start.whole_day:
            raise LineFault(end.number, "DTSTART and DTEND must both be days or both be times")
        days = (until.wall - start.wall).days if start.whole_day else 0
        exact = timedelta() if start.whole_day else until.utc() - start.utc()
    elif lasts:
        match = _DURATION.fullmatch(lasts.value.strip())
        if not match or not any(match.groups()):
            raise LineFault(lasts.number, f"DURATION {lasts.value[:40]!r} is no length of time: write PT2H30M")
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        days, exact = days + 7 * weeks, timedelta(hours=hours, minutes=minutes, seconds=seconds)
    told = end or lasts
    line = told.number if told else block.line
    if days < 0 or exact < timedelta():
        raise LineFault(line, "The event ends before it starts: correct one of the two times")
    if timedelta(days=days) + exact > LONGEST_EVENT:
        raise LineFault(line, f"The event is longer than {LONGEST_EVENT.days} days: divide it")
    return days, exact


def _rule(line: Line) -> Rule:
    try:
        return parse_rule(line.value)
    except ValueError as fault:
        raise LineFault(line.number, str(fault)) from None


def _moments(block: Block, name: str, zone: tzinfo) -> tuple[Moment, ...]:
    found: list[Moment] = []
    for line in block.all_of(name):
        if line.params.get("VALUE", "").upper() == "PERIOD":
            raise LineFault(line.number, f"{name} with periods cannot be used: enter these events one by one")
        found += [read_moment(line, text, zone) for text in line.value.split(",") if text.strip()]
        if len(found) > MOST_TIMES:
            raise LineFault(line.number, f"{name} names more than {MOST_TIMES:,} times")
    return tuple(found)


def _one_line(text: str) -> str:
    """A text of a calendar, unescaped, on one line without control characters."""
    plain = re.sub(r"\\([nN,;\\])", lambda found: " " if found[1] in "nN" else found[1], text)
    return "".join(letter for letter in plain if letter.isprintable()).strip()[:LONGEST_SUMMARY]
