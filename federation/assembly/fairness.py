"""From sizes and a scheme as they are stored to the fairness sheet of calculator 6, and the one sentence of warning."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from federation.assembly.weigh.reading import read_weighing
from federation.assembly.weigh.sheet import Sheet, sheet
from federation.assembly.weigh.solve import told
from federation.assembly.weigh.words import in_words, warnings

CLASSES = {
    "users": "Service users and families",
    "workers": "Workers",
    "community": "Community and volunteers",
    "investors": "Investors",
}
"""Classes that a co-op can stand in, for schemes and majorities by class."""
KEPT_SHEETS = 64


def weighing(
    terms: Mapping[str, Any], sizes: Mapping[str, int], classes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The input of calculator 6: `terms` has scheme, quota and second_majority as a scheme keeps them.

    The members of each class are put in from `classes`, a co-op's class by its id.

    >>> terms = {"scheme": {"kind": "classes", "total": 10, "classes": {"workers": {"share_percent": "100"}}}}
    >>> weighing(terms, {"ash": 5}, {"ash": "workers"})["scheme"]["classes"]
    {'workers': {'share_percent': '100', 'members': ['ash']}}
    """
    scheme = dict(terms["scheme"])
    if scheme.get("kind") == "classes" and isinstance(scheme.get("classes"), Mapping):
        stands = {coop: group for coop, group in (classes or {}).items() if coop in sizes}
        scheme["classes"] = {
            name: {**share, "members": sorted(coop for coop, group in stands.items() if group == name)}
            if isinstance(share, Mapping)
            else share
            for name, share in scheme["classes"].items()
        }
    raw: dict[str, Any] = {"sizes": dict(sizes), "scheme": scheme}
    for key in ("quota", "second_majority"):
        if terms.get(key) is not None:
            raw[key] = terms[key]
    return raw


def sheet_of(raw: Mapping[str, Any], *, with_shapley: bool = True) -> Sheet:
    """The sheet of an input of calculator 6.

    Raises: InvalidInput as the calculator does.
    """
    # The same text always has the same sheet, whoever asks: a sheet is kept by all that went into it.
    return _counted(json.dumps(raw, sort_keys=True), with_shapley)


@lru_cache(maxsize=KEPT_SHEETS)
def _counted(text: str, with_shapley: bool) -> Sheet:
    sizes, rule = read_weighing(json.loads(text))
    return sheet(sizes, rule, with_shapley=with_shapley)


def answer_of(found: Sheet, names: Mapping[str, str]) -> dict[str, Any]:
    """The calculator's answer with the co-ops called by their names in its sentences; without the comparison."""
    return {**told(found), "in_words": in_words(found, names), "warnings": warnings(found, names)}


def plain_warning(found: Sheet, names: Mapping[str, str]) -> str:
    """The sentence that must be seen before a scheme is adopted: somebody counts for nothing, or decides alone.

    Empty where neither is so.

    >>> raw = {"sizes": {"a": 60, "b": 20, "c": 10}, "scheme": {"kind": "proportional"}}
    >>> plain_warning(sheet_of(raw), {"a": "Ash Care"})
    'Ash Care decides everything alone: no other co-op can ever change a result.'
    >>> plain_warning(sheet_of({**raw, "scheme": {"kind": "one_each"}}), {})
    ''
    """
    if found.flagged("dictator") or found.flagged("dummy"):
        return warnings(found, names)[0]
    return ""
