"""What a report is: a question, a statement in SQL, a pure function on a frame, and a chart; and how one is read.

pandas is imported where it is used, never at the top: the web process draws reports on demand and must not pay for it at start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tenants.db import db
from tenants.downloads import Column

if TYPE_CHECKING:
    from pandas import DataFrame

SQL = Path(__file__).parent / "sql"
WHOLE = "Int64"
"""Pence are whole numbers that may be missing; pandas would make floats of them if it were let."""


@dataclass(frozen=True)
class Chart:
    """A column chart: what it shows, of which column of the result, by which other."""

    heading: str
    about: str
    by: str
    value: str


@dataclass(frozen=True)
class Report:
    """One question and how it is answered.

    `compute` takes the frame of the statement and gives the frame of the answer, whose columns are `columns`; it is
    pure. `whole` names the columns of the statement that hold whole pence.
    """

    name: str
    question: str
    columns: tuple[Column, ...]
    sql_file: str
    whole: tuple[str, ...]
    compute: Callable[["DataFrame"], "DataFrame"]
    chart: Chart


def read_frame(report: Report) -> "DataFrame":
    """Run a report's statement in the open scope: the rows that this scope may see, pence as whole numbers."""
    result = db.session.execute(text((SQL / report.sql_file).read_text(encoding="utf-8")))
    names = list(result.keys())
    return make_frame(names, [tuple(row) for row in result], report.whole)


def make_frame(names: Sequence[str], rows: Sequence[Sequence[Any]], whole: Sequence[str]) -> "DataFrame":
    """A frame of rows, whose `whole` columns are whole numbers or missing; no value passes through a float.

    Raises: TypeError for a value in such a column that is no whole number.
    """
    import pandas as pd  # noqa: PLC0415  (heavy: see the head of this module)

    columns: dict[str, Any] = {}
    for place, name in enumerate(names):
        values = [row[place] for row in rows]
        if name in whole:
            wrong = next(
                (
                    value
                    for value in values
                    if value is not None and (isinstance(value, bool) or not isinstance(value, int))
                ),
                None,
            )
            if wrong is not None:
                raise TypeError(f"{name} holds {wrong!r}, which is no whole number of pence")
            columns[name] = pd.array(values, dtype=WHOLE)  # pyright: ignore[reportArgumentType]
        else:
            columns[name] = pd.Series(values, dtype="object")
    return pd.DataFrame(columns)


def records(frame: "DataFrame") -> list[dict[str, Any]]:
    """Rows of a frame as plain Python values: int for whole numbers, None for what is missing."""
    import pandas as pd  # noqa: PLC0415

    def plain(value: Any) -> Any:
        if value is None or value is pd.NA:
            return None
        return int(value) if hasattr(value, "dtype") else value

    names = list(frame.columns)
    return [
        {name: plain(value) for name, value in zip(names, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]
