"""The fairness sheet: what a scheme means for each co-op, in weight, in power, and in who can stop whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from federation.assembly.power.banzhaf import banzhaf
from federation.assembly.power.blocking import Blocking, smallest_blocking
from federation.assembly.power.games import Condition, Game, check_size, too_heavy
from federation.assembly.power.reach import flags
from federation.assembly.power.shapley import shapley
from federation.assembly.weigh.quotas import QuotaRule, SecondMajority, quota_for, second_quota
from federation.assembly.weigh.schemes import Scheme, Sizes, weigh
from tenants.errors import InvalidInput

MAX_SIZE = 1_000_000_000


@dataclass(frozen=True)
class Rule:
    """A voting rule: how weights come from sizes, how much weight is needed, and what majority besides."""

    scheme: Scheme
    quota: QuotaRule = field(default_factory=QuotaRule)
    second: SecondMajority | None = None


@dataclass(frozen=True)
class Line:
    """One co-op on the sheet. Shares are of 1; `flags` are dummy, veto and dictator.

    `shapley` is None where weights are too large to count it out, `power_per_member` (Banzhaf by size) where it has no
    members.
    """

    coop: str
    size: int
    weight: int
    weight_share: float
    banzhaf: float
    shapley: float | None
    power_per_member: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The fairness sheet of a rule for some sizes; lines in the order of ids. `notes` tell how the weights came to be.

    `pass_chance` is the chance that a motion passes when every co-op says yes or no by the throw of a coin.
    """

    rule: Rule
    lines: tuple[Line, ...]
    total: int
    quota: int
    second_quota: int | None
    pass_chance: float
    blocking: Blocking
    notes: tuple[str, ...]

    def flagged(self, flag: str) -> tuple[str, ...]:
        """The co-ops with this flag."""
        return tuple(line.coop for line in self.lines if flag in line.flags)

    @property
    def largest(self) -> Line:
        """The co-op with most members, the first by id of several."""
        return max(self.lines, key=lambda line: line.size)

    @property
    def smallest(self) -> Line:
        """The co-op with fewest members, the first by id of several."""
        return min(self.lines, key=lambda line: line.size)


def sheet(sizes: Sizes, rule: Rule, *, with_shapley: bool = True) -> Sheet:
    """The fairness sheet; Shapley-Shubik power, which takes longest, can be left out.

    >>> found = sheet({"ash": 50, "elm": 30, "fir": 20}, Rule(Scheme("proportional")))
    >>> found.quota, [line.banzhaf for line in found.lines], found.pass_chance
    (51, [0.6, 0.2, 0.2], 0.375)

    Raises: InvalidInput when a scheme cannot be kept, or the power of such weights cannot be counted out.
    """
    weighed = weigh(sizes, rule.scheme)
    weights = weighed.weights
    total = sum(weights.values())
    quota = quota_for(rule.quota, total, sizes.values())
    game, needed = _game(weights, quota, sizes, rule.second)
    check_size(game, "sizes", shapley=False)
    marks = flags(game)
    power = banzhaf(game)
    heavy = too_heavy(game, shapley=True) if with_shapley else ""
    joining = shapley(game).shares if with_shapley and not heavy else None
    lines = []
    for place, (coop, weight) in enumerate(weights.items()):
        idle = "dummy" in marks[coop]
        share = 0.0 if idle else power.shares[place]
        order = None if joining is None else 0.0 if idle else joining[place]
        per_member = share / sizes[coop] if sizes[coop] else None
        lines.append(
            Line(coop, sizes[coop], weight, weight / total, share, order, per_member, tuple(marks[coop])),
        )
    notes = (*weighed.notes, *([heavy[0].upper() + heavy[1:] + "."] if heavy else []))
    return Sheet(rule, tuple(lines), total, quota, needed, power.act, smallest_blocking(game), notes)


def what_if(sizes: Sizes, rule: Rule, coop: str, factor: Fraction | int) -> tuple[Sheet, Sheet]:
    """The sheets before and after one co-op grows or shrinks by a factor; its new size is rounded half up.

    >>> before, after = what_if({"ash": 50, "elm": 30, "fir": 20}, Rule(Scheme("proportional")), "ash", 2)
    >>> before.flagged("dictator"), after.flagged("dictator")
    ((), ('ash',))

    Raises: InvalidInput for an unknown co-op, or a size out of bounds.
    """
    if coop not in sizes:
        raise InvalidInput({"coop": f"there is no co-op {coop[:60]!r} among the sizes"})
    changed = (2 * sizes[coop] * Fraction(factor) + 1) // 2
    if not 0 <= changed <= MAX_SIZE:
        raise InvalidInput({"factor": f"would make {changed:,} members of {coop}; use 0 to {MAX_SIZE:,}"})
    return sheet(sizes, rule), sheet({**sizes, coop: int(changed)}, rule)


def _game(
    weights: Mapping[str, int], quota: int, sizes: Sizes, second: SecondMajority | None
) -> tuple[Game, int | None]:
    first = Condition(tuple(weights.values()), quota)
    if second is None:
        return Game(tuple(weights), (first,)), None
    heads = tuple(1 if second.of == "coops" else sizes[coop] for coop in weights)
    needed = second_quota(second, sum(heads))
    return Game(tuple(weights), (first, Condition(heads, needed))), needed
