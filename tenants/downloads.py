"""Tables to take away: CSV and XLSX in which no cell can act as a formula, whatever somebody typed into it.

Source: OWASP, "CSV Injection": which leading characters a spreadsheet takes for a formula.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tenants.clock import LONDON, now

Unit = Literal["pence", "price", "packs", "percent", "text", "date", "moment"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so may be run by a spreadsheet; the wide forms are read as the plain ones by some of them."""

MAX_ROWS = 1_000_000
"""A worksheet holds 1,048,576 rows; more than this is a database dump and not a table for people."""

MAX_CELL_CHARACTERS = 32_767
"""The most a worksheet cell holds. Source: Excel specifications and limits."""

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that make a workbook unreadable. Source: XML 1.0, section 2.2."""

_NUMBER_FORMATS = {
    "pence": "#,##0.00",
    "price": "#,##0.00##",
    "packs": "#,##0",
    "percent": "0.00",
    "date": "d mmm yyyy",
    "moment": "d mmm yyyy hh:mm",
}


@dataclass(frozen=True)
class Column:
    """One column of a download: the key in each row, the heading people read, and what the values are.

    `pence` takes whole pence and `price` pence per pack as Decimal; both are written in pounds.
    """

    key: str
    heading: str
    unit: Unit = "text"


def csv_bytes(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows as CSV in UTF-8 with a byte order mark, which Excel needs to read £ and é rightly.

    >>> csv_bytes([Column("who", "Co-op"), Column("due", "Due (£)", "pence")],
    ...           [{"who": "=1+1", "due": -5}]).decode("utf-8-sig")
    "Co-op,Due (£)\\r\\n'=1+1,-0.05\\r\\n"

    Raises: ValueError past 1,000,000 rows.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutral_text(column.heading) for column in columns])
    for number, row in enumerate(rows, start=1):
        _check_row_number(number)
        writer.writerow([_csv_cell(column, row.get(column.key)) for column in columns])
    return out.getvalue().encode("utf-8-sig", errors="replace")


def xlsx_bytes(title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows as a workbook of one sheet; numbers stay numbers, texts stay texts.

    Raises: ValueError past 1,000,000 rows.
    """
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, safe) as book:
        book.set_properties({"title": _xml_text(title), "created": now().replace(tzinfo=None)})
        sheet = book.add_worksheet(sheet_name(title))
        bold = book.add_format({"bold": True})
        formats = {unit: book.add_format({"num_format": text}) for unit, text in _NUMBER_FORMATS.items()}
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _xml_text(column.heading), bold)
            sheet.set_column(place, place, max(12, min(40, len(column.heading) + 2)))
        for number, row in enumerate(rows, start=1):
            _check_row_number(number)
            for place, column in enumerate(columns):
                _write_cell(sheet, (number, place), column.unit, row.get(column.key), formats.get(column.unit))
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def neutral_text(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    >>> neutral_text("-2+3"), neutral_text(" =cmd"), neutral_text("M-size"), neutral_text("")
    ("'-2+3", "' =cmd", 'M-size', '')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def sheet_name(title: str) -> str:
    """Cut a title to what a worksheet may be called.

    >>> sheet_name("Round 3: gloves/masks [draft] and everything else"), sheet_name("***")
    ('Round 3 gloves masks draft and', 'Sheet')
    """
    plain = (" " if letter in "[]:*?/\\'" or letter > "\uffff" else letter for letter in _xml_text(title))
    words = "".join(plain).split()
    return " ".join(words)[:31].strip() or "Sheet"


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("", text)[:MAX_CELL_CHARACTERS]


def _check_row_number(number: int) -> None:
    if number > MAX_ROWS:
        raise ValueError(f"a download holds at most {MAX_ROWS:,} rows; choose fewer with a filter")


def _csv_cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.unit == "pence":
        return _pounds(value)
    if column.unit == "price":
        return _price_pounds(value)
    if column.unit in ("packs", "percent") and isinstance(value, int | Decimal):
        return format(value, "f" if isinstance(value, Decimal) else "d")
    if column.unit == "moment" and isinstance(value, datetime):
        return f"{value.astimezone(LONDON):%Y-%m-%d %H:%M}"
    if column.unit == "date" and isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return neutral_text(str(value).replace("\0", ""))


def _pounds(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _price_pounds(pence_per_pack: Decimal) -> str:
    pounds = (Decimal(pence_per_pack) / 100).normalize()
    return f"{pounds:.{max(2, -int(pounds.as_tuple().exponent))}f}"


def _write_cell(sheet: Worksheet, place: tuple[int, int], unit: Unit, value: Any, shape: Format | None) -> None:
    if value is None:
        return
    # A worksheet holds binary fractions; the format shows the right places, and CSV is exact.
    if unit in ("pence", "price"):
        sheet.write_number(*place, float(Decimal(value) / 100), shape)
    elif unit in ("packs", "percent") and isinstance(value, int | Decimal):
        sheet.write_number(*place, float(value), shape)
    elif unit == "moment" and isinstance(value, datetime):
        sheet.write_datetime(*place, value.astimezone(LONDON).replace(tzinfo=None), shape)
    elif unit == "date" and isinstance(value, date):
        sheet.write_datetime(*place, datetime.combine(value, time.min), shape)
    else:
        sheet.write_string(*place, _xml_text(str(value)))
