"""What calculator 6 refuses, by path and in words."""

from typing import Any

import pytest

from federation.assembly.weigh.reading import read_weighing
from federation.assembly.weigh.solve import scheme_json, weigh_answer
from federation.calc import calculate
from tenants.errors import InvalidInput

ONE = {"kind": "one_each"}
TWO = {"a": 5, "b": 9}


def classes(**members: list[str]) -> dict[str, Any]:
    """A scheme of classes with equal shares."""
    share = str(100 / len(members))
    return {
        "kind": "classes",
        "total": 100,
        "classes": {name: {"share_percent": share, "members": coops} for name, coops in members.items()},
    }


REFUSED: list[tuple[Any, str, str]] = [
    ({"sizes": TWO}, "scheme", "is missing"),
    ({"sizes": {}, "scheme": ONE}, "sizes", "1 to 1,000 co-ops, not 0"),
    ({"sizes": [5, 9], "scheme": ONE}, "sizes", "members by co-op"),
    ({"sizes": {f"c{n}": 1 for n in range(5000)}, "scheme": ONE}, "sizes", "not 5,000"),
    ({"sizes": {"a": 10**12}, "scheme": ONE}, "sizes.a", "1,000,000,000"),
    ({"sizes": {"a": "12"}, "scheme": ONE}, "sizes.a", "whole number"),
    ({"sizes": {"a": -1}, "scheme": ONE}, "sizes.a", "from 0"),
    ({"sizes": {"a": 0}, "scheme": ONE}, "sizes", "at least one co-op must have members"),
    ({"sizes": TWO, "scheme": {"kind": "lottery"}}, "scheme.kind", "one of one_each"),
    ({"sizes": TWO, "scheme": {**ONE, "bands": [[0, 1]]}}, "scheme.bands", "unknown key"),
    ({"sizes": TWO, "scheme": {**ONE, "floor": 3, "cap": 2}}, "scheme.floor", "above the cap"),
    ({"sizes": TWO, "scheme": {**ONE, "cap_percent": "40"}}, "scheme.cap_percent", "at least 50 percent"),
    ({"sizes": TWO, "scheme": {**ONE, "cap_percent": 0}}, "scheme.cap_percent", "more than nought"),
    ({"sizes": TWO, "scheme": {"kind": "base_plus", "base": 1}}, "scheme.total", "is missing"),
    ({"sizes": TWO, "scheme": {"kind": "base_plus", "base": 5, "total": 11}}, "scheme.total", "at least 12"),
    ({"sizes": TWO, "scheme": {"kind": "bands", "bands": [[1, 1]]}}, "scheme.bands[0][0]", "starts at size 0"),
    ({"sizes": TWO, "scheme": {"kind": "bands", "bands": [[0, 1], [0, 2]]}}, "scheme.bands[1][0]", "upwards"),
    ({"sizes": TWO, "scheme": {"kind": "bands", "bands": [[0, 2], [9, 1]]}}, "scheme.bands[1][1]", "no less weight"),
    ({"sizes": TWO, "scheme": {"kind": "bands", "bands": [[0, 0], [99, 1]]}}, "sizes", "nobody would have a vote"),
    ({"sizes": TWO, "scheme": classes(x=["a", "b"], y=["a"])}, "scheme.classes.y.members[0]", "in the class x"),
    ({"sizes": TWO, "scheme": classes(x=["a", "a", "b"])}, "scheme.classes.x.members[1]", "name each co-op once"),
    ({"sizes": TWO, "scheme": classes(x=["a", "b", "c"])}, "scheme.classes.x.members[2]", "no co-op 'c'"),
    ({"sizes": TWO, "scheme": classes(x=["a"])}, "scheme.classes", "'b' does not"),
    ({"sizes": TWO, "scheme": classes(x=["a", "b"], z=[])}, "scheme.classes.z.members", "1 to 1,000 rows"),
    ({"sizes": TWO, "scheme": ONE, "quota": {"kind": "percent"}}, "quota.percent", "is missing"),
    ({"sizes": TWO, "scheme": ONE, "quota": {"kind": "percent", "percent": "101"}}, "quota.percent", "to 100"),
    ({"sizes": TWO, "scheme": ONE, "quota": {"kind": "majority", "percent": 60}}, "quota.percent", "unknown key"),
    ({"sizes": TWO, "scheme": ONE, "second_majority": {"of": "trees"}}, "second_majority.of", "coops, members"),
    ({"sizes": TWO, "scheme": ONE, "second_majority": {"of": "coops", "percent": 49}}, "second_majority.percent", "50"),
]


@pytest.mark.parametrize(("raw", "path", "words"), REFUSED)
def test_bad_input_is_refused_by_path_and_in_words(raw: Any, path: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        weigh_answer(raw, {})
    assert list(refusal.value.errors) == [path]
    assert words in refusal.value.errors[path]


def test_classes_that_do_not_make_a_whole_are_refused() -> None:
    scheme = classes(x=["a"], y=["b"])
    scheme["classes"]["x"]["share_percent"] = "30"
    with pytest.raises(InvalidInput, match="must make 100 percent, not 80"):
        weigh_answer({"sizes": TWO, "scheme": scheme}, {})


def test_sizes_that_are_too_large_to_count_are_refused_with_a_way_out() -> None:
    sizes = {f"c{n:03}": 10**8 + n * n for n in range(80)}
    with pytest.raises(InvalidInput, match="apportioned to a total"):
        weigh_answer({"sizes": sizes, "scheme": {"kind": "proportional"}}, {})
    answer = weigh_answer({"sizes": sizes, "scheme": {"kind": "proportional", "total": 800}}, {})
    assert sum(answer["weights"].values()) == 800


def test_options_and_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no such option"):
        weigh_answer({"sizes": TWO, "scheme": ONE}, {"only": "all"})
    with pytest.raises(InvalidInput, match="Infinity is not a number"):
        calculate("weigh", '{"sizes": {"a": Infinity}, "scheme": {"kind": "one_each"}}')


@pytest.mark.parametrize(
    "scheme",
    [
        {"kind": "proportional", "total": 50, "floor": 1, "cap_percent": "66.5"},
        {"kind": "base_plus", "base": 5, "total": 30, "cap": 20},
        {"kind": "bands", "bands": [[0, 1], [9, 2]]},
        classes(x=["a"], y=["b"]),
    ],
)
def test_a_scheme_is_written_as_it_was_read(scheme: dict[str, Any]) -> None:
    _, rule = read_weighing({"sizes": TWO, "scheme": scheme})
    _, again = read_weighing({"sizes": TWO, "scheme": scheme_json(rule.scheme)})
    assert again == rule


def test_the_same_input_has_the_same_answer_in_any_order() -> None:
    first = calculate("weigh", '{"sizes": {"b": 9, "a": 5, "c": 9}, "scheme": {"kind": "proportional", "total": 10}}')
    second = calculate("weigh", '{"scheme": {"total": 10, "kind": "proportional"}, "sizes": {"c": 9, "a": 5, "b": 9}}')
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert first["weights"] == {"a": 2, "b": 4, "c": 4}
