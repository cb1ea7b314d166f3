"""Invitations: a link that works once, for seven days, and makes somebody a member. All of it at the door."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.models import Invitation, Membership, Person, Tenant
from tenants.permissions import COOP, INVITABLE, OFFICE, ROLE_WORDS
from tenants.scope import FEDERATION
from tenants.services import mail, people, sessions

HOLDS = timedelta(days=7)


def invite(tenant_id: UUID, email: str, role: str, *, by: UUID, base_url: str) -> None:
    """Invite somebody to a role at a tenant, by letter. A second invitation of the same address replaces the first.

    Raises: RuleBroken "no-mail" where letters reach nobody, InvalidInput.
    """
    kind = OFFICE if tenant_id == FEDERATION else COOP
    if role not in INVITABLE[kind]:
        raise InvalidInput(
            {"role": f"Choose one of: {', '.join(ROLE_WORDS[name].lower() for name in INVITABLE[kind])}"}
        )
    if not mail.can_send():
        raise RuleBroken(
            "no-mail", "Nobody can be invited before a mail server is set: ask who runs this server to give SMTP_URL."
        )
    address = email.strip().lower()
    held = (
        select(Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == address, Membership.tenant_id == tenant_id, Membership.role == role)
    )
    if db.session.scalar(held):
        raise InvalidInput({"email": "This person has that role already"})
    db.session.execute(
        delete(Invitation).where(
            Invitation.tenant_id == tenant_id, Invitation.email == address, Invitation.used_at.is_(None)
        )
    )
    token = _write(tenant_id, address, [role], by)
    coop, inviter = db.session.get_one(Tenant, tenant_id).name, db.session.get_one(Person, by).display_name
    mail.write_letter(
        address,
        f"{inviter} invites you to {coop}",
        f"Hello,\n\n{inviter} invites you to {coop}, as: {ROLE_WORDS[role].lower()}. Accept here within seven days:\n\n"
        f"{base_url}/invitation/{token}\n\nThe link works once. If you do not know {inviter}, do nothing.\n",
    )
    audit.record("invite", "invitation", None, {"role": role}, tenant_id=tenant_id)


def first_invitation(base_url: str) -> str:
    """The address that makes its first visitor the first officer; a new one makes those before it worthless.

    Raises: RuleBroken when there is an officer already.
    """
    if has_officer():
        raise RuleBroken("has-officer", "This federation has an officer, who can invite others.")
    db.session.execute(delete(Invitation).where(Invitation.email == ""))
    return f"{base_url}/invitation/{_write(FEDERATION, '', ['officer'], None)}"


def has_officer() -> bool:
    """Whether anybody is an officer yet. At the door."""
    return bool(db.session.scalar(select(func.count()).select_from(Membership).where(Membership.role == "officer")))


def invite_first_manager(coop_id: UUID, email: str, *, by: UUID, base_url: str) -> None:
    """Invite the manager of a co-op that has none; from then on a co-op invites its own people.

    Raises: NotFound, RuleBroken, InvalidInput.
    """
    tenant = db.session.get(Tenant, coop_id)
    if tenant is None or tenant.kind != "coop":
        raise NotFound("co-op")
    if db.session.scalar(
        select(Membership.person_id).where(Membership.tenant_id == coop_id, Membership.role == "manager").limit(1)
    ):
        raise RuleBroken("has-manager", f"{tenant.name} has a manager, who invites its people itself.")
    invite(coop_id, email, "manager", by=by, base_url=base_url)


def _write(tenant_id: UUID, email: str, roles: list[str], by: UUID | None) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(
        Invitation(
            token_hash=sessions.digest(token),
            tenant_id=tenant_id,
            email=email,
            display_name="",
            roles=roles,
            invited_by=by,
            created_at=clock.now(),
            expires_at=clock.now() + HOLDS,
        )
    )
    db.session.flush()
    return token


def find_invitation(token: str) -> Invitation:
    """The invitation behind a link. Raises: NotFound when it is unknown, used, withdrawn or too old."""
    found = db.session.scalar(
        select(Invitation).where(
            Invitation.token_hash == sessions.digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    )
    if found is None:
        raise NotFound("invitation; it may have been used or withdrawn, or be older than seven days")
    return found


def accept_as_new(token: str, *, email: str, display_name: str, password: str) -> UUID:
    """Make the account and the membership; the answer is the person. Raises: NotFound, InvalidInput, Conflict."""
    invitation = _use(token)
    person_id = people.add_person(invitation.email or email, display_name, password)
    _grant(invitation, person_id)
    return person_id


def accept_as(token: str, person_id: UUID) -> UUID:
    """Let somebody with an account at the invited address join. Raises: NotFound for anybody else."""
    invitation = _use(token)
    if people.get_person(person_id).email != invitation.email:
        raise NotFound("invitation")
    _grant(invitation, person_id)
    return invitation.tenant_id


def _use(token: str) -> Invitation:
    invitation = find_invitation(token)
    used = db.session.execute(
        update(Invitation)
        .where(Invitation.token_hash == invitation.token_hash, Invitation.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if not used.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotFound("invitation; it has just been used")
    return invitation


def _grant(invitation: Invitation, person_id: UUID) -> None:
    for role in invitation.roles:
        people.grant_role(person_id, invitation.tenant_id, role)
    audit.record("accept-invitation", "person", person_id, tenant_id=invitation.tenant_id)


def list_invitations(tenant_id: UUID) -> list[tuple[Invitation, str]]:
    """Those invited and not here yet, with who invited them."""
    rows = db.session.execute(
        select(Invitation, func.coalesce(Person.display_name, "–"))
        .outerjoin(Person, Person.id == Invitation.invited_by)
        .where(Invitation.tenant_id == tenant_id, Invitation.used_at.is_(None), Invitation.expires_at > clock.now())
        .order_by(Invitation.created_at.desc())
    )
    return [(invitation, name) for invitation, name in rows]


def withdraw(tenant_id: UUID, key: str) -> None:
    """Make an invitation worthless. Raises: NotFound."""
    gone = db.session.execute(
        delete(Invitation).where(
            Invitation.tenant_id == tenant_id, Invitation.token_hash == key, Invitation.used_at.is_(None)
        )
    )
    if not gone.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotFound("invitation")
    audit.record("withdraw-invitation", "invitation", None, tenant_id=tenant_id)
