"""Glue between what people type and the templates: kept values, errors beside their fields, and the filters of the pages."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from flask import Flask
from marshmallow import Schema, ValidationError

from tenants import clock, money
from tenants.errors import InvalidInput

NONE = "–"
"""What a table shows where there is nothing to show."""

_PARTS = ("day", "month", "year")


def errors_of(error: ValidationError | InvalidInput) -> dict[str, str]:
    """Turn an error into one sentence per field; nested fields become dotted paths, and '' stands for the whole form.

    >>> errors_of(ValidationError({"lines": {0: {"packs": ["Enter a number"]}}, "_schema": ["Not now"]}))
    {'lines.0.packs': 'Enter a number', '': 'Not now'}
    """
    if isinstance(error, InvalidInput):
        return dict(error.errors)
    return dict(_flatten(error.messages, ""))


def _flatten(messages: Any, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if key == "_schema" else str(key)
            yield from _flatten(inner, ".".join(part for part in (path, step) if part))
    elif isinstance(messages, (list, tuple)):
        yield path, " ".join(str(message).rstrip() for message in messages)
    else:
        yield path, str(messages)


class Form:
    """What a form shows: the values that were typed or stored, and the errors beside their fields.

    `data` is what the schema made of the values, empty while there are errors.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None) -> None:
        self.values: dict[str, Any] = _as_lists(values or {})
        self.errors: dict[str, str] = dict(errors or {})
        self.data: dict[str, Any] = {}

    @classmethod
    def read(cls, schema: Schema, posted: Mapping[str, Any], **more: Any) -> "Form":
        """Check what was posted against a schema; `more` goes beside it (from the address, say).

        Only fields of the schema are handed on. The three boxes of a date become one ISO date. An empty box is
        left out, so that the schema says what is missing.
        """
        form = cls(posted)
        known = {field.data_key or name: field for name, field in schema.fields.items()}
        candidate: dict[str, Any] = {}
        for name, field in known.items():
            typed = form.values.get(name)
            if typed is None and f"{name}-day" in form.values:
                typed = [form._joined_date(name)]
            if hasattr(field, "inner"):
                candidate[name] = [value for value in typed or [] if value != ""]
            elif typed and typed[-1] != "":
                candidate[name] = typed[-1]
        try:
            form.data = cast("dict[str, Any]", schema.load({**candidate, **more}))
        except ValidationError as error:
            form.fail(error)
        return form

    def fail(self, error: ValidationError | InvalidInput) -> "Form":
        """Keep the values and show these errors: for what a service finds after the schema was content."""
        self.errors.update(errors_of(error))
        self.data = {}
        return self

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.errors

    def id(self, name: str) -> str:
        """The id of the field's first control, which the error summary links to."""
        return "field-" + name.replace(".", "-").replace("_", "-")

    def value(self, name: str) -> str:
        """What stands in the field."""
        held = self.values.get(name)
        return "" if not held or held[-1] is None else _written(held[-1])

    def ticked(self, name: str, value: object) -> bool:
        """Whether a box with this value is ticked."""
        return str(value) in [_written(held) for held in self.values.get(name, [])]

    def error(self, name: str) -> str:
        """What is wrong with the field, or nothing."""
        return self.errors.get(name, "")

    def date_part(self, name: str, part: str) -> str:
        """What stands in the day, month or year box of a date."""
        if f"{name}-{part}" in self.values:
            return self.value(f"{name}-{part}")
        held = self.values.get(name)
        day = held[-1] if held else None
        if isinstance(day, str) and len(day) == len("2026-11-27"):
            return day.split("-")[("year", "month", "day").index(part)].lstrip("0")
        return str(getattr(day, part)) if isinstance(day, date) else ""

    def problems(self) -> list[dict[str, str]]:
        """The error summary: `id` of the control (empty for the whole form) and the words."""
        return [{"id": self.id(name) if name else "", "text": text} for name, text in self.errors.items()]

    def _joined_date(self, name: str) -> str:
        """The three boxes as an ISO date; as typed where they are no numbers, so that the schema refuses them."""
        day, month, year = (self.value(f"{name}-{part}").strip() for part in _PARTS)
        if not (day or month or year):
            return ""
        return f"{year}-{month.zfill(2)}-{day.zfill(2)}"


def _as_lists(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every value as a list: a posted form may hold several under one name."""
    lists = getattr(values, "lists", None)
    if lists is not None:
        return {name: list(held) for name, held in lists()}
    return {name: list(held) if isinstance(held, (list, tuple, set)) else [held] for name, held in values.items()}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def gbp(pence: int | None) -> str:
    """Whole pence as pounds, or a dash for none.

    >>> gbp(999180), gbp(None)
    ('£9,991.80', '–')
    """
    return NONE if pence is None else money.format_pence(pence)


def price(pence_per_pack: Decimal | int | None) -> str:
    """A price per pack in pounds, which may be finer than a penny, or a dash for none.

    >>> price(Decimal("412.5")), price(None)
    ('£4.125', '–')
    """
    return NONE if pence_per_pack is None else money.format_price(Decimal(pence_per_pack))


def day(value: date | None) -> str:
    """A day in full, or a dash for none; of a moment its day in London."""
    if value is None:
        return NONE
    return clock.day_words(value.astimezone(clock.LONDON).date() if isinstance(value, datetime) else value)


def moment(value: datetime | None) -> str:
    """A moment in London time, in full, or a dash for none."""
    return NONE if value is None else clock.moment_words(value)


def number(value: Decimal | float | None) -> str:
    """A number with thousands, or a dash for none.

    >>> number(1234), number(Decimal("1234.50")), number(None)
    ('1,234', '1,234.50', '–')
    """
    return NONE if value is None else f"{value:,}"


def percent(value: float | Decimal | None, places: int = 1) -> str:
    """A percentage without a space, or a dash for none.

    >>> percent(16.03), percent(Decimal("1.5")), percent(0.014, 2), percent(None)
    ('16.0%', '1.5%', '0.01%', '–')
    """
    return NONE if value is None else f"{value:.{places}f}%"


def register_filters(app: Flask) -> None:
    """Give the templates their filters: gbp, price, moment, day, number, percent."""
    for put in (gbp, price, moment, day, number, percent):
        app.add_template_filter(put, put.__name__)


def moment_of(data: Mapping[str, Any], name: str) -> datetime:
    """The moment that the fields NAME_on and NAME_time of a checked form say, a day and an hour of London.

    Raises: InvalidInput at NAME_time for an hour that the clocks skip in spring.
    """
    try:
        return clock.london_moment(data[f"{name}_on"], data[f"{name}_time"])
    except ValueError as error:
        raise InvalidInput({f"{name}_time": str(error)}) from None
