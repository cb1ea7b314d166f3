"""Rounds: the list for everybody, and the officer's page of one round."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from procurement.schemas.rounds import ExtendRound, NewRound
from procurement.services import awards, rounds
from procurement.services.rounds import RoundPlan
from procurement.views import rounds as views
from tenants.errors import InvalidInput, RuleBroken
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form, moment_of

bp = Blueprint("rounds", __name__)


@bp.get("/rounds")
@needs("see-rounds")
def index() -> str:
    """All rounds this person may see."""
    identity = current_identity()
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    state, words = request.args.get("state", ""), request.args.get("q", "")[:100]
    found, total = rounds.list_rounds(state=state or None, words=words, offset=(page - 1) * rounds.PAGE_ROWS)
    return render_template("procurement/rounds.html", **views.list_page(found, total, page, state, words, identity))


@bp.get("/rounds/new")
@needs("run-rounds")
def new() -> str:
    """Plan a round."""
    return render_template(
        "procurement/round_new.html", form=Form({"closes_time": "17:00", "deliver_to": "coops"}), **views.new_page()
    )


@bp.post("/rounds/new")
@needs("run-rounds")
def create() -> Any:
    """Make the draft."""
    form = Form.read(NewRound(), request.form)
    if form.ok:
        try:
            made = rounds.draft_round(plan_of(form.data))
            say("The draft is made. Look at it once more, then open it.")
            return redirect(url_for(".show", round_id=made.id), 303)
        except InvalidInput as error:
            form.fail(InvalidInput({_FIELD.get(path, path): text for path, text in error.errors.items()}))
    return render_template("procurement/round_new.html", form=form, **views.new_page()), 422


@bp.get("/rounds/<uuid:round_id>")
@needs("see-rounds")
def show(round_id: UUID) -> Any:
    """One round: the officer's page; a co-op goes to its demand, or to its statement once it is out."""
    identity = current_identity()
    buying_round = rounds.get_round(round_id)
    if identity.kind == "coop":
        done = buying_round.state == "ordered" and may("see-statement", identity.kind, identity.roles)
        return redirect(url_for("orders.statement" if done else "demand.show", round_id=round_id), 303)
    return render_template(
        "procurement/round_officer.html", **views.officer_page(buying_round, Form({"closes_time": "17:00"}), identity)
    )


@bp.post("/rounds/<uuid:round_id>/open")
@needs("run-rounds")
def open_to_coops(round_id: UUID) -> Any:
    """Open the draft."""
    return _act(round_id, lambda: rounds.open_round(round_id), "The round is open. Every co-op can answer now.")


@bp.post("/rounds/<uuid:round_id>/close")
@needs("run-rounds")
def close(round_id: UUID) -> Any:
    """Close it now."""
    return _act(round_id, lambda: rounds.close_round(round_id), "The round is closed. Work out the award next.")


@bp.post("/rounds/<uuid:round_id>/extend")
@needs("run-rounds")
def extend(round_id: UUID) -> Any:
    """Give more time, with a reason."""
    form = Form.read(ExtendRound(), request.form)
    if form.ok:
        try:
            at = moment_of(form.data, "closes")
            return _act(
                round_id, lambda: rounds.extend_round(round_id, at, form.data["reason"]), "The co-ops have more time."
            )
        except InvalidInput as error:
            form.fail(InvalidInput({_FIELD.get(path, path): text for path, text in error.errors.items()}))
    return render_template(
        "procurement/round_officer.html", **views.officer_page(rounds.get_round(round_id), form, current_identity())
    ), 422


@bp.post("/rounds/<uuid:round_id>/remind")
@needs("run-rounds")
def remind(round_id: UUID) -> Any:
    """Write to those that have not answered."""
    return _act(
        round_id, lambda: rounds.remind_round(round_id), "Reminders are on their way to those that have not answered."
    )


@bp.post("/rounds/<uuid:round_id>/cancel")
@needs("run-rounds")
def cancel(round_id: UUID) -> Any:
    """Give the round up."""
    return _act(
        round_id, lambda: rounds.cancel_round(round_id, request.form.get("cancel_reason", "")), "The round is given up."
    )


@bp.post("/rounds/<uuid:round_id>/award/run")
@needs("run-rounds")
def run_award(round_id: UUID) -> Any:
    """Work out the award."""
    awards.run_award(round_id)
    return redirect(url_for("awards.show", round_id=round_id), 303)


def plan_of(data: dict[str, Any]) -> RoundPlan:
    """A checked form as a plan."""
    return RoundPlan(
        title=data["name"],
        closes_at=moment_of(data, "closes"),
        deliver_on=data["delivery_by"],
        item_ids=data["item_ids"],
        deliver_to=data["deliver_to"],
        hub_address=data["hub_address"],
        max_suppliers=data["max_suppliers"],
        max_suppliers_per_item=data["max_suppliers_per_item"],
        max_share_percent=data["max_share_percent"],
        allow_overbuy=data["allow_overbuy"],
    )


_FIELD = {"title": "name", "closes_at": "closes_on", "deliver_on": "delivery_by"}


def _act(round_id: UUID, act: Callable[[], object], words: str) -> Any:
    try:
        act()
    except RuleBroken as error:
        form = Form(request.form, {"reason" if error.code == "reason-missing" else "": error.message})
        return render_template(
            "procurement/round_officer.html", **views.officer_page(rounds.get_round(round_id), form, current_identity())
        ), 409
    say(words)
    return redirect(url_for(".show", round_id=round_id), 303)
