"""Shapley-Shubik power: who turns a growing coalition into a winning one, over all orders of joining it."""

from dataclasses import dataclass

from federation.assembly.power.games import Game, chances, is_small
from federation.assembly.power.pivots import pivots
from federation.assembly.power.small import count_all
from federation.assembly.power.tables import UNIT

QUADRATURE = 1e-14
"""The most by which nodes and weights in double precision move an integral of a polynomial between 0 and 1, and by
which it is cut short."""


@dataclass(frozen=True)
class Shapley:
    """Shares that add up to 1, per player in the game's order, each within `error` of the true one."""

    shares: tuple[float, ...]
    error: float


def shapley(game: Game) -> Shapley:
    """Shapley-Shubik power of every player.

    A player's share is the integral, over the chance with which all the others say yes, of the chance that it decides:
    a polynomial of lower degree than there are players, for which Gauss-Legendre quadrature is exact (see `chances`).

    >>> from federation.assembly.power.games import simple_game
    >>> [round(share, 9) for share in shapley(simple_game({"a": 50, "b": 49, "c": 1}, 51)).shares]
    [0.666666667, 0.166666667, 0.166666667]

    Source: Shapley and Shubik 1954; Owen 1972, Multilinear extensions of games.
    """
    import numpy as np

    lean = game.lean
    if is_small(game):
        return Shapley(tuple(float(share) for share in count_all(lean).orders), UNIT)
    places, weights = np.polynomial.legendre.leggauss(chances(len(game)))
    yes, weights = (places + 1) / 2, weights / 2
    shares = dict.fromkeys(lean.vectors, 0.0)
    errors = dict.fromkeys(lean.vectors, QUADRATURE)
    for by_no in (True, False):
        side = yes >= 0.5 if by_no else yes < 0.5
        if not side.any():
            continue
        found = pivots(lean, yes[side], by_no=by_no)
        for vector in shares:
            shares[vector] += float(weights[side] @ found.decides[vector])
            errors[vector] += float(weights[side] @ found.errors[vector])
    return Shapley(tuple(shares[vector] for vector in lean.vectors), max(errors.values()))
