"""Motions from the draft to the vote: writing, seconding, amendments, debate, notice."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from federation.assembly.models import Amendment
from federation.assembly.pages.acting import acted, show_refusal
from federation.assembly.schemas.motions import MotionForm, NoticeForm, RefuseForm, RemarkForm, TextForm
from federation.assembly.services import amendments, debate, motions
from federation.assembly.views import motion_forms as forms
from federation.assembly.views import motions as views
from tenants import clock, permissions
from tenants.downloads import Column, csv_bytes, xlsx_bytes
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.pages.paging import page_number, pager
from tenants.scope import FEDERATION
from tenants.services.coops import coop_names
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("motions", __name__)
COLUMNS = (
    Column("number", "Motion", "packs"),
    Column("title", "Title"),
    Column("mover", "Moved by"),
    Column("kind", "Kind"),
    Column("state", "State"),
    Column("at", "Since", "moment"),
)


@bp.get("/motions")
@needs("see-assembly")
def index() -> str:
    """All motions, and the co-op's own drafts."""
    page, group, words = page_number(), _group(), request.args.get("words", "")[:100]
    found, total = motions.list_motions(group, words, offset=(page - 1) * motions.PAGE_ROWS)
    shown = views.list_page(found, group, words, current_identity())
    return render_template("assembly/motions.html", **shown, **pager(page, total, motions.PAGE_ROWS))


@bp.get("/motions/file.<any(csv, xlsx):kind>")
@needs("see-assembly")
def index_file(kind: str) -> Any:
    """The motions chosen, as a file."""
    found, _ = motions.list_motions(_group(), request.args.get("words", "")[:100], limit=10_000)
    names = coop_names()
    rows = [views.row_of(row, names, {}) for row in found]
    body = csv_bytes(COLUMNS, rows) if kind == "csv" else xlsx_bytes("Motions", COLUMNS, rows)
    types = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    return body, 200, {"Content-Type": types[kind], "Content-Disposition": f"attachment; filename=motions.{kind}"}


@bp.post("/motions/order")
@needs("run-assembly")
def order() -> Any:
    """Say in which order motions are read."""
    rows, _ = motions.list_motions("talked", limit=1000)
    places = {row.id: request.form.get(f"place-{row.id}", row.reading_order, type=int) for row in rows}
    motions.set_reading_order(sorted(places, key=lambda one: places[one]))
    say("The reading order is set.")
    return redirect(url_for(".index", group="talked"), 303)


@bp.get("/motions/new")
@needs("see-assembly")
def new() -> str:
    """Begin a motion; with `?effect=` of the pages of weights and rules, one that changes them."""
    _check_writer()
    values = forms.values_from_query(request.args.get("kind", ""), request.args.get("effect", "")[:10_000])
    return _form(Form(values), None)


@bp.post("/motions")
@needs("see-assembly")
def create() -> Any:
    """Keep a draft, or for the board put the motion to the assembly at once."""
    _check_writer()
    form = Form.read(MotionForm(), request.form)
    if form.ok:
        try:
            wording = forms.wording_of(form.data)
            if current_identity().acting.tenant_id == FEDERATION:
                say("The motion is before the assembly. It needs a second by a co-op.")
                return redirect(url_for(".show", motion_id=motions.move_for_board(wording).id), 303)
            say("The draft is kept. Nobody outside your co-op sees it until you put it to the assembly.")
            return redirect(url_for(".edit", draft_id=motions.write_draft(wording).id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error)
    return _form(form, None), 422


@bp.get("/motions/drafts/<uuid:draft_id>")
@needs("move-motions")
def edit(draft_id: UUID) -> str:
    """A draft, to write on."""
    row = motions.get_draft(draft_id)
    return _form(Form(forms.values_of(row)), row)


@bp.post("/motions/drafts/<uuid:draft_id>")
@needs("move-motions")
def save(draft_id: UUID) -> Any:
    """Keep what was written, and with `act=submit` put it to the assembly."""
    row = motions.get_draft(draft_id)
    form = Form.read(MotionForm(), request.form)
    if form.ok:
        try:
            motions.write_draft(forms.wording_of(form.data), draft_id, form.data["version"])
            if request.form.get("act") != "submit":
                say("The draft is kept.")
                return redirect(url_for(".edit", draft_id=draft_id), 303)
            made = motions.submit(draft_id)
            say(f"Motion {made.number} is before the assembly. It needs a second by another co-op.")
            return redirect(url_for(".show", motion_id=made.id), 303)
        except (InvalidInput, RuleBroken, Conflict) as error:
            _show(form, error)
    return _form(form, row), 422


@bp.post("/motions/drafts/<uuid:draft_id>/drop")
@needs("move-motions")
def drop(draft_id: UUID) -> Any:
    """Throw a draft away."""
    motions.drop_draft(draft_id)
    say("The draft is gone.")
    return redirect(url_for(".index"), 303)


@bp.get("/motions/<uuid:motion_id>")
@needs("see-assembly")
def show(motion_id: UUID) -> str:
    """One motion: what it says, what it does, who says what about it, and how it got here."""
    return _page(motion_id, Form())


@bp.post("/motions/<uuid:motion_id>/second")
@needs("move-motions")
def second(motion_id: UUID) -> Any:
    """Second it for the own co-op."""
    return _acted(motion_id, lambda: motions.second(motion_id), "Seconded. The returning officer looks at it next.")


@bp.post("/motions/<uuid:motion_id>/withdraw")
@needs("see-assembly")
def withdraw(motion_id: UUID) -> Any:
    """Take it back, before notice."""
    _check_writer()
    words = request.form.get("words", "")
    return _acted(motion_id, lambda: motions.withdraw(motion_id, words), "The motion is taken back.")


@bp.post("/motions/<uuid:motion_id>/admit")
@needs("run-assembly")
def admit(motion_id: UUID) -> Any:
    """Admit it to the agenda."""
    return _acted(motion_id, lambda: motions.admit(motion_id), "Admitted. It is open for debate and amendments.")


@bp.post("/motions/<uuid:motion_id>/refuse")
@needs("run-assembly")
def refuse(motion_id: UUID) -> Any:
    """Refuse it, with words."""
    form = Form.read(RefuseForm(), request.form)
    if not form.ok:
        return _page(motion_id, form), 422
    return _acted(motion_id, lambda: motions.refuse(motion_id, form.data["why"]), "Refused. The co-ops read why.")


@bp.post("/motions/<uuid:motion_id>/say")
@needs("speak")
def speak(motion_id: UUID) -> Any:
    """Say something in the debate."""
    form = Form.read(RemarkForm(), request.form)
    if not form.ok:
        return _page(motion_id, form), 422
    told = form.data
    return _acted(
        motion_id, lambda: debate.say(motion_id, told["leaning"], told["words"], told["answers"]), "Said.", "#h-debate"
    )


@bp.post("/motions/<uuid:motion_id>/remarks/<uuid:remark_id>/hide")
@needs("run-assembly")
def hide(motion_id: UUID, remark_id: UUID) -> Any:
    """Take a remark off the page, with words."""
    why = request.form.get("why", "")
    return _acted(
        motion_id, lambda: debate.hide(remark_id, why), "It is off the page; the reason stands there.", "#h-debate"
    )


@bp.get("/motions/<uuid:motion_id>/notice")
@needs("run-assembly")
def notice(motion_id: UUID) -> Any:
    """Plan the vote and give notice."""
    motion = motions.get_motion(motion_id)
    try:
        return render_template(
            "assembly/motion_notice.html", form=Form(forms.notice_values(motion)), **forms.notice_page(motion)
        )
    except RuleBroken as error:
        say(error.message, "bad")
        return redirect(url_for(".show", motion_id=motion_id), 303)


@bp.post("/motions/<uuid:motion_id>/notice")
@needs("run-assembly")
def give_notice(motion_id: UUID) -> Any:
    """Fix the text and send the notice."""
    form = Form.read(NoticeForm(), request.form)
    if form.ok:
        try:
            opens_at, closes_at = forms.hours_of(form.data)
            way = form.data["way"]
            motions.give_notice(
                motion_id,
                opens_at=opens_at,
                closes_at=closes_at,
                meeting_id=forms.uuid_or_none(form.data["meeting"], "meeting"),
                by_hand=way == "by_hand",
                secret={"secret": True, "recorded": False, "by_hand": False}.get(way),
            )
            say("Notice is given: the text is fixed and every co-op is written to.")
            return redirect(url_for(".show", motion_id=motion_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error, {"closes_at": "closes_on", "meeting_id": "meeting"})
    return render_template(
        "assembly/motion_notice.html", form=form, **forms.notice_page(motions.get_motion(motion_id))
    ), 422


@bp.get("/motions/<uuid:motion_id>/text")
@needs("run-assembly")
def text(motion_id: UUID) -> str:
    """Change the text; after notice the vote begins anew."""
    motion = motions.get_motion(motion_id)
    return render_template("assembly/motion_text.html", motion=motion, form=Form({"text": motion.text}), amends=False)


@bp.post("/motions/<uuid:motion_id>/text")
@needs("run-assembly")
def change_text(motion_id: UUID) -> Any:
    """Keep the new text."""
    return _worded(motion_id, motions.change_text, "The text is changed, and all co-ops are told.", amends=False)


@bp.get("/motions/<uuid:motion_id>/amend")
@needs("move-motions")
def amend(motion_id: UUID) -> str:
    """Write another wording."""
    motion = motions.get_motion(motion_id)
    return render_template("assembly/motion_text.html", motion=motion, form=Form({"text": motion.text}), amends=True)


@bp.post("/motions/<uuid:motion_id>/amend")
@needs("move-motions")
def submit_amendment(motion_id: UUID) -> Any:
    """Propose another wording."""
    return _worded(
        motion_id, amendments.submit, "The amendment is proposed. The mover can make it its own.", amends=True
    )


@bp.post("/motions/<uuid:motion_id>/amendments/order")
@needs("run-assembly")
def order_amendments(motion_id: UUID) -> Any:
    """Say in which order amendments are voted on, and which compete."""
    waiting = [row for row in amendments.list_amendments(motion_id) if row.state in amendments.WAITING]
    place = {row.id: request.form.get(f"place-{row.id}", row.number, type=int) for row in waiting}
    rivals = {row.id: request.form.get(f"rivals-{row.id}", type=int) for row in waiting}
    ordered = sorted(place, key=lambda one: place[one])
    return _acted(
        motion_id,
        lambda: amendments.order(motion_id, [(one, rivals[one]) for one in ordered]),
        "The order of the votes is set.",
        "#h-amend",
    )


@bp.get("/motions/<uuid:motion_id>/amendments/<uuid:amendment_id>")
@needs("see-assembly")
def amendment(motion_id: UUID, amendment_id: UUID) -> str:
    """One amendment: what it would change, and its way."""
    return _amendment_page(_amendment(motion_id, amendment_id), Form(_vote_hours()))


@bp.post("/motions/<uuid:motion_id>/amendments/<uuid:amendment_id>/<any(merge, withdraw):move>")
@needs("move-motions")
def move_amendment(motion_id: UUID, amendment_id: UUID, move: str) -> Any:
    """Make it the motion's text, or take it back."""
    row = _amendment(motion_id, amendment_id)
    if move == "merge":
        return _acted(motion_id, lambda: amendments.merge(row.id), "It is part of the motion now.")
    return _acted(motion_id, lambda: amendments.withdraw(row.id), "The amendment is taken back.")


@bp.post("/motions/<uuid:motion_id>/amendments/<uuid:amendment_id>/vote")
@needs("run-assembly")
def vote_on_amendment(motion_id: UUID, amendment_id: UUID) -> Any:
    """Put it to its vote."""
    row = _amendment(motion_id, amendment_id)
    form = Form.read(NoticeForm(), request.form)
    if form.ok:
        try:
            amendments.put_to_vote(row.id, *forms.hours_of(form.data))
            say("The vote is planned, and every co-op is written to.")
            return redirect(url_for(".amendment", motion_id=motion_id, amendment_id=amendment_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error, {"closes_at": "closes_on"})
    return _amendment_page(row, form), 422


def _page(motion_id: UUID, form: Form) -> str:
    return render_template(
        "assembly/motion.html", **views.motion_page(motions.get_motion(motion_id), form, current_identity())
    )


def _form(form: Form, draft: Any) -> str:
    board = current_identity().acting.tenant_id == FEDERATION
    return render_template("assembly/motion_form.html", form=form, draft=draft, board=board, **forms.form_page(form))


def _amendment(motion_id: UUID, amendment_id: UUID) -> Amendment:
    row = amendments.get_amendment(amendment_id)
    if row.motion_id != motion_id:
        raise NotFound("amendment")
    return row


def _amendment_page(row: Amendment, form: Form) -> str:
    motion = motions.get_motion(row.motion_id)
    return render_template("assembly/amendment.html", **views.amendment_page(row, motion, form, current_identity()))


def _vote_hours() -> dict[str, Any]:
    first = clock.today().toordinal() + 1
    days = {"opens_on": clock.today().fromordinal(first), "closes_on": clock.today().fromordinal(first + 3)}
    return days | {"opens_time": "09:30", "closes_time": "17:00"}


def _worded(motion_id: UUID, act: Callable[[UUID, str, str], object], said: str, *, amends: bool) -> Any:
    form = Form.read(TextForm(), request.form)
    if form.ok:
        try:
            act(motion_id, form.data["text"], form.data["why"])
            say(said)
            return redirect(url_for(".show", motion_id=motion_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error)
    motion = motions.get_motion(motion_id)
    return render_template("assembly/motion_text.html", motion=motion, form=form, amends=amends), 422


def _acted(motion_id: UUID, act: Callable[[], object], said: str, where: str = "") -> Any:
    return acted(act, said, url_for(".show", motion_id=motion_id) + where)


def _show(form: Form, error: InvalidInput | RuleBroken | Conflict, more: dict[str, str] | None = None) -> None:
    show_refusal(form, error, forms.FIELD_OF | (more or {}))


def _group() -> str:
    group = request.args.get("group", "")
    if group and group not in motions.GROUPS:
        raise NotFound("page of the list")
    return group


def _check_writer() -> None:
    """Delegates write for their co-op, officers for the board. Raises: NotAllowed."""
    identity = current_identity()
    permissions.check("move-motions" if identity.kind == "coop" else "run-assembly", identity.kind, identity.roles)
