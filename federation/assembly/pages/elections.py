"""Elections: the call, who stands, the list, the vote, and a seat that falls free before its time."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from federation.assembly.models import Election
from federation.assembly.pages.acting import acted, show_refusal
from federation.assembly.schemas import elections as schemas
from federation.assembly.services import boards, elections, nominations, vacancies
from federation.assembly.views import elections as views
from tenants import clock
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form, moment_of

bp = Blueprint("elections", __name__)
FIELD_OF = {"nominations_until": "nominations_on", "opens_at": "opens_on", "closes_at": "closes_on"}
FIELD_OF |= {"constraints": "class_1", "classes": "class_1", "meeting_id": "meeting"}
"""Name of a fault to the field of the form."""


@bp.get("/elections")
@needs("see-assembly")
def index() -> str:
    """All elections."""
    state = request.args.get("state", "")
    state = state if state in views.STATES else ""
    return render_template("assembly/elections.html", **views.list_page(state, current_identity()))


@bp.get("/elections/new")
@needs("run-assembly")
def new() -> str:
    """Begin an election."""
    return _form(Form(views.new_values()), None)


@bp.post("/elections")
@needs("run-assembly")
def create() -> Any:
    """Keep a draft."""
    form = Form.read(schemas.ElectionForm(), request.form)
    if form.ok:
        try:
            made = elections.draft(views.terms_of(form.data))
            say("The election is kept. Nobody else sees it until you ask for nominations.")
            return redirect(url_for(".show", election_id=made.id), 303)
        except InvalidInput as error:
            _show(form, error)
    return _form(form, None), 422


@bp.get("/elections/<uuid:election_id>")
@needs("see-assembly")
def show(election_id: UUID) -> str:
    """One election: what it is for, who stands, how to stand, what comes next."""
    return _page(election_id, Form(_more_time()))


@bp.get("/elections/<uuid:election_id>/edit")
@needs("run-assembly")
def edit(election_id: UUID) -> str:
    """A draft, to write on."""
    election = _draft(election_id)
    return _form(Form(views.values_of(election)), election)


@bp.post("/elections/<uuid:election_id>/edit")
@needs("run-assembly")
def save(election_id: UUID) -> Any:
    """Keep the draft as it is now."""
    election = _draft(election_id)
    form = Form.read(schemas.ElectionForm(), request.form)
    if form.ok:
        try:
            elections.change(election_id, views.terms_of(form.data), form.data["version"] or 0)
            say("The election is kept.")
            return redirect(url_for(".show", election_id=election_id), 303)
        except (InvalidInput, RuleBroken, Conflict) as error:
            _show(form, error)
    return _form(form, election), 422


@bp.post("/elections/<uuid:election_id>/call")
@needs("run-assembly")
def call_election(election_id: UUID) -> Any:
    """Ask all co-ops for candidates."""
    return _acted(election_id, lambda: elections.call_election(election_id), "All co-ops are asked for candidates.")


@bp.post("/elections/<uuid:election_id>/extend")
@needs("run-assembly")
def extend(election_id: UUID) -> Any:
    """Give nominations more time."""
    form = Form.read(schemas.UntilForm(), request.form)
    if form.ok:
        try:
            until = moment_of(form.data, "until")
            elections.extend(election_id, until, form.data["why"])
            say("Nominations have more time, and all co-ops are told.")
            return redirect(url_for(".show", election_id=election_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error, {"nominations_until": "until_on"})
    return _page(election_id, form), 422


@bp.post("/elections/<uuid:election_id>/list")
@needs("run-assembly")
def close_nominations(election_id: UUID) -> Any:
    """Close nominations."""
    return _acted(election_id, lambda: elections.close_nominations(election_id), "Nominations are closed.")


@bp.post("/elections/<uuid:election_id>/unopposed")
@needs("run-assembly")
def elect_unopposed(election_id: UUID) -> Any:
    """Declare all who stand elected, without a vote."""
    return _acted(election_id, lambda: elections.elect_unopposed(election_id), "Declared: all who stood are elected.")


@bp.post("/elections/<uuid:election_id>/cancel")
@needs("run-assembly")
def cancel(election_id: UUID) -> Any:
    """Give the election up."""
    why = request.form.get("why", "")
    return _acted(election_id, lambda: elections.cancel(election_id, why), "The election is given up.")


@bp.get("/elections/<uuid:election_id>/stand")
@needs("stand")
def nominate(election_id: UUID) -> str:
    """Nominate somebody."""
    return _stand_page(elections.get_election(election_id), Form())


@bp.post("/elections/<uuid:election_id>/stand")
@needs("stand")
def stand(election_id: UUID) -> Any:
    """Put somebody on the list who has agreed to stand."""
    election = elections.get_election(election_id)
    form = Form.read(schemas.StandForm(), request.form)
    if form.ok:
        try:
            made = nominations.stand(election_id, **form.data)
            say(f"{made.name} stands for election.")
            return redirect(url_for(".show", election_id=election_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error)
    return _stand_page(election, form), 422


@bp.post("/elections/<uuid:election_id>/candidates/<uuid:candidate_id>/withdraw")
@needs("stand")
def withdraw(election_id: UUID, candidate_id: UUID) -> Any:
    """Take a nomination of the own co-op back."""
    _candidate_of(election_id, candidate_id)
    return _acted(election_id, lambda: nominations.withdraw(candidate_id), "The nomination is taken back.")


@bp.post("/elections/<uuid:election_id>/candidates/<uuid:candidate_id>/strike")
@needs("run-assembly")
def strike(election_id: UUID, candidate_id: UUID) -> Any:
    """Take somebody off the list who cannot serve."""
    _candidate_of(election_id, candidate_id)
    why = request.form.get("why", "")
    return _acted(election_id, lambda: nominations.strike(candidate_id, why), "The name is off the list.")


@bp.get("/elections/<uuid:election_id>/vote")
@needs("run-assembly")
def vote(election_id: UUID) -> Any:
    """Say when voting opens and closes."""
    election = elections.get_election(election_id)
    try:
        return _vote_page(election, Form(views.voting_values()))
    except RuleBroken as error:
        say(error.message, "bad")
        return redirect(url_for(".show", election_id=election_id), 303)


@bp.post("/elections/<uuid:election_id>/vote")
@needs("run-assembly")
def open_voting(election_id: UUID) -> Any:
    """Plan the vote on the list as it stands."""
    election = elections.get_election(election_id)
    form = Form.read(schemas.VotingForm(), request.form)
    if form.ok:
        try:
            opens_at, closes_at = moment_of(form.data, "opens"), moment_of(form.data, "closes")
            elections.open_voting(election_id, opens_at=opens_at, closes_at=closes_at)
            say("The vote is planned, and every co-op has notice of it.")
            return redirect(url_for(".show", election_id=election_id), 303)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error)
    return _vote_page(election, form), 422


@bp.get("/elections/<uuid:election_id>/vacancy")
@needs("run-assembly")
def vacancy(election_id: UUID) -> str:
    """Say whose seat fell free."""
    return _vacancy_page(elections.get_election(election_id), Form())


@bp.post("/elections/<uuid:election_id>/vacancy")
@needs("run-assembly")
def fill(election_id: UUID) -> Any:
    """Count again without those who left: with `act=fill` for good, else to look at."""
    election = elections.get_election(election_id)
    form, answer = Form.read(schemas.VacancyForm(), _lists("departed", "unavailable")), None
    if form.ok:
        try:
            if request.form.get("act") == "fill":
                vacancies.fill(election_id, **form.data)
                say("The seat is filled by the recount, and all co-ops are told.")
                return redirect(url_for(".show", election_id=election_id) + "#h-vacancy", 303)
            answer = vacancies.recount(election_id, **form.data)
        except (InvalidInput, RuleBroken) as error:
            _show(form, error)
    return _vacancy_page(election, form, answer), 200 if answer is not None else 422


@bp.get("/elections/<uuid:election_id>/ballots.blt")
@needs("see-assembly")
def ballots(election_id: UUID) -> Response:
    """All ballots of a declared election as a BLT file. Raises: NotFound before that, or where they are kept back."""
    poll = elections.poll_of(elections.get_election(election_id))
    if poll is None:
        raise NotFound("ballots")
    with zipfile.ZipFile(io.BytesIO(boards.bundle(poll.id))) as packed:
        text = packed.read("ballots.blt")
    name = f"election-{poll.number}.blt"
    return Response(text, mimetype="text/plain", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(election_id: UUID, form: Form) -> str:
    shown = views.election_page(elections.get_election(election_id), form, current_identity())
    return render_template("assembly/election.html", **shown)


def _form(form: Form, election: Election | None) -> str:
    return render_template("assembly/election_form.html", form=form, **views.form_page(election))


def _stand_page(election: Election, form: Form) -> str:
    return render_template("assembly/election_stand.html", form=form, **views.stand_page(election))


def _vote_page(election: Election, form: Form) -> str:
    earliest = clock.day_words(elections.earliest_opening())
    return render_template("assembly/election_vote.html", form=form, election=election, earliest=earliest)


def _vacancy_page(election: Election, form: Form, answer: Any = None) -> str:
    return render_template("assembly/election_vacancy.html", form=form, **views.vacancy_page(election, answer))


def _draft(election_id: UUID) -> Election:
    election = elections.get_election(election_id)
    if election.state != "draft":
        raise RuleBroken("no-such-move", "It is called already, so it stands as all co-ops have read it.")
    return election


def _candidate_of(election_id: UUID, candidate_id: UUID) -> None:
    if nominations.get_candidate(candidate_id).election_id != election_id:
        raise NotFound("candidate")


def _more_time() -> dict[str, Any]:
    return {"until_on": clock.today() + timedelta(days=14), "until_time": "17:00"}


def _lists(*names: str) -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in names}


def _acted(election_id: UUID, act: Callable[[], object], said: str) -> Any:
    return acted(act, said, url_for(".show", election_id=election_id))


def _show(form: Form, error: InvalidInput | RuleBroken | Conflict, more: dict[str, str] | None = None) -> None:
    show_refusal(form, error, FIELD_OF | (more or {}))
