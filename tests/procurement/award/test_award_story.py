"""The story beside an award: alternatives, next tiers, why nothing fits; and what a co-op pays alone."""

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from procurement.award.alone import coalition_cost
from procurement.award.clash import Rule, keeping, list_rules
from procurement.award.problem import parse_problem
from procurement.award.search import Cancelled, Clock, possible
from procurement.award.solve import solve_award

sys.path.insert(0, str(Path(__file__).parent))
from award_sheets import sheets

EXAMPLE = json.loads((Path(__file__).parents[3] / "deploy" / "examples" / "award.json").read_text())


def line(item: str, *prices: str, **more: Any) -> dict[str, Any]:
    return {"item": item, "pence_per_pack": list(prices), **more}


TWO = {
    "items": [{"id": "x", "demand": {"a": 6, "b": 4}}, {"id": "y", "demand": {"a": 10}}],
    "suppliers": [
        {"id": "s", "offers": [line("x", "10"), line("y", "30")]},
        {"id": "t", "offers": [line("x", "14"), line("y", "20")]},
        {"id": "u", "offers": [line("y", "19", capacity_packs=5)]},
    ],
}


def test_the_best_single_supplier_and_the_second_best_set_are_told() -> None:
    answer = solve_award(parse_problem(TWO))
    assert answer["cost_pence"] == 100 + 5 * 20 + 5 * 19
    single, second = answer["alternatives"]["single_supplier"], answer["alternatives"]["second_best"]
    assert (single["suppliers"], single["cost_pence"], single["more_pence"], single["proven"]) == (["t"], 340, 45, True)
    assert (second["suppliers"], second["cost_pence"], second["proven"]) == (["s", "t"], 300, True)


def test_where_nobody_sells_all_there_is_no_single_supplier() -> None:
    sheet = {**TWO, "suppliers": [{"id": "s", "offers": [line("x", "10")]}, {"id": "t", "offers": [line("y", "9")]}]}
    single = solve_award(parse_problem(sheet))["alternatives"]["single_supplier"]
    assert (single["possible"], single["cost_pence"], single["proven"]) == (False, None, True)


@pytest.mark.parametrize(
    ("supplier", "told"),
    [
        ({"offers": [line("x", "400", "350", tiers=[0, 100])]}, (10, "tier", 1, 90 * 400 - 100 * 350)),
        (
            {"tier_basis": "order_packs", "tiers": [0, 95], "offers": [line("x", "400", "350")]},
            (5, "tier", 1, 90 * 400 - 95 * 350),
        ),
        (
            {"delivery_pence": 5000, "free_delivery_from_pence": 36_500, "offers": [line("x", "400")]},
            (2, "free_delivery", None, 4200),
        ),
    ],
)
def test_some_packs_more_that_cost_less_in_all_are_told(supplier: dict[str, Any], told: tuple[Any, ...]) -> None:
    sheet = {"items": [{"id": "x", "demand": {"a": 90}}], "suppliers": [{"id": "s", **supplier}]}
    rows = solve_award(parse_problem(sheet))["next_tiers"]
    assert [(row["packs_more"], row["reaches"], row["tier"], row["saves_pence"]) for row in rows] == [told]


def test_a_clash_is_named_by_its_smallest_part() -> None:
    suppliers = [
        {
            "id": "s",
            "minimum_order_pence": 50,
            "offers": [line("x", "10", capacity_packs=6, minimum_packs=2), line("y", "5")],
        },
        {"id": "t", "offers": [line("x", "12", capacity_packs=3)]},
    ]
    sheet = {"items": [{"id": "x", "demand": {"a": 10}}, {"id": "y", "demand": {"a": 2}}], "suppliers": suppliers}
    answer = solve_award(parse_problem(sheet))
    assert (answer["status"], answer["cost_pence"], answer["lines"]) == ("infeasible", None, [])
    assert [(row["rule"], row["supplier"], row["item"], row["value"]) for row in answer["why_not"]["clash"]] == [
        ("capacity_packs", "s", "x", 6),
        ("capacity_packs", "t", "x", 3),
    ]
    assert answer["why_not"]["proven"] is True


def test_an_item_that_nobody_offers_is_named() -> None:
    answer = solve_award(parse_problem({"items": [{"id": "x", "demand": {"a": 1}}], "suppliers": []}))
    assert [(row["rule"], row["item"]) for row in answer["why_not"]["clash"]] == [("no_offer", "x")]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(sheets())
def test_a_clash_really_clashes_and_any_one_rule_less_does_not(sheet: dict[str, Any]) -> None:
    problem = parse_problem(sheet)
    answer = solve_award(problem, story_seconds=20)
    if answer["status"] != "infeasible" or answer["why_not"]["clash"][0]["rule"] == "no_offer":
        return
    rows = answer["why_not"]["clash"]
    rules = [Rule(row["rule"], row["supplier"] or "", row["item"] or "") for row in rows]
    assert set(rules) <= set(list_rules(problem))
    assert possible(keeping(problem, rules), Clock.seconds(20)) is False
    for rule in rules:
        assert possible(keeping(problem, [other for other in rules if other != rule]), Clock.seconds(20)) is True


def test_what_a_coop_pays_alone_needs_no_limits_and_may_overbuy() -> None:
    sheet = {
        "items": [{"id": "x", "demand": {"a": 90, "b": 30}}],
        "limits": {"max_share_percent": 50},
        "suppliers": [{"id": "s", "offers": [line("x", "400", "350", tiers=[0, 100])]}],
    }
    problem = parse_problem(sheet)
    assert coalition_cost(problem, frozenset("a"))["cost_pence"] == 35_000
    assert coalition_cost(problem, frozenset("b"))["cost_pence"] == 12_000
    assert coalition_cost(problem, frozenset("ab")) == {
        "cost_pence": 42_000,
        "bound_pence": 42_000,
        "proven": True,
        "retail_items": [],
    }
    assert coalition_cost(problem, frozenset())["cost_pence"] == 0


@pytest.mark.parametrize(("retail", "cost", "proven"), [("499.6", 30 + 1998, True), (None, None, True)])
def test_what_cannot_be_bought_alone_is_priced_at_retail(retail: str | None, cost: int | None, proven: bool) -> None:
    items = [
        {"id": "x", "demand": {"a": 4}, **({"retail_pence": retail} if retail else {})},
        {"id": "y", "demand": {"a": 3}},
    ]
    suppliers = [
        {"id": "s", "minimum_order_pence": 5000, "offers": [line("x", "450", capacity_packs=10)]},
        {"id": "t", "offers": [line("y", "10")]},
    ]
    answer = coalition_cost(parse_problem({"items": items, "suppliers": suppliers}), frozenset("a"))
    assert (answer["cost_pence"], answer["proven"], answer["retail_items"]) == (cost, proven, ["x"])


def test_the_example_keeps_its_limits_and_is_proven() -> None:
    answer = solve_award(parse_problem(EXAMPLE), story_seconds=0)
    assert answer["status"] == "optimal"
    assert len(answer["suppliers"]) <= 3
    goods = [row["goods_pence"] for row in answer["suppliers"]]
    assert max(goods) * 100 <= 70 * sum(goods)
    assert Fraction(answer["gap"]) <= Fraction(1, 10_000)


def test_who_cancels_is_heard_and_progress_ends_at_a_hundred() -> None:
    heard: list[int] = []
    solve_award(parse_problem(TWO), progress=lambda words, percent, facts: heard.append(percent), cancel=lambda: False)
    assert heard == sorted(heard) and heard[-1] == 100
    with pytest.raises(Cancelled):
        solve_award(parse_problem(TWO), cancel=lambda: True)
