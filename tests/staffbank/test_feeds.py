"""Calendars written: what is written is read back, lines are folded by bytes, and no text can add a line."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbank.calendars import FeedEvent, read_calendar, write_calendar
from tenants.clock import LONDON, stopped_at

START = datetime(2026, 11, 22, 7, tzinfo=UTC)
EVENT = FeedEvent("p-1", START, START + timedelta(hours=8), "Cover in LS1", changed=START)


def value_of(feed: bytes, name: str) -> str:
    """The unfolded, unescaped value of the first property of a name within the event."""
    lines = feed.replace(b"\r\n ", b"").decode().split("BEGIN:VEVENT")[1].split("\r\n")
    raw = next(line for line in lines if line.startswith(f"{name}:")).removeprefix(f"{name}:")
    return raw.replace("\\\\", "\0").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\0", "\\")


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_written_as_one_property_in_lines_of_75_bytes(summary: str, description: str) -> None:
    feed = write_calendar("Feed", [FeedEvent("p-1", EVENT.start, EVENT.end, summary, f"x{description}", changed=START)])
    assert all(len(line) <= 75 for line in feed.split(b"\r\n")) and feed.endswith(b"END:VCALENDAR\r\n")
    unfolded = feed.replace(b"\r\n ", b"").decode()
    names = [line.partition(":")[0] for line in unfolded.split("\r\n") if line]
    assert names.count("BEGIN") == names.count("END") == 2 and names.count("UID") == 1
    assert "\n" not in unfolded.replace("\r\n", "") and "\r" not in unfolded.replace("\r\n", "")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=300))
def test_texts_come_back_whole_but_for_what_calendars_may_not_hold(text: str) -> None:
    kept = "".join(letter for letter in text if letter.isprintable())
    feed = write_calendar("Feed", [FeedEvent("p-1", EVENT.start, EVENT.end, text, changed=START)])
    assert value_of(feed, "SUMMARY") == kept


def test_line_breaks_stay_in_a_description_and_nowhere_else() -> None:
    text = "one\r\ntwo\x07\nEND:VEVENT"
    feed = write_calendar("Feed", [FeedEvent("p-1", EVENT.start, EVENT.end, text, text, changed=START)])
    assert (value_of(feed, "SUMMARY"), value_of(feed, "DESCRIPTION")) == ("one two END:VEVENT", "one\ntwo\nEND:VEVENT")


def test_what_is_written_is_read_back() -> None:
    cancelled = FeedEvent("p-2", EVENT.start, EVENT.end, "Off", cancelled=True, changed=START)
    feed = write_calendar("Feed", [EVENT, cancelled])
    (busy,) = read_calendar(feed, START - timedelta(days=1), START + timedelta(days=2))
    assert (busy.start, busy.end, busy.uid, busy.summary) == (EVENT.start, EVENT.end, "p-1", "Cover in LS1")


def test_times_are_written_in_utc_and_the_stamp_is_the_last_change_or_now() -> None:
    local = datetime(2026, 7, 1, 8, tzinfo=LONDON)
    with stopped_at(datetime(2026, 6, 30, 12, 0, 5, 7, tzinfo=UTC)):
        feed = write_calendar("Feed", [FeedEvent("p-1", local, local + timedelta(hours=1), "Cover")])
    assert (value_of(feed, "DTSTART"), value_of(feed, "DTEND")) == ("20260701T070000Z", "20260701T080000Z")
    assert value_of(feed, "DTSTAMP") == "20260630T120005Z"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (FeedEvent("", START, EVENT.end, "x"), "uid on one line"),
        (FeedEvent("a\nb", START, EVENT.end, "x"), "uid on one line"),
        (FeedEvent("a", START, START, "x"), "end after the start"),
        (FeedEvent("a", START.replace(tzinfo=None), EVENT.end, "x"), "times with a zone"),
        (EVENT, "stands twice"),
    ],
)
def test_an_event_that_no_program_could_use_is_not_written(event: FeedEvent, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write_calendar("Feed", [EVENT, event])


def test_an_empty_feed_is_a_calendar() -> None:
    feed = write_calendar("Nothing yet", [])
    assert feed.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") and feed.count(b"BEGIN") == 1
    assert read_calendar(feed, START, START + timedelta(days=1)) == []
