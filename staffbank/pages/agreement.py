"""The agreement under which carers are lent: versions and signatures."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from staffbank.schemas.placements import AgreementForm
from staffbank.services import agreement
from tenants import clock
from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.permissions import may
from tenants.services.coops import coop_names, list_coops
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("agreement", __name__)


@bp.get("/agreement")
@needs("see-agreement")
def index() -> str:
    """The version in force, who has signed it, and all versions."""
    return _page(Form())


@bp.get("/agreement/<int:number>")
@needs("see-agreement")
def version(number: int) -> str:
    """One version in full."""
    row = agreement.get_version(number)
    return render_template("staffbank/agreement_version.html", row=row, since=clock.day_words(row.in_force_from))


@bp.post("/agreement")
@needs("keep-agreement")
def publish() -> Any:
    """Publish a version."""
    form = Form.read(AgreementForm(), request.form)
    if form.ok:
        try:
            row = agreement.publish(form.data["in_force_from"], form.data["body"], form.data["resolution"])
        except InvalidInput as error:
            return _page(form.fail(error)), 422
        say(f"Version {row.number} is published. Co-ops sign it on their own page.")
        return redirect(url_for(".index"), 303)
    return _page(form), 422


@bp.post("/agreement/<int:number>/sign")
@needs("sign-agreement")
def sign(number: int) -> Any:
    """Sign a version for the co-op."""
    try:
        agreement.sign(number)
    except (RuleBroken, Conflict) as error:
        say(error.message, "bad")
    else:
        say(f"Signed: version {number}, for {current_identity().acting.name}.")
    return redirect(url_for(".index"), 303)


def _page(form: Form) -> str:
    identity = current_identity()
    current, versions, names = agreement.in_force(), agreement.list_versions(), coop_names()
    newest = current or (versions[0] if versions else None)
    signed = agreement.signers(newest.number) if newest else {}
    own = identity.acting.tenant_id
    return render_template(
        "staffbank/agreement.html",
        form=form,
        current=current,
        newest=newest,
        since=clock.day_words(newest.in_force_from) if newest else "",
        versions=[(row.number, clock.day_words(row.in_force_from), row.resolution) for row in versions],
        signed=sorted((names.get(str(tenant), ""), clock.day_words(day)) for tenant, day in signed.items()),
        missing=[coop.name for coop in list_coops() if coop.id not in signed] if newest else [],
        own_signed=own in signed,
        may_sign=may("sign-agreement", identity.kind, identity.roles),
        may_publish=may("keep-agreement", identity.kind, identity.roles),
    )
