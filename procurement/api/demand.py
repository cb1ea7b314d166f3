"""What the acting co-op needs in a round."""

from typing import Any
from uuid import UUID

from procurement.schemas.api import DemandOutSchema, DemandSchema
from procurement.services import demand
from procurement.services.demand import OwnDemand
from procurement.services.rounds import get_round
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import NotFound
from tenants.etags import etag, if_match
from tenants.web import current_identity, needs

api = ApiBlueprint("api-demand", __name__, url_prefix="/api", description="What a co-op needs in a round")


@api.route("/rounds/<uuid:round_id>/demand")
@needs("see-rounds")
@api.response(200, DemandOutSchema)
def show_demand(round_id: UUID) -> Any:
    """The co-op's own answer; before it has answered, version 0 without packs."""
    if current_identity().kind != "coop":
        raise NotFound("demand")
    get_round(round_id)
    return _told(demand.get_own_demand(round_id))


@api.route("/rounds/<uuid:round_id>/demand", methods=["PUT"])
@needs("enter-demand")
@if_match
@api.arguments(DemandSchema)
@api.response(200, DemandOutSchema)
def save_demand(values: dict[str, Any], round_id: UUID, version: int) -> Any:
    """Save the whole answer, replacing the one before."""
    return _told(demand.save_demand(round_id, values["packs"], values["note"], version=version))


def _told(own: OwnDemand) -> Any:
    version = own.answer.version if own.answer else 0
    return {
        "packs": own.packs,
        "note": own.note,
        "version": version,
        "answered_at": own.answer.answered_at if own.answer else None,
    }, etag(version)
