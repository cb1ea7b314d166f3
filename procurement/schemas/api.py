"""What crosses the border about rounds, demand, awards, orders and statements. Amounts named `_pence` are whole pence."""

from marshmallow import Schema, fields, validate

from procurement.models.rounds import ROUND_STATES
from procurement.rules import MAX_PACKS
from procurement.schemas.catalogue import ItemOutSchema, OfferOutSchema, SupplierOutSchema
from procurement.services.rounds import MAX_ITEMS
from tenants.api.fields import AnyField, IdField, MomentField, YesNoField
from tenants.api.schemas import MOST_ROWS, PagingSchema
from tenants.fields import MISSING, DayField, NumberField, TextField, WholeField

PLACES = ("coops", "hub")


def _choice(choices: tuple[str, ...], default: str) -> fields.String:
    return fields.String(validate=validate.OneOf(choices, error="Choose one of these: {choices}"), load_default=default)


class ListQuerySchema(PagingSchema):
    """Which part of a list, holding which words, sorted how."""

    words = TextField(100, load_default="")


class ItemQuerySchema(ListQuerySchema):
    """Items in use, taken out, or all."""

    state = _choice(("used", "retired", "all"), "used")
    sort = _choice(("name", "code", "vat", "best"), "name")


class SupplierQuerySchema(ListQuerySchema):
    """Suppliers."""

    sort = _choice(("name", "code", "ends", "offers"), "name")


class OfferQuerySchema(ListQuerySchema):
    """Price lists of one supplier or all, that hold now, later, ended, or all."""

    supplier_id = IdField(load_default=None)
    state = _choice(("current", "now", "later", "ended", "all"), "current")
    sort = _choice(("item", "supplier", "price", "ends"), "item")


class RoundQuerySchema(ListQuerySchema):
    """Rounds in one state, or all."""

    state = _choice(("", *ROUND_STATES), "")


class _Listed(Schema):
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ItemsSchema(_Listed):
    """A page of the catalogue."""

    items = fields.List(fields.Nested(ItemOutSchema), required=True)


class SuppliersSchema(_Listed):
    """A page of suppliers."""

    items = fields.List(fields.Nested(SupplierOutSchema), required=True)


class OffersSchema(_Listed):
    """A page of price lists."""

    items = fields.List(fields.Nested(OfferOutSchema), required=True)


class OfferSavedSchema(Schema):
    """A price list as it was saved, and what looks odd about it."""

    offer = fields.Nested(OfferOutSchema, required=True)
    warnings = fields.List(fields.String(), required=True)


class NewRoundSchema(Schema):
    """What an officer decides before a round opens."""

    title = TextField(200, required=True)
    closes_at = MomentField(required=True)
    deliver_on = DayField(required=True)
    item_ids = fields.List(
        IdField(),
        required=True,
        error_messages=MISSING,
        validate=validate.Length(1, MAX_ITEMS, error="Choose from {min} to {max} items"),
    )
    deliver_to = _choice(PLACES, "coops")
    hub_address = TextField(400, lines=True, load_default="")
    max_suppliers = WholeField(1, 1000, allow_none=True, load_default=None)
    max_suppliers_per_item = WholeField(1, 1000, allow_none=True, load_default=None)
    max_share_percent = NumberField(1, 100, 2, allow_none=True, load_default=None)
    allow_overbuy = YesNoField(load_default=False)


class RoundSchema(Schema):
    """A round of joint buying."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(ROUND_STATES)})
    closes_at = MomentField(required=True)
    deliver_on = DayField(required=True)
    deliver_to = fields.String(required=True, metadata={"enum": list(PLACES)})
    hub_address = fields.String(required=True)
    max_suppliers = fields.Integer(required=True, allow_none=True)
    max_suppliers_per_item = fields.Integer(required=True, allow_none=True)
    max_share_percent = NumberField(0, 100, 2, required=True, allow_none=True)
    allow_overbuy = fields.Boolean(required=True)
    share_rule = fields.String(required=True, allow_none=True)
    reason = fields.String(
        attribute="extended_reason", required=True, metadata={"description": "Why it was extended or cancelled"}
    )
    opened_at = MomentField(required=True, allow_none=True)
    closed_at = MomentField(required=True, allow_none=True)
    awarded_at = MomentField(required=True, allow_none=True)
    ordered_at = MomentField(required=True, allow_none=True)


class RoundsSchema(_Listed):
    """A page of rounds, newest first."""

    items = fields.List(fields.Nested(RoundSchema), required=True)


class RoundItemSchema(Schema):
    """One item of a round, as it stood when the round opened."""

    item_id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    packs_per_box = fields.Integer(required=True)
    vat_rate_percent = NumberField(0, 100, 2, required=True)


class RoundDetailSchema(RoundSchema):
    """A round with its items and how many co-ops have answered."""

    round_items = fields.List(fields.Nested(RoundItemSchema), required=True, data_key="items")
    answered = fields.Integer(required=True)
    coops = fields.Integer(required=True)


class ExtendSchema(Schema):
    """A later closing time, and why: every co-op reads it."""

    closes_at = MomentField(required=True)
    reason = TextField(2000, required=True, lines=True)


class ReasonSchema(Schema):
    """Why: it is read by those it concerns."""

    reason = TextField(2000, required=True, lines=True)


class RemindedSchema(Schema):
    """How many co-ops were reminded."""

    coops = fields.Integer(required=True)


class DemandSchema(Schema):
    """The whole of what a co-op needs in a round: packs by item id. No packs at all says: nothing this time."""

    packs = fields.Dict(
        keys=IdField(),
        values=WholeField(0, MAX_PACKS),
        required=True,
        error_messages=MISSING,
        validate=validate.Length(max=MAX_ITEMS, error="Give at most {max} items"),
    )
    note = TextField(1000, lines=True, load_default="")


class DemandOutSchema(DemandSchema):
    """A co-op's own answer to a round."""

    answered_at = MomentField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TotalsSchema(Schema):
    """Packs that all co-ops need by item id, for items that at least three other co-ops want; null when there are none."""

    packs = fields.Dict(keys=fields.UUID(), values=fields.Integer(), required=True, allow_none=True)
    answered = fields.Integer(required=True)
    coops = fields.Integer(required=True)


class RunAwardSchema(Schema):
    """Suppliers, by code, that must be used or must not."""

    pinned = fields.List(TextField(60, required=True), load_default=list, validate=validate.Length(max=MOST_ROWS))
    barred = fields.List(TextField(60, required=True), load_default=list, validate=validate.Length(max=MOST_ROWS))


class AwardSchema(Schema):
    """One run of the award for a round, and what became of it."""

    id = fields.UUID(required=True)
    round_id = fields.UUID(required=True)
    state = fields.String(
        required=True, metadata={"enum": ["running", "proposed", "infeasible", "approved", "set_aside"]}
    )
    job_id = fields.UUID(required=True, allow_none=True)
    pinned = fields.List(fields.String(), required=True)
    barred = fields.List(fields.String(), required=True)
    cost_pence = fields.Integer(required=True, allow_none=True)
    bound_pence = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    decided_at = MomentField(required=True, allow_none=True)
    created_at = MomentField(required=True)
    version = fields.Integer(required=True)


class AwardDetailSchema(AwardSchema):
    """An award with the calculator's answer."""

    answer = AnyField(required=True, allow_none=True)


class AwardsSchema(Schema):
    """Awards of a round, newest first."""

    items = fields.List(fields.Nested(AwardSchema), required=True)


class ApproveSchema(Schema):
    """Why this award; with the cost that was seen, a changed one is not approved by mistake."""

    reason = TextField(2000, required=True, lines=True)
    cost_pence = WholeField(0, 10**15, allow_none=True, load_default=None)


class OrderSchema(Schema):
    """A purchase order, net of VAT but for `vat_pence`."""

    id = fields.UUID(required=True)
    round_id = fields.UUID(required=True)
    supplier_id = fields.UUID(required=True)
    number = fields.String(required=True)
    goods_pence = fields.Integer(required=True)
    delivery_pence = fields.Integer(required=True)
    vat_pence = fields.Integer(required=True)
    deliver_on = DayField(required=True)
    created_at = MomentField(required=True)


class OrdersSchema(Schema):
    """Purchase orders."""

    items = fields.List(fields.Nested(OrderSchema), required=True)


class AllocationSchema(Schema):
    """A co-op's packs of one line."""

    tenant_id = fields.UUID(required=True)
    coop = fields.String(required=True)
    packs = fields.Integer(required=True)
    deliver_to = fields.String(required=True)


class OrderLineSchema(Schema):
    """One item of a purchase order, and whom it is for."""

    item_id = fields.UUID(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    packs = fields.Integer(required=True)
    pence_per_pack = NumberField(0, 10**9, 4, required=True)
    cost_pence = fields.Integer(required=True)
    vat_rate_percent = NumberField(0, 100, 2, required=True)
    allocations = fields.List(fields.Nested(AllocationSchema), required=True)


class OrderDetailSchema(OrderSchema):
    """A purchase order with its lines."""

    supplier = fields.String(required=True)
    lines = fields.List(fields.Nested(OrderLineSchema), required=True)


class RechargeSchema(Schema):
    """What the federation charges a co-op for a round."""

    id = fields.UUID(required=True)
    round_id = fields.UUID(required=True)
    number = fields.String(required=True)
    on_date = DayField(required=True)
    due_on = DayField(required=True)
    capacity = fields.String(required=True)
    vat_number = fields.String(required=True, allow_none=True)
    net_pence = fields.Integer(required=True)
    vat_pence = fields.Integer(required=True)
    irrecoverable_vat_pence = fields.Integer(required=True)
    total_pence = fields.Integer(required=True)


class StatementsSchema(Schema):
    """A co-op's own recharges, newest first."""

    items = fields.List(fields.Nested(RechargeSchema), required=True)


class OwnAllocationSchema(Schema):
    """Packs of one item from one supplier that come to the co-op."""

    item_id = fields.UUID(required=True)
    item_name = fields.String(required=True)
    unit = fields.String(required=True)
    supplier_name = fields.String(required=True)
    packs = fields.Integer(required=True)
    pence_per_pack = NumberField(0, 10**9, 4, required=True)


class StatementSchema(Schema):
    """A co-op's side of a round: what it pays, what it gets, and at least what it saved."""

    round_id = fields.UUID(attribute="buying_round.id", required=True)
    title = fields.String(attribute="buying_round.title", required=True)
    rule = fields.String(attribute="share.rule", required=True)
    goods_pence = fields.Integer(attribute="share.goods_pence", required=True)
    delivery_pence = fields.Integer(attribute="share.delivery_pence", required=True)
    other_rules_pence = fields.Dict(
        attribute="share.other_rules", keys=fields.String(), values=fields.Integer(), required=True
    )
    alone_at_least_pence = fields.Integer(
        attribute="alone.bound_pence", dump_default=None, required=True, allow_none=True
    )
    saved_pence = fields.Integer(required=True, allow_none=True)
    recharge = fields.Nested(RechargeSchema, required=True)
    allocations = fields.List(fields.Nested(OwnAllocationSchema), required=True)
