"""How likely each player is to decide, when everybody says yes with the same chance and independently."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.assembly.power.games import Game, Vector
from federation.assembly.power.tables import UNIT, corner_sums, most_steps, take_out

if TYPE_CHECKING:
    import numpy as np

ROOM = 1 << 16
"""So many cells are worked on at once where there are several chances: they stay in a core's cache."""


@dataclass(frozen=True)
class Pivots:
    """Per distinct vector of weights and per chance: how likely its player decides, and the most that may be wrong.

    `passes` is how likely the motion passes, `fails` how likely it does not: one of them is found, the other is what
    is left of 1. Where `whole`, everything counts coalitions in whole numbers instead.
    """

    decides: dict[Vector, "np.ndarray"]
    errors: dict[Vector, "np.ndarray"]
    passes: "np.ndarray"
    fails: "np.ndarray"


def count_pivots(game: Game) -> tuple[dict[Vector, int], int]:
    """In whole numbers: of how many coalitions of the others each vector's player decides, and how many coalitions win.

    >>> from federation.assembly.power.games import simple_game
    >>> count_pivots(simple_game({"a": 2, "b": 1, "c": 1}, 3).lean)
    ({(2,): 3, (1,): 1}, 3)
    """
    no, yes = game.said_no(), game.said_yes()
    by_no = len(game.conditions) > 1 or no[0].cells <= yes[0].cells
    (corner,) = no if by_no else yes
    table = corner_sums(game.vectors, corner.ends, None)
    found = {vector: int(take_out(table, vector, table[:, :0])[0][0]) for vector in dict.fromkeys(game.vectors)}
    inside = int(table[(0, *corner.ends)])
    return found, inside if by_no else 2 ** len(game) - inside


def pivots(game: Game, chances: "np.ndarray", *, by_no: bool) -> Pivots:
    """For chances of yes; by those who say no where the chances are at least ½, else by those who say yes."""
    import numpy as np

    ratios = (1 - chances) / chances if by_no else chances / (1 - chances)
    others = np.power(chances if by_no else 1 - chances, len(game) - 1.0)
    distinct = list(dict.fromkeys(game.vectors))
    decides = {vector: np.zeros(len(chances)) for vector in distinct}
    errors = {vector: np.zeros(len(chances)) for vector in distinct}
    inside = np.zeros(len(chances))
    for corner in game.said_no() if by_no else game.said_yes():
        within = [tuple(vector[axis] for axis in corner.axes) for vector in game.vectors]
        several = max(1, ROOM // corner.cells)
        longest = most_steps(within, corner.ends)
        for start in range(0, len(chances), several):
            part = slice(start, start + several)
            table = corner_sums(within, corner.ends, ratios[part])
            powers = np.power(ratios[part, None], np.arange(float(longest)))
            inside[part] += corner.sign * table[(slice(None), *corner.ends)]
            for vector in distinct:
                value, size = take_out(table, tuple(vector[axis] for axis in corner.axes), powers)
                decides[vector][part] += corner.sign * value
                errors[vector][part] += size
    inside *= others * (chances if by_no else 1 - chances)
    # Each player costs one addition; where the ratio is not 1, it costs a product too, and the ratio's own rounding.
    rounding = ((1 if np.all(ratios == 1) else 6) * len(game) + 50) * UNIT
    return Pivots(
        {vector: np.maximum(value * others, 0) for vector, value in decides.items()},
        {vector: error * others * rounding for vector, error in errors.items()},
        inside if by_no else 1 - inside,
        1 - inside if by_no else inside,
    )
