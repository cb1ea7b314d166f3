"""The rules of a round, of prices in tiers, and of what members may see."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import rules
from tenants.errors import InvalidInput, NotAllowed, RuleBroken

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=7)
STATES = ["draft", "open", "closed", "awarded", "ordered", "cancelled"]


def code_of(act, *args) -> str:
    with pytest.raises(RuleBroken) as caught:
        act(*args)
    return caught.value.code


def test_a_round_goes_through_its_life_in_one_order_only() -> None:
    path = {act: rule.becomes for act, rule in rules.ACTS.items() if rule.becomes}
    assert path == {"open": "open", "close": "closed", "approve": "awarded", "order": "ordered", "cancel": "cancelled"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", sorted(rules.ACTS))
def test_an_act_is_allowed_in_its_states_and_refused_with_words_in_all_others(act: str, state: str) -> None:
    if state in rules.ACTS[act].allowed_from:
        rules.check_act(act, state)
    else:
        with pytest.raises(RuleBroken) as caught:
            rules.check_act(act, state)
        assert caught.value.facts == {"state": state} and caught.value.message.endswith(".")


def test_nothing_can_be_done_to_an_ordered_or_cancelled_round() -> None:
    assert not any({"ordered", "cancelled"} & rule.allowed_from for rule in rules.ACTS.values())


def test_only_the_right_people_act() -> None:
    rules.check_who("answer", {"manager"})
    rules.check_who("close", {"carer", "officer"})
    with pytest.raises(NotAllowed, match="officer"):
        rules.check_who("close", {"manager", "carer"})


def test_a_draft_opens_with_items_prices_and_a_closing_time_ahead() -> None:
    rules.may_open("draft", 1, 1, LATER, AT)
    assert code_of(rules.may_open, "draft", 0, 1, LATER, AT) == "round-without-items"
    assert code_of(rules.may_open, "draft", 1, 0, LATER, AT) == "round-without-offers"
    assert code_of(rules.may_open, "draft", 1, 1, AT, AT) == "closes-in-the-past"
    assert code_of(rules.may_open, "draft", 1, 1, AT + timedelta(days=400), AT) == "closes-too-late"
    assert code_of(rules.may_open, "open", 1, 1, LATER, AT) == "round-already-open"


def test_demand_is_taken_until_the_very_moment_of_closing() -> None:
    rules.may_answer("open", LATER, LATER - timedelta(microseconds=1))
    assert code_of(rules.may_answer, "open", LATER, LATER) == "round-already-closed"
    assert code_of(rules.may_answer, "closed", LATER, AT) == "round-already-closed"
    assert code_of(rules.may_answer, "draft", LATER, AT) == "round-not-open"
    assert code_of(rules.may_answer, "cancelled", LATER, AT) == "round-cancelled"


def test_a_round_closes_once_and_not_empty() -> None:
    rules.may_close("open", 1, 1)
    assert code_of(rules.may_close, "closed", 1, 1) == "round-already-closed"
    assert code_of(rules.may_close, "open", 3, 0) == "round-without-demand"


def test_a_round_is_extended_only_to_later_and_with_a_reason() -> None:
    rules.may_extend("open", LATER, LATER + timedelta(days=1), AT, "Two co-ops were snowed in")
    assert code_of(rules.may_extend, "open", LATER, LATER, AT, "why") == "not-later"
    assert code_of(rules.may_extend, "open", LATER, LATER + timedelta(days=1), AT, "  ") == "reason-missing"
    assert code_of(rules.may_extend, "closed", LATER, LATER + timedelta(days=1), AT, "why") == "round-not-open"
    late = AT - timedelta(days=9)
    assert code_of(rules.may_extend, "open", late, late + timedelta(days=1), AT, "why") == "closes-in-the-past"


def test_award_approval_and_orders_follow_each_other() -> None:
    rules.may_award("closed", 10)
    assert code_of(rules.may_award, "closed", 0) == "round-without-demand"
    assert code_of(rules.may_award, "open", 10) == "round-not-closed"
    rules.may_approve("closed", "feasible", "Least cost")
    assert code_of(rules.may_approve, "closed", "infeasible", "Least cost") == "award-not-feasible"
    assert code_of(rules.may_approve, "awarded", "optimal", "Least cost") == "award-already-approved"
    assert code_of(rules.may_approve, "closed", "optimal", "") == "reason-missing"
    rules.may_order("awarded", 1)
    assert code_of(rules.may_order, "ordered", 1) == "round-already-ordered"
    assert code_of(rules.may_order, "awarded", 0) == "award-without-lines"


def test_a_round_is_cancelled_with_a_reason_until_orders_are_out() -> None:
    rules.may_cancel("awarded", "The supplier withdrew")
    assert code_of(rules.may_cancel, "ordered", "too late") == "round-final"
    assert code_of(rules.may_cancel, "draft", "") == "reason-missing"


@given(st.integers(0, 10**12 - 1), st.integers(1, 9))
def test_a_gtin_with_any_digit_changed_is_refused(body: int, change: int) -> None:
    digits = f"{body:012d}"
    check = (10 - sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits)) % 10) % 10
    assert rules.check_gtin(f"{digits}{check}") == f"{digits}{check}"
    with pytest.raises(ValueError, match=f"should be {check}"):
        rules.check_gtin(f"{digits}{(check + change) % 10}")


@pytest.mark.parametrize("text", ["", "123", "123456789012345", "abcdefgh", "١٢٣٤٥٦٧٨", "4012345,67890"])
def test_a_gtin_of_another_form_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="8, 12, 13 or 14 digits"):
        rules.check_gtin(text)


@pytest.mark.parametrize(
    "text", ["", "1842430", "184243000", "18424300-", "18424300-12", "18424300-x", "00000000", "1842430٠"]
)
def test_a_cpv_code_of_another_form_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="CPV code"):
        rules.check_cpv(text)


def test_good_tiers_give_no_warning_and_rising_ones_do() -> None:
    assert rules.validate_tiers([0, 100, 500], [Decimal("10"), Decimal("9"), Decimal("9")]) == []
    warnings = rules.validate_tiers([0, 100, 500], [Decimal("10"), Decimal("11"), Decimal("12")])
    assert len(warnings) == 2 and warnings[1].startswith("Tier 3, from 500, costs more")


@pytest.mark.parametrize(
    ("bounds", "prices", "path"),
    [
        ([], [], "tiers"),
        ([1], ["5"], "tiers[0]"),
        ([0, 100, 100], ["5", "4", "3"], "tiers[2]"),
        ([0, 100, 50], ["5", "4", "3"], "tiers[2]"),
        ([0, 100], ["5"], "pence_per_pack"),
        ([0], ["0"], "pence_per_pack[0]"),
        ([0, 5], ["1", "NaN"], "pence_per_pack[1]"),
        (list(range(13)), ["1"] * 13, "tiers"),
        ([0, 10**13], ["2", "1"], "tiers[1]"),
    ],
)
def test_bad_tiers_are_refused_at_their_place(bounds: list[int], prices: list[str], path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.validate_tiers(bounds, [Decimal(price) for price in prices])
    assert list(caught.value.errors) == [path]


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(DAYS, DAYS, DAYS, DAYS)
def test_periods_overlap_exactly_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    first, second = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    days = [set(range(start.toordinal(), end.toordinal() + 1)) for start, end in (first, second)]
    assert rules.periods_overlap(first, second) == bool(days[0] & days[1])


def test_an_offer_that_overlaps_another_is_refused() -> None:
    old = (date(2026, 1, 1), date(2026, 6, 30))
    rules.check_period(date(2026, 7, 1), date(2026, 7, 1), [old])
    assert code_of(rules.check_period, date(2026, 6, 30), date(2026, 12, 31), [old]) == "offer-overlaps"
    with pytest.raises(InvalidInput, match="valid_to"):
        rules.check_period(date(2026, 7, 2), date(2026, 7, 1), [])


def test_demand_is_valued_exactly_and_rounded_once() -> None:
    prices = {"a": Decimal("0.3333"), "b": Decimal("10")}
    assert rules.demand_value({"a": 3, "b": 1, "unpriced": 9}, prices) == Decimal("10.9999")
    assert rules.demand_value_pence({"a": 3, "b": 1}, prices) == 11
