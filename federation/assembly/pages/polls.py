"""Taking part in a vote: the ballot, its check, receipts, the result, the board and the bundle."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from federation.assembly.models import Poll
from federation.assembly.services import boards, casting, polls
from federation.assembly.services.casting import Standing
from federation.assembly.views import poll_results, rounds
from federation.assembly.views import polls as views
from tenants.downloads import csv_bytes
from tenants.errors import Conflict, NotFound, RuleBroken
from tenants.permissions import may
from tenants.services.coops import federation_name
from tenants.web import current_identity, needs
from tenants.web_forms import Form

bp = Blueprint("polls", __name__)
TOLD = "Say that your co-op has told you to vote this way"
Parts = list[dict[str, Any]]


@bp.get("/polls")
@needs("see-assembly")
def index() -> str:
    """Every vote."""
    return render_template("assembly/polls.html", rows=views.poll_list())


@bp.get("/polls/<uuid:poll_id>")
@needs("see-assembly")
def show(poll_id: UUID) -> str:
    """One vote: what it is about, the ballot, whether the weighting is fair."""
    poll = polls.get_poll(poll_id)
    return page(poll, Form(), _mine(poll, request.args.get("for")))


@bp.post("/polls/<uuid:poll_id>/check")
@needs("cast-votes")
def check(poll_id: UUID) -> Any:
    """The vote as it would be cast; or the ballot again, for a step of its counters or a fault."""
    poll = polls.get_poll(poll_id)
    mine = _mine_to_cast(poll)
    values = {key: request.form[key] for key in request.form}
    stepped = views.stepped(poll, values, mine.units)
    if stepped is not None or "change" in values:
        return page(poll, Form(), mine, stepped or values)
    parts, problem = views.read_parts(poll, values, mine.units)
    if problem or mine.why_not:
        return page(poll, Form(values, {"vote": problem or mine.why_not}), mine, values), 422
    return _check_page(poll, mine, parts, Form())


@bp.post("/polls/<uuid:poll_id>/cast")
@needs("cast-votes")
def cast(poll_id: UUID) -> Any:
    """Cast the vote. The answer to a secret one is its receipt, told in this answer alone."""
    poll = polls.get_poll(poll_id)
    mine = _mine_to_cast(poll)
    parts, problem = views.read_parts(poll, request.form, mine.units)
    if problem and not mine.why_not:
        return page(poll, Form({}, {"vote": problem}), mine), 422
    if not request.form.get("ok"):
        return _check_page(poll, mine, parts, Form({}, {"ok": _(TOLD)})), 422
    try:
        answer = casting.cast(poll_id, mine.coop_id, parts, request.form.get("seen", ""))
    except (RuleBroken, Conflict) as error:
        now = polls.get_poll(poll_id)
        return page(now, Form({}, {"": error.message}), _mine(now, str(mine.coop_id))), 409
    if not poll.secret and mine.way != "proxy":
        return redirect(url_for(".receipt", poll_id=poll_id), 303)
    return _receipt(poll, mine, answer)


@bp.get("/polls/<uuid:poll_id>/receipt")
@needs("cast-votes")
def receipt(poll_id: UUID) -> str:
    """The receipt of a recorded vote, as often as one likes. Raises: NotFound for a secret vote, or none."""
    poll = polls.get_poll(poll_id)
    mine = casting.standing(poll)
    if mine.ballot is None:
        raise NotFound("receipt")
    answer = {"units": mine.ballot.units, "receipt": mine.ballot.receipt}
    return render_template("assembly/poll_receipt.html", **views.receipt_page(poll, mine, answer))


@bp.get("/polls/<uuid:poll_id>/result")
@needs("see-assembly")
def result(poll_id: UUID) -> Any:
    """The result, once it is declared; before that, the vote."""
    poll = polls.get_poll(poll_id)
    if poll.state != "declared":
        return redirect(url_for(".show", poll_id=poll_id), 303)
    if poll.method != "yes_no":
        return render_template("assembly/result_election.html", **rounds.result_page(poll))
    shown = poll_results.result_page(poll)
    return render_template("assembly/result.html", votes=sum(poll.weights.values()), **shown)


@bp.get("/polls/<uuid:poll_id>/result.csv")
@needs("see-assembly")
def result_csv(poll_id: UUID) -> Response:
    """The result as a table. Raises: NotFound before it is declared."""
    poll = _declared(poll_id)
    return _attachment(csv_bytes(*poll_results.file_rows(poll)), "text/csv", f"vote-{poll.number}.csv")


@bp.get("/polls/<uuid:poll_id>/result.json")
@needs("see-assembly")
def result_json(poll_id: UUID) -> Response:
    """The result as open data. Raises: NotFound before it is declared."""
    return jsonify(poll_results.open_data(_declared(poll_id)))


@bp.get("/polls/<uuid:poll_id>/certificate.pdf")
@needs("see-assembly")
def certificate(poll_id: UUID) -> Response:
    """The certificate of the result. Raises: NotFound before it is declared."""
    from federation.assembly.documents.certificate import certificate_pdf

    poll = _declared(poll_id)
    data = poll_results.certificate(poll, federation_name() or "")
    return _attachment(certificate_pdf(data), "application/pdf", f"vote-{poll.number}-certificate.pdf")


@bp.get("/polls/<uuid:poll_id>/board")
@needs("see-assembly")
def board(poll_id: UUID) -> str:
    """The board: every row with its code, and how to check it at home."""
    return render_template("assembly/board.html", **poll_results.board_page(polls.get_poll(poll_id)))


@bp.get("/polls/<uuid:poll_id>/bundle")
@needs("see-assembly")
def bundle(poll_id: UUID) -> Response:
    """Everything that counts the vote again at home, as a .zip. Raises: NotFound before it is declared."""
    poll = polls.get_poll(poll_id)
    return _attachment(boards.bundle(poll_id), "application/zip", f"vote-{poll.number}-recount.zip")


def page(poll: Poll, form: Form, mine: Standing | None, values: dict[str, str] | None = None) -> str:
    """The page of a vote, for those who vote, those who look on, and the office."""
    identity = current_identity()
    return render_template(
        "assembly/poll.html",
        form=form,
        office=views.office_page(poll)
        if views.is_office() and may("run-assembly", identity.kind, identity.roles)
        else None,
        seen=mine.seen if mine else "",
        may_cast=may("cast-votes", identity.kind, identity.roles),
        **views.poll_page(poll, mine, values),
    )


def _check_page(poll: Poll, mine: Standing, parts: Parts, form: Form) -> str:
    seen = request.form.get("seen", "")
    return render_template("assembly/poll_check.html", form=form, seen=seen, **views.check_page(poll, mine, parts))


def _receipt(poll: Poll, mine: Standing, answer: dict[str, Any]) -> Response:
    def drawn(told: dict[str, Any]) -> str:
        return render_template("assembly/poll_receipt.html", **views.receipt_page(poll, mine, told))

    if not poll.secret:
        return make_response(drawn(answer))
    return make_response(views.level(drawn(answer), drawn(views.longest_ballots(poll, answer))))


def _mine(poll: Poll, for_coop: str | None) -> Standing | None:
    """What the acting person can do here; None for the office. Raises: NotFound for a co-op whose proxy is not held."""
    if views.is_office():
        return None
    try:
        return casting.standing(poll, UUID(for_coop) if for_coop else None)
    except ValueError:
        raise NotFound("co-op") from None


def _mine_to_cast(poll: Poll) -> Standing:
    mine = _mine(poll, request.form.get("coop"))
    if mine is None:
        raise NotFound("vote")
    return mine


def _declared(poll_id: UUID) -> Poll:
    poll = polls.get_poll(poll_id)
    if poll.state != "declared":
        raise NotFound("result")
    return poll


def _attachment(data: bytes, mimetype: str, name: str) -> Response:
    return Response(data, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
