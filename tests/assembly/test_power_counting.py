"""Power against counting every coalition one by one, and what must hold for any game."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly.power.banzhaf import _floating, banzhaf
from federation.assembly.power.blocking import smallest_blocking
from federation.assembly.power.games import Condition, Game, chances, simple_game, too_heavy
from federation.assembly.power.reach import dummies, flags
from federation.assembly.power.shapley import shapley
from federation.assembly.power.small import count_all

WEIGHTS = st.lists(st.sampled_from([0, 1, 1, 2, 3, 5, 8, 20, 60]), min_size=7, max_size=7)


@st.composite
def games(draw: st.DrawFn) -> Game:
    """Games of up to seven players and three conditions."""
    count = draw(st.integers(1, 7))
    conditions = []
    for _ in range(draw(st.integers(1, 3))):
        weights = draw(WEIGHTS)[:count]
        weights[0] += not any(weights)
        conditions.append(Condition(tuple(weights), draw(st.integers(1, sum(weights)))))
    return Game(tuple("abcdefg"[:count]), tuple(conditions))


def coalitions(game: Game) -> list[bool]:
    """Whether each coalition wins; the bits of its number are its members."""
    places = range(len(game))
    return [game.wins([place for place in places if mask >> place & 1]) for mask in range(1 << len(game))]


def decided(game: Game) -> list[list[int]]:
    """Per player the coalitions that it turns by joining, without it."""
    wins = coalitions(game)
    masks = range(len(wins))
    return [
        [mask for mask in masks if not mask >> place & 1 and wins[mask | 1 << place] and not wins[mask]]
        for place in range(len(game))
    ]


@settings(max_examples=50, deadline=None)
@given(games())
def test_power_is_what_counting_every_coalition_gives(game: Game) -> None:
    turned, wins, count = decided(game), coalitions(game), len(game)
    exact, floating = banzhaf(game), _floating(game)
    assert exact.swings == tuple(map(len, turned))
    assert exact.act == floating.act == sum(wins) / len(wins)
    assert exact.prevent == tuple(len(one) / sum(wins) for one in turned)
    for mine, theirs in ((exact.shares, floating.shares), (exact.initiate, floating.initiate)):
        assert max(abs(a - b) for a, b in zip(mine, theirs, strict=True)) <= floating.error < 1e-9
    orders = [sum(Fraction(1, count * math.comb(count - 1, mask.bit_count())) for mask in one) for one in turned]
    found = shapley(game)
    assert max(abs(a - b) for a, b in zip(found.shares, map(float, orders), strict=True)) <= found.error < 1e-12


@settings(max_examples=50, deadline=None)
@given(games())
def test_flags_and_blocking_groups_are_what_counting_gives(game: Game) -> None:
    turned, wins, marks = decided(game), coalitions(game), flags(game)
    everybody = len(wins) - 1
    for place, player in enumerate(game.players):
        assert ("dummy" in marks[player]) == (not turned[place])
        assert ("veto" in marks[player]) == (not wins[everybody ^ 1 << place])
        assert ("dictator" in marks[player]) == all(win == bool(mask >> place & 1) for mask, win in enumerate(wins))
    blocking = [mask for mask in range(len(wins)) if not wins[everybody ^ mask]]
    least = min(mask.bit_count() for mask in blocking)
    groups = {tuple(p for n, p in enumerate(game.players) if m >> n & 1) for m in blocking if m.bit_count() == least}
    found = smallest_blocking(game)
    assert (found.size, found.count) == (least, len(groups))
    shown = {tuple(sorted(group)) for group in found.groups}
    assert shown <= groups and len(shown) == len(found.groups) == min(20, len(groups))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=61, max_size=90), st.integers(1, 99))
def test_more_weight_never_means_less_power_in_large_games(weights: list[int], percent: int) -> None:
    game = simple_game({str(n): w for n, w in enumerate(weights)}, -(-sum(weights) * percent // 100))
    swings, joining = banzhaf(game), shapley(game)
    assert swings.swings is None and swings.error < 1e-8
    for found in (swings, joining):
        assert sum(found.shares) == pytest.approx(1, abs=1e-12)
        ranked = sorted(zip(weights, found.shares, strict=True))
        assert all(a[1] <= b[1] + found.error for a, b in pairwise(ranked))


def test_whole_numbers_and_floating_point_meet_at_sixty_players() -> None:
    weights = {f"p{n:02}": 1 + n * n % 97 for n in range(60)}
    game = simple_game(weights, sum(weights.values()) * 2 // 3)
    exact, floating = banzhaf(game), _floating(game)
    assert exact.swings is not None and sum(exact.swings) > 2**55
    assert max(abs(a - b) for a, b in zip(exact.shares, floating.shares, strict=True)) <= floating.error < 1e-9


def test_unanimity_of_a_thousand_is_counted_though_its_chance_is_next_to_nothing() -> None:
    game = simple_game({str(n): 3 for n in range(1000)}, 3000)
    found = banzhaf(game)
    assert found.act == 2.0**-1000
    assert set(found.shares) == {0.001} and set(found.prevent) == {1.0}
    assert shapley(game).shares[0] == pytest.approx(0.001, abs=1e-14)


def test_a_low_second_quota_loses_no_digits() -> None:
    players = {str(n): 1 for n in range(70)}
    game = Game(tuple(players), (Condition((1,) * 70, 1), Condition((2,) * 70, 2)))
    found = banzhaf(game)
    assert found.shares[0] == pytest.approx(1 / 70, abs=found.error)
    assert found.error < 1e-9 and found.initiate[0] == pytest.approx(1.0, abs=found.error)


def test_a_dummy_of_a_large_game_is_found_exactly() -> None:
    weights = {f"p{n:03}": 10 for n in range(300)} | {"small": 9, "odd": 1}
    assert dummies(simple_game(weights, 1510)) == frozenset()
    assert dummies(simple_game(weights, 1501)) == frozenset()
    assert dummies(simple_game(weights | {"small": 4, "odd": 5}, 1510)) == {"small", "odd"}


def test_fewer_chances_give_the_same_shares_as_all_of_them() -> None:
    game = simple_game({str(n): n for n in range(1, 81)}, 1800)
    cut = shapley(game)
    assert chances(80) < 40
    # Orders of joining, over all sizes of coalition: exact integers by a second sum that counts members.
    ways = [{0: 1}] + [dict[int, int]() for _ in range(79)]
    for weight in range(2, 81):
        for size in range(78, -1, -1):
            for weighed, many in ways[size].items():
                if weighed + weight < 1800:
                    ways[size + 1][weighed + weight] = ways[size + 1].get(weighed + weight, 0) + many
    share = sum(Fraction(one.get(1799, 0), 80 * math.comb(79, size)) for size, one in enumerate(ways))
    assert cut.shares[0] == pytest.approx(float(share), abs=cut.error)


def test_small_games_of_any_weights_are_counted_coalition_by_coalition() -> None:
    weights = {f"p{n:02}": 10**9 - 7 * n * n for n in range(20)}
    weights["p00"] += 1
    game = simple_game(weights, sum(weights.values()) // 2 + 1)
    assert too_heavy(game, shapley=True) == ""
    # The total is odd, so that of each coalition and the rest exactly one wins.
    found = banzhaf(game)
    assert found.swings is not None and found.act == 0.5
    assert sum(shapley(game).shares) == pytest.approx(1, abs=1e-15)
    assert dummies(game) == frozenset()
    alike = simple_game({player: 5 for player in weights}, 51)
    assert count_all(alike).swings == banzhaf(alike).swings
    assert [float(share) for share in count_all(alike).orders] == pytest.approx(list(shapley(alike).shares), abs=1e-14)


def test_games_too_large_to_count_are_told_before_counting() -> None:
    large = simple_game({str(n): 10**6 + n for n in range(61)}, 31 * 10**6)
    assert "takes too long" in too_heavy(large, shapley=False)
    assert too_heavy(simple_game({str(n): 10**6 for n in range(61)}, 31 * 10**6), shapley=True) == ""
