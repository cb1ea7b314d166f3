"""Casting votes: for one's own co-op, a share of its votes, or a co-op whose proxy one's own holds.

Weight, electorate and time are PostgreSQL's own knowledge (`ballot_cast`): what a client says of them is never read.
Casting in secret leaves nothing behind but the turnout and the ballots: no record, no work for later, no log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from federation.assembly.models import Alternate, Ballot, DelegateShare, Poll, Proxy, Turnout
from federation.assembly.services.crossing import call
from federation.assembly.services.polls import get_poll
from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict, NotFound
from tenants.scope import current_scope, current_tenant_id


@dataclass(frozen=True)
class Standing:
    """What the acting person can do with the votes of one co-op in one poll."""

    coop_id: UUID
    name: str
    units: int
    """Votes to be cast by this person: all of the co-op's, or their own share."""
    whole: int
    way: str
    """delegate, alternate or proxy."""
    why_not: str
    """Why nothing can be cast now, or nothing."""
    turnout: Turnout | None
    """Who has cast these votes and when; unknown (None) for a proxy."""
    ballot: Ballot | None
    """The recorded ballot as it stands; None for a proxy, a secret vote, or none cast."""

    @property
    def seen(self) -> str:
        """What a page must send back, so that a vote cast meanwhile from elsewhere is not overwritten unseen."""
        return self.ballot.receipt if self.ballot is not None else ""


def standing(poll: Poll, for_coop: UUID | None = None) -> Standing:
    """What the acting person can cast for a co-op, by default their own. Member scope. Raises: NotFound for no proxy."""
    me = current_tenant_id()
    coop_id = for_coop or me
    whole = poll.weights.get(str(coop_id), 0)
    facts = {"coop_id": coop_id, "name": poll.names.get(str(coop_id), ""), "whole": whole}
    if coop_id != me:
        if coop_id not in {proxy.counterparty_id for proxy in held_proxies(poll)}:
            raise NotFound("co-op")
        return Standing(**facts, units=whole, way="proxy", why_not=_closed(poll), turnout=None, ballot=None)
    units, holder = whole, me
    why_not = _closed(poll) or ("" if whole else "Your co-op has no votes here.")
    shares = list_shares(poll.id)
    person_id = current_scope().person_id
    if shares:
        mine = next((share for share in shares if share.person_id == person_id), None)
        units, holder = (mine.units, mine.person_id) if mine else (0, me)
        why_not = why_not or ("" if mine else "The votes of your co-op are divided among other delegates.")
    is_alternate = person_id is not None and db.session.get(Alternate, (me, person_id)) is not None
    way = "alternate" if is_alternate and not shares else "delegate"
    cast = db.session.get(Turnout, (me, poll.id, holder), populate_existing=True)
    ballot = db.session.get(Ballot, (me, poll.id, holder), populate_existing=True)
    if cast is not None and not why_not:
        why_not = _final(poll, cast, way)
    return Standing(**facts, units=units, way=way, why_not=why_not, turnout=cast, ballot=ballot)


def cast(poll_id: UUID, for_coop: UUID, parts: Sequence[Mapping[str, Any]], seen: str | None = None) -> dict[str, Any]:
    """Cast votes: parts are [{"units", "vote"}], a vote "for", "against", "abstain" or a list of choices in order.

    Answers {"units", "receipt"}, or for a secret vote {"units", "ballots": [{"id", "vote"}]}: told once, kept nowhere.
    `seen` is the receipt of the vote that this one is to take the place of ("" for none); None does not ask.

    Raises: NotFound, RuleBroken by the code of the refusal, Conflict when somebody voted meanwhile. Member scope.
    """
    key = func.hashtextextended(f"votes:{poll_id}{for_coop}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))
    poll = get_poll(poll_id)
    if seen is not None and not poll.secret and for_coop == current_tenant_id():
        _check_seen(standing(poll), seen)
    try:
        answer = call(
            "ballot_cast", of_poll=poll_id, for_coop=for_coop, its_parts=[dict(part) for part in parts], at=clock.now()
        )
    except StatementError as error:
        # A fault is logged with what was sent: a secret vote must not stand in a log.
        error.hide_parameters = True
        raise
    if not poll.secret:
        facts = {"units": answer["units"], "for": str(for_coop), "receipt": answer["receipt"][:12]}
        audit.record("cast-votes", "poll", poll_id, facts)
    return answer


def own_turnout(poll_id: UUID) -> int:
    """How many of its votes the acting co-op has cast in a poll."""
    return int(
        db.session.scalar(
            select(func.sum(Turnout.units)).where(Turnout.tenant_id == current_tenant_id(), Turnout.poll_id == poll_id)
        )
        or 0
    )


def list_shares(poll_id: UUID) -> Sequence[DelegateShare]:
    """How the acting co-op has divided its votes in a poll; nothing where it has not."""
    return db.session.scalars(
        select(DelegateShare)
        .where(DelegateShare.tenant_id == current_tenant_id(), DelegateShare.poll_id == poll_id)
        .order_by(DelegateShare.person_id)
    ).all()


def held_proxies(poll: Poll) -> Sequence[Proxy]:
    """Proxies that the acting co-op holds in a poll today, for co-ops that have votes in it."""
    today = clock.today()
    found = db.session.scalars(
        select(Proxy).where(
            Proxy.tenant_id == current_tenant_id(),
            Proxy.side == "holder",
            Proxy.ended_at.is_(None),
            (Proxy.poll_id.is_(None)) | (Proxy.poll_id == poll.id),
            Proxy.from_date <= today,
            Proxy.until_date >= today,
        )
    ).all()
    return [proxy for proxy in found if poll.weights.get(str(proxy.counterparty_id))]


def _closed(poll: Poll) -> str:
    if poll.by_hand:
        return "This vote is taken by hand in the meeting."
    now = clock.now()
    if poll.state == "planned" or now < poll.opens_at:
        return f"Voting opens {clock.moment_words(poll.opens_at)}."
    return "" if poll.state == "open" and now <= poll.closes_at else "Voting has closed."


def _final(poll: Poll, cast_: Turnout, way: str) -> str:
    if poll.secret:
        return "Your votes are cast. A secret vote cannot be changed."
    if not poll.rule.get("may_change"):
        return "Your votes are cast. The rule of this decision lets nobody change them."
    if way == "alternate" and cast_.way == "delegate":
        return "A delegate of your co-op has voted already; that vote stands."
    return ""


def _check_seen(mine: Standing, seen: str) -> None:
    if mine.seen != seen:
        raise Conflict(
            "voted-meanwhile",
            "These votes were cast meanwhile, in another window or by another delegate. Look at that vote first.",
        )
