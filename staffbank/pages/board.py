"""The week: gaps, cover, offers and risk; what waits; the map; and the way to the figures of the bank."""

from flask import Blueprint, redirect, render_template, request
from werkzeug import Response

from staffbank.services.matching import ask_for_all
from staffbank.views.board import board_page, chosen_coop, chosen_slot, chosen_week
from tenants.web import current_identity, needs, say

bp = Blueprint("board", __name__)


@bp.get("/staff-bank")
@needs("see-bank")
def index() -> str:
    """The week that is asked for, else the one to act on. `?week=` any of its days, `?slot=` a part of a day, `?coop=` for the office."""
    identity = current_identity()
    week, coop_id = request.args.get("week", ""), chosen_coop(request.args.get("coop", ""), identity)
    monday = chosen_week(week, coop_id)
    slot = chosen_slot(request.args.get("slot", ""), monday)
    return render_template("staffbank/board.html", **board_page(identity, monday, slot, coop_id, asked=bool(week)))


@bp.post("/staff-bank/search")
@needs("search-all-cover")
def search_all() -> Response:
    """Search for every shared request together."""
    ask_for_all()
    say("The search has begun. Each host sees who fits on the page of its request.")
    return redirect("/work", 303)


@bp.get("/staff-bank/figures")
@needs("see-reports")
def figures() -> Response:
    """The figures of the bank are a report, and stand with the reports."""
    return redirect("/reports/staff-bank", 302)
