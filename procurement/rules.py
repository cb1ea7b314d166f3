"""What is true of joint buying without a computer: the states of a round, prices in tiers, and what people may see."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from stdnum import ean
from stdnum.exceptions import ValidationError

from tenants.clock import moment_words
from tenants.errors import InvalidInput, NotAllowed, RuleBroken
from tenants.money import format_price, round_half_up

State = Literal["draft", "open", "closed", "awarded", "ordered", "cancelled"]
TierBasis = Literal["item_packs", "order_packs", "order_pence"]
Mode = Literal["all_units", "incremental"]

MAX_PACKS = 1_000_000
MAX_TIERS = 12
MAX_TIER_BOUND = 10**12
LONGEST_ROUND = timedelta(days=366)


@dataclass(frozen=True)
class Act:
    """One thing people do with a round: from which states, who, what it becomes, and the refusal's code and words."""

    allowed_from: frozenset[str]
    who: frozenset[str]
    becomes: State | None
    code: str
    refusal: str


def _act(states: str, who: str, becomes: State | None, code: str, refusal: str) -> Act:
    return Act(frozenset(states.split()), frozenset(who.split()), becomes, code, refusal)


ACTS: Mapping[str, Act] = {
    "edit": _act("draft", "officer", None, "round-not-draft", "Only a draft can be changed."),
    "open": _act("draft", "officer", "open", "round-not-draft", "Only a draft can be opened."),
    "answer": _act("open", "manager officer", None, "round-not-open", "Demand is taken only while a round is open."),
    "extend": _act("open", "officer", None, "round-not-open", "Only an open round can be extended."),
    "close": _act("open", "officer", "closed", "round-not-open", "Only an open round can be closed."),
    "award": _act("closed", "officer", None, "round-not-closed", "An award is worked out once the round is closed."),
    "approve": _act(
        "closed", "officer", "awarded", "round-not-closed", "An award is approved once the round is closed."
    ),
    "order": _act("awarded", "officer", "ordered", "round-not-awarded", "Orders go out once an award is approved."),
    "cancel": _act("draft open closed awarded", "officer", "cancelled", "round-final", "Its orders have gone out."),
}
"""The whole life of a round on one page."""

_ALREADY = {
    ("open", "open"): ("round-already-open", "This round is open already."),
    ("close", "closed"): ("round-already-closed", "This round is closed already."),
    ("close", "awarded"): ("round-already-closed", "This round is closed already."),
    ("close", "ordered"): ("round-already-closed", "This round is closed already."),
    ("answer", "closed"): ("round-already-closed", "This round has closed and takes no more demand."),
    ("answer", "awarded"): ("round-already-closed", "This round has closed and takes no more demand."),
    ("answer", "ordered"): ("round-already-closed", "This round has closed and takes no more demand."),
    ("approve", "awarded"): ("award-already-approved", "An award has been approved already."),
    ("order", "ordered"): ("round-already-ordered", "The orders of this round have gone out already."),
}


def check_act(act: str, state: str) -> None:
    """Refuse an act that the state of the round does not allow.

    >>> check_act("open", "draft")

    Raises: RuleBroken with the code of the reason; KeyError for an act that is not in ACTS.
    """
    rule = ACTS[act]
    if state in rule.allowed_from:
        return
    if state == "cancelled":
        raise RuleBroken("round-cancelled", "This round was cancelled.", state=state)
    code, message = _ALREADY.get((act, state), (rule.code, rule.refusal))
    raise RuleBroken(code, message, state=state)


def check_who(act: str, roles: Collection[str]) -> None:
    """Refuse an act to people none of whose roles may do it.

    Raises: NotAllowed.
    """
    if not ACTS[act].who & set(roles):
        raise NotAllowed("role-may-not", f"This is for the {' or '.join(sorted(ACTS[act].who))}.", act=act)


def may_open(state: str, item_count: int, offer_count: int, closes_at: datetime, at: datetime) -> None:
    """A draft may open when it has items, at least one price for them, and a closing time ahead.

    Raises: RuleBroken.
    """
    check_act("open", state)
    if item_count < 1:
        raise RuleBroken("round-without-items", "Choose at least one item before you open the round.")
    if offer_count < 1:
        raise RuleBroken("round-without-offers", "No supplier has a price for these items yet: add a price list first.")
    _check_closing_time(closes_at, at)


def may_answer(state: str, closes_at: datetime, at: datetime) -> None:
    """A co-op may enter or change demand until the closing time, also when the closing job has not run yet.

    Raises: RuleBroken.
    """
    check_act("answer", state)
    if at >= closes_at:
        message = f"This round closed on {moment_words(closes_at)} and takes no more demand."
        raise RuleBroken("round-already-closed", message, closes_at=closes_at.isoformat())


def may_close(state: str, answer_count: int, total_packs: int) -> None:
    """An open round may close once somebody needs something; otherwise it is extended or cancelled.

    Raises: RuleBroken.
    """
    check_act("close", state)
    if answer_count < 1 or total_packs < 1:
        raise RuleBroken("round-without-demand", "Nobody has asked for anything yet: extend the round or cancel it.")


def may_extend(state: str, closes_at: datetime, new_closes_at: datetime, at: datetime, reason: str) -> None:
    """An open round may get a later closing time, with a reason that everybody can read.

    Raises: RuleBroken.
    """
    check_act("extend", state)
    if new_closes_at <= closes_at:
        raise RuleBroken("not-later", f"Choose a time after {moment_words(closes_at)}: a round is never cut short.")
    _check_closing_time(new_closes_at, at)
    _check_reason(reason, "Say why the round is extended: the co-ops will read it.")


def may_award(state: str, total_packs: int) -> None:
    """An award may be worked out, again and again, once the round is closed and somebody needs something.

    Raises: RuleBroken.
    """
    check_act("award", state)
    if total_packs < 1:
        raise RuleBroken("round-without-demand", "Nobody asked for anything, so there is nothing to award.")


def may_approve(state: str, award_status: str, reason: str) -> None:
    """The officer may approve a worked-out award, with a reason.

    Raises: RuleBroken.
    """
    check_act("approve", state)
    if award_status not in ("optimal", "feasible"):
        raise RuleBroken("award-not-feasible", "This award has no result that can be approved.", status=award_status)
    _check_reason(reason, "Say why this award is approved: it stays on the record.")


def may_order(state: str, lines: int) -> None:
    """Orders may go out once, for an approved award with at least one line.

    Raises: RuleBroken.
    """
    check_act("order", state)
    if lines < 1:
        raise RuleBroken("award-without-lines", "The approved award buys nothing, so there is nothing to order.")


def may_cancel(state: str, reason: str) -> None:
    """A round may be cancelled until its orders have gone out, with a reason.

    Raises: RuleBroken.
    """
    check_act("cancel", state)
    _check_reason(reason, "Say why the round is cancelled: the co-ops will read it.")


def _check_closing_time(closes_at: datetime, at: datetime) -> None:
    if closes_at <= at:
        raise RuleBroken("closes-in-the-past", "Choose a closing time that lies ahead.")
    if closes_at > at + LONGEST_ROUND:
        raise RuleBroken("closes-too-late", "Choose a closing time within a year.")


def _check_reason(reason: str, message: str) -> None:
    if not reason.strip():
        raise RuleBroken("reason-missing", message)


def check_gtin(text: str) -> str:
    """Check a trade item number and return its digits.

    >>> check_gtin("50 12345 67890 0"), check_gtin("98412345678908")
    ('5012345678900', '98412345678908')

    Raises: ValueError with a sentence that says what would be right.
    Source: GS1 General Specifications, GTIN-8, -12, -13 and -14 with a modulo 10 check digit.
    """
    digits = ean.compact(text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 12, 13, 14):
        raise ValueError("A GTIN is the 8, 12, 13 or 14 digits under the barcode")
    try:
        return ean.validate(digits)
    except ValidationError:
        should_be = ean.calc_check_digit(digits[:-1])
        raise ValueError(f"The last digit of this GTIN should be {should_be}: check each digit") from None


def check_cpv(text: str) -> str:
    """Check the form of a procurement vocabulary code and return it as written there.

    >>> check_cpv("18424300-0"), check_cpv(" 33199000 ")
    ('18424300-0', '33199000')

    Raises: ValueError with a sentence that says what would be right.
    Source: Common Procurement Vocabulary, Regulation (EC) 213/2008: 8 digits and a check digit.
    """
    code = text.strip()
    main, dash, check = code.partition("-")
    if not (
        code.isascii() and len(main) == 8 and main.isdigit() and (not dash or (len(check) == 1 and check.isdigit()))
    ):
        raise ValueError("A CPV code is 8 digits, with or without a check digit, like 18424300-0")
    if main.startswith("00"):
        raise ValueError("A CPV code starts with its division, 03 to 98, like 18424300-0")
    return code


def validate_tiers(bounds: Sequence[int], prices: Sequence[Decimal]) -> list[str]:
    """Check the tiers of a price (lower bounds from 0, pence per pack) and return warnings in plain words.

    >>> validate_tiers([0, 100], [Decimal("400"), Decimal("412.5")])
    ['Tier 2, from 100, costs more (£4.125) than tier 1 (£4.00)']

    Raises: InvalidInput with the path of the first fault in each list.
    """
    errors: dict[str, str] = {}
    if not bounds:
        errors["tiers"] = "Give at least one tier, from 0"
    elif len(bounds) > MAX_TIERS:
        errors["tiers"] = f"Give at most {MAX_TIERS} tiers"
    elif bounds[0] != 0:
        errors["tiers[0]"] = "The first tier starts at 0"
    if len(prices) != len(bounds):
        errors["pence_per_pack"] = f"Give one price for each tier: {len(bounds)} here, not {len(prices)}"
    for place, (below, bound) in enumerate(itertools.pairwise(bounds), start=1):
        if not below < bound <= MAX_TIER_BOUND:
            errors.setdefault(
                f"tiers[{place}]", f"Tier {place + 1} must start above {below}, where tier {place} starts"
            )
    for place, price in enumerate(prices):
        if not price.is_finite() or price <= 0:
            errors.setdefault(f"pence_per_pack[{place}]", "A price is more than nought")
    if errors:
        raise InvalidInput(errors)
    return [
        f"Tier {place + 1}, from {bounds[place]:,}, costs more ({format_price(price)}) "
        f"than tier {place} ({format_price(before)})"
        for place, (before, price) in enumerate(itertools.pairwise(prices), start=1)
        if price > before
    ]


def periods_overlap(first: tuple[date, date], second: tuple[date, date]) -> bool:
    """Say whether two periods, both days included, share a day.

    >>> periods_overlap((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 3, 31), date(2026, 6, 30)))
    True
    """
    return first[0] <= second[1] and second[0] <= first[1]


def check_period(valid_from: date, valid_to: date, others: Iterable[tuple[date, date]]) -> None:
    """Refuse an offer's validity that ends before it starts or overlaps another for the same supplier and item.

    Raises: RuleBroken "offer-overlaps" · InvalidInput at valid_to.
    """
    if valid_to < valid_from:
        raise InvalidInput({"valid_to": "The last day must not lie before the first"})
    for start, end in others:
        if periods_overlap((valid_from, valid_to), (start, end)):
            raise RuleBroken(
                "offer-overlaps",
                f"There is already a price for this item from {start:%d/%m/%Y} to {end:%d/%m/%Y}.",
                valid_from=start.isoformat(),
                valid_to=end.isoformat(),
            )


def demand_value(demand: Mapping[str, int], first_prices: Mapping[str, Decimal] | Mapping[str, Fraction]) -> Fraction:
    """The exact pence of what a co-op needs, at each item's lowest first-tier price; unpriced items count nought.

    >>> demand_value({"gloves": 3, "masks": 2}, {"gloves": Decimal("12.5")})
    Fraction(75, 2)
    """
    return sum(
        (packs * Fraction(first_prices[item]) for item, packs in demand.items() if item in first_prices), Fraction(0)
    )


def demand_value_pence(demand: Mapping[str, int], first_prices: Mapping[str, Decimal]) -> int:
    """`demand_value` in whole pence, for show: "at today's prices".

    >>> demand_value_pence({"gloves": 3}, {"gloves": Decimal("12.5")})
    38
    """
    return round_half_up(demand_value(demand, first_prices))
