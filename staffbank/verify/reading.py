"""Reads the bank for the check, each co-op's own rows as that co-op: there is no scope that sees all of it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from staffbank.models import Bar as BarRow
from staffbank.models import Carer, CarerCheck, CoverRequest, Placement, WorkBlock
from staffbank.models.cover import HELD
from staffbank.verify.facts import Bank, Bar, Check, Held, Piece, Place, Record
from tenants.db import db, transaction
from tenants.scope import FEDERATION, member_scope, office_scope
from tenants.services.coops import list_tenants


def read_bank() -> Bank:
    """Placements and bars as the office, then each co-op's carers, checks and rota as a member of it. Opens its own scopes."""
    bank = Bank()
    with transaction(office_scope(None, read_only=True)):
        bank.names = {row.id: row.name for row in list_tenants()}
        bank.held = _read_held()
        bank.bars = [Bar(row.carer_id, row.client_key, row.made_at) for row in db.session.scalars(select(BarRow))]
    for held in bank.held:
        piece = Piece(held.id, "placement", held.starts_at, held.ends_at, held.place)
        bank.work.setdefault(held.person_id, []).append(piece)
    for coop_id in bank.names:
        if coop_id != FEDERATION:
            with transaction(member_scope(coop_id, None, read_only=True)):
                _read_coop(bank, coop_id)
    return bank


def _read_held() -> list[Held]:
    """Home legs in which time is booked, each with what its host leg says."""
    legs = list(
        db.session.scalars(
            select(Placement).where(Placement.state.in_(HELD)).order_by(Placement.starts_at, Placement.id)
        )
    )
    other_states = select(Placement).where(Placement.side == "host", Placement.id.in_([leg.id for leg in legs]))
    hosts = {leg.id: leg for leg in db.session.scalars(other_states)}
    requests = {row.id: row for row in db.session.scalars(select(CoverRequest))}
    return [_held(leg, hosts.get(leg.id), requests) for leg in legs if leg.side == "home"]


def _held(leg: Placement, host: Placement | None, requests: Mapping[UUID, CoverRequest]) -> Held:
    request = requests.get(leg.request_id)
    place: Place | None = (float(request.latitude), float(request.longitude)) if request else None
    needs = leg.needs
    if request and request.fallback_from is not None and request.fallback_from <= leg.offered_at:
        needs = request.fallback_needs
    return Held(
        leg.id,
        leg.carer_id,
        leg.person_id,
        leg.tenant_id,
        leg.counterparty_id,
        leg.shift_id,
        leg.seat,
        leg.state,
        leg.starts_at,
        leg.ends_at,
        tuple(needs),
        leg.client_key,
        place,
        (host.tenant_id, host.state, host.starts_at, host.ends_at) if host else None,
    )


def _read_coop(bank: Bank, coop_id: UUID) -> None:
    """Add one co-op's records and its people's work at home; leave is no work."""
    checks: dict[UUID, list[Check]] = {}
    for row in db.session.scalars(select(CarerCheck)):
        checks.setdefault(row.carer_id, []).append(Check(row.kind, row.level, row.until, row.checked_on, row.ended_at))
    people: dict[UUID, UUID] = {}
    for carer in db.session.scalars(select(Carer)):
        people[carer.id] = carer.person_id or carer.id
        bank.records[carer.id] = Record(
            carer.id,
            coop_id,
            carer.reference,
            carer.mode,
            carer.born_on,
            carer.on_payroll,
            carer.sponsored,
            carer.left_on,
            carer.opt_out_from,
            carer.opt_out_until,
            tuple(checks.get(carer.id, ())),
        )
    for block in db.session.scalars(select(WorkBlock).where(WorkBlock.kind != "leave")):
        piece = Piece(block.id, block.kind, block.starts_at, block.ends_at)
        bank.work.setdefault(people[block.carer_id], []).append(piece)
