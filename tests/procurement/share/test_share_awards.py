"""The share calculator on award problems: coalitions priced by solving them, and what if they cannot buy."""

import copy
from itertools import combinations

import pytest

from procurement.share import share_costs
from tenants.errors import InvalidInput

DEMAND = {"a": 600, "b": 300, "c": 80, "d": 40}
TIERS = {"item": "gloves", "tiers": [0, 100, 500, 1000], "pence_per_pack": ["10", "9", "8", "7"]}
AWARD = {"items": [{"id": "gloves", "demand": DEMAND}], "suppliers": [{"id": "north", "offers": [TIERS]}], "gap": "0"}
ALL_RULES = ["equal_percent", "equal_price", "proportional", "shapley", "nucleolus"]


def tier_cost(packs: int) -> int:
    return min(price * max(packs, bound) for bound, price in ((0, 10), (100, 9), (500, 8), (1000, 7)))


def sharing(**change) -> dict:
    return {"players": list("abcd"), "award": copy.deepcopy(AWARD), "rules": ALL_RULES} | change


def test_solving_the_coalitions_gives_the_same_shares_as_their_table() -> None:
    costs = {
        ",".join(some): tier_cost(sum(DEMAND[name] for name in some))
        for size in range(1, 5)
        for some in combinations("abcd", size)
    }
    solved = share_costs(sharing())
    told = share_costs({"players": list("abcd"), "costs": costs, "weights": DEMAND, "rules": ALL_RULES})
    assert solved == told and solved["joint_pence"] == 7140


def test_delivery_is_shared_once_and_saves_those_who_join() -> None:
    problem = sharing(rules=["equal_price", "equal_percent"])
    problem["award"]["suppliers"][0]["delivery_pence"] = 1020
    answer = share_costs(problem)
    assert answer["rules"]["equal_price"]["shares_pence"] == {"a": 4800, "b": 2400, "c": 640, "d": 320}
    assert (
        answer["alone_pence"]["d"] == 400 + 1020
        and sum(answer["rules"]["equal_percent"]["shares_pence"].values()) == 8160
    )


def out_of_reach(rules: list[str], **masks) -> dict:
    """Two co-ops that reach the supplier's minimum order together; b, who wants masks only, cannot reach it alone."""
    items = [{"id": "gloves", "demand": {"a": 100}}, {"id": "masks", "demand": {"b": 20}, **masks}]
    gloves = {"item": "gloves", "pence_per_pack": ["10"], "capacity_packs": 100}
    offers = [gloves, {"item": "masks", "pence_per_pack": ["5"], "capacity_packs": 20}]
    north = {"id": "north", "minimum_order_pence": 1000, "offers": offers}
    return {"players": ["a", "b"], "award": {"items": items, "suppliers": [north]}, "rules": rules}


def test_a_co_op_that_cannot_buy_alone_pays_the_equal_price() -> None:
    answer = share_costs(out_of_reach(["equal_percent", "equal_price"]))
    assert (answer["joint_pence"], answer["alone_pence"]) == (1100, {"a": 1000, "b": None})
    assert [told["shares_pence"] for told in answer["rules"].values()] == [{"a": 1000, "b": 100}] * 2
    assert answer["rules"]["equal_percent"]["saving_percent"] == {"a": "0.00", "b": None}
    assert answer["rules"]["equal_percent"]["in_core"] == "not proven"


def test_retail_prices_what_cannot_be_bought_alone() -> None:
    answer = share_costs(out_of_reach(["equal_percent"], retail_pence="20"))
    assert answer["alone_pence"] == {"a": 1000, "b": 400}
    assert answer["rules"]["equal_percent"]["shares_pence"] == {"a": 786, "b": 314}


def test_a_rule_that_needs_every_group_is_refused_when_one_could_not_buy() -> None:
    with pytest.raises(InvalidInput, match="b could not buy alone: give retail_pence"):
        share_costs(out_of_reach(["equal_price", "shapley"]))


def test_a_co_op_that_wants_nothing_pays_nothing() -> None:
    problem = out_of_reach(["equal_percent", "equal_price", "proportional"])
    problem["players"].append("idle")
    problem["award"]["items"][0]["demand"]["idle"] = 0
    answer = share_costs(problem)
    assert answer["alone_pence"]["idle"] == 0
    assert [told["shares_pence"]["idle"] for told in answer["rules"].values()] == [0, 0, 0]


def test_an_award_that_cannot_be_made_is_an_answer() -> None:
    problem = sharing()
    problem["award"]["suppliers"][0]["offers"][0]["capacity_packs"] = 10
    answer = share_costs(problem)
    assert (answer["status"], answer["joint_pence"], answer["rules"]) == ("infeasible", None, {})


def test_more_than_five_co_ops_are_told_that_the_core_is_not_proven() -> None:
    players = list("abcdef")
    award = {"items": [{"id": "gloves", "demand": dict.fromkeys(players, 100)}], "suppliers": AWARD["suppliers"]}
    answer = share_costs({"players": players, "award": award, "rules": ["equal_percent"]})
    assert answer["rules"]["equal_percent"]["in_core"] == "not proven"
    assert set(answer["rules"]["equal_percent"]["shares_pence"].values()) == {800}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"players": ["a", "b", "c"]}, "players"),
        ({"players": ["a", "b", "c", "d", "e"]}, "players"),
        ({"award": {}}, "award.items"),
        ({"award": {**AWARD, "speed": 1}}, "award.speed"),
        ({"award": []}, "award"),
        ({"weights": {"a": 1}}, "weights"),
        ({"players": [f"p{n}" for n in range(11)]}, "rules[3]"),
    ],
)
def test_bad_award_input_is_refused_with_its_path(change: dict, path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        share_costs(sharing(**change))
    assert path in caught.value.errors
