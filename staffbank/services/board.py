"""What the picture of a week rests on: cover asked for and how it stands, home rotas as counts, and where co-ops are.

Each query shows what the open scope may see: a co-op its own cover and rota, the office the cover of all and no rota.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from staffbank.models import CoverRequest, CoverShift, Placement, WorkBlock
from staffbank.rules import Tally, stand
from staffbank.services.outcodes import find_outcode
from staffbank.times import london_midnight
from tenants import clock
from tenants.db import db
from tenants.models import Tenant
from tenants.services.coops import list_coops

ASKED = ("asked", "interested")
"""Somebody is asked without a seat of their own: any of them may get any seat."""
OFFERED = ("offered", "accepted", "released")
"""A seat is offered to somebody and not confirmed yet."""
SURE = ("confirmed", "started", "worked")
LIVE = ("own_staff", "shared", "filled", "past")
"""States of a request that is neither a draft nor called off."""


@dataclass(frozen=True)
class BoardShift:
    """One shift of a request, and how its seats stand. Times are aware, places are the middle of an outcode."""

    coop_id: UUID
    coop: str
    request_id: UUID
    request_number: int
    shift_id: UUID
    starts_at: datetime
    ends_at: datetime
    outcode: str
    latitude: float
    longitude: float
    needs: tuple[str, ...]
    risk: int
    tally: Tally


@dataclass(frozen=True)
class CoopPlace:
    """Where a co-op is, as it tells everybody: degrees north and east, if they are known."""

    id: UUID
    name: str
    latitude: float | None
    longitude: float | None


def week_shifts(monday: date, coop_id: UUID | None = None) -> list[BoardShift]:
    """Every shift of cover that starts in a week, by its start; of one co-op or of all that the scope may see."""
    begins, ends = week_span(monday)
    return list_shifts_between(begins, ends, coop_id)


def list_shifts_between(begins: datetime, ends: datetime, coop_id: UUID | None = None) -> list[BoardShift]:
    """Every shift of cover that starts from one moment to another, by its start."""
    legs = _legs_by_shift(begins, ends)
    query = (
        select(CoverShift, CoverRequest, Tenant.name, func.coalesce(legs.c.held, 0), func.coalesce(legs.c.waiting, 0))
        .join(
            CoverRequest,
            (CoverRequest.tenant_id == CoverShift.tenant_id) & (CoverRequest.id == CoverShift.request_id),
        )
        .join(Tenant, Tenant.id == CoverShift.tenant_id)
        .outerjoin(legs, (legs.c.tenant_id == CoverShift.tenant_id) & (legs.c.shift_id == CoverShift.id))
        .where(
            CoverShift.starts_at >= begins,
            CoverShift.starts_at < ends,
            CoverShift.state != "cancelled",
            CoverRequest.state.in_(LIVE),
        )
        .order_by(CoverShift.starts_at, Tenant.name, CoverRequest.number)
    )
    if coop_id is not None:
        query = query.where(CoverShift.tenant_id == coop_id)
    now = clock.now()
    return [
        _told(shift, request, name, stand(shift.seats, held, waiting, shift.starts_at, now))
        for shift, request, name, held, waiting in db.session.execute(query)
    ]


def rota_starts(monday: date) -> Sequence[datetime]:
    """Starts of the home rota's pieces of work in a week, without those during leave. A co-op's own; nothing for the office."""
    begins, ends = week_span(monday)
    leave = aliased(WorkBlock)
    away = exists().where(
        leave.tenant_id == WorkBlock.tenant_id,
        leave.carer_id == WorkBlock.carer_id,
        leave.kind == "leave",
        leave.starts_at < WorkBlock.ends_at,
        leave.ends_at > WorkBlock.starts_at,
    )
    return db.session.scalars(
        select(WorkBlock.starts_at).where(
            WorkBlock.kind.in_(("rota", "sleep_in")),
            WorkBlock.starts_at >= begins,
            WorkBlock.starts_at < ends,
            ~away,
        )
    ).all()


def list_places() -> list[CoopPlace]:
    """Where every member co-op is, by name: its own degrees, or else the middle of its outcode. Any scope."""
    return [_place(coop) for coop in list_coops()]


def week_span(monday: date) -> tuple[datetime, datetime]:
    """The moments at which a week begins and ends in London; with the clocks' change it has 167 or 169 hours.

    >>> begins, ends = week_span(date(2026, 10, 19))
    >>> (ends - begins) / timedelta(hours=1)
    169.0
    """
    return london_midnight(monday), london_midnight(monday + timedelta(days=7))


def _legs_by_shift(begins: datetime, ends: datetime):
    """Seats with a confirmed carer, and seats for which somebody is asked or offered, by shift."""
    seats = func.count(Placement.seat.distinct())
    return (
        select(
            Placement.tenant_id,
            Placement.shift_id,
            seats.filter(Placement.state.in_(SURE)).label("held"),
            (seats.filter(Placement.state.in_(OFFERED)) + func.count().filter(Placement.state.in_(ASKED))).label(
                "waiting"
            ),
        )
        .where(Placement.side == "host", Placement.starts_at >= begins, Placement.starts_at < ends)
        .group_by(Placement.tenant_id, Placement.shift_id)
        .subquery()
    )


def _told(shift: CoverShift, request: CoverRequest, coop: str, tally: Tally) -> BoardShift:
    return BoardShift(
        shift.tenant_id,
        coop,
        request.id,
        request.number,
        shift.id,
        shift.starts_at,
        shift.ends_at,
        request.outcode,
        float(request.latitude),
        float(request.longitude),
        tuple(request.needs),
        request.risk,
        tally,
    )


def _place(coop: Tenant) -> CoopPlace:
    if coop.latitude is not None and coop.longitude is not None:
        return CoopPlace(coop.id, coop.name, float(coop.latitude), float(coop.longitude))
    found = find_outcode(coop.outcode) if coop.outcode else None
    return CoopPlace(coop.id, coop.name, *((found.lat, found.lon) if found else (None, None)))
