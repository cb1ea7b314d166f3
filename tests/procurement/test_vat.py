"""VAT of a round: rounded once per rate and invoice, and what cannot be recovered shared to the penny."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.services import vat
from procurement.services.orders import goods_by_rate
from procurement.services.sharing import Charges, shares_by_rule
from procurement.share.shares import ChargedLine

RATES = st.sampled_from(["0", "5", "20"])
GOODS = st.dictionaries(RATES, st.fractions(min_value=0, max_value=10**6, max_denominator=1000), min_size=1)


@given(st.integers(0, 10**9), GOODS)
def test_the_parts_of_a_net_amount_by_rate_add_up_to_it(net: int, goods: dict[str, Fraction]) -> None:
    parts = vat.net_by_rate(net, goods)
    assert sum(parts.values()) == net and all(pence > 0 for pence in parts.values()) and parts.keys() <= goods.keys()


@given(st.integers(0, 10**9), GOODS)
def test_a_rate_without_goods_bears_nothing_while_another_has_some(net: int, goods: dict[str, Fraction]) -> None:
    if any(goods.values()):
        assert all(goods[rate] for rate in vat.net_by_rate(net, goods))


@given(st.dictionaries(RATES, st.integers(0, 10**9)))
def test_vat_of_an_invoice_is_within_half_a_penny_of_exact_for_each_rate(net: dict[str, int]) -> None:
    for rate, pence in vat.vat_of(net).items():
        assert abs(pence - Fraction(net[rate]) * Fraction(Decimal(rate)) / 100) <= Fraction(1, 2)


@given(
    st.dictionaries(RATES, st.integers(0, 10**8)),
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3), st.dictionaries(RATES, st.integers(0, 10**8)), min_size=1, max_size=6
    ),
)
def test_the_vat_that_is_passed_on_is_what_the_suppliers_charged_to_the_penny(
    invoices: dict[str, int], nets: dict[str, dict[str, int]]
) -> None:
    shared = vat.pass_on(invoices, nets)
    assert shared.keys() == nets.keys() and sum(shared.values()) == sum(invoices.values()) and min(shared.values()) >= 0


def test_who_bought_nothing_at_a_rate_bears_none_of_its_vat() -> None:
    assert vat.pass_on({"20": 101, "0": 0}, {"a": {"20": 300}, "b": {"0": 900}}) == {"a": 101, "b": 0}


DEMAND = st.dictionaries(
    st.sampled_from("pqr"), st.dictionaries(st.sampled_from("abcd"), st.integers(1, 500), min_size=1), min_size=1
)


@settings(deadline=None)
@given(DEMAND, st.integers(0, 10**6), st.integers(0, 5000))
def test_the_shares_of_a_round_add_up_to_goods_and_delivery_under_every_rule(
    demand: dict[str, dict[str, int]], cost: int, delivery: int
) -> None:
    lines = tuple(
        ChargedLine("north", item, sum(wanted.values()), cost + place)
        for place, (item, wanted) in enumerate(sorted(demand.items()))
    )
    total = sum(line.cost_pence for line in lines) + delivery
    charges = Charges(lines, {"north": delivery}, demand, total, dict.fromkeys(demand, Fraction(100)))
    coops = {coop for wanted in demand.values() for coop in wanted}
    by_rule = shares_by_rule(charges, dict.fromkeys(coops, 12_345))
    assert set(by_rule) == {"equal_price", "equal_percent", "proportional"}
    assert all(sum(paid.values()) == total and paid.keys() == coops for paid in by_rule.values())
    goods = goods_by_rate(charges, dict.fromkeys(demand, "20"))
    assert sum(sum(by_rate.values()) for by_rate in goods.values()) == total - delivery
