"""What crosses the border about meetings, who was there, votes by hand and minutes, by forms and by the API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from federation.assembly.mandate import SIDES
from federation.assembly.models.meetings import MEETING_STATES
from federation.assembly.services.attendance import WAYS as PRESENT_WAYS
from federation.assembly.services.meetings import WAYS
from federation.assembly.services.minutes import LONGEST_RECORD
from tenants.api.fields import AnyField, IdField, MomentField
from tenants.fields import DayField, TextField, WholeField, hour, one_of
from tenants.schemas import FormSchema

MOST_VOTES = 10**9


def _chosen(wrong: str) -> fields.UUID:
    return fields.UUID(required=True, error_messages={"required": wrong, "invalid_uuid": wrong})


# -- forms


class MeetingForm(FormSchema):
    """A meeting as it is prepared; hours are London's, and without a last day it ends on the day it begins."""

    title = TextField(200, required=True)
    way = one_of(WAYS, required=True, error_messages={"required": "Choose one"})
    place = TextField(200, load_default="")
    link = TextField(200, load_default="")
    starts_on = DayField(required=True)
    starts_time = hour(required=True)
    ends_on = DayField(load_default=None)
    ends_time = hour(required=True)
    why = TextField(2000, load_default="", lines=True)
    version = WholeField(1, 10**9, load_default=None)


class ItemForm(FormSchema):
    """An item of the agenda: words of its own, or "motion:ID" or "election:ID"."""

    subject = TextField(60, load_default="")
    title = TextField(200, load_default="")
    words = TextField(2000, load_default="", lines=True)


class WhyForm(FormSchema):
    """Why something is done."""

    why = TextField(2000, required=True, lines=True)


class LetInForm(FormSchema):
    """Somebody who came and did not sign in."""

    coop = _chosen("Choose a co-op")
    name = TextField(200, required=True)
    way = one_of(PRESENT_WAYS, load_default="room")


class ApproveForm(FormSchema):
    """By which item minutes were approved, and with which corrections."""

    item = _chosen("Choose the item of a later meeting")
    corrections = TextField(1500, load_default="", lines=True)


# -- the API


class MeetingTermsSchema(Schema):
    """What a meeting is called to: a place for a room, a link for whoever joins online."""

    title = TextField(200, required=True)
    way = one_of(WAYS, required=True, error_messages={"required": "Choose one"})
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    place = TextField(200, load_default="")
    link = TextField(200, load_default="")


class MeetingChangeSchema(MeetingTermsSchema):
    """A changed meeting; after the notice with the reason."""

    why = TextField(2000, load_default="", lines=True)


class NewAgendaItemSchema(Schema):
    """An item of the agenda: words of its own, a motion, or an election."""

    title = TextField(200, load_default="")
    words = TextField(2000, load_default="", lines=True)
    motion_id = IdField(load_default=None, allow_none=True)
    election_id = IdField(load_default=None, allow_none=True)


class AgendaItemSchema(Schema):
    """An item of an agenda."""

    id = fields.UUID(required=True)
    place = fields.Integer(required=True)
    title = fields.String(required=True)
    words = fields.String(required=True)
    motion_id = fields.UUID(required=True, allow_none=True)
    election_id = fields.UUID(required=True, allow_none=True)
    poll_id = fields.UUID(required=True, allow_none=True)


class AgendaItemMadeSchema(Schema):
    """An item that was put on an agenda."""

    id = fields.UUID(required=True)
    place = fields.Integer(required=True)
    title = fields.String(required=True)


class MeetingSchema(Schema):
    """A meeting."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    way = fields.String(required=True, metadata={"enum": list(WAYS)})
    place = fields.String(required=True)
    link = fields.String(required=True)
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    notice_days = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": list(MEETING_STATES)})
    state_words = fields.String(required=True)
    called_at = MomentField(required=True, allow_none=True)
    opened_at = MomentField(required=True, allow_none=True)
    closed_at = MomentField(required=True, allow_none=True)
    opening_quorum = AnyField(required=True, allow_none=True)
    closing_quorum = AnyField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class MeetingFullSchema(MeetingSchema):
    """A meeting with its agenda."""

    items = fields.List(fields.Nested(AgendaItemSchema), required=True)


class MeetingsSchema(Schema):
    """Meetings to come, the next first; then those that are over, the latest first."""

    coming = fields.List(fields.Nested(MeetingSchema), required=True)
    past = fields.List(fields.Nested(MeetingSchema), required=True)


class SeatSchema(Schema):
    """How a co-op is represented; `by` is the co-op that holds its proxy."""

    coop = fields.UUID(required=True)
    name = fields.String(required=True)
    weight = fields.Integer(required=True)
    way = fields.String(required=True, metadata={"enum": ["", "room", "online", "proxy"]})
    people = fields.List(fields.String(), required=True)
    by = fields.String(required=True)


class QuorumSchema(Schema):
    """Both heads of the quorum now, and who is there for whom."""

    coops = fields.Integer(required=True)
    coops_of = fields.Integer(required=True)
    coops_need = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    weight_of = fields.Integer(required=True)
    weight_need = fields.Integer(required=True)
    met = fields.Boolean(required=True)
    seats = fields.List(fields.Nested(SeatSchema), required=True)


class ComeSchema(Schema):
    """In the room or online."""

    way = one_of(PRESENT_WAYS, required=True, error_messages={"required": "Choose one"})


class LetInSchema(Schema):
    """Somebody who came and did not sign in."""

    coop_id = IdField(required=True)
    name = TextField(200, required=True)
    way = one_of(PRESENT_WAYS, load_default="room")


class LetOutSchema(Schema):
    """Somebody who has left."""

    coop_id = IdField(required=True)
    name = TextField(200, required=True)


class MeetingWordsSchema(Schema):
    """Words that go with an act."""

    words = TextField(2000, required=True, lines=True)


class SplitField(fields.Field[dict[str, int]]):
    """Votes of one co-op for each side, whole numbers; a side that is left out has none."""

    openapi = {  # noqa: RUF012  (the class variable that the other fields declare)
        "type": "object",
        "properties": {side: {"type": "integer", "minimum": 0, "maximum": MOST_VOTES} for side in SIDES},
        "additionalProperties": False,
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, int]:
        if not isinstance(value, dict) or set(value) - set(SIDES):
            raise ValidationError(f"Enter votes for {', '.join(SIDES)}")
        for units in value.values():
            if not isinstance(units, int) or isinstance(units, bool) or not 0 <= units <= MOST_VOTES:
                raise ValidationError(f"Enter whole numbers from 0 to {MOST_VOTES:,}")
        return value


class HandsLineSchema(Schema):
    """How the votes of one co-op fall."""

    coop_id = IdField(required=True)
    votes = SplitField(required=True)


class NewHandsSchema(Schema):
    """Votes by hand as a teller types them."""

    lines = fields.List(fields.Nested(HandsLineSchema), required=True, validate=validate.Length(min=1, max=10_000))


class HandsSchema(Schema):
    """Votes by hand that were typed; they count once another person has confirmed them."""

    id = fields.UUID(required=True)
    poll_id = fields.UUID(required=True)
    lines = AnyField(required=True)
    state = fields.String(required=True, metadata={"enum": ["typed", "confirmed", "rejected"]})
    typed_at = MomentField(required=True)
    confirmed_at = MomentField(required=True, allow_none=True)
    words = fields.String(required=True)


class HandsListSchema(Schema):
    """What was typed for a vote, the latest first."""

    items = fields.List(fields.Nested(HandsSchema), required=True)


class MinutesItemSchema(Schema):
    """What the minutes say of one item."""

    id = IdField(required=True)
    words = TextField(LONGEST_RECORD, required=True, lines=True)


class WriteMinutesSchema(Schema):
    """Minutes as the officer writes them."""

    record = TextField(LONGEST_RECORD, required=True, lines=True)
    items = fields.List(fields.Nested(MinutesItemSchema), load_default=list)


class MinutesSchema(Schema):
    """The minutes of a meeting; `hash` is the SHA-256 of `body`."""

    meeting_id = fields.UUID(required=True)
    body = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["draft", "published", "approved"]})
    hash = fields.String(required=True)
    drafted_at = MomentField(required=True)
    published_at = MomentField(required=True, allow_none=True)
    approved_at = MomentField(required=True, allow_none=True)
    approved_words = fields.String(required=True)


class ApproveMinutesSchema(Schema):
    """By which item of a later meeting, and with which corrections."""

    item_id = IdField(required=True)
    corrections = TextField(1500, load_default="", lines=True)
