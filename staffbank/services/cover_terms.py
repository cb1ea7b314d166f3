"""What a request asks of a carer, changed while nobody is confirmed: those who were asked are told, or let go."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from staffbank import placement_rules as rules
from staffbank.models import CoverRequest, MatchRun, Placement
from staffbank.services import fitness, matching, notices, placements
from staffbank.services.requests import check_needs, get_request
from staffbank.services.shifts import list_legs
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import Conflict, RuleBroken

KIND = "cover-changed"
CHANGEABLE = ("draft", "own_staff", "shared")
BOUND = ("confirmed", "started", "worked")
NO_LONGER = "What is needed has changed, and the passport does not hold all of it."


def change_needs(request_id: UUID, needs: Sequence[str], risk: int, version: int) -> CoverRequest:
    """Ask for other skills, or tell another risk, while nobody is confirmed; then the search runs again.

    A job tells those who have offers, and withdraws the offers of carers who no longer fit. A fallback grade that would ask
    for no less any more is dropped. `version` is that of the request that the manager saw.

    Raises: NotFound, InvalidInput, Conflict when somebody changed it meanwhile, RuleBroken once somebody is confirmed.
    """
    request = get_request(request_id, lock=True)
    if request.version != version:
        raise Conflict("changed-meanwhile", "Somebody else changed this first. Load the page again to see what is new.")
    if request.state not in CHANGEABLE or any(leg.state in BOUND for leg in list_legs(request_id)):
        raise RuleBroken(
            "terms-agreed", "Somebody is confirmed, or the request is over: what was agreed cannot be changed any more."
        )
    check_needs(needs, risk)
    wanted = sorted(set(needs))
    changed = [name for name, value in (("needs", wanted), ("risk", risk)) if getattr(request, name) != value]
    if not changed:
        return request
    request.needs, request.risk = wanted, risk
    request.fallback_needs = [need for need in request.fallback_needs if need in wanted]
    if request.fallback_from is not None and request.fallback_needs == wanted:
        request.fallback_from, request.fallback_needs = None, []
        changed.append("fallback")
    db.session.flush()
    audit.record("change-needs", "cover-request", request_id, {"fields": changed, "version": request.version})
    if request.state != "draft":
        jobs.defer(
            KIND,
            {"request_id": str(request_id), "at": clock.now().isoformat()},
            label=f"Request {request.number}: tell those who were asked",
            shown=False,
        )
        matching.start_match(request_id)
    return request


def open_fallback(request_id: UUID) -> str:
    """From its hour on ask for the fallback grade alone, so that an offer and what is checked again at each step say the same.

    Answers `opened`, `not-due`, or the state of a request that is over. Raises: NotFound.
    """
    request = get_request(request_id, lock=True)
    if request.state not in ("own_staff", "shared"):
        return request.state
    if request.fallback_from is None or request.fallback_from > clock.now():
        return "not-due"
    request.needs = list(request.fallback_needs)
    audit.record("open-fallback", "cover-request", request_id)
    return "opened"


def rewrite_offers(host_id: UUID, request_id: UUID, changed_at: datetime) -> tuple[list[UUID], list[UUID]]:
    """Write what is asked for now into every live offer: those that go on, and those whose carer no longer fits.

    Searches from before the change count no more. Office scope.
    """
    request = db.session.get_one(CoverRequest, (host_id, request_id), populate_existing=True)
    db.session.execute(
        update(MatchRun)
        .where(MatchRun.tenant_id == host_id, MatchRun.request_id == request_id, MatchRun.made_at < changed_at)
        .values(state="failed")
    )
    legs = db.session.scalars(
        select(Placement)
        .where(Placement.request_id == request_id, Placement.state.in_(rules.PENDING))
        .order_by(Placement.id, Placement.side)
        .with_for_update()
    ).all()
    for leg in legs:
        leg.needs, leg.risk = list(request.needs), request.risk
        leg.terms = {**leg.terms, "needs": sorted(request.needs)}
        leg.terms_hash = rules.digest_of(rules.canonical(leg.terms))
    db.session.flush()
    going, ended = [], []
    for leg in legs:
        if leg.side == "home":
            (going if _fits(leg) else ended).append(leg.id)
    for placement_id in going:
        notices.ask(placement_id, "changed")
    return going, ended


def withdraw_unfit(placement_ids: Sequence[UUID]) -> int:
    """Withdraw offers whose carer no longer fits, unless they ended meanwhile. In the host's scope; answers how many."""
    live = [one for one in placement_ids if placements.get_placement(one, "host").state in rules.PENDING]
    for placement_id in live:
        placements.move(placement_id, "withdraw", NO_LONGER)
    return len(live)


def _fits(leg: Placement) -> bool:
    try:
        fitness.check_fit(leg, passport_only=True)
    except RuleBroken:
        return False
    return True
