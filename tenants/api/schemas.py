"""What crosses the border about people, co-ops, work, books, the record and the rules. Amounts named `_pence` are whole pence."""

from typing import Any

from marshmallow import RAISE, Schema, fields

from tenants.api.fields import AnyField, IdField, MomentField, PlainField
from tenants.fields import MISSING, DayField, TextField, WholeField

MOST_ROWS = 200


class ProblemSchema(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "urn:federation: and the code of the problem"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Path of each wrong field, and what would be right"},
    )

    class Meta:
        """A problem may carry facts of its own."""

        unknown = "include"


class PagingSchema(Schema):
    """Which part of a list."""

    page = WholeField(1, 100_000, load_default=1)
    page_size = WholeField(1, MOST_ROWS, load_default=50)


class RecordQuerySchema(Schema):
    """Which part of the record: of one object or of all, below a number."""

    object_id = IdField(load_default=None)
    before = WholeField(1, 10**15, load_default=None)
    page_size = WholeField(1, MOST_ROWS, load_default=50)


class StandingSchema(Schema):
    """One co-op, or the federation body, and the roles held there."""

    id = fields.UUID(attribute="tenant_id", required=True)
    name = fields.String(required=True)
    roles = fields.Function(
        lambda standing: sorted(standing.roles), required=True, metadata={"type": "array", "items": {"type": "string"}}
    )


class MeSchema(Schema):
    """Who asks, and for whom."""

    person_id = fields.UUID(required=True)
    display_name = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["coop", "federation"]})
    acting = fields.Nested(StandingSchema, required=True)
    standings = fields.List(fields.Nested(StandingSchema), required=True)
    token_scope = fields.String(required=True, allow_none=True, metadata={"enum": ["read", "write", None]})


class CoopSchema(Schema):
    """A member co-op."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    outcode = fields.String(required=True, allow_none=True)
    joined_on = DayField(required=True)


class CoopsSchema(Schema):
    """Every member co-op by name."""

    items = fields.List(fields.Nested(CoopSchema), required=True)
    total = fields.Integer(required=True)


class WorkSchema(Schema):
    """A piece of work that is done later: how far it is, and what came of it."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    label = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["waiting", "running", "done", "failed", "cancelled"]})
    step = fields.String(required=True)
    percent = fields.Integer(required=True)
    tries = fields.Integer(required=True)
    problem = fields.String(required=True, allow_none=True)
    result = AnyField(required=True, allow_none=True)
    created_at = MomentField(required=True)
    ended_at = MomentField(required=True, allow_none=True)


class WorkListSchema(Schema):
    """The newest work."""

    items = fields.List(fields.Nested(WorkSchema), required=True)


class WorkLimitSchema(Schema):
    """How much of the newest work."""

    page_size = WholeField(1, MOST_ROWS, load_default=50)


class AcceptedSchema(Schema):
    """What was asked for is done later; look at the job to see how it goes."""

    job_id = fields.UUID(required=True)
    id = fields.UUID(metadata={"description": "What will come of it, where that is known"})


class LedgerLineSchema(Schema):
    """One line: debit above nought, credit below."""

    account = fields.String(required=True)
    pence = fields.Integer(required=True)
    counterparty_id = fields.UUID(required=True, allow_none=True)
    memo = fields.String(required=True)


class LedgerEntrySchema(Schema):
    """One entry of one's own book."""

    id = fields.UUID(required=True)
    act_id = fields.UUID(required=True)
    on_date = DayField(required=True)
    kind = fields.String(required=True)
    description = fields.String(required=True)
    source_id = fields.UUID(required=True, allow_none=True)
    reverses_id = fields.UUID(required=True, allow_none=True)
    posted_at = MomentField(required=True)
    lines = fields.List(fields.Nested(LedgerLineSchema), required=True)


class LedgerSchema(Schema):
    """A page of one's own book, newest first, and the balance of each account today."""

    items = fields.List(fields.Nested(LedgerEntrySchema), required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    balances_pence = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class RecordRowSchema(Schema):
    """One line of the record."""

    number = fields.Integer(required=True)
    at = MomentField(required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    act = fields.String(required=True)
    object_kind = fields.String(required=True)
    object_id = fields.UUID(required=True, allow_none=True)
    facts = AnyField(required=True)


class RecordSchema(Schema):
    """Part of the record, newest first; `next_before` asks for the part below it."""

    items = fields.List(fields.Nested(RecordRowSchema), required=True)
    next_before = fields.Integer(required=True, allow_none=True)


class RuleSchema(Schema):
    """A rule of the federation from a day on."""

    name = fields.String(required=True)
    value = PlainField(required=True, allow_none=True)
    from_date = DayField(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)


class RulesSchema(Schema):
    """The rules in force today, and every rule ever set, newest first."""

    in_force = fields.List(fields.Nested(RuleSchema), required=True)
    history = fields.List(fields.Nested(RuleSchema), required=True)


class NewRuleSchema(Schema):
    """Sets a rule from a day on; cites the resolution."""

    name = TextField(60, required=True)
    value = PlainField(required=True, allow_none=True, error_messages=MISSING)
    from_date = DayField(required=True)
    resolution = TextField(2000, required=True, lines=True)

    class Meta:
        """Nothing else."""

        unknown = RAISE


def cut(rows: list[Any], size: int) -> tuple[list[Any], bool]:
    """The first rows of a list that was read one row too long, and whether there are more.

    >>> cut([1, 2, 3], 2)
    ([1, 2], True)
    """
    return rows[:size], len(rows) > size
