"""Votes by API: what was fixed, casting, the board, the result; and the returning officer's acts."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from federation.assembly.models import Poll
from federation.assembly.schemas import polls as schemas
from federation.assembly.services import boards, casting, outcomes, polls
from federation.assembly.views.poll_results import open_data
from federation.assembly.views.polls import level, longest_ballots
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import InvalidInput, NotFound
from tenants.idempotency import idempotent
from tenants.scope import current_tenant_id
from tenants.web import needs

api = ApiBlueprint("api-polls", __name__, url_prefix="/api", description="Votes: casting, boards and results")
FIELDS = tuple(schemas.PollSchema().fields)


@api.route("/polls")
@needs("see-assembly")
@api.arguments(schemas.PollQuerySchema, location="query")
@api.response(200, schemas.PollsSchema)
def list_polls(query: dict[str, Any]) -> Any:
    """Every vote, newest first."""
    return {"items": polls.list_polls(query["state"])}


@api.route("/polls/<uuid:poll_id>")
@needs("see-assembly")
@api.response(200, schemas.PollDetailSchema)
def show_poll(poll_id: UUID) -> Any:
    """One vote with everything that was fixed when it opened."""
    return detail(polls.get_poll(poll_id))


@api.route("/polls/<uuid:poll_id>/cast", methods=["POST"])
@needs("cast-votes")
@api.arguments(schemas.CastSchema)
@api.response(200, schemas.CastReceiptSchema)
def cast_votes(values: dict[str, Any], poll_id: UUID) -> Any:
    """Cast the co-op's votes, or those of a co-op whose proxy it holds; a weight is never taken from here.

    An Idempotency-Key is not read: the answer to a secret vote must be kept nowhere. To send this again is safe, since
    a secret vote is refused the second time, and a recorded one takes the place of the first.
    """
    poll = polls.get_poll(poll_id)
    answer = casting.cast(poll_id, values["for_coop"] or current_tenant_id(), _parts(poll, values), values["replaces"])
    return _levelled(poll, answer) if poll.secret else answer


@api.route("/polls/<uuid:poll_id>/board")
@needs("see-assembly")
@api.response(200, schemas.BoardSchema)
def show_board(poll_id: UUID) -> Any:
    """The board, row by row."""
    rows = boards.decoded(boards.list_rows(polls.get_poll(poll_id).id))
    return {"rows": rows, "head": boards.head(poll_id), "broken_row": boards.verify(poll_id)}


@api.route("/polls/<uuid:poll_id>/result")
@needs("see-assembly")
@api.response(200, schemas.ResultOutSchema)
def show_result(poll_id: UUID) -> Any:
    """The result as open data, once it is declared."""
    poll = polls.get_poll(poll_id)
    if poll.state != "declared":
        raise NotFound("result")
    return {"result": open_data(poll)}


@api.route("/polls/<uuid:poll_id>/open", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.PollDetailSchema)
def open_poll(poll_id: UUID) -> Any:
    """Open a planned vote whose hour has come."""
    return detail(polls.open_poll(poll_id))


@api.route("/polls/<uuid:poll_id>/close", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.PollDetailSchema)
def close_poll(poll_id: UUID) -> Any:
    """Close a vote whose hour has passed."""
    return detail(polls.close_poll(poll_id))


@api.route("/polls/<uuid:poll_id>/closing", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.MovePollSchema)
@api.response(200, schemas.PollDetailSchema)
def move_closing(values: dict[str, Any], poll_id: UUID) -> Any:
    """Give a vote another hour to close; the board says so."""
    return detail(polls.move_closing(poll_id, values["closes_at"], values["why"]))


@api.route("/polls/<uuid:poll_id>/remind", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.PollRemindedSchema)
def remind(poll_id: UUID) -> Any:
    """Remind the co-ops that have not cast all their votes."""
    return {"coops": polls.remind(poll_id)}


@api.route("/polls/<uuid:poll_id>/give-up", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.GiveUpPollSchema)
@api.response(200, schemas.PollDetailSchema)
def give_up(values: dict[str, Any], poll_id: UUID) -> Any:
    """Give a vote up before it has closed."""
    return detail(polls.give_up(poll_id, values["why"]))


@api.route("/polls/<uuid:poll_id>/declare", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.DeclareSchema)
@api.response(200, schemas.PollDetailSchema)
def declare(values: dict[str, Any], poll_id: UUID) -> Any:
    """Declare the result of a closed vote."""
    return detail(outcomes.declare(poll_id, values["dice"], values["casting_vote"]))


def detail(poll: Poll) -> dict[str, Any]:
    """A vote with its turnout."""
    return {**{name: getattr(poll, name) for name in FIELDS}, "turnout": polls.turnout(poll.id)}


def _parts(poll: Poll, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Parts as `casting.cast` takes them. Raises: InvalidInput where a part is of the other kind of vote."""
    key, other = ("vote", "ranking") if poll.method == "yes_no" else ("ranking", "vote")
    errors = {}
    for n, part in enumerate(values["parts"]):
        if key not in part:
            errors[f"parts.{n}.{key}"] = "Give this: it is what is voted by here"
        if other in part:
            errors[f"parts.{n}.{other}"] = "This vote is not taken so"
    if errors:
        raise InvalidInput(errors)
    return [
        {"units": part["units"], "vote": part["vote"] if key == "vote" else [str(one) for one in part["ranking"]]}
        for part in values["parts"]
    ]


def _levelled(poll: Poll, answer: dict[str, Any]) -> Response:
    """The receipt of a secret vote, as long as it would be for any other vote."""
    body, longest = jsonify(answer), jsonify(longest_ballots(poll, answer))
    body.set_data(level(body.get_data(as_text=True), longest.get_data(as_text=True)))
    return body
