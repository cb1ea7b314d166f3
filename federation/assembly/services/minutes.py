"""Minutes of a meeting: drafted from the record, edited item by item, published with a fingerprint, approved later."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from federation.assembly import minutes_text
from federation.assembly.models import AgendaItem, Attendance, Meeting, Minutes, Motion, Poll
from federation.assembly.services import agenda, attendance, meeting_letters
from federation.assembly.services.agenda import Item, lock_meeting
from federation.assembly.services.meetings import get_meeting
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.services.coops import coop_names

LONGEST_RECORD = 20_000
LONGEST_ITEM = 20_000


def find_minutes(meeting_id: UUID) -> Minutes | None:
    """A meeting's minutes; a co-op sees them once they are published. Any scope."""
    return db.session.get(Minutes, meeting_id, populate_existing=True)


def get_minutes(meeting_id: UUID) -> Minutes:
    """A meeting's minutes. Any scope. Raises: NotFound."""
    found = find_minutes(meeting_id)
    if found is None:
        raise NotFound("minutes")
    return found


def draft(meeting_id: UUID) -> Minutes:
    """Draft minutes from the record, or draft unpublished ones anew: who was there, and items without words.

    Office scope. Raises: NotFound, RuleBroken before the meeting has closed or after they are published.
    """
    meeting = lock_meeting(meeting_id)
    if meeting.state != "closed":
        raise RuleBroken("no-such-move", "Minutes are drafted when the meeting has closed, until they are published.")
    row = find_minutes(meeting_id)
    if row is None:
        row = Minutes(meeting_id=meeting_id, body=record_words(meeting), drafted_at=clock.now())
        db.session.add(row)
    else:
        row.body, row.drafted_at = record_words(meeting), clock.now()
    for item in agenda.list_items(meeting_id):
        if not item.row.minutes:
            item.row.minutes = item_words(item)
    db.session.flush()
    audit.record("draft-minutes", "meeting", meeting_id)
    return row


def write(meeting_id: UUID, record: str, items: Mapping[UUID, str]) -> Minutes:
    """Keep what the officer wrote: who was there, and the words of each item. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken once they are published.
    """
    row = _drafted(meeting_id)
    errors = {}
    if not 1 <= len(record.strip()) <= LONGEST_RECORD:
        errors["record"] = f"Say who was there, in at most {LONGEST_RECORD:,} letters"
    known = {item.row.id: item.row for item in agenda.list_items(meeting_id)}
    for item_id, words in items.items():
        if item_id not in known:
            errors[f"item-{item_id}"] = "This item is not on the agenda"
        elif len(words) > LONGEST_ITEM:
            errors[f"item-{item_id}"] = f"Use at most {LONGEST_ITEM:,} letters; this has {len(words):,}"
    if errors:
        raise InvalidInput(errors)
    row.body = record.replace("\r\n", "\n").strip()
    for item_id, words in items.items():
        known[item_id].minutes = words.replace("\r\n", "\n").strip()
    db.session.flush()
    audit.record("write-minutes", "meeting", meeting_id)
    return row


def publish(meeting_id: UUID) -> Minutes:
    """Publish the minutes as one text with its fingerprint; all co-ops are written to. Office scope.

    Raises: NotFound, RuleBroken while they are not drafted or a vote of the meeting is not declared.
    """
    row, meeting = _drafted(meeting_id), lock_meeting(meeting_id)
    waiting = [poll for poll in agenda.polls_of(meeting_id) if poll.state != "declared"]
    if waiting:
        raise RuleBroken(
            "votes-wait", f"The result on “{waiting[0].title}” is not declared yet, so the minutes cannot tell it."
        )
    row.body = whole_text(meeting, row.body, agenda.list_items(meeting_id))
    row.hash = minutes_text.fingerprint(row.body)
    row.state, row.published_at, meeting.state = "published", clock.now(), "minuted"
    db.session.flush()
    meeting_letters.minutes_out(meeting, row)
    audit.record("publish-minutes", "meeting", meeting_id, {"hash": row.hash})
    return row


def approvals(meeting_id: UUID) -> list[tuple[Meeting, AgendaItem]]:
    """Items of later meetings that have begun, by which these minutes could be approved. Any scope."""
    meeting = get_meeting(meeting_id)
    rows = db.session.execute(
        select(Meeting, AgendaItem)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(Meeting.starts_at > meeting.starts_at, Meeting.state.in_(("open", "closed", "minuted")))
        .order_by(Meeting.starts_at, AgendaItem.place)
    )
    return [(later, item) for later, item in rows if item.motion_id is None or _carried(item)]


def approve(meeting_id: UUID, item_id: UUID, corrections: str = "") -> Minutes:
    """Note that a later meeting approved the minutes, citing its item; of an item with a motion only if it was carried.

    Office scope. Raises: NotFound, InvalidInput for an item that cannot have approved them, RuleBroken.
    """
    row = get_minutes(meeting_id)
    if row.state != "published":
        raise RuleBroken("no-such-move", "Minutes are approved once, after they were published.")
    found = next(((later, item) for later, item in approvals(meeting_id) if item.id == item_id), None)
    if found is None:
        raise InvalidInput({"item_id": "Choose the item of a later meeting by which they were approved"})
    if len(corrections) > 1500:
        raise InvalidInput({"corrections": "Use at most 1,500 letters"})
    later, item = found
    words = f"Meeting {later.number}, item {item.place}: {item.title}."
    if corrections.strip():
        words += f" With these corrections: {corrections.strip()}"
    row.state, row.approved_at, row.approved_meeting_id, row.approved_words = "approved", clock.now(), later.id, words
    db.session.flush()
    audit.record("approve-minutes", "meeting", meeting_id, {"by": str(later.id), "item": item.place, "hash": row.hash})
    return row


# -- words


def record_words(meeting: Meeting) -> str:
    """When and where, who was there for whom, and the quorum at opening and closing: paragraphs and points."""
    names = coop_names()
    parts = [_held_words(meeting)]
    if meeting.called_at is not None:
        needed = f": {meeting.notice_days} clear days were needed" if meeting.way != "correspondence" else ""
        parts.append(
            f"Notice was given on {clock.day_words(meeting.called_at.astimezone(clock.LONDON).date())}{needed}."
        )
    for word, at, record in (
        ("opened", meeting.opened_at, meeting.opening_quorum),
        ("closed", meeting.closed_at, meeting.closing_quorum),
    ):
        if at is not None and record is not None and not (meeting.way == "correspondence" and word == "opened"):
            how = "took part" if meeting.way == "correspondence" else "were represented"
            parts.append(f"The meeting {word} {clock.moment_words(at)}. {quorum_words(record, how)}")
    if meeting.way != "correspondence":
        parts.append("Who came:")
        parts.append(_came(attendance.list_attendance(meeting.id), names, meeting) or "Nobody signed in.")
        parts += _proxies(meeting, names)
        parts += _missing(meeting, names)
    return "\n\n".join(parts)


def quorum_words(record: Mapping[str, Any], how: str = "were represented") -> str:
    """A recorded quorum as sentences.

    >>> quorum_words({"coops": 3, "coops_of": 4, "coops_need": 2, "weight": 6, "weight_of": 8, "weight_need": 9, "met": False})
    '3 of 4 co-ops were represented (needed: 2), with 6 of 8 votes (needed: 9). The quorum was not met.'
    """
    met = "The quorum was met." if record["met"] else "The quorum was not met."
    return (
        f"{record['coops']:,} of {record['coops_of']:,} co-ops {how} (needed: {record['coops_need']:,}),"
        f" with {record['weight']:,} of {record['weight_of']:,} votes (needed: {record['weight_need']:,}). {met}"
    )


def item_words(item: Item) -> str:
    """What the minutes say of an item before anybody edits them: what was voted on, the figures, and how it ended."""
    parts = [item.row.words] if item.row.words else []
    if item.motion is not None:
        parts.append(
            f"The motion: {item.motion.text}" if len(item.motion.text) <= 1000 else f"The motion: {item.motion.title}"
        )
    if item.poll is not None:
        parts.append(poll_words(item.poll))
    elif item.motion is not None or item.election is not None:
        parts.append("No vote was taken.")
    return "\n\n".join(parts)


def poll_words(poll: Poll) -> str:
    """A vote in sentences: how it was taken, its figures, each test, lots, and the outcome."""
    way = "by hand, taken down by one teller and confirmed by another" if poll.by_hand else "on the page"
    kind = "in secret" if poll.secret else "on the record"
    if poll.state != "declared" or poll.result is None:
        return f"The vote was to be taken {way}, {kind}. No result has been declared."
    result = poll.result
    outcome = {
        "carried": "The motion was carried.",
        "lost": "The motion fell.",
        "not_quorate": "Too few took part, so nothing was decided.",
        "elected": f"Elected: {', '.join(result.get('elected_names', ()))}.",
        "nobody": "Nobody was elected.",
    }.get(result["outcome"], "")
    points = [*result.get("words", ()), *(_test_words(test) for test in result.get("tests", ()))]
    if poll.dice:
        points.append(f"The dice thrown for the public lot showed {poll.dice}.")
    return "\n\n".join(
        part
        for part in (f"The vote was taken {way}, {kind}.", "\n".join(f"- {one}" for one in points), outcome)
        if part
    )


def whole_text(meeting: Meeting, record: str, items: Sequence[Item]) -> str:
    """The minutes as one text."""
    sections = [("The meeting", record)]
    for item in items:
        sections.append((f"{item.row.place}. {item.row.title}", item.row.minutes or "Nothing was decided."))
    return minutes_text.write(f"Minutes of meeting {meeting.number}: {meeting.title}", sections)


def _held_words(meeting: Meeting) -> str:
    starts, ends = clock.moment_words(meeting.starts_at), clock.moment_words(meeting.ends_at)
    if meeting.way == "correspondence":
        return f"It was held by correspondence, from {starts} to {ends}."
    where = [f"at {meeting.place}"] if meeting.place else []
    return f"It was called for {starts}, {' and '.join([*where, *(['online'] if meeting.link else [])])}."


def _test_words(test: Mapping[str, Any]) -> str:
    return f"{str(test['name']).replace(': ', ', ')}: {test['words']}"


def _carried(item: AgendaItem) -> bool:
    motion = db.session.get(Motion, item.motion_id)
    return motion is not None and motion.state == "carried"


def _came(rows: Sequence[Attendance], names: Mapping[str, str], meeting: Meeting) -> str:
    lines = []
    for row in sorted(rows, key=lambda row: (names.get(str(row.coop_id), ""), row.name)):
        words = f"- {names.get(str(row.coop_id), 'A former co-op')}: {row.name}, {'online' if row.way == 'online' else 'in the room'}"
        if meeting.opened_at is not None and row.came_at > meeting.opened_at:
            words += f", from {clock.moment_words(row.came_at).rpartition(', ')[2]}"
        if row.left_at is not None:
            words += f", until {clock.moment_words(row.left_at).rpartition(', ')[2]}"
        lines.append(words)
    return "\n".join(lines)


def _proxies(meeting: Meeting, names: Mapping[str, str]) -> list[str]:
    kept = {
        seat.coop: seat
        for record in (meeting.opening_quorum, meeting.closing_quorum)
        for seat in attendance.seats_kept(record or {})
        if seat.way == "proxy"
    }
    lines = [f"- {seat.name}, by {names.get(seat.by, 'another co-op')}" for seat in kept.values()]
    return ["By proxy:", "\n".join(sorted(lines))] if lines else []


def _missing(meeting: Meeting, names: Mapping[str, str]) -> list[str]:
    there = {
        seat.coop
        for record in (meeting.opening_quorum, meeting.closing_quorum)
        for seat in attendance.seats_kept(record or {})
    } | {str(row.coop_id) for row in attendance.list_attendance(meeting.id)}
    away = sorted(names[coop] for coop in meeting.weights if coop not in there and coop in names)
    return [f"Not represented: {', '.join(away)}."] if away else []


def _drafted(meeting_id: UUID) -> Minutes:
    row = get_minutes(meeting_id)
    if row.state != "draft":
        raise RuleBroken(
            "published-already", "These minutes are published, so they stand. A later meeting corrects them."
        )
    return row
