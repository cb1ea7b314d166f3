"""Timesheets: the carer says, the host agrees, the home co-op accepts; and what payroll takes from them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.models import Placement
from staffbank.schemas.money import HoursForm, HoursWordsSchema
from staffbank.services import carers, hours, payroll
from staffbank.views import hours as views
from staffbank.worked_hours import Hours, nearest_moment
from tenants import clock
from tenants.db import db
from tenants.downloads import csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput, RuleBroken
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("hours", __name__)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {"csv": "text/csv", "xlsx": _XLSX}


@bp.get("/my-hours")
@needs("own-work")
def own() -> str:
    """A carer's week: hours, pay, what is still to be sent."""
    person = current_identity().person_id
    return render_template(
        "staffbank/my_hours.html", **views.own_week(carers.find_own_carer(person), person, _day("week"))
    )


@bp.get("/my-hours/<uuid:placement_id>")
@needs("own-work")
def own_one(placement_id: UUID) -> str:
    """One placement's hours, filled in as far as they are known."""
    sheet = hours.get_own_sheet(placement_id, current_identity().person_id)
    return _own_page(sheet, Form(views.form_values(hours.prefilled(sheet))))


@bp.post("/my-hours/<uuid:placement_id>")
@needs("own-work")
def send(placement_id: UUID) -> ResponseReturnValue:
    """Send the hours to the host."""
    person = current_identity().person_id
    sheet = hours.get_own_sheet(placement_id, person)
    form = Form.read(HoursForm(), request.form)
    if form.ok:
        try:
            hours.send(placement_id, person, typed_hours(form.data, sheet.placement))
            say("Sent. The host looks at your hours next.")
            return redirect(url_for(".own"), 303)
        except (InvalidInput, RuleBroken) as error:
            _refused(form, error)
    return _own_page(hours.get_own_sheet(placement_id, person), form), 422


@bp.post("/my-hours/<uuid:placement_id>/say")
@needs("own-work")
def own_say(placement_id: UUID) -> ResponseReturnValue:
    """Say something in the thread, as the carer."""
    hours.get_own_sheet(placement_id, current_identity().person_id)
    return _worded(
        lambda words: hours.say(placement_id, "home", words), "Said.", url_for(".own_one", placement_id=placement_id)
    )


@bp.get("/hours")
@needs("see-hours")
def index() -> str:
    """What waits for this co-op, and the month's hours."""
    return render_template("staffbank/hours.html", **views.coop_month(_day("month")))


@bp.get("/hours/<uuid:placement_id>")
@needs("see-hours")
def show(placement_id: UUID) -> str:
    """One placement's hours, for host and home co-op."""
    return _coop_page(placement_id)


@bp.post("/hours/<uuid:placement_id>/agree")
@needs("agree-hours")
def agree(placement_id: UUID) -> ResponseReturnValue:
    """Agree to all of the hours, or to less."""
    sheet = hours.get_sheet(placement_id, "host")
    if request.form.get("whole"):
        return _act(lambda: hours.agree(placement_id), "Agreed in full. The home co-op accepts next.", placement_id)
    form = Form.read(HoursForm(), request.form)
    if form.ok:
        try:
            hours.agree(placement_id, typed_hours(form.data, sheet.placement))
            say("Agreed in part. Tell the carer why in the thread.")
            return redirect(url_for(".show", placement_id=placement_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _refused(form, error)
    return _coop_page(placement_id, form), 422


@bp.post("/hours/<uuid:placement_id>/dispute")
@needs("agree-hours")
def dispute(placement_id: UUID) -> ResponseReturnValue:
    """Dispute what the other side says."""
    sides = views.own_sides(placement_id)
    side = "host" if "host" in sides and sides["host"].state == "sent" else next(reversed(sides))
    return _worded(
        lambda words: hours.dispute(placement_id, side, words),
        "In dispute. The others read why.",
        url_for(".show", placement_id=placement_id),
    )


@bp.post("/hours/<uuid:placement_id>/accept")
@needs("agree-hours")
def accept(placement_id: UUID) -> ResponseReturnValue:
    """Accept what the host agreed to."""
    return _act(lambda: hours.accept(placement_id), "Accepted. The recharge is being worked out.", placement_id)


@bp.post("/hours/<uuid:placement_id>/say")
@needs("agree-hours")
def say_more(placement_id: UUID) -> ResponseReturnValue:
    """Say something in the thread."""
    side = next(iter(views.own_sides(placement_id)))
    return _worded(
        lambda words: hours.say(placement_id, side, words), "Said.", url_for(".show", placement_id=placement_id)
    )


@bp.get("/payroll")
@needs("see-hours")
def show_payroll() -> str:
    """A month's pay of the co-op's own carers, and whether it reaches the floor."""
    return render_template("staffbank/payroll.html", **views.payroll_month(_day("month")))


@bp.get("/payroll.<any(csv, xlsx):kind>")
@needs("see-hours")
def payroll_file(kind: str) -> Response:
    """The same to take away, for the payroll program."""
    rows, month = payroll.payroll_rows(_day("month")), f"{_day('month'):%Y-%m}"
    data = csv_bytes(payroll.COLUMNS, rows) if kind == "csv" else xlsx_bytes(f"Payroll {month}", payroll.COLUMNS, rows)
    name = f'attachment; filename="payroll-{month}.{kind}"'
    return Response(data, mimetype=_TYPES[kind], headers={"Content-Disposition": name})


def typed_hours(typed: dict[str, Any], placement: Placement) -> Hours:
    """Hours from what was typed, their times on the days nearest to the plan. Raises: InvalidInput at each field."""
    moments, errors = {}, {}
    for name, planned in (("start", placement.starts_at), ("end", placement.ends_at)):
        try:
            moments[name] = nearest_moment(typed[name], planned)
        except InvalidInput as error:
            errors[name] = next(iter(error.errors.values()))
    if errors:
        raise InvalidInput(errors)
    return Hours(**{**typed, **moments})


def _refused(form: Form, error: InvalidInput | RuleBroken) -> None:
    db.session.rollback()
    form.fail(error if isinstance(error, InvalidInput) else InvalidInput({"": error.message}))


def _day(name: str) -> date:
    """A day from the address; today without a good one."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return clock.today()
    return day if 2000 <= day.year <= 2100 else clock.today()


def _own_page(sheet: hours.Sheet, form: Form) -> str:
    carer = carers.find_own_carer(current_identity().person_id)
    return render_template("staffbank/my_hours_one.html", form=form, **views.own_sheet(sheet, carer))


def _coop_page(placement_id: UUID, form: Form | None = None) -> str:
    facts = views.coop_sheet(placement_id)
    identity = current_identity()
    acts = may("agree-hours", identity.kind, identity.roles)
    claimed = next(iter(views.own_sides(placement_id).values())).claimed
    form = form or Form(views.form_values(claimed) if claimed else {})
    return render_template("staffbank/hours_one.html", form=form, acts=acts, **facts)


def _act(act: Callable[[], object], words: str, placement_id: UUID) -> ResponseReturnValue:
    try:
        act()
    except RuleBroken as error:
        db.session.rollback()
        return _coop_page(placement_id, Form({}, {"": error.message})), 409
    say(words)
    return redirect(url_for(".show", placement_id=placement_id), 303)


def _worded(act: Callable[[str], object], done: str, back: str) -> ResponseReturnValue:
    form = Form.read(HoursWordsSchema(), request.form)
    if not form.ok:
        say(form.error("words") or "Write something first.", "warn")
        return redirect(back, 303)
    act(form.data["words"])
    say(done)
    return redirect(back, 303)
