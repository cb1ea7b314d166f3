"""What crosses the border about clients and requests for cover, by forms."""

from typing import Any

from marshmallow import fields, validate

from staffbank.models.cover import REASONS
from staffbank.pay.vat import TREATMENTS
from staffbank.services.requests import FALLBACK_HOURS, MOST_NEEDS, WAYS
from staffbank.services.shifts import MOST_SEATS, REPEATS
from tenants.fields import DayField, NumberField, TextField, WholeField
from tenants.schemas import FormSchema

_TIME: dict[str, Any] = {"required": "Enter a time", "invalid": "Enter a time like 17:30"}


def _choice(choices: tuple[str, ...], words: str, **more: object) -> fields.String:
    return fields.String(
        validate=validate.OneOf(choices, error=words),
        error_messages={"required": words},
        **more,  # pyright: ignore[reportArgumentType]
    )


def _id(words: str) -> fields.UUID:
    return fields.UUID(load_default=None, error_messages={"invalid_uuid": words})


class ClientForm(FormSchema):
    """Somebody the co-op cares for."""

    name = TextField(200, required=True)
    outcode = TextField(8, required=True)
    address = TextField(400, lines=True, load_default="")
    notes = TextField(2000, lines=True, load_default="")
    latitude = NumberField(49, 62, 6, load_default=None)
    longitude = NumberField(-9, 3, 6, load_default=None)


class _NeedsForm(FormSchema):
    """What both ways of asking have in common."""

    needs = fields.List(
        fields.String(), load_default=list, validate=validate.Length(max=MOST_NEEDS, error="Tick at most {max}")
    )
    risk = WholeField(1, 5, required=True)
    reason = _choice(REASONS, "Choose why cover is needed", required=True)
    outcode = TextField(8, load_default="")
    preferred_carer_id = _id("Choose a carer")
    way = _choice(WAYS, "Choose how carers are asked", load_default="targeted")
    vat_treatment = _choice(tuple(TREATMENTS), "Choose how VAT is treated", load_default="standard")
    fallback_hours = fields.Integer(
        load_default=None,
        validate=validate.OneOf(FALLBACK_HOURS, error="Choose when less is enough"),
        error_messages={"invalid": "Choose when less is enough"},
    )
    fallback_needs = fields.List(fields.String(), load_default=list, validate=validate.Length(max=MOST_NEEDS))
    all_or_none = fields.Boolean(load_default=False)


class CoverForm(_NeedsForm):
    """Cover at one time, or at the same hours again and again."""

    client_id = _id("Choose a person")
    day = DayField(required=True)
    start = fields.Time(required=True, error_messages=_TIME)
    end = fields.Time(required=True, error_messages=_TIME)
    start_fold = WholeField(0, 1, load_default=None)
    end_fold = WholeField(0, 1, load_default=None)
    seats = WholeField(1, MOST_SEATS, load_default=1)
    repeat = _choice(tuple(REPEATS), "Choose how it repeats", load_default="")
    until = DayField(load_default=None)
    sleep_in = fields.Boolean(load_default=False)


class AbsenceForm(_NeedsForm):
    """Everything that somebody absent would have worked."""

    absent_carer_id = fields.UUID(
        required=True, error_messages={"required": "Choose who is away", "invalid_uuid": "Choose who is away"}
    )
    first = DayField(required=True)
    last = DayField(required=True)


class ReasonForm(FormSchema):
    """Why."""

    reason = TextField(500, required=True, lines=True)


class NeedsForm(FormSchema):
    """What is needed, and the risk, of a request as it was seen."""

    needs = fields.List(
        fields.String(), load_default=list, validate=validate.Length(max=MOST_NEEDS, error="Tick at most {max}")
    )
    risk = WholeField(1, 5, required=True)
    version = WholeField(1, 1_000_000_000, required=True)


class MoveForm(FormSchema):
    """Other times for a shift; a day of its own for its start."""

    shift = fields.UUID(required=True, error_messages={"required": "Choose a shift", "invalid_uuid": "Choose a shift"})
    day = DayField(required=True)
    start = fields.Time(required=True, error_messages=_TIME)
    end = fields.Time(required=True, error_messages=_TIME)
