"""The nucleolus: the split under which the unhappiest coalition is as happy as can be, then the next, and so on.

Linear programmes in floating point find which coalitions decide each level; the split itself is then solved in exact
fractions from those coalitions, and checked.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt

from procurement.share.games import Game, pay_of_all

MOST_FOR_NUCLEOLUS = 14
_TOLERANCE = 1e-9
_DUAL = 1e-7


@dataclass(frozen=True)
class Nucleolus:
    """Exact pence of each player, and the least-core excess: what the unhappiest coalition gains by leaving."""

    shares: dict[str, Fraction]
    excess: Fraction


@dataclass
class _Levels:
    """The coalitions that decide each level, by mask, and the scaled excess of each level."""

    deciding: list[list[int]]
    excess: list[float]


def nucleolus(game: Game) -> Nucleolus:
    """Find the nucleolus of a cost game whose every coalition has a known cost.

    For games in which buying together never costs more (as with offers that allow more than demand) the restriction to
    individually rational splits changes nothing; it is not imposed.

    Raises: ValueError unless the game is complete with at most 14 players · ArithmeticError when the check fails.
    Source: Schmeidler, "The nucleolus of a characteristic function game", 1969; Kopelowitz's sequence of programmes.
    """
    count = len(game.players)
    if not game.complete or count > MOST_FOR_NUCLEOLUS:
        raise ValueError(f"the nucleolus needs the cost of every coalition of at most {MOST_FOR_NUCLEOLUS} players")
    if count == 1:
        return Nucleolus({game.players[0]: Fraction(game.costs[1])}, Fraction(0))
    own, first = _solve_exactly(game, _find_levels(game).deciding)
    unit = lcm(*(share.denominator for share in own))
    paid = pay_of_all([int(share * unit) for share in own])
    gains = (paid[mask] - game.costs[mask] * unit for mask in range(1, game.everybody))
    if Fraction(max(gains), unit) != first or sum(own) != game.costs[game.everybody]:
        raise ArithmeticError("the nucleolus could not be made exact")
    return Nucleolus(dict(zip(game.players, own, strict=True)), first)


def _find_levels(game: Game) -> _Levels:
    count = len(game.players)
    masks = np.arange(1, game.everybody)
    member = (masks[:, None] >> np.arange(count)) & 1
    scale = max(1, max(abs(pence) for pence in game.costs.values()))
    cost = np.array([game.costs[mask] for mask in range(1, game.everybody)], dtype=float) / scale
    levels = _Levels([], [])
    fixed = np.ones((1, count))
    while (rank := np.linalg.matrix_rank(fixed)) < count:
        free_directions = np.linalg.svd(fixed)[2][rank:]
        loose = np.abs(member @ free_directions.T).max(axis=1) > 1e-8
        value, rows = _level(game, member, cost, loose, levels, scale)
        levels.deciding.append([int(masks[row]) for row in rows])
        levels.excess.append(value)
        fixed = np.vstack([fixed, member[rows]])
    return levels


def _level(game: Game, member: Any, cost: Any, loose: Any, levels: _Levels, scale: int) -> tuple[float, list[int]]:
    """One linear programme, by constraint generation: the least highest excess, and the rows with a price on them."""
    count = len(game.players)
    model = mathopt.Model(name="nucleolus")
    pays = [model.add_variable() for _ in range(count)]
    highest = model.add_variable()
    model.minimize(highest)
    model.add_linear_constraint(sum(pays) == game.costs[game.everybody] / scale)
    for deciding, excess in zip(levels.deciding, levels.excess, strict=True):
        for mask in deciding:
            model.add_linear_constraint(_paid(pays, mask) == game.costs[mask] / scale + excess)
    rows: dict[int, Any] = {}
    small = (row for row in range(len(cost)) if (row + 1).bit_count() in (1, count - 1))
    new = [row for row in small if loose[row]] or [int(np.argmax(loose))]
    while True:
        for row in new:
            rows[row] = model.add_linear_constraint(_paid(pays, row + 1) - highest <= cost[row])
        result = mathopt.solve(model, mathopt.SolverType.GLOP)
        reason = result.termination.reason
        if reason == mathopt.TerminationReason.OPTIMAL:
            values = np.array(result.variable_values(pays))
            value = result.variable_values(highest)
        elif reason in (mathopt.TerminationReason.UNBOUNDED, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED):
            new = [row for row in map(int, np.flatnonzero(loose)) if row not in rows][: 4 * count]
            if new:
                continue
            raise ArithmeticError("the programme of the nucleolus has no end")
        else:
            raise ArithmeticError(f"the programme of the nucleolus ended with {reason.name}")
        beyond = np.where(loose, member @ values - cost - value, -np.inf)
        beyond[list(rows)] = -np.inf
        worst = np.argsort(-beyond)[: 4 * count]
        new = [int(row) for row in worst if beyond[row] > _TOLERANCE]
        if not new:
            priced = [row for row, constraint in rows.items() if abs(result.dual_values(constraint)) > _DUAL]
            return value, sorted(priced)


def _paid(pays: list[Any], mask: int) -> Any:
    return mathopt.LinearSum(pay for place, pay in enumerate(pays) if mask >> place & 1)


def _solve_exactly(game: Game, deciding: list[list[int]]) -> tuple[list[Fraction], Fraction]:
    """Solve, in fractions, what the deciding coalitions pay: their cost plus their level's excess."""
    count, depth = len(game.players), len(deciding)
    rows = [[Fraction(1)] * count + [Fraction(0)] * depth + [Fraction(game.costs[game.everybody])]]
    for level, masks in enumerate(deciding):
        for mask in masks:
            row = [Fraction(mask >> place & 1) for place in range(count)]
            row += [Fraction(-1 if level == place else 0) for place in range(depth)]
            rows.append([*row, Fraction(game.costs[mask])])
    unknowns = count + depth
    for column in range(unknowns):
        pivot = next((n for n in range(column, len(rows)) if rows[n][column]), None)
        if pivot is None:
            raise ArithmeticError("the deciding coalitions do not settle every share")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for n, row in enumerate(rows):
            if n != column and row[column]:
                factor = row[column]
                rows[n] = [value - factor * other for value, other in zip(row, rows[column], strict=True)]
    if any(row[-1] for row in rows[unknowns:]):
        raise ArithmeticError("the deciding coalitions contradict each other")
    solution = [row[-1] for row in rows[:unknowns]]
    return solution[:count], solution[count]
