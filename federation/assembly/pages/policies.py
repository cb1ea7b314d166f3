"""The register of what is in force, and what each co-op has done about it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from federation.assembly.schemas.motions import ReportForm, ReviewForm
from federation.assembly.services import policies
from federation.assembly.views import policies as views
from tenants.downloads import Column, csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput, NotFound
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("policies", __name__)
COLUMNS = (
    Column("number", "Policy", "packs"),
    Column("title", "Title"),
    Column("text", "Text"),
    Column("in_force_from", "In force from", "date"),
    Column("in_force_until", "In force until", "date"),
    Column("review_on", "Review on", "date"),
    Column("state", "State"),
    Column("done", "Co-ops that have done it", "packs"),
)


@bp.get("/policies")
@needs("see-assembly")
def index() -> str:
    """What is in force, what is due for review, what was replaced."""
    shown = request.args.get("shown", "")
    if shown not in views.SHOWN:
        raise NotFound("page of the list")
    return render_template("assembly/policies.html", **views.register_page(shown, current_identity()))


@bp.get("/policies/file.<any(csv, xlsx):kind>")
@needs("see-assembly")
def index_file(kind: str) -> Any:
    """The whole register, as a file."""
    rows = views.register_rows(policies.list_policies())
    body = csv_bytes(COLUMNS, rows) if kind == "csv" else xlsx_bytes("Policies", COLUMNS, rows)
    types = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    return body, 200, {"Content-Type": types[kind], "Content-Disposition": f"attachment; filename=policies.{kind}"}


@bp.get("/policies/<uuid:policy_id>")
@needs("see-assembly")
def show(policy_id: UUID) -> str:
    """One policy, and what each co-op has done about it."""
    return _page(policy_id, Form())


@bp.post("/policies/<uuid:policy_id>/tell")
@needs("tell-policy")
def tell(policy_id: UUID) -> Any:
    """Say what the co-op has done."""
    form = Form.read(ReportForm(), request.form)
    if not form.ok:
        return _page(policy_id, form), 422
    policies.tell(policy_id, form.data["state"], form.data["words"])
    say("Told. All co-ops can read it.")
    return redirect(url_for(".show", policy_id=policy_id), 303)


@bp.post("/policies/<uuid:policy_id>/review")
@needs("run-assembly")
def review(policy_id: UUID) -> Any:
    """Say when it is looked at again."""
    form = Form.read(ReviewForm(), request.form)
    if form.ok:
        try:
            policies.set_review(policy_id, form.data["review_on"])
            say("The day of review is set.")
            return redirect(url_for(".show", policy_id=policy_id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(policy_id, form), 422


def _page(policy_id: UUID, form: Form) -> str:
    return render_template(
        "assembly/policy.html", **views.policy_page(policies.get_policy(policy_id), form, current_identity())
    )
