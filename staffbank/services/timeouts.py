"""When a time limit runs out: what each co-op has chosen then happens. All of it in the office's scope."""

from uuid import UUID

from sqlalchemy import select

from staffbank.models import Placement
from staffbank.services import fitness, placements
from staffbank.services.bank_policy import get_policy
from tenants import clock
from tenants.db import db
from tenants.errors import Conflict, RuleBroken


def run_out(placement_id: UUID) -> str:
    """Do what is due for a placement whose time limit has passed; answers its state. Nothing is done before the time.

    A carer's silence ends the offer. A home co-op's silence releases the carer, and a host's confirms, where the co-op
    has chosen so; else the offer ends. Who was asked for interest waits for the decision on the whole request.
    """
    leg = db.session.scalar(
        select(Placement)
        .where(Placement.id == placement_id, Placement.side == "host")
        .execution_options(populate_existing=True)
    )
    if leg is None:
        return "unknown"
    if leg.state not in ("offered", "accepted", "released") or leg.expires_at > clock.now():
        return leg.state
    if leg.state == "accepted" and get_policy(leg.counterparty_id).releases_by_default:
        return _by_default(leg, "release_by_default")
    if leg.state == "released" and get_policy(leg.tenant_id).confirms_by_default:
        return _by_default(leg, "confirm_by_default")
    return placements.move(placement_id, "expire")


def _by_default(leg: Placement, move: str) -> str:
    """Move on without an answer, unless the carer does not fit any more or the seat is taken: then the offer ends."""
    # A placement that begins at its time limit is not agreed to by silence after the start.
    if leg.starts_at <= clock.now():
        return placements.move(leg.id, "expire")
    try:
        fitness.check_fit(_home_leg(leg.id), passport_only=True)
        return placements.move(leg.id, move)
    except (RuleBroken, Conflict):
        return placements.move(leg.id, "expire")


def _home_leg(placement_id: UUID) -> Placement:
    return db.session.scalars(select(Placement).where(Placement.id == placement_id, Placement.side == "home")).one()
