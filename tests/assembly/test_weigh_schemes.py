"""How weights come from sizes: what each scheme promises, at its edges too."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly.weigh.quotas import QuotaRule, SecondMajority, quota_for, second_quota
from federation.assembly.weigh.schemes import ClassShare, Scheme, cut_to_percent, root_of_size, weigh
from tenants.errors import InvalidInput

SIZES = st.lists(st.integers(1, 5000), min_size=1, max_size=30).map(
    lambda all_: {f"c{n}": s for n, s in enumerate(all_)}
)
SCHEMES = (
    Scheme("one_each"),
    Scheme("proportional"),
    Scheme("proportional", total=97),
    Scheme("square_root", cap=2000),
    Scheme("base_plus", base=2, total=200),
    Scheme("base_plus", base=1, total=300, cap=20),
    Scheme("bands", bands=((0, 1), (50, 2), (200, 3)), floor=2),
)


@settings(max_examples=30, deadline=None)
@given(SIZES, st.sampled_from(SCHEMES))
def test_a_larger_co_op_never_has_less_weight(sizes: dict[str, int], scheme: Scheme) -> None:
    weights = weigh(sizes, scheme).weights
    ranked = sorted(sizes, key=lambda coop: (sizes[coop], weights[coop]))
    assert all(weights[low] <= weights[high] for low, high in pairwise(ranked))
    assert list(weights) == sorted(sizes)
    assert scheme.cap is None or max(weights.values()) <= scheme.cap
    assert min(weights.values()) >= scheme.floor


@settings(max_examples=50, deadline=None)
@given(SIZES, st.integers(1, 2000))
def test_weights_dealt_out_make_the_total_or_the_nearest_below(sizes: dict[str, int], total: int) -> None:
    assert sum(weigh(sizes, Scheme("proportional", total=total)).weights.values()) == total
    least = 2 * len(sizes)
    if total < least:
        with pytest.raises(InvalidInput, match=f"at least {least}"):
            weigh(sizes, Scheme("base_plus", base=1, total=total))
        return
    found = weigh(sizes, Scheme("base_plus", base=1, total=total))
    reached = sum(found.weights.values())
    assert reached == total or (reached < total and "out of reach" in found.notes[0])
    # Only a tie keeps the total out of reach: the next step would raise more co-ops at once than are left.
    steps = [Fraction(size, found.weights[coop] - 1) for coop, size in sizes.items()]
    assert reached + steps.count(max(steps)) > total


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 500), min_size=1), st.integers(1, 100))
def test_a_cap_in_percent_is_kept_and_cuts_no_more_than_it_must(weights: dict[str, int], percent: int) -> None:
    if len(weights) * percent < 100:
        with pytest.raises(InvalidInput, match="cannot be kept"):
            cut_to_percent(weights, Fraction(percent))
        return
    kept = cut_to_percent(weights, Fraction(percent))
    level, total = max(kept.values()), sum(kept.values())
    assert 100 * level <= percent * total
    assert kept == {coop: min(weight, level) for coop, weight in weights.items()}
    more = [min(weight, level + 1) for weight in weights.values()]
    assert kept == weights or 100 * (level + 1) > percent * sum(more)


def test_a_tie_keeps_a_total_out_of_reach_and_says_so() -> None:
    found = weigh({"a": 10, "b": 10, "c": 10}, Scheme("base_plus", base=1, total=10))
    assert found.weights == {"a": 3, "b": 3, "c": 3}
    assert found.notes == ("A total of 10 is out of reach, because co-ops tie there: the nearest below is 9.",)
    capped = weigh({"a": 10, "b": 40}, Scheme("base_plus", base=1, total=90, cap=7))
    assert capped.notes == ("A total of 90 is out of reach, because the cap allows no more: the nearest below is 14.",)


def test_classes_split_their_share_evenly() -> None:
    workers = ClassShare("workers", Fraction(60), ("b", "d", "e"))
    families = ClassShare("families", Fraction(40), ("a", "c"))
    scheme = Scheme("classes", total=101, classes=(workers, families))
    found = weigh(dict.fromkeys("abcde", 9), scheme)
    assert found.weights == {"a": 20, "b": 21, "c": 20, "d": 20, "e": 20}
    few = weigh(dict.fromkeys("abcde", 9), Scheme("classes", total=3, classes=(workers, families)))
    assert few.weights == {"a": 1, "b": 1, "c": 0, "d": 1, "e": 0}
    assert few.notes[0].startswith("The class workers has 2 votes for 3 members")


def test_a_floor_that_moves_the_total_says_so() -> None:
    found = weigh({"a": 1, "b": 99}, Scheme("proportional", total=10, floor=2))
    assert found.weights == {"a": 2, "b": 10}
    assert found.notes == ("The floor and the caps leave 12 votes in all where 10 were dealt out.",)


def test_roots_are_rounded_half_up_and_quotas_are_the_least_whole_number() -> None:
    assert [root_of_size(size) for size in (0, 1, 2, 3, 4, 10**9)] == [0, 100, 141, 173, 200, 3162278]
    assert quota_for(QuotaRule("majority"), 10, []) == 6
    assert [quota_for(QuotaRule("percent", Fraction(p)), 9, []) for p in ("66.67", "100", "0.01")] == [7, 9, 1]
    # Equal sizes make the root of the sum rational: ½ (1 + 1/2) of 40 is 30 exactly, not the next whole number.
    assert quota_for(QuotaRule("jagiellonian"), 40, [7, 7, 7, 7]) == 30
    assert [second_quota(SecondMajority("coops", Fraction(p)), 10) for p in ("50", "55", "60", "60.1")] == [6, 6, 6, 7]
