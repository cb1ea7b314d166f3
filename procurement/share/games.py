"""A joint cost as a game: what each set of co-ops would pay, the Shapley value, and whether anybody gains by leaving.

A coalition is a bit mask over the sorted players; bit 0 is the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, lcm

MOST_FOR_SHAPLEY = 18


@dataclass(frozen=True)
class Game:
    """Players in sorted order and the pence of each known coalition by bit mask; one that cannot buy has none."""

    players: tuple[str, ...]
    costs: Mapping[int, int]

    @property
    def everybody(self) -> int:
        """The mask of all players."""
        return (1 << len(self.players)) - 1

    @property
    def complete(self) -> bool:
        """Whether the cost of every coalition is known."""
        return len(self.costs) == self.everybody

    def names(self, mask: int) -> list[str]:
        """The players in a coalition."""
        return [player for place, player in enumerate(self.players) if mask >> place & 1]


@dataclass(frozen=True)
class CoreCheck:
    """Whether no coalition gains by leaving, the one that gains most (or loses least), and its exact gain in pence."""

    in_core: bool | None
    worst: int | None
    gain: Fraction


def shapley(game: Game) -> dict[str, Fraction]:
    """The average, over all orders of arrival, of what each player adds to the cost: player to exact pence.

    >>> airport = Game(("a", "b", "c"), {1: 1500, 2: 2200, 3: 2200, 4: 3000, 5: 3000, 6: 3000, 7: 3000})
    >>> {player: int(pence) for player, pence in shapley(airport).items()}
    {'a': 500, 'b': 850, 'c': 1650}

    Raises: ValueError unless every coalition's cost is known and there are at most 18 players.
    Source: Shapley, "A value for n-person games", 1953.
    """
    count = len(game.players)
    if not game.complete or count > MOST_FOR_SHAPLEY:
        raise ValueError(f"the Shapley value needs the cost of every coalition of at most {MOST_FOR_SHAPLEY} players")
    costs = [0] * (game.everybody + 1)
    for mask, pence in game.costs.items():
        costs[mask] = pence
    sizes = [mask.bit_count() for mask in range(len(costs))]
    values = {}
    for place, player in enumerate(game.players):
        bit = 1 << place
        added = [0] * count
        for mask, size in enumerate(sizes):
            if not mask & bit:
                added[size] += costs[mask | bit] - costs[mask]
        chances = [Fraction(factorial(size) * factorial(count - size - 1), factorial(count)) for size in range(count)]
        values[player] = sum((pence * chance for pence, chance in zip(added, chances, strict=True)), Fraction(0))
    return values


def check_core(game: Game, shares: Mapping[str, Fraction]) -> CoreCheck:
    """Look for the coalition that gains most by leaving; unknown costs leave the answer None unless one gains.

    >>> game = Game(("a", "b"), {1: 60, 2: 60, 3: 100})
    >>> check_core(game, {"a": Fraction(70), "b": Fraction(30)})
    CoreCheck(in_core=False, worst=1, gain=Fraction(10, 1))
    """
    unit = lcm(*(share.denominator for share in shares.values()))
    own = [int(shares[player] * unit) for player in game.players]
    paid = pay_of_all(own) if game.complete else None
    worst, best_gain = None, 0
    for mask in sorted(game.costs):
        if mask == game.everybody:
            continue
        pays = paid[mask] if paid else sum(own[place] for place in range(len(own)) if mask >> place & 1)
        gain = pays - game.costs[mask] * unit
        if worst is None or gain > best_gain:
            worst, best_gain = mask, gain
    known = True if game.complete else None
    return CoreCheck(False if best_gain > 0 else known, worst, Fraction(best_gain, unit))


def pay_of_all(own: Sequence[int]) -> list[int]:
    """What each coalition pays together, by mask.

    >>> pay_of_all([1, 10])
    [0, 1, 10, 11]
    """
    paid = [0]
    for share in own:
        paid.extend([share + before for before in paid])
    return paid
