"""An award of many co-ops and lines, shortened: the largest are shown, the others summed, and a link shows them all."""

from typing import Any

FOLD_ROWS = 10
"""Rows that a table shows before it is folded."""


def fold_award(page: dict[str, Any], all_href: str) -> dict[str, Any]:
    """What procurement/award.html shows, with long tables shortened; `all_href` shows them whole.

    Co-ops that would pay more than alone are always shown.
    """
    alone = page["alone"]
    kept = [place for place, row in enumerate(alone["rows"]) if place < FOLD_ROWS or (row["saved_percent"] or 0) < 0]
    left = len(alone["rows"]) - len(kept)
    if left > 1:
        whole = alone["rows"]
        alone["rows"] = [whole[place] for place in kept] + [_other_coops(_rest(whole, kept))]
        alone["all"] = {"href": all_href + "#h-alone", "count": len(whole)}
        for rule in page["rules"]:
            others = sum(row["pence"] for row in _rest(rule["rows"], kept))
            rule["rows"] = [rule["rows"][place] for place in kept] + [{"name": _named(left, "co-op"), "pence": others}]
    for supplier in page["suppliers"]:
        rest = supplier["lines"][FOLD_ROWS:]
        if len(rest) > 1:
            supplier["lines"] = supplier["lines"][:FOLD_ROWS]
            supplier["rest"] = {
                "name": _named(len(rest), "line"),
                "packs": sum(line["packs"] for line in rest),
                "cost_pence": sum(line["cost_pence"] for line in rest),
                "href": all_href + "#h-lines",
            }
    return page


def _rest(rows: list[dict[str, Any]], kept: list[int]) -> list[dict[str, Any]]:
    shown = set(kept)
    return [row for place, row in enumerate(rows) if place not in shown]


def _named(count: int, noun: str) -> str:
    """
    >>> _named(87, "co-op")
    '87 other co-ops'
    """
    return f"{count:,} other {noun}s"


def _other_coops(rows: list[dict[str, Any]]) -> dict[str, Any]:
    joint = sum(row["joint_pence"] for row in rows)
    known = all(row["alone_pence"] is not None for row in rows)
    alone = sum(row["alone_pence"] for row in rows) if known else None
    return {
        "name": _named(len(rows), "co-op"),
        "alone_pence": alone,
        "joint_pence": joint,
        "saved_percent": round(100 * (alone - joint) / alone, 1) if alone else None,
        "alone_pct": None,
        "joint_pct": None,
    }
