"""What calculator 7 refuses, by path and in words, and how it answers."""

from typing import Any

import pytest

from federation.assembly.power.solve import power_answer
from federation.calc import calculate
from tenants.errors import InvalidInput

REFUSED: list[tuple[Any, str, str]] = [
    ([], "", "must be an object"),
    ({"weights": [1]}, "quota", "is missing"),
    ({"weights": ["3", 2], "quota": 3}, "weights[0]", "whole number"),
    ({"weights": {"a": 2.5}, "quota": 1}, "weights.a", "whole number"),
    ({"weights": {"a": -1, "b": 2}, "quota": 1}, "weights.a", "from 0"),
    ({"weights": {"a": True}, "quota": 1}, "weights.a", "whole number"),
    ({"weights": {"a": 10**12, "b": 1}, "quota": 1}, "weights.a", "1,000,000,000"),
    ({"weights": {" a": 1}, "quota": 1}, "weights. a", "no space"),
    ({"weights": "3,2", "quota": 3}, "weights", "by id, or a list"),
    ({"weights": [], "quota": 1}, "weights", "1 to 1,000 players, not 0"),
    ({"weights": [1] * 5000, "quota": 1}, "weights", "1 to 1,000 players, not 5,000"),
    ({"weights": [0, 0], "quota": 1}, "weights", "more than nought"),
    ({"weights": [1, 2], "quota": 4}, "quota", "no motion could pass"),
    ({"weights": [1, 2], "quota": 0}, "quota", "from 1"),
    ({"weights": [1, 2], "quota": 2, "only": "all"}, "only", "unknown key"),
    ({"weights": {"a": 1}, "quota": 1, "also": {"weights": {"a": 1}, "quota": 1}}, "also", "must be a list"),
    ({"weights": {"a": 1}, "quota": 1, "also": [{"weights": {"b": 1}, "quota": 1}]}, "also[0].weights", "same players"),
    ({"weights": {"0": 1}, "quota": 1, "also": [{"weights": [1], "quota": 1}]}, "also[0].weights", "in the same form"),
    ({"weights": [1], "quota": 1, "also": [{"weights": [1], "quota": 2}]}, "also[0].quota", "no motion could pass"),
    ({"weights": [1], "quota": 1, "also": [{"weights": [1], "quota": 1}] * 3}, "also", "0 to 2 rows"),
    ({"weights": [10**9 - n for n in range(40)], "quota": 10**10}, "weights", "takes too long"),
]


@pytest.mark.parametrize(("raw", "path", "words"), REFUSED)
def test_bad_input_is_refused_by_path_and_in_words(raw: Any, path: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        power_answer(raw, {})
    assert list(refusal.value.errors) == [path]
    assert words in refusal.value.errors[path]


@pytest.mark.parametrize(("options", "path"), [({"only": "penrose"}, "only"), ({"gap": "1"}, "gap")])
def test_unknown_options_are_refused(options: dict[str, str], path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        power_answer({"weights": [1], "quota": 1}, options)
    assert list(refusal.value.errors) == [path]


def test_not_a_number_is_no_json() -> None:
    with pytest.raises(InvalidInput, match="NaN is not a number"):
        calculate("power", '{"weights": [NaN], "quota": 1}')


def test_only_what_is_asked_for_is_answered() -> None:
    raw = {"weights": [2, 1, 1], "quota": 3}
    every = power_answer(raw, {})
    assert list(every["players"][0]) == [
        "id", "weight", "swings", "banzhaf", "shapley", "coleman_prevent", "coleman_initiate",
    ]  # fmt: skip
    assert list(power_answer(raw, {"only": "shapley"})["players"][0]) == ["id", "weight", "shapley"]
    assert "coleman_act" not in power_answer(raw, {"only": "shapley"})
    assert "shapley" not in power_answer(raw, {"only": "banzhaf"})["players"][0]


def test_players_of_an_object_come_sorted_and_of_a_list_by_place() -> None:
    named = power_answer({"weights": {"b": 1, "a": 2, "c": 1}, "quota": 3}, {})
    assert [row["id"] for row in named["players"]] == ["a", "b", "c"]
    assert [row["swings"] for row in named["players"]] == ["3", "1", "1"]
    listed = power_answer({"weights": [1] * 11, "quota": 6}, {})
    assert [row["id"] for row in listed["players"]] == [str(n) for n in range(11)]


def test_beyond_sixty_players_a_bound_stands_instead_of_swings() -> None:
    answer = power_answer({"weights": [5] * 60 + [1], "quota": 155}, {})
    assert {row["swings"] for row in answer["players"]} == {None}
    assert answer["players"][-1]["banzhaf"] == answer["players"][-1]["shapley"] == 0.0
    assert 0 < answer["error_bound"] < 1e-10
    assert answer["players"][0]["shapley"] == pytest.approx(1 / 60, abs=answer["error_bound"])


def test_the_order_of_input_changes_nothing() -> None:
    first = calculate("power", '{"quota": 4, "weights": {"a": 3, "b": 2, "c": 1}}')
    second = calculate("power", '{"weights": {"c": 1, "b": 2, "a": 3}, "quota": 4}')
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
