"""Meetings for tests, made by the services. Open no scope around them: each opens its own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from federation.assembly.services import agenda, attendance, hands, meetings, polls
from federation.assembly.services.meetings import Terms
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tests.factories.assembly import Assembly
from tests.factories.polls import make_motion

STARTS = datetime(2027, 3, 4, 18, 30, tzinfo=UTC)


def terms(starts_at: datetime = STARTS, **more: str) -> Terms:
    """A meeting of two hours, in a room and online."""
    way = more.pop("way", "hybrid")
    known = {"title": "Spring meeting", "place": "Town hall, Leeds", "link": "https://meet.example/spring"} | more
    return Terms(way=way, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **known)


def drafted(assembly: Assembly, starts_at: datetime = STARTS, **more: str) -> UUID:
    """A meeting with one item of words on its agenda."""
    with acting_for_federation(assembly.officer):
        row = meetings.draft(terms(starts_at, **more))
        agenda.add_item(row.id, "Report of the board")
        return row.id


def called(assembly: Assembly, starts_at: datetime = STARTS, **more: str) -> UUID:
    """A meeting of which notice was given in time."""
    made = drafted(assembly, starts_at, **more)
    with acting_for_federation(assembly.officer):
        meetings.call_meeting(made)
    return made


def opened(assembly: Assembly, *there: str) -> UUID:
    """A meeting that is open at its hour, at which the delegates of these co-ops are. Stop the clock at `STARTS`."""
    with clock.stopped_at(STARTS - timedelta(days=60)):
        made = called(assembly)
    for name in there:
        come(assembly, made, name)
    with acting_for_federation(assembly.officer):
        meetings.open_meeting(made)
    return made


def come(assembly: Assembly, meeting_id: UUID, name: str, way: str = "room") -> None:
    """The delegate of a co-op signs in."""
    coop = assembly.coops[name]
    with acting_for(coop, assembly.delegates[coop]):
        attendance.come(meeting_id, way)


def hands_poll(assembly: Assembly, meeting_id: UUID | None) -> UUID:
    """A vote by hand, open from now on."""
    motion_id, now = make_motion(assembly), clock.now()
    with acting_for_federation(assembly.officer):
        poll = polls.plan(
            "motion",
            motion_id,
            "Should the cover pool levy rise?",
            rule_kind="ordinary",
            method="yes_no",
            opens_at=now,
            closes_at=now + timedelta(hours=2),
            meeting_id=meeting_id,
            by_hand=True,
        )
        return polls.open_poll(poll.id).id


def typed(assembly: Assembly, poll_id: UUID, person: UUID, **lines: str) -> UUID:
    """What a teller types: `typed(assembly, poll_id, person, Afon="for", Cwm="against")`, by first names of co-ops."""
    with acting_for_federation(person):
        weights = polls.get_poll(poll_id).weights
        known = {name.split()[0]: str(coop) for name, coop in assembly.coops.items()}
        votes = {known[first]: {side: int(weights[known[first]])} for first, side in lines.items()}
        return hands.type_in(poll_id, votes).id
