"""What crosses the border about offers, placements and the agreement, by forms and by the API."""

from marshmallow import Schema, fields, validate

from staffbank.models.cover import PLACEMENT_STATES
from tenants.api.fields import AnyField, IdField, MomentField
from tenants.api.schemas import PagingSchema
from tenants.fields import DayField, NumberField, TextField, WholeField
from tenants.schemas import FormSchema


class AgreementForm(FormSchema):
    """A new version of the agreement."""

    in_force_from = DayField(required=True)
    body = TextField(40000, required=True, lines=True)
    resolution = TextField(2000, required=True, lines=True)


class LegQuerySchema(PagingSchema):
    """Which legs: one side or both, one state or all."""

    side = fields.String(load_default="", validate=validate.OneOf(("", "home", "host"), error="Choose home or host"))
    state = fields.String(
        load_default="", validate=validate.OneOf(("", *PLACEMENT_STATES), error="Choose one of these: {choices}")
    )


class LegSchema(Schema):
    """The acting co-op's leg of a placement. A carer is told by first name alone."""

    id = fields.UUID(required=True)
    side = fields.String(required=True, metadata={"enum": ["host", "home"]})
    counterparty_id = fields.UUID(required=True)
    request_id = fields.UUID(required=True)
    request_number = fields.Integer(required=True)
    shift_id = fields.UUID(required=True)
    seat = fields.Integer(required=True)
    carer_id = fields.UUID(required=True)
    carer_name = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(PLACEMENT_STATES)})
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    outcode = fields.String(required=True)
    needs = fields.List(fields.String(), required=True)
    risk = fields.Integer(required=True)
    sleep_in = fields.Boolean(required=True)
    minutes_away = fields.Integer(required=True)
    miles = NumberField(0, 10000, 1, required=True)
    vat_treatment = fields.String(required=True)
    terms = AnyField(required=True)
    terms_hash = fields.String(required=True)
    replaces_id = fields.UUID(required=True, allow_none=True)
    offered_at = MomentField(required=True)
    expires_at = MomentField(required=True)
    answered_at = MomentField(required=True, allow_none=True)
    released_at = MomentField(required=True, allow_none=True)
    confirmed_at = MomentField(required=True, allow_none=True)
    host_briefed_at = MomentField(required=True, allow_none=True)
    carer_briefed_at = MomentField(required=True, allow_none=True)
    ended_at = MomentField(required=True, allow_none=True)
    notice_minutes = fields.Integer(required=True, allow_none=True)
    words = fields.String(required=True)


class LegsSchema(Schema):
    """A page of legs, the newest start first."""

    items = fields.List(fields.Nested(LegSchema), required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class OwnLegsSchema(Schema):
    """A carer's own placements that are not over, by time."""

    items = fields.List(fields.Nested(LegSchema), required=True)


class CarerOfferSchema(Schema):
    """A seat of a shift for a carer whom the last search found to fit."""

    shift_id = IdField(required=True)
    seat = WholeField(1, 4, load_default=1)
    home_id = IdField(required=True)
    carer_id = IdField(required=True)


class OfferBestSchema(Schema):
    """How many of the best are asked for a shift at once."""

    shift_id = IdField(required=True)
    count = WholeField(1, 5, load_default=3)


class SwapSchema(Schema):
    """Who is to take the place of the carer who has the seat."""

    home_id = IdField(required=True)
    carer_id = IdField(required=True)


class SplitShiftSchema(Schema):
    """The shift that is cut in two, and when."""

    shift_id = IdField(required=True)
    moment = MomentField(required=True)


class PlacementsMadeSchema(Schema):
    """The placements that were made."""

    items = fields.List(fields.UUID(), required=True)


class CheckPlaceSchema(Schema):
    """Where a carer checks in, in degrees; kept only when the carer has agreed to tell it."""

    latitude = NumberField(-90, 90, 6, required=True)
    longitude = NumberField(-180, 180, 6, required=True)


class CheckInForm(FormSchema):
    """A check-in on the page: the place, in degrees, goes along only where the box is ticked."""

    tell_place = fields.Boolean(load_default=False)
    latitude = NumberField(-90, 90, 6, load_default=None)
    longitude = NumberField(-180, 180, 6, load_default=None)


class PlacementMoveSchema(Schema):
    """Why, where a reason is asked for; and the place, for checking in."""

    words = TextField(500, lines=True, load_default="")
    place = fields.Nested(CheckPlaceSchema, allow_none=True, load_default=None)


class HostMoveSchema(Schema):
    """Why, where a reason is asked for; and for a cancellation what it was shown to cost, which must still be so."""

    words = TextField(500, lines=True, load_default="")
    cost_pence = WholeField(0, 1_000_000_000, allow_none=True, load_default=None)


class CancellationSchema(Schema):
    """What cancelling now would cost the host: so many percent of the hours agreed, and VAT at the most.

    `lost_pence` is VAT that it could not recover.
    """

    percent = fields.Integer(required=True)
    net_pence = fields.Integer(required=True)
    vat_pence = fields.Integer(required=True)
    lost_pence = fields.Integer(required=True)
    gross_pence = fields.Integer(required=True)


class PlacementStateSchema(Schema):
    """The state a placement has come to."""

    state = fields.String(required=True, metadata={"enum": list(PLACEMENT_STATES)})


class SplitShiftDoneSchema(Schema):
    """The second part of a shift that was cut in two."""

    id = fields.UUID(required=True)
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)


class AgreementVersionSchema(Schema):
    """A version of the agreement."""

    number = fields.Integer(required=True)
    in_force_from = DayField(required=True)
    hash = fields.String(required=True)
    resolution = fields.String(required=True)
    body = fields.String(required=True)


class AgreementVersionsSchema(Schema):
    """Every version, newest first, the number of the one in force, and which co-ops have signed that one."""

    items = fields.List(fields.Nested(AgreementVersionSchema), required=True)
    in_force = fields.Integer(required=True, allow_none=True)
    signed_by = fields.List(fields.UUID(), required=True)


class NewAgreementVersionSchema(Schema):
    """A new version of the agreement."""

    in_force_from = DayField(required=True)
    body = TextField(40000, required=True, lines=True)
    resolution = TextField(2000, required=True, lines=True)


class AgreementSignedSchema(Schema):
    """A co-op's signature under a version."""

    framework_number = fields.Integer(required=True)
    signed_on = DayField(required=True)
