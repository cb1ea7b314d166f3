"""Tables that people send, CSV or XLSX by content, read within limits: bytes in, rows and errors by cell out.

A file that cannot be read at all raises InvalidInput at "file"; everything else is in the answer, so that people see
all faults at once. Formula cells of a workbook are refused. In CSV a text that begins like a formula stays a text
(downloads neutralise it).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from procurement.cells import Reader
from tenants.errors import InvalidInput
from tenants.sheets import Limits, cell_text, column_name, read_grid
from tenants.workbooks import MAX_COLUMNS, Cell, Grid

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_ERRORS = 200
MAX_FIELD_CHARACTERS = 10_000

RowCheck = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Column:
    """One column: its name, the reader of its cells, whether every row must fill it, an example and a word of help."""

    name: str
    parse: Reader
    required: bool = False
    example: str = ""
    help: str = ""


@dataclass(frozen=True)
class Sheet:
    """A kind of table: its columns, what makes a row unique, and a check across the cells of one row."""

    title: str
    columns: Sequence[Column]
    unique: Sequence[str] = ()
    check_row: RowCheck | None = None


@dataclass(frozen=True)
class Row:
    """A row without errors: its number as the spreadsheet shows it, and a value per column (None where left empty)."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True)
class CellError:
    """What is wrong, where: the row as the spreadsheet shows it, the column ("" for the whole row), the words."""

    row: int
    column: str
    text: str


@dataclass
class ParsedTable:
    """The good rows, the errors (the first 200) and how many there are, and notes people should read."""

    rows: list[Row] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    notes: list[str] = field(default_factory=list)

    def add_error(self, row: int, column: str, text: str) -> None:
        """Count an error, and keep it while there are few enough to read."""
        self.error_count += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(CellError(row, column, text))


def read_table(data: bytes, sheet: Sheet) -> ParsedTable:
    """Read a table of the given kind from the bytes of a CSV or XLSX file.

    Raises: InvalidInput at "file" when the file is too large or cannot be read at all.
    """
    names = [column.name for column in sheet.columns]
    return _rows_of(read_grid(data, names, Limits(MAX_BYTES, MAX_ROWS)), sheet)


def _rows_of(grid: Grid, sheet: Sheet) -> ParsedTable:
    table = ParsedTable(notes=grid.notes)
    if not grid.lines:
        raise InvalidInput({"file": "The file is empty"})
    head_number, head = grid.lines[0]
    places = _places(head_number, head, sheet, table)
    if table.errors:
        return table
    seen: dict[tuple[Any, ...], int] = {}
    for number, line in grid.lines[1:]:
        errors = _formulas(grid, head, number)
        values = {} if errors else _values(line, places, sheet, errors)
        if not errors:
            errors.update(_row_errors(values, number, sheet, seen))
        for column, text in errors.items():
            table.add_error(number, column, text)
        if not errors:
            table.rows.append(Row(number, values))
    if len(grid.lines) == 1:
        table.add_error(head_number + 1, "", "There are headings but no rows under them")
    return table


def _formulas(grid: Grid, head: Sequence[Cell], number: int) -> dict[str, str]:
    return {
        column_name(head[place]) if place < len(head) else "": f"Cell {name} holds a formula: paste its value instead"
        for place, name in grid.formulas.get(number, {}).items()
    }


def _places(number: int, head: Sequence[Cell], sheet: Sheet, table: ParsedTable) -> dict[str, int]:
    """Where each column stands; faults of the headings go into the table as errors of their row."""
    names = {column.name for column in sheet.columns}
    allowed = ", ".join(column.name for column in sheet.columns)
    places: dict[str, int] = {}
    if len(head) > MAX_COLUMNS:
        table.add_error(number, "", f"There are more than {MAX_COLUMNS} columns")
        return places
    for place, cell in enumerate(head):
        name = column_name(cell)
        if not name:
            continue
        if name not in names:
            table.add_error(number, cell_text(cell)[:60], f"There is no such column here. Use: {allowed}")
        elif name in places:
            table.add_error(number, name, "This column stands here twice")
        places.setdefault(name, place)
    for column in sheet.columns:
        if column.required and column.name not in places:
            table.add_error(number, column.name, "This column is missing: add it to the first row")
    return places


def _values(line: Sequence[Cell], places: Mapping[str, int], sheet: Sheet, errors: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    width = max(places.values(), default=-1) + 1
    if any(cell_text(cell) for place, cell in enumerate(line) if place >= width or place not in places.values()):
        errors[""] = "There is something in this row outside the columns: look for a stray comma or cell"
        return values
    for column in sheet.columns:
        place = places.get(column.name)
        raw = line[place] if place is not None and place < len(line) else None
        values[column.name] = None
        if isinstance(raw, str) and len(raw) > MAX_FIELD_CHARACTERS:
            errors[column.name] = f"Use at most {MAX_FIELD_CHARACTERS:,} characters"
        elif cell_text(raw):
            try:
                values[column.name] = column.parse(raw)
            except ValueError as fault:
                errors[column.name] = str(fault)
        elif column.required:
            errors[column.name] = f"Fill this in{f', like {column.example}' if column.example else ''}"
    return values


def _row_errors(
    values: Mapping[str, Any], number: int, sheet: Sheet, seen: dict[tuple[Any, ...], int]
) -> dict[str, str]:
    errors = dict(sheet.check_row(values)) if sheet.check_row else {}
    if sheet.unique:
        key = tuple(values[name].casefold() if isinstance(values[name], str) else values[name] for name in sheet.unique)
        first = seen.setdefault(key, number)
        if first != number:
            errors[sheet.unique[-1]] = f"This is in row {first} already: keep one of the two"
    return errors
