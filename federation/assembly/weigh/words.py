"""The fairness sheet in plain words."""

from collections.abc import Mapping, Sequence

from federation.assembly.power.blocking import MOST_SHOWN
from federation.assembly.weigh.sheet import Line, Sheet

Names = Mapping[str, str]
FAR_APART = 0.05
"""Weight and power that differ by more are worth a warning."""


def warnings(found: Sheet, names: Names | None = None) -> list[str]:
    """What should be known before a rule is adopted; each is one plain sentence. `names` by id; without, the ids.

    >>> from federation.assembly.weigh.schemes import Scheme
    >>> from federation.assembly.weigh.sheet import Rule, sheet
    >>> warnings(sheet({"ash": 60, "elm": 20, "fir": 10}, Rule(Scheme("proportional"))))[0]
    'ash decides everything alone: no other co-op can ever change a result.'
    """
    called = names or {}
    said = [*_flags(found, called), *_power_apart(found, called)]
    if 2 * found.quota <= found.total:
        said.append("A motion and its opposite could both pass, because half of the votes or less are enough.")
    return [*said, *found.notes]


def in_words(found: Sheet, names: Names | None = None) -> list[str]:
    """The sheet in sentences: what is needed, what the largest and the smallest have, who can stop a motion."""
    called = names or {}
    needed = f"A motion passes with {found.quota:,} of {found.total:,} votes"
    second = found.rule.second
    if second is not None:
        heads = "co-ops" if second.of == "coops" else "members of all co-ops"
        needed += f", if those in favour are also at least {found.second_quota:,} {heads}"
    said = [f"{needed}.", f"If every co-op tossed a coin, {_percent(found.pass_chance)} of motions would pass."]
    if len(found.lines) > 1:
        said += [
            _holds(found.largest, "The largest co-op", called),
            _holds(found.smallest, "The smallest co-op", called),
        ]
    return [*said, _per_member(found, called), _blocking(found)]


def list_names(coops: Sequence[str], names: Names) -> str:
    """Some co-ops in one phrase.

    >>> list_names(["a", "b", "c"], {"a": "Ash"})
    'Ash, b and c'
    """
    shown = [names.get(coop, coop) for coop in coops[:MOST_SHOWN]]
    if len(coops) > MOST_SHOWN:
        return f"{', '.join(shown)} and {len(coops) - MOST_SHOWN:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _flags(found: Sheet, names: Names) -> list[str]:
    if dictator := found.flagged("dictator"):
        alone = list_names(dictator, names)
        others = ": no other co-op can ever change a result" if len(found.lines) > 1 else ""
        return [f"{alone} decides everything alone{others}."]
    said = []
    if idle := found.flagged("dummy"):
        whose = "the vote of" if len(idle) == 1 else "the votes of"
        said.append(f"However the others vote, {whose} {list_names(idle, names)} can never change a result.")
    if veto := found.flagged("veto"):
        said.append(
            f"Nothing passes without {list_names(veto, names)}: "
            + ("it can stop every motion alone." if len(veto) == 1 else "each of them can stop every motion alone.")
        )
    return said


def _power_apart(found: Sheet, names: Names) -> list[str]:
    """Tell of the co-op whose power is furthest from its weight, when that is far."""
    if found.flagged("dictator"):
        return []
    line = max(found.lines, key=lambda one: abs(one.banzhaf - one.weight_share))
    if abs(line.banzhaf - line.weight_share) <= FAR_APART:
        return []
    return [
        f"{names.get(line.coop, line.coop)} has {_percent(line.weight_share)} of the votes but "
        f"{_percent(line.banzhaf)} of the power to decide."
    ]


def _holds(line: Line, who: str, names: Names) -> str:
    members = "1 member" if line.size == 1 else f"{line.size:,} members"
    return (
        f"{who}, {names.get(line.coop, line.coop)} with {members}, has {_percent(line.weight_share)} of the votes and "
        f"{_percent(line.banzhaf)} of the power to decide."
    )


def _per_member(found: Sheet, names: Names) -> str:
    known = [(line.power_per_member, line.coop) for line in found.lines if line.power_per_member is not None]
    (least, low), (most, high) = min(known), max(known)
    if not least:
        return f"Counted per member, power runs from none in {names.get(low, low)} to most in {names.get(high, high)}."
    if most / least < 1.005:
        return "Counted per member, power is the same in every co-op."
    return (
        f"Counted per member, a member of {names.get(high, high)} has {most / least:,.3g} times the power of a member "
        f"of {names.get(low, low)}."
    )


def _blocking(found: Sheet) -> str:
    size, count = found.blocking.size, found.blocking.count
    many = f"more than {len(found.blocking.groups):,}" if count is None else f"{count:,}"
    if size == 1:
        return (
            f"One co-op is enough to stop a motion; {many} can." if count != 1 else "One co-op can stop a motion alone."
        )
    groups = "there is 1 such group" if count == 1 else f"there are {many} such groups"
    return f"It takes at least {size:,} co-ops to stop a motion; {groups}."


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
