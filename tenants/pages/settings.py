"""Rules of the federation: what is in force, since when, by which resolution; and setting one from a day on."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from tenants import clock
from tenants.errors import InvalidInput, NotFound
from tenants.models import Setting
from tenants.permissions import may
from tenants.schemas import SettingSchema
from tenants.settings import KNOWN, InForce, in_force, list_settings, set_setting
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

settings = Blueprint("settings", __name__)


@settings.get("/settings")
@needs("see-settings")
def index():
    """Every rule as it stands today; with `?change=NAME`, the form to set one."""
    change = request.args.get("change")
    if change is not None and change not in KNOWN:
        raise NotFound("rule")
    current = {"value": in_force()[change].value} if change else {}
    return _page(change, Form(current))


def _page(change: str | None, form: Form) -> str:
    identity = current_identity()
    may_change = may("change-settings", identity.kind, identity.roles)
    ever = list_settings()
    return render_template(
        "tenants/settings.html",
        settings=[_shown(rule, may_change, ever) for rule in in_force().values()],
        edit=_edit(change, form) if change and may_change else None,
    )


def _edit(name: str, form: Form) -> dict[str, Any]:
    known = KNOWN[name]
    return {
        "key": name,
        "name": known.label,
        "form": form,
        "url": url_for("settings.change", name=name),
        "hint": "",
        "kind": "choice" if known.choices else "text",
        "options": list((known.choices or {}).items()),
    }


def _shown(rule: InForce, may_change: bool, rows_ever: list[Setting]) -> dict[str, Any]:
    known, rows = KNOWN[rule.name], [row for row in rows_ever if row.name == rule.name]
    today = clock.today()
    told = [
        {"value_words": _words(rule.name, row.value), "from": row.from_date, "to": None, "resolution": row.resolution}
        for row in rows
    ]
    return {
        "key": rule.name,
        "name": known.label,
        "about": "",
        "value_words": _words(rule.name, rule.value),
        "since": rule.from_date,
        "resolution": rule.resolution or "Holds until a vote sets it",
        "resolution_href": None,
        "coming": [row for row in reversed(told) if row["from"] > today],
        "past": [row for row in told if row["from"] <= today and row["from"] != rule.from_date],
        "edit_href": url_for("settings.index", change=rule.name) if may_change else None,
    }


def _words(name: str, value: Any) -> str:
    choices = KNOWN[name].choices
    if choices:
        return choices.get(value, str(value))
    return "None" if value is None else str(value)


@settings.post("/settings/<name>")
@needs("change-settings")
def change(name: str):
    """Set a rule from a day on."""
    if name not in KNOWN:
        raise NotFound("rule")
    form = Form.read(SettingSchema(), request.form)
    if not form.ok:
        return _page(name, form), 422
    try:
        set_setting(name, form.data["value"], form.data["in_force_from"], form.data["resolution"])
    except InvalidInput as error:
        named = {"in_force_from" if path == "from_date" else path: text for path, text in error.errors.items()}
        return _page(name, form.fail(InvalidInput(named))), 422
    say("The rule is set.")
    return redirect(url_for("settings.index"), 303)
