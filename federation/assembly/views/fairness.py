"""The fairness sheet as pages show it: rows by size, bars of size beside power, flags and blocking groups in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from federation.assembly.weigh.sheet import Line, Sheet
from federation.assembly.weigh.words import in_words, list_names, warnings

FLAG_WORDS = {
    "dummy": "Counts for nothing: its votes can never change a result",
    "veto": "Nothing passes without it",
    "dictator": "Decides alone",
}
SHORT_FLAGS = {"dummy": "Counts for nothing", "veto": "Can stop everything", "dictator": "Decides alone"}
MOST_BARS = 16
AT_EACH_END = 7
MOST_GROUPS = 6

Names = Mapping[str, str]


def sheet_page(found: Sheet, names: Names, own: str | None, what: str = "members") -> dict[str, Any]:
    """All that the fairness panel and the table read; `own` is the reader's co-op, `what` the measure in words."""
    rows = sheet_rows(found, names, own)
    shown = few(rows)
    return {
        "rows": rows,
        "bars": shown,
        "left_out": len(rows) - len(shown),
        "scale": bar_scale(shown),
        "headline": headline(found, names),
        "warnings": warnings(found, names),
        "words": in_words(found, names),
        "blocking": blocking_words(found, names),
        "total": found.total,
        "quota": found.quota,
        "second": second_words(found),
        "pass_percent": 100 * found.pass_chance,
        "stop_size": found.blocking.size,
        "what": what,
        "good": not (found.flagged("dummy") or found.flagged("veto")),
    }


def sheet_rows(found: Sheet, names: Names, own: str | None) -> list[dict[str, Any]]:
    """A row for each co-op, largest first. `a` is its share of members and `b` of power, in per cent, as the bars take them."""
    members = sum(line.size for line in found.lines)
    ordered = sorted(found.lines, key=lambda line: (-line.size, names.get(line.coop, line.coop)))
    return [
        {
            "coop": line.coop,
            "label": names.get(line.coop, line.coop),
            "me": line.coop == own,
            "m": line.size,
            "w": line.weight,
            "share": 100 * line.weight_share,
            "a": 100 * line.size / members,
            "b": 100 * line.banzhaf,
            "shapley": None if line.shapley is None else 100 * line.shapley,
            "per_member": per_member(line, members),
            "flags": flag_words(line),
        }
        for line in ordered
    ]


def per_member(line: Line, members: int) -> float | None:
    """The power of one member beside what it would be if all members had the same; 1 is the same."""
    return None if line.power_per_member is None else line.power_per_member * members


def flag_words(line: Line) -> list[str]:
    """What stands beside a co-op: who decides alone also stops everything, which need not be said."""
    flags = [flag for flag in line.flags if flag != "veto" or "dictator" not in line.flags]
    return [SHORT_FLAGS[flag] for flag in flags]


def headline(found: Sheet, names: Names) -> str:
    """The one sentence that people look for first."""
    if dictator := found.flagged("dictator"):
        return f"{names.get(dictator[0], dictator[0])} decides alone."
    idle, veto = found.flagged("dummy"), found.flagged("veto")
    said = []
    if idle:
        said.append(f"{list_names(idle, names)} {'counts' if len(idle) == 1 else 'count'} for nothing.")
    if veto:
        said.append(f"{list_names(veto, names)} can stop everything alone.")
    return " ".join(said) or "No co-op can decide or stop a motion alone, and none counts for nothing."


def blocking_words(found: Sheet, names: Names) -> list[str]:
    """The smallest groups that can stop a motion, each in words, then how many more there are."""
    shown = [list_names(group, names) for group in found.blocking.groups[:MOST_GROUPS]]
    count = found.blocking.count
    if count is None:
        return [*shown, "and more than can be counted"]
    more = count - len(shown)
    return [*shown, f"and {more:,} more such group{'s' if more > 1 else ''}"] if more > 0 else shown


def second_words(found: Sheet) -> str:
    """What is asked for besides the votes; empty where nothing is."""
    second = found.rule.second
    if second is None:
        return ""
    return f"{found.second_quota:,} {'co-ops' if second.of == 'coops' else 'members of all co-ops'} in favour"


def few(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows for a chart: all of them, or the largest, the smallest and one's own between them."""
    if len(rows) <= MOST_BARS:
        return list(rows)
    ends = {*range(AT_EACH_END), *range(len(rows) - AT_EACH_END, len(rows))}
    return [row for place, row in enumerate(rows) if place in ends or row["me"]]


def bar_scale(rows: Sequence[Mapping[str, Any]]) -> float:
    """What stretches the longest bar of size or power to nearly all of the width."""
    longest = max((max(row["a"], row["b"]) for row in rows), default=0)
    return 96 / longest if longest else 0


def compare_rows(options: Sequence[Any], names: Names, own: str | None) -> list[dict[str, Any]]:
    """One row for each scheme that is compared: the ends, what is wrong with it, and what a co-op would have."""
    found = []
    for option in options:
        row: dict[str, Any] = {"key": option.key, "name": option.name, "why_not": option.why_not}
        if option.sheet is not None:
            row |= _compared(option.sheet, names, own) | {"warning": option.warning}
        found.append(row)
    return found


def _compared(found: Sheet, names: Names, own: str | None) -> dict[str, Any]:
    mine = next((line for line in found.lines if line.coop == own), None)
    return {
        "votes": found.total,
        "quota": found.quota,
        "second": second_words(found),
        "largest": _end(found.largest, names),
        "smallest": _end(found.smallest, names),
        "idle": len(found.flagged("dummy")),
        "veto": len(found.flagged("veto")),
        "dictator": bool(found.flagged("dictator")),
        "pass_percent": 100 * found.pass_chance,
        "stop_size": found.blocking.size,
        "own_votes": mine.weight if mine else None,
        "own_share": 100 * mine.weight_share if mine else None,
        "own_power": 100 * mine.banzhaf if mine else None,
    }


def _end(line: Line, names: Names) -> dict[str, Any]:
    return {
        "name": names.get(line.coop, line.coop),
        "weight": line.weight,
        "share": 100 * line.weight_share,
        "power": 100 * line.banzhaf,
    }


def what_if_rows(before: Sheet, after: Sheet, names: Names, own: str | None) -> list[dict[str, Any]]:
    """Each co-op's votes and power before and after, largest change of power first."""
    old = {line.coop: line for line in before.lines}
    found = [
        {
            "label": names.get(line.coop, line.coop),
            "me": line.coop == own,
            "members": old[line.coop].size,
            "members_after": line.size,
            "votes": old[line.coop].weight,
            "votes_after": line.weight,
            "power": 100 * old[line.coop].banzhaf,
            "power_after": 100 * line.banzhaf,
            "flags": flag_words(line),
        }
        for line in after.lines
    ]
    return sorted(found, key=lambda row: (-abs(row["power_after"] - row["power"]), row["label"]))


def what_if_words(before: Sheet, after: Sheet, coop: str, names: Names) -> list[str]:
    """What the change means, in sentences."""
    old, new = ({line.coop: line for line in found.lines}[coop] for found in (before, after))
    name = names.get(coop, coop)
    said = [
        f"{name} would have {new.weight:,} of {after.total:,} votes instead of {old.weight:,} of {before.total:,}.",
        f"Its power to decide would be {100 * new.banzhaf:.1f}% instead of {100 * old.banzhaf:.1f}%.",
    ]
    return said + [sentence for flag in FLAG_WORDS if (sentence := _new_flag(flag, before, after, names))]


def _new_flag(flag: str, before: Sheet, after: Sheet, names: Names) -> str:
    """Who would newly count for nothing, stop everything or decide alone; empty where nobody would."""
    fresh = [coop for coop in after.flagged(flag) if coop not in before.flagged(flag)]
    if not fresh or (flag == "veto" and after.flagged("dictator")):
        return ""
    return f"{SHORT_FLAGS[flag]}, as it does not now: {list_names(fresh, names)}."
