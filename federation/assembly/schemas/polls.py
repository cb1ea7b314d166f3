"""What crosses the border about votes and who casts them, by forms and by the API."""

from marshmallow import Schema, fields, validate

from federation.assembly.models.polls import METHODS
from tenants.api.fields import AnyField, IdField, MomentField, YesNoField
from tenants.fields import DayField, TextField, WholeField, hour, one_of
from tenants.schemas import FormSchema

STATES = ("planned", "open", "closed", "declared", "void")
SIDES = ("for", "against", "abstain")
MOST_PARTS = 100


# -- forms


class MoveForm(FormSchema):
    """Another hour to close, in London's time."""

    closes_on = DayField(required=True)
    closes_time = hour(required=True)
    why = TextField(500, required=True)


class DeclareForm(FormSchema):
    """What a tie may need."""

    dice = TextField(60, load_default="")
    casting_vote = one_of(("for", "against"), load_default=None)


class GiveUpForm(FormSchema):
    """Why a vote is given up."""

    why = TextField(500, required=True)


class ProxyForm(FormSchema):
    """Whom a co-op lets vote for it, in which vote, until when."""

    to_coop = fields.UUID(
        required=True, error_messages={"required": "Choose a co-op", "invalid_uuid": "Choose a co-op"}
    )
    poll_id = fields.UUID(load_default=None, error_messages={"invalid_uuid": "Choose a vote"})
    until_date = DayField(required=True)
    words = TextField(500, load_default="")


# -- the API


class PollQuerySchema(Schema):
    """Polls in one state, or all."""

    state = one_of(STATES, load_default=None)


class TurnoutSchema(Schema):
    """How many co-ops and votes have taken part, never how."""

    coops = fields.Integer(required=True)
    units = fields.Integer(required=True)
    coops_total = fields.Integer(required=True)
    units_total = fields.Integer(required=True)


class PollSchema(Schema):
    """A vote, with everything that was fixed when it opened."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.UUID(required=True)
    title = fields.String(required=True)
    method = fields.String(required=True, metadata={"enum": list(METHODS)})
    seats = fields.Integer(required=True)
    secret = fields.Boolean(required=True)
    by_hand = fields.Boolean(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    opens_at = MomentField(required=True)
    closes_at = MomentField(required=True)
    rule_kind = fields.String(required=True)
    rule_version = fields.Integer(required=True)
    rule = AnyField(required=True)
    weights = AnyField(required=True)
    names = AnyField(required=True)
    quota = fields.Integer(required=True)
    choices = AnyField(required=True)
    constraints = AnyField(required=True)
    text_hash = fields.String(required=True)
    lots_commitment = fields.String(required=True)
    opened_at = MomentField(required=True, allow_none=True)
    closed_at = MomentField(required=True, allow_none=True)
    declared_at = MomentField(required=True, allow_none=True)


class PollDetailSchema(PollSchema):
    """A vote with its turnout."""

    turnout = fields.Nested(TurnoutSchema, required=True)


class PollsSchema(Schema):
    """Votes, newest first."""

    items = fields.List(fields.Nested(PollSchema), required=True)


class PartSchema(Schema):
    """So many votes for one side, or for a ranking of choices."""

    units = WholeField(1, 10**9, required=True)
    vote = one_of(SIDES)
    ranking = fields.List(IdField(), validate=validate.Length(max=250, error="Rank at most {max}"))


class CastSchema(Schema):
    """Votes to be cast. There is no weight here: it stands in the poll. `replaces` is the receipt of the vote so far."""

    for_coop = IdField(load_default=None, allow_none=True)
    parts = fields.List(
        fields.Nested(PartSchema),
        required=True,
        validate=validate.Length(1, MOST_PARTS, error=f"Give 1 to {MOST_PARTS} parts"),
    )
    replaces = TextField(64, load_default=None, allow_none=True)


class CastBallotSchema(Schema):
    """One secret ballot: its id is told here and kept nowhere beside your name."""

    id = fields.UUID(required=True)
    vote = AnyField(required=True)


class CastReceiptSchema(Schema):
    """What was cast. `receipt` of a recorded vote, `ballots` of a secret one, told once."""

    units = fields.Integer(required=True)
    receipt = fields.String()
    ballots = fields.List(fields.Nested(CastBallotSchema))


class BoardRowSchema(Schema):
    """A row of the board; its hash covers the hash before it, its kind and its body."""

    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    body = AnyField(required=True)
    hash = fields.String(required=True)


class BoardSchema(Schema):
    """A board, its last hash, and the number of the first row that does not hold, if any."""

    rows = fields.List(fields.Nested(BoardRowSchema), required=True)
    head = fields.String(required=True)
    broken_row = fields.Integer(required=True, allow_none=True)


class ResultOutSchema(Schema):
    """The result as open data."""

    result = AnyField(required=True)


class MovePollSchema(Schema):
    """Another hour to close, and why."""

    closes_at = MomentField(required=True)
    why = TextField(500, required=True)


class DeclareSchema(Schema):
    """What a tie may need: dice thrown in public, or the chair's casting vote."""

    dice = TextField(60, load_default="")
    casting_vote = one_of(("for", "against"), load_default=None, allow_none=True)


class GiveUpPollSchema(Schema):
    """Why a vote is given up."""

    why = TextField(500, required=True)


class PollRemindedSchema(Schema):
    """How many co-ops were reminded."""

    coops = fields.Integer(required=True)


class DelegateSchema(Schema):
    """Somebody who may vote for the co-op."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    alternate = fields.Boolean(required=True)


class DelegatesSchema(Schema):
    """The co-op's delegates."""

    items = fields.List(fields.Nested(DelegateSchema), required=True)


class AlternateSchema(Schema):
    """Whether a delegate votes only where no full delegate does."""

    alternate = YesNoField(required=True)


class DelegateShareSchema(Schema):
    """A delegate's share of the co-op's votes."""

    person_id = IdField(required=True)
    units = WholeField(1, 10**9, required=True)


class SharesSchema(Schema):
    """How a co-op's votes are divided; empty where one delegate casts all."""

    items = fields.List(
        fields.Nested(DelegateShareSchema), required=True, validate=validate.Length(max=100, error="Give at most {max}")
    )


class ProxyOutSchema(Schema):
    """The acting co-op's side of a proxy."""

    id = fields.UUID(required=True)
    side = fields.String(required=True, metadata={"enum": ["giver", "holder"]})
    counterparty_id = fields.UUID(required=True)
    poll_id = fields.UUID(required=True, allow_none=True)
    from_date = DayField(required=True)
    until_date = DayField(required=True)
    words = fields.String(required=True)


class ProxiesSchema(Schema):
    """Proxies given and held that have not ended."""

    items = fields.List(fields.Nested(ProxyOutSchema), required=True)


class NewProxySchema(Schema):
    """A proxy to another co-op; without a poll for every vote in its time."""

    to_coop = IdField(required=True)
    poll_id = IdField(load_default=None, allow_none=True)
    from_date = DayField(load_default=None, allow_none=True)
    until_date = DayField(required=True)
    words = TextField(500, load_default="")


class MadeProxySchema(Schema):
    """The proxy that was given."""

    id = fields.UUID(required=True)
