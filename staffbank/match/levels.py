"""The levels of a match, one after the other: each is brought to its best while those before it keep their value.

Each level is first solved with fractions, which gives its bound and a price for each column. Whole placements are then
sought among the few columns that look best; columns whose price alone would worsen the answer beyond one that is
known cannot matter and are left out of the proof.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from staffbank.match.model import Model, Row, broken_sets, greedy
from staffbank.match.problem import Problem, Shift, Worker
from staffbank.match.programme import Aim, Clock, Relaxed, Whole, relax, solve_whole
from staffbank.match.times import DAY, HOUR
from staffbank.match.travel import travel_minutes

ALL_AT_ONCE = 600
"""Up to so many columns are solved whole without choosing among them."""
PROVABLE, PROVABLE_RATIO = 50_000, 1500
"""Up to so many columns a proof in whole numbers is tried when the fractions' bound is not reached."""
FAIR_ENOUGH = 0.085
"""How near its bound a large programme's fairness will do; the last steps take hours."""
WIDTHS = (0, 2, 4)
"""How many co-ops' best columns per shift are tried, beside those the fractions use."""
FAIR_TRIES = ((1, 0.065), (2, 0.065), (2, 0.03), (4, 0.03))
"""The same for fairness, each with the gap at which the try may end: most end with the first."""
NEAR = 0.002
"""And journeys and cost to so near theirs."""
BUDGETS = {"coverage": 0.4, "continuity": 0.35, "fairness": 0.55, "travel": 0.7, "cost": 0.7, "ties": 0.5}
"""The part of the time left that a level may take."""
ROUNDS = {"travel": 20, "cost": 4}
"""How often a part of a large match is solved again with the rest held; a fixed number, so that answers repeat."""
ROUND_SEED, ROUND_TIME = 1, 0.15
ROUND_WIDTH = 4
FREED = 0.4
"""The part of the co-ops whose placements a round frees; where there are few co-ops, the part of the shifts."""
TRAVEL_UNIT = 1000
"""Journeys are whole thousandths of a minute inside the programme."""


@dataclass(frozen=True)
class LevelFound:
    """A level's exact value and a bound nobody can pass, both in the level's own whole unit or as a ratio."""

    name: str
    value: Fraction
    bound: Fraction
    proven: bool


@dataclass
class Found:
    """What the levels came to: the chosen columns, each level, and whether time cut anything short."""

    values: list[int] | None
    levels: list[LevelFound] = field(default_factory=list)
    cut_short: bool = False


def is_continuous(shift: Shift, worker: Worker, days: int) -> bool:
    """Whether a carer was with the person of a shift in so many days before it."""
    last = worker.visited.get(shift.person or "")
    return last is not None and 0 <= shift.start // DAY - last <= days


def run_levels(model: Model, clock: Clock, tell: Callable[[str, int], None]) -> Found:
    """Bring each level of the problem to its best in turn.

    Raises: Cancelled.
    """
    problem = model.problem
    found = Found(None)
    if len(model.forced) < len(problem.pinned):
        return found
    found.values = greedy(model)
    rows: list[Row] = []
    steps = [*problem.levels, "ties"]
    for number, name in enumerate(steps):
        tell(name, 100 * number // len(steps))
        aim = aim_of(model, name)
        part = clock.part(BUDGETS[name] if number < len(steps) - 1 else 1)
        level = _Level(model, rows, aim, part, found.values, name)
        level.solve()
        if level.best is None:
            found.cut_short |= level.cut_short
            return Found(None, cut_short=found.cut_short)
        found.values = level.best
        found.cut_short |= level.cut_short
        value = exact_value(aim, level.best)
        if name != "ties":
            found.levels.append(LevelFound(name, value, level.exact_bound(value), level.proven))
        rows += held_rows(aim, value)
    return found


def aim_of(model: Model, name: str) -> Aim:
    """What a level seeks, per column."""
    problem = model.problem
    if name == "coverage":
        return Aim(most=True, weights={c: problem.shifts[s].risk for c, (s, _) in enumerate(model.pairs)})
    if name == "continuity":
        days = problem.numbers.continuity_days
        both = ((c, problem.shifts[s], problem.workers[w]) for c, (s, w) in enumerate(model.pairs))
        return Aim(most=True, weights={c: 1 for c, shift, worker in both if is_continuous(shift, worker, days)})
    if name == "fairness":
        return Aim(loads=_loads(model))
    if name == "travel":
        return Aim(weights={c: travel_units(problem, s, w) for c, (s, w) in enumerate(model.pairs)}, unit=TRAVEL_UNIT)
    if name == "cost":
        return Aim(weights={c: cost_pence(problem, s, w) for c, (s, w) in enumerate(model.pairs)}, unit=100)
    return Aim(weights={c: _tie(problem, s, w) for c, (s, w) in enumerate(model.pairs)})


def travel_units(problem: Problem, s: int, w: int) -> int:
    """Thousandths of a minute from a carer's home to a shift."""
    shift, worker = problem.shifts[s], problem.workers[w]
    return round(TRAVEL_UNIT * travel_minutes(worker.place, shift.place, worker.mode, problem.numbers))


def cost_pence(problem: Problem, s: int, w: int) -> int:
    """Whole pence of a placement, half a penny up."""
    return math.floor(Fraction(problem.shifts[s].seconds, HOUR) * problem.workers[w].pence_per_hour + Fraction(1, 2))


def _tie(problem: Problem, s: int, w: int) -> int:
    """Between equals: the preferred carer, then who was offered least of late."""
    worker = problem.workers[w]
    return min(worker.offered_recently, 999) - (1000 if problem.shifts[s].preferred == worker.id else 0)


def _loads(model: Model) -> list[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """Per co-op that can lend: the columns that lend its hours, their seconds, and its bankable seconds."""
    problem = model.problem
    lent: dict[str, list[tuple[int, int]]] = {}
    for column, (s, w) in enumerate(model.pairs):
        home = problem.workers[w].coop
        if problem.shifts[s].coop != home:
            lent.setdefault(home, []).append((column, problem.shifts[s].seconds))
    return [
        (tuple(c for c, _ in own), tuple(v for _, v in own), problem.bankable[coop])
        for coop, own in sorted(lent.items())
    ]


def freed_shifts(model: Model, values: Sequence[int], dice: random.Random) -> set[int]:
    """Shifts to be placed anew: those held by some co-ops drawn by lot, the open ones, and what is linked to them."""
    problem = model.problem
    coops = sorted(problem.bankable)
    held = {s: problem.workers[w].coop for s, w in model.chosen(values)}
    free = {s for s in range(len(problem.shifts)) if s not in held}
    if len(coops) >= 5:
        drawn = set(dice.sample(coops, math.ceil(FREED * len(coops))))
        free |= {s for s, coop in held.items() if coop in drawn}
    else:
        free |= set(dice.sample(sorted(held), math.ceil(FREED * len(held))))
    return free.union(*(group for group in model.groups if free & set(group)))


def exact_value(aim: Aim, values: Sequence[int]) -> Fraction:
    """The exact value of an answer under an aim, in whole units or as a ratio."""
    if aim.loads:
        shares = (Fraction(_sum(columns, weights, values), whole) for columns, weights, whole in aim.loads)
        return max(shares, default=Fraction(0))
    return Fraction(sum(weight for column, weight in aim.weights.items() if values[column]))


def held_rows(aim: Aim, value: Fraction) -> list[Row]:
    """Rows that keep a level at its value while later ones are sought."""
    if aim.loads:
        return [Row(c, v, None, math.floor(value * whole), HOUR) for c, v, whole in aim.loads]
    if not aim.weights:
        return []
    columns, weights = tuple(aim.weights), tuple(aim.weights.values())
    whole = int(value)
    return [Row(columns, weights, whole, None, aim.unit) if aim.most else Row(columns, weights, None, whole, aim.unit)]


def _sum(columns: Sequence[int], weights: Sequence[int], values: Sequence[int]) -> int:
    return sum(weight for column, weight in zip(columns, weights, strict=True) if values[column])


class _Level:
    """One level under way: the best answer so far, the bound so far, and what was held before it."""

    def __init__(
        self, model: Model, rows: list[Row], aim: Aim, clock: Clock, best: list[int] | None, name: str
    ) -> None:
        self.model, self.rows, self.aim, self.clock, self.best, self.name = model, rows, aim, clock, best, name
        self.bound: float | None = None
        self.cut_short = False

    @property
    def proven(self) -> bool:
        """Whether the best answer reaches the bound."""
        return self.best is not None and self.exact_bound(exact_value(self.aim, self.best)) == exact_value(
            self.aim, self.best
        )

    def exact_bound(self, value: Fraction) -> Fraction:
        """The bound as an exact number that is surely one: whole where the value is, and no better than the value."""
        if self.bound is None:
            return self._ceiling() if self.aim.most else Fraction(0)
        slack = 1e-7 * max(1.0, abs(self.bound))
        if self.aim.loads:
            safe = max(Fraction(0), Fraction(self.bound) - Fraction(1, 10**8))
            return value if value - safe <= Fraction(1, 10**7) else safe
        whole = self.bound * self.aim.unit
        slack = slack * self.aim.unit
        if self.aim.most:
            return Fraction(max(int(value), math.floor(whole + slack)))
        return Fraction(min(int(value), math.ceil(whole - slack)))

    def _ceiling(self) -> Fraction:
        """What a level cannot pass if every seat were filled by whoever counts most."""
        seats = {s: shift.seats for s, shift in enumerate(self.model.problem.shifts)}
        most: dict[int, int] = {}
        for column, weight in self.aim.weights.items():
            s = self.model.pairs[column][0]
            most[s] = max(most.get(s, 0), weight * seats[s])
        return Fraction(sum(most.values()))

    def _idle(self) -> bool:
        """Whether there is nothing to be won.

        Among very many placements equals are rare, and telling them apart would take longer than a level.
        """
        if self.name == "ties" and self.model.count > ALL_AT_ONCE:
            return True
        return self.best is not None and not self.aim.loads and not any(self.aim.weights.values())

    def solve(self) -> None:
        """Bring the level to its best in the time there is."""
        if self._idle():
            self.bound = 0.0
            return
        relaxed = relax(self.model, self.rows, self.aim, self.clock)
        if relaxed is None:
            if self.best is None:
                self._whole(None)
            else:
                self.cut_short = True
            return
        self.bound = relaxed.bound
        if self.proven:
            return
        if self.model.count <= ALL_AT_ONCE:
            self._whole(None)
            return
        if self.name in ROUNDS and self.best is not None:
            self._improve(relaxed)
            return
        for width, gap in FAIR_TRIES if self.aim.loads else [(width, 0.0) for width in WIDTHS]:
            self._whole(self._likely(relaxed, width), gap=gap, clock=self.clock.part(0.7))
            if self._near_enough() or not self.clock.left:
                return
        needed = self._needed(relaxed)
        if (
            len(needed) <= (PROVABLE_RATIO if self.aim.loads else PROVABLE)
            and self.clock.left
            and self.best is not None
        ):
            self._whole(needed, closes=True)

    def _improve(self, relaxed: Relaxed) -> None:
        """Solve again and again a part of the shifts with the rest held: every round keeps or betters the answer."""
        likely = set(self._likely(relaxed, ROUND_WIDTH))
        dice = random.Random(ROUND_SEED)
        for _ in range(ROUNDS[self.name]):
            if self._near_enough():
                return
            if not self.clock.left:
                self.cut_short = True
                return
            assert self.best is not None
            free = freed_shifts(self.model, self.best, dice)
            pairs = self.model.pairs
            held = {c for c, (s, _) in enumerate(pairs) if self.best[c] and s not in free}
            keep = {c for c in likely if c >= len(pairs) or pairs[c][0] in free} | held
            # A round that proves hard is left for the next, which frees other shifts.
            self._whole(sorted(keep), held=frozenset(held), clock=self.clock.part(ROUND_TIME))

    def _near_enough(self) -> bool:
        if self.best is None or self.bound is None:
            return False
        value = exact_value(self.aim, self.best)
        return abs(value - self.exact_bound(value)) <= Fraction(str(self._gap())) * abs(value)

    def _gap(self) -> float:
        if self.model.count <= ALL_AT_ONCE:
            return 0.0
        return FAIR_ENOUGH if self.aim.loads else NEAR if self.name in ROUNDS else 0.0

    def _whole(
        self,
        keep: list[int] | None,
        *,
        closes: bool = False,
        held: frozenset[int] = frozenset(),
        clock: Clock | None = None,
        gap: float | None = None,
    ) -> None:
        """Solve in whole numbers; answers that break a rule of three or more shifts are forbidden and it goes on."""
        clock = clock or self.clock
        gap = self._gap() if gap is None else gap
        while True:
            found = solve_whole(self.model, self.rows, self.aim, clock, keep=keep, hint=self.best, gap=gap, held=held)
            self.cut_short |= found.cut_short
            broken = broken_sets(self.model, found.values) if found.values is not None else []
            for columns in broken:
                self.model.at_most_one(columns, len(columns) - 1)
            if not broken:
                break
            if not clock.left:
                self.cut_short = True
                return
        self._take(found)
        if (keep is None or closes) and found.bound is not None and self.bound is not None:
            self.bound = min(self.bound, found.bound) if self.aim.most else max(self.bound, found.bound)
        elif keep is None and found.bound is not None:
            self.bound = found.bound

    def _take(self, found: Whole) -> None:
        """Keep an answer that holds every row exactly and is better than the one there was."""
        if found.values is None or any(not _holds(row, found.values) for row in [*self.model.rows, *self.rows]):
            return
        value = exact_value(self.aim, found.values)
        if self.best is not None:
            before = exact_value(self.aim, self.best)
            if value == before or (value > before) != self.aim.most:
                return
        self.best = found.values

    def _likely(self, relaxed: Relaxed, width: int) -> list[int]:
        """Columns the fractions use, those of the best answer, groups, pins, and of each shift the best few co-ops."""
        model, problem = self.model, self.model.problem
        keep = {column for column, value in enumerate(relaxed.values) if value > 1e-7}
        keep.update(range(len(model.pairs), model.count))
        keep.update(model.forced)
        keep.update(column for column, value in enumerate(self.best or ()) if value)
        of_shift: dict[int, list[int]] = {}
        for column, (s, _) in enumerate(model.pairs):
            of_shift.setdefault(s, []).append(column)
        for columns in of_shift.values():
            columns.sort(key=lambda column: (round(relaxed.prices[column], 9), column))
            seen: set[str] = set()
            for column in columns:
                coop = problem.workers[model.pairs[column][1]].coop
                if len(seen) < width and coop not in seen:
                    seen.add(coop)
                    keep.add(column)
        return sorted(keep)

    def _needed(self, relaxed: Relaxed) -> list[int]:
        """Columns that a better answer than the best can use at all: the price of any other is too high."""
        assert self.best is not None
        value = float(exact_value(self.aim, self.best)) / self.aim.unit
        room = abs(value - relaxed.bound) + 1e-6
        best = self.best
        return [c for c, price in enumerate(relaxed.prices) if price <= room or best[c] or c in self.model.forced]


def _holds(row: Row, values: Sequence[int]) -> bool:
    total = _sum(row.columns, row.values, values)
    return (row.lower is None or total >= row.lower) and (row.upper is None or total <= row.upper)
