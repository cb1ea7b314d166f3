"""Columns and rows of a mixed-integer programme, gathered as plain lists and handed to MathOpt in one piece.

Handing over one filled message is many times faster than adding expressions one by one, and large awards are built of
tens of thousands of columns.
"""

import math
from collections.abc import Iterable, Mapping

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

INF = math.inf


class Grid:
    """A minimisation: columns have bounds, a cost and a kind; rows have bounds and entries."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.cost: list[float] = []
        self.binary: list[bool] = []
        self.whole: list[bool] = []
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []

    def column(self, upper: float, cost: float = 0.0, *, whole: bool = True) -> int:
        """Add a column from nought to `upper`; whole columns may be relaxed when the model is made."""
        self.lower.append(0.0)
        self.upper.append(upper)
        self.cost.append(cost)
        self.binary.append(False)
        self.whole.append(whole)
        return len(self.cost) - 1

    def switch(self, cost: float = 0.0) -> int:
        """Add a column that is nought or one, in every model made from this grid."""
        added = self.column(1.0, cost)
        self.binary[added] = True
        return added

    def row(self, entries: Iterable[tuple[int, float]], lower: float = -INF, upper: float = INF) -> int:
        """Add a row: lower <= sum of coefficient times column <= upper; answers its number. Name a column once."""
        number = len(self.row_lower)
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        for column, value in entries:
            self._rows.append(number)
            self._columns.append(column)
            self._values.append(value)
        return number

    def model(self, kind: str = "whole", *, fixed: Mapping[int, float] | None = None) -> mathopt.Model:
        """The programme for a solver; `fixed` nails columns down.

        Kind "whole" keeps whole columns whole, "switches" only the switches, and "linear" none.
        """
        proto = model_pb2.ModelProto(name="award")
        count = len(self.cost)
        lower, upper = self.lower, self.upper
        if fixed:
            lower, upper = list(lower), list(upper)
            for column, value in fixed.items():
                lower[column] = upper[column] = value
        columns = proto.variables
        columns.ids.extend(range(count))
        columns.lower_bounds.extend(lower)
        columns.upper_bounds.extend(upper)
        columns.integers.extend({"whole": self.whole, "switches": self.binary, "linear": [False] * count}[kind])
        proto.objective.maximize = False
        priced = [column for column in range(count) if self.cost[column]]
        proto.objective.linear_coefficients.ids.extend(priced)
        proto.objective.linear_coefficients.values.extend([self.cost[column] for column in priced])
        proto.linear_constraints.ids.extend(range(len(self.row_lower)))
        proto.linear_constraints.lower_bounds.extend(self.row_lower)
        proto.linear_constraints.upper_bounds.extend(self.row_upper)
        matrix = proto.linear_constraint_matrix
        order = sorted(range(len(self._rows)), key=lambda n: (self._rows[n], self._columns[n]))
        matrix.row_ids.extend([self._rows[n] for n in order])
        matrix.column_ids.extend([self._columns[n] for n in order])
        matrix.coefficients.extend([self._values[n] for n in order])
        return mathopt.Model.from_model_proto(proto)
