"""Each rule of an award with numbers worked out by hand."""

from typing import Any

import pytest

from procurement.award.problem import parse_problem
from procurement.award.solve import solve_award


def item(name: str, packs: int, **more: Any) -> dict[str, Any]:
    return {"id": name, "demand": {"a": packs}, **more}


def offer(name: str, *prices: str, **more: Any) -> dict[str, Any]:
    return {"item": name, "pence_per_pack": list(prices), **more}


def award(items: list[dict[str, Any]], suppliers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    sheet = {"items": items, "suppliers": suppliers, "gap": "0", **more}
    return solve_award(parse_problem(sheet), story_seconds=0)


def packs(answer: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(line["supplier"], line["item"]): line["packs"] for line in answer["lines"]}


def test_all_units_prices_every_pack_at_the_tier_reached() -> None:
    answer = award([item("x", 100)], [{"id": "s", "offers": [offer("x", "400", "350", tiers=[0, 100])]}])
    assert (answer["cost_pence"], answer["bound_pence"], answer["status"]) == (35_000, 35_000, "optimal")


def test_incremental_prices_each_stretch_at_its_own_price() -> None:
    line = offer("x", "400", "350", "300", tiers=[0, 100, 150], mode="incremental")
    answer = award([item("x", 170)], [{"id": "s", "offers": [line]}])
    assert answer["cost_pence"] == 100 * 400 + 50 * 350 + 20 * 300
    assert answer["lines"][0]["pence_per_pack"] == "373.5294"


def test_order_packs_counts_all_packs_of_the_order() -> None:
    supplier = {
        "id": "s",
        "tier_basis": "order_packs",
        "tiers": [0, 10],
        "offers": [offer("x", "100", "90"), offer("y", "50", "40")],
    }
    answer = award([item("x", 4), item("y", 6)], [supplier])
    assert (answer["cost_pence"], answer["suppliers"][0]["tier"]) == (4 * 90 + 6 * 40, 1)


@pytest.mark.parametrize(("bound", "cost", "tier"), [(700, 4 * 90 + 6 * 40, 1), (701, 4 * 100 + 6 * 50, 0)])
def test_order_pence_counts_goods_at_first_tier_prices(bound: int, cost: int, tier: int) -> None:
    supplier = {
        "id": "s",
        "tier_basis": "order_pence",
        "tiers": [0, bound],
        "offers": [offer("x", "100", "90"), offer("y", "50", "40")],
    }
    answer = award([item("x", 4), item("y", 6)], [supplier])
    assert (answer["cost_pence"], answer["suppliers"][0]["tier"]) == (cost, tier)


def test_a_dearer_tier_is_forced_by_quantity_and_never_dodged() -> None:
    dear = {"id": "s", "offers": [offer("x", "10", "30", tiers=[0, 5])]}
    assert award([item("x", 8)], [dear])["cost_pence"] == 240
    other = {"id": "t", "offers": [offer("x", "20")]}
    answer = award([item("x", 8)], [dear, other])
    assert packs(answer) == {("s", "x"): 4, ("t", "x"): 4}
    assert answer["cost_pence"] == 120


def test_minimum_multiple_and_capacity_hold_on_each_used_line() -> None:
    suppliers = [
        {"id": "s", "offers": [offer("x", "10", minimum_packs=5, multiple_packs=4, capacity_packs=11)]},
        {"id": "t", "offers": [offer("x", "20")]},
    ]
    assert packs(award([item("x", 14)], suppliers)) == {("s", "x"): 8, ("t", "x"): 6}
    assert packs(award([item("x", 7)], suppliers)) == {("t", "x"): 7}


def test_with_overbuy_a_higher_tier_may_be_cheaper_in_all() -> None:
    supplier = {"id": "s", "offers": [offer("x", "400", "350", tiers=[0, 100])]}
    assert award([item("x", 90)], [supplier])["cost_pence"] == 36_000
    answer = award([item("x", 90)], [supplier], allow_overbuy=True)
    assert (answer["cost_pence"], answer["overbuy"]) == (35_000, {"x": 10})


@pytest.mark.parametrize(("free", "delivery"), [(1000, 0), (1001, 300)])
def test_delivery_is_free_once_goods_as_charged_reach_the_bound(free: int, delivery: int) -> None:
    supplier = {"id": "s", "delivery_pence": 300, "free_delivery_from_pence": free, "offers": [offer("x", "99.95")]}
    answer = award([item("x", 10)], [supplier])
    assert answer["suppliers"] == [{"id": "s", "goods_pence": 1000, "delivery_pence": delivery, "tier": None}]


def test_a_minimum_order_is_met_by_goods_as_charged_rounded_per_line() -> None:
    supplier = {"id": "s", "minimum_order_pence": 1000, "offers": [offer("x", "99.95")]}
    assert award([item("x", 10)], [supplier])["cost_pence"] == 1000
    assert award([item("x", 9)], [supplier])["status"] == "infeasible"
    answer = award([item("x", 9)], [supplier], allow_overbuy=True)
    assert (answer["cost_pence"], answer["overbuy"]) == (1000, {"x": 1})


def test_limits_on_suppliers_hold_for_the_award_and_for_each_item() -> None:
    items = [item("x", 4), item("y", 4)]
    suppliers = [
        {"id": "s", "offers": [offer("x", "10", capacity_packs=3), offer("y", "30")]},
        {"id": "t", "offers": [offer("x", "20"), offer("y", "10")]},
    ]
    assert award(items, suppliers)["cost_pence"] == 3 * 10 + 20 + 40
    assert award(items, suppliers, limits={"max_suppliers_per_item": 1})["cost_pence"] == 4 * 20 + 40
    assert packs(award(items, suppliers, limits={"max_suppliers": 1})) == {("t", "x"): 4, ("t", "y"): 4}


def test_a_share_of_goods_as_charged_is_not_exceeded() -> None:
    suppliers = [{"id": "s", "offers": [offer("x", "10")]}, {"id": "t", "offers": [offer("x", "15")]}]
    answer = award([item("x", 10)], suppliers, limits={"max_share_percent": 50})
    assert packs(answer) == {("s", "x"): 6, ("t", "x"): 4}
    assert award([item("x", 1)], suppliers, limits={"max_share_percent": 50})["status"] == "infeasible"


def test_quality_weighs_against_a_cheaper_offer() -> None:
    suppliers = [{"id": "s", "offers": [offer("x", "100", quality="0.8")]}, {"id": "t", "offers": [offer("x", "105")]}]
    assert packs(award([item("x", 10)], suppliers)) == {("s", "x"): 10}
    answer = award([item("x", 10)], suppliers, quality_weight_percent=50)
    assert (packs(answer), answer["cost_pence"], answer["objective_pence"]) == ({("t", "x"): 10}, 1050, "1050")


def test_large_numbers_stay_exact_to_the_pack_and_the_penny() -> None:
    suppliers = [
        {"id": "s", "offers": [offer("x", "9999.9999", capacity_packs=1_234_567)]},
        {"id": "t", "tier_basis": "order_packs", "tiers": [0, 765_434], "offers": [offer("x", "10001", "10000.5")]},
    ]
    answer = award([item("x", 2_000_000)], suppliers)
    assert packs(answer) == {("s", "x"): 1_234_566, ("t", "x"): 765_434}
    assert answer["cost_pence"] == 12_345_659_877 + 7_654_722_717
    assert answer["bound_pence"] <= answer["cost_pence"]


def test_nothing_wanted_costs_nothing() -> None:
    answer = award([item("x", 0)], [])
    assert (answer["status"], answer["cost_pence"], answer["lines"]) == ("optimal", 0, [])


def test_the_same_input_in_another_order_gives_the_same_answer() -> None:
    items = [item(name, 7) for name in "xyz"]
    suppliers = [
        {"id": name, "delivery_pence": 5, "offers": [offer(i, "10", "9", tiers=[0, 7]) for i in "xyz"]}
        for name in "stuv"
    ]
    first = award(items, suppliers)
    again = [{**supplier, "offers": supplier["offers"][::-1]} for supplier in suppliers[::-1]]
    assert award(items[::-1], again) == first
    assert first["reproducible"] is True
