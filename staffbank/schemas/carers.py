"""What crosses the border about carers, checks, rota, availability and the bank, for pages and API alike."""

from datetime import date, time
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from staffbank.models.carers import BLOCK_KINDS, MODES
from staffbank.passport import kind_words, read_kind
from staffbank.pay.vat import TREATMENTS
from staffbank.places import parse_outcode
from staffbank.rota_sheet import read_clock
from tenants.api.fields import AnyField, IdField, MomentField, YesNoField
from tenants.api.schemas import PagingSchema
from tenants.errors import InvalidInput
from tenants.fields import MISSING, DayField, NumberField, PenceField, TextField, WholeField

MODE_WORDS = {"car": "By car", "cycle": "By bicycle", "bus": "By bus", "walk": "On foot"}
BLOCK_WORDS = {"rota": "Home rota", "sleep_in": "Sleep-in", "leave": "Leave", "other_job": "Other job"}
MOST_LANGUAGES = 12


class BirthdayField(DayField):
    """The day somebody was born, from 1920 to today's century."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            born = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            born = None
        if born is None or not 1920 <= born.year <= 2100:
            raise ValidationError("Enter a real day, like 17 5 1985")
        return born


class ClockField(fields.Field[time]):
    """A time of day by London's clocks: 07:30 or 9:30pm."""

    openapi: ClassVar[dict[str, Any]] = {"type": "string", "maxLength": 10, "examples": ["07:30"]}

    def __init__(self, **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> time:
        if not isinstance(value, str) or len(value) > 10:
            raise ValidationError("Enter a time like 07:30 or 9:30pm")
        try:
            return read_clock(value)
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault

    def _serialize(self, value: time | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:%H:%M}"


class TickField(YesNoField):
    """true or false from a program; a ticked box of a form is "1", one that is not ticked is left out."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return (
            value == "1"
            if isinstance(value, str) and value in ("0", "1")
            else super()._deserialize(value, attr, data, **kwargs)
        )


def _outcode(text: str) -> str:
    try:
        return parse_outcode(text)
    except InvalidInput as fault:
        raise ValueError(fault.errors["outcode"]) from fault


def _choice(choices: tuple[str, ...], **more: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(choices, error="Choose one of these: {choices}"), error_messages=MISSING, **more
    )


class CarerSchema(Schema):
    """A carer's record as people type it. A place is an outcode; its degrees are told only where we do not know it."""

    reference = TextField(60, required=True)
    first_name = TextField(60, required=True)
    last_name = TextField(100, load_default="")
    born_on = BirthdayField(allow_none=True, load_default=None)
    outcode = TextField(10, read=_outcode, required=True)
    latitude = NumberField(-90, 90, 6, allow_none=True, load_default=None)
    longitude = NumberField(-180, 180, 6, allow_none=True, load_default=None)
    mode = _choice(MODES, load_default="car")
    languages = fields.List(
        TextField(40, required=True),
        load_default=list,
        validate=validate.Length(max=MOST_LANGUAGES, error="Name at most {max} languages"),
    )
    pay = PenceField(attribute="pay_pence_per_hour", most_pence=20_000, required=True)
    week_hours = WholeField(0, 100, load_default=40)
    on_payroll = TickField(load_default=False)
    sponsored = TickField(load_default=False)

    @post_load
    def to_minutes(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Hours a week become minutes."""
        data["week_minutes"] = data.pop("week_hours") * 60
        return data


class CarerOutSchema(Schema):
    """A carer's record as it is kept."""

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    reference = fields.String(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    born_on = DayField(required=True, allow_none=True)
    outcode = fields.String(required=True)
    latitude = NumberField(-90, 90, 6, required=True)
    longitude = NumberField(-180, 180, 6, required=True)
    mode = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    pay = PenceField(attribute="pay_pence_per_hour", required=True)
    week_minutes = fields.Integer(required=True)
    on_payroll = fields.Boolean(required=True)
    sponsored = fields.Boolean(required=True)
    opt_out_from = DayField(required=True, allow_none=True)
    opt_out_until = DayField(required=True, allow_none=True)
    in_bank = fields.Boolean(required=True)
    left_on = DayField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class CarersSchema(Schema):
    """A page of carers."""

    items = fields.List(fields.Nested(CarerOutSchema), required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class CarerQuerySchema(PagingSchema):
    """Which carers: with words in their name, in the bank or not, with a check that runs out."""

    words = TextField(100, load_default="")
    shown = _choice(("", "bank", "not_bank", "soon", "expired", "left"), load_default="")


class CheckSchema(Schema):
    """A check as it was made. Never a certificate, its number or its contents."""

    kind = TextField(40, read=read_kind, required=True)
    level = TextField(60, load_default="")
    standard = TextField(100, load_default="")
    issued_on = DayField(allow_none=True, load_default=None)
    until = DayField(allow_none=True, load_default=None)
    checked_on = DayField(required=True)
    checked_by = TextField(100, required=True)
    original_seen = TickField(load_default=False)
    status_checked_on = DayField(allow_none=True, load_default=None)
    evidence_hash = TextField(64, load_default="")


class CheckOutSchema(CheckSchema):
    """A check as it is kept."""

    id = fields.UUID(required=True)
    words = fields.String(required=True)
    ended_at = MomentField(required=True, allow_none=True)

    @pre_dump
    def with_words(self, check: Any, **kwargs: Any) -> dict[str, Any]:
        """The words of its kind beside it."""
        names = [name for name in self.fields if name != "words"]
        return {name: getattr(check, name) for name in names} | {"words": kind_words(check.kind)}


class ChecksSchema(Schema):
    """The checks of a carer."""

    items = fields.List(fields.Nested(CheckOutSchema), required=True)


class BlockSchema(Schema):
    """Time typed by London's clocks. An end at or before the start lies on the next day.

    `hour` is asked for only when the clocks go back: "first" or "second", of the hour that comes twice.
    """

    kind = _choice(BLOCK_KINDS, load_default="rota")
    day = DayField(required=True)
    start = ClockField(required=True)
    end = ClockField(required=True)
    last_day = DayField(allow_none=True, load_default=None)
    hour = _choice(("", "first", "second"), load_default="")
    words = TextField(200, load_default="")


class WorkTimeSchema(Schema):
    """A piece of time as it is kept, in UTC."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    words = fields.String(required=True)
    source = fields.String(required=True)


class WorkTimesSchema(Schema):
    """The pieces of a window of time."""

    items = fields.List(fields.Nested(WorkTimeSchema), required=True)


class WorkTimeQuerySchema(Schema):
    """Which window: from a day on, so many days."""

    from_day = DayField(allow_none=True, load_default=None)
    days = WholeField(1, 400, load_default=28)


class NewWorkTimeSchema(Schema):
    """A piece of time as a program tells it: moments with their offset, so no hour is missing or double."""

    kind = _choice(BLOCK_KINDS, load_default="rota")
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    words = TextField(200, load_default="")


class BankEntrySchema(Schema):
    """What the bank knows of a carer, and no more."""

    carer_id = fields.UUID(required=True)
    first_name = fields.String(required=True)
    outcode = fields.String(required=True)
    mode = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    tags = AnyField(required=True)
    free = AnyField(required=True)
    busy = AnyField(required=True)
    hours_17_weeks = NumberField(0, 100_000, 2, required=True)
    opt_out_from = DayField(required=True, allow_none=True)
    opt_out_until = DayField(required=True, allow_none=True)
    sponsored = fields.Boolean(required=True)
    warranty = AnyField(required=True)
    published_at = MomentField(required=True)


class CarerStandingSchema(Schema):
    """Whether a carer is in the bank, why not, and what is published."""

    in_bank = fields.Boolean(required=True)
    why_not = fields.List(fields.String(), required=True)
    entry = fields.Nested(BankEntrySchema, required=True, allow_none=True)


class OptOutSchema(Schema):
    """From which day a carer works more than 48 hours a week on average."""

    from_day = DayField(required=True)


class LeftSchema(Schema):
    """From which day somebody no longer works here."""

    left_on = DayField(required=True)


class BarSchema(Schema):
    """A person a carer is not to care for."""

    client_key = IdField(required=True)


class FreeWindowSchema(Schema):
    """Hours of a weekday (0 is Monday), in minutes from midnight in London; beyond 1440 into the next morning."""

    weekday = WholeField(0, 6, required=True)
    from_minute = WholeField(0, 1439, required=True)
    to_minute = WholeField(1, 2160, required=True)


class FreeWeekSchema(Schema):
    """A whole weekly pattern."""

    windows = fields.List(fields.Nested(FreeWindowSchema), required=True, validate=validate.Length(max=40))


class BankPolicySchema(Schema):
    """How a co-op takes part in the bank."""

    own_first_hours = WholeField(0, 720, required=True)
    answer_hours = WholeField(1, 168, required=True)
    release_hours = WholeField(1, 168, required=True)
    releases_by_default = TickField(load_default=False)
    confirm_hours = WholeField(1, 168, required=True)
    confirms_by_default = TickField(load_default=False)
    lends_as = _choice(tuple(TREATMENTS), required=True)
    vat_evidence = TextField(2000, load_default="", lines=True)
    vat_registered = TickField(load_default=False)
    reclaims_vat = TickField(load_default=False)
    pays_living_wage = TickField(load_default=False)
    settlement_signed_on = DayField(allow_none=True, load_default=None)


class BankPolicyOutSchema(BankPolicySchema):
    """The same, with the version that a change names."""

    version = fields.Integer(required=True)
