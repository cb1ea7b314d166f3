"""Weighted games: who wins with what weight, and how big a game is for those who count it out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from typing import NamedTuple

from tenants.errors import InvalidInput

MOST_PLAYERS = 1_000
MOST_EXACT = 60
"""To so many players coalitions are counted in whole numbers; beyond, in floating point with a bound on the error."""
MOST_SMALL = 20
"""Of so many players every coalition can be looked at, whatever the weights."""
MOST_CELLS = 10_000_000
MOST_STEPS = 5_000_000_000
"""Cells times players times chances: some ten seconds of one core."""

Vector = tuple[int, ...]


class Condition(NamedTuple):
    """One count that must be won: the weights of the players, in their order, and the weight needed."""

    weights: tuple[int, ...]
    quota: int

    @property
    def total(self) -> int:
        """All weights together."""
        return sum(self.weights)

    @property
    def slack(self) -> int:
        """The most weight that may say no with the count still won."""
        return self.total - self.quota


class Corner(NamedTuple):
    """A box of sums from nought to `ends`, over some of the conditions (`axes`), counted with a sign."""

    sign: int
    axes: tuple[int, ...]
    ends: Vector

    @property
    def cells(self) -> int:
        """How many sums lie in the box."""
        return math.prod(end + 1 for end in self.ends)


@dataclass(frozen=True)
class Game:
    """Players by id, and conditions that must all be met for a motion to pass."""

    players: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def __len__(self) -> int:
        return len(self.players)

    @cached_property
    def lean(self) -> "Game":
        """The same game with each condition divided by the greatest common divisor of its weights.

        >>> simple_game({"a": 30, "b": 20, "c": 20}, 41).lean.conditions
        (Condition(weights=(3, 2, 2), quota=5),)
        """
        conditions = []
        for weights, quota in self.conditions:
            divisor = math.gcd(*weights)
            conditions.append(Condition(tuple(weight // divisor for weight in weights), -(-quota // divisor)))
        return Game(self.players, tuple(conditions))

    @cached_property
    def vectors(self) -> tuple[Vector, ...]:
        """The weights of each player in all conditions."""
        return tuple(zip(*(condition.weights for condition in self.conditions), strict=True))

    def said_no(self) -> tuple[Corner, ...]:
        """Where the weight of those who say no lies when the motion passes: one box."""
        ends = tuple(condition.slack for condition in self.conditions)
        return (Corner(1, tuple(range(len(ends))), ends),)

    def said_yes(self) -> tuple[Corner, ...]:
        """Where the weight of those who say yes lies when it fails: a union of boxes, by inclusion and exclusion."""
        return tuple(self._unions())

    def _unions(self) -> Iterator[Corner]:
        for many in range(1, len(self.conditions) + 1):
            for axes in combinations(range(len(self.conditions)), many):
                ends = tuple(self.conditions[axis].quota - 1 for axis in axes)
                yield Corner(1 if many % 2 else -1, axes, ends)

    def wins(self, chosen: Sequence[int]) -> bool:
        """Whether the players at these places pass a motion together."""
        return all(sum(weights[place] for place in chosen) >= quota for weights, quota in self.conditions)


def simple_game(weights: Mapping[str, int], quota: int) -> Game:
    """A game of one condition, its players in the order of the mapping."""
    return Game(tuple(weights), (Condition(tuple(weights.values()), quota),))


@lru_cache
def chances(players: int) -> int:
    """How many chances of yes the quadrature needs: half the players, or fewer where the rest weighs under 10^-15.

    The chance to decide is a polynomial p of degree N = `players` - 1 whose Bernstein coefficients lie in [0, 1]. Its
    k-th Legendre coefficient is at most √((2k + 1) λ), λ = N! (N + 1)! / ((N - k)! (N + k + 1)!), by the
    Cauchy-Schwarz inequality; m chances integrate what lies below degree 2m exactly, and the rest adds at most the sum
    of the coefficients.

    >>> chances(12), chances(60), chances(200), chances(1000)
    (6, 29, 60, 139)
    """
    degree = players - 1
    shares = [1.0]
    for k in range(1, degree + 1):
        shares.append(shares[-1] * (degree - k + 1) / (degree + k + 1))
    left_out = 0.0
    for k in range(degree, 0, -1):
        left_out += math.sqrt((2 * k + 1) * shares[k])
        if left_out > 1e-15:
            return k // 2 + 1
    return 1


def is_small(game: Game) -> bool:
    """Whether there are fewer coalitions than sums, and few enough to look at each of them."""
    cells = max(corner.cells for corner in (*game.lean.said_no(), *game.lean.said_yes()))
    return len(game) <= MOST_SMALL and 1 << len(game) < cells


def steps(game: Game, *, shapley: bool) -> int:
    """How many cells are written to count a game out."""
    lean = game.lean
    no, yes = (sum(corner.cells for corner in side) for side in (lean.said_no(), lean.said_yes()))
    if shapley:
        return len(game) * chances(len(game)) * (no + yes) // 2
    return len(game) * (min(no, yes) if len(game.conditions) == 1 else no)


def too_heavy(game: Game, *, shapley: bool) -> str:
    """Why a game is too large to be counted out, in words; empty when it is not."""
    if is_small(game):
        return ""
    lean = game.lean
    corners = [*lean.said_no(), *lean.said_yes()] if shapley or len(lean.conditions) > 1 else _smaller(lean)
    cells = max(corner.cells for corner in corners)
    if cells <= MOST_CELLS and steps(game, shapley=shapley) <= MOST_STEPS:
        return ""
    what = "Shapley-Shubik power" if shapley else "Banzhaf power"
    return (
        f"{what} of {len(game):,} players takes too long to count out with weights this large: "
        "use smaller weights, such as weights apportioned to a total"
    )


def check_size(game: Game, path: str, *, shapley: bool) -> None:
    """Raises: InvalidInput at `path` when a game is too large to be counted out."""
    if words := too_heavy(game, shapley=shapley):
        raise InvalidInput({path: words})


def _smaller(lean: Game) -> tuple[Corner, ...]:
    return min(lean.said_no(), lean.said_yes(), key=lambda side: side[0].cells)
