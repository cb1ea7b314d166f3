"""What crosses the border about hours, rates, recharges and the settlement, for pages and API alike. `_pence` is whole pence."""

from typing import Any

from marshmallow import Schema, fields, validate

from staffbank.pay.recharge import VEHICLES
from staffbank.schemas.carers import ClockField
from staffbank.services.disputes import ANSWERS
from staffbank.services.settlement import MODES
from staffbank.worked_hours import MOST_MILES
from tenants.api.fields import AnyField, MomentField
from tenants.fields import DayField, NumberField, PenceField, TextField, WholeField

_DAY_MINUTES = 24 * 60


def _choice(choices: tuple[str, ...], **more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(choices, error="Choose one of: {choices}"), **more)


class _HoursSchema(Schema):
    break_minutes = WholeField(0, _DAY_MINUTES, load_default=0)
    awake_minutes = WholeField(0, _DAY_MINUTES, load_default=0)
    travel_minutes = WholeField(0, _DAY_MINUTES, load_default=0)
    miles = NumberField(0, int(MOST_MILES), 1, load_default=0)
    vehicle = _choice(VEHICLES, load_default="car")


class HoursForm(_HoursSchema):
    """Hours as people type them: two times by London's clocks, near those that were planned."""

    start = ClockField(required=True)
    end = ClockField(required=True)


class StatedHoursSchema(_HoursSchema):
    """Hours of one placement. `awake_minutes`: of a sleep-in, the time awake for the purpose of working."""

    start = MomentField(required=True)
    end = MomentField(required=True)


class HoursWordsSchema(Schema):
    """What is said, or why: both co-ops read it."""

    words = TextField(2000, required=True, lines=True)


class DisputeAnswerSchema(Schema):
    """How a dispute ends: `withdraw` by the co-op that owes, `give_back` by the other."""

    answer = _choice(ANSWERS, required=True)


class SheetSchema(Schema):
    """The hours of a placement, as one side keeps them."""

    placement_id = fields.UUID(attribute="placement.id", required=True)
    side = fields.String(attribute="placement.side", required=True, metadata={"enum": ["host", "home"]})
    counterparty_id = fields.UUID(attribute="placement.counterparty_id", required=True)
    carer_name = fields.String(attribute="placement.carer_name", required=True)
    starts_at = MomentField(attribute="placement.starts_at", required=True)
    ends_at = MomentField(attribute="placement.ends_at", required=True)
    sleep_in = fields.Boolean(attribute="placement.sleep_in", required=True)
    state = fields.String(required=True)
    claimed = fields.Nested(StatedHoursSchema, required=True, allow_none=True)
    agreed = fields.Nested(StatedHoursSchema, required=True, allow_none=True)
    partly = fields.Boolean(required=True)
    curtailed_minutes = fields.Integer(required=True)


class SheetsSchema(Schema):
    """Hours, newest first."""

    items = fields.List(fields.Nested(SheetSchema), required=True)


class SheetsQuerySchema(Schema):
    """Which hours: as host or as home co-op, begun in which days."""

    side = _choice(("host", "home"), load_default="home")
    first = DayField(load_default=None)
    last = DayField(load_default=None)


class SaidSchema(Schema):
    """A message in the thread of some hours."""

    id = fields.UUID(required=True)
    by_words = fields.String(required=True, metadata={"enum": ["carer", "host", "home"]})
    words = fields.String(required=True)
    said_at = MomentField(required=True)


class SheetDetailSchema(Schema):
    """Hours with their thread."""

    hours = fields.Nested(SheetSchema, required=True)
    thread = fields.List(fields.Nested(SaidSchema), required=True)


class NewRateCardSchema(Schema):
    """Rates from a day on; what is left out stays as on the day before. Amounts in pounds."""

    from_date = DayField(required=True)
    resolution = TextField(2000, required=True, lines=True)
    pay_pence = PenceField(load_default=None, allow_none=True)
    travel_urban_pence = PenceField(load_default=None, allow_none=True)
    travel_rural_pence = PenceField(load_default=None, allow_none=True)
    travel_super_rural_pence = PenceField(load_default=None, allow_none=True)
    car_first_pence = PenceField(load_default=None, allow_none=True)
    car_after_pence = PenceField(load_default=None, allow_none=True)
    cycle_first_pence = PenceField(load_default=None, allow_none=True)
    sleep_in_pence = PenceField(load_default=None, allow_none=True)
    on_costs_percent = NumberField(0, 100, 2, load_default=None, allow_none=True)
    margin_percent = NumberField(0, 100, 2, load_default=None, allow_none=True)
    weight_unsocial = NumberField(1, 5, 2, load_default=None, allow_none=True)
    weight_special = NumberField(1, 5, 2, load_default=None, allow_none=True)
    signed = _choice(("", "uk", "london"), load_default=None, allow_none=True)


class RateCardSchema(Schema):
    """A rate card: pence an hour, a night or a mile; percentages and weights as decimals."""

    from_date = DayField(attribute="starts", required=True)
    pay = fields.Dict(required=True)
    travel = fields.Dict(required=True)
    mileage = AnyField(required=True)
    sleep_in_pence = fields.Integer(attribute="sleep_in", required=True)
    on_costs_percent = NumberField(0, 100, 2, required=True)
    margin_percent = NumberField(0, 100, 2, required=True)
    weights = AnyField(required=True)
    signed = fields.String(required=True)


class RateCardsSchema(Schema):
    """Rate cards, earliest first; of two from one day the later one holds."""

    items = fields.List(fields.Nested(RateCardSchema), required=True)


class StaffRechargeSchema(Schema):
    """One side of what a host owes for a placement, or of a later adjustment."""

    id = fields.UUID(required=True)
    side = fields.String(required=True, metadata={"enum": ["host", "home"]})
    kind = fields.String(required=True, metadata={"enum": ["recharge", "adjustment"]})
    counterparty_id = fields.UUID(required=True)
    placement_id = fields.UUID(required=True)
    worked_on = DayField(required=True)
    minutes = fields.Integer(required=True)
    weighted_minutes = fields.Integer(required=True)
    lines = AnyField(required=True)
    net_pence = fields.Integer(required=True)
    vat_pence = fields.Integer(required=True)
    gross_pence = fields.Integer(required=True)
    vat_treatment = fields.String(required=True)
    rate_card_from = DayField(required=True)
    state = fields.String(required=True, metadata={"enum": ["posted", "disputed", "netted", "paid"]})
    dispute = fields.String(required=True)
    cycle_id = fields.UUID(required=True, allow_none=True)


class RechargesQuerySchema(Schema):
    """Of which placement or settlement; all without."""

    placement_id = fields.UUID(load_default=None)
    cycle_id = fields.UUID(load_default=None)


class StaffRechargesSchema(Schema):
    """The co-op's own recharges, by day worked."""

    items = fields.List(fields.Nested(StaffRechargeSchema), required=True)


class NewCycleSchema(Schema):
    """A month to be settled: any day of it, and the way of settling."""

    month = DayField(required=True)
    mode = _choice(MODES, load_default="hub")


class CycleSchema(Schema):
    """One month's settlement."""

    id = fields.UUID(required=True)
    month = DayField(required=True)
    state = fields.String(required=True, metadata={"enum": ["open", "statement", "netted", "closed"]})
    mode = fields.String(required=True, metadata={"enum": list(MODES)})
    dispute_until = MomentField(required=True, allow_none=True)
    netted_at = MomentField(required=True, allow_none=True)
    closed_at = MomentField(required=True, allow_none=True)
    algorithm = fields.String(required=True)
    input_sha256 = fields.String(required=True)


class CyclesSchema(Schema):
    """Months, newest first."""

    items = fields.List(fields.Nested(CycleSchema), required=True)


class SettlementLineSchema(Schema):
    """A co-op's position, or its side of a payment: below nought when it owes or pays."""

    id = fields.UUID(required=True)
    tenant_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": ["position", "payment"]})
    counterparty_id = fields.UUID(required=True, allow_none=True)
    pence = fields.Integer(required=True)
    paid_at = MomentField(required=True, allow_none=True)


class CycleDetailSchema(Schema):
    """A month's settlement with the lines that one may see."""

    cycle = fields.Nested(CycleSchema, required=True)
    lines = fields.List(fields.Nested(SettlementLineSchema), required=True)


class AskedWorkSchema(Schema):
    """The work that was asked for; see /api/jobs."""

    job_id = fields.UUID(required=True)


class HoursBalanceSchema(Schema):
    """A co-op's account of hours at the end of a month, in minutes."""

    month = DayField(required=True)
    lent_minutes = fields.Integer(required=True)
    borrowed_minutes = fields.Integer(required=True)
    weighted_lent_minutes = fields.Integer(required=True)
    weighted_borrowed_minutes = fields.Integer(required=True)
    balance_minutes = fields.Integer(required=True)


class HoursBalancesSchema(Schema):
    """The account of hours, newest month first."""

    items = fields.List(fields.Nested(HoursBalanceSchema), required=True)


class PayrollQuerySchema(Schema):
    """Any day of the month."""

    month = DayField(required=True)


class PayrollSchema(Schema):
    """The month's payroll of the co-op's carers, one row each; amounts in pence."""

    items = fields.List(fields.Raw(), required=True)
