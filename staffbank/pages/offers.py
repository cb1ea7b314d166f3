"""A carer answers offers, sees the week, gets ready and checks in; and the page of one placement, for all three sides."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from staffbank.models import Placement
from staffbank.schemas.placements import CheckInForm
from staffbank.services import carers, placements, schedules
from staffbank.views import offers as views
from staffbank.views.placements import CARER_BRIEFING, placement_page, sides_of
from tenants import clock
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.web import current_identity, needs, say, signed_in
from tenants.web_forms import Form

bp = Blueprint("offers", __name__)
WITH_PLACE = "camera=(), microphone=(), geolocation=(self), payment=()"
"""The one page on which the browser may be asked for the place: that of a placement that its carer can check in to."""
SAID = {
    "accept": "Thank you. Your co-op is asked to release you; you hear when the host has confirmed.",
    "interest": "Noted. The choice is made when the time to answer is over, never by who was fastest.",
    "decline": "That is fine: nothing is held against you, and no reason is asked for.",
    "brief_carer": "Thank you. The briefing is ticked.",
    "check_in": "You are checked in.",
    "check_out": "You are checked out. Send your hours when you are ready.",
    "not_checked": "Noted as worked. Send your hours with the times.",
    "give_back": "Given back. The host and your co-op are told at once.",
}
"""What is said after each act of a carer."""


@bp.get("/my-offers")
@needs("own-work")
def index() -> str:
    """The next visit, offers to answer, the next seven days."""
    person = current_identity().person_id
    return render_template(
        "staffbank/offers.html", form=Form(), **views.offers_page(carers.find_own_carer(person), person)
    )


@bp.get("/my-week")
@needs("own-work")
def week() -> str:
    """A week of one's own work."""
    person = current_identity().person_id
    return render_template(
        "staffbank/my_week.html", **views.week_page(carers.find_own_carer(person), person, _day("week"))
    )


@bp.post("/my-offers/<uuid:placement_id>/<any(accept, decline, interest):act>")
@needs("own-work")
def answer(placement_id: UUID, act: str) -> Any:
    """Say yes, no, or that one is interested."""
    own_leg(placement_id)
    try:
        placements.move(placement_id, act)
    except (RuleBroken, Conflict) as error:
        form, person = Form().fail(InvalidInput({"": error.message})), current_identity().person_id
        page = views.offers_page(carers.find_own_carer(person), person)
        return render_template("staffbank/offers.html", form=form, **page), 409
    say(SAID[act])
    return redirect(url_for(".index"), 303)


@bp.get("/placements/<uuid:placement_id>")
@signed_in()
def show(placement_id: UUID) -> Any:
    """One placement, as the carer, the home co-op or the host may see it."""
    return _page(placement_id, Form())


@bp.post("/placements/<uuid:placement_id>/carer/<any(brief_carer, check_in, check_out, not_checked, give_back):act>")
@needs("own-work")
def carer_act(placement_id: UUID, act: str) -> Any:
    """Tick the briefing, check in or out, or give the work back."""
    own_leg(placement_id)
    if act == "brief_carer" and len(request.form.getlist("read")) < len(CARER_BRIEFING):
        error = InvalidInput({"read": "Tick everything once you have read it"})
        return _page(placement_id, Form(request.form).fail(error)), 422
    if act == "check_in":
        return _checked_in(placement_id)
    return acted(placement_id, act, SAID[act])


@bp.get("/placements/<uuid:placement_id>/schedule.pdf")
@signed_in()
def schedule(placement_id: UUID) -> Response:
    """The schedule, from one's own side of the placement."""
    _sides(placement_id)
    found = schedules.get_schedule(placement_id)
    name = f"schedule-{placement_id}.pdf"
    return Response(
        found.pdf, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _checked_in(placement_id: UUID) -> Any:
    """Check in, with the place only where the carer has ticked that it may be told."""
    form = Form.read(CheckInForm(), request.form)
    if not form.ok:
        return _page(placement_id, form), 422
    data = form.data
    place = None
    if data["tell_place"] and data["latitude"] is not None and data["longitude"] is not None:
        place = {name: str(data[name]) for name in ("latitude", "longitude")}
    said = "You are checked in, and your place is kept with it." if place else SAID["check_in"]
    return acted(placement_id, "check_in", said, facts={"place": place} if place else None)


def acted(
    placement_id: UUID, act: str, said: str, *, cost_pence: int | None = None, facts: dict[str, Any] | None = None
) -> Any:
    """Make a move, and come back to the placement with what was said or what is wrong; `cost_pence` is what was shown."""
    try:
        placements.move(placement_id, act, request.form.get("words", ""), facts, cost_pence=cost_pence)
    except InvalidInput as error:
        return _page(placement_id, Form(request.form).fail(error)), 422
    except (RuleBroken, Conflict) as error:
        return _page(placement_id, Form(request.form).fail(InvalidInput({"": error.message}))), 409
    say(said)
    return redirect(url_for("offers.show", placement_id=placement_id), 303)


def shown_pence() -> int | None:
    """The sum that the form says was shown, in pence; nothing where it says none."""
    typed = request.form.get("cost_pence", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None


def own_leg(placement_id: UUID) -> Placement:
    """The home leg, if the placement is one's own. Raises: NotFound."""
    leg = placements.get_placement(placement_id, "home")
    if leg.person_id != current_identity().person_id:
        raise NotFound("placement")
    return leg


def _sides(placement_id: UUID) -> tuple[list[Placement], list[str]]:
    legs = placements.find_legs(placement_id)
    sides = sides_of(legs, current_identity())
    if not sides:
        raise NotFound("placement")
    return legs, sides


def _page(placement_id: UUID, form: Form) -> Response:
    legs, sides = _sides(placement_id)
    facts = placement_page(legs, sides, current_identity())
    response = make_response(render_template("staffbank/placement.html", form=form, **facts))
    if facts["check"] == "check_in":
        response.headers["Permissions-Policy"] = WITH_PLACE
    return response


def _day(name: str) -> date:
    """A day in the address, today when there is none. Raises: NotFound for what is no day."""
    typed = request.args.get(name)
    if not typed:
        return clock.today()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise NotFound("week") from None
    if not 2000 <= day.year <= 2100:
        raise NotFound("week")
    return day
