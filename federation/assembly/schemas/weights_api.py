"""What programs send and read about sizes, schemes and rules of decision."""

from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate

from federation.assembly.models.weights import MEASURES
from federation.assembly.rule import KINDS
from federation.assembly.services.presets import RULES_PRESETS
from federation.assembly.services.sizes import LARGEST
from tenants.api.fields import AnyField, IdField, MomentField
from tenants.fields import DayField, NumberField, TextField, WholeField


class TermsField(AnyField):
    """An object that the calculator reads: a scheme, a quota or a second majority."""

    openapi: ClassVar[dict[str, Any]] = {
        "type": ["object", "null"],
        "description": "As the calculator weigh takes it.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(str(value)) > 10_000:
            raise ValidationError("Enter an object, as the calculator weigh takes it")
        return value


class NewSizesSchema(Schema):
    """Sizes to draft from the register."""

    as_of_date = DayField(required=True)
    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))
    source = TextField(200, required=True)


class AskSizesSchema(Schema):
    """Until when co-ops can answer."""

    answer_by = MomentField(required=True)


class NewSizeAnswerSchema(Schema):
    """A co-op's word on its own size."""

    answer = fields.String(required=True, validate=validate.OneOf(("agree", "dispute")))
    size = WholeField(0, LARGEST, load_default=None, allow_none=True)
    words = TextField(500, lines=True, load_default="")


class SettledSizeSchema(Schema):
    """The size that holds of one co-op, and why."""

    coop_id = IdField(required=True)
    size = WholeField(0, LARGEST, required=True)
    words = TextField(500, lines=True, required=True)


class SizeStandingSchema(Schema):
    """Where a co-op stands to its size."""

    coop_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": ["agreed", "disputed", "settled", "waiting"]})
    size = fields.Integer(required=True)
    said = fields.Integer(required=True, allow_none=True)
    words = fields.String(required=True)


class SizesSchema(Schema):
    """The sizes of all co-ops on one day."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    as_of_date = DayField(required=True)
    measure = fields.String(required=True, metadata={"enum": list(MEASURES)})
    source = fields.String(required=True)
    sizes = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    classes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    state = fields.String(required=True, metadata={"enum": ["draft", "asked", "agreed"]})
    answer_by = MomentField(required=True, allow_none=True)
    agreed_at = MomentField(required=True, allow_none=True)
    silent = fields.List(fields.String(), required=True)


class SizesListSchema(Schema):
    """Lists of sizes, newest first."""

    items = fields.List(fields.Nested(SizesSchema), required=True)


class SizesDetailSchema(Schema):
    """Sizes, and where co-ops stand to them: the office reads all, a co-op its own."""

    sizes = fields.Nested(SizesSchema, required=True)
    standings = fields.List(fields.Nested(SizeStandingSchema), required=True)


class NewSchemeSchema(Schema):
    """A scheme to propose, as the calculator weigh takes it; classes without members."""

    name = TextField(200, required=True)
    scheme = TermsField(required=True)
    quota = TermsField(load_default=lambda: {"kind": "majority"})
    second_majority = TermsField(load_default=None, allow_none=True)
    why = TextField(2000, lines=True, load_default="")


class AdoptSchema(Schema):
    """Adopting the first scheme. `seen` is its warning, word for word, where it has one."""

    resolution = TextField(2000, required=True)
    seen = TextField(2000, load_default="")


class SchemeSchema(Schema):
    """A scheme of weights, and what the assembly decided about it."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    scheme = AnyField(required=True)
    quota = AnyField(required=True)
    second_majority = AnyField(required=True, allow_none=True)
    why = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["proposed", "adopted", "replaced"]})
    warned = fields.String(required=True)
    adopted_on = DayField(required=True, allow_none=True)
    resolution = fields.String(required=True)


class SchemesSchema(Schema):
    """Schemes, newest first."""

    items = fields.List(fields.Nested(SchemeSchema), required=True)


class SchemeSheetSchema(Schema):
    """A scheme with its fairness sheet on the sizes that hold."""

    scheme = fields.Nested(SchemeSchema, required=True)
    sheet = AnyField(required=True)
    warning = fields.String(required=True)


class ComparedSchema(Schema):
    """One of the schemes that are compared."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    terms = AnyField(required=True)
    sheet = AnyField(required=True, allow_none=True)
    why_not = fields.String(required=True)
    warning = fields.String(required=True)


class ComparisonSchema(Schema):
    """Schemes beside each other on the same sizes."""

    items = fields.List(fields.Nested(ComparedSchema), required=True)


class WhatIfQuerySchema(Schema):
    """One co-op grows or shrinks under a scheme."""

    coop_id = IdField(required=True)
    scheme_id = IdField(required=True)
    factor = NumberField(0, 1000, 4, required=True)


class WhatIfSchema(Schema):
    """The sheets before and after."""

    before = AnyField(required=True)
    after = AnyField(required=True)


class NewRulesSchema(Schema):
    """Founding the rules from a preset."""

    preset = fields.String(required=True, validate=validate.OneOf(tuple(RULES_PRESETS)))
    resolution = TextField(2000, required=True)


class DecisionRuleSchema(Schema):
    """One version of a rule of decision."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    version = fields.Integer(required=True)
    rule = AnyField(required=True)
    scheme_id = fields.UUID(required=True)
    source = fields.String(required=True)
    in_force_from = DayField(required=True)
    resolution = fields.String(required=True)
    motion_id = fields.UUID(required=True, allow_none=True)


class DecisionRulesSchema(Schema):
    """All versions of all kinds; of each kind the newest first."""

    items = fields.List(fields.Nested(DecisionRuleSchema), required=True)
