"""A table that somebody sends, CSV or XLSX by content, as a grid of cells: read within limits, before anybody knows what it means."""

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tenants.errors import InvalidInput
from tenants.workbooks import MAX_PARTS, MAX_UNPACKED, Cell, Grid, looks_like_workbook, read_workbook

_MEBIBYTE = 1024 * 1024
_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "This is an old .xls workbook or one with a password: save it as .xlsx without a password",
    b"%PDF": "This is a PDF: send the table as CSV or .xlsx",
    b"\xff\xfe": "This text is in UTF-16: save it as “CSV UTF-8”",
    b"\xfe\xff": "This text is in UTF-16: save it as “CSV UTF-8”",
    b"\x1f\x8b": "This is a compressed file: unpack it and send the CSV or .xlsx in it",
}


@dataclass(frozen=True)
class Limits:
    """How much of a file is read: bytes, rows under the headings, and of a workbook its unpacked bytes and its parts."""

    bytes: int
    rows: int
    unpacked: int = MAX_UNPACKED
    parts: int = MAX_PARTS


def read_grid(data: bytes, columns: Collection[str], limits: Limits) -> Grid:
    """The filled rows of a table; `columns` are the names it may have, which tell the separator of a CSV.

    Raises: InvalidInput at "file" when it is too large or cannot be read at all.
    """
    if len(data) > limits.bytes:
        size = f"{len(data) / _MEBIBYTE:.1f} MB; the limit is {limits.bytes // _MEBIBYTE} MB"
        raise InvalidInput({"file": f"The file has {size}: send it in parts"})
    if not data.strip():
        raise InvalidInput({"file": "The file is empty"})
    for start, text in _OTHER_KINDS.items():
        if data.startswith(start):
            raise InvalidInput({"file": text})
    if looks_like_workbook(data):
        return read_workbook(data, limits.rows, max_unpacked=limits.unpacked, max_parts=limits.parts)
    return _read_csv(data, columns, limits.rows)


def column_name(raw: Cell) -> str:
    """A heading as a column name.

    >>> column_name(" Packs per box")
    'packs_per_box'
    """
    return re.sub(r"[\s-]+", "_", cell_text(raw).casefold())


def cell_text(raw: Cell) -> str:
    """Write any cell the way a person sees it, without the noise that binary fractions bring.

    >>> cell_text(12.0), cell_text(0.1 + 0.2), cell_text(" a\\u00a0b "), cell_text(True), cell_text(None)
    ('12', '0.3', 'a b', 'TRUE', '')
    """
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return format(Decimal(format(raw, ".12g")), "f").removesuffix(".0")
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == datetime.min.time() else raw.isoformat(" ")
    return str(raw).replace("\u00a0", " ").strip()


def _read_csv(data: bytes, columns: Collection[str], max_rows: int) -> Grid:
    notes = []
    if b"\0" in data:
        raise InvalidInput({"file": "This is not a CSV or .xlsx file: there are zero bytes in it"})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_windows(data)
        notes.append("The file is not in UTF-8; it was read as Windows-1252. Check names with accents and pound signs.")
    delimiter = _delimiter(text.partition("\n")[0], columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, Sequence[Cell]]] = []
    try:
        for number, line in enumerate(reader, start=1):
            if any(cell.strip() for cell in line):
                lines.append((number, line))
            if len(lines) > max_rows + 1:
                raise InvalidInput({"file": f"The file has more than {max_rows:,} rows: send it in parts"})
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


def _delimiter(first_line: str, columns: Collection[str]) -> str:
    """The separator that finds most known columns in the headings; a comma when none finds more."""
    known = set(columns)

    def found(mark: str) -> int:
        return len(known & {column_name(cell.strip().strip('"')) for cell in first_line.split(mark)})

    return max(",;\t", key=found)
