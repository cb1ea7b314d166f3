"""What may come in and go out about sizes, schemes and rules of decision: forms first, then the API."""

from marshmallow import fields, validate

from federation.assembly.models.weights import MEASURES
from federation.assembly.rule import BASES, TIE_RULES
from federation.assembly.services.presets import RULES_PRESETS
from federation.assembly.services.sizes import LARGEST
from federation.assembly.views.schemes import KINDS as SCHEME_KINDS
from federation.assembly.views.schemes import QUOTAS, SECONDS
from tenants.fields import DayField, NumberField, TextField, WholeField
from tenants.schemas import FormSchema

MOST_VOTES = 1_000_000


def _choice(choices: tuple[str, ...], **more: object) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.OneOf(choices, error="Choose one of these"),
        error_messages={"required": "Choose one of these"},
        **more,  # type: ignore[arg-type]
    )


def _id(missing: str) -> fields.UUID:
    return fields.UUID(required=True, error_messages={"required": missing, "invalid_uuid": missing})


class DraftSizesForm(FormSchema):
    """Drafting the sizes of all co-ops on a day."""

    as_of_date = DayField(required=True)
    measure = _choice(MEASURES)
    source = TextField(200, required=True)


class AskSizesForm(FormSchema):
    """Until which day, at noon, co-ops can answer."""

    answer_by = DayField(required=True)


class SizeAnswerForm(FormSchema):
    """A co-op's word on its own size."""

    answer = _choice(("agree", "dispute"))
    size = WholeField(0, LARGEST, load_default=None)
    words = TextField(500, lines=True, load_default="")


class SettleSizeForm(FormSchema):
    """The size that holds, and why."""

    size = WholeField(0, LARGEST, required=True)
    words = TextField(500, lines=True, required=True)


class SchemeForm(FormSchema):
    """Proposing a scheme: one box for each number."""

    name = TextField(200, required=True)
    kind = _choice(tuple(SCHEME_KINDS))
    base = WholeField(0, MOST_VOTES, load_default=None)
    total = WholeField(1, MOST_VOTES, load_default=None)
    cap = WholeField(1, MOST_VOTES, load_default=None)
    floor = WholeField(0, MOST_VOTES, load_default=None)
    cap_percent = NumberField(0, 100, 4, load_default=None)
    bands = TextField(2000, lines=True, load_default="")
    share_users = NumberField(0, 100, 4, load_default=None)
    share_workers = NumberField(0, 100, 4, load_default=None)
    share_community = NumberField(0, 100, 4, load_default=None)
    share_investors = NumberField(0, 100, 4, load_default=None)
    quota_kind = _choice(tuple(QUOTAS))
    quota_percent = NumberField(0, 100, 4, load_default=None)
    second_of = fields.String(load_default="", validate=validate.OneOf(tuple(SECONDS)))
    second_percent = NumberField(50, 100, 4, load_default=None)
    why = TextField(2000, lines=True, load_default="")


class AdoptForm(FormSchema):
    """Adopting the first scheme by the resolution of the founding meeting."""

    resolution = TextField(2000, required=True)
    seen = fields.String(load_default="")


class SchemeMotionForm(FormSchema):
    """Beginning the motion that adopts a scheme."""

    from_date = DayField(required=True)
    seen = fields.String(load_default="")


class WhatIfForm(FormSchema):
    """One co-op grows or shrinks under a scheme."""

    coop = _id("Choose a co-op")
    scheme = _id("Choose a scheme")
    factor = NumberField(0, 1000, 4, required=True)


class FoundForm(FormSchema):
    """Founding the rules from a preset."""

    preset = _choice(tuple(RULES_PRESETS))
    resolution = TextField(2000, required=True)


class RuleForm(FormSchema):
    """A rule of decision: one box for each thing that it says."""

    from_date = DayField(required=True)
    one_each = fields.Boolean(load_default=False)
    percent = NumberField(0, 100, 6, required=True)
    strictly = fields.Boolean(load_default=False)
    base = _choice(tuple(BASES))
    second_of = fields.String(load_default="", validate=validate.OneOf(tuple(SECONDS)))
    second_percent = NumberField(0, 100, 4, load_default=None)
    class_percent = NumberField(0, 100, 4, load_default=None)
    coops_percent = NumberField(0, 100, 4, load_default=None)
    weight_percent = NumberField(0, 100, 4, load_default=None)
    notice_days = WholeField(0, 90, required=True)
    secret = fields.Boolean(load_default=False)
    may_change = fields.Boolean(load_default=False)
    proxy_cap = WholeField(0, 20, required=True)
    tie_rule = _choice(tuple(TIE_RULES))
