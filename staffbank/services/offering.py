"""More than one offer: to the best at once, to all who fit, to the next when one says no; swaps; cutting a long cover in two."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from staffbank import placement_rules as rules
from staffbank.models import CoverRequest, CoverShift, Placement
from staffbank.models.cover import HELD
from staffbank.services import estimates, matching, notices, placements
from staffbank.services.bank_policy import get_policy
from staffbank.services.requests import get_request
from staffbank.services.shifts import get_shift, list_shifts
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, RuleBroken
from tenants.scope import current_tenant_id

MOST_BEST = 5
MOST_ASKED = 30
"""Carers asked for one shift in a broadcast: the best by the last search."""


def offer_best(request_id: UUID, shift_id: UUID, count: int) -> list[UUID]:
    """Offer the first free seat to the best who fit, at once; when one says no or lets the time run out, the next is asked.

    Raises: NotFound, InvalidInput, RuleBroken when nobody could be asked, with the last reason.
    """
    if not 1 <= count <= MOST_BEST:
        raise InvalidInput({"count": f"Choose from 1 to {MOST_BEST}"})
    request = get_request(request_id, lock=True)
    seat = free_seat(get_shift(request_id, shift_id))
    made = _offer_on(request, shift_id, seat, count, {"best": count})
    if not made:
        raise RuleBroken("nobody-left", "Nobody is left to ask for this shift: search again, or change the request.")
    return made


def _offer_on(request: CoverRequest, shift_id: UUID, seat: int, count: int, marks: dict[str, Any]) -> list[UUID]:
    """Go down the list until so many have an offer; who was asked for this shift before is not asked again."""
    run = matching.latest_run(request.id)
    before = {leg.carer_id for leg in placements.list_for_request(request.id) if leg.shift_id == shift_id}
    made: list[UUID] = []
    for entry in matching.eligible(run, shift_id) if run else []:
        carer, home = UUID(entry["carer"]), UUID(entry["home"])
        if len(made) == count:
            break
        if carer in before or matching.warnings_left(request, entry):
            continue
        try:
            made.append(placements.offer(request.id, shift_id, seat, home, carer, marks=marks))
        except RuleBroken as refusal:
            if refusal.code not in ("carer-does-not-fit", "already-offered", "agreement-not-signed"):
                raise
    return made


def offer_next(placement_id: UUID) -> UUID | None:
    """After somebody said no: ask the next best, where the manager asked for the best. The host's scope.

    Answers the new placement, or None: the manager asked for this carer alone, the seat is filled, or nobody is left, which
    the host's managers are told.
    """
    leg = placements.get_placement(placement_id, "host")
    request = get_request(leg.request_id, lock=True)
    shift = get_shift(request.id, leg.shift_id)
    waits = request.state in ("own_staff", "shared") and shift.state == "open" and shift.starts_at > clock.now()
    if not leg.own.get("best") or leg.state in (*rules.PENDING, *HELD) or not waits:
        return None
    if any(other.state in HELD and other.seat == leg.seat for other in _of_shift(shift)):
        return None
    made = _offer_on(request, shift.id, leg.seat, 1, {"best": leg.own["best"]})
    if not made:
        notices.ask(placement_id, "nobody_left")
        return None
    return made[0]


def ask_all(request_id: UUID) -> list[UUID]:
    """Ask everybody who fits who is interested; at one deadline the whole is decided together, never by who was fastest.

    Raises: NotFound, RuleBroken.
    """
    request = get_request(request_id, lock=True)
    run, now = matching.latest_run(request_id), clock.now()
    shifts = [shift for shift in list_shifts(request_id) if shift.state == "open" and shift.starts_at > now]
    if run is None or not shifts:
        raise RuleBroken("cover-not-open", "There is nothing open to ask for, or nobody has been searched for yet.")
    until = rules.answer_until(now, shifts[0].starts_at, get_policy().answer_hours)
    made: list[UUID] = []
    asked = {(leg.shift_id, leg.carer_id) for leg in placements.list_for_request(request_id)}
    for shift in shifts:
        seat = free_seat(shift)
        for entry in matching.eligible(run, shift.id)[:MOST_ASKED]:
            pair = shift.id, UUID(entry["carer"])
            if pair in asked or matching.warnings_left(request, entry):
                continue
            try:
                made.append(
                    placements.offer(
                        request_id, *(shift.id, seat), UUID(entry["home"]), pair[1], asked=True, marks={"until": until}
                    )
                )
            except RuleBroken as refusal:
                if refusal.code not in ("carer-does-not-fit", "already-offered", "agreement-not-signed"):
                    raise
    if not made:
        raise RuleBroken("nobody-left", "Nobody is left to ask: search again, or change the request.")
    jobs.defer(
        "decide-broadcast",
        {"request_id": str(request_id)},
        label=f"Choosing among those interested in request {request.number}",
        link=f"/cover/{request_id}",
        run_at=until,
    )
    audit.record("ask-all", "cover-request", request_id, {"asked": len(made), "until": until.isoformat()})
    return made


def swap(placement_id: UUID, home_id: UUID, carer_id: UUID) -> UUID:
    """Offer a confirmed seat to another carer; the one who has it is freed only when the other is confirmed.

    Raises: NotFound, RuleBroken.
    """
    leg = placements.get_placement(placement_id, "host")
    if leg.state != "confirmed" or leg.starts_at <= clock.now():
        raise RuleBroken("no-such-move", "Only a confirmed placement that has not begun can be swapped.")
    if carer_id == leg.carer_id:
        raise InvalidInput({"carer": "Choose somebody else"})
    request, shift = get_request(leg.request_id, lock=True), get_shift(leg.request_id, leg.shift_id, lock=True)
    was = request.state, shift.state
    # A filled seat takes no offers. It is opened for this one, within the transaction, so that nobody sees a gap.
    request.state, shift.state = "shared", "open"
    db.session.flush()
    made = placements.offer(
        request.id, shift.id, leg.seat, home_id, carer_id, marks={"replaces": placement_id, "swap": True}
    )
    request.state, shift.state = was
    db.session.flush()
    audit.record("swap", "placement", placement_id, {"by": str(made)})
    return made


def split_shift(request_id: UUID, shift_id: UUID, moment: datetime) -> CoverShift:
    """Cut an open shift in two at a moment, so that two carers can share a long cover; then the search runs again.

    Answers the second part. Raises: NotFound, InvalidInput for a moment outside, RuleBroken once somebody is asked.
    """
    request, shift = get_request(request_id, lock=True), get_shift(request_id, shift_id, lock=True)
    if request.state not in ("draft", "own_staff", "shared") or shift.state != "open":
        raise RuleBroken("cover-not-open", "Only cover that is open can be split.")
    if any(leg.state in (*rules.PENDING, *HELD) for leg in _of_shift(shift)):
        raise RuleBroken("already-offered", "Somebody has been asked for these times. Withdraw the offer first.")
    if not shift.starts_at < moment < shift.ends_at:
        raise InvalidInput({"moment": "Enter a time after the start and before the end"})
    later = CoverShift(
        tenant_id=shift.tenant_id,
        request_id=request_id,
        starts_at=moment,
        ends_at=shift.ends_at,
        seats=shift.seats,
        linked_key=shift.linked_key,
        state="open",
    )
    shift.ends_at = moment
    db.session.add(later)
    db.session.flush()
    request.estimate = estimates.estimate_all(request, list_shifts(request_id))
    audit.record("split-shift", "cover-request", request_id, {"shift": str(shift_id), "second": str(later.id)})
    if request.state != "draft":
        matching.start_match(request_id)
    return later


def free_seat(shift: CoverShift) -> int:
    """The first seat of one of the acting co-op's shifts for which nobody has said yes. Raises: RuleBroken when none is."""
    taken = {leg.seat for leg in _of_shift(shift) if leg.state in HELD}
    for seat in range(1, shift.seats + 1):
        if seat not in taken:
            return seat
    raise RuleBroken("cover-not-open", "Somebody has said yes for every seat of this shift.")


def _of_shift(shift: CoverShift) -> Sequence[Placement]:
    return db.session.scalars(
        select(Placement).where(
            Placement.tenant_id == current_tenant_id(), Placement.side == "host", Placement.shift_id == shift.id
        )
    ).all()
