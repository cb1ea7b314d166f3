"""For whom the present work is done. Without a scope every query raises: there is no "all tenants" in this project."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from tenants.isolation import FEDERATION_ID

FEDERATION = UUID(FEDERATION_ID)
Role = Literal["member", "office", "door", "jobs"]


class ScopeMissing(RuntimeError):
    """A query was tried without saying for whom: a fault in the program, never the user's."""


@dataclass(frozen=True)
class Scope:
    """Which database role works, for which tenant, on whose behalf; `read_only` refuses every change."""

    role: Role
    tenant_id: UUID | None
    person_id: UUID | None
    read_only: bool = False


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    """The scope that is open. Raises: ScopeMissing."""
    scope = _current.get()
    if scope is None:
        raise ScopeMissing("no scope is open: use acting_for, acting_for_federation or at_the_door")
    return scope


def current_tenant_id() -> UUID:
    """The tenant the present work is for. Raises: ScopeMissing, also at the door."""
    tenant_id = current_scope().tenant_id
    if tenant_id is None:
        raise ScopeMissing("the door acts for no tenant")
    return tenant_id


@contextmanager
def opened(scope: Scope) -> Iterator[Scope]:
    """Set a scope for a while. `tenants.db.transaction` is what most callers want."""
    if _current.get() is not None:
        raise ScopeMissing("a scope is open already: one piece of work acts for one tenant")
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def member_scope(coop_id: UUID, person_id: UUID | None, *, read_only: bool = False) -> Scope:
    """The scope of somebody acting for one co-op."""
    if coop_id == FEDERATION:
        raise ScopeMissing("the federation is no co-op: use office_scope")
    return Scope("member", coop_id, person_id, read_only)


def office_scope(person_id: UUID | None, *, read_only: bool = False) -> Scope:
    """The scope of somebody acting for the federation body."""
    return Scope("office", FEDERATION, person_id, read_only)


def door_scope(person_id: UUID | None) -> Scope:
    """The scope of the door on behalf of somebody who is known, whom the record then names."""
    return Scope("door", None, person_id)


DOOR = Scope("door", None, None)
"""The scope of signing in: people, credentials and sessions, and nothing else."""
