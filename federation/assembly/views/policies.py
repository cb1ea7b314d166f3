"""What the register of policies and the page of one show."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from federation.assembly.models import Policy
from federation.assembly.services import motions, policies
from federation.assembly.services.policies import STATES
from tenants import clock
from tenants.identity import Identity
from tenants.permissions import may
from tenants.services.coops import list_coops
from tenants.web_forms import Form

SHOWN = ("", "review", "past", "coming")
STATE_KINDS = {"done": "ok", "begun": "info", "not_yet": "warn", "not_for_us": ""}


def register_page(shown: str, identity: Identity) -> dict[str, Any]:
    """What assembly/policies.html shows."""
    rows = register_rows(policies.list_policies(), policies.told_by_us() if identity.kind == "coop" else {})
    groups = {
        "": [row for row in rows if row["state_key"] == "in_force"],
        "review": [row for row in rows if row["due"]],
        "coming": [row for row in rows if row["state_key"] == "coming"],
        "past": [row for row in rows if row["state_key"] == "past"],
    }
    return {
        "rows": groups[shown],
        "shown": shown,
        "any": bool(rows),
        "choices": [
            ("", _("In force (%(n)s)", n=len(groups[""]))),
            ("review", _("Due for review (%(n)s)", n=len(groups["review"]))),
            ("coming", _("In force later (%(n)s)", n=len(groups["coming"]))),
            ("past", _("No longer in force (%(n)s)", n=len(groups["past"]))),
        ],
        "coops": len(list_coops()),
        "is_coop": identity.kind == "coop",
    }


def register_rows(rows: Sequence[Policy], told: dict[Any, str] | None = None) -> list[dict[str, Any]]:
    """The register as rows of a table or a file."""
    done, today, own = policies.count_reports(), clock.today(), told or {}
    found = []
    for row in rows:
        key = state_key(row)
        state = own.get(row.id, "")
        found.append(
            {
                "number": row.number,
                "title": row.title,
                "text": row.text,
                "href": url_for("policies.show", policy_id=row.id),
                "in_force_from": row.in_force_from,
                "in_force_until": row.in_force_until,
                "review_on": row.review_on,
                "due": key == "in_force" and row.review_on is not None and row.review_on <= today,
                "state": _state_words(key),
                "state_key": key,
                "done": done.get(row.id, 0),
                "own": _(STATES[state]) if state else "",
                "own_kind": STATE_KINDS.get(state, ""),
                "set_words": row.set_words,
            }
        )
    return found


def state_key(row: Policy) -> str:
    """Whether a policy is in force, comes into force, or is past."""
    today = clock.today()
    if row.in_force_until is not None and row.in_force_until < today:
        return "past"
    return "coming" if row.in_force_from > today else "in_force"


def _state_words(key: str) -> str:
    return {"past": _("No longer in force"), "coming": _("In force later"), "in_force": _("In force")}[key]


def policy_page(row: Policy, form: Form, identity: Identity) -> dict[str, Any]:
    """What assembly/policy.html shows."""
    reports, motion = policies.reports_of(row.id), motions.get_motion(row.motion_id)
    coops = list_coops()
    lines = []
    for coop in coops:
        told = reports.get(coop.id)
        lines.append(
            {
                "coop": coop.name,
                "state": _(STATES[told.state]) if told else _("Nothing said yet"),
                "kind": STATE_KINDS[told.state] if told else "",
                "words": told.words if told else "",
                "at": clock.moment_words(told.told_at) if told else "",
            }
        )
    counts = {state: sum(told.state == state for told in reports.values()) for state in STATES}
    own = reports.get(identity.acting.tenant_id)
    if own is not None and not form.values:
        form = Form({"state": own.state, "words": own.words, "review_on": row.review_on})
    elif not form.values:
        form = Form({"review_on": row.review_on})
    key, older = state_key(row), policies.get_policy(row.supersedes_id) if row.supersedes_id else None
    return {
        "policy": row,
        "form": form,
        "motion": motion,
        "state": _state_words(key),
        "state_kind": {"in_force": "ok", "coming": "info", "past": ""}[key],
        "due": key == "in_force" and row.review_on is not None and row.review_on <= clock.today(),
        "older": older,
        "newer": policies.find_successor(row.id),
        "lines": lines,
        "counts": counts,
        "coops": len(coops),
        "parts": _parts(counts, len(coops)),
        "states": [(name, _(words)) for name, words in STATES.items()],
        "may_tell": may("tell-policy", identity.kind, identity.roles) and key != "past",
        "may_review": may("run-assembly", identity.kind, identity.roles) and key != "past",
        "own": identity.acting.name,
    }


def _parts(counts: dict[str, int], coops: int) -> list[tuple[str, float]]:
    """Shares of a strip: done or not concerned, begun, not yet."""
    if not coops:
        return []
    shares = [("moss", counts["done"] + counts["not_for_us"]), ("teal", counts["begun"]), ("honey", counts["not_yet"])]
    return [(name, 100 * count / coops) for name, count in shares if count]
