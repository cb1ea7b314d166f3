"""What the front page of the assembly shows: to each role its next step first, then everything that is going on."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from federation.assembly.models import Poll
from federation.assembly.services import debate, decision_rules, motions, overview, policies, polls
from federation.assembly.views.motions import row_of
from tenants import clock
from tenants.errors import RuleBroken
from tenants.identity import Identity
from tenants.permissions import may
from tenants.services.coops import coop_names

LATELY = 6
WAYS = {
    "room": "In a room",
    "online": "Online",
    "hybrid": "In a room and online",
    "correspondence": "By correspondence",
}


def front_page(identity: Identity) -> dict[str, Any]:
    """What assembly/assembly.html shows."""
    opened = overview.open_polls()
    waiting = [waiting_vote(own, identity) for own in overview.own_votes(opened)] if identity.kind == "coop" else []
    names, (talked, _total) = coop_names(), motions.list_motions("talked", limit=12)
    said = debate.count_remarks([row.id for row in talked])
    amended = overview.count_waiting_amendments()
    mine = [vote for vote in waiting if vote["waits"]]
    talk = [row_of(row, names, said) | {"amendments": amended.get(row.id, 0)} for row in talked]
    lately = [_declared(poll) for poll in overview.declared_polls(LATELY)]
    return {
        "title": _title(len(mine), len(opened), identity),
        "mine": mine,
        "voted": [vote for vote in waiting if not vote["waits"] and vote["whole"]],
        "opened": [_office_vote(poll) for poll in opened] if identity.kind != "coop" else [],
        "next_acts": next_steps(identity),
        "talk": talk,
        "noticed": [_planned(poll) for poll in overview.planned_polls()],
        "meetings": [_meeting(row) for row in overview.upcoming_meetings()],
        "elections": [_election(row) for row in overview.current_elections()],
        "lately": lately,
        "in_force": len(policies.list_in_force()),
        "new": not (waiting or opened or talk or lately),
        "may_write": may("move-motions", identity.kind, identity.roles)
        or may("run-assembly", identity.kind, identity.roles),
        "founded": _founded(),
        "own": identity.acting.name,
        "is_coop": identity.kind == "coop",
    }


def _title(mine: int, opened: int, identity: Identity) -> str:
    if mine:
        return (
            _("One vote waits for %(coop)s", coop=identity.acting.name)
            if mine == 1
            else _("%(n)s votes wait for %(coop)s", n=mine, coop=identity.acting.name)
        )
    if opened and identity.kind == "coop":
        return _("No vote waits for %(coop)s", coop=identity.acting.name)
    return _("What is the assembly deciding?")


def waiting_vote(own: overview.OwnVotes, identity: Identity) -> dict[str, Any]:
    """An open vote as the co-op sees it: what it holds, what is cast, when it closes."""
    poll = own.poll
    held = _("%(n)s of %(all)s votes", n=own.units, all=sum(int(weight) for weight in poll.weights.values()))
    proxies = [_("%(n)s of %(coop)s, by proxy", n=units, coop=name) for name, units in sorted(own.by_proxy.items())]
    return {
        "title": poll.title,
        "href": f"/polls/{poll.id}",
        "kind": kind_words(poll),
        "held": held,
        "whole": own.whole,
        "proxies": proxies,
        "waits": own.waits or (not own.whole and bool(proxies)),
        "cast": own.cast,
        "secret": poll.secret,
        "closes": clock.moment_words(poll.closes_at),
        "may_vote": may("cast-votes", identity.kind, identity.roles) and not poll.by_hand,
        "by_hand": poll.by_hand,
        "reopened": clock.moment_words(poll.reopened_at) if poll.reopened_at else "",
    }


def kind_words(poll: Poll) -> str:
    """What is voted on."""
    return {"motion": _("Motion"), "amendment": _("Amendment"), "election": _("Election")}[poll.subject_kind]


def _office_vote(poll: Poll) -> dict[str, Any]:
    cast = polls.turnout(poll.id)
    return {
        "title": poll.title,
        "href": f"/polls/{poll.id}",
        "kind": kind_words(poll),
        "turnout": _("%(n)s of %(all)s co-ops have voted", n=cast.coops, all=cast.coops_total),
        "percent": 100 * cast.coops / cast.coops_total if cast.coops_total else 0,
        "closes": clock.moment_words(poll.closes_at),
    }


def next_steps(identity: Identity) -> list[dict[str, str]]:
    """What this person does next, apart from voting: text, href, act."""
    if may("run-assembly", identity.kind, identity.roles):
        return _office_steps()
    return [*_delegate_steps(identity), *_coop_steps(identity)]


def _delegate_steps(identity: Identity) -> list[dict[str, str]]:
    if not may("move-motions", identity.kind, identity.roles):
        return []
    steps, me = [], identity.acting.tenant_id
    for row in motions.list_motions("talked", limit=100)[0]:
        if row.state == "submitted" and row.moved_by_coop != me:
            text = _("Motion %(n)s looks for a second: %(title)s", n=row.number, title=row.title)
            steps.append(_step(text, _motion(row), _("Read it")))
    for row in overview.amended_motions_of(me):
        text = _("An amendment to your motion %(n)s waits for your answer", n=row.number)
        steps.append(_step(text, _motion(row), _("Look")))
    for row in motions.list_drafts():
        href = url_for("motions.edit", draft_id=row.id)
        steps.append(_step(_("A draft is not finished: %(title)s", title=row.title), href, _("Go on")))
    return steps


def _coop_steps(identity: Identity) -> list[dict[str, str]]:
    steps = []
    if may("agree-size", identity.kind, identity.roles) and (asked := overview.size_to_answer()) is not None:
        text = _("Is your co-op’s size right? Votes rest on it (%(day)s)", day=clock.day_words(asked.as_of_date))
        steps.append(_step(text, "/assembly/sizes", _("Answer")))
    if may("tell-policy", identity.kind, identity.roles):
        told = policies.told_by_us()
        for row in policies.list_in_force():
            if told.get(row.id) in (None, "not_yet"):
                href = url_for("policies.show", policy_id=row.id)
                text = _("Policy %(n)s, “%(title)s”: what has your co-op done about it?", n=row.number, title=row.title)
                steps.append(_step(text, href, _("Tell")))
    return steps


def _office_steps() -> list[dict[str, str]]:
    steps = []
    for poll in overview.closed_polls():
        steps.append(_step(_("Voting has closed: %(title)s", title=poll.title), f"/polls/{poll.id}", _("Declare it")))
    for row in motions.list_motions("talked", limit=100)[0]:
        if row.state == "seconded":
            steps.append(
                _step(
                    _("Motion %(n)s is seconded: %(title)s", n=row.number, title=row.title),
                    _motion(row),
                    _("Admit or refuse"),
                )
            )
        elif row.state == "admitted":
            href = url_for("motions.notice", motion_id=row.id)
            steps.append(
                _step(
                    _("Motion %(n)s waits for notice: %(title)s", n=row.number, title=row.title), href, _("Give notice")
                )
            )
    for row in policies.list_due_for_review():
        href = url_for("policies.show", policy_id=row.id)
        steps.append(
            _step(_("Policy %(n)s is due for review: %(title)s", n=row.number, title=row.title), href, _("Look"))
        )
    return steps


def _step(text: str, href: str, act: str) -> dict[str, str]:
    return {"text": text, "href": href, "act": act}


def _motion(row: Any) -> str:
    return url_for("motions.show", motion_id=row.id)


def _planned(poll: Poll) -> dict[str, str]:
    opens = clock.moment_words(poll.opens_at)
    return {"title": poll.title, "href": f"/polls/{poll.id}", "kind": kind_words(poll), "opens": opens}


def _meeting(row: Any) -> dict[str, Any]:
    return {
        "title": row.title,
        "href": f"/meetings/{row.id}",
        "at": clock.moment_words(row.starts_at),
        "way": _(WAYS[row.way]),
        "draft": row.state == "draft",
    }


def _election(row: Any) -> dict[str, Any]:
    seats = _("one seat") if row.seats == 1 else _("%(n)s seats", n=row.seats)
    state = {
        "draft": (_("In preparation"), ""),
        "nominations": (_("Nominations"), "info"),
        "listed": (_("The list stands"), "teal"),
        "voting": (_("Voting is open"), "ok"),
    }[row.state]
    if row.state == "nominations":
        seats = _("%(seats)s; stand by %(moment)s", seats=seats, moment=clock.moment_words(row.nominations_until))
    return {"title": row.title, "href": f"/elections/{row.id}", "seats": seats, "state": state[0], "kind": state[1]}


def _declared(poll: Poll) -> dict[str, Any]:
    outcome = (poll.result or {}).get("outcome", "")
    words = {
        "carried": (_("Carried"), "ok"),
        "lost": (_("Fallen"), "bad"),
        "not_quorate": (_("Too few took part"), "warn"),
    }.get(outcome, (_("Elected"), "ok"))
    day = clock.day_words(poll.declared_at.astimezone(clock.LONDON).date()) if poll.declared_at else ""
    return {
        "title": poll.title,
        "href": f"/polls/{poll.id}/result",
        "what": kind_words(poll),
        "outcome": words[0],
        "outcome_kind": words[1],
        "on": day,
    }


def _founded() -> bool:
    """Whether there are rules by which anything can be decided."""
    try:
        decision_rules.rule_for("ordinary")
    except RuleBroken:
        return False
    return True
