"""What the pages of elections show before and after the vote: the list, one election, its forms, a vacancy."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from federation.assembly.models import Candidate, Election, Poll
from federation.assembly.schemas.elections import CLASS_ROWS
from federation.assembly.services import decision_rules, elections, nominations, overview, polls
from federation.assembly.services.election_terms import Terms
from federation.assembly.views.motion_forms import uuid_or_none
from federation.assembly.views.rounds import SHORT_METHODS, ranked_result
from tenants import clock
from tenants.errors import RuleBroken
from tenants.identity import Identity
from tenants.permissions import may
from tenants.services.coops import coop_names
from tenants.web_forms import Form, moment_of

STATES: dict[str, tuple[str, str]] = {
    "draft": ("In preparation", ""),
    "nominations": ("Nominations are open", "info"),
    "listed": ("The list stands", "teal"),
    "voting": ("Voting is open", "ok"),
    "declared": ("Declared", "ok"),
    "cancelled": ("Given up", ""),
}
STEPS = ("Nominations", "The list", "Vote", "Result")
STEP_AT = {"draft": 0, "nominations": 0, "listed": 1, "voting": 2, "declared": 4}
METHOD_CHOICES = (
    (
        "scottish",
        "Single transferable vote, Scottish rules",
        "For several seats. You rank candidates; what a winner does not need, and the votes of whoever leaves, move on to"
        " the next choice. Can be followed by hand.",
    ),
    (
        "meek",
        "Single transferable vote, Meek’s rules",
        "The same idea, worked out again after every step so that no part of a vote is lost by the order of the count."
        " Needs a computer.",
    ),
    (
        "irv",
        "Alternative vote",
        "For one seat. The last leaves, and their votes move on, until one has more than half.",
    ),
    ("approval", "Approval", "You tick everybody you agree to. The most ticks are elected; there is no ranking."),
)


def list_page(state: str, identity: Identity) -> dict[str, Any]:
    """What assembly/elections.html shows."""
    rows = [row_of(row) for row in elections.list_elections(state)]
    runs = may("run-assembly", identity.kind, identity.roles)
    return {
        "rows": rows,
        "state": state,
        "states": [
            ("", _("All")),
            *((key, _(words)) for key, (words, _kind) in STATES.items() if runs or key != "draft"),
        ],
        "may_run": runs,
    }


def row_of(election: Election) -> dict[str, Any]:
    """One election in a list."""
    state = elections.state_of(election)
    words, kind = STATES[state]
    return {
        "href": url_for("elections.show", election_id=election.id),
        "number": election.number,
        "title": election.title,
        "seats": ngettext("%(num)s seat", "%(num)s seats", election.seats),
        "method": _(SHORT_METHODS[election.method]),
        "state": _(words),
        "kind": kind,
        "when": when_words(election, elections.poll_of(election)),
    }


def when_words(election: Election, poll: Poll | None) -> str:
    """What comes next in an election, and when."""
    state = elections.state_of(election)
    if state in ("draft", "nominations"):
        until = clock.moment_words(election.nominations_until)
        over = clock.now() > election.nominations_until
        return _("Nominations ended %(at)s.", at=until) if over else _("Nominations until %(at)s.", at=until)
    if poll is not None and poll.state == "planned":
        return _("Voting opens %(at)s.", at=clock.moment_words(poll.opens_at))
    if poll is not None and poll.state == "open":
        return _("Voting closes %(at)s.", at=clock.moment_words(poll.closes_at))
    if poll is not None and poll.declared_at is not None:
        return _("Declared %(at)s.", at=clock.moment_words(poll.declared_at))
    if state == "declared":
        return _("Elected without a vote: there were seats for all who stood.")
    if state == "listed":
        return _("Nominations are closed. The returning officer says what comes next.")
    return _("Votes are being counted.") if poll is not None else ""


def election_page(election: Election, form: Form, identity: Identity) -> dict[str, Any]:
    """What assembly/election.html shows."""
    state, poll = elections.state_of(election), elections.poll_of(election)
    everybody = nominations.list_candidates(election.id, withdrawn=True)
    standing = [one for one in everybody if one.state == "nominated"]
    words, kind = STATES[state]
    coops = coop_names()
    runs, stands = (may(act, identity.kind, identity.roles) for act in ("run-assembly", "stand"))
    open_ = state == "nominations" and clock.now() <= election.nominations_until
    return {
        "election": election,
        "poll": poll,
        "form": form,
        "state": state,
        "tag_text": _(words),
        "tag_kind": kind,
        "when": when_words(election, poll),
        "steps_at": STEP_AT.get(state),
        "step_names": [_(step) for step in STEPS],
        "cards": _cards(election, standing),
        "class_rules": class_rules(election),
        "candidates": [_candidate(one, identity, coops) for one in everybody],
        "seated": [
            {"name": one.name, "coop": coops.get(str(one.coop_id), ""), "class": one.class_name}
            for one in elections.seated(election)
        ],
        "vacancy": _vacancy(election, everybody),
        "may_stand": stands and open_,
        "may_withdraw": stands and state in ("nominations", "listed"),
        "open": open_,
        "votes": may("cast-votes", identity.kind, identity.roles) and poll is not None and poll.state == "open",
        "office": _office(election, state, poll, standing) if runs else None,
    }


def class_rules(election: Election) -> list[str]:
    """The rules on classes as sentences."""
    told = []
    for rule in polls.bounds(election.constraints):
        least, most = rule.get("at_least"), rule.get("at_most")
        if least and most is not None:
            told.append(_("%(least)s to %(most)s from %(name)s", least=least, most=most, name=rule["class"]))
        elif least:
            told.append(_("At least %(least)s from %(name)s", least=least, name=rule["class"]))
        elif most is not None:
            told.append(_("At most %(most)s from %(name)s", most=most, name=rule["class"]))
    return told


# -- forms


def form_page(election: Election | None) -> dict[str, Any]:
    """What the form of an election offers to choose from."""
    return {
        "election": election,
        "methods": [(value, _(words), _(why)) for value, words, why in METHOD_CHOICES],
        "class_rows": range(1, CLASS_ROWS + 1),
        "meetings": [(str(row.id), f"{row.title}, {clock.moment_words(row.starts_at)}") for row in _meetings()],
    }


def new_values() -> dict[str, Any]:
    """What the form of a new election begins with: three weeks for nominations, secret as the rule says."""
    day = clock.today() + timedelta(days=21)
    try:
        secret = decision_rules.rule_for("election")[1].secret
    except RuleBroken:
        secret = True
    way = "secret" if secret else "recorded"
    return {"seats": 1, "method": "scottish", "way": way, "nominations_on": day, "nominations_time": "17:00"}


def values_of(election: Election) -> dict[str, Any]:
    """A draft as the values of its form."""
    until = election.nominations_until.astimezone(clock.LONDON)
    values: dict[str, Any] = {name: getattr(election, name) for name in ("title", "what", "seats", "method", "version")}
    values |= {"way": "secret" if election.secret else "recorded", "meeting": election.meeting_id or ""}
    values |= {"nominations_on": until.date(), "nominations_time": f"{until:%H:%M}"}
    rules = {rule["class"]: rule for rule in polls.bounds(election.constraints)}
    for row, name in enumerate(election.classes[:CLASS_ROWS], 1):
        rule = rules.get(name, {})
        bounds = {f"least_{row}": rule.get("at_least", ""), f"most_{row}": rule.get("at_most", "")}
        values |= {f"class_{row}": name, **bounds}
    return values


def terms_of(data: Mapping[str, Any]) -> Terms:
    """A checked form as the terms of an election. Raises: InvalidInput."""
    rows = [(data[f"class_{row}"], data[f"least_{row}"], data[f"most_{row}"]) for row in range(1, CLASS_ROWS + 1)]
    rules = [
        {"class": name, "least": least, "most": most} for name, least, most in rows if (least, most) != (None, None)
    ]
    return Terms(
        title=data["title"],
        what=data["what"],
        seats=data["seats"],
        method=data["method"],
        classes=[name for name, _least, _most in rows if name],
        constraints=rules,
        secret=data["way"] == "secret",
        nominations_until=moment_of(data, "nominations"),
        meeting_id=uuid_or_none(data["meeting"], "meeting"),
    )


def voting_values() -> dict[str, Any]:
    """The hours that the form of a vote begins with: the first day in time, for a week. Raises: RuleBroken."""
    opens = elections.earliest_opening()
    return {"opens_on": opens, "opens_time": "09:30", "closes_on": opens + timedelta(days=7), "closes_time": "17:00"}


def stand_page(election: Election) -> dict[str, Any]:
    """What the form of a nomination shows."""
    return {
        "election": election,
        "classes": [(name, name) for name in election.classes],
        "class_rules": class_rules(election),
        "when": when_words(election, None),
    }


def vacancy_page(election: Election, answer: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the form of a casual vacancy shows; `answer` is the recount that was asked for."""
    seated = elections.seated(election)
    held = {one.id for one in seated}
    coops = coop_names()
    everybody = nominations.list_candidates(election.id)
    names = {str(one.id): coops.get(str(one.coop_id), "") for one in everybody}
    return {
        "election": election,
        "seated": [(str(one.id), one.name) for one in seated],
        "others": [(str(one.id), one.name) for one in everybody if one.id not in held],
        "ranked": ranked_result(answer, names) if answer is not None else None,
        "headline": answer["story"]["headline"] if answer is not None else "",
    }


# -- parts


def _cards(election: Election, standing: Sequence[Candidate]) -> list[dict[str, str]]:
    seats = _("seat to be filled") if election.seats == 1 else _("seats to be filled")
    way = _("secret ballot") if election.secret else _("on the record")
    stand = _("stands") if len(standing) == 1 else _("stand")
    return [
        {"title": _("To be filled"), "value": str(election.seats), "small": seats, "cls": "f-card--lead"},
        {"title": _("Candidates"), "value": str(len(standing)), "small": stand},
        {"title": _("Counted by"), "value": _(SHORT_METHODS[election.method]), "small": way},
    ]


def _candidate(candidate: Candidate, identity: Identity, coops: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": str(candidate.id),
        "name": candidate.name,
        "coop": coops.get(str(candidate.coop_id), ""),
        "class": candidate.class_name,
        "statement": candidate.statement,
        "withdrawn": candidate.state == "withdrawn",
        "own": candidate.coop_id == identity.acting.tenant_id,
    }


def _vacancy(election: Election, everybody: Sequence[Candidate]) -> dict[str, Any] | None:
    """The last recount for a seat that fell free."""
    if not election.vacancy:
        return None
    names = {str(one.id): one.name for one in everybody}
    answer = election.vacancy["result"]
    return {
        "headline": answer["story"]["headline"],
        "departed": [names.get(one, one) for one in election.vacancy["departed"]],
        "at": clock.moment_words(datetime.fromisoformat(election.vacancy["at"])),
        "ranked": ranked_result(answer),
    }


def _office(election: Election, state: str, poll: Poll | None, standing: Sequence[Candidate]) -> dict[str, Any]:
    """What the returning officer can do now."""
    over = clock.now() > election.nominations_until
    listed = state == "listed" and poll is None
    return {
        "may_edit": state == "draft",
        "may_call": state == "draft",
        "may_list": state == "nominations" and over,
        "may_extend": state in ("nominations", "listed") and (poll is None or poll.state == "planned"),
        "listed": listed,
        "obstacles": elections.obstacles(election, standing) if listed else [],
        "unopposed": listed and elections.is_unopposed(election, standing),
        "short": max(0, election.seats - len(standing)),
        "may_vote": listed and bool(standing),
        "may_strike": state in ("nominations", "listed"),
        "may_cancel": state in ("draft", "nominations", "listed", "voting"),
        "may_fill": state == "declared" and poll is not None and bool(elections.seated(election)),
    }


def _meetings() -> Sequence[Any]:
    return overview.upcoming_meetings()
