"""The programme behind a match: a column per lawful pair and per group of shifts, rows for seats and for each carer.

Rules that bind two shifts of a carer are rows from the start. Those that need three or more are rare: they are asked
of each answer, and what breaks one is forbidden by a row of its own.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from staffbank.match.problem import Problem, Shift, Worker
from staffbank.match.rules import may_work, spell_around
from staffbank.match.times import HOUR, MINUTE, WEEK, monday
from staffbank.match.travel import travel_minutes

_EASY_WEEKLY_REST = 36 * HOUR
"""Two shifts of a day each, without a rota, always leave so long a rest in a week."""
MOST_PAIRS_ASKED = 400_000
"""So many pairs of shifts of one carer are tried from the start; beyond, only those near one another."""


@dataclass(frozen=True)
class Row:
    """lower <= sum of coefficient times column <= upper, in whole numbers; None for no bound.

    `unit` is what a solver is to count in, so that its numbers stay near one.
    """

    columns: tuple[int, ...]
    values: tuple[int, ...]
    lower: int | None
    upper: int | None
    unit: int = 1


@dataclass
class Model:
    """Columns are nought or one: first one per pair (shift, worker), then one per group of several seats."""

    problem: Problem
    pairs: list[tuple[int, int]]
    groups: list[tuple[int, ...]]
    rows: list[Row] = field(default_factory=list)
    of_worker: dict[int, list[int]] = field(default_factory=dict)
    forced: set[int] = field(default_factory=set)
    """Columns that are one: pins."""

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.pairs) + len(self.groups)

    def chosen(self, values: Sequence[int]) -> list[tuple[int, int]]:
        """The pairs whose column is one."""
        return [pair for pair, value in zip(self.pairs, values, strict=False) if value]

    def shifts_of(self, worker: int, columns: Iterable[int]) -> list[Shift]:
        """The shifts of these columns of a worker."""
        return [self.problem.shifts[self.pairs[column][0]] for column in columns]

    def at_most_one(self, columns: Sequence[int], most: int = 1) -> Row:
        """Add a row: at most so many of these columns are one."""
        row = Row(tuple(columns), (1,) * len(columns), None, most)
        self.rows.append(row)
        return row


def lawful_pairs(problem: Problem, hear: Callable[[int], None] | None = None) -> list[tuple[int, int]]:
    """Every (shift, worker) that no rule forbids, each pair alone; `hear` is told each shift's number."""
    at, numbers = problem.at, problem.numbers
    found = []
    for s, shift in enumerate(problem.shifts):
        if hear is not None:
            hear(s)
        found += [(s, w) for w, worker in enumerate(problem.workers) if may_work(shift, worker, at, numbers)]
    return found


def build(problem: Problem, pairs: list[tuple[int, int]]) -> Model:
    """The programme of a problem with these pairs."""
    model = Model(problem, pairs, [group for group in problem.groups if _seats(problem, group) > 1])
    of_shift: dict[int, list[int]] = {s: [] for s in range(len(problem.shifts))}
    for column, (s, w) in enumerate(pairs):
        of_shift[s].append(column)
        model.of_worker.setdefault(w, []).append(column)
    grouped = {s: len(pairs) + n for n, group in enumerate(model.groups) for s in group}
    for s, columns in of_shift.items():
        if s in grouped:
            seats = problem.shifts[s].seats
            model.rows.append(Row((*columns, grouped[s]), (*(1,) * len(columns), -seats), 0, 0))
        elif columns:
            model.at_most_one(columns)
    few = sum(len(own) ** 2 for own in model.of_worker.values()) <= 2 * MOST_PAIRS_ASKED
    journeys = Journeys(problem)
    for w, own in sorted(model.of_worker.items()):
        _rows_of_worker(model, problem.workers[w], own, few, journeys)
    place = {(problem.shifts[s].id, problem.workers[w].id): column for column, (s, w) in enumerate(pairs)}
    model.forced = {place[pin] for pin in problem.pinned if pin in place}
    return model


def _seats(problem: Problem, group: Sequence[int]) -> int:
    return sum(problem.shifts[s].seats for s in group)


def _reach(problem: Problem) -> Mapping[str, int]:
    """Seconds a journey between two of the shifts can take at most, by mode."""
    if not problem.shifts:
        return dict.fromkeys(problem.numbers.mph, 0)
    north, east = zip(*(shift.place for shift in problem.shifts), strict=True)
    # The diagonal of the box is walked along its two sides at most, each at its longer end.
    low, high = (min(north), min(east)), (max(north), max(east))
    flat = 0.0 if low[0] <= 0 <= high[0] else min(abs(low[0]), abs(high[0]))
    corners = ((low[0], low[1]), (high[0], low[1])), ((flat, low[1]), (flat, high[1]))
    return {
        mode: int(MINUTE * sum(travel_minutes(a, b, mode, problem.numbers) for a, b in corners)) + 1
        for mode in problem.numbers.mph
    }


def _rows_of_worker(model: Model, worker: Worker, own: list[int], few: bool, journeys: "Journeys") -> None:
    """Rows for what two shifts of one carer rule out, as sets of which one at most is worked, and for the hours."""
    problem, numbers = model.problem, model.problem.numbers
    shifts = {column: problem.shifts[model.pairs[column][0]] for column in own}
    order = sorted(own, key=lambda column: (shifts[column].start, shifts[column].end, column))
    spells = {column: _spell(worker, shift, numbers.rest) for column, shift in shifts.items()}
    weekly = few and bool(worker.rota or numbers.weekly_rest > _EASY_WEEKLY_REST)
    near = max(journeys.most[worker.mode], numbers.rest + (2 * numbers.spell if worker.rota else 0))
    apart: dict[int, set[int]] = {column: set() for column in order}
    for n, first in enumerate(order):
        a, (low, high) = shifts[first], spells[first]
        last = max(a.end + near, monday(a.end) + WEEK) if weekly else a.end + near
        for second in order[n + 1 :]:
            b, spell = shifts[second], spells[second]
            gap = b.start - a.end
            if b.start > last:
                break
            clash = gap < 0 or gap < journeys.seconds(a, b, worker.mode)
            # Two spells nearer than the rest are one, from the first start to the last end of either.
            clash = clash or (
                spell[0] - high < numbers.rest and max(high, spell[1]) - min(low, spell[0]) > numbers.spell
            )
            if clash or (weekly and not may_work(b, worker, problem.at, numbers, (a,))):
                apart[first].add(second)
                apart[second].add(first)
    for clique in _cliques(order, apart):
        model.at_most_one(clique)
    left = numbers.most_worked - worker.worked
    if not worker.opt_out and sum(shift.seconds for shift in shifts.values()) > left:
        model.rows.append(Row(tuple(order), tuple(shifts[column].seconds for column in order), None, left, HOUR))


def _spell(worker: Worker, shift: Shift, rest: int) -> tuple[int, int]:
    """First start and last end of the spell around a shift beside the rota alone."""
    after = bisect_right(worker.rota_starts, shift.start)
    return spell_around(worker.rota, after, shift.start, shift.end, rest)


class Journeys:
    """Seconds between shifts by mode, worked out once each, and the most that any can take."""

    def __init__(self, problem: Problem) -> None:
        self.numbers = problem.numbers
        self.most = _reach(problem)
        self._known: dict[tuple[str, tuple[float, float], tuple[float, float]], float] = {}

    def seconds(self, a: Shift, b: Shift, mode: str) -> float:
        """Seconds from one shift to another."""
        key = (mode, a.place, b.place)
        known = self._known.get(key)
        if known is None:
            # The same arithmetic as the rule itself, so that the two never differ by a rounding.
            known = self._known[key] = MINUTE * travel_minutes(a.place, b.place, mode, self.numbers)
        return known


def _cliques(order: Sequence[int], apart: Mapping[int, set[int]]) -> list[list[int]]:
    """Sets of columns each against each, which together hold every pair of `apart`; `order` is by start."""
    place = {column: n for n, column in enumerate(order)}
    found: list[list[int]] = []
    held: dict[int, set[int]] = {column: set() for column in order}
    for first in order:
        for second in sorted(apart[first] - held[first], key=place.__getitem__):
            if place[second] < place[first] or second in held[first]:
                continue
            clique, others = [first, second], apart[first] & apart[second]
            while others:
                nearest = min(others, key=place.__getitem__)
                clique.append(nearest)
                others = others & apart[nearest]
            found.append(sorted(clique, key=place.__getitem__))
            members = set(clique)
            for column in clique:
                held[column] |= members
    return found


def greedy(model: Model) -> list[int] | None:
    """A lawful answer found at once: pins first, then the riskiest groups of shifts with the fewest carers.

    None where pins cannot be met this way; there may be an answer all the same.
    """
    problem = model.problem
    of_shift: dict[int, list[int]] = {s: [] for s in range(len(problem.shifts))}
    for column, (s, _) in enumerate(model.pairs):
        of_shift[s].append(column)
    group_column = {group: len(model.pairs) + n for n, group in enumerate(model.groups)}
    values = [0] * model.count
    work: dict[int, list[Shift]] = {}

    def urgency(group: tuple[int, ...]) -> tuple[bool, int, int, tuple[int, ...]]:
        pinned = any(column in model.forced for s in group for column in of_shift[s])
        return not pinned, -problem.shifts[group[0]].risk, sum(len(of_shift[s]) for s in group), group

    for group in sorted(problem.groups, key=urgency):
        taken = _fill_group(model, group, of_shift, work)
        if taken is None:
            continue
        for column in taken:
            s, w = model.pairs[column]
            values[column] = 1
            work.setdefault(w, []).append(problem.shifts[s])
        if group in group_column:
            values[group_column[group]] = 1
    return values if all(values[column] for column in model.forced) else None


def _fill_group(
    model: Model, group: Sequence[int], of_shift: Mapping[int, list[int]], work: Mapping[int, list[Shift]]
) -> list[int] | None:
    """Columns that fill all seats of a group beside the work placed so far, pins first; None when one stays empty."""
    problem, taken = model.problem, list[int]()
    for s in group:
        shift, seats = problem.shifts[s], problem.shifts[s].seats
        for column in sorted(of_shift[s], key=lambda column: (column not in model.forced, column)):
            if not seats:
                break
            w = model.pairs[column][1]
            beside = [*work.get(w, ()), *(problem.shifts[model.pairs[c][0]] for c in taken if model.pairs[c][1] == w)]
            if may_work(shift, problem.workers[w], problem.at, problem.numbers, beside):
                taken.append(column)
                seats -= 1
        if seats:
            return None
    return taken


def broken_sets(model: Model, values: Sequence[int]) -> list[list[int]]:
    """Smallest sets of chosen columns, each of one carer, that no carer may work together; empty when all is lawful."""
    chosen: dict[int, list[int]] = {}
    for column, (_, w) in enumerate(model.pairs):
        if values[column]:
            chosen.setdefault(w, []).append(column)
    found = []
    for w, columns in sorted(chosen.items()):
        if len(columns) > 1 and not _lawful(model, w, columns):
            kept = list(columns)
            for column in columns:
                fewer = [one for one in kept if one != column]
                if not _lawful(model, w, fewer):
                    kept = fewer
            found.append(kept)
    return found


def _lawful(model: Model, worker: int, columns: Sequence[int]) -> bool:
    problem, carer = model.problem, model.problem.workers[worker]
    shifts = model.shifts_of(worker, columns)
    return all(
        may_work(shift, carer, problem.at, problem.numbers, [other for other in shifts if other is not shift])
        for shift in shifts
    )
