"""How large the co-ops are: drafting, asking, a co-op's answer, settling disputes, taking as agreed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from federation.assembly.fairness import CLASSES
from federation.assembly.models import SizeSnapshot
from federation.assembly.schemas.weights import AskSizesForm, DraftSizesForm, SettleSizeForm, SizeAnswerForm
from federation.assembly.services import sizes
from federation.assembly.views.sizes import STATES, rows_of, tally_words
from tenants import clock
from tenants.errors import InvalidInput, RuleBroken
from tenants.permissions import may
from tenants.services.coops import coop_names
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("sizes", __name__)
NOON = time(12)
USUAL_TIME = timedelta(days=14)


@bp.get("/assembly/sizes")
@needs("see-assembly")
def index() -> str:
    """Every list of sizes, and the form to draft one."""
    return _lists(Form({"as_of_date": clock.today(), "measure": "members"}))


@bp.post("/assembly/sizes")
@needs("run-assembly")
def draft() -> Any:
    """Draft the sizes of all co-ops on a day."""
    form = Form.read(DraftSizesForm(), request.form)
    if form.ok:
        try:
            row = sizes.draft_snapshot(**form.data)
            say("Drafted. Look it through, then ask the co-ops.")
            return redirect(url_for(".show", snapshot_id=row.id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _lists(form), 422


@bp.get("/assembly/sizes/<uuid:snapshot_id>")
@needs("see-assembly")
def show(snapshot_id: UUID) -> str:
    """How large is each co-op, and has it agreed?"""
    return _page(sizes.get_snapshot(snapshot_id), Form({"answer_by": clock.today() + USUAL_TIME}))


@bp.post("/assembly/sizes/<uuid:snapshot_id>/ask")
@needs("run-assembly")
def ask(snapshot_id: UUID) -> Any:
    """Put the sizes to the co-ops."""
    form = Form.read(AskSizesForm(), request.form)
    if form.ok:
        noon = datetime.combine(form.data["answer_by"], NOON, clock.LONDON).astimezone(UTC)
        return _done(form, snapshot_id, lambda: sizes.ask(snapshot_id, noon), "The co-ops have been written to.")
    return _page(sizes.get_snapshot(snapshot_id), form), 422


@bp.post("/assembly/sizes/<uuid:snapshot_id>/answer")
@needs("agree-size")
def answer(snapshot_id: UUID) -> Any:
    """Say that one's own size is right, or what it is."""
    form = Form.read(SizeAnswerForm(), request.form)
    if form.ok:
        words = "Thank you. Your answer is noted." if form.data["answer"] == "agree" else "Your dispute is noted."
        return _done(form, snapshot_id, lambda: sizes.answer(snapshot_id, **form.data), words)
    return _page(sizes.get_snapshot(snapshot_id), form), 422


@bp.post("/assembly/sizes/<uuid:snapshot_id>/settle/<uuid:coop_id>")
@needs("run-assembly")
def settle(snapshot_id: UUID, coop_id: UUID) -> Any:
    """Settle a dispute."""
    form = Form.read(SettleSizeForm(), request.form)
    if form.ok:
        return _done(form, snapshot_id, lambda: sizes.settle(snapshot_id, coop_id, **form.data), "Settled.")
    return _page(sizes.get_snapshot(snapshot_id), form, coop_id), 422


@bp.post("/assembly/sizes/<uuid:snapshot_id>/classes")
@needs("run-assembly")
def set_classes(snapshot_id: UUID) -> Any:
    """Say which class each co-op stands in."""
    known = sizes.get_snapshot(snapshot_id).sizes
    classes = {coop: request.form.get(f"class-{coop}", "") for coop in known}
    return _done(Form(), snapshot_id, lambda: sizes.set_classes(snapshot_id, classes), "The classes are kept.")


@bp.post("/assembly/sizes/<uuid:snapshot_id>/agree")
@needs("run-assembly")
def take_as_agreed(snapshot_id: UUID) -> Any:
    """Freeze the sizes."""
    words = "The sizes are agreed and stay as they are."
    return _done(Form(), snapshot_id, lambda: sizes.take_as_agreed(snapshot_id), words)


@bp.post("/assembly/sizes/<uuid:snapshot_id>/discard")
@needs("run-assembly")
def discard(snapshot_id: UUID) -> Any:
    """Throw a draft away."""
    try:
        sizes.discard(snapshot_id)
    except RuleBroken as error:
        say(error.message, "bad")
        return redirect(url_for(".show", snapshot_id=snapshot_id), 303)
    say("The draft is thrown away.")
    return redirect(url_for(".index"), 303)


def _done(form: Form, snapshot_id: UUID, act: Any, words: str) -> Any:
    try:
        act()
    except InvalidInput as error:
        return _page(sizes.get_snapshot(snapshot_id), form.fail(error)), 422
    except RuleBroken as error:
        say(error.message, "bad")
    else:
        say(words)
    return redirect(url_for(".show", snapshot_id=snapshot_id), 303)


def _lists(form: Form) -> str:
    identity = current_identity()
    held = sizes.agreed()
    return render_template(
        "assembly/sizes.html",
        rows=sizes.list_snapshots(),
        states=STATES,
        measures=list(sizes.MEASURE_WORDS.items()),
        held=held.id if held else None,
        form=form,
        runs=may("run-assembly", identity.kind, identity.roles),
    )


def _page(row: SizeSnapshot, form: Form, settling: UUID | None = None) -> str:
    identity = current_identity()
    office = identity.kind == "federation"
    names, stand = coop_names(), sizes.standings(row)
    own = str(identity.acting.tenant_id)
    return render_template(
        "assembly/sizes_show.html",
        row=row,
        what=sizes.MEASURE_WORDS[row.measure],
        state=STATES[row.state],
        rows=rows_of(row, stand, names, own, told=office),
        tally=tally_words(stand) if office and row.state == "asked" else "",
        silent=sorted(names.get(coop, "") for coop in row.silent),
        mine=next((one for one in stand if str(one.coop_id) == own), None),
        own_name=identity.acting.name,
        late=row.answer_by is not None and clock.now() >= row.answer_by,
        form=form,
        settling=settling,
        classes=list(CLASSES.items()),
        runs=may("run-assembly", identity.kind, identity.roles),
        answers=may("agree-size", identity.kind, identity.roles),
    )
