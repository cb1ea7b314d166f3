"""Elections, nominations and vacancies for programs: the same acts as on the pages."""

from typing import Any
from uuid import UUID

from federation.assembly.models import Election
from federation.assembly.schemas import elections as schemas
from federation.assembly.services import elections, nominations, vacancies
from federation.assembly.services.election_terms import Terms
from tenants.api.blueprint import ApiBlueprint
from tenants.etags import etag, if_match
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-elections", __name__, url_prefix="/api", description="Elections, who stands, and vacancies")


@api.route("/elections")
@needs("see-assembly")
@api.arguments(schemas.ElectionQuerySchema, location="query")
@api.response(200, schemas.ElectionsSchema)
def list_elections(query: dict[str, Any]) -> Any:
    """Elections, the newest first."""
    return {"items": elections.list_elections(query["state"])}


@api.route("/elections", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.NewElectionSchema)
@api.response(201, schemas.ElectionSchema)
def draft_election(wanted: dict[str, Any]) -> Any:
    """Write an election as a draft."""
    return elections.draft(_terms(wanted))


@api.route("/elections/<uuid:election_id>")
@needs("see-assembly")
@api.response(200, schemas.ElectionToldSchema)
def show_election(election_id: UUID) -> Any:
    """One election, who stands, and who holds its seats now."""
    row = elections.get_election(election_id)
    return _told(row), 200, etag(row.version)


@api.route("/elections/<uuid:election_id>", methods=["PUT"])
@needs("run-assembly")
@if_match
@api.arguments(schemas.NewElectionSchema)
@api.response(200, schemas.ElectionSchema)
def change_election(wanted: dict[str, Any], election_id: UUID, version: int) -> Any:
    """Write a draft again."""
    row = elections.change(election_id, _terms(wanted), version)
    return row, 200, etag(row.version)


@api.route("/elections/<uuid:election_id>/call", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.ElectionSchema)
def call_election(election_id: UUID) -> Any:
    """Ask all co-ops for candidates."""
    return elections.call_election(election_id)


@api.route("/elections/<uuid:election_id>/extend", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.MoreTimeSchema)
@api.response(200, schemas.ElectionSchema)
def extend_nominations(wanted: dict[str, Any], election_id: UUID) -> Any:
    """Give nominations more time; a planned vote is given up."""
    return elections.extend(election_id, wanted["until"], wanted["why"])


@api.route("/elections/<uuid:election_id>/list", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.ElectionSchema)
def close_nominations(election_id: UUID) -> Any:
    """Close nominations after their time."""
    return elections.close_nominations(election_id)


@api.route("/elections/<uuid:election_id>/unopposed", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.response(200, schemas.ElectionSchema)
def elect_unopposed(election_id: UUID) -> Any:
    """Declare all who stand elected without a vote, where there are seats for all of them."""
    return elections.elect_unopposed(election_id)


@api.route("/elections/<uuid:election_id>/vote", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.ElectionHoursSchema)
@api.response(201, schemas.ElectionPollSchema)
def plan_vote(wanted: dict[str, Any], election_id: UUID) -> Any:
    """Plan the vote on the list as it stands."""
    return elections.open_voting(election_id, **wanted)


@api.route("/elections/<uuid:election_id>/cancel", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.ElectionWhySchema)
@api.response(200, schemas.ElectionSchema)
def cancel_election(wanted: dict[str, Any], election_id: UUID) -> Any:
    """Give an election up before its result."""
    return elections.cancel(election_id, wanted["why"])


@api.route("/elections/<uuid:election_id>/candidates", methods=["POST"])
@needs("stand")
@idempotent(required=True)
@api.arguments(schemas.NewCandidateSchema)
@api.response(201, schemas.CandidateSchema)
def nominate(wanted: dict[str, Any], election_id: UUID) -> Any:
    """Nominate somebody who has agreed to stand."""
    return nominations.stand(election_id, **wanted)


@api.route("/candidates/<uuid:candidate_id>/withdraw", methods=["POST"])
@needs("stand")
@idempotent()
@api.response(200, schemas.CandidateSchema)
def withdraw_candidate(candidate_id: UUID) -> Any:
    """Take a nomination of the own co-op back, until voting opens."""
    return nominations.withdraw(candidate_id)


@api.route("/candidates/<uuid:candidate_id>/strike", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.ElectionWhySchema)
@api.response(200, schemas.CandidateSchema)
def strike_candidate(wanted: dict[str, Any], candidate_id: UUID) -> Any:
    """Take somebody off the list who cannot serve, until voting opens."""
    return nominations.strike(candidate_id, wanted["why"])


@api.route("/elections/<uuid:election_id>/recount", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.VacancySchema)
@api.response(200, schemas.RecountSchema)
def recount(wanted: dict[str, Any], election_id: UUID) -> Any:
    """Count the ballots again without those who left; nothing is kept."""
    return {"answer": vacancies.recount(election_id, **wanted)}


@api.route("/elections/<uuid:election_id>/vacancy", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.VacancySchema)
@api.response(200, schemas.ElectionToldSchema)
def fill_vacancy(wanted: dict[str, Any], election_id: UUID) -> Any:
    """Fill the seats that fell free by a recount."""
    return _told(vacancies.fill(election_id, **wanted))


def _terms(wanted: dict[str, Any]) -> Terms:
    rules = [
        {"class": rule["class_name"], "least": rule["least"], "most": rule["most"]} for rule in wanted["constraints"]
    ]
    return Terms(**{**wanted, "constraints": rules})


def _told(row: Election) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in schemas.ElectionSchema().fields}
    candidates = nominations.list_candidates(row.id, withdrawn=True)
    return shown | {"candidates": candidates, "seated": [one.id for one in elections.seated(row)]}
