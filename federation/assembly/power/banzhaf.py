"""Banzhaf power, and what Coleman made of it: how often a player decides when every coalition is as likely."""

from dataclasses import dataclass
from fractions import Fraction

from federation.assembly.power.games import MOST_EXACT, Game, is_small
from federation.assembly.power.pivots import Pivots, count_pivots, pivots
from federation.assembly.power.small import count_all
from federation.assembly.power.tables import UNIT


@dataclass(frozen=True)
class Banzhaf:
    """Per player in the game's order. `act` is the chance that a random vote passes (Coleman's power to act).

    `shares` add up to 1 (normalised Banzhaf); `prevent` is the share of winning coalitions that a player breaks by
    leaving, `initiate` the share of losing ones that it turns by joining. `swings` are None beyond 60 players. Every
    number is within `error` of the true one; to 60 players that is one rounding of an exact fraction.
    """

    shares: tuple[float, ...]
    prevent: tuple[float, ...]
    initiate: tuple[float, ...]
    act: float
    swings: tuple[int, ...] | None
    error: float


def banzhaf(game: Game) -> Banzhaf:
    """Banzhaf and Coleman power of every player, exact to 60 players.

    >>> from federation.assembly.power.games import simple_game
    >>> found = banzhaf(simple_game({"de": 4, "fr": 4, "it": 4, "nl": 2, "be": 2, "lu": 1}, 12))
    >>> found.swings
    (10, 10, 10, 6, 6, 0)

    Source: Banzhaf 1965, Weighted voting doesn't work; Coleman 1971, Control of collectivities and the power of a
    collectivity to act.
    """
    return _exact(game) if len(game) <= MOST_EXACT else _floating(game)


def _exact(game: Game) -> Banzhaf:
    lean = game.lean
    if is_small(game):
        counted = count_all(lean)
        swings, winning = counted.swings, counted.winning
    else:
        by_vector, winning = count_pivots(lean)
        swings = tuple(by_vector[vector] for vector in lean.vectors)
    total, losing = sum(swings), 2 ** len(game) - winning
    return Banzhaf(
        tuple(float(Fraction(one, total)) for one in swings),
        tuple(float(Fraction(one, winning)) for one in swings),
        tuple(float(Fraction(one, losing)) for one in swings),
        float(Fraction(winning, 2 ** len(game))),
        swings,
        UNIT,
    )


def _floating(game: Game) -> Banzhaf:
    lean = game.lean
    found = _halves(lean)
    decides = [float(found.decides[vector][0]) for vector in lean.vectors]
    wrong = [float(found.errors[vector][0]) for vector in lean.vectors]
    total, total_wrong = sum(decides), sum(wrong)
    passes, fails = float(found.passes[0]), float(found.fails[0])
    # A quotient is wrong by what its two parts are wrong; the least part is what they are divided by.
    worst = max(
        (part_wrong + part / whole * whole_wrong) / max(whole - whole_wrong, whole / 2)
        for part, part_wrong in zip(decides, wrong, strict=True)
        for whole, whole_wrong in ((total, total_wrong), (2 * passes, max(wrong)), (2 * fails, max(wrong)))
    )
    return Banzhaf(
        tuple(one / total for one in decides),
        tuple(one / (2 * passes) for one in decides),
        tuple(one / (2 * fails) for one in decides),
        passes,
        None,
        worst,
    )


def _halves(lean: Game) -> Pivots:
    """Everybody says yes with the chance ½, counted from the side on which the smaller mass lies.

    From that side the few coalitions that count are not lost beside the many that do not.
    """
    import numpy as np

    half = np.array([0.5])
    if len(lean.conditions) == 1:
        return pivots(lean, half, by_no=lean.said_no()[0].cells <= lean.said_yes()[0].cells)
    found = pivots(lean, half, by_no=True)
    return found if found.passes[0] <= 0.5 else pivots(lean, half, by_no=False)
