"""Signed-in browsers and tokens of programs: found again by a digest, ended by time, by hand or by a new password."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from tenants import audit, clock
from tenants.db import db
from tenants.errors import NotFound, RuleBroken
from tenants.identity import Identity, Standing
from tenants.models import ApiToken, Membership, Person, SignInSession, Tenant
from tenants.permissions import SECOND_FACTOR_ROLES
from tenants.scope import FEDERATION

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=14)
SECOND_STEP_WITHIN = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept: writing it with every request would cost more than it tells."""


@dataclass(frozen=True)
class OpenSession:
    """One signed-in browser, as its owner sees it; `key` is a digest and opens nothing."""

    key: str
    device: str
    seen_at: datetime
    current: bool


def digest(token: str) -> str:
    """What is stored of a secret of 32 random bytes: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def standings_of(person_id: UUID) -> tuple[Standing, ...]:
    """Where a person belongs now, and with which roles: the federation body first, then co-ops by name. Door scope."""
    rows = db.session.execute(
        select(Tenant.id, Tenant.name, func.array_agg(Membership.role))
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(
            Membership.person_id == person_id,
            func.coalesce(Tenant.left_on, clock.today() + timedelta(1)) > clock.today(),
        )
        .group_by(Tenant.id, Tenant.name, Tenant.kind)
        .order_by(Tenant.kind.desc(), Tenant.name)
    )
    return tuple(Standing(tenant_id, name, frozenset(roles)) for tenant_id, name, roles in rows)


def find_identity(cookie_value: str) -> Identity | None:
    """Who the cookie stands for; None when it is unknown, too old, ended, or its second step is still to come. Door scope."""
    now = clock.now()
    found = db.session.execute(
        select(SignInSession, Person, func.is_demo())
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == digest(cookie_value), *_alive(now), Person.closed_at.is_(None))
    ).first()
    if found is None:
        return None
    row, person, demo = found
    if person.totp_confirmed_at is not None and row.second_factor_at is None:
        return None
    standings = standings_of(person.id)
    acting = next(
        (place for place in standings if place.tenant_id == row.tenant_id), standings[0] if standings else None
    )
    if acting is None:
        return None
    if now - row.seen_at >= SEEN_EVERY:
        row.seen_at = now
    return Identity(
        person.id,
        person.display_name,
        acting,
        standings,
        csrf_token=row.csrf_token,
        second_factor_done=row.second_factor_at is not None,
        second_factor_wanted=not demo
        and row.second_factor_at is None
        and not acting.roles.isdisjoint(SECOND_FACTOR_ROLES),
        session_key=row.token_hash,
    )


def find_token_identity(token: str) -> Identity | None:
    """Whom a program's token works for, with the roles held now; None when it is unknown, withdrawn or has run out. Door scope."""
    now = clock.now()
    found = db.session.execute(
        select(ApiToken, Person)
        .join(Person, Person.id == ApiToken.person_id)
        .where(
            ApiToken.token_hash == digest(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            Person.closed_at.is_(None),
        )
    ).first()
    if found is None:
        return None
    row, person = found
    acting = next((place for place in standings_of(person.id) if place.tenant_id == row.tenant_id), None)
    if acting is None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= SEEN_EVERY:
        row.last_used_at = now
    return Identity(person.id, person.display_name, acting, (acting,), token_scope=row.scope, second_factor_done=True)


def start_session(
    person_id: UUID, *, device: str = "", second_factor: bool = False, tenant_id: UUID | None = None
) -> str:
    """Sign a person in; the answer is the cookie's value, always a new one. Door scope.

    Somebody with a second factor who has not shown it gets a session that only leads to the second step.
    Raises: RuleBroken for a person who belongs nowhere.
    """
    now = clock.now()
    person = db.session.get_one(Person, person_id)
    standings = standings_of(person_id)
    if not standings:
        raise RuleBroken(
            "no-membership", "Your account belongs to no co-op any more. Ask your manager to invite you again."
        )
    last = tenant_id or db.session.scalar(
        select(SignInSession.tenant_id)
        .where(SignInSession.person_id == person_id)
        .order_by(SignInSession.seen_at.desc())
        .limit(1)
    )
    acting = next((place for place in standings if place.tenant_id == last), standings[0])
    waiting = person.totp_confirmed_at is not None and not second_factor
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            token_hash=digest(token),
            person_id=person_id,
            tenant_id=acting.tenant_id,
            csrf_token=secrets.token_urlsafe(32),
            second_factor_at=now if second_factor else None,
            device=device[:200],
            created_at=now,
            seen_at=now,
            expires_at=now + (SECOND_STEP_WITHIN if waiting else LONGEST),
        )
    )
    db.session.flush()
    if not waiting:
        audit.record("sign-in", "person", person_id, {"second_factor": second_factor}, tenant_id=acting.tenant_id)
    return token


def find_waiting(cookie_value: str) -> UUID | None:
    """The person whose password was right and whose second step is still to come. Door scope."""
    return db.session.scalar(
        select(Person.id)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(
            SignInSession.token_hash == digest(cookie_value),
            *_alive(clock.now()),
            Person.closed_at.is_(None),
            SignInSession.second_factor_at.is_(None),
            Person.totp_confirmed_at.is_not(None),
        )
    )


def renew_session(key: str, *, second_factor: bool, tenant_id: UUID | None = None) -> str:
    """End a session and go on in a new one, for the same tenant or another: what was known of the old cookie is worth nothing. Door scope."""
    row = db.session.get_one(SignInSession, key)
    row.revoked_at = clock.now()
    db.session.flush()
    return start_session(
        row.person_id, device=row.device, second_factor=second_factor, tenant_id=tenant_id or row.tenant_id
    )


def switch_tenant(identity: Identity, tenant_id: UUID) -> Standing:
    """Act for another co-op that one belongs to. Door scope. Raises: NotFound for any other."""
    chosen = next((place for place in identity.standings if place.tenant_id == tenant_id), None)
    if chosen is None or identity.session_key is None:
        raise NotFound("co-op")
    db.session.get_one(SignInSession, identity.session_key).tenant_id = tenant_id
    return chosen


def list_sessions(person_id: UUID, current_key: str | None) -> list[OpenSession]:
    """Where a person is signed in, last used first. Door scope."""
    rows = db.session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person_id, *_alive(clock.now()))
        .order_by(SignInSession.seen_at.desc())
    )
    return [OpenSession(row.token_hash, row.device, row.seen_at, row.token_hash == current_key) for row in rows]


def end_session(person_id: UUID, key: str) -> None:
    """End one of a person's sessions. Door scope. Raises: NotFound."""
    ended = db.session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.token_hash == key, *_alive(clock.now()))
        .values(revoked_at=clock.now())
    )
    if not ended.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotFound("session")
    audit.record("end-session", "person", person_id, tenant_id=FEDERATION)


def end_sessions(person_id: UUID, *, but: str | None = None) -> None:
    """End all of a person's sessions, but for one perhaps. Door scope."""
    db.session.execute(
        update(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.token_hash != (but or ""),
        )
        .values(revoked_at=clock.now())
    )


def _alive(now: datetime):
    return SignInSession.revoked_at.is_(None), SignInSession.expires_at > now, SignInSession.seen_at > now - IDLE
