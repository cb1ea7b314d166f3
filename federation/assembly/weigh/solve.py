"""Calculator 6, complete: sizes and a scheme in, the weights and what they mean out."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from federation.assembly.power.blocking import Blocking
from federation.assembly.weigh.compare import Compared, compare
from federation.assembly.weigh.quotas import QuotaRule
from federation.assembly.weigh.reading import read_weighing
from federation.assembly.weigh.schemes import Scheme
from federation.assembly.weigh.sheet import Line, Sheet, sheet
from federation.assembly.weigh.words import in_words, warnings
from tenants.errors import InvalidInput


def weigh_answer(raw: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the jobs call it; it has no options.

    Raises: InvalidInput with the path of each wrong key, when a cap cannot be kept, or when the power of such weights
    cannot be counted out.
    """
    for key in options:
        raise InvalidInput({str(key): "the weigh calculator has no such option"})
    sizes, rule = read_weighing(raw)
    found = sheet(sizes, rule)
    return {**told(found), "compare": [brief(one) for one in compare(sizes, rule)], "warnings": warnings(found)}


def told(found: Sheet) -> dict[str, Any]:
    """A sheet as JSON knows it: everything but the comparison and the warnings."""
    answer: dict[str, Any] = {
        "weights": {line.coop: line.weight for line in found.lines},
        "quota": found.quota,
    }
    if found.second_quota is not None:
        answer["second_quota"] = found.second_quota
    answer["coops"] = {line.coop: _line(line) for line in found.lines}
    answer["pass_chance"] = found.pass_chance
    answer["blocking_sets"] = _blocking(found.blocking)
    answer["in_words"] = in_words(found)
    return answer


def brief(one: Compared) -> dict[str, Any]:
    """An alternative as JSON knows it, with what matters most for a choice."""
    head = {"scheme": scheme_json(one.rule.scheme), "quota_rule": quota_json(one.rule.quota)}
    found = one.sheet
    if found is None:
        return {**head, "why_not": one.why_not}
    return {
        **head,
        "weights": {line.coop: line.weight for line in found.lines},
        "quota": found.quota,
        **({} if found.second_quota is None else {"second_quota": found.second_quota}),
        "largest": _end(found.largest),
        "smallest": _end(found.smallest),
        **{flag: list(found.flagged(flag)) for flag in ("dummy", "veto", "dictator")},
        "pass_chance": found.pass_chance,
        "blocking_size": found.blocking.size,
        "warnings": warnings(found),
    }


def scheme_json(scheme: Scheme) -> dict[str, Any]:
    """A scheme as it is written in the input; what says nothing is left out."""
    sheet: dict[str, Any] = {"kind": scheme.kind}
    if scheme.kind == "base_plus":
        sheet["base"] = scheme.base
    if scheme.total is not None:
        sheet["total"] = scheme.total
    if scheme.kind == "bands":
        sheet["bands"] = [list(band) for band in scheme.bands]
    if scheme.kind == "classes":
        sheet["classes"] = {
            one.name: {"share_percent": _decimal(one.percent), "members": list(one.members)} for one in scheme.classes
        }
    if scheme.floor:
        sheet["floor"] = scheme.floor
    if scheme.cap is not None:
        sheet["cap"] = scheme.cap
    if scheme.cap_percent is not None:
        sheet["cap_percent"] = _decimal(scheme.cap_percent)
    return sheet


def quota_json(quota: QuotaRule) -> dict[str, Any]:
    """A rule for the quota as it is written in the input."""
    return {"kind": quota.kind, **({} if quota.percent is None else {"percent": _decimal(quota.percent)})}


def _line(line: Line) -> dict[str, Any]:
    return {
        "weight": line.weight,
        "weight_share": line.weight_share,
        "banzhaf": line.banzhaf,
        "shapley": line.shapley,
        "power_per_member": line.power_per_member,
        "flags": list(line.flags),
    }


def _end(line: Line) -> dict[str, Any]:
    return {"id": line.coop, "weight_share": line.weight_share, "banzhaf": line.banzhaf}


def _blocking(found: Blocking) -> dict[str, Any]:
    return {"size": found.size, "sets": [list(group) for group in found.groups], "count": found.count}


def _decimal(value: Fraction) -> str:
    """A fraction that was read from at most 12 places as a plain decimal.

    >>> _decimal(Fraction("66.67")), _decimal(Fraction(15))
    ('66.67', '15')
    """
    text = f"{value * 10**12 // 1:013d}"
    return f"{text[:-12]}.{text[-12:]}".rstrip("0").rstrip(".")
