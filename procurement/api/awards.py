"""Awards: working them out, comparing, approving."""

from typing import Any
from uuid import UUID

from flask import url_for

from procurement.schemas.api import ApproveSchema, AwardDetailSchema, AwardsSchema, RoundSchema, RunAwardSchema
from procurement.services import awards
from procurement.services.rounds import get_round
from tenants.api.blueprint import ApiBlueprint
from tenants.api.schemas import AcceptedSchema
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-awards", __name__, url_prefix="/api", description="Which suppliers get which packs")


@api.route("/rounds/<uuid:round_id>/awards", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.arguments(RunAwardSchema)
@api.response(202, AcceptedSchema)
def run_award(values: dict[str, Any], round_id: UUID) -> Any:
    """Ask for an award to be worked out; earlier ones stay, to be compared."""
    award = awards.run_award(round_id, **values)
    return {"id": award.id, "job_id": award.job_id}, {"Location": url_for("api-work.show_job", job_id=award.job_id)}


@api.route("/rounds/<uuid:round_id>/awards")
@needs("see-orders")
@api.response(200, AwardsSchema)
def list_awards(round_id: UUID) -> Any:
    """Awards of a round, newest first."""
    get_round(round_id)
    return {"items": awards.list_awards(round_id)}


@api.route("/awards/<uuid:award_id>")
@needs("see-orders")
@api.response(200, AwardDetailSchema)
def show_award(award_id: UUID) -> Any:
    """One award with the calculator's answer."""
    return awards.get_award(award_id)


@api.route("/awards/<uuid:award_id>/approve", methods=["POST"])
@needs("approve-award")
@idempotent(required=True)
@api.arguments(ApproveSchema)
@api.response(200, RoundSchema)
def approve_award(values: dict[str, Any], award_id: UUID) -> Any:
    """Approve one award, with a reason; the others of its round are set aside."""
    return awards.approve_award(award_id, values["reason"], cost_pence=values["cost_pence"])
