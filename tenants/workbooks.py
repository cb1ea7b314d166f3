"""XLSX within limits: the archive is measured before it is opened, and only the first sheet's cells are read."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from tenants.errors import InvalidInput

Cell = str | int | float | Decimal | bool | date | datetime | None
"""What a cell of a table may hold."""

MAX_COLUMNS = 60
MAX_PARTS = 1_000
MAX_UNPACKED = 40 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 1024 * 1024
"""Small parts of a workbook compress very well; the ratio counts from one mebibyte on."""

HELP_TITLE = "How to fill this in"
"""The second sheet of our own templates, which nobody needs to be told was not read."""

_CHUNK = 64 * 1024
_DTD = ("<!DOCTYPE", "<!ENTITY")
_DTD_BYTES = tuple(word.encode(encoding) for word in _DTD for encoding in ("utf-8", "utf-16-le", "utf-16-be"))

_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, NotImplementedError, EOFError, OSError,
    RuntimeError, KeyError, IndexError, ValueError, TypeError, AttributeError, OverflowError,
)  # fmt: skip
"""What zipfile and openpyxl raise on damaged workbooks: all of them mean that the file cannot be read."""


@dataclass
class Grid:
    """The filled rows with their numbers, headings first; formulas as {row: {place: cell name}}; notes."""

    lines: list[tuple[int, Sequence[Cell]]]
    formulas: dict[int, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def looks_like_workbook(data: bytes) -> bool:
    """Say whether the bytes are a ZIP archive, as every XLSX is.

    >>> looks_like_workbook(b"code,packs"), looks_like_workbook(b"PK\\x03\\x04...")
    (False, True)
    """
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_workbook(data: bytes, max_rows: int, *, max_unpacked: int = MAX_UNPACKED, max_parts: int = MAX_PARTS) -> Grid:
    """Read the first sheet of a workbook, at most so many rows under the headings.

    Raises: InvalidInput at "file".
    """
    try:
        check_archive(data, max_unpacked, max_parts)
        return _read_first_sheet(data, max_rows)
    except _BROKEN as fault:
        raise InvalidInput(
            {"file": "This workbook is damaged: open it, save it again as .xlsx, or send CSV"}
        ) from fault


def check_archive(data: bytes, max_unpacked: int = MAX_UNPACKED, max_parts: int = MAX_PARTS) -> None:
    """Refuse an archive that is no workbook, or that would unpack to more than a workbook may hold.

    The directory's figures are checked first; then every part is unpacked in small pieces and counted, since a
    directory can lie.

    Raises: InvalidInput at "file" · BadZipFile and zlib.error for damaged archives.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > max_parts or sum(part.file_size for part in parts) > max_unpacked:
            raise InvalidInput({"file": "This workbook unpacks to more than we can read: send it in parts or as CSV"})
        for part in parts:
            if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(1, part.compress_size):
                raise InvalidInput(
                    {"file": "This workbook is packed far too tightly to be a table: save it again, or send CSV"}
                )
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise InvalidInput({"file": "This is not an Excel workbook: save the table as .xlsx or CSV"})
        unpacked = 0
        for part in parts:
            unpacked = _check_part(archive, part, unpacked, max_unpacked)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, unpacked: int, max_unpacked: int) -> int:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > max_unpacked:
                raise InvalidInput(
                    {"file": "This workbook unpacks to more than we can read: send it in parts or as CSV"}
                )
            if any(word in tail + chunk for word in _DTD_BYTES):
                raise InvalidInput(
                    {"file": "This workbook holds document type definitions, which no spreadsheet writes"}
                )
            tail = chunk[-32:]
    return unpacked


def _read_first_sheet(data: bytes, max_rows: int) -> Grid:
    # openpyxl brings numpy with it, which the web process does not pay for before somebody sends a workbook.
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise InvalidInput({"file": "This workbook has no sheet with cells"})
        grid = Grid([])
        if any(sheet.title != HELP_TITLE for sheet in book.worksheets[1:]):
            grid.notes.append(f"Only the first sheet, “{book.worksheets[0].title}”, was read.")
        empty = 0
        for number, cells in enumerate(book.worksheets[0].iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            line = _line(cells, number, grid)
            empty = 0 if line else empty + 1
            if line:
                grid.lines.append((number, line))
            if len(grid.lines) > max_rows + 1 or empty > max_rows:
                raise InvalidInput({"file": f"The sheet has more than {max_rows:,} rows: send it in parts"})
        return grid
    finally:
        book.close()


def _line(cells: Sequence[Any], number: int, grid: Grid) -> list[Cell]:
    line: list[Cell] = []
    for place, cell in enumerate(cells):
        value = cell.value
        if cell.data_type == "f":
            grid.formulas.setdefault(number, {})[place] = cell.coordinate
            value = "="
        elif cell.data_type == "e":
            value = str(value)
        line.append(value)
    while line and (line[-1] is None or not str(line[-1]).strip()):
        line.pop()
    return line
