"""Rounds: drafting, opening, extending, closing, calling off, reminding."""

from typing import Any
from uuid import UUID

from flask import url_for

from procurement.models import BuyingRound
from procurement.schemas.api import (
    ExtendSchema,
    NewRoundSchema,
    ReasonSchema,
    RemindedSchema,
    RoundDetailSchema,
    RoundQuerySchema,
    RoundSchema,
    RoundsSchema,
    TotalsSchema,
)
from procurement.services import demand, rounds
from procurement.services.rounds import RoundPlan
from tenants.api.blueprint import ApiBlueprint
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-rounds", __name__, url_prefix="/api", description="Rounds of joint buying")
FIELDS = tuple(field.attribute or name for name, field in RoundSchema().fields.items())


@api.route("/rounds")
@needs("see-rounds")
@api.arguments(RoundQuerySchema, location="query")
@api.response(200, RoundsSchema)
def list_rounds(query: dict[str, Any]) -> Any:
    """Rounds, newest first; co-ops see no drafts."""
    size = query["page_size"]
    rows, total = rounds.list_rounds(
        state=query["state"] or None, words=query["words"], limit=size, offset=(query["page"] - 1) * size
    )
    return {"items": rows, "total": total, "page": query["page"], "page_size": size}


@api.route("/rounds", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.arguments(NewRoundSchema)
@api.response(201, RoundSchema)
def draft_round(values: dict[str, Any]) -> Any:
    """Draft a round; it opens by an act of its own."""
    buying_round = rounds.draft_round(RoundPlan(**values))
    return buying_round, {"Location": url_for(".show_round", round_id=buying_round.id)}


@api.route("/rounds/<uuid:round_id>")
@needs("see-rounds")
@api.response(200, RoundDetailSchema)
def show_round(round_id: UUID) -> Any:
    """One round with its items."""
    buying_round = rounds.get_round(round_id)
    return {
        **{name: getattr(buying_round, name) for name in FIELDS},
        "round_items": rounds.list_round_items(round_id),
        "answered": rounds.answered_count(round_id),
        "coops": rounds.coop_count(),
    }


@api.route("/rounds/<uuid:round_id>/open", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.response(200, RoundSchema)
def open_round(round_id: UUID) -> BuyingRound:
    """Open a draft to the co-ops."""
    return rounds.open_round(round_id)


@api.route("/rounds/<uuid:round_id>/extend", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.arguments(ExtendSchema)
@api.response(200, RoundSchema)
def extend_round(values: dict[str, Any], round_id: UUID) -> BuyingRound:
    """Close later than planned, for a reason."""
    return rounds.extend_round(round_id, values["closes_at"], values["reason"])


@api.route("/rounds/<uuid:round_id>/close", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.response(200, RoundSchema)
def close_round(round_id: UUID) -> BuyingRound:
    """Close a round: it takes no more demand."""
    return rounds.close_round(round_id)


@api.route("/rounds/<uuid:round_id>/cancel", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.arguments(ReasonSchema)
@api.response(200, RoundSchema)
def cancel_round(values: dict[str, Any], round_id: UUID) -> BuyingRound:
    """Call a round off, for a reason."""
    return rounds.cancel_round(round_id, values["reason"])


@api.route("/rounds/<uuid:round_id>/remind", methods=["POST"])
@needs("run-rounds")
@idempotent()
@api.response(200, RemindedSchema)
def remind_round(round_id: UUID) -> Any:
    """Write to the managers of the co-ops that have not answered."""
    return {"coops": rounds.remind_round(round_id)}


@api.route("/rounds/<uuid:round_id>/totals")
@needs("see-rounds")
@api.response(200, TotalsSchema)
def show_totals(round_id: UUID) -> Any:
    """What all co-ops need together, for items that three others want."""
    rounds.get_round(round_id)
    return {
        "packs": demand.seen_totals(round_id),
        "answered": rounds.answered_count(round_id),
        "coops": rounds.coop_count(),
    }
