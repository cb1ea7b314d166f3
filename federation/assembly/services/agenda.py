"""The agenda of a meeting: items in order, motions and elections among them, and the votes that are taken on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select

from federation.assembly.models import AgendaItem, Election, Meeting, Motion, Poll
from tenants import audit
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken

MOTIONS_TO_COME = ("admitted", "noticed", "voting")
ELECTIONS_TO_COME = ("draft", "nominations", "listed", "voting")
MOST_ITEMS = 100


@dataclass(frozen=True)
class Item:
    """One item with what it is about; a motion or an election where there is one, and its vote."""

    row: AgendaItem
    motion: Motion | None
    election: Election | None
    poll: Poll | None


def list_items(meeting_id: UUID) -> list[Item]:
    """A meeting's items in order. Any scope: a co-op sees no election that is still a draft."""
    rows = db.session.scalars(
        select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.place, AgendaItem.id)
    ).all()
    motions = {row.id: row for row in _of(Motion, [row.motion_id for row in rows])}
    elections = {row.id: row for row in _of(Election, [row.election_id for row in rows])}
    subjects = [*motions.values(), *elections.values()]
    polls = {row.id: row for row in _of(Poll, [subject.poll_id for subject in subjects])}
    found = []
    for row in rows:
        motion = motions.get(row.motion_id) if row.motion_id else None
        election = elections.get(row.election_id) if row.election_id else None
        subject = motion or election
        found.append(Item(row, motion, election, polls.get(subject.poll_id) if subject and subject.poll_id else None))
    return found


def polls_of(meeting_id: UUID) -> Sequence[Poll]:
    """Votes that belong to a meeting, in the order in which they were planned; those given up are left out."""
    return db.session.scalars(
        select(Poll).where(Poll.meeting_id == meeting_id, Poll.state != "void").order_by(Poll.number)
    ).all()


def to_come(meeting_id: UUID) -> tuple[Sequence[Motion], Sequence[Election]]:
    """Motions and elections that could stand on this agenda and do not. Office scope."""
    rows = db.session.execute(
        select(AgendaItem.motion_id, AgendaItem.election_id).where(AgendaItem.meeting_id == meeting_id)
    ).all()
    taken = {one for row in rows for one in row if one is not None}
    motions = db.session.scalars(
        select(Motion)
        .where(Motion.state.in_(MOTIONS_TO_COME), (Motion.meeting_id == meeting_id) | Motion.meeting_id.is_(None))
        .order_by(Motion.reading_order, Motion.number)
    )
    elections = db.session.scalars(
        select(Election)
        .where(
            Election.state.in_(ELECTIONS_TO_COME), (Election.meeting_id == meeting_id) | Election.meeting_id.is_(None)
        )
        .order_by(Election.number)
    )
    return [row for row in motions if row.id not in taken], [row for row in elections if row.id not in taken]


def add_item(
    meeting_id: UUID,
    title: str = "",
    words: str = "",
    *,
    motion_id: UUID | None = None,
    election_id: UUID | None = None,
) -> AgendaItem:
    """Put something on the agenda, last: words, a motion or an election. Office scope.

    After the notice only what has had its own notice for this meeting can still be added.

    Raises: NotFound, InvalidInput, RuleBroken.
    """
    meeting = lock_meeting(meeting_id)
    motions, elections = to_come(meeting_id)
    motion = next((row for row in motions if row.id == motion_id), None)
    election = next((row for row in elections if row.id == election_id), None)
    errors = {}
    if motion_id is not None and motion is None:
        errors["motion_id"] = "Choose an admitted motion that is not on the agenda"
    if election_id is not None and election is None:
        errors["election_id"] = "Choose an election that is not on the agenda"
    subject = motion or election
    heading = title.strip() or (
        f"Motion {motion.number}: {motion.title}" if motion else election.title if election else ""
    )
    if not heading and not errors:
        errors["title"] = "Say what it is about, or choose a motion or an election"
    if len(heading) > 200 and title.strip():
        errors["title"] = "Use at most 200 letters"
    if len(words) > 2000:
        errors["words"] = "Use at most 2,000 letters"
    if errors:
        raise InvalidInput(errors)
    if meeting.state != "draft" and (
        meeting.state not in ("called", "open") or subject is None or subject.meeting_id != meeting_id
    ):
        raise RuleBroken(
            "notice-given",
            "Notice has been given of this agenda. Only a motion or an election with its own notice for this meeting can be added.",
        )
    last = db.session.scalar(select(func.max(AgendaItem.place)).where(AgendaItem.meeting_id == meeting_id)) or 0
    if last >= MOST_ITEMS:
        raise RuleBroken("agenda-full", f"An agenda holds at most {MOST_ITEMS} items.")
    row = AgendaItem(
        meeting_id=meeting_id,
        place=last + 1,
        title=heading[:200],
        words=words.strip(),
        motion_id=motion_id,
        election_id=election_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("add-agenda-item", "meeting", meeting_id, {"item": str(row.id)})
    return row


def remove_item(meeting_id: UUID, item_id: UUID) -> None:
    """Take an item off the agenda before notice is given. Office scope. Raises: NotFound, RuleBroken."""
    _check_draft(lock_meeting(meeting_id))
    _get_item(meeting_id, item_id)
    db.session.execute(delete(AgendaItem).where(AgendaItem.meeting_id == meeting_id, AgendaItem.id == item_id))
    _number(meeting_id, [item.row for item in list_items(meeting_id)])
    audit.record("remove-agenda-item", "meeting", meeting_id, {"item": str(item_id)})


def move_item(meeting_id: UUID, item_id: UUID, steps: int) -> None:
    """Move an item up (-1) or down (1) before notice is given. Office scope. Raises: NotFound, RuleBroken."""
    _check_draft(lock_meeting(meeting_id))
    row = _get_item(meeting_id, item_id)
    rows = [item.row for item in list_items(meeting_id)]
    at = next(place for place, one in enumerate(rows) if one.id == row.id)
    rows.insert(max(0, min(len(rows) - 1, at + steps)), rows.pop(at))
    _number(meeting_id, rows)
    audit.record("move-agenda-item", "meeting", meeting_id, {"item": str(item_id), "steps": steps})


def take_up_noticed(meeting_id: UUID) -> None:
    """Put every motion and election whose notice names this meeting on its agenda, in reading order. Office scope."""
    motions, elections = to_come(meeting_id)
    for motion in motions:
        if motion.meeting_id == meeting_id:
            add_item(meeting_id, motion_id=motion.id)
    for election in elections:
        if election.meeting_id == meeting_id:
            add_item(meeting_id, election_id=election.id)


def lock_meeting(meeting_id: UUID) -> Meeting:
    """One meeting, kept from others until this transaction ends. Office scope. Raises: NotFound."""
    found = db.session.scalar(
        select(Meeting).where(Meeting.id == meeting_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("meeting")
    return found


def _of(model: type, ids: Sequence[UUID | None]) -> Sequence:
    wanted = [one for one in ids if one is not None]
    return db.session.scalars(select(model).where(model.id.in_(wanted))).all() if wanted else []


def _get_item(meeting_id: UUID, item_id: UUID) -> AgendaItem:
    found = db.session.get(AgendaItem, (meeting_id, item_id))
    if found is None:
        raise NotFound("item of the agenda")
    return found


def _number(meeting_id: UUID, rows: Sequence[AgendaItem]) -> None:
    for place, row in enumerate(rows, 1):
        row.place = place
    db.session.flush()


def _check_draft(meeting: Meeting) -> None:
    if meeting.state != "draft":
        raise RuleBroken("notice-given", "Notice has been given of this agenda, so it stands.")
