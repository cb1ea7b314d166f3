"""Schemes of weights: proposing one, its fairness sheet, adopting the first, and beginning the motion for another."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from federation.assembly.models import WeightScheme
from federation.assembly.pages.weights import own_coop, sheet_facts
from federation.assembly.schemas.weights import AdoptForm, SchemeForm, SchemeMotionForm
from federation.assembly.services import schemes, sizes
from federation.assembly.services.presets import scheme_presets
from federation.assembly.services.rule_versions import any_rules
from federation.assembly.views.schemes import (
    KINDS,
    QUOTAS,
    SECONDS,
    STATES,
    form_values,
    on_the_form,
    read_terms,
    scheme_words,
)
from tenants import clock
from tenants.errors import InvalidInput, RuleBroken
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("schemes", __name__)
USUAL_TIME = timedelta(days=60)
"""Proposed between a motion and the day from which its scheme holds."""


@bp.get("/assembly/schemes/new")
@needs("run-assembly")
def new() -> str:
    """A scheme to propose, beginning from a usual one."""
    presets = _presets()
    chosen = next((preset for preset in presets if preset.key == request.args.get("preset")), presets[0])
    return _form(Form(form_values(chosen.terms, chosen.name)), chosen.key)


@bp.post("/assembly/schemes")
@needs("run-assembly")
def propose() -> Any:
    """Put a scheme on the table."""
    form = Form.read(SchemeForm(), request.form)
    if form.ok:
        try:
            terms = read_terms(form.data)
            row = schemes.propose(form.data["name"], why=form.data["why"], **terms)
            say(f"Scheme {row.number} is proposed. It changes nothing until the assembly adopts it.")
            return redirect(url_for(".show", scheme_id=row.id), 303)
        except InvalidInput as error:
            form.fail(on_the_form(error))
        except RuleBroken as error:
            form.fail(InvalidInput({"": error.message}))
    return _form(form, ""), 422


@bp.get("/assembly/schemes/<uuid:scheme_id>")
@needs("see-assembly")
def show(scheme_id: UUID) -> str:
    """What would this scheme mean?"""
    return _page(schemes.get_scheme(scheme_id), Form({"from_date": clock.today() + USUAL_TIME}))


@bp.post("/assembly/schemes/<uuid:scheme_id>/adopt")
@needs("run-assembly")
def adopt(scheme_id: UUID) -> Any:
    """Adopt the first scheme, by the resolution of the founding meeting."""
    form = Form.read(AdoptForm(), request.form)
    if form.ok:
        try:
            row = schemes.adopt(scheme_id, resolution=form.data["resolution"], seen=form.data["seen"])
            say(f"Scheme {row.number} is in force.")
            return redirect(url_for("decision_rules.index"), 303)
        except InvalidInput as error:
            form.fail(error)
        except RuleBroken as error:
            form.fail(InvalidInput({"seen" if error.code == "warning-unseen" else "": error.message}))
    return _page(schemes.get_scheme(scheme_id), form), 422


@bp.post("/assembly/schemes/<uuid:scheme_id>/motion")
@needs("see-assembly")
def begin_motion(scheme_id: UUID) -> Any:
    """Go to a new motion that would adopt this scheme."""
    row = schemes.get_scheme(scheme_id)
    form = Form.read(SchemeMotionForm(), request.form)
    warning = schemes.warning_of(row)
    if warning and form.ok and form.data["seen"] != warning:
        form.fail(InvalidInput({"seen": "Tick that you have read what this scheme does"}))
    if not form.ok:
        return _page(row, form), 422
    effect = {"scheme": str(row.id), "rules": {}, "from": form.data["from_date"].isoformat()}
    return redirect("/motions/new?" + motion_query(effect), 303)


def motion_query(effect: dict[str, Any]) -> str:
    """The query of a new constitutional motion with this effect."""
    return urlencode({"kind": "constitutional", "effect": json.dumps(effect, separators=(",", ":"))})


def _presets() -> list[Any]:
    snapshot = sizes.agreed()
    known = sizes.still_members(snapshot) if snapshot else {}
    return scheme_presets(len(known), classes=bool(snapshot and snapshot.classes))


def _form(form: Form, chosen: str) -> str:
    return render_template(
        "assembly/scheme_new.html",
        form=form,
        presets=_presets(),
        chosen=chosen,
        kinds=list(KINDS.items()),
        quotas=list(QUOTAS.items()),
        seconds=list(SECONDS.items()),
        ready=sizes.agreed() is not None,
    )


def _page(row: WeightScheme, form: Form) -> str:
    snapshot, identity = sizes.agreed(), current_identity()
    facts: dict[str, Any] = {"sheet": None, "warning": "", "why_not": ""}
    if snapshot is not None:
        try:
            facts["sheet"] = sheet_facts(row, snapshot)
            facts["warning"] = schemes.warning_of(row)
        except InvalidInput as error:
            facts["why_not"] = " ".join(error.errors.values())
    held = schemes.current()
    return render_template(
        "assembly/scheme.html",
        row=row,
        form=form,
        said=scheme_words(schemes.terms_of(row), sizes.MEASURE_WORDS[snapshot.measure] if snapshot else "members"),
        state=STATES["adopted" if held is not None and held.id == row.id else _state(row)],
        snapshot=snapshot,
        founded=any_rules(),
        runs=may("run-assembly", identity.kind, identity.roles),
        own=own_coop(),
        **facts,
    )


def _state(row: WeightScheme) -> str:
    return "coming" if row.state == "adopted" else row.state
