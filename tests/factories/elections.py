"""Elections for tests, made by the services. Open no scope around them: each opens its own."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from federation.assembly.services import casting, elections, nominations, outcomes, polls
from federation.assembly.services.election_terms import Terms
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tests.factories.assembly import Assembly

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


def make_election(assembly: Assembly, *, called: bool = True, **terms: Any) -> UUID:
    """An election that asks for candidates for a week; `terms` as `Terms` takes them."""
    given = {"title": "Board seats 2026", "nominations_until": clock.now() + WEEK, "secret": False, **terms}
    with acting_for_federation(assembly.officer):
        made = elections.draft(Terms(**given)).id
        if called:
            elections.call_election(made)
        return made


def nominate(assembly: Assembly, election_id: UUID, coop: str, name: str, class_name: str = "") -> UUID:
    """Somebody whom a co-op nominates; the answer is the candidate's id."""
    tenant = assembly.coops[coop]
    with acting_for(tenant, assembly.delegates[tenant]):
        return nominations.stand(election_id, name, class_name, f"I am {name}.", agreed=True).id


def list_now(assembly: Assembly, election_id: UUID) -> None:
    """Close nominations, just after their time."""
    with acting_for_federation(assembly.officer):
        until = elections.get_election(election_id).nominations_until
    with clock.stopped_at(until + timedelta(seconds=1)), acting_for_federation(assembly.officer):
        elections.close_nominations(election_id)


def plan_vote(assembly: Assembly, election_id: UUID, *, opened: bool = True) -> UUID:
    """Plan the vote for the earliest day, an hour long, and open it; the answer is the poll's id."""
    with acting_for_federation(assembly.officer):
        opens_at = clock.now() + timedelta(days=2)
        poll_id = elections.open_voting(election_id, opens_at=opens_at, closes_at=opens_at + HOUR).id
    if opened:
        with clock.stopped_at(opens_at), acting_for_federation(assembly.officer):
            polls.open_poll(poll_id)
    return poll_id


def rank(assembly: Assembly, poll_id: UUID, coop: str, *orders: tuple[int, Sequence[UUID]]) -> Mapping[str, Any]:
    """Cast a co-op's votes in an open poll: so many in each order."""
    tenant = assembly.coops[coop]
    with acting_for_federation(assembly.officer):
        opens_at = polls.get_poll(poll_id).opens_at
    parts = [{"units": units, "vote": [str(one) for one in order]} for units, order in orders]
    with clock.stopped_at(opens_at), acting_for(tenant, assembly.delegates[tenant]):
        return casting.cast(poll_id, tenant, parts)


def declare(assembly: Assembly, poll_id: UUID, dice: str = "") -> Mapping[str, Any]:
    """Close and declare the poll of an election; the answer is its result."""
    with acting_for_federation(assembly.officer):
        closes_at = polls.get_poll(poll_id).closes_at
    with clock.stopped_at(closes_at), acting_for_federation(assembly.officer):
        polls.close_poll(poll_id)
        result = outcomes.declare(poll_id, dice).result
    assert result is not None
    return result
