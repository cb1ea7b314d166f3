"""Handing a programme to the solvers: relaxed to GLOP for a bound and prices, whole to HiGHS for an answer."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from staffbank.match.model import Model, Row

SHORTEST = 0.05
INF = math.inf


class Cancelled(Exception):
    """Somebody asked to stop before there was an answer."""


@dataclass
class Clock:
    """Time left, and who may call the work off."""

    deadline: float
    cancel: Callable[[], bool] | None = None

    @property
    def left(self) -> float:
        """Seconds left, never below nought."""
        return max(0.0, self.deadline - time.monotonic())

    def part(self, share: float) -> "Clock":
        """A clock with a share of what is left."""
        return Clock(time.monotonic() + self.left * share, self.cancel)

    def check(self) -> None:
        """Raises: Cancelled when somebody asked to stop."""
        if self.cancel is not None and self.cancel():
            raise Cancelled


@dataclass(frozen=True)
class Aim:
    """What a level seeks: the least (or most) of a weighted sum, or the least of the largest of some ratios.

    `weights` are whole numbers per column, told to the solver in `unit`; `loads` are (columns, whole weights, whole),
    each ratio being the sum over the whole.
    """

    most: bool = False
    weights: Mapping[int, int] = field(default_factory=dict)
    unit: int = 1
    loads: Sequence[tuple[tuple[int, ...], tuple[int, ...], int]] = ()


@dataclass(frozen=True)
class Relaxed:
    """A programme solved with fractions: bound, values, and what one unit of each column would worsen it by."""

    bound: float
    values: list[float]
    prices: list[float]


@dataclass(frozen=True)
class Whole:
    """A programme solved in whole numbers: values or None, a bound or None, and whether time cut it short."""

    values: list[int] | None
    bound: float | None
    infeasible: bool
    cut_short: bool


def relax(model: Model, rows: Iterable[Row], aim: Aim, clock: Clock) -> Relaxed | None:
    """Solve with fractions; None when it has no solution or time runs out."""
    programme = _programme(model, [*model.rows, *rows], aim, None, frozenset(), whole=False)
    params = mathopt.SolveParameters(time_limit=timedelta(seconds=max(SHORTEST, clock.left)), random_seed=1)
    result = _watched(lambda: mathopt.solve(programme, mathopt.SolverType.GLOP, params=params), clock)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    values, prices = [0.0] * model.count, [0.0] * model.count
    for variable, value in result.variable_values().items():
        if variable.id < model.count:
            values[variable.id] = value
    if result.has_dual_feasible_solution():
        for variable, price in result.reduced_costs().items():
            if variable.id < model.count:
                prices[variable.id] = -price if aim.most else price
    return Relaxed(result.termination.objective_bounds.primal_bound, values, prices)


def solve_whole(
    model: Model,
    rows: Iterable[Row],
    aim: Aim,
    clock: Clock,
    *,
    keep: Sequence[int] | None = None,
    hint: Sequence[int] | None = None,
    gap: float = 0.0,
    held: frozenset[int] = frozenset(),
) -> Whole:
    """Solve in whole numbers with the columns of `keep` only (None: all), those of `held` at one, to a relative gap."""
    programme = _programme(model, [*model.rows, *rows], aim, keep, held, whole=True)
    params = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(SHORTEST, clock.left)),
        random_seed=1,
        relative_gap_tolerance=gap,
        absolute_gap_tolerance=0.0 if aim.loads else 0.5 / aim.unit,
    )
    extra = mathopt.ModelSolveParameters()
    if hint is not None:
        known = keep if keep is not None else range(model.count)
        given = {programme.get_variable(column): float(hint[column]) for column in known}
        if aim.loads:
            given[programme.get_variable(model.count)] = max(
                (sum(v for c, v in zip(cs, vs, strict=True) if hint[c]) / whole for cs, vs, whole in aim.loads),
                default=0.0,
            )
        extra = mathopt.ModelSolveParameters(solution_hints=[mathopt.SolutionHint(variable_values=given)])
    result = _watched(
        lambda: mathopt.solve(programme, mathopt.SolverType.HIGHS, params=params, model_params=extra), clock
    )
    ended = result.termination
    values = None
    if result.has_primal_feasible_solution():
        values = [0] * model.count
        for variable, value in result.variable_values().items():
            if variable.id < model.count:
                values[variable.id] = round(value)
    bound = ended.objective_bounds.dual_bound
    return Whole(
        values,
        bound if math.isfinite(bound) else None,
        ended.reason in (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED),
        ended.reason in (mathopt.TerminationReason.FEASIBLE, mathopt.TerminationReason.NO_SOLUTION_FOUND),
    )


def _programme(
    model: Model, rows: Sequence[Row], aim: Aim, keep: Sequence[int] | None, held: frozenset[int], *, whole: bool
) -> mathopt.Model:
    """A filled message in one piece: many times faster than adding expressions one by one."""
    columns = list(range(model.count)) if keep is None else sorted(keep)
    here, ones = set(columns), model.forced | held
    proto = model_pb2.ModelProto(name="match")
    variables, constraints, matrix = proto.variables, proto.linear_constraints, proto.linear_constraint_matrix
    variables.ids.extend(columns)
    variables.lower_bounds.extend([1.0 if column in ones else 0.0 for column in columns])
    variables.upper_bounds.extend([1.0] * len(columns))
    variables.integers.extend([whole] * len(columns))
    proto.objective.maximize = aim.most
    if aim.loads:
        variables.ids.append(model.count)
        variables.lower_bounds.append(0.0)
        variables.upper_bounds.append(INF)
        variables.integers.append(False)
        proto.objective.linear_coefficients.ids.append(model.count)
        proto.objective.linear_coefficients.values.append(1.0)
    else:
        priced = [column for column in sorted(aim.weights) if column in here and aim.weights[column]]
        proto.objective.linear_coefficients.ids.extend(priced)
        proto.objective.linear_coefficients.values.extend([aim.weights[column] / aim.unit for column in priced])
    number = 0
    for row in [*rows, *_load_rows(model, aim)]:
        entries = sorted((c, v) for c, v in zip(row.columns, row.values, strict=True) if c in here or c == model.count)
        if not entries and (row.lower is None or row.lower <= 0):
            continue
        constraints.ids.append(number)
        constraints.lower_bounds.append(-INF if row.lower is None else row.lower / row.unit)
        constraints.upper_bounds.append(INF if row.upper is None else row.upper / row.unit)
        matrix.row_ids.extend([number] * len(entries))
        matrix.column_ids.extend([column for column, _ in entries])
        matrix.coefficients.extend([value / row.unit for _, value in entries])
        number += 1
    return mathopt.Model.from_model_proto(proto)


def _load_rows(model: Model, aim: Aim) -> list[Row]:
    """Each load stays within the largest ratio, the last column of a programme of ratios."""
    return [
        Row((*columns, model.count), (*values, -whole), None, 0, max(1, whole // 100))
        for columns, values, whole in aim.loads
    ]


def _watched(solve: Callable[[], Any], clock: Clock) -> Any:
    """Run a solver; where somebody may call it off, on a thread beside, which a cancel leaves to its time limit."""
    clock.check()
    if clock.cancel is None:
        return solve()
    found: list[Any] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            found.append(solve())
        except BaseException as error:  # raised again where somebody waits for it
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        clock.check()
    if failed:
        raise failed[0]
    return found[0]
