"""Motions on their way, made by the services. Open no scope around them: each opens its own."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from federation.assembly.models import Poll
from federation.assembly.services import casting, motions, outcomes, polls
from federation.assembly.services.motions import Wording
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tests.factories.assembly import Assembly

PLAIN = Wording("Should we publish our accounts?", "The federation publishes its accounts every March.")


def drafted(found: Assembly, coop: UUID, wording: Wording = PLAIN) -> UUID:
    """A draft of a co-op, written by its delegate."""
    with acting_for(coop, found.delegates[coop]):
        return motions.write_draft(wording).id


def put(found: Assembly, mover: str, wording: Wording = PLAIN) -> UUID:
    """A motion that a co-op has put to the assembly."""
    coop = found.coops[mover]
    draft = drafted(found, coop, wording)
    with acting_for(coop, found.delegates[coop]):
        return motions.submit(draft).id


def admitted(found: Assembly, mover: str, wording: Wording = PLAIN) -> UUID:
    """A motion that the next co-op has seconded and the officer admitted."""
    motion_id = put(found, mover, wording)
    seconder = next(coop for name, coop in found.coops.items() if name != mover)
    with acting_for(seconder, found.delegates[seconder]):
        motions.second(motion_id)
    with acting_for_federation(found.officer):
        return motions.admit(motion_id).id


def noticed(found: Assembly, mover: str, wording: Wording = PLAIN) -> UUID:
    """A motion of which notice was given; its rule asks for no more than a day."""
    motion_id = admitted(found, mover, wording)
    opens = clock.now() + timedelta(days=1, hours=1)
    with acting_for_federation(found.officer):
        motions.give_notice(motion_id, opens_at=opens, closes_at=opens + timedelta(days=5))
    return motion_id


def open_now(motion_id: UUID) -> UUID:
    """The poll of a motion whose hour has come."""
    with acting_for_federation():
        poll_id = motions.get_motion(motion_id).poll_id
    assert poll_id is not None
    return open_poll_now(poll_id)


def open_poll_now(poll_id: UUID) -> UUID:
    """A planned poll whose hour has come."""
    with acting_for_federation():
        poll = db.session.get_one(Poll, poll_id)
        poll.opens_at = clock.now() - timedelta(minutes=1)
        db.session.flush()
        return polls.open_poll(poll_id).id


def vote_all(
    found: Assembly, poll_id: UUID, vote: str, *, only: Sequence[str] | None = None, declare: bool = False
) -> None:
    """All votes of some co-ops, by default of every one, cast one way; then the result, if asked for."""
    for name, coop in found.coops.items():
        if only is None or name in only:
            with acting_for(coop, found.delegates[coop]):
                weight = int(polls.get_poll(poll_id).weights[str(coop)])
                casting.cast(poll_id, coop, [{"units": weight, "vote": vote}])
    if declare:
        with acting_for_federation(found.officer):
            db.session.get_one(Poll, poll_id).closes_at = clock.now() - timedelta(seconds=1)
            db.session.flush()
            polls.close_poll(poll_id)
            outcomes.declare(poll_id)


def carried(found: Assembly, mover: str, wording: Wording = PLAIN, *, vote: str = "for") -> UUID:
    """A motion on which every co-op has voted one way, declared."""
    motion_id = noticed(found, mover, wording)
    vote_all(found, open_now(motion_id), vote, declare=True)
    return motion_id
