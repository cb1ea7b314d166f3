"""Co-ops and people for tests, made by the services. Open no scope around them: each opens its own."""

import itertools
from datetime import date
from uuid import UUID

from tenants.db import acting_for_federation, at_the_door
from tenants.scope import FEDERATION
from tenants.services import coops, people

PASSWORD = "three calm otters"
_numbers = itertools.count(1)


def make_coop(name: str | None = None, **size: int) -> UUID:
    """A co-op; `size` takes members, staff, care_hours_week, turnover_pence."""
    new = coops.NewCoop(
        name or f"Co-op {next(_numbers)}", date(2026, 1, 1), outcode="LS1", size=coops.Size(**size) if size else None
    )
    with acting_for_federation():
        return coops.add_coop(new)


def make_person(name: str | None = None, *, email: str | None = None, password: str | None = None) -> UUID:
    """A person with an account; without a password nobody can sign in as them by the page."""
    number = next(_numbers)
    with at_the_door():
        return people.add_person(email or f"person{number}@example.org", name or f"Ann Person{number}", password)


def make_membership(tenant_id: UUID, role: str, person_id: UUID | None = None) -> UUID:
    """A role of somebody, new unless named, at a tenant; the answer is the person."""
    person_id = person_id or make_person()
    with at_the_door():
        people.grant_role(person_id, tenant_id, role)
    return person_id


def make_officer(name: str | None = None) -> UUID:
    """An officer of the federation."""
    return make_membership(FEDERATION, "officer", make_person(name))


def make_manager(coop_id: UUID, name: str | None = None) -> UUID:
    """A manager of a co-op."""
    return make_membership(coop_id, "manager", make_person(name))
