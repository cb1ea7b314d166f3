"""Requests for cover: drafting, approving, sharing, searching, choosing, calling off."""

from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.models import CoverRequest
from staffbank.schemas.cover_api import (
    ApproveCoverSchema,
    ChoiceSchema,
    CoverDetailSchema,
    CoverQuerySchema,
    CoverSchema,
    CoversSchema,
    MatchesSchema,
    NeedsSchema,
    NewCoverSchema,
    SetAsideSchema,
    ShiftOutSchema,
    ShiftTimesSchema,
    WhySchema,
)
from staffbank.services import cover_acts, cover_terms, matching, requests, shifts
from staffbank.services.requests import NewRequest, RequestFilter
from staffbank.services.shifts import ShiftPlan
from tenants.api.blueprint import ApiBlueprint
from tenants.api.schemas import AcceptedSchema
from tenants.errors import InvalidInput, NotFound
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-cover", __name__, url_prefix="/api", description="Requests for cover, and who fits")
FIELDS = tuple(field.attribute or name for name, field in CoverSchema().fields.items())
_ABSENCE = ("absent_carer_id", "absent_from", "absent_until")


@api.route("/cover")
@needs("see-bank")
@api.arguments(CoverQuerySchema, location="query")
@api.response(200, CoversSchema)
def list_cover(query: dict[str, Any]) -> Any:
    """The co-op's requests, newest first."""
    chosen = RequestFilter(query["state"], query["starts_from"], query["starts_before"])
    size = query["page_size"]
    rows, total = requests.list_requests(chosen, limit=size, offset=(query["page"] - 1) * size)
    return {"items": [row.request for row in rows], "total": total, "page": query["page"], "page_size": size}


@api.route("/cover", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(NewCoverSchema)
@api.response(201, CoverDetailSchema)
def ask_for_cover(values: dict[str, Any]) -> Any:
    """Draft a request; nobody is asked before it is approved."""
    made = requests.draft_request(new_request(values))
    return detail(made), {"Location": url_for(".show_cover", request_id=made.id)}


@api.route("/cover/<uuid:request_id>")
@needs("see-bank")
@api.response(200, CoverDetailSchema)
def show_cover(request_id: UUID) -> Any:
    """One request with its shifts and its estimate."""
    return detail(requests.get_request(request_id))


@api.route("/cover/<uuid:request_id>/approve", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(ApproveCoverSchema)
@api.response(200, CoverDetailSchema)
def approve_cover(values: dict[str, Any], request_id: UUID) -> Any:
    """Approve a draft: the co-op's own staff come first, or, for sickness of the day, everybody at once."""
    return detail(cover_acts.approve_request(request_id, cost_pence=values["cost_pence"]))


@api.route("/cover/<uuid:request_id>/warnings", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(SetAsideSchema)
@api.response(200, CoverDetailSchema)
def set_warning_aside(values: dict[str, Any], request_id: UUID) -> Any:
    """Set a warning of the rule book aside, with a reason, in one's own name."""
    return detail(cover_acts.set_aside(request_id, values["rule"], values["reason"]))


@api.route("/cover/<uuid:request_id>/share", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.response(200, CoverDetailSchema)
def share_cover(request_id: UUID) -> Any:
    """Share a request with the federation before its own staff's time is over."""
    return detail(cover_acts.share_request(request_id))


@api.route("/cover/<uuid:request_id>/cancel", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(WhySchema)
@api.response(200, CoverDetailSchema)
def cancel_cover(values: dict[str, Any], request_id: UUID) -> Any:
    """Call a request off, for a reason: offers are withdrawn, confirmed placements cancelled."""
    return detail(cover_acts.cancel_request(request_id, values["reason"]))


@api.route("/cover/<uuid:request_id>/needs", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(NeedsSchema)
@api.response(200, CoverDetailSchema)
def change_needs(values: dict[str, Any], request_id: UUID) -> Any:
    """Change what is needed and the risk while nobody is confirmed; those with offers are told, or let go."""
    return detail(cover_terms.change_needs(request_id, values["needs"], values["risk"], values["version"]))


@api.route("/cover/<uuid:request_id>/choice", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(ChoiceSchema)
@api.response(200, CoverDetailSchema)
def choose_carers(values: dict[str, Any], request_id: UUID) -> Any:
    """Say which carers must take which shifts, and who is left out; then the search runs again."""
    pinned = [(pin["shift_id"], pin["carer_id"]) for pin in values["pinned"]]
    return detail(cover_acts.choose(request_id, pinned, values["excluded"]))


@api.route("/cover/<uuid:request_id>/shifts/<uuid:shift_id>/move", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.arguments(ShiftTimesSchema)
@api.response(200, ShiftOutSchema)
def move_shift(values: dict[str, Any], request_id: UUID, shift_id: UUID) -> Any:
    """Change the times of a shift that nobody was asked for."""
    return cover_acts.move_shift(request_id, shift_id, values["starts_at"], values["ends_at"])


@api.route("/cover/<uuid:request_id>/matches", methods=["POST"])
@needs("request-cover")
@idempotent()
@api.response(202, AcceptedSchema)
def search_carers(request_id: UUID) -> Any:
    """Search again who fits."""
    job_id = matching.start_match(request_id)
    return {"id": request_id, "job_id": job_id}, {"Location": url_for("api-work.show_job", job_id=job_id)}


@api.route("/cover/<uuid:request_id>/matches")
@needs("see-bank")
@api.response(200, MatchesSchema)
def show_matches(request_id: UUID) -> Any:
    """The newest search: who fits each shift, why not the others as counts, and the own carers' refusals."""
    requests.get_request(request_id)
    run = matching.latest_run(request_id)
    if run is None:
        raise NotFound("search")
    names = [name for name in MatchesSchema().fields if name != "own_refusals"]
    return {**{name: getattr(run, name) for name in names}, "own_refusals": matching.list_own_refusals(run.id)}


def detail(request: CoverRequest) -> dict[str, Any]:
    """A request with its shifts."""
    return {**{name: getattr(request, name) for name in FIELDS}, "shifts": shifts.list_shifts(request.id)}


def new_request(values: dict[str, Any]) -> NewRequest:
    """A checked body as a request. Raises: InvalidInput."""
    more = {name: value for name, value in values.items() if name not in ("shifts", *_ABSENCE)}
    plans = [ShiftPlan(**one) for one in values["shifts"]]
    carer_id, first, last = (values[name] for name in _ABSENCE)
    if carer_id is not None and not plans:
        if first is None or last is None:
            raise InvalidInput({"absent_until": "Give the first and the last day of the absence"})
        plans = shifts.absence(carer_id, first, last)
    return NewRequest(shifts=plans, absent_carer_id=carer_id, **more)
