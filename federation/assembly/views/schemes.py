"""Schemes as people read and write them: terms in words, and the boxes of the form as the calculator's input."""

import re
from collections.abc import Mapping
from typing import Any

from federation.assembly.fairness import CLASSES
from tenants.errors import InvalidInput

KINDS = {
    "one_each": "One co-op, one vote",
    "proportional": "In proportion to size",
    "square_root": "Square roots of sizes",
    "base_plus": "A base and more by size",
    "bands": "Bands of size",
    "classes": "Shares by class",
}
QUOTAS = {
    "majority": "More than half of the votes",
    "percent": "A percentage of the votes",
    "jagiellonian": "The quota that suits square roots",
}
SECONDS = {"": "Nothing more", "coops": "Also most co-ops", "members": "Also most members of all co-ops"}
STATES = {
    "proposed": ("Proposed", "info"),
    "coming": ("Adopted for later", "info"),
    "adopted": ("In force", "ok"),
    "replaced": ("Replaced", ""),
}
_NUMBERS = {"base": ("base_plus",), "total": ("base_plus", "classes", "proportional"), "cap": (), "floor": ()}
_NEEDS_TOTAL = ("base_plus", "classes")
_LINE = re.compile(r"^\s*([\d,]+)\s*(?:[:=–-]|\s)\s*([\d,]+)\s*(?:votes?)?\s*$", re.ASCII)


def scheme_words(terms: Mapping[str, Any], what: str = "members") -> list[str]:
    """A scheme's terms in sentences.

    >>> scheme_words({"scheme": {"kind": "bands", "bands": [[0, 1], [50, 2]]}, "quota": {"kind": "majority"}})
    ['1 vote; from 50 members on 2.', 'A motion passes with more than half of the votes.']
    """
    scheme, quota, second = terms["scheme"], terms["quota"], terms.get("second_majority")
    said = [_kind_words(scheme, what)]
    if scheme.get("cap"):
        said.append(f"Nobody has more than {scheme['cap']:,} votes.")
    if scheme.get("cap_percent"):
        said.append(f"Nobody has more than {scheme['cap_percent']}% of all votes.")
    if scheme.get("floor"):
        said.append(f"Nobody has less than {scheme['floor']:,} votes.")
    needs = {
        "majority": "more than half of the votes",
        "percent": f"{quota.get('percent')}% of the votes",
        "jagiellonian": "the quota at which power comes nearest to votes",
    }[quota["kind"]]
    said.append(f"A motion passes with {needs}.")
    if second:
        of = "co-ops" if second["of"] == "coops" else "members of all co-ops"
        said.append(f"More than {second.get('percent', '50')}% of the {of} must be in favour too.")
    return said


def _kind_words(scheme: Mapping[str, Any], what: str) -> str:
    kind = scheme["kind"]
    if kind == "bands":
        first, *rest = scheme["bands"]
        votes = "1 vote" if first[1] == 1 else f"{first[1]} votes"
        return "; ".join([votes, *(f"from {least:,} {what} on {weight}" for least, weight in rest)]) + "."
    if kind == "classes":
        shares = ", ".join(
            f"{CLASSES.get(name, name)} {share['share_percent']}%" for name, share in scheme["classes"].items()
        )
        return f"Of {scheme['total']:,} votes each class has its share, split evenly among its co-ops: {shares}."
    if kind == "base_plus":
        return (
            f"{scheme.get('base', 0)} for everybody, then more by {what}, so that there are {scheme['total']:,} votes."
        )
    if kind == "proportional":
        total = scheme.get("total")
        return f"A vote for each of its {what}." if total is None else f"{total:,} votes in proportion to {what}."
    return "Every co-op has one vote." if kind == "one_each" else f"100 times the square root of its {what}."


def form_values(terms: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """What the form shows for a scheme's terms."""
    scheme, quota, second = terms["scheme"], terms["quota"], terms.get("second_majority") or {}
    values: dict[str, Any] = {"name": name, "kind": scheme["kind"], "quota_kind": quota["kind"]}
    values |= {key: scheme[key] for key in ("base", "total", "cap", "floor", "cap_percent") if scheme.get(key)}
    values["bands"] = "\n".join(f"{least}: {weight}" for least, weight in scheme.get("bands", []))
    for group, share in scheme.get("classes", {}).items():
        values[f"share_{group}"] = share["share_percent"]
    values["quota_percent"] = quota.get("percent", "")
    values |= {"second_of": second.get("of", ""), "second_percent": second.get("percent", "")}
    return values


def read_terms(data: Mapping[str, Any]) -> dict[str, Any]:
    """The terms from the boxes of the form, of which those that mean nothing for the kind are overlooked.

    Raises: InvalidInput by the name of the box.
    """
    errors: dict[str, str] = {}
    scheme = _read_scheme(data, errors)
    quota: dict[str, Any] = {"kind": data["quota_kind"]}
    if quota["kind"] == "percent":
        if not data.get("quota_percent"):
            errors["quota_percent"] = "Enter the percentage, like 66.67"
        quota["percent"] = format(data.get("quota_percent") or 0, "f")
    second = None
    if data.get("second_of"):
        second = {"of": data["second_of"], "percent": format(data.get("second_percent") or 50, "f")}
    if errors:
        raise InvalidInput(errors)
    return {"scheme": scheme, "quota": quota, "second_majority": second}


def _read_scheme(data: Mapping[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    kind = data["kind"]
    scheme: dict[str, Any] = {"kind": kind}
    for box, kinds in _NUMBERS.items():
        if data.get(box) is not None and (not kinds or kind in kinds):
            scheme[box] = data[box]
    if kind in _NEEDS_TOTAL and "total" not in scheme:
        errors["total"] = "Enter how many votes there are in all"
    if data.get("cap_percent"):
        scheme["cap_percent"] = format(data["cap_percent"], "f")
    if kind == "bands":
        scheme["bands"] = read_bands(data.get("bands") or "", errors)
    if kind == "classes":
        shares = {group: data.get(f"share_{group}") for group in CLASSES}
        scheme["classes"] = {group: {"share_percent": format(share, "f")} for group, share in shares.items() if share}
        if not scheme["classes"]:
            errors["share_users"] = "Enter the share of at least one class"
    return scheme


def read_bands(text: str, errors: dict[str, str]) -> list[list[int]]:
    """Bands from lines like "50: 2".

    >>> read_bands("0: 1\\n50: 2", {})
    [[0, 1], [50, 2]]
    """
    found = []
    for line in filter(str.strip, text.splitlines()):
        match = _LINE.match(line)
        if match is None:
            errors["bands"] = (
                f"Write each band on a line of its own, like 50: 2. This one is not understood: {line[:40]}"
            )
            return []
        found.append([int(part.replace(",", "")) for part in match.groups()])
    if not found:
        errors["bands"] = "Write each band on a line of its own: the size from which on it holds, and the votes"
    return found


def on_the_form(error: InvalidInput) -> InvalidInput:
    """What the calculator refuses, at the box of the form that it stands in."""
    found: dict[str, str] = {}
    for path, text in error.errors.items():
        steps = path.replace("[", ".").split(".")
        box = steps[1] if steps[0] == "scheme" and len(steps) > 1 else steps[0]
        if box == "classes":
            box = f"share_{steps[2]}" if len(steps) > 2 and steps[2] in CLASSES else "share_users"
            text = _class_fault(steps, text)
        box = {"quota": "quota_percent", "second_majority": "second_percent", "sizes": ""}.get(box, box)
        found.setdefault(box, text[0].upper() + text[1:])
    return InvalidInput(found)


def _class_fault(steps: list[str], text: str) -> str:
    """What is wrong with classes, without the co-ops' ids: who stands where is said with the sizes."""
    if steps[-1] == "members":
        return "No co-op stands in this class: say who does with the sizes"
    if "stand in a class" in text:
        return "Some co-op stands in none of these classes: say which with the sizes"
    return text
