"""The fairness sheet: flags in words, what if, and the comparison."""

import math
from fractions import Fraction

import pytest

from federation.assembly.weigh.compare import compare
from federation.assembly.weigh.quotas import QuotaRule, SecondMajority
from federation.assembly.weigh.schemes import Scheme
from federation.assembly.weigh.sheet import Rule, sheet, what_if
from federation.assembly.weigh.solve import weigh_answer
from federation.assembly.weigh.words import in_words, warnings
from tenants.errors import InvalidInput

PROPORTIONAL = Rule(Scheme("proportional"))


def test_a_dictator_is_told_in_one_plain_sentence() -> None:
    found = sheet({"ash": 60, "elm": 20, "fir": 10}, PROPORTIONAL)
    assert [line.flags for line in found.lines] == [("veto", "dictator"), ("dummy",), ("dummy",)]
    said = warnings(found, {"ash": "Ash & Co"})
    assert said == ["Ash & Co decides everything alone: no other co-op can ever change a result."]


def test_a_dummy_and_a_veto_are_told_in_plain_sentences() -> None:
    sizes = {"ash": 50, "elm": 30, "fir": 12, "gorse": 8}
    assert warnings(sheet(sizes, Rule(Scheme("proportional"), QuotaRule("percent", Fraction(80))))) == [
        "However the others vote, the votes of fir and gorse can never change a result.",
        "Nothing passes without ash and elm: each of them can stop every motion alone.",
        "elm has 30.0% of the votes but 50.0% of the power to decide.",
    ]


def test_a_low_quota_is_warned_of() -> None:
    rule = Rule(Scheme("one_each"), QuotaRule("percent", Fraction(50)))
    assert "A motion and its opposite could both pass" in warnings(sheet(dict.fromkeys("abcd", 5), rule))[0]
    assert warnings(sheet(dict.fromkeys("abcd", 5), Rule(Scheme("one_each")))) == []


def test_the_sheet_in_words() -> None:
    rule = Rule(Scheme("one_each"), QuotaRule(), SecondMajority("members", Fraction(60)))
    said = in_words(sheet({"ash": 10, "elm": 20, "fir": 70}, rule), {"fir": "Fir"})
    assert (
        said[0] == "A motion passes with 2 of 3 votes, if those in favour are also at least 60 members of all co-ops."
    )
    assert said[2].startswith("The largest co-op, Fir with 70 members, has 33.3% of the votes and ")
    assert said[-1] == "One co-op can stop a motion alone."


def test_what_if_a_co_op_doubles() -> None:
    sizes = {"ash": 50, "elm": 30, "fir": 20}
    before, after = what_if(sizes, PROPORTIONAL, "elm", 2)
    assert (before.largest.coop, after.largest.coop) == ("ash", "elm")
    assert after.lines[1].size == 60 and sizes["elm"] == 30
    assert what_if(sizes, PROPORTIONAL, "fir", Fraction("0.125"))[1].lines[2].size == 3
    for coop, factor, path in (("oak", 2, "coop"), ("ash", -1, "factor"), ("ash", 10**9, "factor")):
        with pytest.raises(InvalidInput) as refusal:
            what_if(sizes, PROPORTIONAL, coop, factor)
        assert list(refusal.value.errors) == [path]


def test_other_schemes_are_compared_under_the_same_quota() -> None:
    sizes = {f"c{n:02}": 12 * n for n in range(1, 13)}
    rule = Rule(Scheme("square_root"), QuotaRule("percent", Fraction(60)), SecondMajority("coops", Fraction(50)))
    found = compare(sizes, rule)
    kinds = [(one.rule.scheme.kind, one.rule.quota.kind) for one in found]
    assert kinds == [
        ("one_each", "percent"),
        ("proportional", "percent"),
        ("square_root", "jagiellonian"),
        ("base_plus", "percent"),
        ("bands", "percent"),
    ]
    for one in found:
        assert one.sheet == sheet(sizes, one.rule, with_shapley=False)
        assert one.rule.second == rule.second


def test_a_scheme_that_cannot_be_kept_is_compared_in_words() -> None:
    sizes = {f"c{n:03}": 10**9 - n * n for n in range(80)}
    answer = weigh_answer({"sizes": sizes, "scheme": {"kind": "one_each"}}, {})
    reasons = {one["scheme"]["kind"]: one["why_not"] for one in answer["compare"] if "why_not" in one}
    assert "takes too long to count out" in reasons["proportional"]


def test_a_class_of_equals_has_equal_power_and_a_co_op_without_members_is_told() -> None:
    answer = weigh_answer({"sizes": {"a": 0, "b": 4, "c": 9}, "scheme": {"kind": "one_each"}}, {})
    assert {row["banzhaf"] for row in answer["coops"].values()} == {1 / 3}
    assert [row["power_per_member"] for row in answer["coops"].values()] == [None, 1 / 12, 1 / 27]
    assert answer["blocking_sets"] == {"size": 2, "sets": [["a", "b"], ["a", "c"], ["b", "c"]], "count": 3}
    assert sum(row["shapley"] for row in answer["coops"].values()) == pytest.approx(1, abs=1e-14)


def test_many_blocking_sets_are_counted_and_twenty_shown() -> None:
    sizes = {f"c{n:02}": 10 + n for n in range(97)}
    answer = weigh_answer({"sizes": sizes, "scheme": {"kind": "one_each"}}, {})
    assert (answer["quota"], answer["blocking_sets"]["size"], len(answer["blocking_sets"]["sets"])) == (49, 49, 20)
    assert answer["blocking_sets"]["count"] == math.comb(97, 49)
    proportional = next(one for one in answer["compare"] if one["scheme"]["kind"] == "proportional")
    assert proportional["weights"] == sizes and proportional["dummy"] == []
