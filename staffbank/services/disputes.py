"""A co-op disputes a line of its statement; a line in dispute is not paid, and waits until the two co-ops agree."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from staffbank.models import SettlementCycle, StaffRecharge
from staffbank.services.recharges import get_recharge, post_credit
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_tenant_id

ANSWERS = ("withdraw", "give_back")
"""How a dispute ends: who disputes it withdraws, or the other side gives back what was charged."""


def ask_dispute(recharge_id: UUID, words: str) -> UUID:
    """Ask for a line that the acting co-op owes to be disputed; the answer is the id of the work.

    Raises: NotFound, InvalidInput without words, RuleBroken where it cannot be disputed (any more).
    """
    check_may_dispute(recharge_id)
    if not words.strip():
        raise InvalidInput({"words": "Say what is not right, so that the other co-op can mend it"})
    return jobs.defer(
        "dispute-recharge",
        {"recharge_id": str(recharge_id), "words": words.strip()[:2000]},
        label="Dispute a line of the settlement",
        link="/settlement",
        once_key=f"dispute:{recharge_id}",
    )


def ask_answer(recharge_id: UUID, answer: str) -> UUID:
    """Ask for a dispute to end: by `withdraw` of the co-op that owes, or `give_back` of the other. The answer is the work's id.

    Raises: NotFound, InvalidInput, RuleBroken when it is not in dispute or it is the other side's answer.
    """
    if answer not in ANSWERS:
        raise InvalidInput({"answer": f"Choose one of: {', '.join(ANSWERS)}"})
    check_may_answer(recharge_id, answer)
    return jobs.defer(
        "answer-dispute",
        {"recharge_id": str(recharge_id), "answer": answer},
        label="End a dispute",
        link="/settlement",
        once_key=f"answer-dispute:{recharge_id}",
    )


def check_may_dispute(recharge_id: UUID) -> None:
    """Raises: NotFound, RuleBroken unless the acting co-op owes this line and may dispute it now."""
    row = get_recharge(recharge_id)
    _check_own(row, debtor=True)
    _check_disputable(row)


def check_may_answer(recharge_id: UUID, answer: str) -> None:
    """Raises: NotFound, RuleBroken unless this answer is the acting co-op's to give now."""
    row = get_recharge(recharge_id)
    _check_own(row, debtor=answer == "withdraw")
    _check_disputed(row)


def dispute(recharge_id: UUID, words: str) -> None:
    """Put a line in dispute, on both sides. Office scope. Raises: NotFound, RuleBroken when it is netted or the time is up."""
    legs = _legs(recharge_id)
    _check_disputable(legs[0])
    for leg in legs:
        leg.state, leg.dispute = "disputed", words
    db.session.flush()
    _record("dispute-recharge", legs)


def answer_dispute(recharge_id: UUID, answer: str) -> None:
    """End a dispute on both sides; what is given back is a credit beside the line. Office scope. Raises: NotFound, RuleBroken."""
    legs = _legs(recharge_id)
    _check_disputed(legs[0])
    if answer == "give_back":
        # Inside the window both stand in one statement, so that nobody pays what is given back a month later.
        credit = post_credit(legs[0].placement_id)
        for leg in _legs(credit):
            leg.cycle_id = legs[0].cycle_id
    for leg in legs:
        leg.state = "posted"
    db.session.flush()
    _record("answer-dispute", legs)


def may_dispute(row: StaffRecharge) -> bool:
    """Whether the acting co-op may dispute this leg now."""
    try:
        _check_own(row, debtor=True)
        _check_disputable(row)
    except RuleBroken:
        return False
    return True


def owes(row: StaffRecharge) -> bool:
    """Whether the co-op of this leg is the one that pays: the host, or, of what is given back, the home co-op."""
    return (row.side == "host") == (row.gross_pence >= 0)


def _check_own(row: StaffRecharge, *, debtor: bool) -> None:
    if row.tenant_id != current_tenant_id() or owes(row) != debtor:
        raise RuleBroken("not-your-answer", "This is for the other co-op to say.")


def _check_disputable(row: StaffRecharge) -> None:
    if row.state != "posted":
        raise RuleBroken("line-not-open", "This line is in dispute already, or is settled.")
    cycle = db.session.get(SettlementCycle, row.cycle_id) if row.cycle_id else None
    if cycle and (cycle.state != "statement" or cycle.dispute_until is None or clock.now() > cycle.dispute_until):
        raise RuleBroken("too-late-to-dispute", "The time for disputes of this statement has run out.")


def _check_disputed(row: StaffRecharge) -> None:
    if row.state != "disputed":
        raise RuleBroken("not-in-dispute", "This line is not in dispute.")


def _legs(recharge_id: UUID) -> Sequence[StaffRecharge]:
    legs = db.session.scalars(
        select(StaffRecharge)
        .where(StaffRecharge.id == recharge_id)
        .order_by(StaffRecharge.tenant_id, StaffRecharge.side)
        .with_for_update()
    ).all()
    if not legs:
        raise NotFound("recharge")
    return legs


def _record(act: str, legs: Sequence[StaffRecharge]) -> None:
    facts = {leg.tenant_id: {"placement": str(leg.placement_id)} for leg in legs}
    audit.record_each(act, "staff-recharge", legs[0].id, facts)
