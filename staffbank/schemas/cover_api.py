"""What crosses the border about clients, requests for cover and searches, by API. Amounts named `_pence` are whole pence."""

from typing import Any

from marshmallow import Schema, fields, validate

from staffbank.models.cover import REASONS, REQUEST_STATES
from staffbank.pay.vat import TREATMENTS
from staffbank.services.requests import FALLBACK_HOURS, MOST_NEEDS, WAYS
from staffbank.services.shifts import MOST_SEATS, MOST_SHIFTS
from tenants.api.fields import AnyField, IdField, MomentField, YesNoField
from tenants.api.schemas import PagingSchema
from tenants.fields import MISSING, NumberField, TextField, WholeField


def _choice(choices: tuple[str, ...], default: str) -> fields.String:
    return fields.String(validate=validate.OneOf(choices, error="Choose one of these: {choices}"), load_default=default)


def _needs(**more: object) -> fields.List:
    return fields.List(
        TextField(40, required=True),
        validate=validate.Length(max=MOST_NEEDS, error="Give at most {max}"),
        **more,  # pyright: ignore[reportArgumentType]
    )


class DegreesEastField(NumberField):
    """Degrees east of Greenwich, negative to the west of it, as a decimal text."""

    def __init__(self, least: int, most: int, places: int, **more: Any) -> None:
        super().__init__(least, most, places, **more)
        self.openapi = {"type": "string", "format": "decimal", "pattern": r"^-?\d(\.\d{1,6})?$"}


class ClientQuerySchema(PagingSchema):
    """Clients whose name holds some words."""

    words = TextField(100, load_default="")


class ClientInSchema(Schema):
    """Somebody the co-op cares for; degrees only where the outcode is not known or not near enough."""

    name = TextField(200, required=True)
    outcode = TextField(8, required=True)
    address = TextField(400, lines=True, load_default="")
    notes = TextField(2000, lines=True, load_default="")
    latitude = NumberField(49, 62, 6, load_default=None, allow_none=True)
    longitude = DegreesEastField(-9, 3, 6, load_default=None, allow_none=True)


class ClientOutSchema(Schema):
    """Somebody the co-op cares for."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    outcode = fields.String(required=True)
    address = fields.String(required=True)
    notes = fields.String(required=True)


class ClientsSchema(Schema):
    """A page of clients, by name."""

    items = fields.List(fields.Nested(ClientOutSchema), required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ShiftInSchema(Schema):
    """One shift: how many carers are needed from when to when, at most 24 hours."""

    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    seats = WholeField(1, MOST_SEATS, load_default=1)


class NewCoverSchema(Schema):
    """A request for cover. Either `shifts`, or an absence: all that stands on a carer's rota between two days."""

    reason = fields.String(required=True, validate=validate.OneOf(REASONS), error_messages=MISSING)
    shifts = fields.List(
        fields.Nested(ShiftInSchema),
        load_default=list,
        validate=validate.Length(max=MOST_SHIFTS, error="One request has at most {max} shifts"),
    )
    absent_carer_id = IdField(load_default=None, allow_none=True)
    absent_from = fields.Date(load_default=None, allow_none=True)
    absent_until = fields.Date(load_default=None, allow_none=True)
    risk = WholeField(1, 5, load_default=3)
    needs = _needs(load_default=list)
    client_id = IdField(load_default=None, allow_none=True)
    outcode = TextField(8, load_default="")
    preferred_carer_id = IdField(load_default=None, allow_none=True)
    sleep_in = YesNoField(load_default=False)
    way = _choice(WAYS, "targeted")
    vat_treatment = _choice(tuple(TREATMENTS), "standard")
    fallback_hours = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.OneOf(FALLBACK_HOURS)
    )
    fallback_needs = _needs(load_default=list)
    all_or_none = YesNoField(load_default=False)


class ShiftOutSchema(Schema):
    """One shift of a request."""

    id = fields.UUID(required=True)
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    seats = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": ["open", "filled", "cancelled"]})


class CoverSchema(Schema):
    """A request for cover."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": list(REQUEST_STATES)})
    reason = fields.String(required=True, metadata={"enum": list(REASONS)})
    risk = fields.Integer(required=True)
    needs = fields.List(fields.String(), required=True)
    outcode = fields.String(required=True)
    client_id = fields.UUID(attribute="client_key", required=True, allow_none=True)
    way = fields.String(required=True, metadata={"enum": list(WAYS)})
    sleep_in = fields.Boolean(required=True)
    vat_treatment = fields.String(required=True)
    own_staff_until = MomentField(required=True)
    fallback_from = MomentField(required=True, allow_none=True)
    fallback_needs = fields.List(fields.String(), required=True)
    pinned = fields.List(fields.List(fields.UUID()), required=True)
    excluded = fields.List(fields.UUID(), required=True)
    overrides = AnyField(required=True)
    estimate = AnyField(required=True)
    created_at = MomentField(required=True)
    approved_at = MomentField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class CoverDetailSchema(CoverSchema):
    """A request with its shifts."""

    shifts = fields.List(fields.Nested(ShiftOutSchema), required=True)


class CoverQuerySchema(PagingSchema):
    """Requests in one state, or all; that have a shift from one moment to another."""

    state = _choice(("", *REQUEST_STATES), "")
    starts_from = MomentField(load_default=None)
    starts_before = MomentField(load_default=None)


class CoversSchema(Schema):
    """A page of requests, newest first."""

    items = fields.List(fields.Nested(CoverSchema), required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ApproveCoverSchema(Schema):
    """Approval at the cost that was seen."""

    cost_pence = WholeField(0, 10**11, load_default=None, allow_none=True)


class WhySchema(Schema):
    """Why."""

    reason = TextField(500, required=True, lines=True)


class SetAsideSchema(WhySchema):
    """Which warning of the rule book is set aside, and why."""

    rule = TextField(60, required=True)


class NeedsSchema(Schema):
    """What is needed, and the risk; `version` is that of the request as it was read."""

    needs = _needs(required=True)
    risk = WholeField(1, 5, required=True)
    version = WholeField(1, 1_000_000_000, required=True)


class PinSchema(Schema):
    """A carer who must take a shift."""

    shift_id = IdField(required=True)
    carer_id = IdField(required=True)


class ChoiceSchema(Schema):
    """The whole of what a manager chooses: carers for shifts, and carers who are left out."""

    pinned = fields.List(fields.Nested(PinSchema), load_default=list, validate=validate.Length(max=200))
    excluded = fields.List(IdField(), load_default=list, validate=validate.Length(max=200))


class ShiftTimesSchema(Schema):
    """Other times for a shift."""

    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)


class RefusalSchema(Schema):
    """Why one of the co-op's own carers was turned away from a shift."""

    carer_id = fields.UUID(required=True)
    first_name = fields.String(required=True)
    shift_id = fields.UUID(required=True)
    rule = fields.String(required=True)
    number = fields.String(required=True)


class MatchesSchema(Schema):
    """The newest search for a request: who fits, and of the others counts by rule (null: one or two)."""

    id = fields.UUID(required=True)
    made_at = MomentField(required=True)
    looked_at = fields.Integer(required=True)
    coops = fields.Integer(required=True)
    ranked = AnyField(required=True)
    turned_away = AnyField(required=True)
    fixes = AnyField(required=True)
    levels = AnyField(required=True)
    input_sha256 = fields.String(required=True)
    own_refusals = fields.List(fields.Nested(RefusalSchema), required=True)
