"""Secret calendar addresses: made and ended by the person they belong to, found by their digest. All of it at the door."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from staffbank.models import CalendarKey
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.models import Membership, Person
from tenants.permissions import COOP, may
from tenants.services.sessions import digest

ACTS = {"carer": "own-work", "home": "lend-carers", "host": "request-cover"}
"""Kind of a calendar to the act that its owner must be allowed, still, at every reading."""
MOST = 12


def make_key(person_id: UUID, tenant_id: UUID, kind: str) -> str:
    """Make a secret address; the answer is shown once and stored nowhere. Raises: InvalidInput, NotFound."""
    if kind not in ACTS:
        raise InvalidInput({"kind": "Choose which calendar"})
    if not _may_read(person_id, tenant_id, kind):
        raise NotFound("calendar")
    if len(list_keys(person_id, tenant_id)) >= MOST:
        raise InvalidInput({"kind": f"You have {MOST} addresses; end one that is not used"})
    secret = secrets.token_urlsafe(32)
    key = CalendarKey(
        token_hash=digest(secret), person_id=person_id, tenant_id=tenant_id, kind=kind, created_at=clock.now()
    )
    db.session.add(key)
    db.session.flush()
    audit.record("make-calendar", "calendar", None, {"kind": kind}, tenant_id=tenant_id)
    return secret


def list_keys(person_id: UUID, tenant_id: UUID) -> Sequence[CalendarKey]:
    """A person's addresses at one co-op that work, newest first."""
    return db.session.scalars(
        select(CalendarKey)
        .where(CalendarKey.person_id == person_id, CalendarKey.tenant_id == tenant_id, CalendarKey.revoked_at.is_(None))
        .order_by(CalendarKey.created_at.desc(), CalendarKey.token_hash)
    ).all()


def end_key(person_id: UUID, tenant_id: UUID, mark: str) -> None:
    """Make an address worthless at once; `mark` is the beginning of its digest. Raises: NotFound."""
    for key in list_keys(person_id, tenant_id):
        if mark_of(key) == mark:
            key.revoked_at = clock.now()
            audit.record("end-calendar", "calendar", None, {"kind": key.kind}, tenant_id=tenant_id)
            return
    raise NotFound("calendar")


def mark_of(key: CalendarKey) -> str:
    """What names an address on its owner's page: part of the digest, which opens nothing."""
    return key.token_hash[:16]


def find_key(secret: str) -> CalendarKey | None:
    """Whom a secret address belongs to; None when it is unknown or ended, or its owner may not see the calendar any more."""
    key = db.session.get(CalendarKey, digest(secret))
    if key is None or key.revoked_at is not None or not _may_read(key.person_id, key.tenant_id, key.kind):
        return None
    key.read_at = clock.now()
    return key


def _may_read(person_id: UUID, tenant_id: UUID, kind: str) -> bool:
    roles = db.session.scalars(
        select(Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.person_id == person_id, Membership.tenant_id == tenant_id, Person.closed_at.is_(None))
    )
    return may(ACTS[kind], COOP, frozenset(roles))
