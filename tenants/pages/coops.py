"""The member co-ops: who they are, how large, and taking one in."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.schemas import CoopInviteSchema, CoopSchema
from tenants.services import invitations
from tenants.services.coops import NewCoop, Size, add_coop, list_coops, list_sizes
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

coops = Blueprint("coops", __name__)


@coops.get("/coops")
@needs("keep-coops")
def index() -> str:
    """Every co-op with its newest size."""
    return _page(Form())


@coops.post("/coops")
@needs("keep-coops")
def add() -> Any:
    """Take a co-op in; its first manager is invited on the next page."""
    form = Form.read(CoopSchema(), request.form)
    if not form.ok:
        return _page(form), 422
    data = form.data
    size = Size(
        members=data["members"],
        staff=data["staff"],
        care_hours_week=data["care_hours_week"],
        turnover_pence=data["turnover"],
        source=data["source"],
    )
    try:
        add_coop(NewCoop(data["name"], data["joined_on"], data["outcode"], size=size))
    except Conflict as error:
        return _page(form.fail(InvalidInput({"name": error.message}))), 422
    say(f"{data['name']} is a member now. Invite its first manager.")
    return redirect(url_for(".index"), 303)


@coops.post("/coops/invite")
@needs("keep-coops", "door")
def invite() -> Any:
    """Invite the first manager of a co-op; whom else it takes on is then its own affair."""
    form = Form.read(CoopInviteSchema(), request.form)
    if form.ok:
        try:
            invitations.invite_first_manager(
                form.data["coop"],
                form.data["email"],
                by=current_identity().person_id,
                base_url=current_app.config["BASE_URL"],
            )
            say("The invitation is on its way.")
        except (InvalidInput, RuleBroken) as error:
            say(error.message, "bad")
    else:
        say(" ".join(form.errors.values()), "bad")
    return redirect(url_for(".index") + "#h-invite", 303)


def _page(form: Form) -> str:
    rows = [
        {"name": tenant.name, "outcode": tenant.outcode, "joined_on": tenant.joined_on, "size": size}
        for tenant, size in list_sizes()
    ]
    choices = [(str(tenant.id), tenant.name) for tenant in list_coops()]
    return render_template("tenants/coops.html", form=form, coops=rows, choices=choices, invite_form=Form())
