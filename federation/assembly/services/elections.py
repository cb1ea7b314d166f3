"""An election from its call to its result: nominations, the list, the vote, or seats that are filled without one.

The returning officer acts in office scope; co-ops nominate by `nominations`, and vote in the poll that is planned here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from federation.assembly.count.problem import ClassRule
from federation.assembly.count.room import Room
from federation.assembly.models import Candidate, Election, Poll
from federation.assembly.rule import last_day_for_notice
from federation.assembly.services import decision_rules, motion_letters, nominations, polls
from federation.assembly.services.election_terms import METHODS, Terms, check, columns
from federation.assembly.services.numbers import next_number
from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken

# -- reading


def get_election(election_id: UUID) -> Election:
    """One election, as the database has it now. Any scope. Raises: NotFound."""
    found = db.session.get(Election, election_id, populate_existing=True)
    if found is None:
        raise NotFound("election")
    return found


def list_elections(state: str = "") -> Sequence[Election]:
    """Elections, the newest first; those in one state where it is given. Any scope."""
    chosen = select(Election).order_by(Election.number.desc())
    return db.session.scalars(chosen.where(Election.state == state) if state else chosen).all()


def poll_of(election: Election) -> Poll | None:
    """The poll of an election, once the vote is planned; none when it was given up. Any scope."""
    poll = polls.get_poll(election.poll_id) if election.poll_id is not None else None
    return None if poll is None or poll.state == "void" else poll


def state_of(election: Election) -> str:
    """Where an election stands: one whose vote was given up stands where it was before. Any scope."""
    return "listed" if election.state == "voting" and poll_of(election) is None else election.state


def seated(election: Election) -> list[Candidate]:
    """Who holds the seats now, in the order in which they were elected; nobody before the result. Any scope."""
    if election.state != "declared":
        return []
    by_id = {str(one.id): one for one in nominations.list_candidates(election.id)}
    poll = poll_of(election)
    elected = list(by_id) if poll is None else list((poll.result or {}).get("elected", ()))
    vacancy: Mapping[str, Any] = election.vacancy or {}
    left = set(vacancy.get("departed", ()))
    return [by_id[one] for one in [*elected, *vacancy.get("elected", ())] if one in by_id and one not in left]


def obstacles(election: Election, candidates: Sequence[Candidate]) -> list[str]:
    """Why the seats cannot be filled by these candidates and the rules on classes, in sentences; none when they can."""
    rules = [
        ClassRule(rule["class"], rule.get("at_least", 0), rule.get("at_most"))
        for rule in polls.bounds(election.constraints)
    ]
    room = Room([one.class_name for one in candidates], rules, election.seats)
    return [f"{why[:1].upper()}{why[1:]}." for why in room.why_impossible()]


def is_unopposed(election: Election, candidates: Sequence[Candidate]) -> bool:
    """Whether all who stand can have a seat, so that no vote is needed."""
    if not candidates or len(candidates) > election.seats or obstacles(election, candidates):
        return False
    most = {rule["class"]: rule["at_most"] for rule in polls.bounds(election.constraints) if "at_most" in rule}
    return all(sum(one.class_name == name for one in candidates) <= limit for name, limit in most.items())


def earliest_opening() -> date:
    """The first day on which voting can open when it is planned today. Raises: RuleBroken without a rule."""
    return clock.today() + timedelta(days=decision_rules.rule_for("election")[1].notice_days + 1)


# -- before the list stands


def draft(terms: Terms) -> Election:
    """Write an election; nobody else sees it yet. Office scope. Raises: InvalidInput."""
    check(terms)
    election = Election(number=next_number(Election), **columns(terms))
    db.session.add(election)
    db.session.flush()
    audit.record("draft-election", "election", election.id, {"number": election.number, "title": election.title})
    return election


def change(election_id: UUID, terms: Terms, version: int) -> Election:
    """Write a draft again. Office scope. Raises: NotFound, InvalidInput, Conflict, RuleBroken once it is called."""
    election = _in_state(election_id, "draft")
    if election.version != version:
        raise Conflict("changed-meanwhile", "Somebody changed this election meanwhile. Look at it again.")
    check(terms)
    for name, value in columns(terms).items():
        setattr(election, name, value)
    db.session.flush()
    audit.record("change-election", "election", election_id, {"number": election.number})
    return election


def call_election(election_id: UUID) -> Election:
    """Ask all co-ops for candidates. Office scope. Raises: NotFound, InvalidInput when the time is over, RuleBroken."""
    election = _in_state(election_id, "draft")
    _in_future(election.nominations_until, "nominations_until")
    election.state = "nominations"
    db.session.flush()
    audit.record("call-election", "election", election_id, {"number": election.number})
    _tell(
        election,
        f"Who stands for {election.title}?",
        f"{seats_words(election.seats)} to be filled: {election.title}.\n\n{election.what}\n\n"
        f"A delegate of each co-op can nominate until {clock.moment_words(election.nominations_until)}.",
    )
    return election


def extend(election_id: UUID, until: datetime, why: str) -> Election:
    """Give nominations more time, also after they had closed; a planned vote is given up. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken once voting is open.
    """
    election = _in_state(election_id, "nominations", "listed")
    _in_future(until, "nominations_until")
    reason = why.strip()
    if not 1 <= len(reason) <= 2000:
        raise InvalidInput({"why": "Say why: all co-ops read it"})
    _drop_poll(election, reason)
    election.state, election.nominations_until = "nominations", until
    db.session.flush()
    audit.record("extend-nominations", "election", election_id, {"until": until.isoformat()})
    _tell(
        election,
        f"More time for nominations: {election.title}",
        f"Candidates for {election.title} can be nominated until {clock.moment_words(until)}.\n\nWhy: {reason}",
    )
    return election


def close_nominations(election_id: UUID) -> Election:
    """Close nominations after their time: the list of candidates stands. Office scope.

    Fewer candidates than seats is no fault here: what follows is the officer's choice.

    Raises: NotFound, RuleBroken before the time.
    """
    election = _in_state(election_id, "nominations")
    if clock.now() <= election.nominations_until:
        told = clock.moment_words(election.nominations_until)
        raise RuleBroken("too-early", f"Nominations are promised until {told}. Close them after that.")
    election.state = "listed"
    db.session.flush()
    names = [one.name for one in nominations.list_candidates(election_id)]
    audit.record("list-candidates", "election", election_id, {"number": election.number, "candidates": len(names)})
    told = "\n".join(names) or "Nobody."
    _tell(election, f"Who stands for {election.title}", f"Nominations are closed. These stand:\n\n{told}")
    return election


# -- the vote, or no vote


def elect_unopposed(election_id: UUID) -> Election:
    """Declare all who stand elected without a vote: there are seats for all of them. Office scope.

    Raises: NotFound, RuleBroken where a vote is needed, nobody stands, or rules on classes would be broken.
    """
    election = _in_state(election_id, "listed")
    standing = nominations.list_candidates(election_id)
    if election.poll_id is not None:
        raise RuleBroken("vote-planned", "A vote is planned already. Extend nominations or let it be held.")
    if why := obstacles(election, standing):
        raise RuleBroken("classes-cannot-be-kept", " ".join(why))
    if not is_unopposed(election, standing):
        words = "More stand than there are seats, so a vote decides." if standing else "Nobody stands."
        raise RuleBroken("not-unopposed", words)
    election.state = "declared"
    db.session.flush()
    names = [one.name for one in standing]
    audit.record("elect-unopposed", "election", election_id, {"number": election.number, "elected": len(names)})
    _tell(
        election,
        f"Elected without a vote: {election.title}",
        "No more stood than there are seats, so these are elected:\n\n" + "\n".join(names),
    )
    return election


def open_voting(election_id: UUID, *, opens_at: datetime, closes_at: datetime) -> Poll:
    """Plan the vote on the list as it stands, in time by the clear days of the rule. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken where nobody stands, the classes cannot be kept, or the notice is too short.
    """
    election = _in_state(election_id, "listed")
    if election.poll_id is not None:
        raise RuleBroken("vote-planned", "The vote is planned already.")
    if opens_at < clock.now():
        raise InvalidInput({"opens_at": "Voting cannot open in the past"})
    standing = nominations.list_candidates(election_id)
    if not standing:
        raise RuleBroken("nobody-stands", "Nobody stands. Extend nominations, or give the election up.")
    if why := obstacles(election, standing):
        raise RuleBroken("classes-cannot-be-kept", f"{' '.join(why)} Extend nominations first.")
    notice = decision_rules.rule_for("election")[1].notice_days
    if clock.today() > last_day_for_notice(opens_at, notice):
        day = clock.day_words(earliest_opening())
        raise RuleBroken(
            "notice-too-short", f"This needs {notice} clear days of notice: voting opens {day} at the earliest."
        )
    poll = polls.plan(
        "election",
        election.id,
        election.title,
        rule_kind="election",
        method=election.method,
        opens_at=opens_at,
        closes_at=closes_at,
        secret=election.secret,
        seats=election.seats,
        choices=[_choice(one) for one in standing],
        constraints=election.constraints,
        meeting_id=election.meeting_id,
    )
    election.poll_id = poll.id
    db.session.flush()
    audit.record("plan-election", "election", election_id, {"number": election.number, "poll": poll.number})
    hours = f"Voting opens {clock.moment_words(opens_at)} and closes {clock.moment_words(closes_at)}."
    told = "\n\n".join(f"{one.name}\n{one.statement}".strip() for one in standing)
    _tell(election, f"Notice of election: {election.title}", f"{hours}\n\n{election.what}\n\nThese stand:\n\n{told}")
    return poll


def cancel(election_id: UUID, why: str) -> Election:
    """Give an election up before its result; a vote that is planned or open goes with it. Office scope.

    Raises: NotFound, InvalidInput without a reason, RuleBroken when it is over.
    """
    election = _in_state(election_id, "draft", "nominations", "listed", "voting")
    reason, told = why.strip(), election.state != "draft"
    if told and not 1 <= len(reason) <= 2000:
        raise InvalidInput({"why": "Say why: all co-ops read it"})
    poll = poll_of(election)
    if poll is not None and poll.state == "closed":
        raise RuleBroken("no-such-move", "Voting has closed: declare the result.")
    if poll is not None:
        polls.give_up(poll.id, reason)
    election.state = "cancelled"
    db.session.flush()
    audit.record("cancel-election", "election", election_id, {"number": election.number, "why": reason[:500]})
    if told:
        _tell(election, f"Given up: {election.title}", f"The election is given up.\n\nWhy: {reason}")
    return election


def settle(election_id: UUID, poll: Poll) -> Election:
    """Take over the declared result of its poll. Office scope. Raises: NotFound, RuleBroken."""
    election = get_election(election_id)
    if election.state not in ("listed", "voting") or election.poll_id != poll.id or poll.result is None:
        raise RuleBroken("no-such-move", "This election is not at its vote.")
    election.state = "declared"
    db.session.flush()
    facts = {"number": election.number, "elected": len(poll.result["elected"])}
    audit.record("settle-election", "election", election_id, facts)
    return election


def seats_words(seats: int) -> str:
    """Seats as the letters say them.

    >>> seats_words(1), seats_words(3)
    ('One seat is', '3 seats are')
    """
    return "One seat is" if seats == 1 else f"{seats} seats are"


def _in_state(election_id: UUID, *states: str) -> Election:
    """The election, locked until the transaction ends. Raises: NotFound, RuleBroken when it has moved on."""
    election = db.session.get(Election, election_id, populate_existing=True, with_for_update=True)
    if election is None:
        raise NotFound("election")
    if election.poll_id is not None and election.state in ("listed", "voting") and poll_of(election) is None:
        election.state, election.poll_id = "listed", None
    if election.state not in states:
        raise RuleBroken("no-such-move", "This cannot be done now: it has moved on. Load the page again.")
    return election


def _choice(candidate: Candidate) -> dict[str, str]:
    return {
        "id": str(candidate.id),
        "name": candidate.name,
        "coop": str(candidate.coop_id),
        "class": candidate.class_name,
        "statement": candidate.statement,
    }


def _in_future(moment: datetime, name: str) -> None:
    if moment <= clock.now():
        raise InvalidInput({name: "Nominations must end in the future"})


def _drop_poll(election: Election, why: str) -> None:
    """Give up a vote that is planned; once it is open the list stands."""
    if election.poll_id is None:
        return
    polls.give_up(election.poll_id, why)
    election.poll_id = None


def _tell(election: Election, subject: str, body: str) -> None:
    motion_letters.write_to_all(subject[:200], body, f"/elections/{election.id}")


__all__ = [
    "METHODS",
    "Terms",
    "call_election",
    "cancel",
    "change",
    "close_nominations",
    "draft",
    "earliest_opening",
    "elect_unopposed",
    "extend",
    "get_election",
    "is_unopposed",
    "list_elections",
    "obstacles",
    "open_voting",
    "poll_of",
    "seated",
    "seats_words",
    "settle",
    "state_of",
]
