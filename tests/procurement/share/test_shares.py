"""The plain sharing rules and the packs on each line: exact, in any order, nothing lost."""

from decimal import Decimal
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.share.shares import ChargedLine, allocate_packs, equal_percent, equal_price, proportional

pytestmark = pytest.mark.slow

COOPS = st.sampled_from([f"coop-{letter}" for letter in "abcdefgh"])
ITEMS = st.sampled_from(["aprons", "gloves", "masks"])


@st.composite
def awards(draw) -> tuple[list[ChargedLine], dict[str, dict[str, int]], dict[str, int]]:
    """A demand, lines that cover it (some with packs beyond demand), and a delivery charge per supplier."""
    demand = draw(st.dictionaries(ITEMS, st.dictionaries(COOPS, st.integers(0, 500), min_size=1), min_size=1))
    demand = {item: coops for item, coops in demand.items() if any(coops.values())}
    lines = []
    for item, coops in demand.items():
        left = sum(coops.values()) + draw(st.integers(0, 40))
        for supplier in draw(st.lists(st.sampled_from("nsew"), min_size=1, unique=True)):
            packs = draw(st.integers(0, left))
            lines += [ChargedLine(supplier, item, packs, draw(st.integers(0, 10**6)))] if packs else []
            left -= packs
        lines += [ChargedLine("rest", item, left, draw(st.integers(0, 10**6)))] if left else []
    return lines, demand, {line.supplier: draw(st.integers(0, 9000)) for line in lines}


@given(awards())
def test_no_pack_is_lost_or_invented_on_any_line_or_for_any_co_op(award) -> None:
    lines, demand, _ = award
    placed = allocate_packs(lines, demand)
    assert {key: sum(coops.values()) for key, coops in placed.items()} == {(x.supplier, x.item): x.packs for x in lines}
    for item, wanted in demand.items():
        over = sum(line.packs for line in lines if line.item == item) - sum(wanted.values())
        for coop, packs in wanted.items():
            got = sum(coops.get(coop, 0) for (_, served), coops in placed.items() if served == item)
            fair = Fraction(over * packs, sum(wanted.values()))
            assert packs <= got and abs(got - packs - fair) < 1


@given(awards(), st.randoms(use_true_random=False))
def test_packs_are_placed_the_same_in_whatever_order_lines_come(award, random) -> None:
    lines, demand, _ = award
    mixed = lines[:]
    random.shuffle(mixed)
    turned = {item: dict(reversed(coops.items())) for item, coops in reversed(demand.items())}
    assert allocate_packs(mixed, turned) == allocate_packs(lines, demand)


def test_each_line_is_divided_in_proportion_to_demand() -> None:
    lines = [ChargedLine("north", "gloves", 600, 1), ChargedLine("south", "gloves", 400, 1)]
    placed = allocate_packs(lines, {"gloves": {"a": 700, "b": 200, "c": 100}})
    assert placed[("north", "gloves")] == {"a": 420, "b": 120, "c": 60}
    assert placed[("south", "gloves")] == {"a": 280, "b": 80, "c": 40}


@pytest.mark.parametrize(
    ("lines", "demand", "words"),
    [
        ([ChargedLine("n", "gloves", 5, 1)], {"gloves": {"a": 6}}, "1 packs short"),
        ([ChargedLine("n", "gloves", 5, 1)], {"masks": {}}, "nobody wants gloves"),
        ([], {"gloves": {"a": 1}}, "no line supplies gloves"),
        ([ChargedLine("n", "gloves", 1, 1)] * 2, {"gloves": {"a": 2}}, "two lines"),
    ],
)
def test_lines_that_do_not_fit_the_demand_are_refused(lines, demand, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        allocate_packs(lines, demand)


@given(awards())
def test_equal_price_recovers_every_penny_and_charges_nobody_for_nothing(award) -> None:
    lines, demand, delivery = award
    shares = equal_price(lines, delivery, demand)
    assert sum(shares.values()) == sum(line.cost_pence for line in lines) + sum(delivery.values())
    idle = [coop for coop in shares if not any(coops.get(coop) for coops in demand.values())]
    assert all(shares[coop] == 0 for coop in idle) and min(shares.values(), default=0) >= 0


def test_equal_price_means_one_price_for_an_item_whichever_supplier_sends_it() -> None:
    lines = [ChargedLine("north", "gloves", 60, 6000), ChargedLine("south", "gloves", 40, 6000)]
    assert equal_price(lines, {}, {"gloves": {"a": 75, "b": 25}}) == {"a": 9000, "b": 3000}


def test_packs_beyond_demand_are_paid_by_those_who_want_the_item() -> None:
    assert equal_price([ChargedLine("n", "gloves", 100, 900)], {}, {"gloves": {"a": 60, "b": 30}}) == {
        "a": 600,
        "b": 300,
    }


def test_delivery_follows_the_goods_of_its_own_supplier() -> None:
    lines = [ChargedLine("n", "gloves", 4, 400), ChargedLine("s", "masks", 1, 900)]
    assert equal_price(lines, {"n": 100, "s": 50}, {"gloves": {"a": 3, "b": 1}, "masks": {"b": 1}}) == {
        "a": 375,
        "b": 1075,
    }


def test_charges_without_goods_are_refused() -> None:
    with pytest.raises(ValueError, match="supplies nothing"):
        equal_price([], {"n": 1}, {})
    with pytest.raises(ValueError, match="nobody wants masks"):
        equal_price([ChargedLine("n", "masks", 1, 1)], {}, {"masks": {"a": 0}})


@given(st.integers(0, 10**9), st.dictionaries(COOPS, st.integers(1, 10**7), min_size=1))
def test_equal_percent_saves_everybody_the_same_within_a_penny(joint: int, alone: dict[str, int]) -> None:
    shares = equal_percent(joint, alone)
    assert sum(shares.values()) == joint
    assert all(abs(shares[coop] - Fraction(joint * own, sum(alone.values()))) < 1 for coop, own in alone.items())


def test_who_could_not_buy_alone_pays_the_equal_price() -> None:
    alone, by_price = {"a": 600, "b": None, "c": 200}, {"a": 500, "b": 300, "c": 200}
    assert equal_percent(1000, alone, by_price) == {"a": 525, "b": 300, "c": 175}
    assert equal_percent(1000, dict.fromkeys("abc"), by_price) == by_price
    with pytest.raises(ValueError, match="b could not buy alone"):
        equal_percent(1000, alone)


def test_proportional_to_the_value_of_demand_is_exact_to_the_penny() -> None:
    assert proportional(1001, {"a": Decimal("0.5"), "b": Fraction(1, 2)}) == {"a": 501, "b": 500}


def gain_of_one(size: float, others: float) -> float:
    """What a co-op saves under the equal price when the price of a pack falls as 1 + 1/sqrt(packs)."""
    alone = size * (1 + 1 / sqrt(size))
    return alone - size * (1 + 1 / sqrt(size + others))


def test_beyond_38_percent_of_the_total_a_co_op_gains_less_from_the_equal_price() -> None:
    best = max(range(1, 3000), key=lambda size: gain_of_one(size, 1000))
    assert best / (best + 1000) == pytest.approx((3 - sqrt(5)) / 2, abs=0.001)


def test_of_a_fixed_total_a_quarter_gains_most_from_the_equal_price() -> None:
    assert max(range(1, 1000), key=lambda size: gain_of_one(size, 1000 - size)) == 250
