"""Clients and requests for cover with defaults, made by the services. Open no scope around them: each opens its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from staffbank.services import clients, cover_acts, requests
from staffbank.services.clients import ClientFacts
from staffbank.services.requests import NewRequest
from staffbank.services.shifts import ShiftPlan, list_shifts
from tenants import clock
from tenants.db import acting_for


def make_client(coop_id: UUID, name: str = "Mrs Pugh", **facts: Any) -> UUID:
    """Somebody a co-op cares for, in Leeds by default."""
    with acting_for(coop_id):
        return clients.add_client(ClientFacts(name, facts.pop("outcode", "LS1"), **facts)).id


def in_hours(hours: float, lasting: float = 4, seats: int = 1) -> ShiftPlan:
    """A shift that begins so many hours from now, on the minute."""
    start = clock.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
    return ShiftPlan(start, start + timedelta(hours=lasting), seats)


def make_request(
    coop_id: UUID,
    shifts: Sequence[ShiftPlan] | None = None,
    *,
    by: UUID | None = None,
    approved: bool = True,
    **fields: Any,
) -> UUID:
    """A request for tomorrow, by default for medication, approved and so being searched for; `fields` are of NewRequest."""
    new: dict[str, Any] = {"reason": "sickness", "needs": ("medication",), "outcode": "LS1"} | fields
    with acting_for(coop_id, by):
        request_id = requests.draft_request(NewRequest(shifts=shifts or [in_hours(20)], **new)).id
        if approved:
            cover_acts.approve_request(request_id)
    return request_id


def first_shift(coop_id: UUID, request_id: UUID) -> tuple[UUID, datetime, datetime]:
    """The first shift of a request: its id, start and end."""
    with acting_for(coop_id):
        shift = list_shifts(request_id)[0]
        return shift.id, shift.starts_at, shift.ends_at
