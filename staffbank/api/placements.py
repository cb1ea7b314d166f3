"""Offers, placements and the agreement for programs: the same acts as on the pages."""

from typing import Any
from uuid import UUID

from staffbank.models import Placement
from staffbank.schemas import placements as schemas
from staffbank.services import agreement, cancellations, offering, placements
from staffbank.services.placements import LegFilter
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import NotFound
from tenants.idempotency import idempotent
from tenants.permissions import may
from tenants.web import current_identity, needs, signed_in

api = ApiBlueprint("api-placements", __name__, url_prefix="/api", description="Offers and placements of the staff bank")


@api.route("/placements")
@needs("see-bank")
@api.arguments(schemas.LegQuerySchema, location="query")
@api.response(200, schemas.LegsSchema)
def list_legs(query: dict[str, Any]) -> Any:
    """The acting co-op's legs, lent and borrowed."""
    page, size = query["page"], query["page_size"]
    chosen = LegFilter(query["side"], (query["state"],) if query["state"] else ())
    found, total = placements.list_legs(chosen, limit=size, offset=(page - 1) * size)
    return {"items": found, "page": page, "page_size": size, "total": total}


@api.route("/my-placements")
@needs("own-work")
@api.response(200, schemas.OwnLegsSchema)
def list_own() -> Any:
    """A carer's own offers and placements."""
    return {"items": placements.list_own(current_identity().person_id)}


@api.route("/placements/<uuid:placement_id>")
@signed_in()
@api.response(200, schemas.LegSchema)
def show_leg(placement_id: UUID) -> Any:
    """One placement: the carer's own, or of a co-op that lends or borrows."""
    identity = current_identity()
    for leg in placements.find_legs(placement_id):
        own = leg.side == "home" and leg.person_id == identity.person_id
        if own or may("see-bank", identity.kind, identity.roles):
            return leg
    raise NotFound("placement")


@api.route("/cover/<uuid:request_id>/offers", methods=["POST"])
@needs("request-cover")
@idempotent(required=True)
@api.arguments(schemas.CarerOfferSchema)
@api.response(201, schemas.PlacementsMadeSchema)
def offer(wanted: dict[str, Any], request_id: UUID) -> Any:
    """Offer a seat to one carer."""
    made = placements.offer(request_id, wanted["shift_id"], wanted["seat"], wanted["home_id"], wanted["carer_id"])
    return {"items": [made]}


@api.route("/cover/<uuid:request_id>/offers/best", methods=["POST"])
@needs("request-cover")
@idempotent(required=True)
@api.arguments(schemas.OfferBestSchema)
@api.response(201, schemas.PlacementsMadeSchema)
def offer_best(wanted: dict[str, Any], request_id: UUID) -> Any:
    """Offer a shift to the best at once; when one says no, the next is asked."""
    return {"items": offering.offer_best(request_id, wanted["shift_id"], wanted["count"])}


@api.route("/cover/<uuid:request_id>/ask", methods=["POST"])
@needs("request-cover")
@idempotent(required=True)
@api.response(201, schemas.PlacementsMadeSchema)
def ask_all(request_id: UUID) -> Any:
    """Ask everybody who fits whether they are interested."""
    return {"items": offering.ask_all(request_id)}


@api.route("/cover/<uuid:request_id>/split", methods=["POST"])
@needs("request-cover")
@idempotent(required=True)
@api.arguments(schemas.SplitShiftSchema)
@api.response(201, schemas.SplitShiftDoneSchema)
def split(wanted: dict[str, Any], request_id: UUID) -> Any:
    """Cut an open shift in two."""
    return offering.split_shift(request_id, wanted["shift_id"], wanted["moment"])


@api.route("/placements/<uuid:placement_id>/swap", methods=["POST"])
@needs("request-cover")
@idempotent(required=True)
@api.arguments(schemas.SwapSchema)
@api.response(201, schemas.PlacementsMadeSchema)
def swap(wanted: dict[str, Any], placement_id: UUID) -> Any:
    """Offer a confirmed seat to somebody else, who frees the first when confirmed."""
    return {"items": [offering.swap(placement_id, wanted["home_id"], wanted["carer_id"])]}


@api.route(
    "/placements/<uuid:placement_id>/carer/<any(interest, accept, decline, brief_carer, check_in, check_out,"
    " not_checked, give_back):move>",
    methods=["POST"],
)
@needs("own-work")
@idempotent()
@api.arguments(schemas.PlacementMoveSchema)
@api.response(200, schemas.PlacementStateSchema)
def carer_move(told: dict[str, Any], placement_id: UUID, move: str) -> Any:
    """A move of the carer."""
    leg: Placement = placements.get_placement(placement_id, "home")
    if leg.person_id != current_identity().person_id:
        raise NotFound("placement")
    if move == "check_in":
        place = {name: str(value) for name, value in told["place"].items()} if told["place"] else None
        return {"state": placements.check_in(placement_id, place)}
    return {"state": placements.move(placement_id, move, told["words"])}


@api.route("/placements/<uuid:placement_id>/lender/<any(release, refuse, recall):move>", methods=["POST"])
@needs("lend-carers")
@idempotent()
@api.arguments(schemas.PlacementMoveSchema)
@api.response(200, schemas.PlacementStateSchema)
def home_move(told: dict[str, Any], placement_id: UUID, move: str) -> Any:
    """A move of the home co-op."""
    placements.get_placement(placement_id, "home")
    return {"state": placements.move(placement_id, move, told["words"])}


@api.route(
    "/placements/<uuid:placement_id>/host/<any(confirm, withdraw, brief_host, no_show, cancel):move>", methods=["POST"]
)
@needs("request-cover")
@idempotent()
@api.arguments(schemas.HostMoveSchema)
@api.response(200, schemas.PlacementStateSchema)
def host_move(told: dict[str, Any], placement_id: UUID, move: str) -> Any:
    """A move of the host."""
    placements.get_placement(placement_id, "host")
    return {"state": placements.move(placement_id, move, told["words"], cost_pence=told["cost_pence"])}


@api.route("/placements/<uuid:placement_id>/cancellation")
@needs("request-cover")
@api.response(200, schemas.CancellationSchema)
def show_cancellation(placement_id: UUID) -> Any:
    """What it would cost the host to cancel a confirmed placement now."""
    return cancellations.cost_now(placements.get_placement(placement_id, "host"))


@api.route("/agreement")
@needs("see-agreement")
@api.response(200, schemas.AgreementVersionsSchema)
def list_versions() -> Any:
    """The agreement under which carers are lent, and who has signed the version in force."""
    current = agreement.in_force()
    return {
        "items": agreement.list_versions(),
        "in_force": current.number if current else None,
        "signed_by": sorted(agreement.signers(current.number)) if current else [],
    }


@api.route("/agreement", methods=["POST"])
@needs("keep-agreement")
@idempotent(required=True)
@api.arguments(schemas.NewAgreementVersionSchema)
@api.response(201, schemas.AgreementVersionSchema)
def publish_version(new: dict[str, Any]) -> Any:
    """Publish a version."""
    return agreement.publish(new["in_force_from"], new["body"], new["resolution"])


@api.route("/agreement/<int:number>/sign", methods=["POST"])
@needs("sign-agreement")
@idempotent()
@api.response(201, schemas.AgreementSignedSchema)
def sign_version(number: int) -> Any:
    """Sign a version for the co-op."""
    return agreement.sign(number)
