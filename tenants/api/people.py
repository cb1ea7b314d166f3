"""Who asks, and which co-ops there are."""

from typing import Any

from tenants.api.blueprint import ApiBlueprint
from tenants.api.schemas import CoopsSchema, MeSchema
from tenants.services.coops import list_coops
from tenants.web import current_identity, signed_in

api = ApiBlueprint("api-people", __name__, url_prefix="/api", description="Who asks, and the co-ops")


@api.route("/me")
@signed_in()
@api.response(200, MeSchema)
def show_me() -> Any:
    """Who asks, for which co-op, and with which roles."""
    return current_identity()


@api.route("/coops")
@signed_in()
@api.response(200, CoopsSchema)
def list_all_coops() -> Any:
    """Every member co-op by name."""
    coops = list_coops()
    return {"items": coops, "total": len(coops)}
