"""The share calculator on tables of costs: published and worked games, the core, and every kind of bad input."""

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.share import share_costs
from procurement.share.games import Game, check_core, shapley
from procurement.share.nucleolus import nucleolus
from tenants.errors import InvalidInput

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[3] / "deploy" / "examples" / "share.json"


def table(cost_of, players: str) -> dict[str, int]:
    names = sorted(players)
    return {",".join(some): cost_of(some) for size in range(1, len(names) + 1) for some in combinations(names, size)}


def game_of(costs: dict[str, int], players: str) -> Game:
    return Game(
        tuple(players),
        {sum(1 << players.index(name) for name in key.split(",")): pence for key, pence in costs.items()},
    )


def airport(**runways: int) -> dict[str, int]:
    return table(lambda some: max(runways[name] for name in some), "".join(runways))


@pytest.fixture
def example() -> dict:
    return json.loads(EXAMPLE.read_text())


def test_the_worked_game_of_tiers_comes_out_under_every_rule(example: dict) -> None:
    answer = share_costs(example)
    alone = answer["alone_pence"]
    savings = {
        rule: [alone[player] - pence for player, pence in told["shares_pence"].items()]
        for rule, told in answer["rules"].items()
    }
    assert answer["joint_pence"] == 7140
    assert savings == {
        "equal_percent": [861, 484, 143, 72],
        "equal_price": [600, 600, 240, 120],
        "proportional": [600, 600, 240, 120],
        "shapley": [605, 545, 282, 128],
        "nucleolus": [550, 550, 330, 130],
    }
    assert all(
        told["in_core"] is True and sum(told["shares_pence"].values()) == 7140 for told in answer["rules"].values()
    )
    assert "least_core_excess_pence" not in answer


@pytest.mark.parametrize(
    ("runways", "shares"),
    [
        ({"a": 8, "b": 11, "c": 13, "d": 18}, [2, 3, 4, 9]),
        ({"a": 1500, "b": 2200, "c": 3000}, [500, 850, 1650]),
        (dict(zip("abcdef", range(40, 91, 10), strict=True)), [Fraction(n, 6) for n in (40, 52, 67, 87, 117, 177)]),
    ],
)
def test_airports_pay_for_the_runway_they_need(runways: dict[str, int], shares: list) -> None:
    assert list(shapley(game_of(airport(**runways), "".join(runways))).values()) == shares


def test_the_nucleolus_of_an_airport_is_that_of_the_closed_formula() -> None:
    found = nucleolus(game_of(airport(a=8, b=11, c=13, d=18), "abcd"))
    assert list(found.shares.values()) == [Fraction(13, 4)] * 3 + [Fraction(33, 4)]


@pytest.mark.parametrize(
    ("estate", "awards"),
    [(100, (Fraction(100, 3),) * 3), (200, (50, 75, 75)), (300, (50, 100, 150)), (400, (50, 125, 225))],
)
def test_the_nucleolus_of_a_short_delivery_is_the_talmud(estate: int, awards: tuple) -> None:
    claims = {"a": 100, "b": 200, "c": 300}
    worth = table(lambda some: max(0, estate - sum(claim for name, claim in claims.items() if name not in some)), "abc")
    costs = {key: -pence for key, pence in worth.items()}
    assert [-share for share in nucleolus(game_of(costs, "abc")).shares.values()] == list(awards)


def test_an_empty_core_is_said_with_its_least_excess() -> None:
    costs = table(lambda some: (0, 60, 60, 120)[len(some)], "abc")
    answer = share_costs({"players": list("abc"), "costs": costs, "rules": ["nucleolus"]})
    assert answer["rules"]["nucleolus"] == {
        "shares_pence": {"a": 40, "b": 40, "c": 40},
        "saving_percent": {"a": "33.33", "b": "33.33", "c": "33.33"},
        "in_core": False,
        "worst_coalition": {"players": ["a", "b"], "gain_pence": 20},
    }
    assert answer["least_core_excess_pence"] == 20


@given(st.integers(2, 5), st.data())
def test_shapley_and_nucleolus_pay_all_and_no_coalition_is_unhappier_than_the_unhappiest(count: int, data) -> None:
    costs = {mask: data.draw(st.integers(0, 1000)) for mask in range(1, 1 << count)}
    game = Game(tuple("abcde"[:count]), costs)
    found, fair = nucleolus(game), shapley(game)
    assert sum(found.shares.values()) == sum(fair.values()) == costs[game.everybody]
    assert check_core(game, found.shares).gain == found.excess <= check_core(game, fair).gain


@given(st.lists(st.integers(1, 50), min_size=2, max_size=5), st.integers(1, 9))
def test_equal_players_pay_the_same_and_one_who_adds_nothing_pays_nothing(sizes: list[int], price: int) -> None:
    players = "abcdefg"[: len(sizes) + 2]
    own = dict(zip(players, [*sizes, sizes[0], 0], strict=True))
    game = game_of(table(lambda some: price * sum(own[name] for name in some), players), players)
    for shares in (shapley(game), nucleolus(game).shares):
        assert shares[players[0]] == shares[players[-2]] and shares[players[-1]] == 0


def test_eighteen_players_are_shared_exactly() -> None:
    players = tuple(f"p{number:02d}" for number in range(18))
    game = Game(players, {mask: 10 * mask.bit_count() for mask in range(1, 1 << 18)})
    assert set(shapley(game).values()) == {Fraction(10)}


def test_the_order_of_players_and_costs_changes_nothing(example: dict) -> None:
    turned = example | {"players": example["players"][::-1], "costs": dict(reversed(example["costs"].items()))}
    assert share_costs(turned) == share_costs(example)


def test_a_partial_table_proves_a_gain_but_never_its_absence() -> None:
    costs = {"a": 50, "b": 60, "c": 70, "a,b,c": 150}
    told = share_costs({"players": ["a", "b", "c"], "costs": costs})["rules"]["equal_percent"]
    assert told["in_core"] == "not proven"
    told = share_costs({"players": ["a", "b", "c"], "costs": costs | {"a,b": 1}})["rules"]["equal_percent"]
    assert told["in_core"] is False and told["worst_coalition"]["players"] == ["a", "b"]


def test_one_player_alone_pays_all() -> None:
    answer = share_costs(
        {"players": ["a"], "costs": {"a": 7}, "weights": {"a": "1.5"}, "rules": ["shapley", "nucleolus", "equal_price"]}
    )
    assert [told["shares_pence"] for told in answer["rules"].values()] == [{"a": 7}] * 3
    assert answer["rules"]["shapley"]["in_core"] is True and answer["rules"]["shapley"]["worst_coalition"] is None


GOOD = {"players": ["a", "b"], "costs": {"a": 5, "b": 5, "a,b": 8}}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"player": []}, "player"),
        ({"players": []}, "players"),
        ({"players": ["a", "a"]}, "players[1]"),
        ({"players": ["a", "b,c"]}, "players[1]"),
        ({"players": ["a", 3]}, "players[1]"),
        ({"costs": []}, "costs"),
        ({"costs": {"a": 5, "b": 5}}, "costs.a,b"),
        ({"costs": {"a": 5, "b": 5, "b,a": 8}}, "costs.b,a"),
        ({"costs": {"a": 5, "b": 5, "a,b": 8, "a,z": 1}}, "costs.a,z"),
        ({"costs": {"a": 5, "b": 5, "a,b": 8.5}}, "costs.a,b"),
        ({"costs": {"a": -5, "b": 5, "a,b": 8}}, "costs.a"),
        ({"costs": {"a": 5, "b": True, "a,b": 8}}, "costs.b"),
        ({"costs": {"a": 5, "b": 5, "a,b": 10**12}}, "costs.a,b"),
        ({"rules": ["fair"]}, "rules[0]"),
        ({"rules": []}, "rules"),
        ({"rules": ["shapley", "shapley"]}, "rules[1]"),
        ({"rules": ["equal_price"]}, "rules[0]"),
        ({"rules": ["proportional"]}, "rules[0]"),
        ({"weights": {"a": 1}}, "weights.b"),
        ({"weights": {"a": 1, "b": -1}}, "weights.b"),
        ({"weights": {"a": 0, "b": 0}}, "weights"),
        ({"weights": {"a": 1, "b": 1, "c": 1}}, "weights.c"),
        ({"award": {}}, "costs"),
    ],
)
def test_bad_input_is_refused_with_the_path_of_the_key(change: dict, path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        share_costs(GOOD | change)
    assert path in caught.value.errors


@pytest.mark.parametrize("raw", [None, [], "text", 3, {}])
def test_what_is_no_sharing_problem_is_refused(raw) -> None:
    with pytest.raises(InvalidInput):
        share_costs(raw)


def test_rules_that_need_every_coalition_say_which_is_missing_and_how_many_they_take() -> None:
    three = {"players": ["a", "b", "c"], "costs": {"a": 1, "b": 1, "c": 1, "a,b,c": 2}, "rules": ["shapley"]}
    with pytest.raises(InvalidInput, match=r"costs\.a,b: is missing"):
        share_costs(three)
    many = [f"p{number:02d}" for number in range(15)]
    with pytest.raises(InvalidInput, match="exact to 14 players; there are 15"):
        share_costs({"players": many, "costs": dict.fromkeys([*many, ",".join(many)], 1), "rules": ["nucleolus"]})


def test_unknown_options_are_refused() -> None:
    with pytest.raises(InvalidInput, match="speed"):
        share_costs(GOOD, {"speed": 3})
