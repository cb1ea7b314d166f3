"""What crosses the border about items, suppliers and price lists, for pages and API alike. Money is typed in pounds."""

from itertools import pairwise
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from procurement.cells import code_cell
from procurement.rules import MAX_PACKS, MAX_TIERS, check_cpv, check_gtin
from tenants.fields import MISSING, DayField, NumberField, PenceField, PriceField, TextField, WholeField

VAT_RATES = (0, 5, 20)
"""Zero, reduced and standard rate. Source: VAT Act 1994, sections 2, 29A and 30."""

TIER_BASES = ("item_packs", "order_packs", "order_pence")
MODES = ("all_units", "incremental")
MOST_BOUND = 10**9
"""The award reckons with bounds up to here: packs, or pence of an order's value."""

_CODE = code_cell()


def _code(text: str) -> str:
    return str(_CODE(text))


def _email(text: str) -> str:
    validate.Email(error="Enter an email address like name@example.org")(text)
    return text


def _choice(choices: tuple[str, ...], **more: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(choices, error="Choose one of these: {choices}"), error_messages=MISSING, **more
    )


class ItemSchema(Schema):
    """One thing the federation buys, in one pack size."""

    code = TextField(60, read=_code, required=True)
    name = TextField(200, required=True)
    unit = TextField(200, required=True)
    packs_per_box = WholeField(1, 100_000, load_default=1)
    gtin = TextField(20, read=check_gtin, allow_none=True, load_default=None)
    cpv = TextField(12, read=check_cpv, allow_none=True, load_default=None)
    standard = TextField(60, allow_none=True, load_default=None)
    vat_rate_percent = NumberField(0, 100, 2, choices=VAT_RATES, load_default=20)
    retail_price = PriceField(attribute="retail_pence", allow_none=True, load_default=None)


class ItemOutSchema(ItemSchema):
    """An item as it is kept."""

    id = fields.UUID(dump_only=True)
    version = fields.Integer(dump_only=True)
    retired_at = fields.AwareDateTime(dump_only=True, allow_none=True)


class SupplierSchema(Schema):
    """A firm that sends price lists, and its terms, net of VAT.

    `order_tiers` are the lower bounds, from 0, of tiers on the whole order: packs for order_packs, pence for
    order_pence; with item_packs each price list has tiers of its own and this is [0].
    """

    code = TextField(60, read=_code, required=True)
    name = TextField(200, required=True)
    email = TextField(254, read=_email, allow_none=True, load_default=None)
    delivery_fee = PenceField(attribute="delivery_pence", most_pence=10**9, load_default=0)
    free_delivery_from = PenceField(
        attribute="free_delivery_from_pence", most_pence=10**11, allow_none=True, load_default=None
    )
    minimum_order = PenceField(attribute="minimum_order_pence", most_pence=10**11, load_default=0)
    lead_days = WholeField(0, 365, load_default=7)
    tier_basis = _choice(TIER_BASES, load_default="item_packs")
    order_tiers = fields.List(
        WholeField(0, MOST_BOUND),
        load_default=lambda: [0],
        validate=validate.Length(1, MAX_TIERS, error="Give from {min} to {max} steps"),
    )

    @validates_schema
    def check_steps(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Steps start at 0 and rise; without tiers on the whole order there is one."""
        steps = data["order_tiers"]
        if data["tier_basis"] == "item_packs":
            if steps != [0]:
                raise ValidationError("Leave this empty: each price list has steps of its own", "order_tiers")
        elif steps[0] != 0:
            raise ValidationError("The first step starts at 0", "order_tiers")
        elif any(upper <= lower for lower, upper in pairwise(steps)):
            raise ValidationError("Each step starts above the one before it", "order_tiers")


class SupplierOutSchema(SupplierSchema):
    """A supplier as it is kept."""

    id = fields.UUID(dump_only=True)
    version = fields.Integer(dump_only=True)
    retired_at = fields.AwareDateTime(dump_only=True, allow_none=True)


class OfferSchema(Schema):
    """A price list line as it may be changed. `tiers` are left out for suppliers whose tiers are those of the whole order."""

    mode = _choice(MODES, load_default="all_units")
    tiers = fields.List(
        WholeField(0, MOST_BOUND),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MAX_TIERS, error="Give from {min} to {max} steps"),
    )
    prices = fields.List(
        PriceField(),
        required=True,
        attribute="pence_per_pack",
        error_messages=MISSING,
        validate=validate.Length(1, MAX_TIERS, error="Give from {min} to {max} prices"),
    )
    minimum_packs = WholeField(1, MAX_PACKS, load_default=1)
    multiple_packs = WholeField(1, MAX_PACKS, load_default=1)
    capacity_packs = WholeField(1, MAX_PACKS, allow_none=True, load_default=None)
    quality = NumberField(0, 1, 3, load_default=1)
    valid_from = DayField(required=True)
    valid_to = DayField(required=True)

    @validates_schema
    def check_limits(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Something can be bought, and the last day is not before the first."""
        most = data["capacity_packs"]
        if most is not None and most < max(data["minimum_packs"], data["multiple_packs"]):
            raise ValidationError(
                "This is below the fewest packs or the multiple, so nothing could be bought", "capacity_packs"
            )
        if data["valid_to"] < data["valid_from"]:
            raise ValidationError("The last day must not lie before the first", "valid_to")


class NewOfferSchema(OfferSchema):
    """A new price list line: whose, and for what."""

    supplier_id = fields.UUID(required=True, error_messages=MISSING | {"invalid_uuid": "Choose a supplier"})
    item_id = fields.UUID(required=True, error_messages=MISSING | {"invalid_uuid": "Choose an item"})


class OfferOutSchema(NewOfferSchema):
    """A price list line as it is kept."""

    id = fields.UUID(dump_only=True)
    version = fields.Integer(dump_only=True)
