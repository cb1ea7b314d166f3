"""Small games, coalition by coalition: up to 20 players of any weights, where sums would need a larger table."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from federation.assembly.power.games import Game


@dataclass(frozen=True)
class Counted:
    """Per player in the game's order, of how many coalitions of the others it decides, by their size from nought."""

    decides: tuple[tuple[int, ...], ...]
    winning: int

    @property
    def swings(self) -> tuple[int, ...]:
        """Of how many coalitions each player decides."""
        return tuple(sum(by_size) for by_size in self.decides)

    @property
    def orders(self) -> tuple[Fraction, ...]:
        """In what share of all orders of joining each player turns the coalition."""
        count = len(self.decides)
        return tuple(
            sum((Fraction(many, count * math.comb(count - 1, size)) for size, many in enumerate(by_size)), Fraction(0))
            for by_size in self.decides
        )


@lru_cache(maxsize=4)
def count_all(game: Game) -> Counted:
    """Look at every coalition; the bits of its number are its members.

    >>> from federation.assembly.power.games import simple_game
    >>> count_all(simple_game({"a": 2, "b": 1, "c": 1}, 3))
    Counted(decides=((0, 2, 1), (0, 1, 0), (0, 1, 0)), winning=3)
    """
    import numpy as np

    wins = np.ones(1 << len(game), dtype=bool)
    for weights, quota in game.conditions:
        sums = np.zeros(1, dtype=np.int64)
        for weight in weights:
            sums = np.concatenate([sums, sums + weight])
        wins &= sums >= quota
    sizes = np.zeros(1, dtype=np.int8)
    for _ in game.players:
        sizes = np.concatenate([sizes, sizes + np.int8(1)])
    decides = []
    for place in range(len(game)):
        halves = wins.reshape(-1, 2, 1 << place)
        turned = halves[:, 1] & ~halves[:, 0]
        without = sizes.reshape(-1, 2, 1 << place)[:, 0][turned]
        decides.append(tuple(np.bincount(without, minlength=len(game)).tolist()))
    return Counted(tuple(decides), int(wins.sum()))
