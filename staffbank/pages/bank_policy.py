"""How a co-op takes part in the bank: its windows, its time limits, its VAT facts."""

from dataclasses import asdict

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.pay.vat import TREATMENTS
from staffbank.schemas.carers import BankPolicySchema
from staffbank.services import bank_policy
from tenants.errors import InvalidInput
from tenants.web import needs, say
from tenants.web_forms import Form

bp = Blueprint("bank_policy", __name__)


@bp.get("/bank-policy")
@needs("keep-carers")
def show() -> str:
    """How do we take part?"""
    return _page(Form(asdict(bank_policy.get_policy())))


@bp.post("/bank-policy")
@needs("keep-carers")
def save() -> ResponseReturnValue:
    """Keep what was chosen."""
    form, typed = Form.read(BankPolicySchema(), request.form), request.form.get("version", "")
    if form.ok:
        try:
            version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
            bank_policy.save_policy(form.data, version)
            say("Kept. It holds for requests and offers from now on.")
            return redirect(url_for(".show"), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(form), 422


def _page(form: Form) -> str:
    treatments = [(one.key, one.title, one.words) for one in TREATMENTS.values()]
    return render_template("staffbank/bank_policy.html", form=form, treatments=treatments)
