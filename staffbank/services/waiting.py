"""What waits for somebody in the staff bank: read in their own scope, soonest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from staffbank.models import CoverRequest, Placement, SettlementCycle, Timesheet
from staffbank.rules import RISK_WITHIN
from staffbank.services.board import BoardShift, list_shifts_between
from tenants import clock
from tenants.db import db

LOOK_AHEAD = timedelta(days=28)
"""Gaps further away than this wait, but not for today."""


@dataclass(frozen=True)
class Gap:
    """A request with seats for which nobody has been asked, and the first such shift."""

    first: BoardShift
    seats: int


@dataclass(frozen=True)
class Waiting:
    """Acts that wait for a manager: each list is soonest first."""

    drafts: Sequence[CoverRequest] = ()
    gaps: Sequence[Gap] = ()
    to_release: Sequence[Placement] = ()
    to_confirm: Sequence[Placement] = ()
    to_brief: Sequence[Placement] = ()
    hours: Sequence[tuple[Timesheet, Placement]] = field(default_factory=tuple)


def list_gaps() -> list[Gap]:
    """Requests with a gap in the next four weeks, of the scope's own co-op or, for the office, of all."""
    now = clock.now()
    found: dict[tuple[UUID, UUID], list[BoardShift]] = {}
    for shift in list_shifts_between(now, now + LOOK_AHEAD):
        if shift.tally.gap:
            found.setdefault((shift.coop_id, shift.request_id), []).append(shift)
    return [Gap(shifts[0], sum(shift.tally.gap for shift in shifts)) for shifts in found.values()]


def for_manager() -> Waiting:
    """What waits for the managers of the acting co-op, as a host and as a home."""
    now = clock.now()
    host, home = Placement.side == "host", Placement.side == "home"
    soon = (Placement.starts_at < now + RISK_WITHIN) & (Placement.ends_at > now)
    return Waiting(
        drafts=db.session.scalars(
            select(CoverRequest).where(CoverRequest.state == "draft").order_by(CoverRequest.number)
        ).all(),
        gaps=list_gaps(),
        to_release=_legs(home, Placement.state == "accepted"),
        to_confirm=_legs(host, Placement.state == "released"),
        to_brief=_legs(host, Placement.state == "confirmed", Placement.host_briefed_at.is_(None), soon),
        hours=_hours(
            ((Timesheet.side == "host") & (Timesheet.state == "sent"))
            | ((Timesheet.side == "home") & (Timesheet.state == "agreed"))
            | ((Timesheet.side == "host") & (Timesheet.state == "disputed"))
        ),
    )


def for_carer(person_id: UUID) -> tuple[list[Placement], list[Placement], list[tuple[Timesheet, Placement]]]:
    """Offers to answer, placements to read through before they start, and hours to send, of one carer."""
    now = clock.now()
    mine = (Placement.side == "home") & (Placement.person_id == person_id)
    return (
        _legs(mine, Placement.state.in_(("asked", "offered")), Placement.expires_at > now),
        _legs(mine, Placement.state == "confirmed", Placement.carer_briefed_at.is_(None), Placement.ends_at > now),
        _hours(
            mine
            & (Timesheet.side == "home")
            & Timesheet.state.in_(("open", "disputed"))
            & (Placement.state == "worked")
        ),
    )


def list_cycles_due(now: datetime) -> Sequence[SettlementCycle]:
    """Months whose time for disputes is over and that are not settled, oldest first."""
    return db.session.scalars(
        select(SettlementCycle)
        .where(SettlementCycle.state == "statement", SettlementCycle.dispute_until < now)
        .order_by(SettlementCycle.month)
    ).all()


def _legs(*conditions: ColumnElement[bool]) -> list[Placement]:
    return list(db.session.scalars(select(Placement).where(*conditions).order_by(Placement.starts_at)))


def _hours(condition: ColumnElement[bool]) -> list[tuple[Timesheet, Placement]]:
    both = (
        (Placement.tenant_id == Timesheet.tenant_id)
        & (Placement.id == Timesheet.placement_id)
        & (Placement.side == Timesheet.side)
    )
    rows = db.session.execute(
        select(Timesheet, Placement).join(Placement, both).where(condition).order_by(Placement.starts_at)
    )
    return [(sheet, leg) for sheet, leg in rows]
