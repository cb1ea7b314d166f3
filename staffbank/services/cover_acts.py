"""What a manager does with a request: approve it, share it, choose and leave out carers, set a warning aside, call it off."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from staffbank import soft_rules
from staffbank.models import CoverRequest, CoverShift
from staffbank.services import cancellations, estimates, matching, placements
from staffbank.services.bank_policy import get_policy
from staffbank.services.requests import get_request
from staffbank.services.shifts import ShiftPlan, check_plans, get_shift, list_legs, list_shifts
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, RuleBroken
from tenants.scope import current_scope

LIVE_REQUESTS = ("own_staff", "shared", "filled")
OFFERED = ("asked", "interested", "offered", "accepted", "released")
SAME_DAY = timedelta(hours=24)
"""Sickness for which work begins so soon is shared at once; planned cover is shared at least so long before it begins."""
ROLE = "manager"
"""Only managers reach these acts (see `tenants.permissions`, request-cover), and the rule book names this role."""
MOST_REASON = 500
MOST_CHOSEN = 200


def approve_request(request_id: UUID, *, cost_pence: int | None = None) -> CoverRequest:
    """Approve a draft with its estimate: the co-op's own staff are asked first, or, for sickness of the day, everybody at once.

    `cost_pence` is what the manager saw. Raises: NotFound, RuleBroken.
    """
    request = get_request(request_id, lock=True)
    shifts, now = list_shifts(request_id), clock.now()
    if request.state != "draft":
        raise RuleBroken("not-a-draft", "This request has been approved or called off already.")
    if shifts[0].starts_at <= now:
        raise RuleBroken("cover-is-past", "It was to begin before now. Ask again for what is still to come.")
    told = estimates.estimate_all(request, shifts)
    if cost_pence is not None and cost_pence != told["cost_pence"]:
        request.estimate = told
        raise RuleBroken(
            "not-the-cost-shown", "The estimate has changed since you saw it. Load the page again and look."
        )
    left = open_warnings(request, shifts)
    if left:
        raise RuleBroken("warning-not-set-aside", left[0].words, rule=left[0].rule)
    request.estimate = told
    request.own_staff_until = own_staff_until(request.reason, shifts[0].starts_at, now, get_policy().own_first_hours)
    request.state = "own_staff" if request.own_staff_until > now else "shared"
    request.approved_by, request.approved_at = current_scope().person_id, now
    audit.record(
        "approve-cover", "cover-request", request_id, {"cost_pence": told["cost_pence"], "state": request.state}
    )
    _plan_later(request, shifts)
    matching.start_match(request_id)
    return request


def own_staff_until(reason: str, first_at: datetime, now: datetime, hours: int) -> datetime:
    """Until when a request is kept to the co-op's own staff: the window it has set, but others keep a day to answer.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 22, 7, 40, tzinfo=UTC)
    >>> [own_staff_until(*case, now, 72) - now for case in (("sickness", now + timedelta(hours=10)),
    ...  ("leave", now + timedelta(days=14)), ("leave", now + timedelta(hours=30)), ("leave", now + timedelta(hours=9)))]
    [datetime.timedelta(0), datetime.timedelta(days=3), datetime.timedelta(seconds=21600), datetime.timedelta(0)]
    """
    if reason == "sickness" and first_at - now <= SAME_DAY:
        return now
    return max(now, min(now + timedelta(hours=hours), first_at - SAME_DAY))


def open_warnings(request: CoverRequest, shifts: Sequence[CoverShift]) -> list[soft_rules.Warning]:
    """Warnings about the times of a request that nobody has set aside yet."""
    found = soft_rules.shift_warnings([(shift.starts_at, shift.ends_at) for shift in shifts])
    return soft_rules.not_set_aside(found, request.overrides)


def set_aside(request_id: UUID, rule: str, reason: str) -> CoverRequest:
    """Set a warning of the rule book aside for this request, in one's own name. Raises: NotFound, InvalidInput, RuleBroken."""
    request = get_request(request_id, lock=True)
    if not soft_rules.may_set_aside(rule, ROLE):
        raise RuleBroken("rule-holds", "This rule cannot be set aside.", rule=rule[:60])
    if not reason.strip() or len(reason) > MOST_REASON:
        raise InvalidInput({"reason": f"Say why this can be set aside, in at most {MOST_REASON} letters"})
    _check_live(request, "draft", *LIVE_REQUESTS)
    made = {
        "rule": rule,
        "reason": reason.strip(),
        "by": str(current_scope().person_id or ""),
        "role": ROLE,
        "at": clock.now().isoformat(),
    }
    request.overrides = [*(row for row in request.overrides if row["rule"] != rule), made]
    audit.record("set-warning-aside", "cover-request", request_id, {"rule": rule})
    if request.state != "draft":
        matching.start_match(request_id)
    return request


def share_request(request_id: UUID) -> CoverRequest:
    """Share a request with the federation now, before its own staff's time is over. Raises: NotFound, RuleBroken."""
    request = get_request(request_id, lock=True)
    _check_live(request, "own_staff")
    return _share(request)


def share_when_due(request_id: UUID) -> str:
    """What the job does at the hour: share, unless it was shared, filled or called off before. Answers what became of it."""
    request = get_request(request_id, lock=True)
    if request.state == "own_staff" and request.own_staff_until <= clock.now():
        _share(request)
        return "shared"
    return request.state


def close_when_over(request_id: UUID) -> str:
    """What the job does after the last shift: a request that is still open is past. Answers its state."""
    request = get_request(request_id, lock=True)
    shifts = list_shifts(request_id)
    if request.state in ("own_staff", "shared") and all(shift.ends_at <= clock.now() for shift in shifts):
        request.state = "past"
        audit.record("cover-past", "cover-request", request_id)
    return request.state


def choose(request_id: UUID, pinned: Sequence[tuple[UUID, UUID]], excluded: Sequence[UUID]) -> CoverRequest:
    """Say which carers must take which shifts, and who is left out; then the search runs again.

    `pinned` are (shift, carer) among those found to fit. Raises: NotFound, InvalidInput.
    """
    request = get_request(request_id, lock=True)
    _check_live(request, *LIVE_REQUESTS)
    run = matching.latest_run(request_id)
    for shift_id, carer_id in pinned:
        get_shift(request_id, shift_id)
        known = matching.eligible(run, shift_id) if run else []
        if [str(shift_id), str(carer_id)] not in request.pinned and str(carer_id) not in {
            row["carer"] for row in known
        }:
            raise InvalidInput({"pinned": "Choose somebody who was found to fit this shift"})
        if carer_id in excluded:
            raise InvalidInput({"excluded": "Somebody cannot be both chosen and left out"})
    if len(pinned) > MOST_CHOSEN or len(excluded) > MOST_CHOSEN:
        raise InvalidInput({"excluded": f"Choose at most {MOST_CHOSEN}"})
    request.pinned = [[str(shift), str(carer)] for shift, carer in dict.fromkeys(pinned)]
    request.excluded = [str(carer) for carer in dict.fromkeys(excluded)]
    audit.record(
        "choose-carers", "cover-request", request_id, {"pinned": len(request.pinned), "excluded": len(request.excluded)}
    )
    matching.start_match(request_id)
    return request


def move_shift(request_id: UUID, shift_id: UUID, starts_at: datetime, ends_at: datetime) -> CoverShift:
    """Change the times of a shift that nobody has been asked for yet; then the search runs again.

    Raises: NotFound, InvalidInput, RuleBroken.
    """
    request = get_request(request_id, lock=True)
    _check_live(request, "draft", "own_staff", "shared")
    shift = get_shift(request_id, shift_id, lock=True)
    if any(
        leg.shift_id == shift_id and leg.state in (*OFFERED, "confirmed", "started", "worked")
        for leg in list_legs(request_id)
    ):
        raise RuleBroken("already-offered", "Somebody has been asked for these times. Withdraw the offer first.")
    others = [one for one in list_shifts(request_id) if one.id != shift_id]
    plans = [
        ShiftPlan(starts_at, ends_at, shift.seats),
        *(ShiftPlan(one.starts_at, one.ends_at, one.seats) for one in others),
    ]
    check_plans([plan for plan in plans if plan.starts_at > clock.now() or plan is plans[0]], clock.now())
    shift.starts_at, shift.ends_at = starts_at, ends_at
    request.estimate = estimates.estimate_all(request, list_shifts(request_id))
    audit.record("move-shift", "cover-request", request_id, {"shift": str(shift_id)})
    if request.state != "draft":
        matching.start_match(request_id)
    return shift


def cancel_request(request_id: UUID, reason: str, *, cost_pence: int | None = None) -> CoverRequest:
    """Call a request off: offers are withdrawn, confirmed placements cancelled with the notice that is left, and people told.

    `cost_pence` is what the manager saw that it costs.

    Raises: NotFound, InvalidInput, RuleBroken.
    """
    request = get_request(request_id, lock=True)
    _check_live(request, "draft", *LIVE_REQUESTS)
    if not reason.strip() or len(reason) > MOST_REASON:
        raise InvalidInput({"reason": f"Say why, in at most {MOST_REASON} letters: those who were asked read it"})
    cancellations.check_shown(list_legs(request_id), cost_pence)
    for leg in list_legs(request_id):
        if leg.state in OFFERED:
            placements.move(leg.id, "withdraw", reason.strip())
        elif leg.state == "confirmed" and leg.ends_at > clock.now():
            placements.move(leg.id, "cancel", reason.strip())
    # The crossings have moved the shifts and the request beneath the session.
    db.session.flush()
    db.session.expire_all()
    for shift in list_shifts(request_id):
        if shift.state == "open":
            shift.state = "cancelled"
    request.state = "cancelled"
    audit.record("cancel-cover", "cover-request", request_id, {"reason": reason.strip()})
    return request


def _share(request: CoverRequest) -> CoverRequest:
    request.state, request.own_staff_until = "shared", clock.now()
    audit.record("share-cover", "cover-request", request.id)
    matching.start_match(request.id)
    return request


def _plan_later(request: CoverRequest, shifts: Sequence[CoverShift]) -> None:
    payload: dict[str, Any] = {"request_id": str(request.id)}
    label = f"Request {request.number}"
    if request.state == "own_staff":
        jobs.defer("share-cover", payload, label=f"{label}: share", shown=False, run_at=request.own_staff_until)
    if request.fallback_from is not None and request.fallback_from > clock.now():
        jobs.defer("open-fallback", payload, label=f"{label}: fallback", shown=False, run_at=request.fallback_from)
    over = max(shift.ends_at for shift in shifts)
    jobs.defer("close-cover", payload, label=f"{label}: over", shown=False, run_at=over)


def _check_live(request: CoverRequest, *states: str) -> None:
    if request.state not in states:
        words = {
            "draft": "is not approved yet",
            "own_staff": "is still with your own staff",
            "shared": "is shared with the federation already",
            "filled": "is filled",
            "cancelled": "was called off",
            "past": "is past",
        }
        raise RuleBroken(
            "not-in-this-state", f"This cannot be done: the request {words[request.state]}.", state=request.state
        )
