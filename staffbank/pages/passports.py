"""One carer: what was checked, what the bank knows of it, and the acts of a manager upon it."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.schemas.carers import BarSchema, CheckSchema, LeftSchema, OptOutSchema
from staffbank.services import carers, checks
from staffbank.views.carers import carer_page, kind_options, level_options
from tenants import clock
from tenants.errors import InvalidInput
from tenants.web import needs, say
from tenants.web_forms import Form

bp = Blueprint("passports", __name__)

MOST_EVIDENCE = 10 * 1024 * 1024


@bp.get("/carers/<uuid:carer_id>")
@needs("keep-carers")
def show(carer_id: UUID) -> str:
    """May this carer be lent, and what does the bank know?"""
    return _page(carer_id, Form())


@bp.post("/carers/<uuid:carer_id>/checks")
@needs("keep-carers")
def add_check(carer_id: UUID) -> ResponseReturnValue:
    """Note a check; of a document that is sent along only the fingerprint stays."""
    carers.get_carer(carer_id)
    form = Form.read(CheckSchema(), request.form, **_typed_kind(), evidence_hash=_fingerprint())
    if form.ok:
        try:
            checks.add_check(carer_id, form.data)
            say("The check is noted, and the bank knows it.")
            return redirect(url_for(".show", carer_id=carer_id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(carer_id, form), 422


@bp.post("/carers/<uuid:carer_id>/checks/<uuid:check_id>/end")
@needs("keep-carers")
def end_check(carer_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """End a check."""
    checks.end_check(carer_id, check_id)
    say("The check is ended. The bank no longer counts on it.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/checks/<uuid:check_id>/status")
@needs("keep-carers")
def ask_status(carer_id: UUID, check_id: UUID) -> ResponseReturnValue:
    """Note what the Update Service said today."""
    unchanged = request.form.get("status") == "unchanged"
    checks.ask_status(carer_id, check_id, unchanged=unchanged)
    say(
        "Noted: no change." if unchanged else "The check is ended: its status has changed. A new certificate is needed."
    )
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/bank")
@needs("keep-carers")
def enter_bank(carer_id: UUID) -> ResponseReturnValue:
    """Lend this carer."""
    carer = carers.enter_bank(carer_id)
    say(f"{carer.first_name} is in the bank. This page shows exactly what is published.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/bank/leave")
@needs("keep-carers")
def leave_bank(carer_id: UUID) -> ResponseReturnValue:
    """Lend this carer no longer."""
    carer = carers.leave_bank(carer_id)
    say(f"{carer.first_name} is no longer in the bank. Nothing is published.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/opt-out")
@needs("keep-carers")
def opt_out(carer_id: UUID) -> ResponseReturnValue:
    """Note a signed opt-out."""
    form = Form.read(OptOutSchema(), request.form)
    if form.ok:
        try:
            carers.opt_out(carer_id, form.data["from_day"])
            say("The opt-out is noted.")
            return redirect(url_for(".show", carer_id=carer_id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(carer_id, form), 422


@bp.post("/carers/<uuid:carer_id>/opt-out/end")
@needs("keep-carers")
def end_opt_out(carer_id: UUID) -> ResponseReturnValue:
    """Take an opt-out back."""
    carers.end_opt_out(carer_id)
    say("The opt-out ends after seven days’ notice.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/account")
@needs("keep-carers")
def link_account(carer_id: UUID) -> ResponseReturnValue:
    """Say which account this carer signs in with."""
    typed = request.form.get("person", "")
    try:
        carers.link_account(carer_id, UUID(typed) if typed else None)
    except ValueError:
        return _page(carer_id, Form({}, {"person": "Choose an account"})), 422
    except InvalidInput as error:
        return _page(carer_id, Form().fail(error)), 422
    say("The account is linked." if typed else "There is no account for this carer now.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/left")
@needs("keep-carers")
def end_carer(carer_id: UUID) -> ResponseReturnValue:
    """Note the day from which somebody no longer works here."""
    form = Form.read(LeftSchema(), request.form)
    if not form.ok:
        return _page(carer_id, form), 422
    carer = carers.end_carer(carer_id, form.data["left_on"])
    say(f"{carer.first_name} leaves on {clock.day_words(form.data['left_on'])}.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/bars")
@needs("keep-carers")
def add_bar(carer_id: UUID) -> ResponseReturnValue:
    """Bar a carer from a person, without a reason."""
    form = Form.read(BarSchema(), request.form)
    if not form.ok:
        return _page(carer_id, form), 422
    carers.add_bar(carer_id, form.data["client_key"])
    say("Noted. The two will not be matched.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/bars/<uuid:client_key>/remove")
@needs("keep-carers")
def remove_bar(carer_id: UUID, client_key: UUID) -> ResponseReturnValue:
    """Take a bar back."""
    carers.get_carer(carer_id)
    carers.remove_bar(carer_id, client_key)
    say("The bar is taken back.")
    return redirect(url_for(".show", carer_id=carer_id), 303)


def _typed_kind() -> dict[str, Any]:
    """A skill of the co-op's own name goes before the list."""
    other = request.form.get("other_kind", "").strip()
    return {"kind": other} if other else {}


def _fingerprint() -> str:
    """SHA-256 of a document that is sent along; the document itself is thrown away at once."""
    sent = request.files.get("evidence")
    if sent is None or not sent.filename:
        return ""
    return hashlib.sha256(sent.stream.read(MOST_EVIDENCE)).hexdigest()


def _page(carer_id: UUID, form: Form) -> str:
    carer = carers.get_carer(carer_id)
    accounts = [
        (str(account.person_id), account.name)
        for account in carers.list_accounts()
        if account.carer_id in (None, carer_id)
    ]
    if "person" not in form.values:
        form.values["person"] = [str(carer.person_id or "")]
    if not form.values.get("checked_on") and "checked_on-day" not in form.values:
        form.values["checked_on"] = [clock.today()]
    return render_template(
        "staffbank/carer.html",
        form=form,
        accounts=accounts,
        kinds=kind_options(),
        levels=level_options(),
        typing=bool(form.errors),
        **carer_page(carer, checks.list_checks(carer_id)),
    )
