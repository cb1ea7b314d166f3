"""What crosses the border, field by field: strict, never rounding, and saying what would be right.

The fields of marshmallow for numbers round, cut off or guess (Decimal(places=4) rounds silently, Integer takes 1.9 as 1
and True as 1), so money, prices and counts have fields of their own. Each carries its OpenAPI shape in `openapi`.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from tenants.money import MAX_PENCE, parse_pence

MISSING: dict[str, Any] = {"required": "Fill this in", "null": "Fill this in"}
_WHOLE = re.compile(r"^-?(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,18})$", re.ASCII)
_POUNDS = re.compile(r"^£?((?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12})(?:\.\d{1,12})?)$", re.ASCII)
_DECIMAL = re.compile(r"^-?\d{1,12}(?:\.\d{1,12})?$", re.ASCII)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)


class TextField(fields.Field[str]):
    """A text of at most so many characters that PostgreSQL can store, without spaces around it.

    `read` checks the text further: it gives the text to keep, or raises ValueError with what would be right.
    """

    openapi: dict[str, Any]

    def __init__(
        self, longest: int, *, read: Callable[[str], str] | None = None, lines: bool = False, **more: Any
    ) -> None:
        super().__init__(error_messages=MISSING, **more)
        self.longest, self.read, self.lines = longest, read, lines
        self.openapi = {"type": "string", "maxLength": longest} | ({"minLength": 1} if self.required else {})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        if not isinstance(value, str):
            raise ValidationError("Enter a text")
        text = value.replace("\r\n", "\n").strip()
        if any(
            (ord(letter) < 32 and not (self.lines and letter in "\n\t")) or 0xD800 <= ord(letter) < 0xE000
            for letter in text
        ):
            raise ValidationError("Use ordinary letters: there is a character in it that cannot be stored")
        if len(text) > self.longest:
            raise ValidationError(f"Use at most {self.longest:,} characters; this has {len(text):,}")
        if not text:
            if self.required:
                raise ValidationError(MISSING["required"])
            return None if self.allow_none else ""
        try:
            return self.read(text) if self.read else text
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault


class WholeField(fields.Field[int]):
    """A whole number between two limits, both allowed; "1,000" is read as people type it, 1.5 and true are refused."""

    openapi: dict[str, Any]

    def __init__(self, least: int, most: int, **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)
        self.least, self.most = least, most
        self.openapi = {"type": "integer", "minimum": least, "maximum": most}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        wrong = f"Enter a whole number from {self.least:,} to {self.most:,}"
        if isinstance(value, str) and _WHOLE.match(value.strip()):
            value = int(value.strip().replace(",", ""))
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise ValidationError(wrong)
        return value


class PenceField(fields.Field[int]):
    """An amount in pounds as people type it ("1,234.50"), nought or more; inside it is whole pence.

    >>> PenceField().deserialize("£1,234.5"), PenceField().serialize("fee", {"fee": 123450})
    (123450, '1234.50')
    """

    openapi: dict[str, Any]

    def __init__(self, *, most_pence: int = MAX_PENCE - 1, **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)
        self.most_pence = most_pence
        self.openapi = {
            "type": "string",
            "pattern": r"^£?(\d{1,3}(,\d{3}){1,3}|\d{1,12})(\.\d{1,2})?$",
            "examples": ["1234.50"],
            "description": "Pounds and pence, nought or more.",
        }

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 100}.{value % 100:02d}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        wrong = "Enter an amount in pounds and pence, like 1,234.50"
        if not isinstance(value, str) or len(value) > 30 or not value.replace("£", "").isascii():
            raise ValidationError(wrong)
        try:
            pence = parse_pence(value)
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault
        if pence < 0 or value.strip().startswith("-"):
            raise ValidationError("An amount here is nought or more")
        if pence > self.most_pence:
            raise ValidationError(f"Enter at most £{self.most_pence // 100:,}")
        return pence


class PriceField(fields.Field[Decimal]):
    """A price a pack in pounds with at most 4 places ("4.125"), more than nought; inside it is pence as Decimal.

    >>> PriceField().deserialize("4.125"), PriceField().serialize("price", {"price": Decimal("412.5000")})
    (Decimal('412.5'), '4.125')
    """

    openapi: dict[str, Any]

    def __init__(self, *, most_pence: int = 10**7, **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)
        self.most_pence = most_pence
        self.openapi = {
            "type": "string",
            "format": "decimal",
            "pattern": r"^£?(\d{1,3}(,\d{3}){1,3}|\d{1,12})(\.\d{1,4})?$",
            "examples": ["4.125"],
            "description": "Pounds a pack without VAT, more than nought, at most 4 places.",
        }

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        pounds = (Decimal(value) / 100).normalize()
        return f"{pounds:.{max(2, -int(pounds.as_tuple().exponent))}f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        match = _POUNDS.match(value.strip()) if isinstance(value, str) else None
        if not match:
            raise ValidationError("Enter a price in pounds, like 4.125")
        pounds = Decimal(match[1].replace(",", ""))
        if pounds != round(pounds, 4):
            raise ValidationError("Use at most 4 places after the point")
        if not 0 < pounds * 100 <= self.most_pence:
            raise ValidationError(f"A price is more than nought and at most £{self.most_pence // 100:,}")
        return plain(pounds * 100)


class NumberField(fields.Field[Decimal]):
    """A decimal between two limits with at most so many places; refused, never rounded.

    >>> NumberField(0, 1, 3).deserialize("0.92")
    Decimal('0.92')
    """

    openapi: dict[str, Any]

    def __init__(self, least: int, most: int, places: int, *, choices: tuple[int, ...] = (), **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)
        self.least, self.most, self.places, self.choices = least, most, places, choices
        sign = "-?" if least < 0 else ""
        self.openapi = {"type": "string", "format": "decimal", "pattern": rf"^{sign}\d{{1,12}}(\.\d{{1,12}})?$"}
        if choices:
            self.openapi = {"type": "string", "enum": [str(choice) for choice in choices]}

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(plain(Decimal(value)), "f")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        wrong = f"Enter a number from {self.least:,} to {self.most:,}"
        if self.choices:
            *most, last = (str(choice) for choice in self.choices)
            wrong = f"Enter {', '.join(most)} or {last}"
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not _DECIMAL.match(value.strip()):
            raise ValidationError(wrong)
        number = Decimal(value.strip())
        if not self.least <= number <= self.most or (self.choices and number not in self.choices):
            raise ValidationError(wrong)
        if number != round(number, self.places):
            raise ValidationError(f"Use at most {self.places} places after the point")
        return plain(number)


class DayField(fields.Field[date]):
    """A day as YYYY-MM-DD, from 2000 to 2100."""

    openapi: dict[str, Any]

    def __init__(self, **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)
        self.openapi = {"type": "string", "format": "date"}

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            if not isinstance(value, str) or not _DAY.match(value):
                raise ValueError(value)
            day = date.fromisoformat(value)
        except ValueError:
            raise ValidationError("Enter a real day, like 27 11 2026") from None
        if not 2000 <= day.year <= 2100:
            raise ValidationError("Enter a day between 2000 and 2100")
        return day


def plain(number: Decimal) -> Decimal:
    """The same number without nought at its end and without an exponent.

    >>> plain(Decimal("412.5000")), plain(Decimal("20.00"))
    (Decimal('412.5'), Decimal('20'))
    """
    shortest = number.normalize()
    return shortest.quantize(Decimal(1)) if shortest == shortest.to_integral_value() else shortest


def one_of(choices: Sequence[str], **more: Any) -> fields.String:
    """A field that takes one of these words."""
    return fields.String(validate=validate.OneOf(choices, error="Choose one of these: {choices}"), **more)


def hour(**more: Any) -> fields.Time:
    """A field for an hour of the day, as people type it."""
    wrong = "Enter a time like 17:00"
    return fields.Time(error_messages={"required": wrong, "invalid": wrong}, **more)
