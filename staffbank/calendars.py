"""Calendars in iCalendar form: when somebody is busy, read within limits, and feeds of placements, written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from staffbank.calendar_events import LATEST_YEAR, Found, Walk, occurrences, read_event
from staffbank.calendar_lines import LineFault, read_blocks
from tenants import clock
from tenants.errors import InvalidInput

MOST_OCCURRENCES = 2_000
LONGEST_WINDOW = timedelta(days=800)
MOST_ERRORS = 25
LONGEST_TEXT = 1_000
FOLD_AT = 75
"""Bytes in a line of a calendar; longer ones go on in the next line after a space."""


@dataclass(frozen=True, order=True)
class Busy:
    """A time in UTC during which somebody is not free, from the event `uid`; `summary` is what its calendar calls it."""

    start: datetime
    end: datetime
    uid: str
    summary: str


@dataclass(frozen=True)
class FeedEvent:
    """One event of a feed; times are aware. `changed` is when it last changed, and `sequence` counts its changes."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    description: str = ""
    location: str = ""
    sequence: int = 0
    cancelled: bool = False
    changed: datetime | None = None


def read_calendar(text: bytes, start: datetime, end: datetime) -> list[Busy]:
    """The busy times of a calendar that touch the window from `start` to `end` (aware), in order.

    Events marked free or cancelled are left out; a moved occurrence stands where it was moved to. Times without a zone
    are London's. Of an hour that comes twice the first is meant, and one that never comes is read an hour later.

    Raises: InvalidInput at "file" or by "line N", with a remedy.

    Source: RFC 5545, sections 3.3.5 (times), 3.3.10 (repeats) and 3.8.4.4 (moved occurrences).
    """
    _check_window(start, end)
    events = _events(text)
    moved: dict[str, set[datetime]] = {}
    for event in events:
        if event.replaces:
            moved.setdefault(event.uid, set()).add(event.replaces)
    walk, found = Walk(start.astimezone(UTC), end.astimezone(UTC)), list[Busy]()
    for event in events:
        skipped = moved.get(event.uid, ()) if not event.replaces else ()
        try:
            for begins, ends in occurrences(event, walk, skipped) if event.busy else ():
                found.append(Busy(begins, ends, event.uid, event.summary))
                if len(found) > MOST_OCCURRENCES:
                    raise ValueError(f"There are more than {MOST_OCCURRENCES:,} times in this window: send fewer")
        except ValueError as fault:
            raise InvalidInput({f"line {event.line}": str(fault)}) from None
    return sorted(found)


def write_calendar(name: str, events: Iterable[FeedEvent]) -> bytes:
    """A calendar that programs subscribe to: times in UTC, texts escaped, lines ended by CRLF and folded at 75 bytes.

    >>> feed = write_calendar("Amy, placements", [FeedEvent("p-1", datetime(2026, 11, 22, 7, tzinfo=UTC),
    ...     datetime(2026, 11, 22, 9, tzinfo=UTC), "Cover; LS1", changed=datetime(2026, 11, 20, 9, tzinfo=UTC))])
    >>> [line.decode() for line in feed.split(b"\\r\\n") if line.startswith((b"X-WR", b"SUMM", b"DTST"))]
    ['X-WR-CALNAME:Amy\\\\, placements', 'DTSTAMP:20261120T090000Z', 'DTSTART:20261122T070000Z', 'SUMMARY:Cover\\\\; LS1']

    Raises: ValueError for a time without a zone, an end not after its start, or a uid that is empty or stands twice.

    Source: RFC 5545, sections 3.1 (lines), 3.3.11 (texts) and 3.6.1 (events); RFC 7986 for the name and the refresh.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Federation of care co-ops//Staff bank//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    seen: set[str] = set()
    for event in events:
        if event.uid in seen:
            raise ValueError(f"the uid {event.uid} stands twice")
        seen.add(event.uid)
        lines += _event_lines(event)
    return b"".join(_fold(line) for line in [*lines, "END:VCALENDAR"])


def _event_lines(event: FeedEvent) -> Iterator[str]:
    if not event.uid.strip() or not event.uid.isprintable():
        raise ValueError("an event needs a uid on one line")
    if event.start.tzinfo is None or event.end.tzinfo is None or event.end <= event.start:
        raise ValueError(f"the event {event.uid} needs times with a zone, the end after the start")
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_stamp(event.changed or clock.now())}"
    yield f"DTSTART:{_stamp(event.start)}"
    yield f"DTEND:{_stamp(event.end)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description, lines=True)}"
    yield "END:VEVENT"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str, *, lines: bool = False) -> str:
    """A text as calendars write it, without the control characters that they may not hold."""
    plain = "\n".join(text.splitlines()) if lines else " ".join(text.splitlines())
    kept = "".join(letter for letter in plain if letter.isprintable() or letter in "\n\u200d")[:LONGEST_TEXT]
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """A line in UTF-8, cut so that no part has over 75 bytes and no letter is cut through."""
    parts, part = list[bytes](), b""
    for letter in line:
        more = letter.encode()
        if len(part) + len(more) > FOLD_AT:
            parts.append(part)
            part = b" "
        part += more
    return b"\r\n".join([*parts, part]) + b"\r\n"


def _events(text: bytes) -> list[Found]:
    events: list[Found] = []
    errors: dict[str, str] = {}
    for block in read_blocks(text):
        try:
            events.append(read_event(block))
        except LineFault as fault:
            errors[f"line {fault.line}"] = str(fault)
        if len(errors) >= MOST_ERRORS:
            break
    if errors:
        raise InvalidInput(errors)
    return events


def _check_window(start: datetime, end: datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a window needs times with a zone")
    if end <= start or end - start > LONGEST_WINDOW or end.year >= LATEST_YEAR:
        raise InvalidInput({"end": f"Ask for a time after the start, at most {LONGEST_WINDOW.days} days later"})
