"""The people a co-op cares for: known to itself alone; others know an id, until a placement is confirmed."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from staffbank.models import Client
from staffbank.services.outcodes import place_of
from tenants import audit
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.scope import current_tenant_id

PAGE_ROWS = 50
MOST_NOTES, MOST_ADDRESS, MOST_NAME = 2000, 400, 200


@dataclass(frozen=True)
class ClientFacts:
    """What a manager writes down of a client; without degrees the middle of the outcode stands for the place."""

    name: str
    outcode: str
    address: str = ""
    notes: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def list_clients(words: str = "", *, limit: int = PAGE_ROWS, offset: int = 0) -> tuple[list[Client], int]:
    """The acting co-op's clients by name, those whose name holds the words, and how many there are."""
    chosen = select(Client).where(Client.tenant_id == current_tenant_id())
    if words.strip():
        chosen = chosen.where(Client.name.icontains(words.strip(), autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    return list(db.session.scalars(chosen.order_by(Client.name, Client.id).limit(limit).offset(offset))), total


def get_client(client_id: UUID) -> Client:
    """One of the acting co-op's clients. Raises: NotFound."""
    found = find_client(client_id)
    if found is None:
        raise NotFound("person")
    return found


def find_client(client_id: UUID | None) -> Client | None:
    """One of the acting co-op's clients, or None."""
    return db.session.get(Client, (current_tenant_id(), client_id)) if client_id else None


def add_client(facts: ClientFacts) -> Client:
    """Write down a client. Raises: InvalidInput."""
    client = Client(tenant_id=current_tenant_id())
    _fill(client, facts)
    db.session.add(client)
    db.session.flush()
    audit.record("add-client", "client", client.id, {"fields": ["name", "outcode"]})
    return client


def change_client(client_id: UUID, facts: ClientFacts) -> Client:
    """Change what is known of a client; cover that was asked for keeps the place it was asked for. Raises: NotFound, InvalidInput."""
    client = get_client(client_id)
    before = {name: getattr(client, name) for name in _NAMES}
    _fill(client, facts)
    changed = [name for name in _NAMES if getattr(client, name) != before[name]]
    db.session.flush()
    if changed:
        audit.record("change-client", "client", client_id, {"fields": changed})
    return client


_NAMES = ("name", "address", "outcode", "latitude", "longitude", "notes")


def _fill(client: Client, facts: ClientFacts) -> None:
    errors: dict[str, str] = {}
    if not facts.name.strip() or len(facts.name) > MOST_NAME:
        errors["name"] = f"Enter the person's name, at most {MOST_NAME} letters"
    if len(facts.address) > MOST_ADDRESS:
        errors["address"] = f"Use at most {MOST_ADDRESS} letters"
    if len(facts.notes) > MOST_NOTES:
        errors["notes"] = f"Use at most {MOST_NOTES:,} letters"
    try:
        code, latitude, longitude = place_of(facts.outcode, facts.latitude, facts.longitude)
    except InvalidInput as fault:
        raise InvalidInput({**errors, **fault.errors}) from None
    if errors:
        raise InvalidInput(errors)
    client.name, client.address, client.notes = facts.name.strip(), facts.address.strip(), facts.notes.strip()
    client.outcode, client.latitude, client.longitude = code, latitude, longitude
