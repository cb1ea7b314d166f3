"""The matcher beside an oracle that tries everything: level by level the same values, and every answer lawful."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from staffbank.match import levels
from staffbank.match.problem import parse_problem
from staffbank.match.rules import check
from staffbank.match.solve import match_answer

sys.path.insert(0, str(Path(__file__).parent))
from match_oracle import all_faults, best_values, faults, values
from match_sheets import busy_weeks, sheets

pytestmark = pytest.mark.slow

CHECKED = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def filled(answer: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Carers per shift, in order of seat."""
    found: dict[str, tuple[str, ...]] = {}
    for row in sorted(answer["placements"], key=lambda row: (row["shift"], row["seat"])):
        found[row["shift"]] = (*found.get(row["shift"], ()), row["worker"])
    return found


def agrees(sheet: dict[str, Any]) -> None:
    answer = match_answer(sheet, {})
    best = best_values(sheet)
    if best is None:
        assert (answer["status"], answer["placements"]) == ("infeasible", [])
        return
    assert all_faults(sheet, filled(answer)) == []
    assert values(sheet, filled(answer)) == best
    told = {row["name"]: row for row in answer["levels"]}
    assert (told["coverage"]["value"], told["continuity"]["value"], told["cost"]["value"]) == (
        best[0],
        best[1],
        best[4],
    )
    assert abs(Decimal(told["fairness"]["value"]) - Decimal(best[2].numerator) / best[2].denominator) < Decimal("1e-8")
    assert Decimal(told["travel"]["value"]) * 1000 == best[3]
    assert told["coverage"]["bound"] >= best[0] and told["continuity"]["bound"] >= best[1]
    assert told["cost"]["bound"] <= best[4] and Decimal(told["travel"]["bound"]) * 1000 <= best[3]


@CHECKED
@given(sheets())
def test_each_level_has_the_best_value_of_all_lawful_answers(sheet: dict[str, Any]) -> None:
    agrees(sheet)


@settings(CHECKED, max_examples=80)
@given(busy_weeks())
def test_where_weekly_rest_decides_the_values_are_the_best_too(sheet: dict[str, Any]) -> None:
    agrees(sheet)


@settings(CHECKED, max_examples=60)
@given(sheets())
def test_the_way_of_large_problems_keeps_every_rule_and_never_passes_its_bounds(sheet: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels, "ALL_AT_ONCE", 0)
        answer = match_answer(sheet, {})
    best = best_values(sheet)
    if best is None:
        assert answer["status"] == "infeasible"
        return
    got = values(sheet, filled(answer))
    assert all_faults(sheet, filled(answer)) == []
    assert got[:2] == best[:2]
    assert Decimal(answer["levels"][2]["bound"]) <= Decimal(float(got[2])) + Decimal("1e-8")


@settings(CHECKED, max_examples=300)
@given(sheets(most_shifts=3, most_workers=3))
def test_a_pair_is_refused_exactly_when_the_oracle_finds_a_fault(sheet: dict[str, Any]) -> None:
    problem = parse_problem({**sheet, "pinned": []})
    rows = {row["id"]: row for row in [*sheet["shifts"], *sheet["workers"]]}
    for shift in problem.shifts:
        for worker in problem.workers:
            alone = faults(sheet, rows[worker.id], [rows[shift.id]])
            assert bool(check(shift, worker, problem.at, problem.numbers)) == bool(alone)
            for other in problem.shifts:
                if other is not shift and not alone and not faults(sheet, rows[worker.id], [rows[other.id]]):
                    both = faults(sheet, rows[worker.id], [rows[shift.id], rows[other.id]])
                    assert bool(check(shift, worker, problem.at, problem.numbers, [other])) == bool(both)
