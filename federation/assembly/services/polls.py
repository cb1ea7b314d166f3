"""A poll from its planning to its closing: what was fixed when it opened, its hours, and who has voted by now."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, select, text

from federation.assembly import lots
from federation.assembly.models import Amendment, Candidate, DecisionRule, Election, Motion, Poll, PollSeed
from federation.assembly.models import Turnout as TurnoutRow
from federation.assembly.models.polls import METHODS
from federation.assembly.rule import Rule, read_rule
from federation.assembly.services import boards, closing, decision_rules, poll_letters, schemes
from federation.assembly.services.crossing import call
from federation.assembly.services.numbers import next_number
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import FEDERATION, current_scope

SUBJECTS: dict[str, Any] = {"motion": Motion, "amendment": Amendment, "election": Election}
FURTHER = (
    "A secret vote does not tell how each co-op voted, so the second majority of this rule could not be found. "
    "Take this vote on the record."
)


class Terms(TypedDict, total=False):
    """How a poll is to be taken; `secret` None is as its rule says."""

    rule_kind: str
    method: str
    opens_at: datetime
    closes_at: datetime
    secret: bool | None
    seats: int
    choices: Sequence[Mapping[str, Any]]
    constraints: Sequence[Mapping[str, Any]]
    meeting_id: UUID | None
    by_hand: bool
    text_hash: str


@dataclass(frozen=True)
class Turnout:
    """How many co-ops and votes have taken part, of how many; `voted` (id to votes cast) is for the office alone."""

    coops: int
    units: int
    coops_total: int
    units_total: int
    voted: Mapping[str, int] | None = None

    def missing(self, weights: Mapping[str, int]) -> list[str]:
        """Co-ops that hold votes and have not cast all of them. Office scope."""
        cast = self.voted or {}
        return [coop for coop, weight in weights.items() if cast.get(coop, 0) < weight]


def plan(subject_kind: str, subject_id: UUID, title: str, **terms: Unpack[Terms]) -> Poll:
    """Plan a poll; it opens and closes by itself at its hours, unless it is taken by hand. Office scope.

    `terms`: rule_kind, method, opens_at and closes_at are needed; see `Terms` for the others.

    Raises: InvalidInput, RuleBroken for a rule that a secret vote cannot keep, or without a rule or weights in force.
    """
    opens_at, closes_at = terms["opens_at"], terms["closes_at"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
    method = terms["method"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
    _check(subject_kind, method, opens_at, closes_at)
    rule_row, rule = decision_rules.rule_for(terms["rule_kind"])  # pyright: ignore[reportTypedDictNotRequiredAccess]
    secret = terms.get("secret")
    secret = rule.secret if secret is None else secret
    _check_secret(method, rule, secret, terms.get("by_hand", False))
    weighed = schemes.weigh_for(rule_row, rule)
    poll = Poll(
        number=next_number(Poll),
        subject_kind=subject_kind,
        subject_id=subject_id,
        title=title[:200],
        method=method,
        seats=terms.get("seats", 1),
        secret=secret,
        by_hand=terms.get("by_hand", False),
        meeting_id=terms.get("meeting_id"),
        opens_at=opens_at,
        closes_at=closes_at,
        rule_kind=rule_row.kind,
        rule_version=rule_row.version,
        rule=rule.as_json(),
        scheme_id=weighed.scheme_id,
        snapshot_id=weighed.snapshot_id,
        choices=[dict(choice) for choice in terms.get("choices", ())],
        constraints=bounds(terms.get("constraints", ())),
        text_hash=terms.get("text_hash", ""),
    )
    db.session.add(poll)
    db.session.flush()
    if not poll.by_hand:
        _defer(poll, "poll-open", poll.opens_at)
        _defer(poll, "poll-close", poll.closes_at)
    audit.record("plan-poll", "poll", poll.id, {"number": poll.number, "subject": str(subject_id)})
    return poll


def get_poll(poll_id: UUID) -> Poll:
    """One poll, as it stands now. Any scope. Raises: NotFound."""
    found = db.session.scalar(select(Poll).where(Poll.id == poll_id).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("vote")
    return found


def lock_poll(poll_id: UUID) -> Poll:
    """One poll, kept from others until this transaction ends. Office scope. Raises: NotFound."""
    chosen = select(Poll).where(Poll.id == poll_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(chosen)
    if found is None:
        raise NotFound("vote")
    return found


def list_polls(state: str | None = None) -> Sequence[Poll]:
    """Every poll, or those in one state; the newest first. Any scope."""
    chosen = select(Poll) if state is None else select(Poll).where(Poll.state == state)
    return db.session.scalars(chosen.order_by(Poll.number.desc())).all()


def open_poll(poll_id: UUID) -> Poll:
    """Open a planned poll: weights, sizes, names, classes, quota and sheet are copied in, and never computed again.

    A seed for lots is committed to, the board begins, and its head goes to all delegates. Office scope.

    Raises: NotFound, RuleBroken before its hour or in another state.
    """
    poll = lock_poll(poll_id)
    now = clock.now()
    if poll.state != "planned":
        raise RuleBroken("no-such-move", "This vote has opened already, or was given up.")
    if not poll.by_hand and now < poll.opens_at:
        raise RuleBroken("too-early", f"Voting opens {clock.moment_words(poll.opens_at)}.")
    _copy_weights(poll)
    if poll.subject_kind == "election":
        poll.choices = _standing(poll)
    seed = secrets.token_hex(32)
    db.session.add(PollSeed(poll_id=poll_id, seed=seed))
    poll.lots_commitment = lots.commitment(seed)
    db.session.flush()
    call("poll_act", of_poll=poll_id, move="open", at=now)
    poll = get_poll(poll_id)
    head = boards.append(poll_id, "opened", opened_body(poll))
    _tell_subject(poll, "voting")
    if not poll.by_hand:
        _defer_reminders(poll)
    poll_letters.opened(poll, head)
    audit.record("open-poll", "poll", poll_id, {"number": poll.number, "head": head})
    return poll


def close_poll(poll_id: UUID) -> Poll:
    """Close an open poll when its hour has passed: no vote slips past, ballots and turnout go on the board at once.

    The ballots of a secret poll are rewritten in random order before anybody reads one. Office scope.

    Raises: NotFound, RuleBroken before its hour or in another state.
    """
    poll = lock_poll(poll_id)
    if poll.state != "open":
        raise RuleBroken("no-such-move", "This vote is not open.")
    if not poll.by_hand and clock.now() < poll.closes_at:
        raise RuleBroken("too-early", f"Voting is open until {clock.moment_words(poll.closes_at)}.")
    call("poll_act", of_poll=poll_id, move="close", at=clock.now())
    poll = get_poll(poll_id)
    head = closing.publish(poll, turnout(poll_id).voted or {})
    poll_letters.closed(poll, head)
    audit.record("close-poll", "poll", poll_id, {"number": poll.number, "head": head})
    return poll


def move_closing(poll_id: UUID, closes_at: datetime, why: str) -> Poll:
    """Give an open or planned poll another hour to close, later than now; the board says so. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken when voting is over.
    """
    poll = lock_poll(poll_id)
    if poll.state not in ("planned", "open"):
        raise RuleBroken("no-such-move", "This vote is over.")
    if closes_at <= max(clock.now(), poll.opens_at):
        raise InvalidInput({"closes_at": "Voting can only close after it has opened, and not in the past"})
    if not why.strip():
        raise InvalidInput({"why": "Say why: all co-ops read it"})
    poll.closes_at = closes_at
    db.session.flush()
    if poll.state == "open":
        boards.append(poll_id, "changed", {"closes_at": closes_at.isoformat(), "why": why.strip()})
        poll_letters.moved(poll, why.strip())
    _defer(poll, "poll-close", closes_at)
    audit.record("move-poll", "poll", poll_id, {"closes_at": closes_at.isoformat()})
    return poll


def reopen(poll_id: UUID, text_hash: str, why: str) -> list[UUID]:
    """Begin the vote anew because the text has changed: every ballot is thrown away. Office scope.

    Those who had voted are written to; the answer is their ids. A poll that has not opened takes the new text alone.

    Raises: NotFound, RuleBroken when voting is over.
    """
    poll = lock_poll(poll_id)
    poll.text_hash = text_hash
    db.session.flush()
    if poll.state == "planned":
        return []
    voted = [UUID(coop) for coop in turnout(poll_id).voted or {}]
    call("poll_act", of_poll=poll_id, move="reopen", at=clock.now())
    poll = get_poll(poll_id)
    head = boards.append(poll_id, "changed", {"text_hash": text_hash, "why": why})
    poll_letters.reopened(poll, voted, why, head)
    audit.record("reopen-poll", "poll", poll_id, {"coops": len(voted), "head": head})
    return voted


def give_up(poll_id: UUID, why: str) -> Poll:
    """Give a poll up before it has closed; ballots of a secret one are destroyed. Office scope. Raises: RuleBroken."""
    poll = lock_poll(poll_id)
    opened = poll.state == "open"
    call("poll_act", of_poll=poll_id, move="void", at=clock.now())
    poll = get_poll(poll_id)
    if opened:
        boards.append(poll_id, "changed", {"given_up": True, "why": why})
        poll_letters.given_up(poll, why)
    audit.record("give-up-poll", "poll", poll_id, {"number": poll.number})
    return poll


def turnout(poll_id: UUID) -> Turnout:
    """Who has voted; never how. A co-op learns how many, the office also which. Any scope. Raises: NotFound."""
    poll = get_poll(poll_id)
    coops, units = db.session.execute(
        text("SELECT coops, units FROM poll_turnout(:of_poll)"), {"of_poll": poll_id}
    ).one()
    voted = None
    if current_scope().tenant_id == FEDERATION:
        rows = db.session.execute(
            select(TurnoutRow.tenant_id, func.sum(TurnoutRow.units))
            .where(TurnoutRow.poll_id == poll_id)
            .group_by(TurnoutRow.tenant_id)
        )
        voted = {str(coop): int(cast) for coop, cast in rows}
    weights = [weight for weight in poll.weights.values() if weight]
    return Turnout(int(coops), int(units), len(weights), sum(weights), voted)


def remind(poll_id: UUID) -> int:
    """Write to the delegates of co-ops that have not cast all their votes; answers how many co-ops. Office scope.

    Raises: RuleBroken when voting is not open.
    """
    poll = get_poll(poll_id)
    if poll.state != "open":
        raise RuleBroken("poll-not-open", "Voting is not open.")
    missing = turnout(poll_id).missing(poll.weights)
    poll_letters.remind(poll, missing)
    audit.record("remind-poll", "poll", poll_id, {"coops": len(missing)})
    return len(missing)


def opened_body(poll: Poll) -> dict[str, Any]:
    """What the board says of a poll when it opens: everything that a recount needs and that may not change later."""
    return {
        "poll": str(poll.id),
        "number": poll.number,
        "title": poll.title,
        "method": poll.method,
        "seats": poll.seats,
        "secret": poll.secret,
        "text_hash": poll.text_hash,
        "rule": poll.rule,
        "weights": poll.weights,
        "sizes": poll.sizes,
        "names": poll.names,
        "classes": poll.classes,
        "quota": poll.quota,
        "lots_commitment": poll.lots_commitment,
        "opens_at": poll.opens_at.isoformat(),
        "closes_at": poll.closes_at.isoformat(),
        "choices": [{key: choice.get(key) or "" for key in ("id", "name", "coop", "class")} for choice in poll.choices],
        "constraints": poll.constraints,
    }


def bounds(constraints: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rules on classes, one for each class, as the count takes them.

    >>> bounds([{"class": "workers", "least": 2}, {"class": "workers", "most": 3}])
    [{'class': 'workers', 'at_least': 2, 'at_most': 3}]
    """
    found: dict[str, dict[str, Any]] = {}
    for row in constraints:
        rule = found.setdefault(row["class"], {"class": row["class"]})
        for key, short in (("at_least", "least"), ("at_most", "most")):
            value = row.get(key, row.get(short))
            if value is not None:
                rule[key] = value
    return [found[name] for name in sorted(found)]


def _check(subject_kind: str, method: str, opens_at: datetime, closes_at: datetime) -> None:
    errors = {}
    if subject_kind not in SUBJECTS:
        errors["subject_kind"] = f"must be one of {', '.join(SUBJECTS)}"
    if method not in METHODS:
        errors["method"] = f"must be one of {', '.join(METHODS)}"
    if closes_at <= opens_at:
        errors["closes_at"] = "Voting must close after it opens"
    if errors:
        raise InvalidInput(errors)


def _check_secret(method: str, rule: Rule, secret: bool, by_hand: bool) -> None:
    if secret and by_hand:
        raise RuleBroken("by-hand", "A show of hands is no secret vote. Take it on the record, or by ballot.")
    if secret and method == "yes_no" and (rule.second_majority or rule.class_rule):
        raise RuleBroken("secret-with-second-majority", FURTHER)


def _copy_weights(poll: Poll) -> None:
    rule_row = db.session.scalars(
        select(DecisionRule).where(DecisionRule.kind == poll.rule_kind, DecisionRule.version == poll.rule_version)
    ).one()
    weighed = schemes.weigh_for(rule_row, read_rule(poll.rule))
    poll.scheme_id, poll.snapshot_id = weighed.scheme_id, weighed.snapshot_id
    poll.weights, poll.sizes = dict(weighed.weights), dict(weighed.sizes)
    poll.names, poll.classes = dict(weighed.names), dict(weighed.classes)
    poll.quota, poll.sheet = weighed.quota, weighed.sheet


def _standing(poll: Poll) -> list[dict[str, Any]]:
    """Those of the choices who still stand when voting opens."""
    gone = set(
        db.session.scalars(
            select(Candidate.id).where(Candidate.election_id == poll.subject_id, Candidate.state == "withdrawn")
        )
    )
    return [choice for choice in poll.choices if UUID(choice["id"]) not in gone]


def _tell_subject(poll: Poll, state: str) -> None:
    """What is voted on says that voting is open."""
    subject = db.session.get(SUBJECTS[poll.subject_kind], poll.subject_id)
    if subject is not None and subject.state not in ("voting", "carried", "lost", "declared"):
        subject.state = state
        db.session.flush()


def _defer(poll: Poll, kind: str, at: datetime) -> None:
    payload = {"poll_id": str(poll.id), "at": at.isoformat()}
    jobs.defer(kind, payload, label=f"Vote {poll.number}", shown=False, run_at=at)


def _defer_reminders(poll: Poll) -> None:
    """One reminder half-way, one on the last day: each only to those who have not voted by then."""
    half = poll.opens_at + (poll.closes_at - poll.opens_at) / 2
    for at in sorted({half, poll.closes_at - timedelta(days=1)}):
        if at > clock.now():
            _defer(poll, "poll-remind", at)
