"""What an award refuses, by the path of the key."""

import copy
from typing import Any

import pytest

from procurement.award.problem import parse_problem
from tenants.errors import InvalidInput

GOOD: dict[str, Any] = {
    "items": [{"id": "x", "demand": {"a": 3}}],
    "suppliers": [
        {"id": "s", "offers": [{"item": "x", "tiers": [0, 2], "pence_per_pack": ["10", "9.5"]}]},
        {
            "id": "o",
            "tier_basis": "order_packs",
            "tiers": [0, 5],
            "offers": [{"item": "x", "pence_per_pack": ["10", "9"]}],
        },
    ],
}
LINE = "suppliers.0.offers.0"
WRONG: list[tuple[str, Any, str]] = [
    ("surprise", 1, "surprise"),
    ("items.0.colour", "red", "items[0].colour"),
    (f"{LINE}.price", 1, "suppliers[0].offers[0].price"),
    ("limits", {"max": 1}, "limits.max"),
    ("limits", {"max_suppliers": 0}, "limits.max_suppliers"),
    ("items.0.demand.a", -1, "items[0].demand.a"),
    ("items.0.demand.a", True, "items[0].demand.a"),
    ("items.0.demand.a", 1.5, "items[0].demand.a"),
    ("items.0.demand.a", "3", "items[0].demand.a"),
    ("items.0.demand.a", 10**9, "items[0].demand.a"),
    ("items.0.demand", [3], "items[0].demand"),
    ("items.0.id", "", "items[0].id"),
    ("items.0.id", "\ud800", "items[0].id"),
    ("items", [], "items"),
    ("items", {}, "items"),
    (f"{LINE}.minimum_packs", 0, "suppliers[0].offers[0].minimum_packs"),
    (f"{LINE}.multiple_packs", 0, "suppliers[0].offers[0].multiple_packs"),
    (f"{LINE}.capacity_packs", -1, "suppliers[0].offers[0].capacity_packs"),
    (f"{LINE}.pence_per_pack", ["10"], "suppliers[0].offers[0].pence_per_pack"),
    (f"{LINE}.pence_per_pack", ["10", "9.12345"], "suppliers[0].offers[0].pence_per_pack[1]"),
    (f"{LINE}.pence_per_pack", ["10", 9.5], "suppliers[0].offers[0].pence_per_pack[1]"),
    (f"{LINE}.pence_per_pack", ["10", "-1"], "suppliers[0].offers[0].pence_per_pack[1]"),
    (f"{LINE}.pence_per_pack", ["10", "1e3"], "suppliers[0].offers[0].pence_per_pack[1]"),
    (f"{LINE}.pence_per_pack", ["10", "9\n"], "suppliers[0].offers[0].pence_per_pack[1]"),
    (f"{LINE}.tiers", [1, 2], "suppliers[0].offers[0].tiers[0]"),
    (f"{LINE}.tiers", [0, 0], "suppliers[0].offers[0].tiers[1]"),
    (f"{LINE}.item", "z", "suppliers[0].offers[0].item"),
    (f"{LINE}.mode", "some_units", "suppliers[0].offers[0].mode"),
    (f"{LINE}.quality", "1.1", "suppliers[0].offers[0].quality"),
    ("suppliers.0.tiers", [0, 9], "suppliers[0].tiers"),
    ("suppliers.0.tier_basis", "pallets", "suppliers[0].tier_basis"),
    ("suppliers.0.delivery_pence", 1.0, "suppliers[0].delivery_pence"),
    ("suppliers.1.id", "s", "suppliers[1].id"),
    ("suppliers.1.offers.0.tiers", [0, 5], "suppliers[1].offers[0].tiers"),
    ("suppliers.1.offers.0.mode", "incremental", "suppliers[1].offers[0].mode"),
    ("gap", float("nan"), "gap"),
    ("gap", "-1", "gap"),
    ("gap", True, "gap"),
    ("time_limit_seconds", 0, "time_limit_seconds"),
    ("time_limit_seconds", float("inf"), "time_limit_seconds"),
    ("allow_overbuy", 1, "allow_overbuy"),
]


def _put(sheet: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        sheet = sheet[int(step)] if isinstance(sheet, list) else sheet[step]
    sheet[int(last) if isinstance(sheet, list) else last] = value


@pytest.mark.parametrize(("path", "value", "told"), WRONG, ids=[f"{n}-{told}" for n, (_, _, told) in enumerate(WRONG)])
def test_a_wrong_value_is_refused_by_its_path(path: str, value: Any, told: str) -> None:
    sheet = copy.deepcopy(GOOD)
    _put(sheet, path, value)
    with pytest.raises(InvalidInput) as refusal:
        parse_problem(sheet)
    assert told in refusal.value.errors
    assert len(refusal.value.errors[told]) > 8


def test_a_good_sheet_is_read_whole() -> None:
    problem = parse_problem(GOOD)
    assert [supplier.id for supplier in problem.suppliers] == ["o", "s"]
    assert problem.packs == {"x": 3}


def test_an_item_offered_twice_by_one_supplier_is_refused() -> None:
    sheet = copy.deepcopy(GOOD)
    sheet["suppliers"][0]["offers"] *= 2
    with pytest.raises(InvalidInput) as refusal:
        parse_problem(sheet)
    assert list(refusal.value.errors) == ["suppliers[0].offers[1].item"]


@pytest.mark.parametrize("raw", [None, [], "x", 3, {}, {"items": [[[[]]]], "suppliers": [3]}])
def test_things_of_the_wrong_shape_are_refused(raw: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_problem(raw)
