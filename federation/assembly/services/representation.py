"""Who votes for a co-op: its delegates and their alternates, votes divided among them, proxies given and held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select

from federation.assembly.models import Alternate, DelegateShare, Proxy, Turnout
from federation.assembly.services import decision_rules
from federation.assembly.services.crossing import call
from federation.assembly.services.polls import get_poll
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.models import MemberDirectory
from tenants.scope import current_tenant_id

LONGEST_DAYS = 366
"""A proxy ends within a year: nobody stays represented by others without saying so again."""


@dataclass(frozen=True)
class Delegate:
    """Somebody who may vote for the co-op."""

    person_id: UUID
    name: str
    alternate: bool


def list_delegates() -> list[Delegate]:
    """The acting co-op's delegates by name. Member scope."""
    me = current_tenant_id()
    alternates = set(db.session.scalars(select(Alternate.person_id).where(Alternate.tenant_id == me)))
    rows = db.session.execute(
        select(MemberDirectory.person_id, MemberDirectory.display_name)
        .where(MemberDirectory.tenant_id == me, MemberDirectory.role == "delegate")
        .order_by(MemberDirectory.display_name, MemberDirectory.person_id)
    )
    return [Delegate(person_id, name, person_id in alternates) for person_id, name in rows]


def set_alternate(person_id: UUID, alternate: bool) -> None:
    """Say whether a delegate votes only where no full delegate does. Member scope.

    Raises: NotFound for somebody who is no delegate of the co-op, RuleBroken when no full delegate would be left.
    """
    me = current_tenant_id()
    delegates = {one.person_id: one for one in list_delegates()}
    if person_id not in delegates:
        raise NotFound("delegate")
    if alternate and not any(not one.alternate for one in delegates.values() if one.person_id != person_id):
        raise RuleBroken("last-delegate", "One delegate must stay a full one.")
    held = db.session.get(Alternate, (me, person_id))
    if alternate and held is None:
        db.session.add(Alternate(tenant_id=me, person_id=person_id, since=clock.now()))
    elif not alternate and held is not None:
        db.session.delete(held)
    db.session.flush()
    audit.record("set-alternate", "person", person_id, {"alternate": alternate})


def share_votes(poll_id: UUID, units: Mapping[UUID, int]) -> list[DelegateShare]:
    """Divide the co-op's votes in an open poll among its delegates; nothing in `units` puts them together again.

    Raises: NotFound, InvalidInput where they do not add up, RuleBroken once a vote of the co-op is cast. Member scope.
    """
    me, poll = current_tenant_id(), get_poll(poll_id)
    if poll.state != "open" or poll.by_hand:
        raise RuleBroken("poll-not-open", "Votes can be divided while voting is open.")
    weight = poll.weights.get(str(me), 0)
    wanted = {person: count for person, count in units.items() if count}
    delegates = {one.person_id for one in list_delegates()}
    if any(person not in delegates or count < 0 for person, count in wanted.items()):
        raise InvalidInput({"units": "Give each delegate of your co-op a whole number of votes"})
    if wanted and (sum(wanted.values()) != weight or len(wanted) < 2):
        raise InvalidInput({"units": f"Divide all {weight:,} votes among at least two delegates"})
    # The same lock as casting takes: nobody votes between this look and the division.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"votes:{poll_id}{me}", 0))))
    if db.session.scalar(select(Turnout.holder).where(Turnout.tenant_id == me, Turnout.poll_id == poll_id).limit(1)):
        raise RuleBroken("already-voted", "A vote of your co-op is cast already, so its votes cannot be divided anew.")
    db.session.execute(delete(DelegateShare).where(DelegateShare.tenant_id == me, DelegateShare.poll_id == poll_id))
    rows = [DelegateShare(tenant_id=me, poll_id=poll_id, person_id=person, units=n) for person, n in wanted.items()]
    db.session.add_all(rows)
    db.session.flush()
    audit.record("share-votes", "poll", poll_id, {"delegates": len(rows)})
    return rows


def give_proxy(to_coop: UUID, from_date: date, until_date: date, words: str = "", poll_id: UUID | None = None) -> UUID:
    """Let the delegates of another co-op vote for this one: in one poll, or in all until a day. Member scope.

    Raises: NotFound, InvalidInput, RuleBroken when the other holds as many as the rules allow, or one is given already.
    """
    errors = {}
    if until_date < max(from_date, clock.today()):
        errors["until_date"] = "A proxy cannot end before it begins, or in the past"
    elif (until_date - from_date).days > LONGEST_DAYS:
        errors["until_date"] = "A proxy ends within a year; give it again then"
    if errors:
        raise InvalidInput(errors)
    if poll_id is not None:
        poll = get_poll(poll_id)
        if poll.state not in ("planned", "open"):
            raise RuleBroken("poll-not-open", "Voting is over.")
        cap = int(poll.rule.get("proxy_cap", 0))
    else:
        cap = decision_rules.rule_for("ordinary")[1].proxy_cap
    made = call(
        "proxy_give",
        to_coop=to_coop,
        of_poll=poll_id,
        from_day=from_date,
        until_day=until_date,
        its_words=words.strip(),
        cap=cap,
        at=clock.now(),
    )
    audit.record("give-proxy", "proxy", made, {"to": str(to_coop), "until": until_date.isoformat()})
    return made


def end_proxy(proxy_id: UUID) -> None:
    """End a proxy; either side may. Votes cast by it stand. Member scope. Raises: NotFound."""
    call("proxy_end", of_proxy=proxy_id, at=clock.now())
    audit.record("end-proxy", "proxy", proxy_id)


def list_proxies(side: str) -> Sequence[Proxy]:
    """The acting co-op's proxies that have not ended: those given (`giver`) or held (`holder`), by day."""
    return db.session.scalars(
        select(Proxy)
        .where(
            Proxy.tenant_id == current_tenant_id(),
            Proxy.side == side,
            Proxy.ended_at.is_(None),
            Proxy.until_date >= clock.today(),
        )
        .order_by(Proxy.from_date, Proxy.id)
    ).all()
