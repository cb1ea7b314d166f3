"""Who represents each co-op at a meeting: its delegate in the room or online, or one who holds its proxy and is there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly.models import Attendance, Meeting, Poll, Proxy, Turnout
from federation.assembly.quorum import Reading, read_quorum
from federation.assembly.services.agenda import lock_meeting
from federation.assembly.services.crossing import call
from tenants import audit, clock
from tenants.db import bind_scope, db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.models import MemberDirectory
from tenants.scope import FEDERATION, current_scope, office_scope
from tenants.services.coops import coop_names

WAYS = ("room", "online")


@dataclass(frozen=True)
class Seat:
    """How one co-op is represented: `way` is room, online or proxy, or empty when nobody is there for it."""

    coop: str
    name: str
    weight: int
    way: str = ""
    people: tuple[str, ...] = ()
    by: str = ""
    """The id of the co-op whose delegate holds the proxy."""

    @property
    def there(self) -> bool:
        """Whether the co-op is represented."""
        return bool(self.way)


def come(meeting_id: UUID, way: str) -> None:
    """Sign the acting delegate in to a meeting, in the room or online. Member scope.

    Raises: NotFound, InvalidInput, RuleBroken before its hour, after its end, or for somebody who is no delegate.
    """
    if way not in WAYS:
        raise InvalidInput({"way": "Say whether you are in the room or online"})
    _call(meeting_id, way)
    audit.record("come-to-meeting", "meeting", meeting_id, {"way": way})


def leave(meeting_id: UUID) -> None:
    """Sign the acting delegate out. Member scope. Raises: NotFound, RuleBroken."""
    _call(meeting_id, "leave")
    audit.record("leave-meeting", "meeting", meeting_id)


def let_in(meeting_id: UUID, coop_id: UUID, name: str, way: str) -> Attendance:
    """Write down somebody who represents a co-op and did not sign in. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken when the meeting is over or has no room.
    """
    meeting = _under_way(meeting_id)
    errors = {}
    if str(coop_id) not in coop_names():
        errors["coop_id"] = "Choose a co-op"
    if not 1 <= len(name.strip()) <= 200:
        errors["name"] = "Enter the name of the delegate"
    if way not in WAYS:
        errors["way"] = "Say whether in the room or online"
    if errors:
        raise InvalidInput(errors)
    row = db.session.get(Attendance, (meeting_id, coop_id, name.strip()))
    if row is None:
        row = Attendance(meeting_id=meeting.id, coop_id=coop_id, name=name.strip(), way=way, came_at=clock.now())
        db.session.add(row)
    row.way, row.left_at = way, None
    db.session.flush()
    audit.record("let-in", "meeting", meeting_id, {"coop": str(coop_id)})
    return row


def let_out(meeting_id: UUID, coop_id: UUID, name: str) -> None:
    """Write down that somebody has left. Office scope. Raises: NotFound, RuleBroken when the meeting is over."""
    _under_way(meeting_id)
    row = db.session.get(Attendance, (meeting_id, coop_id, name))
    if row is None:
        raise NotFound("person at the meeting")
    row.left_at = clock.now()
    db.session.flush()
    audit.record("let-out", "meeting", meeting_id, {"coop": str(coop_id)})


def list_attendance(meeting_id: UUID) -> Sequence[Attendance]:
    """Everybody who came, also those who have left, in the order in which they came. Any scope."""
    return db.session.scalars(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id)
        .order_by(Attendance.came_at, Attendance.coop_id, Attendance.name)
        .execution_options(populate_existing=True)
    ).all()


def seats(meeting: Meeting, poll: Poll | None = None) -> list[Seat]:
    """Every co-op with votes, by name, and how it is represented now; with a poll its own proxies count too. Any scope."""
    weights: Mapping[str, int] = poll.weights if poll is not None and poll.weights else meeting.weights
    names = coop_names()
    here: dict[str, list[Attendance]] = {}
    for row in list_attendance(meeting.id):
        if row.left_at is None and row.way in WAYS:
            here.setdefault(str(row.coop_id), []).append(row)
    held = _proxies(clock.now(), poll.id if poll else None)
    found = []
    for coop, weight in weights.items():
        name = names.get(coop) or (poll.names.get(coop) if poll else None) or "A former co-op"
        if weight and coop in here:
            people = tuple(row.name for row in here[coop])
            found.append(Seat(coop, name, weight, here[coop][0].way, people))
        elif weight:
            # Whoever holds a proxy must be there for a co-op of their own: a proxy is never passed on.
            by = next((holder for holder in held.get(coop, ()) if holder in here), "")
            found.append(Seat(coop, name, weight, "proxy" if by else "", (), by))
    return sorted(found, key=lambda seat: (seat.name, seat.coop))


def quorum_now(meeting: Meeting, rows: Sequence[Seat] | None = None) -> Reading:
    """Both heads of the quorum as they stand. Any scope."""
    rows = seats(meeting) if rows is None else rows
    return read_quorum(meeting.quorum, meeting.weights, {row.coop for row in rows if row.there})


def record_of(meeting: Meeting) -> dict[str, Any]:
    """The quorum of this moment with who is there for whom, to be kept. Office scope."""
    if meeting.way == "correspondence":
        return _by_letter(meeting)
    rows = seats(meeting)
    kept = [asdict(row) | {"people": list(row.people)} for row in rows if row.there]
    return {**quorum_now(meeting, rows).as_json(), "at": clock.now().isoformat(), "seats": kept}


def seats_kept(record: Mapping[str, Any]) -> list[Seat]:
    """The seats of a record."""
    return [Seat(**{**row, "people": tuple(row["people"])}) for row in record.get("seats", ())]


def _by_letter(meeting: Meeting) -> dict[str, Any]:
    """By correspondence whoever has voted on any of its questions has taken part."""
    polls = select(Poll.id).where(Poll.meeting_id == meeting.id)
    voted = {
        str(coop): int(units)
        for coop, units in db.session.execute(
            select(Turnout.tenant_id, func.max(Turnout.units))
            .where(Turnout.poll_id.in_(polls))
            .group_by(Turnout.tenant_id)
        )
    }
    reading = read_quorum(meeting.quorum, meeting.weights, voted)
    return {**reading.as_json(), "at": clock.now().isoformat(), "seats": []}


def _proxies(now: datetime, poll_id: UUID | None) -> dict[str, list[str]]:
    """Holders of proxies in force by the co-ops that gave them; those for a single poll only where it is asked for.

    Who speaks for whom is said aloud at a meeting: a member is told by the office's role, on a connection of its own
    that reads nothing else.
    """
    day = now.astimezone(clock.LONDON).date()
    chosen = (
        select(Proxy.tenant_id, Proxy.counterparty_id)
        .where(
            Proxy.side == "giver",
            Proxy.ended_at.is_(None),
            Proxy.from_date <= day,
            Proxy.until_date >= day,
            Proxy.poll_id.is_(None) | (Proxy.poll_id == poll_id),
        )
        # A proxy for this vote alone goes before one for all votes.
        .order_by(Proxy.poll_id.is_(None), Proxy.given_at, Proxy.id)
    )
    if current_scope().tenant_id == FEDERATION:
        rows: Sequence[Any] = db.session.execute(chosen).all()
    else:
        with db.engines["office"].connect() as connection:
            bind_scope(connection, office_scope(None, read_only=True))
            rows = connection.execute(chosen).all()
    found: dict[str, list[str]] = {}
    for giver, holder in rows:
        found.setdefault(str(giver), []).append(str(holder))
    return found


def _call(meeting_id: UUID, way: str) -> None:
    name = _own_name()
    try:
        call("meeting_attend", of_meeting=meeting_id, its_name=name, its_way=way, at=clock.now())
    except NotFound:
        raise NotFound("meeting") from None


def _own_name() -> str:
    scope = current_scope()
    name = db.session.scalar(
        select(MemberDirectory.display_name)
        .where(MemberDirectory.tenant_id == scope.tenant_id, MemberDirectory.person_id == scope.person_id)
        .limit(1)
    )
    if name is None:
        raise RuleBroken("not-a-delegate", "Only a delegate of your co-op can do this.")
    return name


def _under_way(meeting_id: UUID) -> Meeting:
    meeting = lock_meeting(meeting_id)
    if meeting.way == "correspondence":
        raise RuleBroken("no-such-move", "Nobody comes to a meeting by correspondence: co-ops vote in its time.")
    if meeting.state not in ("called", "open"):
        raise RuleBroken("no-such-move", "Who was there can be written down until the meeting closes.")
    return meeting
