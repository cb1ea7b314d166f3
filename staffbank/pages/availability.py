"""A carer's own pages on the phone: the passport, the hours they are glad to work elsewhere, leave and other jobs."""

from datetime import time
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.models import Carer
from staffbank.rota_sheet import read_clock
from staffbank.schemas.carers import BlockSchema, OptOutSchema
from staffbank.services import availability, bank, carers, checks, rota
from staffbank.views.availability import availability_facts, passport_facts
from staffbank.views.rota import WEEKDAYS, minutes_of, typed_span, whole_days
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("availability", __name__)

ROWS_A_DAY = 2
OWN_KINDS = ("leave", "other_job")


@bp.get("/my-passport")
@needs("own-work")
def passport() -> str:
    """What is on my passport, and what does the bank show of me?"""
    return _passport_page(Form())


@bp.post("/my-passport/opt-out")
@needs("own-work")
def opt_out() -> ResponseReturnValue:
    """Sign to work more than 48 hours a week on average."""
    carer, form = _own(), Form.read(OptOutSchema(), request.form)
    if form.ok:
        try:
            carers.opt_out(carer.id, form.data["from_day"])
            say("Your opt-out is noted. You can take it back with seven days’ notice.")
            return redirect(url_for(".passport"), 303)
        except InvalidInput as error:
            form.fail(error)
    return _passport_page(form), 422


@bp.post("/my-passport/opt-out/end")
@needs("own-work")
def end_opt_out() -> ResponseReturnValue:
    """Take the opt-out back."""
    carers.end_opt_out(_own().id)
    say("Taken back. It ends after seven days’ notice.")
    return redirect(url_for(".passport"), 303)


@bp.post("/my-passport/place")
@needs("own-work")
def share_place() -> ResponseReturnValue:
    """Agree, or no longer, that checking in tells the place."""
    carer = availability.share_place(_own().id, shares=request.form.get("shares") == "1")
    say("Checking in tells your place." if carer.shares_place else "Checking in does not tell your place.")
    return redirect(url_for(".passport"), 303)


@bp.get("/my-availability")
@needs("own-work")
def show() -> str:
    """When am I glad to work for others?"""
    return _page(Form())


@bp.post("/my-availability/week")
@needs("own-work")
def save_week() -> ResponseReturnValue:
    """Keep the weekly pattern."""
    carer, form = _own(), Form(request.form)
    try:
        windows = _typed_week()
        availability.set_week(carer.id, windows)
    except InvalidInput as error:
        return _page(form.fail(error)), 422
    say("Your week is kept, and the bank knows it.")
    return redirect(url_for(".show"), 303)


@bp.post("/my-availability/times")
@needs("own-work")
def add_time() -> ResponseReturnValue:
    """Note leave, another job, or a time that differs from the week."""
    carer, what = _own(), request.form.get("what", "")
    form = Form.read(BlockSchema(exclude=("kind",)), request.form, **_whole_day(what))
    if what not in (*OWN_KINDS, "free", "not_free"):
        form.fail(InvalidInput({"what": "Choose what you want to tell"}))
    if form.ok:
        try:
            _keep_time(carer.id, what, form)
            say("Noted, and the bank knows it.")
            return redirect(url_for(".show"), 303)
        except InvalidInput as error:
            form.fail(error)
        except RuleBroken as error:
            form.fail(InvalidInput({"start": error.message}))
    return _page(form), 422


@bp.post("/my-availability/days/<uuid:window_id>/remove")
@needs("own-work")
def remove_day(window_id: UUID) -> ResponseReturnValue:
    """Take such a time back."""
    availability.remove_day(_own().id, window_id)
    say("Taken back.")
    return redirect(url_for(".show"), 303)


@bp.post("/my-availability/blocks/<uuid:block_id>/remove")
@needs("own-work")
def remove_block(block_id: UUID) -> ResponseReturnValue:
    """Take leave or another job back; the home rota is the manager's."""
    availability.remove_own(_own().id, block_id)
    say("Taken back.")
    return redirect(url_for(".show"), 303)


def _keep_time(carer_id: UUID, what: str, form: Form) -> None:
    """Leave takes whole days when no times are typed; the rest has times."""
    data = form.data
    if what == "leave" and not request.form.get("start", "").strip():
        starts_at, ends_at = whole_days(data["day"], data["last_day"] or data["day"])
    else:
        starts_at, ends_at = typed_span(data)
    if what in OWN_KINDS:
        rota.add_block(carer_id, what, starts_at, ends_at, data["words"])
    else:
        availability.add_day(carer_id, starts_at, ends_at, free=what == "free")


def _whole_day(what: str) -> dict[str, str]:
    """Leave without times lasts whole days."""
    if what == "leave" and not request.form.get("start", "").strip():
        return {"start": "00:00", "end": "00:00"}
    return {}


def _typed_week() -> list[availability.Window]:
    """The weekly pattern as typed: from-0-0 and to-0-0 are Monday's first. Raises: InvalidInput naming the box."""
    windows, errors = [], dict[str, str]()
    for weekday, name in enumerate(WEEKDAYS):
        for row in range(ROWS_A_DAY):
            boxes = [f"{end}-{weekday}-{row}" for end in ("from", "to")]
            typed = [request.form.get(box, "").strip() for box in boxes]
            if not any(typed):
                continue
            read: list[time] = []
            for box, text in zip(boxes, typed, strict=True):
                try:
                    read.append(read_clock(text))
                except ValueError as fault:
                    errors[box] = f"{name}: {str(fault)[0].lower()}{str(fault)[1:]}"
            if len(read) == len(boxes):
                windows.append((weekday, *minutes_of((read[0], read[1]))))
    if errors:
        raise InvalidInput(errors)
    return windows


def _own() -> Carer:
    """The record of the person who asks. Raises: NotFound when there is none yet."""
    carer = carers.find_own_carer(current_identity().person_id)
    if carer is None:
        raise NotFound("record of yours: ask your manager to link your account to it")
    return carer


def _passport_page(form: Form) -> str:
    carer = carers.find_own_carer(current_identity().person_id)
    facts = passport_facts(carer, checks.list_checks(carer.id), bank.find_entry(carer.id)) if carer else {}
    return render_template("staffbank/my_passport.html", carer=carer, form=form, **facts)


def _page(form: Form) -> str:
    carer = carers.find_own_carer(current_identity().person_id)
    facts = availability_facts(carer, form) if carer else {}
    return render_template("staffbank/my_availability.html", carer=carer, form=form, **facts)
