"""Requests for cover: drafted by a manager, with their shifts, their place as an outcode and their needs as tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select, text

from staffbank import passport
from staffbank.models import Carer, Client, CoverRequest, CoverShift
from staffbank.models.cover import REASONS, REQUEST_STATES
from staffbank.pay.vat import TREATMENTS
from staffbank.services import clients, estimates
from staffbank.services.outcodes import find_outcode, place_of
from staffbank.services.shifts import ShiftPlan, check_plans, list_shifts
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.scope import current_scope, current_tenant_id

PAGE_ROWS = 25
MOST_NEEDS = 12
WAYS = ("targeted", "broadcast")
FALLBACK_HOURS = (24, 168, 504)
"""Hours before the first start at which the fallback grade may open: a day, a week, three weeks."""
RISKS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class NewRequest:
    """What a manager asks for. Where: at a client's, or an outcode, or else where the co-op itself is."""

    reason: str
    shifts: Sequence[ShiftPlan]
    risk: int = 3
    needs: Sequence[str] = ()
    client_id: UUID | None = None
    outcode: str = ""
    absent_carer_id: UUID | None = None
    preferred_carer_id: UUID | None = None
    sleep_in: bool = False
    way: str = "targeted"
    vat_treatment: str = "standard"
    fallback_hours: int | None = None
    fallback_needs: Sequence[str] = ()
    """What is enough once the fallback grade has opened."""
    all_or_none: bool = False


@dataclass(frozen=True)
class RequestFilter:
    """Which requests are listed: in one state ("" for all), that have a shift from one moment to another."""

    state: str = ""
    starts_from: datetime | None = None
    starts_before: datetime | None = None


@dataclass
class RequestRow:
    """A request with what a list shows of its shifts."""

    request: CoverRequest
    shifts: int = 0
    open_shifts: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def get_request(request_id: UUID, *, lock: bool = False) -> CoverRequest:
    """One of the acting co-op's requests. Raises: NotFound."""
    found = db.session.get(CoverRequest, (current_tenant_id(), request_id), with_for_update=lock)
    if found is None:
        raise NotFound("request for cover")
    return found


def list_requests(
    chosen: RequestFilter | None = None, *, limit: int = PAGE_ROWS, offset: int = 0
) -> tuple[list[RequestRow], int]:
    """The acting co-op's requests, newest first, and how many there are."""
    query = _filtered(chosen or RequestFilter())
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = db.session.scalars(query.order_by(CoverRequest.number.desc()).limit(limit).offset(offset)).all()
    return _with_sums(found), total


def draft_request(new: NewRequest) -> CoverRequest:
    """Write down a request with its shifts and its estimate; nobody is asked before it is approved.

    Raises: InvalidInput with the path of each field.
    """
    plans, client = _checked(new)
    now = clock.now()
    code, latitude, longitude = _place(new, client)
    request = CoverRequest(
        tenant_id=current_tenant_id(),
        number=_next_number(),
        reason=new.reason,
        risk=new.risk,
        needs=sorted(set(new.needs)),
        outcode=code,
        latitude=latitude,
        longitude=longitude,
        client_key=new.client_id,
        preferred_carer_id=new.preferred_carer_id,
        absent_carer_id=new.absent_carer_id,
        sleep_in=new.sleep_in,
        way=new.way,
        vat_treatment=new.vat_treatment,
        own_staff_until=now,
        fallback_from=plans[0].starts_at - timedelta(hours=new.fallback_hours) if new.fallback_hours else None,
        fallback_needs=sorted(set(new.fallback_needs)),
        asked_by=current_scope().person_id,
        created_at=now,
    )
    db.session.add(request)
    db.session.flush()
    key = uuid4() if new.all_or_none and len(plans) > 1 else None
    db.session.add_all(
        CoverShift(
            tenant_id=request.tenant_id,
            request_id=request.id,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            seats=plan.seats,
            linked_key=key,
        )
        for plan in plans
    )
    db.session.flush()
    request.estimate = estimates.estimate_all(request, list_shifts(request.id))
    db.session.flush()
    audit.record("ask-for-cover", "cover-request", request.id, {"shifts": len(plans), "risk": new.risk})
    return request


def needs_at(request: CoverRequest, moment: datetime) -> list[str]:
    """The tags that are asked for at a moment: fewer once the fallback grade has opened."""
    opened = request.fallback_from is not None and request.fallback_from <= moment
    return list(request.fallback_needs if opened else request.needs)


def known_needs() -> dict[str, str]:
    """Tags that a request may ask for, with their words."""
    return dict(passport.SKILLS)


def _checked(new: NewRequest) -> tuple[list[ShiftPlan], Client | None]:
    errors: dict[str, str] = {}
    plans: list[ShiftPlan] = []
    try:
        plans = check_plans(new.shifts, clock.now())
    except InvalidInput as fault:
        errors |= fault.errors
    for name, value, words in (("reason", new.reason, REASONS), ("way", new.way, WAYS)):
        if value not in words:
            errors[name] = f"Choose one of: {', '.join(words)}"
    if new.vat_treatment not in TREATMENTS:
        errors["vat_treatment"] = f"Choose one of: {', '.join(TREATMENTS)}; it is never guessed"
    _note_needs((*new.needs, *new.fallback_needs), new.risk, errors)
    _check_fallback(new, errors)
    client = clients.find_client(new.client_id)
    if new.client_id and client is None:
        errors["client_id"] = "Choose somebody your co-op cares for"
    if new.absent_carer_id and db.session.get(Carer, (current_tenant_id(), new.absent_carer_id)) is None:
        errors["absent_carer_id"] = "Choose one of your own carers"
    if errors:
        raise InvalidInput(errors)
    return plans, client


def check_needs(needs: Sequence[str], risk: int) -> None:
    """Raises: InvalidInput at "needs" or "risk" for what cannot be asked for."""
    errors: dict[str, str] = {}
    _note_needs(needs, risk, errors)
    if errors:
        raise InvalidInput(errors)


def _note_needs(needs: Sequence[str], risk: int, errors: dict[str, str]) -> None:
    if risk not in RISKS:
        errors["risk"] = "Choose how bad it is if nobody comes, from 1 to 5"
    if len(set(needs)) > MOST_NEEDS:
        errors["needs"] = f"Tick at most {MOST_NEEDS}"
    for tag in needs:
        try:
            if passport.read_kind(tag) != tag or (tag in passport.KINDS and passport.KINDS[tag].always):
                raise ValueError("Every shift asks for right to work, DBS and Care Certificate anyway: leave them out")
        except ValueError as fault:
            errors["needs"] = str(fault)


def _check_fallback(new: NewRequest, errors: dict[str, str]) -> None:
    if new.fallback_hours is not None and new.fallback_hours not in FALLBACK_HOURS:
        errors["fallback_hours"] = f"Choose one of: {', '.join(str(hours) for hours in FALLBACK_HOURS)} hours"
    if new.fallback_hours and not set(new.fallback_needs) < set(new.needs):
        errors["fallback_needs"] = "The fallback asks for less: leave out at least one of the needs"


def _place(new: NewRequest, client: Client | None) -> tuple[str, Decimal, Decimal]:
    """The outcode that is published, and its middle: never where somebody lives.

    Where the middle is not known the degrees are cut to a hundredth, which is about half a mile.
    """
    if client is not None:
        code, latitude, longitude = client.outcode, client.latitude, client.longitude
    elif new.outcode.strip():
        code, latitude, longitude = place_of(new.outcode, None, None)
    else:
        own = db.session.execute(
            text("SELECT outcode, latitude, longitude FROM tenant WHERE id = :id"), {"id": current_tenant_id()}
        ).one()
        if not own.outcode:
            raise InvalidInput({"outcode": "Enter the first half of the postcode where the carer is needed"})
        code, latitude, longitude = place_of(own.outcode, own.latitude, own.longitude)
    known = find_outcode(code)
    if known is not None:
        return code, Decimal(str(known.lat)), Decimal(str(known.lon))
    return code, round_place(latitude), round_place(longitude)


def round_place(degrees: Decimal) -> Decimal:
    """Degrees to a hundredth: near enough to rank, too coarse to find a door.

    >>> round_place(Decimal("53.797411"))
    Decimal('53.80')
    """
    return Decimal(degrees).quantize(Decimal("0.01"))


def _next_number() -> int:
    tenant_id = current_tenant_id()
    # Two managers who ask at once get two numbers: the second waits for the first one's transaction.
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"cover:{tenant_id}"})
    newest = db.session.scalar(select(func.max(CoverRequest.number)).where(CoverRequest.tenant_id == tenant_id))
    return (newest or 0) + 1


def _filtered(chosen: RequestFilter) -> Select[CoverRequest]:
    tenant_id = current_tenant_id()
    query = select(CoverRequest).where(CoverRequest.tenant_id == tenant_id)
    if chosen.state:
        if chosen.state not in REQUEST_STATES:
            raise InvalidInput({"state": f"Choose one of: {', '.join(REQUEST_STATES)}"})
        query = query.where(CoverRequest.state == chosen.state)
    if chosen.starts_from is not None or chosen.starts_before is not None:
        inside = select(CoverShift.request_id).where(CoverShift.tenant_id == tenant_id)
        if chosen.starts_from is not None:
            inside = inside.where(CoverShift.starts_at >= chosen.starts_from)
        if chosen.starts_before is not None:
            inside = inside.where(CoverShift.starts_at < chosen.starts_before)
        query = query.where(CoverRequest.id.in_(inside))
    return query


def _with_sums(found: Sequence[CoverRequest]) -> list[RequestRow]:
    """Requests with counts and ends of their shifts."""
    open_count = func.count().filter(CoverShift.state == "open")
    rows = db.session.execute(
        select(
            CoverShift.request_id,
            func.count(),
            open_count,
            func.min(CoverShift.starts_at),
            func.max(CoverShift.ends_at),
        )
        .where(CoverShift.tenant_id == current_tenant_id(), CoverShift.request_id.in_([row.id for row in found]))
        .group_by(CoverShift.request_id)
    )
    sums = {row[0]: row for row in rows}
    listed = []
    for request in found:
        row = RequestRow(request)
        if request.id in sums:
            _, row.shifts, row.open_shifts, row.first_at, row.last_at = sums[request.id]
        listed.append(row)
    return listed
