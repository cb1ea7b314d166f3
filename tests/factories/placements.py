"""Placements and their hours for tests of money: both legs, put straight where the crossings would leave them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from staffbank.models import Placement, Timesheet
from staffbank.services import hours
from staffbank.worked_hours import Hours, write_hours
from tenants.db import acting_for, acting_for_federation, db
from tests.factories.staffbank import MadeCarer

FRIDAY = datetime(2026, 10, 2, 17, tzinfo=UTC)
"""A Friday at 6pm in London: two hours of plain time, then unsocial."""


def make_worked(
    host_id: UUID,
    carer: MadeCarer,
    starts_at: datetime = FRIDAY,
    minutes: int = 240,
    *,
    seen: bool = True,
    **fields: Any,
) -> UUID:
    """A placement that has been worked, its hours open; with a check-in and a check-out unless not `seen`."""
    placement_id, ends_at = uuid4(), starts_at + timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "request_id": uuid4(),
        "request_number": 7,
        "shift_id": uuid4(),
        "seat": 1,
        "carer_id": carer.id,
        "person_id": carer.person_id,
        "carer_name": carer.first_name,
        "state": "worked",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "outcode": "LS1",
        "risk": 3,
        "minutes_away": 15,
        "miles": 4,
        "vat_treatment": "standard",
        "terms": {},
        "terms_hash": "0" * 64,
        "offered_at": starts_at - timedelta(days=2),
        "confirmed_at": starts_at - timedelta(days=1),
        "expires_at": starts_at,
    } | fields
    checks = {"checked_in_at": starts_at, "checked_out_at": ends_at} if seen else {}
    with acting_for_federation():
        for side, tenant_id, other in (("host", host_id, carer.tenant_id), ("home", carer.tenant_id, host_id)):
            leg = {"tenant_id": tenant_id, "side": side, "counterparty_id": other}
            db.session.add(Placement(id=placement_id, **leg, **values))
            if values["state"] == "worked":
                db.session.add(Timesheet(placement_id=placement_id, **leg, **checks))
    return placement_id


def hours_of(starts_at: datetime = FRIDAY, minutes: int = 240, **fields: Any) -> Hours:
    """Hours from a moment on."""
    return Hours(starts_at, starts_at + timedelta(minutes=minutes), **fields)


def make_accepted(host_id: UUID, carer: MadeCarer, stated: Hours | None = None, **fields: Any) -> UUID:
    """Worked hours that were sent, agreed and accepted by the services; the recharge waits in the outbox."""
    stated = stated or hours_of()
    whole = int((stated.end - stated.start) / timedelta(minutes=1))
    placement_id = make_worked(host_id, carer, stated.start, whole, **fields)
    with acting_for(carer.tenant_id, carer.person_id):
        hours.send(placement_id, carer.person_id, stated)
    with acting_for(host_id):
        hours.agree(placement_id)
    with acting_for(carer.tenant_id):
        hours.accept(placement_id)
    return placement_id


def make_accepted_at_once(host_id: UUID, carer: MadeCarer, stated: Hours) -> UUID:
    """The same without the acts: for tests that need many."""
    whole = int((stated.end - stated.start) / timedelta(minutes=1))
    placement_id = make_worked(host_id, carer, stated.start, whole)
    with acting_for_federation():
        for leg in db.session.query(Timesheet).filter_by(placement_id=placement_id):
            leg.state, leg.claimed, leg.agreed = "accepted", write_hours(stated), write_hours(stated)
    return placement_id
