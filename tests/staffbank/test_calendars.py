"""Calendars read: times, repeats, moved occurrences, free and cancelled events; and every kind of bomb refused."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from staffbank.calendar_repeats import Budget, days_of, parse_rule
from staffbank.calendars import Busy, read_calendar
from tenants.errors import InvalidInput

pytestmark = pytest.mark.slow

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    """A calendar of events, each given by its own lines without its ends and its uid."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", *([] if "UID:" in event else [f"UID:e{number}"]), *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def starts(*events: str) -> list[str]:
    """When each busy time of a calendar starts, in UTC."""
    return [f"{busy.start:%m-%d %H:%M}" for busy in read_calendar(calendar(*events), START, END)]


def refusal_of(data: bytes) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        read_calendar(data, START, END)
    return refusal.value.errors


def test_an_event_is_busy_from_its_start_to_its_end_in_utc() -> None:
    event = "DTSTART;TZID=Europe/London:20261002T070000\nDTEND;TZID=Europe/London:20261002T133000\nSUMMARY:Home\\, rota"
    assert read_calendar(calendar(event), START, END) == [
        Busy(datetime(2026, 10, 2, 6, tzinfo=UTC), datetime(2026, 10, 2, 12, 30, tzinfo=UTC), "e0", "Home, rota")
    ]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("DTSTART:20261002T070000Z", "10-02 07:00"),
        ("DTSTART:20261002T070000", "10-02 06:00"),
        ('DTSTART;TZID="GMT Standard Time":20261002T070000', "10-02 06:00"),
        ("DTSTART;TZID=Europe/Paris:20261102T070000", "11-02 06:00"),
        ("dtstart;value=date:20261002", "10-01 23:00"),
        ("DTSTART:20261025T013000", "10-25 00:30"),
    ],
)
def test_a_start_may_be_told_in_any_of_the_usual_ways(start: str, told: str) -> None:
    assert starts(f"{start}\nDURATION:PT2H") == [told]


def test_a_whole_day_lasts_from_midnight_to_midnight_in_london() -> None:
    (busy,) = read_calendar(calendar("DTSTART;VALUE=DATE:20261025"), START, END)
    assert busy.end - busy.start == timedelta(hours=25)
    (leave,) = read_calendar(calendar("DTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261107"), START, END)
    assert leave.end - leave.start == timedelta(days=5)


def test_repeats_keep_to_londons_clock_when_the_clocks_change() -> None:
    event = "DTSTART;TZID=Europe/London:20261012T070000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"
    assert starts(event) == ["10-12 06:00", "10-19 06:00", "10-26 07:00", "11-02 07:00"]


def test_times_left_out_added_moved_and_cancelled_are_honoured() -> None:
    master = (
        "UID:a\nDTSTART:20261102T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261106T090000Z\n"
        "EXDATE:20261103T090000Z\nRDATE:20261120T090000Z"
    )
    moved = "UID:a\nRECURRENCE-ID:20261104T090000Z\nDTSTART:20261104T150000Z\nDURATION:PT1H"
    gone = "UID:a\nRECURRENCE-ID:20261105T090000Z\nDTSTART:20261105T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    assert starts(master, moved, gone) == ["11-02 09:00", "11-04 15:00", "11-06 09:00", "11-20 09:00"]


@pytest.mark.parametrize("mark", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])
def test_what_is_free_or_cancelled_is_not_busy(mark: str) -> None:
    assert starts(f"DTSTART:20261102T090000Z\nDURATION:PT1H\n{mark}") == []


def test_alarms_zones_and_unknown_properties_are_passed_over() -> None:
    event = 'UID:e0\nDTSTART:20261102T090000Z\nX-ODD;A="b;c:d":e\nBEGIN:VALARM\nUID:alarm\nDTSTART:x\nEND:VALARM\nDURATION:PT1H'
    zone = (
        b"BEGIN:VTIMEZONE\nTZID:Europe/London\nBEGIN:STANDARD\nDTSTART:19961027T020000\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    data = calendar(event).replace(b"BEGIN:VEVENT", zone + b"BEGIN:VEVENT")
    assert [busy.uid for busy in read_calendar(data, START, END)] == ["e0"]


def test_folded_lines_are_put_together_and_the_count_of_lines_is_the_files() -> None:
    folded = "DTSTART;TZID=Europ\n e/London:2026\n\t1102T090000\nDURATION:PT1H\nSUMMARY:a\\nb\x07c"
    (busy,) = read_calendar(calendar(folded), START, END)
    assert (busy.start.hour, busy.summary) == (9, "a bc")
    assert refusal_of(calendar(folded.replace("PT1H", "1 hour"))) == {
        "line 9": "DURATION '1 hour' is no length of time: write PT2H30M"
    }


def test_only_what_touches_the_window_is_told_even_of_a_repeat_without_end() -> None:
    event = "DTSTART:20100104T220000Z\nDURATION:PT10H\nRRULE:FREQ=DAILY"
    found = read_calendar(calendar(event), datetime(2026, 11, 2, 7, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    assert [busy.start.day for busy in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("DTEND:20261102T090000Z", 4, "no DTSTART"),
        ("UID: \nDTSTART:20261102T090000Z", 4, "no UID"),
        ("DTSTART:20261102T090000Z\nDTEND:20261102T080000Z", 7, "ends before it starts"),
        ("DTSTART:20261302T090000Z", 6, "write 20261127T073000"),
        ("DTSTART:99991231T235959Z\nDURATION:P9999D", 6, "is no time"),
        ("DTSTART:20261102T090000Z\nDTSTART:20261102T090000Z", 7, "stands twice"),
        ("DTSTART;TZID=Moon/Base:20261102T090000", 6, "use Europe/London"),
        ("DTSTART;TZID=../../etc/passwd:20261102T090000", 6, "use Europe/London"),
        ("DTSTART:20261102T090000Z\nDTEND;VALUE=DATE:20261103", 7, "both be days"),
        ("DTSTART:20261102T090000Z\nDTEND:20261102T100000Z\nDURATION:PT1H", 8, "either DTEND or DURATION"),
        ("DTSTART:20261102T090000Z\nDURATION:P9000D", 7, "longer than 400 days"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ=SECONDLY", 7, "daily, weekly"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0", 7, "not nought"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2", 7, "BYHOUR cannot be used"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;COUNT=2;UNTIL=20261201", 7, "not both"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ=DAILY;UNTIL=never", 7, "'NEVER' is no time"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=XX", 7, "like MO,FR"),
        ("DTSTART:20261102T090000Z\nRRULE:FREQ", 7, "cannot be read"),
        ("DTSTART:20261102T090000Z\nEXRULE:FREQ=DAILY", 7, "EXDATE"),
        ("DTSTART:20261102T090000Z\nRDATE;VALUE=PERIOD:20261102T090000Z/PT1H", 7, "one by one"),
        ("DTSTART:20261102T090000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261102T090000Z", 7, "start another"),
        ('DTSTART;TZID="Europe/London:20261102T090000', 6, "export the file again"),
    ],
)
def test_a_fault_is_named_by_its_line_with_a_remedy(lines: str, line: int, words: str) -> None:
    errors = refusal_of(calendar(lines))
    assert list(errors) == [f"line {line}"] and words in errors[f"line {line}"]


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"", "file", "empty"),
        (b"x" * (1024 * 1024 + 1), "file", "1 MB"),
        (b"from,to\n", "line 1", "BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "file", "ends before"),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2", "closes what was not open"),
        (b"BEGIN:VCALENDAR\n\xff\xfe\n", "line 2", "UTF-8"),
        (b"BEGIN:VCALENDAR\n\0\n", "file", "zero bytes"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 2, "line 3", "inside too many"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VTODO\n" * 9000, "line 5", "inside too many"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 6000 + b"END:VCALENDAR", "file", "5,000 events"),
        (b"BEGIN:VCALENDAR\n" + b"A:b\n" * 70_000, "file", "60,000 lines"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:" + b"u" * 30_000, "line 3", "longer than 20,000"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n;;;\n", "line 3", "not a line of a calendar"),
    ],
)
def test_what_is_no_calendar_or_too_large_is_refused(data: bytes, place: str, words: str) -> None:
    errors = refusal_of(data)
    assert list(errors) == [place] and words in errors[place]


def test_a_rule_that_never_comes_true_ends() -> None:
    assert starts("DTSTART:19900101T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") == []


def test_many_times_in_the_window_are_refused() -> None:
    event = "DTSTART:20260101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    errors = refusal_of(calendar(*[event] * 40))
    assert "more than 2,000 times" in next(iter(errors.values()))


def test_many_small_bombs_are_one() -> None:
    event = "DTSTART:19000101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9"
    errors = refusal_of(calendar(*[event] * 60))
    assert "reach too far" in next(iter(errors.values()))


def test_a_window_that_is_too_long_or_turned_round_is_refused() -> None:
    for end in (START, START + timedelta(days=801)):
        with pytest.raises(InvalidInput):
            read_calendar(calendar(), START, end)


WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Repeats of the kinds that calendars use."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    # The other walker takes “every Friday, first Monday” to mean days that are both: the two are not mixed here.
    numbered = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
    which = st.sampled_from(["1", "2", "-1", "5"] if numbered else [""])
    if draw(st.booleans()):
        parts.append("BYDAY=" + ",".join(draw(which) + day for day in draw(st.sets(WEEKDAYS, min_size=1, max_size=3))))
    if freq != "WEEKLY" and draw(st.booleans()):
        days = st.integers(-31, 31).filter(bool)
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(st.sets(days, min_size=1, max_size=4)))))
    if draw(st.booleans()):
        parts.append("BYMONTH=" + ",".join(map(str, draw(st.sets(st.integers(1, 12), min_size=1, max_size=8)))))
    # Of the first week the other walker sees only the days from the start on.
    if freq != "WEEKLY" and len(parts) > 2 and draw(st.booleans()):
        parts.append("BYSETPOS=" + ",".join(map(str, draw(st.sets(st.sampled_from([1, 2, -1, -2]), min_size=1)))))
    if draw(st.booleans()):
        parts.append(f"WKST={draw(WEEKDAYS)}")
    return ";".join(parts)


@settings(max_examples=200, deadline=None)
@given(
    rules(), st.dates(date(2019, 1, 1), date(2026, 6, 1)), st.integers(0, 700), st.one_of(st.none(), st.integers(1, 30))
)
def test_repeats_fall_on_the_days_that_another_walker_finds(
    rule: str, begins: date, later: int, count: int | None
) -> None:
    first = date(2026, 1, 1) + timedelta(days=later // 2)
    last = first + timedelta(days=later)
    # Where the start is no occurrence of its rule, RFC 5545 leaves open what follows: begin on one that is.
    found = list(islice(days_of(parse_rule(rule), begins, begins, begins + timedelta(days=3000), Budget()), 2))
    assume(len(found) == 2)
    begins = found[1]
    peer = rrulestr(rule, dtstart=datetime.combine(begins, time())).replace(until=datetime.combine(last, time.max))
    expected = [moment.date() for moment in islice(peer, count)]
    counted = rule + (f";COUNT={count}" if count else "")
    assert list(days_of(parse_rule(counted), begins, first, last, Budget())) == [
        day for day in expected if day >= first
    ]
