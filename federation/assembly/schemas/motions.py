"""What crosses the border about motions, amendments, the debate and the register, by forms and by the API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from federation.assembly.models.motions import AMENDMENT_STATES, MOTION_STATES
from federation.assembly.services.debate import LEANINGS
from federation.assembly.services.motion_drafts import KINDS, LONGEST_TEXT
from federation.assembly.services.motions import GROUPS
from federation.assembly.services.policies import STATES
from tenants.api.fields import AnyField, IdField, MomentField, YesNoField
from tenants.api.schemas import PagingSchema
from tenants.fields import DayField, TextField, WholeField, hour, one_of
from tenants.schemas import FormSchema

# -- forms


class MotionForm(FormSchema):
    """A motion as it is written; what it sets, in fields of its own."""

    title = TextField(200, required=True)
    text = TextField(LONGEST_TEXT, required=True, lines=True)
    plain_words = TextField(2000, load_default="", lines=True)
    if_passes = TextField(2000, load_default="", lines=True)
    if_falls = TextField(2000, load_default="", lines=True)
    kind = one_of(KINDS, load_default="ordinary")
    way = one_of(("", "set", "ground"), load_default="")
    set_name = TextField(60, load_default="")
    set_value = TextField(200, load_default="")
    ground = TextField(10_000, load_default="")
    in_force_from = DayField(load_default=None)
    review_on = DayField(load_default=None)
    supersedes = TextField(40, load_default="")
    version = WholeField(1, 10**9, load_default=None)


class RefuseForm(FormSchema):
    """Why a motion is refused."""

    why = TextField(2000, required=True, lines=True)


class NoticeForm(FormSchema):
    """When the vote on a motion or an amendment is; times are London's."""

    opens_on = DayField(required=True)
    opens_time = hour(required=True)
    closes_on = DayField(required=True)
    closes_time = hour(required=True)
    meeting = TextField(40, load_default="")
    way = one_of(("as_rule", "recorded", "secret", "by_hand"), load_default="as_rule")


class TextForm(FormSchema):
    """Another wording, and why."""

    text = TextField(LONGEST_TEXT, required=True, lines=True)
    why = TextField(2000, load_default="", lines=True)


class RemarkForm(FormSchema):
    """Something said in a debate."""

    leaning = one_of(tuple(LEANINGS), required=True, error_messages={"required": "Choose how you lean"})
    words = TextField(2000, required=True, lines=True)
    answers = fields.UUID(load_default=None, error_messages={"invalid_uuid": "Choose what you answer"})


class ReportForm(FormSchema):
    """What a co-op has done about a policy."""

    state = one_of(tuple(STATES), required=True, error_messages={"required": "Choose one"})
    words = TextField(2000, load_default="", lines=True)


class ReviewForm(FormSchema):
    """When a policy is looked at again; nothing for never."""

    review_on = DayField(load_default=None)


# -- the API


class EffectField(AnyField):
    """What a motion does when it is carried, as the page of the API describes it; checked by the service."""

    openapi = {  # noqa: RUF012  (the class variable that `AnyField` declares)
        "type": ["object", "null"],
        "description": (
            "At most one of: set and value (a setting of the federation); scheme and rules (weights);"
            " rule (a rule of decision). Beside it from, review_on (days) and supersedes (a policy)."
        ),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(str(value)) > 10_000:
            raise ValidationError("Enter an object, as you read it here")
        return value


class NewMotionSchema(Schema):
    """A motion as it is written."""

    title = TextField(200, required=True)
    text = TextField(LONGEST_TEXT, required=True, lines=True)
    kind = one_of(KINDS, load_default="ordinary")
    plain_words = TextField(2000, load_default="", lines=True)
    if_passes = TextField(2000, load_default="", lines=True)
    if_falls = TextField(2000, load_default="", lines=True)
    effect = EffectField(load_default=None, allow_none=True)


class DraftSchema(Schema):
    """A draft of the acting co-op."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    plain_words = fields.String(required=True)
    if_passes = fields.String(required=True)
    if_falls = fields.String(required=True)
    effect = AnyField(required=True, allow_none=True)
    written_at = MomentField(required=True)
    version = fields.Integer(required=True)


class DraftsSchema(Schema):
    """Drafts, newest first."""

    items = fields.List(fields.Nested(DraftSchema), required=True)


class MotionSchema(Schema):
    """A motion before the assembly."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    plain_words = fields.String(required=True)
    if_passes = fields.String(required=True)
    if_falls = fields.String(required=True)
    effect = AnyField(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": list(MOTION_STATES)})
    state_words = fields.String(required=True)
    moved_by_coop = fields.UUID(required=True)
    seconded_by_coop = fields.UUID(required=True, allow_none=True)
    text_version = fields.Integer(required=True)
    text_hash = fields.String(required=True)
    reading_order = fields.Integer(required=True)
    meeting_id = fields.UUID(required=True, allow_none=True)
    poll_id = fields.UUID(required=True, allow_none=True)
    submitted_at = MomentField(required=True)
    seconded_at = MomentField(required=True, allow_none=True)
    admitted_at = MomentField(required=True, allow_none=True)
    noticed_at = MomentField(required=True, allow_none=True)
    ended_at = MomentField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class MotionQuerySchema(PagingSchema):
    """Which motions."""

    group = one_of(("", *GROUPS), load_default="")
    words = TextField(100, load_default="")


class MotionsSchema(Schema):
    """A page of motions: those talked about in reading order, others newest first."""

    items = fields.List(fields.Nested(MotionSchema), required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class MotionStateSchema(Schema):
    """Where a motion or an amendment stands after an act."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)


class MotionMoveSchema(Schema):
    """Words that go with an act: why, where it must be said."""

    words = TextField(2000, load_default="", lines=True)


class MotionNoticeSchema(Schema):
    """Notice of a vote. `secret` null is as the rule says."""

    opens_at = MomentField(required=True)
    closes_at = MomentField(required=True)
    meeting_id = IdField(load_default=None, allow_none=True)
    by_hand = YesNoField(load_default=False)
    secret = YesNoField(load_default=None, allow_none=True)


class VoteHoursSchema(Schema):
    """When the vote on an amendment opens and closes."""

    opens_at = MomentField(required=True)
    closes_at = MomentField(required=True)


class PollPlannedSchema(Schema):
    """The vote that was planned."""

    poll_id = fields.UUID(attribute="id", required=True)
    opens_at = MomentField(required=True)
    closes_at = MomentField(required=True)
    text_hash = fields.String(required=True)


class ChangedTextSchema(Schema):
    """Another wording, and why."""

    text = TextField(LONGEST_TEXT, required=True, lines=True)
    why = TextField(2000, load_default="", lines=True)


class AmendmentSchema(Schema):
    """An amendment: the whole motion as it would read."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    text = fields.String(required=True)
    why = fields.String(required=True)
    by_coop = fields.UUID(required=True)
    on_version = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": list(AMENDMENT_STATES)})
    voting_order = fields.Integer(required=True)
    rivals = fields.Integer(required=True, allow_none=True)
    poll_id = fields.UUID(required=True, allow_none=True)
    submitted_at = MomentField(required=True)


class AmendmentsSchema(Schema):
    """The amendments of a motion, in the order of their votes."""

    items = fields.List(fields.Nested(AmendmentSchema), required=True)


class RemarkSchema(Schema):
    """Something said in a debate; empty words where the officer took it off the page."""

    id = fields.UUID(required=True)
    by_coop = fields.UUID(required=True)
    leaning = fields.String(required=True, metadata={"enum": list(LEANINGS)})
    words = fields.Function(lambda row: "" if row.hidden_why else row.words, required=True, metadata={"type": "string"})
    answers_id = fields.UUID(required=True, allow_none=True)
    said_at = MomentField(required=True)
    hidden_why = fields.String(required=True, allow_none=True)


class RemarksSchema(Schema):
    """A debate, oldest first."""

    items = fields.List(fields.Nested(RemarkSchema), required=True)


class NewRemarkSchema(Schema):
    """Something to say."""

    leaning = one_of(tuple(LEANINGS), required=True)
    words = TextField(2000, required=True, lines=True)
    answers_id = IdField(load_default=None, allow_none=True)


class RemarkMadeSchema(Schema):
    """The remark that was made."""

    id = fields.UUID(required=True)


class PolicyReportSchema(Schema):
    """What a co-op has done about a policy."""

    coop_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    words = fields.String(required=True)
    told_at = MomentField(required=True)


class PolicySchema(Schema):
    """A resolution in the register."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    motion_id = fields.UUID(required=True)
    in_force_from = DayField(required=True)
    in_force_until = DayField(required=True, allow_none=True)
    review_on = DayField(required=True, allow_none=True)
    supersedes_id = fields.UUID(required=True, allow_none=True)
    set_words = fields.String(required=True)


class PolicyToldSchema(PolicySchema):
    """A resolution, and what the co-ops have done about it."""

    reports = fields.List(fields.Nested(PolicyReportSchema), required=True)


class PoliciesSchema(Schema):
    """The register, the newest first."""

    items = fields.List(fields.Nested(PolicySchema), required=True)


class TellPolicySchema(Schema):
    """What the acting co-op has done."""

    state = one_of(tuple(STATES), required=True)
    words = TextField(2000, load_default="", lines=True)


class ReviewSchema(Schema):
    """When a policy is looked at again."""

    review_on = DayField(required=True, allow_none=True)
