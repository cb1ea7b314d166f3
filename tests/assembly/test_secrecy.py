"""What a published result gives away: small votes against every way of voting, large ones against each other."""

import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly.secrecy.before import forecast
from federation.assembly.secrecy.examples import reach, show
from federation.assembly.secrecy.solve import secrecy_answer
from federation.assembly.secrecy.ways import count_ways
from federation.calc import calculate
from tenants.errors import InvalidInput

EXAMPLE = Path(__file__).parents[2] / "deploy" / "examples" / "secrecy.json"
SMALL = st.lists(st.integers(0, 6), min_size=1, max_size=6)


def totals_of(weights: list[int], votes: tuple[int, ...]) -> tuple[int, int, int]:
    """Yes, abstain and no of votes 0, 1 and 2."""
    yes, abstain, no = (sum(w for w, v in zip(weights, votes, strict=True) if v == choice) for choice in range(3))
    return (yes, abstain, no)


@settings(max_examples=50, deadline=None)
@given(SMALL, st.data())
def test_chances_are_those_of_every_way_of_voting(weights: list[int], data: st.DataObject) -> None:
    """With abstentions three to the power of n ways are listed; those with the same totals are counted."""
    votes = tuple(data.draw(st.integers(0, 2)) for _ in weights)
    totals = totals_of(weights, votes)
    ways = [v for v in itertools.product(range(3), repeat=len(weights)) if totals_of(weights, v) == totals]
    found = count_ways(weights, totals)
    for n, weight in enumerate(weights):
        counted = [sum(way[n] == choice for way in ways) for choice in range(3)]
        assert [found[weight].yes, found[weight].abstain, found[weight].no] == counted


@settings(max_examples=50, deadline=None)
@given(SMALL, st.data())
def test_examples_and_proofs_never_contradict_the_count(weights: list[int], data: st.DataObject) -> None:
    totals = totals_of(weights, tuple(data.draw(st.integers(0, 2)) for _ in weights))
    counted = count_ways(weights, totals)
    for weight, shown in show(weights, totals).items():
        ways = (counted[weight].yes, counted[weight].abstain, counted[weight].no)
        assert all(ways[choice] > 0 for choice in shown.possible)
        assert all(ways[choice] == 0 for choice in shown.impossible)


def test_a_voter_heavier_than_all_no_votes_said_yes() -> None:
    answer = calculate("secrecy", EXAMPLE.read_text("utf-8"))
    assert answer["identified"] == ["ash", "beech", "cedar"]
    assert answer["voters"]["ash"] == {"chance_yes": 1.0, "known": "yes"}
    assert answer["may_publish_exactly"] is False
    assert answer["advice"].startswith("Three co-ops can be identified from the exact totals: ash, beech and cedar.")
    assert {"weight": 4, "voters": ["fir"]} in answer["small_classes"]
    # Of the ways to make 8 of no: 8; 6+2 (2 ways); 4+2+2; 3+3+2 (3 × 2 ways). Elder stands in one of ten.
    assert answer["voters"]["elder"]["chance_yes"] == 0.9


def test_a_unanimous_vote_identifies_nobody_beyond_itself() -> None:
    for yes, abstain in ((12, 0), (0, 0), (0, 12)):
        answer = secrecy_answer({"weights": {"a": 3, "b": 9}, "total_yes": yes, "total_abstain": abstain}, {})
        assert answer["identified"] == [] and answer["may_publish_exactly"] is True
        assert "unanimous" in answer["advice"]


def test_not_having_said_yes_is_told_too_when_abstentions_hide_the_rest() -> None:
    answer = secrecy_answer({"weights": {"a": 1, "b": 2, "c": 2, "d": 2}, "total_yes": 1, "total_abstain": 2}, {})
    assert answer["voters"]["a"]["known"] == "yes"
    assert answer["voters"]["b"]["known"] == "not yes"
    assert answer["voters"]["b"]["chance_no"] == pytest.approx(2 / 3)


def test_weights_alone_and_only_those_who_voted_count() -> None:
    weights = {"a": 5, "b": 5, "c": 5, "d": 1}
    whole = secrecy_answer({"weights": weights, "total_yes": 11}, {})
    assert whole["identified"] == ["d"] and whole["voters"]["a"]["chance_yes"] == pytest.approx(2 / 3)
    without = secrecy_answer({"weights": weights, "voted": ["c", "a", "b"], "total_yes": 10}, {})
    assert without["identified"] == [] and "d" not in without["voters"]


def test_before_the_vote_equal_weights_are_safe_and_a_giant_is_not() -> None:
    safe = secrecy_answer({"weights": dict.fromkeys("abcdef", 4)}, {})
    assert safe["may_publish_exactly"] is True and safe["possible_totals"]["that_identify"] == 0
    assert safe["possible_totals"]["worst"] is None
    giant = secrecy_answer({"weights": {**dict.fromkeys("abcdef", 1), "g": 20}}, {})
    # The ones are known when all six agree against the giant: 0.8^6 × 0.2 of the one-sided votes, and hardly more.
    assert giant["identified"] == ["g"] and giant["voters"]["g"]["risk"] > 0.9
    assert giant["voters"]["a"]["risk"] == pytest.approx(0.8**6 * 0.2 + 0.2**6 * 0.8, abs=1e-6)
    assert giant["small_classes"] == [{"weight": 20, "voters": ["g"]}]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=6))
def test_the_forecast_agrees_with_the_measure_after_the_vote(weights: list[int]) -> None:
    """Each total that can come out is measured as after the vote."""
    raw = {f"v{n}": weight for n, weight in enumerate(weights)}
    named = {
        total: len(secrecy_answer({"weights": raw, "total_yes": total}, {})["identified"])
        for total in range(sum(weights) + 1)
        if reach(weights) >> total & 1
    }
    seen = forecast(weights)
    assert seen.possible == len(named) - 2
    assert seen.naming == sum(1 for voters in named.values() if voters)
    assert seen.worst_named == max(named.values())


def test_the_most_voters_and_the_most_weight_are_answered() -> None:
    """500 voters and a sum of 100,000; certainty of the floats is that of exact bits."""
    chance = random.Random(7)
    weights = [chance.randint(1, 300) for _ in range(499)]
    weights.append(100_000 - sum(weights))
    raw = {f"v{n:03}": weight for n, weight in enumerate(weights)}
    yes = sum(weights[:100])
    answer = secrecy_answer({"weights": raw, "total_yes": yes}, {})
    for n in (0, 250, 499):
        others = reach(weights[:n] + weights[n + 1 :])
        can_be_yes = yes >= weights[n] and others >> (yes - weights[n]) & 1
        certain = not (can_be_yes and others >> yes & 1)
        assert (f"v{n:03}" in answer["identified"]) == certain
        assert (answer["voters"][f"v{n:03}"]["chance_yes"] in (0, 1)) == certain
    assert "v499" in answer["identified"]
    abstained = secrecy_answer({"weights": raw, "total_yes": yes, "total_abstain": sum(weights[400:450])}, {})
    assert abstained["not_proven"] == [] and "v499" in abstained["identified"]
    assert abstained["voters"]["v000"] == {"chance_yes": None, "chance_abstain": None, "chance_no": None}


@pytest.mark.parametrize(
    ("raw", "path", "words"),
    [
        ([], "", "must be an object"),
        ({"weights": {}}, "weights", "1 to 500"),
        ({"weights": {f"v{n}": 1 for n in range(501)}}, "weights", "1 to 500"),
        ({"weights": {"a": "3"}}, "weights.a", "whole number"),
        ({"weights": {"a": True}}, "weights.a", "whole number"),
        ({"weights": {"a": -1}}, "weights.a", "from 0"),
        ({"weights": {"a": 60_000, "b": 60_000}}, "weights", "at most 100,000, not 120,000"),
        ({"weights": {"a": 3}, "voted": ["b"]}, "voted[0]", "has no weight"),
        ({"weights": {"a": 3}, "voted": ["a", "a"]}, "voted[1]", "twice"),
        ({"weights": {"a": 3}, "voted": []}, "voted", "1 to 500"),
        ({"weights": {"a": 3}, "total_yes": 4}, "total_yes", "from 0 to 3"),
        ({"weights": {"a": 3}, "total_yes": 2, "total_abstain": 2}, "total_abstain", "at most the weight that voted"),
        ({"weights": {"a": 3}, "total_abstain": 2}, "total_yes", "give both totals"),
        ({"weights": {"a": 3, "b": 3}, "total_yes": 2}, "total_yes", "no way of casting these weights whole"),
        ({"weights": {"a": 3}, "quota": 2}, "quota", "unknown key"),
    ],
)
def test_bad_input_is_refused_by_its_path(raw: object, path: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        secrecy_answer(raw, {})
    assert words in refusal.value.errors[path]


def test_totals_too_many_to_count_are_still_refused_when_one_alone_is_out_of_reach() -> None:
    weights = {f"v{n:03}": 2 * n for n in range(1, 301)}
    with pytest.raises(InvalidInput, match="no way of casting"):
        secrecy_answer({"weights": weights, "total_yes": 30_001, "total_abstain": 20_000}, {})


def test_an_option_is_refused_and_the_same_question_has_the_same_answer() -> None:
    with pytest.raises(InvalidInput, match="unknown option"):
        secrecy_answer({"weights": {"a": 3}}, {"method": "fast"})
    raw = json.loads(EXAMPLE.read_text("utf-8"))
    turned = {**raw, "voted": raw["voted"][::-1], "weights": dict(reversed(raw["weights"].items()))}
    assert secrecy_answer(raw, {}) == secrecy_answer(turned, {})
