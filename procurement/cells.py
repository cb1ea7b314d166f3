"""What one cell of an imported table may hold: each reader gives a value, or says what would be right."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal

from procurement.rules import check_cpv, check_gtin
from tenants.sheets import cell_text
from tenants.workbooks import Cell

Reader = Callable[[Cell], object]

_DAY_FIRST = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$", re.ASCII)
_SHORTENED = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d+$")
_WHOLE = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?$", re.ASCII)
_DECIMAL = re.compile(r"^-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?$", re.ASCII)
MOST_DIGITS = 18
EARLIEST, LATEST = date(1844, 1, 1), date(2100, 12, 31)


def text_cell(longest: int) -> Reader:
    """A text of at most so many characters, on one line.

    >>> text_cell(10)(" Gloves ")
    'Gloves'
    """

    def read(raw: Cell) -> str:
        text = cell_text(raw)
        if len(text) > longest:
            raise ValueError(f"Use at most {longest:,} characters; this has {len(text):,}")
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            raise ValueError("Use one line of ordinary letters: there is a line break or control character in it")
        return text

    return read


def code_cell(longest: int = 60) -> Reader:
    """A code: letters, digits, dot, dash, underscore and slash; a spreadsheet's shortened number is refused.

    >>> code_cell()("GLV-M")
    'GLV-M'
    """

    def read(raw: Cell) -> str:
        text = cell_text(raw)
        if _SHORTENED.match(text):
            raise ValueError("The spreadsheet has shortened this number: format the column as text and enter it again")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", text):
            raise ValueError("Use letters, digits, dots, dashes and underscores without spaces, like GLV-M")
        if len(text) > longest:
            raise ValueError(f"Use at most {longest} characters")
        return text

    return read


def whole_cell(least: int, most: int, what: str = "a whole number") -> Reader:
    """A whole number between two limits, both allowed.

    >>> whole_cell(1, 1000)("1,000"), whole_cell(1, 1000)(12.0)
    (1000, 12)
    """

    def read(raw: Cell) -> int:
        text = cell_text(raw)
        if isinstance(raw, bool) or len(text) > 2 * MOST_DIGITS or not _WHOLE.match(text):
            raise ValueError(f"Enter {what} from {least:,} to {most:,}")
        value = int(text.split(".")[0].replace(",", ""))
        if not least <= value <= most:
            raise ValueError(f"Enter {what} from {least:,} to {most:,}")
        return value

    return read


def decimal_cell(least: Decimal, most: Decimal, places: int) -> Reader:
    """A decimal between two limits, with at most so many places.

    >>> decimal_cell(Decimal(-90), Decimal(90), 6)("52.12002")
    Decimal('52.12002')
    """

    def read(raw: Cell) -> Decimal:
        value = _decimal(raw, f"Enter a number from {least:,} to {most:,}")
        if not least <= value <= most:
            raise ValueError(f"Enter a number from {least:,} to {most:,}")
        return _with_places(value, places)

    return read


def price_cell(raw: Cell) -> Decimal:
    """A price in pounds with at most 4 places, more than nought; gives pence.

    >>> price_cell("£4.125"), price_cell("1,234.50"), price_cell(0.0475)
    (Decimal('412.5'), Decimal('123450'), Decimal('4.75'))
    """
    help_text = "Enter a price in pounds, like 4.125"
    if isinstance(raw, str):
        raw = raw.strip().removeprefix("£").strip()
    value = _decimal(raw, help_text)
    if value <= 0:
        raise ValueError("A price is more than nought. " + help_text)
    if value > 1_000_000:
        raise ValueError("A price is at most £1,000,000 a pack")
    pence = (_with_places(value, 4) * 100).normalize()
    return pence.quantize(Decimal(1)) if pence == pence.to_integral_value() else pence


def money_cell(most_pounds: int) -> Reader:
    """An amount in pounds and pence, nought or more; gives whole pence.

    >>> money_cell(10**9)("632060"), money_cell(10**9)("£1,234.5")
    (63206000, 123450)
    """

    def read(raw: Cell) -> int:
        if isinstance(raw, str):
            raw = raw.strip().removeprefix("£").strip()
        value = _decimal(raw, "Enter an amount in pounds, like 1,234.50")
        if not 0 <= value <= most_pounds:
            raise ValueError(f"Enter an amount from £0 to £{most_pounds:,}")
        return int(_with_places(value, 2) * 100)

    return read


def vat_cell(raw: Cell) -> Decimal:
    """A United Kingdom VAT rate in percent; a cell that a spreadsheet formats as a percentage holds 0.2 for 20 %.

    >>> vat_cell("20%"), vat_cell(0.05), vat_cell("0")
    (Decimal('20'), Decimal('5'), Decimal('0'))

    Source: VAT Act 1994, sections 2, 29A and 30: standard, reduced and zero rate.
    """
    wrong = "Enter the VAT rate as 20, 5 or 0"
    if isinstance(raw, float) and 0 < raw < 1:
        raw = raw * 100
    elif isinstance(raw, str):
        raw = raw.strip().removesuffix("%").strip()
    value = _decimal(raw, wrong)
    for rate in (Decimal(0), Decimal(5), Decimal(20)):
        if value == rate:
            return rate
    raise ValueError(wrong)


def date_cell(raw: Cell) -> date:
    """A day as YYYY-MM-DD, as DD/MM/YYYY (the day first), or as the spreadsheet's own date.

    >>> date_cell("2026-11-27"), date_cell("27/11/2026"), date_cell(datetime(2026, 11, 27))
    (datetime.date(2026, 11, 27), datetime.date(2026, 11, 27), datetime.date(2026, 11, 27))
    """
    wrong = "Enter a date like 27/11/2026 or 2026-11-27"
    if isinstance(raw, datetime):
        day = raw.date()
    elif isinstance(raw, date):
        day = raw
    else:
        text = cell_text(raw)
        day_first = _DAY_FIRST.match(text)
        try:
            if day_first:
                day = date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
            elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                day = date.fromisoformat(text)
            else:
                raise ValueError(wrong)
        except ValueError:
            raise ValueError(wrong) from None
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"{wrong}, between {EARLIEST.year} and {LATEST.year}")
    return day


def choice_cell(choices: Collection[str]) -> Reader:
    """One of a few words; capitals, spaces and dashes do not matter.

    >>> choice_cell(["all_units", "incremental"])("All units")
    'all_units'
    """

    def read(raw: Cell) -> str:
        text = re.sub(r"[\s-]+", "_", cell_text(raw).casefold())
        if text not in choices:
            raise ValueError(f"Enter one of: {', '.join(choices)}")
        return text

    return read


def gtin_cell(raw: Cell) -> str:
    """A trade item number with a right check digit.

    >>> gtin_cell(5012345678900)
    '5012345678900'
    """
    text = cell_text(raw)
    if _SHORTENED.match(text):
        raise ValueError("The spreadsheet has shortened this number: format the column as text and enter it again")
    return check_gtin(text)


def cpv_cell(raw: Cell) -> str:
    """A procurement vocabulary code.

    >>> cpv_cell(18424300)
    '18424300'
    """
    return check_cpv(cell_text(raw))


def _decimal(raw: Cell, wrong: str) -> Decimal:
    text = cell_text(raw)
    if isinstance(raw, bool | date) or len(text) > 2 * MOST_DIGITS or not _DECIMAL.match(text):
        raise ValueError(wrong)
    return Decimal(text.replace(",", ""))


def _with_places(value: Decimal, places: int) -> Decimal:
    if value != round(value, places):
        raise ValueError(f"Use at most {places} places after the point")
    return value
