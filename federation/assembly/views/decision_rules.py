"""Rules of decision as pages show them: versions with what changed, and a rule as the boxes of a form."""

from collections.abc import Mapping, Sequence
from typing import Any

from federation.assembly.models import DecisionRule
from federation.assembly.rule import Rule, read_rule
from federation.assembly.rule_words import differences


def history(versions: Sequence[DecisionRule], held: DecisionRule) -> list[dict[str, Any]]:
    """Versions of one kind, newest first, each with what it changed."""
    rules = [read_rule(row.rule) for row in versions]
    before: list[Rule | None] = [*rules[1:], None]
    return [
        {
            "row": row,
            "held": row.id == held.id,
            "coming": row.in_force_from > held.in_force_from,
            "changes": differences(old, rule) if old is not None else [],
            "scheme_changed": place + 1 < len(versions) and versions[place + 1].scheme_id != row.scheme_id,
        }
        for place, (row, rule, old) in enumerate(zip(versions, rules, before, strict=True))
    ]


def rule_values(rule: Rule) -> dict[str, Any]:
    """What the form shows for a rule."""
    second, group = rule.second_majority or {}, rule.class_rule or {}
    return {
        "one_each": rule.one_each,
        "percent": rule.threshold.percent,
        "strictly": rule.threshold.strictly,
        "base": rule.base,
        "second_of": second.get("of", ""),
        "second_percent": second.get("percent", ""),
        "class_percent": group.get("percent", ""),
        "coops_percent": rule.quorum.coops_percent,
        "weight_percent": rule.quorum.weight_percent,
        "notice_days": rule.notice_days,
        "secret": rule.secret,
        "may_change": rule.may_change,
        "proxy_cap": rule.proxy_cap,
        "tie_rule": rule.tie_rule,
    }


def rule_from(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """A rule from the boxes of the form, as `read_rule` takes it."""
    second = None
    if data["second_of"]:
        second = {"of": data["second_of"], "percent": _text(data["second_percent"] or 50)}
    return {
        "kind": kind,
        "one_each": data["one_each"],
        "threshold": {"percent": _text(data["percent"]), "strictly": data["strictly"]},
        "base": data["base"],
        "second_majority": second,
        "class_rule": {"percent": _text(data["class_percent"])} if data["class_percent"] else None,
        "quorum": {key: _text(data[key] or 0) for key in ("coops_percent", "weight_percent")},
        "notice_days": data["notice_days"],
        "secret": data["secret"],
        "may_change": data["may_change"],
        "proxy_cap": data["proxy_cap"],
        "casting_vote": data["tie_rule"] == "chair",
        "tie_rule": data["tie_rule"],
    }


def _text(number: Any) -> str:
    return format(number, "f") if not isinstance(number, int) else str(number)
