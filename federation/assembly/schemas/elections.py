"""What crosses the border about elections, nominations and vacancies, by forms and by the API."""

from typing import Any

from marshmallow import Schema, fields, validate

from federation.assembly.models.meetings import ELECTION_STATES
from federation.assembly.services.election_terms import LONGEST_WHAT, METHODS, MOST_SEATS
from federation.assembly.services.nominations import LONGEST_NAME, LONGEST_STATEMENT
from tenants.api.fields import AnyField, IdField, MomentField, YesNoField
from tenants.fields import DayField, TextField, WholeField, hour, one_of
from tenants.schemas import FormSchema

CLASS_ROWS = 5
"""Rows for classes on the form; the API takes more."""


# -- forms


class _TermsForm(FormSchema):
    title = TextField(200, required=True)
    what = TextField(LONGEST_WHAT, load_default="", lines=True)
    seats = WholeField(1, MOST_SEATS, required=True)
    method = one_of(METHODS, required=True, error_messages={"required": "Choose how it is counted"})
    way = one_of(("secret", "recorded"), load_default="secret")
    nominations_on = DayField(required=True)
    nominations_time = hour(required=True)
    meeting = TextField(40, load_default="")
    version = WholeField(1, 10**9, load_default=None)


ElectionForm: Any = _TermsForm.from_dict(
    {
        **{f"class_{row}": TextField(60, load_default="") for row in range(1, CLASS_ROWS + 1)},
        **{f"least_{row}": WholeField(0, MOST_SEATS, load_default=None) for row in range(1, CLASS_ROWS + 1)},
        **{f"most_{row}": WholeField(0, MOST_SEATS, load_default=None) for row in range(1, CLASS_ROWS + 1)},
    },
    name="ElectionForm",
)
"""An election as the returning officer writes it, with a row for each class of candidates."""


class StandForm(FormSchema):
    """Somebody who is nominated, and that they agree."""

    name = TextField(LONGEST_NAME, required=True)
    class_name = TextField(60, load_default="")
    statement = TextField(LONGEST_STATEMENT, load_default="", lines=True)
    agreed = fields.Boolean(load_default=False)


class UntilForm(FormSchema):
    """Until when nominations are open now, and why."""

    until_on = DayField(required=True)
    until_time = hour(required=True)
    why = TextField(2000, required=True, lines=True)


class VotingForm(FormSchema):
    """When voting opens and closes; times are London's."""

    opens_on = DayField(required=True)
    opens_time = hour(required=True)
    closes_on = DayField(required=True)
    closes_time = hour(required=True)


class VacancyForm(FormSchema):
    """Who left a seat, and who can no longer serve."""

    departed = fields.List(fields.UUID(error_messages={"invalid_uuid": "Choose one of the list"}), load_default=list)
    unavailable = fields.List(fields.UUID(error_messages={"invalid_uuid": "Choose one of the list"}), load_default=list)


# -- the API


class ClassRuleSchema(Schema):
    """How many of a class hold a seat, at least or at most."""

    class_name = TextField(60, required=True, data_key="class")
    least = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MOST_SEATS))
    most = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MOST_SEATS))


class NewElectionSchema(Schema):
    """An election as it is written."""

    title = TextField(200, required=True)
    what = TextField(LONGEST_WHAT, load_default="", lines=True)
    seats = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_SEATS))
    method = one_of(METHODS, load_default="scottish")
    classes = fields.List(TextField(60, required=True), load_default=list, validate=validate.Length(max=12))
    constraints = fields.List(fields.Nested(ClassRuleSchema), load_default=list, validate=validate.Length(max=12))
    secret = YesNoField(load_default=True)
    nominations_until = MomentField(required=True)
    meeting_id = IdField(load_default=None, allow_none=True)


class CandidateSchema(Schema):
    """Somebody who stands, or stood."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    coop_id = fields.UUID(required=True)
    class_name = fields.String(required=True, data_key="class")
    statement = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["nominated", "withdrawn"]})
    nominated_at = MomentField(required=True)


class ElectionSchema(Schema):
    """An election."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    what = fields.String(required=True)
    seats = fields.Integer(required=True)
    method = fields.String(required=True, metadata={"enum": list(METHODS)})
    classes = fields.List(fields.String(), required=True)
    constraints = AnyField(required=True)
    secret = fields.Boolean(required=True)
    state = fields.String(required=True, metadata={"enum": list(ELECTION_STATES)})
    nominations_until = MomentField(required=True)
    meeting_id = fields.UUID(required=True, allow_none=True)
    poll_id = fields.UUID(required=True, allow_none=True)
    vacancy = AnyField(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ElectionToldSchema(ElectionSchema):
    """An election, who stands in it, and who holds its seats now."""

    candidates = fields.List(fields.Nested(CandidateSchema), required=True)
    seated = fields.List(fields.UUID(), required=True)


class ElectionsSchema(Schema):
    """Elections, the newest first."""

    items = fields.List(fields.Nested(ElectionSchema), required=True)


class ElectionQuerySchema(Schema):
    """Which elections."""

    state = one_of(("", *ELECTION_STATES), load_default="")


class NewCandidateSchema(Schema):
    """A nomination; `agreed` says that the candidate has agreed to stand."""

    name = TextField(LONGEST_NAME, required=True)
    class_name = TextField(60, load_default="", data_key="class")
    statement = TextField(LONGEST_STATEMENT, load_default="", lines=True)
    agreed = YesNoField(required=True)


class MoreTimeSchema(Schema):
    """Until when nominations are open now, and why."""

    until = MomentField(required=True)
    why = TextField(2000, required=True, lines=True)


class ElectionHoursSchema(Schema):
    """When voting opens and closes."""

    opens_at = MomentField(required=True)
    closes_at = MomentField(required=True)


class ElectionPollSchema(Schema):
    """The vote that was planned."""

    poll_id = fields.UUID(attribute="id", required=True)
    opens_at = MomentField(required=True)
    closes_at = MomentField(required=True)
    choices = AnyField(required=True)


class ElectionWhySchema(Schema):
    """Why something is done; all co-ops read it."""

    why = TextField(2000, required=True, lines=True)


class VacancySchema(Schema):
    """Who left a seat, and who can no longer serve."""

    departed = fields.List(
        IdField(required=True), required=True, data_key="departed_ids", validate=validate.Length(1, MOST_SEATS)
    )
    unavailable = fields.List(
        IdField(required=True), load_default=list, data_key="unavailable_ids", validate=validate.Length(max=250)
    )


class RecountSchema(Schema):
    """What a recount says: the calculator's answer."""

    answer = AnyField(required=True)
