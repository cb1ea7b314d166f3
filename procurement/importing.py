"""Tables that people send, CSV or XLSX by content, read within limits: bytes in, rows and errors by cell out.

A file that cannot be read at all raises InvalidInput at "file"; everything else is in the answer, so that people see
all faults at once. Formula cells of a workbook are refused. In CSV a text that begins like a formula stays a text
(downloads neutralise it).
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from procurement.cells import Cell, Reader, cell_text
from tenants.errors import InvalidInput
from tenants.workbooks import MAX_COLUMNS, Grid, looks_like_workbook, read_workbook

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_ERRORS = 200
MAX_FIELD_CHARACTERS = 10_000

_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "This is an old .xls workbook or one with a password: save it as .xlsx without a password",
    b"%PDF": "This is a PDF: send the table as CSV or .xlsx",
    b"\xff\xfe": "This text is in UTF-16: save it as “CSV UTF-8”",
    b"\xfe\xff": "This text is in UTF-16: save it as “CSV UTF-8”",
    b"\x1f\x8b": "This is a compressed file: unpack it and send the CSV or .xlsx in it",
}

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
    if len(data) > MAX_BYTES:
        raise InvalidInput(
            {"file": f"The file has {len(data) / 1024 / 1024:.1f} MB; the limit is {MAX_BYTES // 1024 // 1024} MB"}
        )
    if not data.strip():
        raise InvalidInput({"file": "The file is empty"})
    for start, text in _OTHER_KINDS.items():
        if data.startswith(start):
            raise InvalidInput({"file": text})
    grid = read_workbook(data, MAX_ROWS) if looks_like_workbook(data) else _read_csv(data, sheet)
    return _rows_of(grid, sheet)


def _read_csv(data: bytes, sheet: Sheet) -> Grid:
    notes = []
    if b"\0" in data:
        raise InvalidInput({"file": "This is not a CSV or .xlsx file: there are zero bytes in it"})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_windows(data)
        notes.append("The file is not in UTF-8; it was read as Windows-1252. Check names with accents and pound signs.")
    delimiter = _delimiter(text.partition("\n")[0], sheet)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, Sequence[Cell]]] = []
    try:
        for number, line in enumerate(reader, start=1):
            if any(cell.strip() for cell in line):
                lines.append((number, line))
            if len(lines) > MAX_ROWS + 1:
                raise InvalidInput({"file": f"The file has more than {MAX_ROWS:,} rows: send it in parts"})
    except csv.Error as fault:
        raise InvalidInput(
            {"file": f"Line {reader.line_num} cannot be read: look for a quotation mark out of place"}
        ) from fault
    return Grid(lines, notes=notes)


def _decode_windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise InvalidInput(
            {"file": f"Line {line} has characters that cannot be read: save the file as “CSV UTF-8”"}
        ) from fault


def _delimiter(first_line: str, sheet: Sheet) -> str:
    """The separator that finds most known columns in the headings; a comma when none finds more."""
    known = {column.name for column in sheet.columns}

    def found(mark: str) -> int:
        return len(known & {_heading(cell.strip().strip('"')) for cell in first_line.split(mark)})

    return max(",;\t", key=found)


def _heading(raw: Cell) -> str:
    """A heading as a column name: "Packs per box" is packs_per_box."""
    return re.sub(r"[\s-]+", "_", cell_text(raw).casefold())


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
        _heading(head[place]) if place < len(head) else "": f"Cell {name} holds a formula: paste its value instead"
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
        name = _heading(cell)
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
