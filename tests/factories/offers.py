"""Offers and placements made by the services, as people make them. Open no scope around them: each opens its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from staffbank import placement_rules
from staffbank.services import matching, placements
from staffbank.services.shifts import ShiftPlan, list_shifts
from tenants.db import acting_for, acting_for_federation, db
from tests.factories.cover import in_hours, make_request
from tests.factories.staffbank import MadeBank, MadeCarer, make_bank


@dataclass(frozen=True)
class MadeCover:
    """A bank, and a request of its first co-op that has been searched for; ids alone."""

    bank: MadeBank
    host: UUID
    manager: UUID
    request_id: UUID
    shift_ids: tuple[UUID, ...]

    @property
    def shift_id(self) -> UUID:
        """The first shift."""
        return self.shift_ids[0]

    @property
    def lent(self) -> list[MadeCarer]:
        """Carers of the other co-ops."""
        return [carer for carer in self.bank.all if carer.tenant_id != self.host]

    def manager_of(self, tenant_id: UUID) -> UUID:
        """The manager of a co-op of the bank."""
        return self.bank.managers[tenant_id]


def keep_run(host: UUID, request_id: UUID, carers: Sequence[MadeCarer]) -> None:
    """A search that found these carers to fit every shift, in this order: for tests that need no solver."""
    from staffbank.models import MatchRun

    row: dict[str, Any] = {"minutes": 14, "miles": 4.2, "mode": "car", "tags": {}, "reasons": [], "warnings": []}
    with acting_for(host):
        shifts = [str(shift.id) for shift in list_shifts(request_id)]
    entries = [
        {
            **row,
            "carer": str(carer.id),
            "home": str(carer.tenant_id),
            "first_name": carer.first_name,
            "coop": "A co-op",
            "outcode": "LS1",
            "chosen": False,
        }
        for carer in carers
    ]
    with acting_for_federation():
        run = MatchRun(
            tenant_id=host,
            request_id=request_id,
            state="done",
            looked_at=len(carers),
            coops=1,
            ranked=dict.fromkeys(shifts, entries),
            turned_away={},
            fixes={},
            levels=[],
            seconds=1,
            input_sha256="0" * 64,
        )
        db.session.add(run)


def make_cover(
    bank: MadeBank | None = None,
    shifts: Sequence[ShiftPlan] | None = None,
    *,
    carers: Sequence[MadeCarer] | None = None,
    **fields: Any,
) -> MadeCover:
    """Cover that the first co-op asks for today, with carers of the others found to fit; `fields` are of the request."""
    bank = bank or make_bank(3, 1)
    host = bank.coops[0]
    manager = bank.managers[host]
    request_id = make_request(host, shifts or [in_hours(20)], by=manager, **fields)
    keep_run(
        host,
        request_id,
        carers if carers is not None else [*(c for c in bank.all if c.tenant_id != host), *bank.carers[host]],
    )
    with acting_for(host):
        ids = tuple(shift.id for shift in list_shifts(request_id))
    return MadeCover(bank, host, manager, request_id, ids)


def make_offer(cover: MadeCover, carer: MadeCarer | None = None, **more: Any) -> UUID:
    """An offer of the first shift to a carer, the first of another co-op by default."""
    carer = carer or cover.lent[0]
    with acting_for(cover.host, cover.manager):
        return placements.offer(
            cover.request_id,
            more.pop("shift_id", cover.shift_id),
            more.pop("seat", 1),
            carer.tenant_id,
            carer.id,
            **more,
        )


def moved(cover: MadeCover, placement_id: UUID, carer: MadeCarer, *moves: str, words: str = "") -> str:
    """Moves of a placement one after the other, each by whoever is to make it; answers the last state."""
    state = ""
    for name in moves:
        side = placement_rules.MOVER[name]
        reason = words or ("Because of the test" if name in placement_rules.WITH_REASON else "")
        if side == "office":
            with acting_for_federation():
                state = placements.move(placement_id, name, reason)
            continue
        tenant = cover.host if side == "host" else carer.tenant_id
        person = carer.person_id if side == "carer" else cover.manager_of(tenant)
        with acting_for(tenant, person):
            state = placements.move(placement_id, name, reason)
    return state


def confirmed(cover: MadeCover, carer: MadeCarer | None = None) -> UUID:
    """A confirmed placement of a carer of another co-op."""
    carer = carer or cover.lent[0]
    placement_id = make_offer(cover, carer)
    moved(cover, placement_id, carer, "accept", "release", "confirm")
    return placement_id


__all__ = ["MadeCover", "confirmed", "keep_run", "make_cover", "make_offer", "matching", "moved"]
