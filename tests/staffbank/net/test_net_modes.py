"""Settlements of any debts: every position met to the penny, and each mode the best of its kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net_oracle import fewest_payments, least_moved

from staffbank.net.links import spare_payments
from staffbank.net.modes import greedy
from staffbank.net.problem import Debt, put_together
from staffbank.net.solve import MODES, net
from tenants.errors import InvalidInput

pytestmark = pytest.mark.slow

COOPS = [f"coop-{letter}" for letter in "abcdefghijklmnopqrstuvwxy"]


def debts_between(coops: list[str], most_pence: int = 60, most_debts: int = 40) -> st.SearchStrategy[list[Debt]]:
    """Debts of different co-ops; few different sums, so that groups which come to nought are common."""
    debt = st.builds(Debt, st.sampled_from(coops), st.sampled_from(coops), st.integers(0, most_pence))
    return st.lists(debt.filter(lambda one: one.debtor != one.creditor), max_size=most_debts)


@given(debts_between(COOPS), st.sampled_from(list(MODES)))
def test_every_position_is_met_to_the_penny_in_every_mode(debts: list[Debt], mode: str) -> None:
    settlement = net(debts, mode)
    received = dict.fromkeys([*settlement.positions, "federation"], 0)
    for payer, payee, pence in settlement.payments:
        assert pence > 0
        received[payer] -= pence
        received[payee] += pence
    assert received.pop("federation") == 0
    assert received == settlement.positions and sum(received.values()) == 0
    assert settlement.gross_pence == sum(debt.pence for debt in debts)
    assert settlement.paid_pence == sum(payment.pence for payment in settlement.payments)


@given(debts_between(COOPS))
def test_by_hub_each_co_op_with_a_balance_pays_or_is_paid_once(debts: list[Debt]) -> None:
    settlement = net(debts, "hub")
    parties = [payment.payer if payment.payee == "federation" else payment.payee for payment in settlement.payments]
    assert sorted(parties) == [coop for coop, pence in settlement.positions.items() if pence]
    assert all((payer == "federation") != (payee == "federation") for payer, payee, _ in settlement.payments)


@given(debts_between(COOPS))
def test_least_needs_fewer_payments_than_co_ops_and_no_more_than_the_greedy_rule(debts: list[Debt]) -> None:
    settlement = net(debts, "least")
    balances = {coop: pence for coop, pence in settlement.positions.items() if pence}
    assert len(settlement.payments) <= max(0, len(balances) - 1)
    if settlement.exact:
        assert len(settlement.payments) <= len(greedy(balances))
    for payer, payee, _ in settlement.payments:
        assert balances[payer] < 0 < balances[payee]


@settings(max_examples=60)
@given(debts_between(COOPS[:8], most_pence=12, most_debts=14))
def test_no_division_of_few_co_ops_needs_fewer_payments_than_least(debts: list[Debt]) -> None:
    settlement = net(debts, "least")
    assert settlement.exact and len(settlement.payments) == fewest_payments(settlement.positions)


def test_groups_that_come_to_nought_are_found_where_the_greedy_rule_misses_them() -> None:
    # 9 = 7 + 2 and 8 = 5 + 3; the largest debtor pays the largest creditor across both groups.
    owed, owing = {"d": 7, "e": 2, "f": 8}, {"a": 3, "b": 5, "c": 9}
    debts = [Debt(coop, "pot", pence) for coop, pence in owing.items()]
    debts += [Debt("pot", coop, pence) for coop, pence in owed.items()]
    assert len(net(debts, "least").payments) == 4
    assert len(greedy({**owed, **{coop: -pence for coop, pence in owing.items()}})) == 5


def test_up_to_sixteen_balances_are_proven_and_more_are_said_to_be_greedy() -> None:
    def ring(size: int) -> list[Debt]:
        # Powers of two, so that no group but all of them comes to nought.
        return [Debt(f"c{n}", "pool", 2**n) for n in range(size - 1)]

    proven, tried = net(ring(16), "least"), net(ring(17), "least")
    assert (proven.exact, len(proven.payments)) == (True, 15) and proven.note.startswith("Exact")
    assert (tried.exact, len(tried.payments)) == (False, 16) and tried.note.startswith("Greedy: 17 co-ops")


@given(debts_between(COOPS, most_debts=60))
def test_links_pays_only_on_links_and_never_above_their_debts(debts: list[Debt]) -> None:
    settlement, links = net(debts, "links"), put_together(debts).links()
    for payer, payee, pence in settlement.payments:
        assert pence <= links[payer, payee]
    owing = sum(-pence for pence in settlement.positions.values() if pence < 0)
    assert owing <= settlement.paid_pence <= settlement.gross_pence


@settings(max_examples=60, deadline=None)
@given(debts_between(COOPS[:4], most_pence=3, most_debts=7))
def test_no_other_set_off_along_the_links_moves_less_money(debts: list[Debt]) -> None:
    book = put_together(debts)
    assert net(debts, "links").paid_pence == least_moved(book.links(), book.positions)


@given(debts_between(COOPS, most_debts=60))
def test_partly_paid_links_never_form_a_ring(debts: list[Debt]) -> None:
    links, roots = put_together(debts).links(), {coop: coop for coop in COOPS}

    def root(coop: str) -> str:
        while roots[coop] != coop:
            coop = roots[coop]
        return coop

    for payer, payee, pence in net(debts, "links").payments:
        if pence < links[payer, payee]:
            assert root(payer) != root(payee)
            roots[root(payer)] = root(payee)


def test_a_payment_that_can_be_spared_falls_away() -> None:
    links = {("a", "c"): 5, ("a", "d"): 5, ("b", "c"): 5, ("b", "d"): 5}
    paid = spare_payments(links, dict.fromkeys(links, 2))
    assert sorted(paid.values()) == [0, 0, 4, 4] and paid["a", "c"] + paid["a", "d"] == 4


@given(debts_between(COOPS), st.randoms(use_true_random=False), st.sampled_from(list(MODES)))
def test_the_order_of_the_debts_changes_nothing(debts: list[Debt], chance, mode: str) -> None:
    mixed = debts[:]
    chance.shuffle(mixed)
    assert net(mixed, mode) == net(debts, mode)


def test_amounts_near_the_largest_are_settled_exactly() -> None:
    debts = [Debt("a", "b", 9_999_999_999_999), Debt("b", "c", 9_999_999_999_998), Debt("c", "a", 9_999_999_999_997)]
    assert net(debts, "links").paid_pence == 3
    assert [payment.pence for payment in net(debts, "least").payments] == [1, 1]


@pytest.mark.parametrize(
    ("debt", "words"),
    [(Debt("a", "a", 1), "owe itself"), (Debt("a", "b", -1), "turn from and to"), (Debt("a", "federation", 1), "hub")],
)
def test_debts_that_cannot_be_are_refused_to_other_callers_too(debt: Debt, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        net([debt])
