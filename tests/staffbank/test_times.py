"""The two odd hours of the year, and everything else that London's clocks show."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbank.times import london_midnight, london_moment, london_span
from tenants.clock import LONDON
from tenants.errors import InvalidInput

MARCH, OCTOBER = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize("at", [time(1), time(1, 30), time(1, 59, 59)])
def test_the_hour_that_never_comes_in_march_is_refused_with_the_times_there_are(at: time) -> None:
    for fold in (None, 0, 1):
        with pytest.raises(InvalidInput, match=f"never comes: use 02:{at:%M}"):
            london_moment(MARCH, at, fold)


@pytest.mark.parametrize("at", [time(1), time(1, 30), time(1, 59, 59)])
def test_the_hour_that_comes_twice_in_october_is_asked_back(at: time) -> None:
    with pytest.raises(InvalidInput, match="comes twice: choose the first"):
        london_moment(OCTOBER, at)
    first, second = london_moment(OCTOBER, at, 0), london_moment(OCTOBER, at, 1)
    assert second - first == timedelta(hours=1) and first.hour == 0


@pytest.mark.parametrize("at", [time(0, 59, 59), time(2)])
@pytest.mark.parametrize("day", [MARCH, OCTOBER])
def test_the_hours_beside_them_are_like_all_others(day: date, at: time) -> None:
    assert london_moment(day, at).astimezone(LONDON).time() == at


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)))
def test_every_moment_shown_by_londons_clocks_is_found_again(moment: datetime) -> None:
    local = moment.replace(tzinfo=UTC).astimezone(LONDON)
    assert london_moment(local.date(), local.time(), local.fold) == moment.replace(tzinfo=UTC)


def test_a_fold_that_is_neither_hour_is_refused() -> None:
    with pytest.raises(InvalidInput, match="0 for the first"):
        london_moment(OCTOBER, time(1), 2)


def test_a_night_is_an_hour_longer_in_october_and_shorter_in_march() -> None:
    def hours(day: date) -> float:
        start, end = london_span(day, time(22), time(6))
        return (end - start) / timedelta(hours=1)

    assert [hours(day - timedelta(days=1)) for day in (OCTOBER, MARCH, date(2026, 6, 2))] == [9, 7, 8]


def test_work_that_ends_when_it_starts_lasts_to_the_next_day() -> None:
    start, end = london_span(date(2026, 6, 1), time(9), time(9))
    assert end - start == timedelta(hours=24)


def test_work_across_the_second_of_two_hours_needs_both_told() -> None:
    start, end = london_span(OCTOBER, time(1, 30), time(1, 30), (0, 1))
    assert end - start == timedelta(hours=1)
    with pytest.raises(InvalidInput) as refusal:
        london_span(OCTOBER, time(1, 30), time(1, 30), (1, 0))
    assert refusal.value.errors == {"end": "The end must be after the start"}
    with pytest.raises(InvalidInput) as refusal:
        london_span(OCTOBER, time(0), time(1, 30))
    assert list(refusal.value.errors) == ["end"]


def test_a_shift_over_24_hours_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"longer than 24 hours \(24.5\)"):
        london_span(OCTOBER, time(0, 30), time(0))
    start, end = london_span(OCTOBER, time(0), time(23, 0))
    assert end - start == timedelta(hours=24)


@given(st.dates(date(1990, 1, 1), date(2037, 12, 31)))
def test_every_day_begins_once(day: date) -> None:
    assert london_midnight(day) == london_moment(day, time())
