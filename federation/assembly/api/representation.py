"""Who votes for a co-op, by API: alternates, divided votes, proxies."""

from typing import Any
from uuid import UUID

from federation.assembly.schemas import polls as schemas
from federation.assembly.services import casting, polls, representation
from tenants import clock
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import NotFound
from tenants.idempotency import idempotent
from tenants.scope import FEDERATION, current_scope
from tenants.web import needs

api = ApiBlueprint("api-representation", __name__, url_prefix="/api", description="Who votes for a co-op")


@api.route("/delegates")
@needs("name-delegates")
@api.response(200, schemas.DelegatesSchema)
def list_delegates() -> Any:
    """The co-op's delegates and alternates."""
    return {"items": representation.list_delegates()}


@api.route("/delegates/<uuid:person_id>", methods=["POST"])
@needs("name-delegates")
@idempotent()
@api.arguments(schemas.AlternateSchema)
@api.response(200, schemas.DelegatesSchema)
def set_alternate(values: dict[str, Any], person_id: UUID) -> Any:
    """Make a delegate an alternate, or a full delegate again."""
    representation.set_alternate(person_id, values["alternate"])
    return {"items": representation.list_delegates()}


@api.route("/polls/<uuid:poll_id>/shares")
@needs("name-delegates")
@api.response(200, schemas.SharesSchema)
def list_shares(poll_id: UUID) -> Any:
    """How the co-op's votes in a poll are divided."""
    return {"items": casting.list_shares(polls.get_poll(poll_id).id)}


@api.route("/polls/<uuid:poll_id>/shares", methods=["POST"])
@needs("name-delegates")
@idempotent()
@api.arguments(schemas.SharesSchema)
@api.response(200, schemas.SharesSchema)
def share_votes(values: dict[str, Any], poll_id: UUID) -> Any:
    """Divide the co-op's votes in a poll among its delegates; an empty list puts them together again."""
    wanted = {row["person_id"]: row["units"] for row in values["items"]}
    return {"items": representation.share_votes(poll_id, wanted)}


@api.route("/proxies")
@needs("see-assembly")
@api.response(200, schemas.ProxiesSchema)
def list_proxies() -> Any:
    """Proxies that the co-op has given and holds. The office has none."""
    if current_scope().tenant_id == FEDERATION:
        raise NotFound("proxy")
    return {"items": [*representation.list_proxies("giver"), *representation.list_proxies("holder")]}


@api.route("/proxies", methods=["POST"])
@needs("name-delegates")
@idempotent()
@api.arguments(schemas.NewProxySchema)
@api.response(201, schemas.MadeProxySchema)
def give_proxy(values: dict[str, Any]) -> Any:
    """Let the delegates of another co-op vote for this one."""
    first = values.pop("from_date") or clock.today()
    return {"id": representation.give_proxy(from_date=first, **values)}


@api.route("/proxies/<uuid:proxy_id>/end", methods=["POST"])
@needs("name-delegates")
@idempotent()
@api.response(204)
def end_proxy(proxy_id: UUID) -> None:
    """End a proxy, from either side."""
    representation.end_proxy(proxy_id)
