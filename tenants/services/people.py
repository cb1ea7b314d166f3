"""People and the roles they hold, and the directory that names those who speak for a co-op. All of it at the door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.models import MemberDirectory, Membership, Person, SignInSession, Tenant
from tenants.permissions import COOP, INVITABLE, OFFICE, ROLE_WORDS
from tenants.scope import FEDERATION
from tenants.services import passwords

LISTED_ROLES = frozenset({"officer", "manager", "delegate", "treasurer", "auditor"})
"""Roles whose holders all may know by name; carers are no one's business but their own co-op's."""


@dataclass(frozen=True)
class Member:
    """Somebody who belongs to a tenant, as the people page shows them."""

    person_id: UUID
    display_name: str
    email: str
    roles: tuple[str, ...]
    second_factor: bool
    last_seen: datetime | None


def add_person(email: str, display_name: str, password: str | None = None) -> UUID:
    """Make an account. Raises: Conflict when there is one at this address, InvalidInput for a weak password."""
    address = email.strip().lower()
    if db.session.scalar(select(Person.id).where(Person.email == address)):
        raise Conflict("person-exists", "There is an account with this address already.")
    if password is not None:
        passwords.check_choice(password, email=address, display_name=display_name)
    person = Person(
        email=address,
        display_name=" ".join(display_name.split()),
        password_hash=passwords.hash_password(password) if password is not None else None,
    )
    db.session.add(person)
    db.session.flush()
    audit.record("add-person", "person", person.id)
    return person.id


def grant_role(person_id: UUID, tenant_id: UUID, role: str) -> None:
    """Give a person a role at a tenant; giving it twice changes nothing. Raises: InvalidInput for a role that is not held there."""
    kind = OFFICE if tenant_id == FEDERATION else COOP
    if role not in INVITABLE[kind]:
        raise InvalidInput(
            {"role": f"Choose one of: {', '.join(ROLE_WORDS[name].lower() for name in INVITABLE[kind])}"}
        )
    made = db.session.execute(
        insert(Membership)
        .values(person_id=person_id, tenant_id=tenant_id, role=role, since=clock.now())
        .on_conflict_do_nothing()
    )
    if role in LISTED_ROLES:
        name = db.session.get_one(Person, person_id).display_name
        entry = insert(MemberDirectory).values(tenant_id=tenant_id, person_id=person_id, role=role, display_name=name)
        db.session.execute(
            entry.on_conflict_do_update(index_elements=["tenant_id", "person_id", "role"], set_={"display_name": name})
        )
    if made.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        audit.record("grant-role", "person", person_id, {"role": role}, tenant_id=tenant_id)


def take_role(person_id: UUID, tenant_id: UUID, role: str) -> None:
    """Take a role away. Raises: NotFound, RuleBroken for the last officer of the federation."""
    # Two officers who remove each other at the same moment wait here for one another: one of them must stay.
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('roles:' || :tenant, 0))"), {"tenant": str(tenant_id)}
    )
    held = db.session.get(Membership, (person_id, tenant_id, role))
    if held is None:
        raise NotFound("person")
    if role == "officer":
        others = (
            select(func.count())
            .select_from(Membership)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Membership.tenant_id == tenant_id,
                Membership.role == "officer",
                Membership.person_id != person_id,
                Person.closed_at.is_(None),
            )
        )
        if not db.session.scalar(others):
            raise RuleBroken(
                "last-officer", "This is the last officer. Invite another one first: somebody must be able to act."
            )
    db.session.delete(held)
    listed = db.session.get(MemberDirectory, (tenant_id, person_id, role))
    if listed is not None:
        db.session.delete(listed)
    db.session.flush()
    audit.record("take-role", "person", person_id, {"role": role}, tenant_id=tenant_id)


def end_membership(person_id: UUID, tenant_id: UUID) -> None:
    """Take every role that a person holds at a tenant. Raises: NotFound, RuleBroken for the last officer."""
    roles = db.session.scalars(
        select(Membership.role).where(Membership.person_id == person_id, Membership.tenant_id == tenant_id)
    ).all()
    if not roles:
        raise NotFound("person")
    for role in roles:
        take_role(person_id, tenant_id, role)


def list_members(tenant_id: UUID) -> list[Member]:
    """Everybody who belongs to a tenant, by name."""
    seen = (
        select(SignInSession.person_id, func.max(SignInSession.seen_at).label("at"))
        .group_by(SignInSession.person_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Person, func.array_agg(Membership.role), func.max(seen.c.at))
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .where(Membership.tenant_id == tenant_id, Person.closed_at.is_(None))
        .group_by(Person.id)
        .order_by(Person.display_name, Person.id)
    )
    return [
        Member(
            person.id,
            person.display_name,
            person.email,
            tuple(role for role in ROLE_WORDS if role in roles),
            person.totp_confirmed_at is not None,
            at,
        )
        for person, roles, at in rows
    ]


def get_person(person_id: UUID) -> Person:
    """A person by id. Raises: NotFound."""
    person = db.session.get(Person, person_id)
    if person is None or person.closed_at is not None:
        raise NotFound("person")
    return person


def find_person(email: str) -> Person | None:
    """The person at an address, if there is one."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower(), Person.closed_at.is_(None)))


def demo_people() -> list[tuple[Person, str, str]]:
    """Whom a demo lets a visitor be: (person, role, name of the co-op): an officer, two managers, a carer, a delegate."""
    rows = db.session.execute(
        select(Person, Membership.role, Tenant.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .order_by(Person.id, Membership.role, Tenant.joined_on, Tenant.name)
    ).all()
    chosen: list[tuple[Person, str, str]] = []
    for role, wanted in (("officer", 1), ("manager", 2), ("carer", 1), ("delegate", 1), ("treasurer", 1)):
        taken = {person.id for person, _, _ in chosen}
        fitting = {
            person.id: (person, held, name)
            for person, held, name in reversed(rows)
            if held == role and person.id not in taken
        }
        chosen.extend(sorted(fitting.values(), key=lambda row: str(row[0].id))[:wanted])
    return chosen


def demo_person(person_id: UUID) -> UUID:
    """The person a visitor of a demo wants to be. Raises: NotFound."""
    return get_person(person_id).id
