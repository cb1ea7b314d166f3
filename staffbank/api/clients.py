"""The people a co-op cares for, for itself alone."""

from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.schemas.cover_api import ClientInSchema, ClientOutSchema, ClientQuerySchema, ClientsSchema
from staffbank.services import clients
from staffbank.services.clients import ClientFacts
from tenants.api.blueprint import ApiBlueprint
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-clients", __name__, url_prefix="/api", description="People a co-op cares for")


@api.route("/clients")
@needs("request-cover")
@api.arguments(ClientQuerySchema, location="query")
@api.response(200, ClientsSchema)
def list_clients(query: dict[str, Any]) -> Any:
    """Everybody the co-op cares for, by name."""
    size = query["page_size"]
    rows, total = clients.list_clients(query["words"], limit=size, offset=(query["page"] - 1) * size)
    return {"items": rows, "total": total, "page": query["page"], "page_size": size}


@api.route("/clients", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(ClientInSchema)
@api.response(201, ClientOutSchema)
def add_client(values: dict[str, Any]) -> Any:
    """Write somebody down."""
    made = clients.add_client(ClientFacts(**values))
    return made, {"Location": url_for(".show_client", client_id=made.id)}


@api.route("/clients/<uuid:client_id>")
@needs("request-cover")
@api.response(200, ClientOutSchema)
def show_client(client_id: UUID) -> Any:
    """Somebody the co-op cares for."""
    return clients.get_client(client_id)


@api.route("/clients/<uuid:client_id>/change", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(ClientInSchema)
@api.response(200, ClientOutSchema)
def change_client(values: dict[str, Any], client_id: UUID) -> Any:
    """Change what is known of somebody."""
    return clients.change_client(client_id, ClientFacts(**values))
