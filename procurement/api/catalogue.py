"""Items of the catalogue."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from procurement.schemas.api import ItemQuerySchema, ItemsSchema
from procurement.schemas.catalogue import ItemOutSchema, ItemSchema
from procurement.services import catalogue
from procurement.services.catalogue import Choice, Page
from tenants.api.blueprint import ApiBlueprint
from tenants.etags import etag, if_match
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-catalogue", __name__, url_prefix="/api", description="What the federation buys")


@api.route("/items")
@needs("see-catalogue")
@api.arguments(ItemQuerySchema, location="query")
@api.response(200, ItemsSchema)
def list_items(query: dict[str, Any]) -> Any:
    """Items by name, code, VAT rate or best price."""
    found = catalogue.list_items(chosen(query, {"used": ""}))
    return listed(found, query, lambda row: row.item)


@api.route("/items", methods=["POST"])
@needs("keep-catalogue")
@idempotent()
@api.arguments(ItemSchema)
@api.response(201, ItemOutSchema)
def add_item(values: dict[str, Any]) -> Any:
    """Add an item."""
    item = catalogue.add_item(values)
    return item, {**etag(item.version), "Location": url_for(".show_item", item_id=item.id)}


@api.route("/items/<uuid:item_id>")
@needs("see-catalogue")
@api.response(200, ItemOutSchema)
def show_item(item_id: UUID) -> Any:
    """One item."""
    item = catalogue.get_item(item_id)
    return item, etag(item.version)


@api.route("/items/<uuid:item_id>", methods=["PUT"])
@needs("keep-catalogue")
@if_match
@api.arguments(ItemSchema)
@api.response(200, ItemOutSchema)
def change_item(values: dict[str, Any], item_id: UUID, version: int) -> Any:
    """Change an item; rounds that are open keep what they took."""
    item = catalogue.change_item(item_id, version, values)
    return item, etag(item.version)


def chosen(query: Mapping[str, Any], states: Mapping[str, str]) -> Choice:
    """A checked query as the choice that services take; `states` gives their word for a state of the API."""
    state = query.get("state", "")
    return Choice(
        words=query["words"],
        state=states.get(state, state),
        sort=query["sort"],
        page=query["page"],
        rows=query["page_size"],
    )


def listed(found: Page[Any], query: Mapping[str, Any], make: Callable[[Any], Any]) -> dict[str, Any]:
    """A page of a list; beyond the last one there is nothing."""
    rows = found.rows if found.number == query["page"] else []
    return {
        "items": [make(row) for row in rows],
        "page": query["page"],
        "page_size": query["page_size"],
        "total": found.total,
    }
