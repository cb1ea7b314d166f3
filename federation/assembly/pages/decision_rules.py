"""How each kind of decision is taken, and the presets to begin from."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from federation.assembly.pages.schemes import motion_query
from federation.assembly.rule import BASES, KINDS, TIE_RULES
from federation.assembly.rule_words import KIND_ABOUT, KIND_QUESTIONS, KIND_WORDS, differences, kind_words, sentences
from federation.assembly.schemas.weights import FoundForm, RuleForm
from federation.assembly.services import decision_rules, schemes, sizes
from federation.assembly.services.presets import RULES_PRESETS
from federation.assembly.services.rule_versions import any_rules, list_versions
from federation.assembly.views.decision_rules import history, rule_from, rule_values
from federation.assembly.views.schemes import SECONDS
from tenants import clock
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("decision_rules", __name__)


@bp.get("/assembly/rules")
@needs("see-assembly")
def index() -> str:
    """How are decisions taken?"""
    return _page(Form())


@bp.post("/assembly/rules/found")
@needs("run-assembly")
def found() -> Any:
    """Write the first rules, from a preset."""
    form = Form.read(FoundForm(), request.form)
    if form.ok:
        try:
            decision_rules.found(form.data["preset"], form.data["resolution"])
            say("The assembly is founded. From now on its rules are changed by a vote of one co-op, one vote.")
            return redirect(url_for(".index"), 303)
        except (InvalidInput, RuleBroken) as error:
            form.fail(error if isinstance(error, InvalidInput) else InvalidInput({"": error.message}))
    return _page(form), 422


@bp.get("/assembly/rules/<kind>")
@needs("see-assembly")
def show(kind: str) -> str:
    """One kind of decision: what holds, what held before, and how to change it."""
    _known(kind)
    _, rule = decision_rules.rule_for(kind)
    return _one(kind, Form({**rule_values(rule), "from_date": clock.today()}))


@bp.post("/assembly/rules/<kind>/motion")
@needs("see-assembly")
def begin_motion(kind: str) -> Any:
    """Go to a new motion that would change this rule."""
    _known(kind)
    form = Form.read(RuleForm(), request.form)
    if form.ok:
        try:
            rule = decision_rules.check_rule(kind, rule_from(kind, form.data))
            if not differences(decision_rules.rule_for(kind)[1], rule):
                raise InvalidInput({"": "This is the rule as it stands: change something first"})
            effect = {"rules": {kind: rule.as_json()}, "from": form.data["from_date"].isoformat()}
            return redirect("/motions/new?" + motion_query(effect), 303)
        except InvalidInput as error:
            form.fail(InvalidInput({_box(path): text for path, text in error.errors.items()}))
    return _one(kind, form), 422


def _box(path: str) -> str:
    """The box of the form that a path of the rule stands in."""
    steps = path.split(".")
    if len(steps) > 2:
        return steps[2] if steps[1] == "quorum" else f"{steps[1].split('_')[0]}_percent"
    return steps[-1]


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound("kind of decision")


def _page(form: Form) -> str:
    identity, scheme = current_identity(), schemes.current()
    held = decision_rules.list_in_force()
    return render_template(
        "assembly/rules.html",
        kinds=[
            {
                "kind": kind,
                "name": KIND_WORDS[kind],
                "about": KIND_ABOUT[kind],
                "row": row,
                "words": sentences(rule),
            }
            for kind, (row, rule) in held.items()
        ],
        scheme=scheme,
        has_sizes=sizes.agreed() is not None,
        presets=[
            {
                "preset": preset,
                "special": sentences(preset.rules["special"]),
                "ordinary": sentences(preset.rules["ordinary"]),
            }
            for preset in RULES_PRESETS.values()
        ],
        founded=any_rules(),
        form=form,
        runs=may("run-assembly", identity.kind, identity.roles),
    )


def _one(kind: str, form: Form) -> str:
    row, rule = decision_rules.rule_for(kind)
    identity = current_identity()
    return render_template(
        "assembly/rule.html",
        kind=kind,
        name=kind_words(kind),
        question=KIND_QUESTIONS[kind],
        about=KIND_ABOUT[kind],
        row=row,
        scheme=schemes.get_scheme(row.scheme_id),
        said=sentences(rule),
        versions=history(list_versions(kind), row),
        form=form,
        bases=list(BASES.items()),
        ties=list(TIE_RULES.items()),
        seconds=list(SECONDS.items()),
        moves=may("move-motions", identity.kind, identity.roles),
    )
