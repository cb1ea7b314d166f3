"""What the front page of the assembly tells: votes that wait, meetings and elections that come. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly.models import (
    Amendment,
    DelegateShare,
    Election,
    Meeting,
    Motion,
    Poll,
    Proxy,
    SizeAnswer,
    SizeSnapshot,
    Turnout,
)
from tenants import clock
from tenants.db import db
from tenants.scope import current_scope, current_tenant_id


@dataclass
class OwnVotes:
    """What the acting co-op holds in an open poll."""

    poll: Poll
    units: int
    """Votes that are this person's to cast; all of the co-op's where they are not divided."""
    cast: int
    whole: int
    by_proxy: dict[str, int] = field(default_factory=dict)
    """Votes of other co-ops whose proxy it holds, by their names."""

    @property
    def waits(self) -> bool:
        """Whether own votes are still to be cast."""
        return self.cast < self.units


def open_polls() -> Sequence[Poll]:
    """Polls that are open, the first to close first."""
    return db.session.scalars(select(Poll).where(Poll.state == "open").order_by(Poll.closes_at, Poll.number)).all()


def planned_polls() -> Sequence[Poll]:
    """Polls that will open, the first first."""
    return db.session.scalars(select(Poll).where(Poll.state == "planned").order_by(Poll.opens_at, Poll.number)).all()


def closed_polls() -> Sequence[Poll]:
    """Polls that are closed and not declared, the oldest first."""
    return db.session.scalars(select(Poll).where(Poll.state == "closed").order_by(Poll.closed_at)).all()


def declared_polls(limit: int = 6) -> Sequence[Poll]:
    """What was declared lately, the newest first."""
    return db.session.scalars(
        select(Poll).where(Poll.state == "declared").order_by(Poll.declared_at.desc()).limit(limit)
    ).all()


def own_votes(polls: Sequence[Poll]) -> list[OwnVotes]:
    """What the acting co-op holds in each of these polls, and has cast. Member scope."""
    me, who = current_tenant_id(), current_scope().person_id
    ids = [poll.id for poll in polls]
    cast: dict[UUID, dict[UUID, int]] = {}
    for poll_id, holder, units in db.session.execute(
        select(Turnout.poll_id, Turnout.holder, Turnout.units).where(Turnout.tenant_id == me, Turnout.poll_id.in_(ids))
    ):
        cast.setdefault(poll_id, {})[holder] = units
    shares: dict[UUID, dict[UUID, int]] = {}
    for poll_id, person, units in db.session.execute(
        select(DelegateShare.poll_id, DelegateShare.person_id, DelegateShare.units).where(
            DelegateShare.tenant_id == me, DelegateShare.poll_id.in_(ids)
        )
    ):
        shares.setdefault(poll_id, {})[person] = units
    held = _proxies_held(me)
    found = []
    for poll in polls:
        whole, done = int(poll.weights.get(str(me), 0)), cast.get(poll.id, {})
        units, own = whole, sum(done.values())
        if poll.id in shares and who is not None:
            units, own = shares[poll.id].get(who, 0), done.get(who, 0)
        found.append(OwnVotes(poll, units, own, whole, _by_proxy(poll, held)))
    return found


def upcoming_meetings() -> Sequence[Meeting]:
    """Meetings that are called or under way, and for the office those being prepared; the next first."""
    chosen = select(Meeting).where(Meeting.state.in_(("draft", "called", "open")))
    return db.session.scalars(chosen.order_by(Meeting.starts_at)).all()


def current_elections() -> Sequence[Election]:
    """Elections that are not over, the next deadline first."""
    chosen = select(Election).where(Election.state.in_(("draft", "nominations", "listed", "voting")))
    return db.session.scalars(chosen.order_by(Election.nominations_until)).all()


def count_waiting_amendments() -> dict[UUID, int]:
    """How many amendments wait, by motion."""
    chosen = select(Amendment.motion_id, func.count()).where(Amendment.state.in_(("submitted", "admitted", "voting")))
    return {motion_id: count for motion_id, count in db.session.execute(chosen.group_by(Amendment.motion_id))}


def size_to_answer() -> SizeSnapshot | None:
    """The sizes that the acting co-op is asked about and has not answered. Member scope."""
    asked = db.session.scalar(
        select(SizeSnapshot).where(SizeSnapshot.state == "asked").order_by(SizeSnapshot.number.desc()).limit(1)
    )
    if asked is None or str(current_tenant_id()) not in asked.sizes:
        return None
    answered = db.session.get(SizeAnswer, (current_tenant_id(), asked.id))
    return None if answered is not None else asked


def amended_motions_of(coop_id: UUID) -> Sequence[Motion]:
    """Motions of a co-op before notice, to which an amendment waits for its answer."""
    waiting = select(Amendment.motion_id).where(Amendment.state.in_(("submitted", "admitted")))
    chosen = select(Motion).where(
        Motion.moved_by_coop == coop_id, Motion.state.in_(("submitted", "seconded", "admitted")), Motion.id.in_(waiting)
    )
    return db.session.scalars(chosen.order_by(Motion.number)).all()


def _proxies_held(me: UUID) -> list[Proxy]:
    today = clock.today()
    chosen = select(Proxy).where(
        Proxy.tenant_id == me,
        Proxy.side == "holder",
        Proxy.ended_at.is_(None),
        Proxy.from_date <= today,
        Proxy.until_date >= today,
    )
    return list(db.session.scalars(chosen))


def _by_proxy(poll: Poll, held: Sequence[Proxy]) -> dict[str, int]:
    givers = {str(row.counterparty_id) for row in held if row.poll_id in (None, poll.id)}
    return {poll.names.get(giver, "?"): units for giver in givers if (units := int(poll.weights.get(giver, 0)))}
