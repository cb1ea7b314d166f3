"""The award of a round: what it says, trying other suppliers, approving it, and sending the orders."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from procurement.models import Award
from procurement.services import awards, orders, rounds
from procurement.views import award as views
from procurement.views import award_lines
from procurement.views.award_folds import fold_award
from procurement.views.words import STEPS, job_view, step_at, timeline
from tenants import audit, jobs
from tenants.downloads import csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("awards", __name__)


@bp.get("/rounds/<uuid:round_id>/award")
@needs("see-orders")
def show(round_id: UUID) -> str:
    """The current award of a round, or one that is asked for by ?award=."""
    return _page(round_id, Form({"decision": "approve"}))


@bp.post("/rounds/<uuid:round_id>/award/decide")
@needs("approve-award")
def decide(round_id: UUID) -> Any:
    """Approve, or send the round back."""
    form = Form(request.form)
    award = _chosen(round_id)
    try:
        if form.value("decision") == "again":
            return redirect(url_for(".show", round_id=round_id) + "#h-pin", 303)
        awards.approve_award(award.id, form.value("reason"), cost_pence=_seen_cost(form))
    except RuleBroken as error:
        return _page(
            round_id, form.fail(InvalidInput({"reason" if error.code == "reason-missing" else "": error.message}))
        ), 409
    say("The award is approved. Send the orders next.")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/award/again")
@needs("run-rounds")
def again(round_id: UUID) -> Any:
    """Work it out again with suppliers required or left out."""
    choices = {
        name.removeprefix("supplier-"): value for name, value in request.form.items() if name.startswith("supplier-")
    }
    pinned = [code for code, choice in choices.items() if choice == "must"]
    awards.run_award(round_id, pinned=pinned, barred=[code for code, choice in choices.items() if choice == "not"])
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/award/more")
@needs("run-rounds")
def more(round_id: UUID) -> Any:
    """Allow more packs than were asked for, because that costs less, and work the award out again."""
    buying_round = rounds.get_round(round_id, lock=True)
    if buying_round.state == "closed":
        buying_round.allow_overbuy = True
        audit.record("allow-more-packs", "round", round_id)
    awards.run_award(round_id)
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/orders")
@needs("approve-award")
def send_orders(round_id: UUID) -> Any:
    """Send out the purchase orders and recharge the co-ops."""
    placed = orders.place_orders(round_id)
    say(f"{len(placed)} purchase order{'s' if len(placed) != 1 else ''} made, and every co-op has its statement.")
    return redirect(url_for("orders.index"), 303)


@bp.get("/rounds/<uuid:round_id>/award.<any(csv, xlsx):kind>")
@needs("see-orders")
def download(round_id: UUID, kind: str) -> Response:
    """The lines of the award as a table."""
    award = awards.find_current_award(round_id)
    if award is None or award.answer is None:
        raise NotFound("award")
    rows = award_lines.download_rows(award, rounds.get_round(round_id))
    body = csv_bytes(award_lines.COLUMNS, rows) if kind == "csv" else xlsx_bytes("Award", award_lines.COLUMNS, rows)
    mimetype = "text/csv" if kind == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="award.{kind}"'})


def _seen_cost(form: Form) -> int | None:
    typed = form.value("cost_pence")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else None


def _chosen(round_id: UUID) -> Award:
    """The award that the request names, or the current one. Raises: NotFound."""
    named = request.values.get("award")
    if named:
        found = next((award for award in awards.list_awards(round_id) if str(award.id) == named), None)
    else:
        found = awards.find_current_award(round_id)
    if found is None:
        raise NotFound("award")
    return found


def _page(round_id: UUID, form: Form) -> str:
    buying_round = rounds.get_round(round_id)
    award = _chosen(round_id)
    name = {
        "name": buying_round.title,
        "href": url_for("rounds.show", round_id=round_id),
        "number": buying_round.number,
    }
    acts = [*audit.list_record(round_id, limit=8), *audit.list_record(award.id, limit=8)]
    history = timeline(sorted(acts, key=lambda row: row.number, reverse=True)[:8])
    if award.state == "running":
        job = (
            job_view(jobs.get_work(award.job_id), url_for(".show", round_id=round_id), "See the award")
            if award.job_id
            else None
        )
        return render_template(
            "procurement/award_running.html", round=name, step_names=STEPS, step_at=step_at(buying_round.state), job=job
        )
    if award.state == "infeasible":
        return render_template(
            "procurement/infeasible.html", round=name, history=history, **views.infeasible_page(award, buying_round)
        )
    page = views.award_page(award, buying_round, current_identity(), form)
    if request.args.get("rows") != "all":
        shown = request.values.get("award") or None
        page = fold_award(page, url_for(".show", round_id=round_id, award=shown, rows="all"))
    return render_template("procurement/award.html", round=name, history=history, **page)
