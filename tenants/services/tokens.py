"""Tokens: keys for programs, each for one person at one co-op, to read or to write, shown once. All of it at the door."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.models import ApiToken, Membership, Tenant
from tenants.services.sessions import digest

HOLDS = timedelta(days=365)
MOST = 20


def make_token(person_id: UUID, tenant_id: UUID, name: str, scope: str) -> str:
    """Make a token; the answer is shown once and stored nowhere. Raises: NotFound for a co-op one does not belong to, InvalidInput."""
    if scope not in ("read", "write"):
        raise InvalidInput({"token_scopes": "Choose whether it may only read, or also change"})
    belongs = (
        select(Membership.role).where(Membership.person_id == person_id, Membership.tenant_id == tenant_id).limit(1)
    )
    if db.session.scalar(belongs) is None:
        raise NotFound("co-op")
    if len(list_tokens(person_id)) >= MOST:
        raise InvalidInput({"token_name": f"You have {MOST} tokens; withdraw one that is not used"})
    secret = f"fed_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        token_hash=digest(secret),
        person_id=person_id,
        tenant_id=tenant_id,
        name=name,
        scope=scope,
        created_at=clock.now(),
        expires_at=clock.now() + HOLDS,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("make-token", "token", row.id, {"scope": scope}, tenant_id=tenant_id)
    return secret


def list_tokens(person_id: UUID) -> Sequence[tuple[ApiToken, str]]:
    """A person's tokens that work, with the names of their co-ops, newest first."""
    rows = db.session.execute(
        select(ApiToken, Tenant.name)
        .join(Tenant, Tenant.id == ApiToken.tenant_id)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now())
        .order_by(ApiToken.created_at.desc())
    )
    return [(token, name) for token, name in rows]


def withdraw_token(person_id: UUID, token_id: UUID) -> None:
    """Make a token worthless at once. Raises: NotFound."""
    row = db.session.get(ApiToken, token_id)
    if row is None or row.person_id != person_id or row.revoked_at is not None:
        raise NotFound("token")
    row.revoked_at = clock.now()
    audit.record("withdraw-token", "token", row.id, tenant_id=row.tenant_id)
