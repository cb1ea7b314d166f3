"""The schedule of a placement: one page that both co-ops and the carer agreed to, kept as the same PDF on both legs."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import select

from staffbank import passport
from staffbank.models import Framework, Placement, Schedule
from staffbank.pay.vat import TREATMENTS
from staffbank.placement_rules import canonical, digest_of
from staffbank.services.notices import when_words
from tenants import audit, clock
from tenants.db import db
from tenants.errors import NotFound
from tenants.scope import FEDERATION, current_tenant_id
from tenants.services.coops import coop_names

CONFIRMED = ("confirmed", "started", "worked", "cancelled", "no_show", "swapped", "given_back")


def read_data(placement_id: UUID) -> dict[str, Any] | None:
    """Everything the schedule says, as texts; None when it was never confirmed or the schedule is kept already. Office scope."""
    legs = {leg.side: leg for leg in db.session.scalars(select(Placement).where(Placement.id == placement_id))}
    if len(legs) < 2 or legs["host"].confirmed_at is None:
        return None
    if db.session.get(Schedule, (legs["host"].tenant_id, placement_id, "host")) is not None:
        return None
    return schedule_data(legs["host"], legs["home"])


def schedule_data(host: Placement, home: Placement) -> dict[str, Any]:
    """The texts of a schedule, from both legs."""
    names, terms = coop_names(), host.terms
    version = terms.get("framework")
    known = {
        "Host, which directs the work": names[str(host.tenant_id)],
        "Home co-op, which employs": names[str(home.tenant_id)],
        "Carer": host.carer_name,
        "When": when_words(host),
        "Where": f"Outcode {host.outcode}",
        "Needs": ", ".join(passport.SKILLS.get(tag, tag) for tag in host.needs) or "None beside those the law asks",
        "Sleep-in": "Yes" if host.sleep_in else "No",
        "Rate card": f"In force from {terms.get('rate_card_from')}",
        "VAT": TREATMENTS[host.vat_treatment].title,
        "Journey": f"{host.minutes_away} minutes, {host.miles:g} miles each way",
    }
    agreed = {
        "The carer accepted": home.answered_at or home.offered_at,
        "The home co-op released": home.released_at,
        "The host confirmed": host.confirmed_at,
    }
    return {
        "title": f"Schedule of a placement, request {host.request_number}",
        "number": f"Placement {host.id}",
        "federation": names.get(str(FEDERATION), "The federation"),
        "about": _about(version),
        "facts": [{"label": label, "value": value} for label, value in known.items()],
        "agreed": [
            {"label": label, "value": clock.moment_words(at) if at else "by default, within one co-op"}
            for label, at in agreed.items()
        ],
        "cancellation": [
            f"Less than {row['notice_hours']} hours: {row['pay_percent']} % of the hours agreed are still paid."
            for row in terms.get("cancellation", [])
        ],
        "terms_hash": host.terms_hash,
        "made": int((host.confirmed_at or clock.now()).timestamp()),
    }


def _about(version: dict[str, Any] | None) -> str:
    if version is None:
        return "No version of the federation’s agreement was in force when this was agreed; these terms stand alone."
    row = db.session.scalar(select(Framework).where(Framework.number == version["number"]))
    since = f", in force from {clock.day_words(row.in_force_from)}" if row else ""
    return (
        f"Made under version {version['number']} of the federation’s agreement{since} (SHA-256 {version['sha256']}), "
        "which both co-ops have signed."
    )


def keep(placement_id: UUID, pdf: bytes) -> str:
    """Keep one PDF on both legs; answers its SHA-256. Office scope."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    for leg in db.session.scalars(select(Placement).where(Placement.id == placement_id)).all():
        db.session.add(
            Schedule(
                tenant_id=leg.tenant_id,
                placement_id=placement_id,
                side=leg.side,
                pdf=pdf,
                sha256=sha256,
                made_at=clock.now(),
            )
        )
    db.session.flush()
    audit.record("make-schedule", "placement", placement_id, {"sha256": sha256})
    return sha256


def find_schedule(placement_id: UUID) -> Schedule | None:
    """The acting co-op's own copy."""
    chosen = select(Schedule).where(Schedule.tenant_id == current_tenant_id(), Schedule.placement_id == placement_id)
    return db.session.scalar(chosen.limit(1))


def get_schedule(placement_id: UUID) -> Schedule:
    """The same. Raises: NotFound while there is none, or for somebody else's."""
    found = find_schedule(placement_id)
    if found is None:
        raise NotFound("schedule")
    return found


def terms_hold(leg: Placement) -> bool:
    """Whether the terms of a leg still have the digest that was agreed to."""
    return digest_of(canonical(leg.terms)) == leg.terms_hash
