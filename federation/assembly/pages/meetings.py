"""Meetings: called in time, held with a quorum that all can see, and remembered by their minutes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from federation.assembly.pages.acting import acted, show_refusal
from federation.assembly.schemas.meetings import ItemForm, LetInForm, MeetingForm, WhyForm
from federation.assembly.services import agenda, attendance, meeting_calendar, meetings
from federation.assembly.views import meeting_forms as forms
from federation.assembly.views import meetings as views
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("meetings", __name__)


@bp.get("/meetings")
@needs("see-assembly")
def index() -> str:
    """Meetings to come, and those that were."""
    return render_template("assembly/meetings.html", **views.list_page(current_identity()))


@bp.get("/meetings/new")
@needs("run-assembly")
def new() -> str:
    """Begin a meeting."""
    return render_template("assembly/meeting_form.html", form=Form(forms.new_values()), **forms.form_page(None))


@bp.post("/meetings")
@needs("run-assembly")
def create() -> Any:
    """Keep a new meeting; nobody else sees it until notice is given."""
    form = Form.read(MeetingForm(), request.form)
    if form.ok:
        try:
            row = meetings.draft(forms.terms_of(form.data))
            say("Kept. Put its items on the agenda, then give notice.")
            return redirect(url_for(".show", meeting_id=row.id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error)
    return render_template("assembly/meeting_form.html", form=form, **forms.form_page(None)), 422


@bp.get("/meetings/<uuid:meeting_id>")
@needs("see-assembly")
def show(meeting_id: UUID) -> str:
    """One meeting: its agenda, who is there, and the quorum as it stands."""
    return _page(meeting_id, Form())


@bp.get("/meetings/<uuid:meeting_id>/now")
@needs("see-assembly")
def now(meeting_id: UUID) -> Any:
    """Who is there for whom, for the page that is open; back to it where there is nothing to follow."""
    shown = views.now_panel(meetings.get_meeting(meeting_id), current_identity())
    if shown is None:
        return "", 200, {"HX-Refresh": "true"}
    return render_template("assembly/meeting_now.html", now=shown)


@bp.get("/meetings/<uuid:meeting_id>/edit")
@needs("run-assembly")
def edit(meeting_id: UUID) -> str:
    """Change a meeting."""
    row = meetings.get_meeting(meeting_id)
    return render_template("assembly/meeting_form.html", form=Form(forms.values_of(row)), **forms.form_page(row))


@bp.post("/meetings/<uuid:meeting_id>/edit")
@needs("run-assembly")
def change(meeting_id: UUID) -> Any:
    """Keep what was changed; after the notice all co-ops are told."""
    row = meetings.get_meeting(meeting_id)
    form = Form.read(MeetingForm(), request.form)
    if form.ok:
        try:
            meetings.change(meeting_id, forms.terms_of(form.data), form.data["why"], form.data["version"])
            say("Changed, and all co-ops are told." if row.state == "called" else "Changed.")
            return redirect(url_for(".show", meeting_id=meeting_id), 303)
        except (InvalidInput, RuleBroken, Conflict) as error:
            _show(form, error)
    return render_template("assembly/meeting_form.html", form=form, **forms.form_page(row)), 422


@bp.post("/meetings/<uuid:meeting_id>/items")
@needs("run-assembly")
def add_item(meeting_id: UUID) -> Any:
    """Put something on the agenda."""
    form = Form.read(ItemForm(), request.form)
    if form.ok:
        try:
            kind, _, chosen = form.data["subject"].partition(":")
            ids = {"motion": "motion_id", "election": "election_id"}
            more = {ids[kind]: _id(chosen)} if kind in ids else {}
            agenda.add_item(meeting_id, form.data["title"], form.data["words"], **more)
            return redirect(url_for(".show", meeting_id=meeting_id) + "#h-agenda", 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error, {"motion_id": "subject", "election_id": "subject"})
    return _page(meeting_id, form), 422


@bp.post("/meetings/<uuid:meeting_id>/items/<uuid:item_id>/<any(up, down, remove):move>")
@needs("run-assembly")
def move_item(meeting_id: UUID, item_id: UUID, move: str) -> Any:
    """Move an item, or take it off."""

    def act() -> None:
        if move == "remove":
            agenda.remove_item(meeting_id, item_id)
        else:
            agenda.move_item(meeting_id, item_id, -1 if move == "up" else 1)

    return _acted(meeting_id, act, "", "#h-agenda")


@bp.post("/meetings/<uuid:meeting_id>/call")
@needs("run-assembly")
def call_meeting(meeting_id: UUID) -> Any:
    """Give notice."""
    said = "Notice is given: the delegates and managers of all co-ops are written to."
    return _acted(meeting_id, lambda: meetings.call_meeting(meeting_id), said)


@bp.post("/meetings/<uuid:meeting_id>/cancel")
@needs("run-assembly")
def cancel(meeting_id: UUID) -> Any:
    """Cancel it, with words."""
    form = Form.read(WhyForm(), request.form)
    if not form.ok:
        return _page(meeting_id, form), 422
    return _acted(meeting_id, lambda: meetings.cancel(meeting_id, form.data["why"]), "The meeting is cancelled.")


@bp.post("/meetings/<uuid:meeting_id>/<any(open, close):move>")
@needs("run-assembly")
def turn(meeting_id: UUID, move: str) -> Any:
    """Open it, or close it; the quorum is recorded."""
    if move == "open":
        return _acted(meeting_id, lambda: meetings.open_meeting(meeting_id), "The meeting is open.")
    return _acted(
        meeting_id, lambda: meetings.close_meeting(meeting_id), "The meeting is closed. Draft its minutes next."
    )


@bp.post("/meetings/<uuid:meeting_id>/<any(come, leave):move>")
@needs("cast-votes")
def attend(meeting_id: UUID, move: str) -> Any:
    """Sign oneself in, in the room or online, or out."""
    if move == "leave":
        return _acted(meeting_id, lambda: attendance.leave(meeting_id), "You are signed out.")
    way = request.form.get("way", "")
    return _acted(meeting_id, lambda: attendance.come(meeting_id, way), "You are signed in: your co-op is represented.")


@bp.post("/meetings/<uuid:meeting_id>/let-in")
@needs("run-assembly")
def let_in(meeting_id: UUID) -> Any:
    """Write down somebody who came and did not sign in."""
    form = Form.read(LetInForm(), request.form)
    if form.ok:
        try:
            attendance.let_in(meeting_id, form.data["coop"], form.data["name"], form.data["way"])
            say(f"{form.data['name']} is written down.")
            return redirect(url_for(".show", meeting_id=meeting_id) + "#h-let-in", 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error, {"coop_id": "coop"})
    return _page(meeting_id, form), 422


@bp.post("/meetings/<uuid:meeting_id>/let-out/<uuid:coop_id>")
@needs("run-assembly")
def let_out(meeting_id: UUID, coop_id: UUID) -> Any:
    """Write down that somebody has left."""
    name = request.form.get("name", "")[:200]
    return _acted(meeting_id, lambda: attendance.let_out(meeting_id, coop_id, name), f"{name} has left.")


@bp.get("/meetings/<uuid:meeting_id>/meeting.ics")
@needs("see-assembly")
def calendar(meeting_id: UUID) -> Response:
    """The meeting for a calendar."""
    row = meetings.get_meeting(meeting_id)
    address = current_app.config["BASE_URL"].rstrip("/") + url_for(".show", meeting_id=meeting_id)
    return attached(meeting_calendar.calendar(row, address), "text/calendar", f"meeting-{row.number}.ics")


@bp.get("/meetings/<uuid:meeting_id>/notice.pdf")
@needs("see-assembly")
def notice(meeting_id: UUID) -> Response:
    """The notice as a paper. Raises: NotFound before it is given."""
    from federation.assembly.documents.meeting_papers import notice_pdf

    row = meetings.get_meeting(meeting_id)
    if row.called_at is None:
        raise NotFound("notice of a meeting")
    body = notice_pdf(row, agenda.list_items(meeting_id))
    return attached(body, "application/pdf", f"meeting-{row.number}-notice.pdf")


def attached(body: bytes, mimetype: str, name: str) -> Response:
    """A file to take away."""
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(meeting_id: UUID, form: Form) -> str:
    shown = views.meeting_page(meetings.get_meeting(meeting_id), current_identity())
    return render_template("assembly/meeting.html", form=form, **shown)


def _acted(meeting_id: UUID, act: Callable[[], object], said: str, where: str = "") -> Any:
    return acted(act, said, url_for(".show", meeting_id=meeting_id) + where)


def _show(form: Form, error: InvalidInput | RuleBroken | Conflict, more: dict[str, str] | None = None) -> None:
    show_refusal(form, error, forms.FIELD_OF | (more or {}))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput({"subject": "Choose one of the list"}) from None
