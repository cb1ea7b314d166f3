"""Cover and placements in any state, for the picture: written as rows, because the picture asks only how things stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from staffbank.models import CoverRequest, CoverShift, Placement
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db

_LEEDS = {"outcode": "LS6", "latitude": Decimal("53.82"), "longitude": Decimal("-1.57")}


@dataclass(frozen=True)
class Cover:
    """A request of one shift."""

    coop_id: UUID
    request_id: UUID
    shift_id: UUID
    starts_at: datetime
    ends_at: datetime


def make_cover(
    coop_id: UUID, starts_at: datetime, *, hours: float = 4, seats: int = 1, number: int = 1, **fields: Any
) -> Cover:
    """A request that is shared, unless `fields` say otherwise: columns of the request; `filled_at` is the shift's."""
    ends_at = starts_at + timedelta(hours=hours)
    filled_at = fields.pop("filled_at", None)
    values = {"state": "shared", "reason": "sickness", "own_staff_until": clock.now(), **_LEEDS} | fields
    with acting_for(coop_id):
        request = CoverRequest(tenant_id=coop_id, number=number, **values)
        db.session.add(request)
        db.session.flush()
        shift = CoverShift(
            tenant_id=coop_id,
            request_id=request.id,
            starts_at=starts_at,
            ends_at=ends_at,
            seats=seats,
            state="filled" if filled_at else "open",
            filled_at=filled_at,
        )
        db.session.add(shift)
        db.session.flush()
        return Cover(coop_id, request.id, shift.id, starts_at, ends_at)


def make_legs(
    cover: Cover, home: UUID, state: str, *, seat: int = 1, person_id: UUID | None = None, **fields: Any
) -> UUID:
    """Both legs of a placement on a seat; answers its id."""
    placement_id, carer_id, person = uuid4(), uuid4(), person_id or uuid4()
    values = {
        "request_id": cover.request_id,
        "request_number": 1,
        "shift_id": cover.shift_id,
        "seat": seat,
        "carer_id": carer_id,
        "person_id": person,
        "carer_name": "Mair",
        "state": state,
        "starts_at": cover.starts_at,
        "ends_at": cover.ends_at,
        "outcode": "LS6",
        "risk": 3,
        "minutes_away": 12,
        "miles": Decimal("4.2"),
        "vat_treatment": "standard",
        "terms": {},
        "terms_hash": "0" * 64,
        "expires_at": cover.starts_at,
    } | fields
    with acting_for_federation():
        for tenant_id, side, other in ((cover.coop_id, "host", home), (home, "home", cover.coop_id)):
            db.session.add(Placement(tenant_id=tenant_id, id=placement_id, side=side, counterparty_id=other, **values))
    return placement_id
