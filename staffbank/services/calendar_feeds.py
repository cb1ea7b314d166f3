"""What a secret calendar shows: placements with co-op and outcode, never anybody who is cared for. Member scope, read only."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from staffbank.calendars import FeedEvent, write_calendar
from staffbank.models import Placement
from staffbank.models.cover import HELD
from tenants import clock
from tenants.db import db
from tenants.scope import current_tenant_id
from tenants.services.coops import coop_names

BACK, AHEAD = timedelta(days=60), timedelta(days=366)
ENDED = ("given_back", "cancelled", "no_show", "swapped")
"""States in which an event that was in the calendar is shown as cancelled, so that programs take it out."""
NAMES = {"carer": "My placements", "home": "Carers we lend", "host": "Cover we borrow"}


def feed(kind: str, person_id: UUID) -> bytes:
    """The calendar of a carer, or of the acting co-op as home or as host."""
    now, names = clock.now(), coop_names()
    chosen = select(Placement).where(
        Placement.tenant_id == current_tenant_id(),
        Placement.side == ("host" if kind == "host" else "home"),
        Placement.starts_at > now - BACK,
        Placement.starts_at < now + AHEAD,
        Placement.state.in_(HELD) | (Placement.state.in_(ENDED) & Placement.answered_at.is_not(None)),
    )
    if kind == "carer":
        chosen = chosen.where(Placement.person_id == person_id)
    legs = db.session.scalars(chosen.order_by(Placement.starts_at, Placement.id))
    own = names.get(str(current_tenant_id()), "")
    return write_calendar(f"{NAMES[kind]}, {own}", [event_of(leg, kind, names) for leg in legs])


def event_of(leg: Placement, kind: str, names: dict[str, str]) -> FeedEvent:
    """One placement as an event; its sequence counts the steps it has taken."""
    other = names.get(str(leg.counterparty_id), "a co-op")
    subject = {
        "carer": f"Work at {other}",
        "home": f"{leg.carer_name} at {other}",
        "host": f"{leg.carer_name} of {other}",
    }
    moments = [at for at in (leg.answered_at, leg.released_at, leg.confirmed_at, leg.ended_at) if at is not None]
    agreed = leg.state in ("confirmed", "started", "worked")
    return FeedEvent(
        uid=f"{leg.id}-{kind}",
        start=leg.starts_at,
        end=leg.ends_at,
        summary=subject[kind] if agreed or leg.state in ENDED else f"{subject[kind]} (not confirmed)",
        description=f"Request {leg.request_number}. Details are in the staff bank.",
        location=leg.outcode,
        sequence=len(moments),
        cancelled=leg.state in ENDED,
        changed=max(moments, default=leg.offered_at),
    )
