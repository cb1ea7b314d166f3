"""The rate card in force, and publishing another."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.schemas.money import NewRateCardSchema
from staffbank.services import rates
from staffbank.views.money import card_values, rates_page
from tenants import clock
from tenants.db import db
from tenants.errors import InvalidInput, RuleBroken
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("rates", __name__)


@bp.get("/rates")
@needs("see-agreement")
def index() -> str:
    """Which rates hold?"""
    identity = current_identity()
    keeps = may("keep-agreement", identity.kind, identity.roles)
    return render_template("staffbank/rates.html", may_publish=keeps, **rates_page())


@bp.get("/rates/new")
@needs("keep-agreement")
def new() -> str:
    """Rates from a day on, starting from those of today."""
    return _form_page(Form(card_values(rates.card_on(clock.today()))))


@bp.post("/rates/new")
@needs("keep-agreement")
def publish() -> ResponseReturnValue:
    """Publish a rate card."""
    form = Form.read(NewRateCardSchema(), request.form)
    if form.ok:
        try:
            row = rates.publish_card(form.data)
            back = row.from_date <= clock.today()
            say("Published. What was charged since then is being adjusted." if back else "Published.")
            return redirect(url_for(".index"), 303)
        except (InvalidInput, RuleBroken) as error:
            db.session.rollback()
            form.fail(_on_the_form(error))
    return _form_page(form), 422


def _on_the_form(error: InvalidInput | RuleBroken) -> InvalidInput:
    """A refusal at the boxes of the form: `pay.carer` of a card stands at `pay_pence`."""
    if isinstance(error, RuleBroken):
        return InvalidInput({"from_date": error.message})
    places = {"pay": "pay_pence", "sleep_in": "sleep_in_pence"}
    return InvalidInput({places.get(path.split(".")[0], path): words for path, words in error.errors.items()})


def _form_page(form: Form) -> str:
    return render_template("staffbank/rate_new.html", form=form)
