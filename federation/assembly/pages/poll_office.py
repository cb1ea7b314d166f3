"""The returning officer's acts on a vote: open, close, move, remind, give up, declare."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from federation.assembly.pages.polls import page
from federation.assembly.schemas.polls import DeclareForm, GiveUpForm, MoveForm
from federation.assembly.services import outcomes, polls
from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.web import needs, say
from tenants.web_forms import Form, moment_of

bp = Blueprint("poll_office", __name__)


@bp.post("/polls/<uuid:poll_id>/open")
@needs("run-assembly")
def open_now(poll_id: UUID) -> Any:
    """Open voting."""
    return _act(poll_id, lambda: polls.open_poll(poll_id), "Voting is open. All delegates are written to.")


@bp.post("/polls/<uuid:poll_id>/close")
@needs("run-assembly")
def close_now(poll_id: UUID) -> Any:
    """Close voting."""
    return _act(poll_id, lambda: polls.close_poll(poll_id), "Voting is closed. The board holds every ballot.")


@bp.post("/polls/<uuid:poll_id>/remind")
@needs("run-assembly")
def remind(poll_id: UUID) -> Any:
    """Remind the co-ops that have not voted."""
    return _act(poll_id, lambda: polls.remind(poll_id), "Only those who have not voted are reminded.")


@bp.post("/polls/<uuid:poll_id>/closing")
@needs("run-assembly")
def move(poll_id: UUID) -> Any:
    """Give voting another hour to close."""
    form = Form.read(MoveForm(), request.form)
    if not form.ok:
        return page(polls.get_poll(poll_id), form, None), 422
    return _act(
        poll_id,
        lambda: polls.move_closing(poll_id, moment_of(form.data, "closes"), form.data["why"]),
        "The closing time is moved.",
        form,
    )


@bp.post("/polls/<uuid:poll_id>/give-up")
@needs("run-assembly")
def give_up(poll_id: UUID) -> Any:
    """Give the vote up."""
    form = Form.read(GiveUpForm(), request.form)
    if not form.ok:
        return page(polls.get_poll(poll_id), form, None), 422
    return _act(poll_id, lambda: polls.give_up(poll_id, form.data["why"]), "The vote is given up.", form)


@bp.post("/polls/<uuid:poll_id>/declare")
@needs("run-assembly")
def declare(poll_id: UUID) -> Any:
    """Declare the result."""
    form = Form.read(DeclareForm(), request.form)
    if not form.ok:
        return page(polls.get_poll(poll_id), form, None), 422
    return _act(poll_id, lambda: outcomes.declare(poll_id, **form.data), "The result is declared.", form)


def _act(poll_id: UUID, act: Callable[[], Any], done: str, form: Form | None = None) -> Any:
    """Do an act and go back to the vote; where it cannot be done, show why on the same page."""
    form = form or Form()
    try:
        act()
    except InvalidInput as error:
        wrong = {"closes_on" if path == "closes_at" else path: words for path, words in error.errors.items()}
        return page(polls.get_poll(poll_id), form.fail(InvalidInput(wrong)), None), 422
    except (RuleBroken, Conflict) as error:
        return page(polls.get_poll(poll_id), form.fail(InvalidInput({"": error.message})), None), 409
    say(done)
    return redirect(url_for("polls.result", poll_id=poll_id), 303)
