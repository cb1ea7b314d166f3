"""What an officer enters about a round."""

from marshmallow import RAISE, Schema, fields, validate

from procurement.services.rounds import MAX_ITEMS

_MISSING = {"required": "Fill this in", "invalid": "This is not right"}
_COUNT = validate.Range(1, 1000, error="Enter a whole number from 1 to 1,000, or leave it empty")


class NewRound(Schema):
    """A round to be drafted; times are London's."""

    class Meta:
        unknown = RAISE

    name = fields.String(
        required=True,
        validate=validate.Length(1, 200, error="Use at most 200 letters"),
        error_messages={"required": "Give the round a name, like “Winter PPE”"},
    )
    closes_on = fields.Date(
        required=True,
        error_messages={
            "required": "Enter the day it closes",
            "invalid": "Enter a day, month and year, like 27 11 2026",
        },
    )
    closes_time = fields.Time(
        required=True, error_messages={"required": "Enter the hour it closes", "invalid": "Enter a time like 17:00"}
    )
    delivery_by = fields.Date(
        required=True,
        error_messages={"required": "Enter the delivery day", "invalid": "Enter a day, month and year, like 7 12 2026"},
    )
    item_ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, MAX_ITEMS, error="Tick at least one item"),
        error_messages={"required": "Tick at least one item"},
    )
    deliver_to = fields.String(
        load_default="coops", validate=validate.OneOf(["coops", "hub"], error="Choose where it goes")
    )
    hub_address = fields.String(load_default="", validate=validate.Length(max=400, error="Use at most 400 letters"))
    max_suppliers = fields.Integer(
        load_default=None, strict=False, validate=_COUNT, error_messages={"invalid": "Enter a whole number"}
    )
    max_suppliers_per_item = fields.Integer(
        load_default=None, validate=_COUNT, error_messages={"invalid": "Enter a whole number"}
    )
    max_share_percent = fields.Decimal(
        load_default=None,
        allow_nan=False,
        validate=validate.Range(1, 100, error="Enter a number from 1 to 100"),
        error_messages={"invalid": "Enter a number from 1 to 100"},
    )
    allow_overbuy = fields.Boolean(load_default=False)


class ExtendRound(Schema):
    """A later closing time, and why."""

    class Meta:
        unknown = RAISE

    closes_on = fields.Date(
        required=True,
        error_messages={
            "required": "Enter the new closing day",
            "invalid": "Enter a day, month and year, like 27 11 2026",
        },
    )
    closes_time = fields.Time(
        required=True, error_messages={"required": "Enter the hour", "invalid": "Enter a time like 17:00"}
    )
    reason = fields.String(
        required=True,
        validate=validate.Length(1, 2000, error="Use at most 2,000 letters"),
        error_messages={"required": "Say why: the co-ops will read it"},
    )
