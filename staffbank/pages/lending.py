"""A home co-op releases its carers; a host offers, confirms and gets ready."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from staffbank.pages.offers import acted, shown_pence
from staffbank.services import matching, offering, placements
from staffbank.services.shifts import get_shift
from staffbank.times import london_moment
from staffbank.views.lending import SHOWN, lending_page
from staffbank.views.placements import HOST_BRIEFING
from tenants.clock import LONDON
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.pages.paging import page_number
from tenants.permissions import may
from tenants.web import current_identity, needs, say

bp = Blueprint("lending", __name__)
HOME_SAID = {
    "release": "Released. The host confirms next.",
    "refuse": "Refused. The carer and the host are told, with your reason.",
    "recall": "Called back. The carer and the host are told, with the notice given.",
}
HOST_SAID = {
    "confirm": "Confirmed. The others who were asked for this are told.",
    "withdraw": "Taken back. The carer and the home co-op are told.",
    "brief_host": "The briefing is ticked.",
    "no_show": "Noted. The home co-op is told.",
    "cancel": "Cancelled, with the notice given. The carer and the home co-op are told.",
}


@bp.get("/lending")
@needs("see-bank")
def index() -> str:
    """What waits for an answer, and what is lent and borrowed."""
    side, shown = request.args.get("side", ""), request.args.get("shown", "")
    if side not in ("", "home", "host") or (shown and shown not in SHOWN):
        raise NotFound("page of the list")
    identity = current_identity()
    acts = may("lend-carers", identity.kind, identity.roles)
    page = lending_page(side, shown, _uuid("other"), page_number(), acts=acts)
    return render_template("staffbank/lending.html", **page)


@bp.post("/placements/<uuid:placement_id>/lender/<any(release, refuse, recall):act>")
@needs("lend-carers")
def home_act(placement_id: UUID, act: str) -> Any:
    """Release or refuse a carer, or call one back."""
    placements.get_placement(placement_id, "home")
    return acted(placement_id, act, HOME_SAID[act])


@bp.post("/placements/<uuid:placement_id>/host/<any(confirm, withdraw, brief_host, no_show, cancel):act>")
@needs("request-cover")
def host_act(placement_id: UUID, act: str) -> Any:
    """Confirm, take back, tick the briefing, note that nobody came, or cancel."""
    placements.get_placement(placement_id, "host")
    if act == "brief_host" and len(request.form.getlist("told")) < len(HOST_BRIEFING):
        say("Tick everything once it is done, then send it again.", "bad")
        return redirect(url_for("offers.show", placement_id=placement_id) + "#h-brief", 303)
    if act == "cancel":
        return acted(placement_id, act, HOST_SAID[act], cost_pence=shown_pence())
    return acted(placement_id, act, HOST_SAID[act])


@bp.post("/cover/<uuid:request_id>/offer")
@needs("request-cover")
def offer_one(request_id: UUID) -> Any:
    """Offer a seat to one carer."""
    shift, home, carer = _wanted("shift"), _wanted("home"), _wanted("carer")
    return _offered(request_id, shift, lambda: [placements.offer(request_id, shift, _number("seat", 1), home, carer)])


@bp.post("/cover/<uuid:request_id>/offer-best")
@needs("request-cover")
def offer_best(request_id: UUID) -> Any:
    """Offer a shift to the best at once."""
    shift = _wanted("shift")
    return _offered(request_id, shift, lambda: offering.offer_best(request_id, shift, _number("count", 3)))


@bp.post("/cover/<uuid:request_id>/ask")
@needs("request-cover")
def ask_all(request_id: UUID) -> Any:
    """Ask everybody who fits whether they are interested."""
    return _offered(request_id, None, lambda: offering.ask_all(request_id))


@bp.post("/cover/<uuid:request_id>/split")
@needs("request-cover")
def split(request_id: UUID) -> Any:
    """Cut an open shift in two at a time of day."""
    shift = get_shift(request_id, _wanted("shift"))
    try:
        at = datetime.strptime(request.form.get("at", ""), "%H:%M").time()
        day = shift.starts_at.astimezone(LONDON).date()
        moment = london_moment(day, at)
        # A time before the start is meant on the next morning, for cover that runs over midnight.
        if moment <= shift.starts_at and shift.ends_at.astimezone(LONDON).date() > day:
            moment = london_moment(shift.ends_at.astimezone(LONDON).date(), at)
        offering.split_shift(request_id, shift.id, moment)
    except ValueError:
        say("Enter the time to split at, like 14:30.", "bad")
    except (InvalidInput, RuleBroken) as error:
        say(error.message, "bad")
    else:
        say("Split in two. We look for carers for each part now.")
    return redirect(url_for("cover.show", request_id=request_id, shift=shift.id), 303)


@bp.get("/placements/<uuid:placement_id>/swap")
@needs("request-cover")
def swap_form(placement_id: UUID) -> str:
    """Who else fits a confirmed seat."""
    leg = placements.get_placement(placement_id, "host")
    run = matching.latest_run(leg.request_id)
    others = [row for row in (matching.eligible(run, leg.shift_id) if run else []) if row["carer"] != str(leg.carer_id)]
    return render_template("staffbank/swap.html", leg=leg, others=others[:25])


@bp.post("/placements/<uuid:placement_id>/swap")
@needs("request-cover")
def swap(placement_id: UUID) -> Any:
    """Offer a confirmed seat to somebody else."""
    leg = placements.get_placement(placement_id, "host")
    try:
        offering.swap(placement_id, _wanted("home"), _wanted("carer"))
    except (RuleBroken, Conflict, InvalidInput) as error:
        say(error.message, "bad")
    else:
        say(f"Offered. {leg.carer_name} is freed only when the other is confirmed.")
    return redirect(url_for("offers.show", placement_id=placement_id), 303)


def _offered(request_id: UUID, shift: UUID | None, act: Any) -> Any:
    """Make offers, and come back to the request with what was said or what is wrong."""
    try:
        made = act()
    except (RuleBroken, Conflict, InvalidInput) as error:
        say(error.message, "bad")
    else:
        say(f"{len(made)} {'carer is' if len(made) == 1 else 'carers are'} asked. You hear of every answer.")
    return redirect(url_for("cover.show", request_id=request_id, shift=shift), 303)


def _wanted(name: str) -> UUID:
    """An id that the form must name. Raises: NotFound."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise NotFound("shift or carer") from None


def _uuid(name: str) -> UUID | None:
    typed = request.args.get(name)
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError:
        raise NotFound("co-op") from None


def _number(name: str, otherwise: int) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else otherwise
