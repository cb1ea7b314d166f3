"""The catalogue: adding, changing and taking out what the co-ops may ask for. The office changes it, everybody reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import ColumnElement, asc, desc, func, select
from sqlalchemy.exc import IntegrityError

from procurement.models import Item, Offer, Supplier
from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken

PAGE_ROWS = 50
MOST_PAGES = 100_000
LONGEST_SEARCH = 100
CODE_TAKEN = "This code is taken by {name}: choose another"
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a longer list: the page's number from 1, how many pages and rows there are in all."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class ItemRow:
    """An item with how many price lists hold today, and the lowest first-tier price among them in pence a pack."""

    item: Item
    offers: int
    best_pence: Decimal | None


@dataclass(frozen=True)
class Choice:
    """What to show of a list: words to look for, which state, in which order, and which page; `rows` None for all."""

    words: str = ""
    state: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    rows: int | None = PAGE_ROWS


ALL_IN_USE = Choice()


def add_item(values: Mapping[str, Any]) -> Item:
    """Add an item from the values of ItemSchema. Raises: InvalidInput when its code is taken."""
    check_code(Item, values["code"])
    item = Item(**values)
    db.session.add(item)
    flush_code(Item, values["code"])
    audit.record(
        "add-item", "item", item.id, {"fields": sorted(name for name, value in values.items() if value is not None)}
    )
    return item


def change_item(item_id: UUID, version: int, values: Mapping[str, Any]) -> Item:
    """Change an item that nobody has changed since `version`. Rounds that are open keep what they took.

    Raises: NotFound, Conflict, InvalidInput.
    """
    item = get_item(item_id)
    check_version(item.version, version)
    check_code(Item, values["code"], item.id)
    if changed := change_fields(item, values):
        flush_code(Item, values["code"], item.id)
        audit.record("change-item", "item", item.id, {"fields": changed})
    return item


def retire_item(item_id: UUID, version: int | None = None) -> Item:
    """Take an item out: later rounds cannot ask for it; rounds that have it keep it. Raises: NotFound, Conflict, RuleBroken."""
    item = get_item(item_id)
    if version is not None:
        check_version(item.version, version)
    if item.retired_at is not None:
        raise RuleBroken("item-already-retired", "This item has been taken out already.")
    item.retired_at = clock.now()
    db.session.flush()
    audit.record("retire-item", "item", item.id)
    return item


def restore_item(item_id: UUID) -> Item:
    """Bring an item back that was taken out. Raises: NotFound, RuleBroken."""
    item = get_item(item_id)
    if item.retired_at is None:
        raise RuleBroken("item-not-retired", "This item is in the catalogue already.")
    item.retired_at = None
    db.session.flush()
    audit.record("restore-item", "item", item.id)
    return item


def get_item(item_id: UUID) -> Item:
    """One item. Raises: NotFound."""
    item = db.session.get(Item, item_id)
    if item is None:
        raise NotFound("item")
    return item


def list_items(choice: Choice = ALL_IN_USE) -> Page[ItemRow]:
    """Items whose name or code holds the words; state "" for those in use, "retired", or "all". Sorted by name, code, vat or best."""
    today = clock.today()
    prices = (
        select(Offer.item_id, func.count().label("offers"), func.min(Offer.pence_per_pack[1]).label("best"))
        .join(Supplier, Supplier.id == Offer.supplier_id)
        .where(Offer.valid_from <= today, Offer.valid_to >= today, Supplier.retired_at.is_(None))
        .group_by(Offer.item_id)
        .subquery()
    )
    query = select(Item, func.coalesce(prices.c.offers, 0), prices.c.best).outerjoin(
        prices, prices.c.item_id == Item.id
    )
    query = _in_state(query, Item.retired_at, choice.state).where(*holds(choice.words, Item.name, Item.code))
    orders: dict[str, Any] = {
        "name": func.lower(Item.name),
        "code": func.lower(Item.code),
        "vat": Item.vat_rate_percent,
        "best": prices.c.best,
    }
    return paged(query, choice, orders, "name", Item.id, lambda row: ItemRow(row[0], row[1], row[2]))


def list_item_choices() -> list[tuple[str, str]]:
    """Id and words of every item in use, for a list to choose from."""
    rows = db.session.execute(
        select(Item.id, Item.name, Item.unit).where(Item.retired_at.is_(None)).order_by(func.lower(Item.name), Item.id)
    )
    return [(str(item_id), f"{name}, {unit}") for item_id, name, unit in rows]


def check_version(now: int, seen: int) -> None:
    """Raises: Conflict when somebody changed the thing since it was shown."""
    if now != seen:
        raise Conflict("changed-meanwhile", "Somebody else changed this meanwhile. Load the page again and look.")


def change_fields(thing: Any, values: Mapping[str, Any]) -> list[str]:
    """Set what differs, and answer the names of those fields."""
    changed = sorted(name for name, value in values.items() if getattr(thing, name) != value)
    for name in changed:
        setattr(thing, name, values[name])
    return changed


def check_code(model: type[Item] | type[Supplier], code: str, own_id: UUID | None = None) -> None:
    """Raises: InvalidInput when another item (or supplier) has the code, capitals aside."""
    with db.session.no_autoflush:
        query = select(model.name).where(func.lower(model.code) == code.lower())
        taken = db.session.scalar(query.where(model.id != own_id) if own_id else query)
    if taken is not None:
        raise InvalidInput({"code": CODE_TAKEN.format(name=taken)})


def flush_code(model: type[Item] | type[Supplier], code: str, own_id: UUID | None = None) -> None:
    """Send changes to the database, whose unique key has the last word on codes. Raises: InvalidInput."""
    try:
        db.session.flush()
    except IntegrityError as fault:
        db.session.rollback()
        if isinstance(fault.orig, UniqueViolation):
            check_code(model, code, own_id)
        raise


def holds(words: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Conditions that find words anywhere in one of the columns, capitals aside."""
    wanted = words.replace("\0", "").strip()[:LONGEST_SEARCH]
    if not wanted:
        return []
    any_of = columns[0].icontains(wanted, autoescape=True)
    for column in columns[1:]:
        any_of = any_of | column.icontains(wanted, autoescape=True)
    return [any_of]


def paged(query: Any, choice: Choice, orders: Mapping[str, Any], default: str, last: Any, make: Any) -> Page[Any]:
    """Run a list query: sorted by one of `orders`, then by `last`, cut to the chosen page (the nearest there is)."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    size = choice.rows or max(total, 1)
    pages = max(1, -(-total // size))
    number = min(max(1, choice.page), pages)
    way = desc if choice.descending else asc
    key = orders.get(choice.sort, orders[default])
    ordered = query.order_by(way(key).nulls_last(), last).limit(size).offset((number - 1) * size)
    return Page([make(row) for row in db.session.execute(ordered)], number, pages, total)


def _in_state(query: Any, retired_at: Any, state: str) -> Any:
    if state == "all":
        return query
    return query.where(retired_at.is_not(None) if state == "retired" else retired_at.is_(None))
