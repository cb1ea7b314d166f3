"""Choices of what a list shows, kept by a person under a name. All of it at the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from tenants import clock
from tenants.db import bind_scope, db
from tenants.errors import InvalidInput, NotFound
from tenants.identity import Identity
from tenants.models import SavedFilter
from tenants.scope import DOOR

MOST = 20
"""Saved choices that a person may have of one list."""
MAX_NAME, MAX_PATH, MAX_QUERY = 60, 200, 500


@dataclass(frozen=True)
class Saved:
    """One saved choice: its name, where it leads, and its id."""

    id: UUID
    name: str
    query: str


def save_filter(identity: Identity, name: str, address: str) -> None:
    """Keep the choice of an address like /rounds?state=open; a name that is there already takes the new choice.

    Raises: InvalidInput.
    """
    name, parts = name.strip(), urlsplit(address)
    if not name or len(name) > MAX_NAME:
        raise InvalidInput({"name": f"Give the choice a name of at most {MAX_NAME} letters"})
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or len(parts.path) > MAX_PATH:
        raise InvalidInput({"address": "Save the choice from the list that it belongs to"})
    if not parts.query or len(parts.query) > MAX_QUERY:
        raise InvalidInput({"address": "Choose what to show first, then save the choice"})
    if len(_list(identity, parts.path)) >= MOST:
        raise InvalidInput({"name": f"You have {MOST} saved choices for this list; forget one first"})
    row = insert(SavedFilter).values(
        person_id=identity.person_id,
        tenant_id=identity.acting.tenant_id,
        path=parts.path,
        name=name,
        query=parts.query,
        created_at=clock.now(),
    )
    keys = ["person_id", "tenant_id", "path", "name"]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"query": row.excluded.query}))


def forget_filter(identity: Identity, saved_id: UUID) -> str:
    """Forget a saved choice; the answer is the list it belonged to. Raises: NotFound."""
    path = db.session.scalar(
        delete(SavedFilter)
        .where(
            SavedFilter.id == saved_id,
            SavedFilter.person_id == identity.person_id,
            SavedFilter.tenant_id == identity.acting.tenant_id,
        )
        .returning(SavedFilter.path)
    )
    if path is None:
        raise NotFound("saved choice")
    return path


def list_filters_aside(identity: Identity, path: str) -> list[Saved]:
    """A person's saved choices of one list, by name: read by the door's role on a connection of its own, in any scope."""
    with db.engines["door"].connect() as connection:
        bind_scope(connection, DOOR)
        return [Saved(*row) for row in connection.execute(_chosen(identity, path))]


def _list(identity: Identity, path: str) -> Sequence[object]:
    return db.session.execute(_chosen(identity, path)).all()


def _chosen(identity: Identity, path: str):
    return (
        select(SavedFilter.id, SavedFilter.name, SavedFilter.query)
        .where(
            SavedFilter.person_id == identity.person_id,
            SavedFilter.tenant_id == identity.acting.tenant_id,
            SavedFilter.path == path,
        )
        .order_by(func.lower(SavedFilter.name))
    )
