"""The panel "Is the weighting fair?", from the sheet that was fixed when a vote opened."""

from typing import Any

from federation.assembly.models import Poll

SHOWN = 12
"""So many co-ops are drawn; the table has all."""


def fairness(poll: Poll, own: str) -> dict[str, Any] | None:
    """Rows for the chart and the table, largest first, and the sentences; None before voting opens."""
    lines = poll.sheet.get("coops") if poll.sheet else None
    if not lines:
        return None
    members = sum(poll.sizes.get(coop, 0) for coop in lines) or 1
    rows = [
        {
            "id": coop,
            "label": poll.names.get(coop, coop),
            "me": coop == own,
            "m": poll.sizes.get(coop, 0),
            "w": line["weight"],
            "a": 100 * poll.sizes.get(coop, 0) / members,
            "b": 100 * float(line["banzhaf"]),
        }
        for coop, line in lines.items()
    ]
    rows.sort(key=lambda row: (-row["m"], row["label"]))
    widest = max((max(row["a"], row["b"]) for row in rows), default=1.0) or 1.0
    drawn = rows[:SHOWN] + [row for row in rows[SHOWN:] if row["me"]]
    return {
        "rows": rows,
        "drawn": drawn,
        "left_out": len(rows) - len(drawn),
        "scale": 98 / widest,
        "quota": poll.sheet.get("quota", poll.quota),
        "total": sum(poll.weights.values()),
        "bold": _plain_truth(lines),
        "warnings": list(poll.sheet.get("warnings", ())),
    }


def _plain_truth(lines: dict[str, Any]) -> str:
    """The one sentence that must not be missed."""
    flags = {flag for line in lines.values() for flag in line["flags"]}
    if "dictator" in flags:
        return "One co-op decides everything alone."
    if "dummy" in flags:
        return "There is a co-op whose votes can never change a result."
    if "veto" in flags:
        return "There is a co-op without which nothing can pass."
    return "No co-op can decide alone, and none counts for nothing."
