"""Each rule at its edge: the minute before it bites and the minute it does."""

import sys
from pathlib import Path
from typing import Any

import pytest

from staffbank.match.problem import parse_problem
from staffbank.match.rules import check
from staffbank.match.solve import match_answer

sys.path.insert(0, str(Path(__file__).parent))
from match_sheets import VALID, sheet, shift, stamp, worker


def refused(one: dict[str, Any], carer: dict[str, Any], *beside: dict[str, Any], **more: Any) -> list[tuple[str, Any]]:
    """The rules that keep a carer from a shift beside others, with their numbers."""
    problem = parse_problem(sheet([one, *beside], [carer], **more))
    placed = [problem.shift[other["id"]] for other in beside]
    return [tuple(r) for r in check(problem.shift[one["id"]], problem.workers[0], problem.at, problem.numbers, placed)]


def test_a_check_that_ends_with_the_shift_holds_and_one_that_ends_a_second_before_does_not() -> None:
    visit = shift("s", 9, 4)
    lasting = worker("w", passport={**VALID, "dbs": {"until": stamp(13)}})
    ending = worker("w", passport={**VALID, "dbs": {"until": "2026-11-23T12:59:59Z"}})
    assert refused(visit, lasting) == []
    assert refused(visit, ending) == [("dbs", "2026-11-23T12:59:59Z")]


def test_a_check_that_ends_on_a_day_lasts_until_midnight_in_london() -> None:
    summer = {"start": "2026-07-01T21:00:00Z", "end": "2026-07-01T23:00:00Z"}
    later = {"start": "2026-07-01T21:00:00Z", "end": "2026-07-01T23:00:01Z"}
    carer = worker("w", passport={**VALID, "dbs": {"until": "2026-07-01"}})
    carer["available"] = [["2026-07-01T00:00:00Z", "2026-07-03T00:00:00Z"]]
    assert refused(shift("s", 0, 1, **summer), carer, at="2026-06-30T09:00:00Z") == []
    assert refused(shift("s", 0, 1, **later), carer, at="2026-06-30T09:00:00Z") == [("dbs", "2026-07-01T23:00:00Z")]


def test_a_check_that_expired_before_the_question_is_gone_though_the_shift_was_earlier() -> None:
    carer = worker("w", passport={**VALID, "dbs": {"until": stamp(15)}})
    assert refused(shift("s", 9, 4), carer, at=stamp(14)) == []
    assert refused(shift("s", 9, 4), carer, at=stamp(16)) == [("dbs", stamp(15))]


@pytest.mark.parametrize("tag", ["right_to_work", "care_certificate", "peg"])
def test_what_is_missing_on_the_passport_is_named(tag: str) -> None:
    carer = worker("w", passport={key: row for key, row in VALID.items() if key != tag})
    assert refused(shift("s", 9, 4, needs=["peg"] if tag == "peg" else []), carer) == [(tag, None)]


def test_people_and_carers_who_are_not_to_meet_do_not_meet() -> None:
    visit = shift("s", 9, 4, person="p-1")
    assert refused(visit, worker("w", refuses=["p-1"])) == [("refuses", "p-1")]
    assert refused(visit, worker("w"), excluded=[["p-1", "w"], ["p-2", "w"]]) == [("excluded", "p-1")]
    assert refused(visit, worker("w", refuses=["p-2"]), excluded=[["p-1", "v"]]) == []


def test_a_sponsored_worker_is_not_placed() -> None:
    assert refused(shift("s", 9, 4), worker("w", sponsored=True)) == [("sponsored", None)]


def test_adjoining_windows_are_one_and_a_gap_of_a_second_is_not() -> None:
    assert refused(shift("s", 9, 4), worker("w", (8, 11), (11, 13))) == []
    carer = worker("w")
    carer["available"] = [[stamp(8), stamp(11)], ["2026-11-23T11:00:01Z", stamp(13)]]
    assert refused(shift("s", 9, 4), carer) == [("available", None)]


def test_half_an_hour_lies_between_a_shift_and_the_rota() -> None:
    carer = worker("w", rota=[[stamp(6), stamp(8.5)]])
    assert refused(shift("s", 9, 4), carer) == []
    carer["rota"] = [[stamp(6), "2026-11-23T08:31:00Z"]]
    assert refused(shift("s", 9, 4), carer) == [("travel", "29")]
    carer["rota"] = [[stamp(6), stamp(9.25)]]
    assert refused(shift("s", 9, 4), carer) == [("rota", "15")]


def test_between_two_shifts_there_is_time_for_the_journey() -> None:
    carer, far = worker("w"), {"lat": 53.793, "lon": -1.753}
    first = shift("a", 7, 2)
    assert refused(shift("b", 9 + 38 / 60, 2, **far), carer, first) == [("travel", "38")]
    assert refused(shift("b", 9 + 42 / 60, 2, **far), carer, first) == []
    assert refused(shift("b", 8.5, 2), carer, first) == [("placed", "30")]
    assert refused(shift("b", 9, 2), carer, first) == [("travel", "0")]


def test_a_spell_of_work_lasts_thirteen_hours_at_most() -> None:
    carer = worker("w", rota=[[stamp(7), stamp(12)]])
    assert refused(shift("s", 16, 4), carer) == []
    assert refused(shift("s", 16, 4.25), carer) == [("rest", "13.25")]
    assert refused(shift("s", 23, 4.25), carer) == []
    assert refused(shift("s", 22.75, 4), carer) == [("rest", "19.75")]
    assert refused(shift("s", 22.75, 4), carer, rules={"rest_hours": "10.5"}) == []


def test_short_visits_chain_into_one_spell() -> None:
    carer = worker("w")
    ends = [shift("a", 6, 0.5), shift("c", 18.75, 0.5)]
    assert refused(ends[1], carer, ends[0]) == []
    assert refused(shift("b", 12, 0.5), carer, *ends) == [("rest", "13.25")]


def test_a_week_with_a_placement_keeps_a_whole_day_free() -> None:
    days = [[stamp(24 * day + 9), stamp(24 * day + 15)] for day in range(6)]
    carer = worker("w", rota=days)
    assert refused(shift("s", 144 + 15, 4), carer) == []
    assert refused(shift("s", 144 + 14.75, 4), carer) == [("weekly_rest", "23.75")]
    assert refused(shift("s", 168 + 9, 4), carer) == []


@pytest.mark.parametrize(
    ("lat", "gap_minutes", "short"), [(53.8, 4, None), (53.8, 3, "3"), (54.8, 248, "248"), (54.8, 249, None)]
)
def test_between_placements_lies_the_journey_from_where_the_other_is(lat: float, gap_minutes: int, short: Any) -> None:
    ends, starts = 9 - gap_minutes / 60, 13 + gap_minutes / 60
    for held in ((ends - 1, ends), (starts, starts + 1)):
        one = {"start": stamp(held[0]), "end": stamp(held[1]), "lat": lat, "lon": -1.5}
        for rota in ([], [[one["start"], one["end"]]]):
            carer = worker("w", held=[one], rota=rota)
            assert refused(shift("s", 9, 4), carer) == ([("travel", short)] if short else [])


def test_a_rota_without_a_whole_day_free_takes_no_placement_in_that_week_and_others_may() -> None:
    carer = worker("w", rota=[[stamp(24 * day + 9), stamp(24 * day + 15)] for day in range(7)])
    assert ("weekly_rest", "18") in refused(shift("s", 16, 2), carer)
    assert refused(shift("s", 168 + 16, 2), carer) == []


def test_the_hours_of_seventeen_weeks_stay_within_the_average_unless_opted_out() -> None:
    assert refused(shift("s", 9, 4), worker("w", hours_last_17_weeks=812)) == []
    assert refused(shift("s", 9, 4), worker("w", hours_last_17_weeks=812.25)) == [("weekly_hours", "816.25")]
    assert refused(shift("s", 9, 4), worker("w", hours_last_17_weeks="900.5")) == [("weekly_hours", "904.5")]
    assert refused(shift("s", 9, 4), worker("w", hours_last_17_weeks=900, opt_out=True)) == []
    assert refused(shift("s", 9, 4), worker("w", hours_last_17_weeks=810), shift("t", 57, 4))[0][0] == "weekly_hours"


def test_in_the_night_the_clocks_go_back_an_hour_more_is_worked() -> None:
    night = {"start": "2026-10-24T22:00:00+01:00", "end": "2026-10-25T10:30:00+00:00"}
    carer = worker("w", available=[["2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z"]])
    assert refused(shift("s", 0, 1, **night), carer) == [("rest", "13.5")]
    spring = {"start": "2026-03-28T22:00:00+00:00", "end": "2026-03-29T11:30:00+01:00"}
    carer = worker("w", available=[["2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z"]])
    assert refused(shift("s", 0, 1, **spring), carer) == []


def test_a_journey_from_home_may_be_limited() -> None:
    carer = worker("w", lat=53.793, lon=-1.753)
    assert refused(shift("s", 9, 4), carer) == []
    assert refused(shift("s", 9, 4), carer, rules={"most_travel_minutes": 30})[0][0] == "distance"


def test_the_answer_tells_each_refusal_when_asked() -> None:
    problem = sheet([shift("s", 9, 4, needs=["peg"])], [worker("w", sponsored=True), worker("v", passport=VALID)])
    rows = match_answer(problem, {"refusals": True})["refusals"]
    assert rows == [
        {"shift": "s", "worker": "v", "rule": "peg", "number": None},
        {"shift": "s", "worker": "w", "rule": "peg", "number": None},
        {"shift": "s", "worker": "w", "rule": "sponsored", "number": None},
    ]
    assert "refusals" not in match_answer(problem, {})
