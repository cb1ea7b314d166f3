"""How each kind of decision is taken: founded once from a preset, changed only by a constitutional motion."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from federation.assembly.models import DecisionRule
from federation.assembly.rule import KINDS, Rule, read_rule
from federation.assembly.services import schemes, sizes
from federation.assembly.services.presets import RULES_PRESETS
from federation.assembly.services.rule_versions import (
    any_rules,
    check_mandate,
    lock_rules,
    version_in_force,
    write_version,
)
from tenants import clock
from tenants.errors import InvalidInput, RuleBroken


def rule_for(kind: str, day: date | None = None) -> tuple[DecisionRule, Rule]:
    """The version of a kind in force on a day, by default today, and what it says. Any scope.

    Raises: RuleBroken("no-rule").
    """
    row = version_in_force(kind, day)
    if row is None:
        raise RuleBroken(
            "no-rule", "The assembly has no rule for this kind of decision yet. An officer founds them first."
        )
    return row, read_rule(row.rule)


def list_in_force(day: date | None = None) -> dict[str, tuple[DecisionRule, Rule]]:
    """What holds of every kind that has a rule, in the usual order. Any scope."""
    rows = {kind: version_in_force(kind, day) for kind in KINDS}
    return {kind: (row, read_rule(row.rule)) for kind, row in rows.items() if row is not None}


def found(preset: str, resolution: str) -> list[DecisionRule]:
    """Write the first rules of all four kinds, resting on the scheme in force. Office scope; once.

    Raises: InvalidInput, RuleBroken where there are rules already, no scheme is in force, or classes are missing.
    """
    if preset not in RULES_PRESETS:
        raise InvalidInput({"preset": f"Choose one of: {', '.join(RULES_PRESETS)}"})
    lock_rules()
    if any_rules():
        raise RuleBroken("founded-already", "The assembly has its rules. A constitutional motion changes them.")
    scheme = schemes.current()
    if scheme is None:
        raise RuleBroken("no-scheme", "Adopt a scheme of weights first: rules rest on it.")
    snapshot, chosen = schemes.need_agreed(), RULES_PRESETS[preset]
    _check_classes(chosen.rules.values(), sizes.still_members(snapshot), snapshot.classes)
    sheet = schemes.sheet_found(scheme, snapshot)
    source = f"{chosen.name}: {chosen.source}"
    return [
        write_version(
            schemes.suited(chosen.rules[kind], scheme, sheet), scheme.id, clock.today(), resolution, None, source
        )
        for kind in KINDS
    ]


def set_rule(
    kind: str,
    rule: Rule | Mapping[str, Any],
    scheme_id: UUID,
    *,
    from_date: date,
    resolution: str,
    motion_id: UUID | None = None,
    source: str = "",
) -> DecisionRule:
    """Let a rule hold for a kind from a day on, today at the earliest. Office scope.

    Raises: InvalidInput, NotFound for a scheme that there is not, RuleBroken without a constitutional motion.
    """
    known = check_rule(kind, rule)
    check_mandate(motion_id)
    scheme = schemes.get_scheme(scheme_id)
    snapshot = schemes.need_agreed()
    _check_classes([known], sizes.still_members(snapshot), snapshot.classes)
    return write_version(known, scheme.id, max(from_date, clock.today()), resolution, motion_id, source)


def check_rule(kind: str, rule: Rule | Mapping[str, Any], path: str = "rule") -> Rule:
    """A rule of a kind, read strictly. Raises: InvalidInput by path."""
    if kind not in KINDS:
        raise InvalidInput({"kind": f"Choose one of: {', '.join(KINDS)}"})
    known = rule if isinstance(rule, Rule) else read_rule({"kind": kind, **rule}, path)
    if known.kind != kind:
        raise InvalidInput({f"{path}.kind": f"must be {kind}"})
    if kind == "constitutional" and not known.one_each:
        raise InvalidInput({f"{path}.one_each": "must be true: rules and weights are changed by one co-op, one vote"})
    return known


def _check_classes(rules: Any, known: Mapping[str, int], classes: Mapping[str, str]) -> None:
    """Raises: RuleBroken when a majority by class is asked for and some co-op stands in none."""
    if any(rule.class_rule for rule in rules) and any(coop not in classes for coop in known):
        raise RuleBroken(
            "no-classes", "Say first which class each co-op stands in: draft sizes with classes, and have them agreed."
        )
