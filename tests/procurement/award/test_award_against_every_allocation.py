"""The award beside an oracle that tries everything: costs agree to the penny, bounds hold, rules hold."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from procurement.award import pricing, search
from procurement.award.alone import coalition_cost
from procurement.award.problem import parse_problem
from procurement.award.solve import solve_award

sys.path.insert(0, str(Path(__file__).parent))
from award_oracle import least_objective
from award_sheets import sheets

pytestmark = pytest.mark.slow

CHECKED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def _agrees(sheet: dict[str, Any], most: int) -> None:
    problem = parse_problem(sheet)
    answer = solve_award(problem, story_seconds=0)
    best = least_objective(sheet, most)
    if best is None:
        assert answer["status"] == "infeasible"
        return
    assert answer["status"] == "optimal"
    packs = {(line["supplier"], line["item"]): line["packs"] for line in answer["lines"]}
    assert pricing.breaches(problem, packs) == []
    assert pricing.objective(problem, pricing.price(problem, packs)) == best
    assert answer["bound_pence"] <= best


@CHECKED
@given(sheets())
def test_the_award_costs_what_the_best_of_all_allocations_costs(sheet: dict[str, Any]) -> None:
    _agrees(sheet, most=6)


@CHECKED
@given(sheets(overbuy=True))
def test_with_packs_to_spare_the_award_still_costs_what_the_best_of_all_allocations_costs(
    sheet: dict[str, Any],
) -> None:
    _agrees(sheet, most=9)


@CHECKED
@given(sheets(), sheets(overbuy=True))
def test_the_way_of_large_problems_comes_to_the_same_cost(plain: dict[str, Any], spare: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_SIFTED_FROM", 1)
        patch.setattr(search, "_FEW_COLUMNS", 0)
        patch.setattr(search, "_HARD_FROM", 0)
        _agrees(plain, most=6)
        _agrees(spare, most=9)


@CHECKED
@given(sheets())
def test_where_rounding_is_left_to_the_end_bounds_still_hold(sheet: dict[str, Any]) -> None:
    problem = parse_problem(sheet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_SMALL", -1)
        answer = solve_award(problem, story_seconds=0)
    best = least_objective(sheet, most=6)
    if best is None:
        assert answer["status"] == "infeasible"
        return
    packs = {(line["supplier"], line["item"]): line["packs"] for line in answer["lines"]}
    assert pricing.breaches(problem, packs) == []
    assert answer["bound_pence"] <= best <= pricing.objective(problem, pricing.price(problem, packs)) <= best + 9


@CHECKED
@given(sheets(overbuy=True))
def test_a_coop_alone_pays_the_least_of_all_allocations_of_its_demand(sheet: dict[str, Any]) -> None:
    own = [{**item, "demand": {"a": item["demand"]["a"]}} for item in sheet["items"]]
    best = least_objective({**sheet, "items": own, "limits": {}, "quality_weight_percent": 0}, most=9)
    answer = coalition_cost(parse_problem(sheet), frozenset("a"), gap="0")
    assert answer["proven"] is True
    assert answer["cost_pence"] == best
    assert best is not None or answer["retail_items"]
