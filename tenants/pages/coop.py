"""The co-op's own page: where it takes deliveries."""

from flask import Blueprint, redirect, render_template, request, url_for

from tenants.errors import InvalidInput
from tenants.services.addresses import find_address, set_address
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

coop = Blueprint("coop", __name__)


@coop.get("/co-op")
@needs("keep-coop")
def show():
    """The address as it stands."""
    address = find_address()
    known = (
        {"lines": address.lines, "postcode": address.postcode, "instructions": address.instructions} if address else {}
    )
    return _page(Form(known))


@coop.post("/co-op")
@needs("keep-coop")
def save():
    """Keep a new address."""
    form = Form(request.form)
    try:
        set_address(form.value("lines"), form.value("postcode"), form.value("instructions"))
    except InvalidInput as error:
        return _page(form.fail(error)), 422
    say("The address is saved. It holds for orders from now on.")
    return redirect(url_for(".show"), 303)


def _page(form: Form) -> str:
    return render_template("tenants/coop.html", form=form, coop_name=current_identity().acting.name)
