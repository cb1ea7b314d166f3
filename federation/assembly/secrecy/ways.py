"""In how many ways voters can have voted, given the totals that were published.

A voter of weight w multiplies the generating function by (1 + y^w + z^w): w goes to one of three choices. The voters
without one of them are counted afresh for each weight rather than divided out, because division loses digits.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy

CHOICES = ("yes", "abstain", "no")
MOST_STEPS = 400_000_000

State = TypeVar("State")


@dataclass(frozen=True)
class Ways:
    """For one voter of a weight: in how many ways the rest can have voted, for each choice it may have made."""

    yes: float
    abstain: float
    no: float

    @property
    def chances(self) -> tuple[float, float, float]:
        """The chance of yes, abstain and no when every way is as likely as every other."""
        total = self.yes + self.abstain + self.no
        return (self.yes / total, self.abstain / total, self.no / total)


def without_one(
    classes: Sequence[tuple[int, int]], start: State, add: Callable[[State, int], State]
) -> Iterator[tuple[int, State]]:
    """For each weight, all voters but one of that weight added to `start`: half by half, n log n additions in all.

    `classes`: (weight, number of voters) with each weight once.

    >>> [(weight, total) for weight, total in without_one([(1, 2), (5, 1), (9, 1)], 0, lambda s, w: s + w)]
    [(1, 15), (5, 11), (9, 7)]
    """
    if len(classes) == 1:
        weight, voters = classes[0]
        yield weight, _add_all([(weight, voters - 1)], start, add)
        return
    middle = len(classes) // 2
    yield from without_one(classes[:middle], _add_all(classes[middle:], start, add), add)
    yield from without_one(classes[middle:], _add_all(classes[:middle], start, add), add)


def _add_all(classes: Sequence[tuple[int, int]], state: State, add: Callable[[State, int], State]) -> State:
    for weight, voters in classes:
        for _ in range(voters):
            state = add(state, weight)
    return state


def steps(weights: Sequence[int], totals: Sequence[int]) -> int:
    """About how many additions `count_ways` would make."""
    small, large = sorted(totals)[:2]
    return (small + 1) * (large + 1) * len(weights) * max(1, math.ceil(math.log2(max(1, len(set(weights))))))


def count_ways(weights: Sequence[int], totals: Sequence[int]) -> dict[int, Ways]:
    """For each weight, the ways in which the totals (yes, abstain, no) can have come about, by that voter's choice.

    >>> count_ways([1, 1, 2], (2, 0, 2))
    {1: Ways(yes=1, abstain=0, no=1), 2: Ways(yes=1, abstain=0, no=1)}
    >>> count_ways([1, 3], (3, 0, 1))
    {1: Ways(yes=0, abstain=0, no=1), 3: Ways(yes=1, abstain=0, no=0)}

    Whole numbers are exact while they fit (61 voters, 39 with abstentions). Beyond, floats: sums of numbers that are
    nought or at least one, and at most 3^500 < 10^239, so that nought stays nought, more stays more, and a chance is
    right to 12 digits. Whether something is certain is therefore decided exactly in both cases.
    """
    import numpy

    order = sorted(range(3), key=lambda choice: totals[choice])
    small, large = order[0], order[1]
    shape = (totals[small] + 1, totals[large] + 1)
    most = (3 if totals[small] or 0 in weights else 2) ** len(weights)
    start = numpy.zeros(shape, dtype=numpy.int64 if most < 2**62 else numpy.float64)
    start[0, 0] = 1
    found = {}
    for weight, grid in without_one(sorted(Counter(weights).items()), start, _spread):
        ways = [_cell(grid, shape, small, large, choice, weight) for choice in range(3)]
        found[weight] = Ways(*ways)
    return found


def _spread(grid: "numpy.ndarray", weight: int) -> "numpy.ndarray":
    """The grid after one more voter, who goes to the row choice, to the column choice, or to the third."""
    if weight == 0:
        return grid * 3
    rows, columns = grid.shape
    spread = grid.copy()
    if weight < rows:
        spread[weight:] += grid[: rows - weight]
    if weight < columns:
        spread[:, weight:] += grid[:, : columns - weight]
    return spread


def _cell(grid: Any, shape: tuple[int, int], small: int, large: int, choice: int, weight: int) -> float:
    row = shape[0] - 1 - (weight if choice == small else 0)
    column = shape[1] - 1 - (weight if choice == large else 0)
    return grid[row, column].item() if row >= 0 and column >= 0 else 0
