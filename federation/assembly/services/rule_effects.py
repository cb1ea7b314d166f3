"""What a carried motion does to weights and rules: read before the vote, told in words, applied after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from federation.assembly.models import DecisionRule
from federation.assembly.rule import KINDS, Rule
from federation.assembly.rule_words import differences, kind_words
from federation.assembly.services import decision_rules, schemes
from federation.assembly.services.rule_versions import version_in_force
from tenants import clock
from tenants.errors import NotFound
from tenants.reading import Reader


@dataclass(frozen=True)
class Effect:
    """A scheme to adopt, or none, and rules to set, from a day on."""

    scheme_id: UUID | None
    rules: Mapping[str, Rule]
    from_date: date


def read_effect(raw: Any) -> Effect:
    """{"scheme": id, "rules": {kind: rule}, "from": "YYYY-MM-DD"}, of which scheme or rules can be left out. Any scope.

    Raises: InvalidInput by path, also for a scheme that is not proposed.
    """
    reader = Reader()
    body = reader.mapping(raw, "effect", required=("from",), optional=("scheme", "rules"))
    rules = reader.mapping(body.get("rules", {}), "effect.rules", optional=KINDS)
    scheme_id, day = None, clock.today()
    try:
        day = date.fromisoformat(str(body.get("from", "")))
    except ValueError:
        reader.wrong("effect.from", "must be a day, like 2027-04-01")
    if body.get("scheme") is not None:
        try:
            scheme_id = UUID(str(body["scheme"]))
            if schemes.get_scheme(scheme_id).state != "proposed":
                reader.wrong("effect.scheme", "has been adopted already; propose it anew")
        except (ValueError, NotFound):
            reader.wrong("effect.scheme", "must be the id of a proposed scheme")
    if scheme_id is None and not rules:
        reader.wrong("effect", "must name a scheme, or at least one rule")
    reader.finish()
    known = {kind: decision_rules.check_rule(kind, rule, f"effect.rules.{kind}") for kind, rule in rules.items()}
    return Effect(scheme_id, known, day)


def effect_words(raw: Any) -> list[str]:
    """What the motion would do, in sentences; with the warning where somebody would count for nothing or decide alone.

    Raises: InvalidInput.
    """
    effect = read_effect(raw)
    said = []
    if effect.scheme_id is not None:
        scheme = schemes.get_scheme(effect.scheme_id)
        said.append(f"From {clock.day_words(effect.from_date)} votes go by scheme {scheme.number}, {scheme.name}.")
        if warning := schemes.warning_of(scheme):
            said.append(warning)
    for kind, rule in effect.rules.items():
        held = version_in_force(kind)
        changes = differences(decision_rules.rule_for(kind)[1] if held else None, rule)
        said.append(
            f"{kind_words(kind)}, from {clock.day_words(effect.from_date)}: {' '.join(changes) or 'no change.'}"
        )
    return said


def apply_effect(raw: Any, *, resolution: str, motion_id: UUID) -> list[DecisionRule]:
    """Adopt the scheme and set the rules of a carried constitutional motion. Office scope.

    Raises: InvalidInput, NotFound, RuleBroken.
    """
    effect = read_effect(raw)
    scheme_id = effect.scheme_id
    if scheme_id is not None:
        schemes.adopt(scheme_id, resolution=resolution, motion_id=motion_id, on=effect.from_date)
    written = []
    for kind, rule in effect.rules.items():
        rests_on = scheme_id or decision_rules.rule_for(kind)[0].scheme_id
        written.append(
            decision_rules.set_rule(
                kind, rule, rests_on, from_date=effect.from_date, resolution=resolution, motion_id=motion_id
            )
        )
    return written
