"""In a meeting: votes taken by hand, by two people; after it: the minutes."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from federation.assembly.pages.meetings import attached
from federation.assembly.schemas.meetings import ApproveForm
from federation.assembly.services import hands, meetings, minutes, polls
from federation.assembly.views import hands as hands_views
from federation.assembly.views import minutes as minutes_views
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("meeting_papers", __name__)


@bp.get("/polls/<uuid:poll_id>/hands")
@needs("tell-hands")
def show_hands(poll_id: UUID) -> str:
    """Type votes by hand, or look at what another teller typed."""
    return _hands(poll_id, Form(), again=request.args.get("again") == "1")


@bp.post("/polls/<uuid:poll_id>/hands")
@needs("tell-hands")
def type_hands(poll_id: UUID) -> Any:
    """Keep what was typed; another person confirms it."""
    poll, form = polls.get_poll(poll_id), Form(request.form)
    try:
        hands.type_in(poll_id, hands_views.read_lines(request.form, hands.voters(poll) if poll.weights else []))
    except InvalidInput as error:
        return _hands(poll_id, form.fail(error), typed=request.form), 422
    except (RuleBroken, Conflict) as error:
        say(error.message, "bad")
    else:
        say("Kept. It counts when another person has confirmed it.")
    return redirect(url_for(".show_hands", poll_id=poll_id), 303)


@bp.post("/polls/<uuid:poll_id>/hands/<uuid:entry_id>/<any(confirm, reject):move>")
@needs("tell-hands")
def look_at_hands(poll_id: UUID, entry_id: UUID, move: str) -> Any:
    """Confirm what another person typed, or reject it with words."""
    if hands.get_entry(entry_id).poll_id != poll_id:
        raise NotFound("entry of the tellers")
    try:
        if move == "confirm":
            hands.confirm(entry_id)
            say("Confirmed: these votes are cast.")
        else:
            hands.reject(entry_id, request.form.get("words", ""))
            say("Rejected. It is typed again.")
    except InvalidInput as error:
        return _hands(poll_id, Form(request.form).fail(error)), 422
    except RuleBroken as error:
        say(error.message, "bad")
    return redirect(url_for(".show_hands", poll_id=poll_id), 303)


@bp.get("/meetings/<uuid:meeting_id>/minutes")
@needs("see-assembly")
def show_minutes(meeting_id: UUID) -> str:
    """The minutes: to read, and for the office to write until they are published."""
    return _minutes(meeting_id)


@bp.post("/meetings/<uuid:meeting_id>/minutes/draft")
@needs("run-assembly")
def draft_minutes(meeting_id: UUID) -> Any:
    """Draft them from the record."""
    try:
        minutes.draft(meeting_id)
    except RuleBroken as error:
        say(error.message, "bad")
        return redirect(url_for("meetings.show", meeting_id=meeting_id), 303)
    say("Drafted from the record. Read it and write what is missing.")
    return redirect(url_for(".show_minutes", meeting_id=meeting_id), 303)


@bp.post("/meetings/<uuid:meeting_id>/minutes")
@needs("run-assembly")
def write_minutes(meeting_id: UUID) -> Any:
    """Keep what was written, and with `act=publish` publish it."""
    items = {}
    for name, words in request.form.items():
        if name.startswith("item-"):
            items[_id(name.removeprefix("item-"))] = words
    form = Form(request.form)
    try:
        minutes.write(meeting_id, request.form.get("record", ""), items)
        if request.form.get("act") == "publish":
            minutes.publish(meeting_id)
            say("The minutes are published, and all co-ops are written to.")
        else:
            say("Kept. Only the office sees it until it is published.")
    except InvalidInput as error:
        return _minutes(meeting_id, form.fail(error)), 422
    except RuleBroken as error:
        say(error.message, "bad")
    return redirect(url_for(".show_minutes", meeting_id=meeting_id), 303)


@bp.post("/meetings/<uuid:meeting_id>/minutes/approve")
@needs("run-assembly")
def approve_minutes(meeting_id: UUID) -> Any:
    """Note that a later meeting approved them."""
    form = Form.read(ApproveForm(), request.form)
    if form.ok:
        try:
            minutes.approve(meeting_id, form.data["item"], form.data["corrections"])
            say("Approved.")
            return redirect(url_for(".show_minutes", meeting_id=meeting_id), 303)
        except InvalidInput as error:
            form.fail(InvalidInput({path.replace("item_id", "item"): text for path, text in error.errors.items()}))
        except RuleBroken as error:
            form.fail(InvalidInput({"": error.message}))
    return _minutes(meeting_id, form), 422


@bp.get("/meetings/<uuid:meeting_id>/minutes.pdf")
@needs("see-assembly")
def minutes_file(meeting_id: UUID) -> Response:
    """Published minutes as a paper. Raises: NotFound before that."""
    from federation.assembly.documents.meeting_papers import minutes_pdf

    row = minutes.get_minutes(meeting_id)
    if row.state == "draft":
        raise NotFound("minutes")
    meeting = meetings.get_meeting(meeting_id)
    return attached(minutes_pdf(meeting, row), "application/pdf", f"meeting-{meeting.number}-minutes.pdf")


def _hands(poll_id: UUID, form: Form, typed: Any = None, *, again: bool = False) -> str:
    shown = hands_views.hands_page(polls.get_poll(poll_id), current_identity(), typed, again)
    return render_template("assembly/meeting_hands.html", form=form, **shown)


def _minutes(meeting_id: UUID, form: Form | None = None) -> str:
    meeting, row = meetings.get_meeting(meeting_id), minutes.get_minutes(meeting_id)
    shown = minutes_views.minutes_page(meeting, row, current_identity())
    if shown["writing"] and form is None:
        form = Form(minutes_views.form_values(meeting, row))
    return render_template("assembly/meeting_minutes.html", form=form or Form(), **shown)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("item of the agenda") from None
