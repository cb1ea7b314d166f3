"""From the fields of a form to a motion's wording and a vote's hours, and back."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from federation.assembly.models import MotionDraft
from federation.assembly.rule import Rule
from federation.assembly.services import decision_rules, motion_effects, motions, overview, policies
from federation.assembly.services.motions import Wording
from federation.assembly.views import motion_words
from tenants import clock
from tenants.errors import InvalidInput, RuleBroken
from tenants.settings import KNOWN, in_force
from tenants.web_forms import Form, moment_of

FIELD_OF = {
    "effect.set": "set_name",
    "effect.value": "set_value",
    "effect.scheme": "way",
    "effect.rules": "way",
    "effect.from": "in_force_from",
    "effect.review_on": "review_on",
    "effect.supersedes": "supersedes",
    "effect": "way",
}
"""Path of an error to the field of the form."""


def wording_of(data: dict[str, Any]) -> Wording:
    """A checked form as a wording. Raises: InvalidInput."""
    return Wording(
        title=data["title"],
        text=data["text"],
        kind=data["kind"],
        plain_words=data["plain_words"],
        if_passes=data["if_passes"],
        if_falls=data["if_falls"],
        effect=_effect_of(data),
    )


def _effect_of(data: dict[str, Any]) -> dict[str, Any]:
    effect: dict[str, Any] = {
        "from": data["in_force_from"],
        "review_on": data["review_on"],
        "supersedes": data["supersedes"],
    }
    if data["way"] == "set":
        effect |= {"set": data["set_name"] or "?", "value": data["set_value"]}
    elif data["way"] == "ground":
        effect |= read_ground(data["ground"])
    return effect


def read_ground(text: str) -> dict[str, Any]:
    """The change of weights or rules that another page has put together. Raises: InvalidInput."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput({"way": "Choose the weights or the rule on their own pages, and begin the motion there"})
    return {key: found[key] for key in ("scheme", "rules") if key in found}


def values_from_query(kind: str, effect: str) -> dict[str, Any]:
    """The values that a new motion begins with, where the page of weights or rules has sent people here."""
    if not effect:
        return {"kind": "ordinary"}
    values: dict[str, Any] = {
        "kind": kind if kind in motions.KINDS else "constitutional",
        "way": "ground",
        "ground": effect,
    }
    try:
        given = json.loads(effect)
        start = given.get("from") if isinstance(given, dict) else None
        return values | {"in_force_from": date.fromisoformat(start) if start else None}
    except (TypeError, ValueError):
        return {"kind": "ordinary"}


def values_of(draft: MotionDraft) -> dict[str, Any]:
    """A draft as the values of its form."""
    effect: dict[str, Any] = draft.effect or {}
    ground = {key: effect[key] for key in ("scheme", "rules") if key in effect}
    way = "set" if "set" in effect else "ground" if ground else ""
    return {
        **{name: getattr(draft, name) for name in ("title", "text", "kind", "plain_words", "if_passes", "if_falls")},
        "way": way,
        "set_name": effect.get("set", ""),
        "set_value": effect.get("value", ""),
        "ground": json.dumps(ground, separators=(",", ":")) if ground else "",
        "in_force_from": _day(effect.get("from")),
        "review_on": _day(effect.get("review_on")),
        "supersedes": effect.get("supersedes", ""),
        "version": draft.version,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def form_page(form: Form) -> dict[str, Any]:
    """What the form of a motion offers to choose from."""
    now = in_force()
    return {
        "kinds": [
            ("ordinary", _("Ordinary"), _need("ordinary")),
            ("special", _("Special"), _need("special")),
            ("constitutional", _("Constitutional"), _need("constitutional")),
        ],
        "settings": [
            (name, _("%(label)s (now: %(value)s)", label=known.label, value=_value(name, now[name].value)))
            for name, known in KNOWN.items()
        ],
        "setting_choices": {name: known.choices for name, known in KNOWN.items() if known.choices},
        "ground_words": _ground_words(form.value("ground")),
        "policies": [(str(row.id), f"{row.number}: {row.title}") for row in policies.list_in_force()],
    }


def _ground_words(text: str) -> list[str]:
    """What a change of weights or rules would do, in sentences."""
    if not text:
        return []
    try:
        return motion_effects.details(read_ground(text))
    except InvalidInput as error:
        return list(error.errors.values())


def _need(kind: str) -> str:
    """What a motion of this kind needs, by the rules of today."""
    try:
        rule: Rule = decision_rules.rule_for(kind)[1]
    except RuleBroken:
        return _("There is no rule for it yet")
    parts = [f"{card['title']}: {card['value']} {card['small']}" for card in motion_words.rule_cards(rule)]
    return "; ".join(parts)


def _value(name: str, value: Any) -> str:
    return str((KNOWN[name].choices or {}).get(value, value) if value is not None else _("none"))


def notice_page(motion: Any) -> dict[str, Any]:
    """What the form of a notice shows beside its fields. Raises: RuleBroken without a rule."""
    rule = motions.rule_of(motion)
    earliest = motions.earliest_opening(rule)
    return {
        "motion": motion,
        "rule": rule,
        "notice": motion_words.notice_words(rule),
        "earliest": clock.day_words(earliest),
        "cards": motion_words.rule_cards(rule),
        "meetings": [
            (str(row.id), f"{row.title}, {clock.moment_words(row.starts_at)}") for row in overview.upcoming_meetings()
        ],
    }


def notice_values(motion: Any) -> dict[str, Any]:
    """The hours that a form of notice begins with: the first day in time, for a week."""
    opens = motions.earliest_opening(motions.rule_of(motion))
    return {
        "opens_on": opens,
        "opens_time": "09:30",
        "closes_on": date.fromordinal(opens.toordinal() + 7),
        "closes_time": "17:00",
        "way": "as_rule",
    }


def hours_of(data: dict[str, Any]) -> tuple[datetime, datetime]:
    """Opening and closing as aware moments, from days and hours of London. Raises: InvalidInput for an hour the clocks skip."""
    return moment_of(data, "opens"), moment_of(data, "closes")


def uuid_or_none(text: str, field: str) -> UUID | None:
    """An id that was chosen; nothing for none. Raises: InvalidInput."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput({field: "Choose one of the list"}) from None
