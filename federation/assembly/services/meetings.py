"""General meetings from the draft to the end: notice in clear days, opening and closing with the quorum recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from federation.assembly.models import Meeting
from federation.assembly.rule import last_day_for_notice
from federation.assembly.services import agenda, attendance, decision_rules, meeting_letters, schemes
from federation.assembly.services.agenda import lock_meeting
from federation.assembly.services.numbers import next_number
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken

WAYS = ("room", "online", "hybrid", "correspondence")
REMIND = "meeting-remind"
WINDOW = "meeting-window"
REMIND_BEFORE = timedelta(days=1)
LONGEST = timedelta(days=2)
LONGEST_WINDOW = timedelta(days=60)


@dataclass(frozen=True)
class Terms:
    """What a meeting is called to: times aware, `place` for a room, `link` for whoever joins online."""

    title: str
    way: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""


# -- reading


def get_meeting(meeting_id: UUID) -> Meeting:
    """One meeting, as it stands now; drafts for the office alone. Any scope. Raises: NotFound."""
    found = db.session.get(Meeting, meeting_id, populate_existing=True)
    if found is None:
        raise NotFound("meeting")
    return found


def list_coming() -> Sequence[Meeting]:
    """Meetings that are called or under way, and for the office those being prepared; the next first. Any scope."""
    return _listed(Meeting.state.in_(("draft", "called", "open")), Meeting.starts_at, Meeting.number)


def list_past() -> Sequence[Meeting]:
    """Meetings that are over or were cancelled, the latest first. Any scope."""
    return _listed(
        Meeting.state.in_(("closed", "minuted", "cancelled")), Meeting.starts_at.desc(), Meeting.number.desc()
    )


def notice_days(meeting_id: UUID) -> int:
    """Clear days that a meeting needs: the most that the rules of what stands on its agenda ask for. Office scope."""
    kinds = {"ordinary"}
    for item in agenda.list_items(meeting_id):
        if item.motion is not None:
            kinds.add(item.motion.kind)
        if item.election is not None:
            kinds.add("election")
    return max(decision_rules.rule_for(kind)[1].notice_days for kind in kinds)


def last_day(meeting: Meeting) -> date:
    """The last day on which notice of a draft can go out. Office scope."""
    return last_day_for_notice(meeting.starts_at, notice_days(meeting.id))


# -- acts of the returning officer


def draft(terms: Terms) -> Meeting:
    """Begin a meeting; only the office sees it until notice is given. Office scope.

    Raises: InvalidInput, RuleBroken while there is no rule for ordinary decisions.
    """
    _check(terms)
    rule = decision_rules.rule_for("ordinary")[1]
    row = Meeting(
        number=next_number(Meeting),
        **_columns(terms),
        notice_days=rule.notice_days,
        quorum={"coops_percent": rule.quorum.coops_percent, "weight_percent": rule.quorum.weight_percent},
    )
    db.session.add(row)
    db.session.flush()
    audit.record("draft-meeting", "meeting", row.id, {"number": row.number})
    return row


def change(meeting_id: UUID, terms: Terms, why: str = "", version: int | None = None) -> Meeting:
    """Change a meeting. After the notice all co-ops are told why, and other hours need clear days of their own.

    Office scope. Raises: NotFound, InvalidInput, RuleBroken, Conflict when somebody else changed it meanwhile.
    """
    meeting = lock_meeting(meeting_id)
    if meeting.state not in ("draft", "called"):
        raise RuleBroken("no-such-move", "This meeting has begun or is over, so it stands as it was called.")
    if version is not None and version != meeting.version:
        raise Conflict("changed-meanwhile", "Somebody else has changed this meeting. Load the page again.")
    _check(terms)
    called = meeting.state == "called"
    if called and not why.strip():
        raise InvalidInput({"why": "Say why: all co-ops read it"})
    if called and (terms.way == "correspondence") != (meeting.way == "correspondence"):
        raise InvalidInput({"way": "Cancel it and call another one: by correspondence is another kind of meeting"})
    moved = (terms.starts_at, terms.ends_at) != (meeting.starts_at, meeting.ends_at)
    if called and moved:
        _check_notice(terms.starts_at, meeting.notice_days, terms.way)
    for name, value in _columns(terms).items():
        setattr(meeting, name, value)
    if called:
        meeting.state_words = why.strip()[:2000]
    db.session.flush()
    if called:
        _defer_jobs(meeting)
        meeting_letters.changed(meeting)
    audit.record("change-meeting", "meeting", meeting_id, {"number": meeting.number, "moved": moved})
    return meeting


def call_meeting(meeting_id: UUID) -> Meeting:
    """Give notice to the delegates and managers of all co-ops, in clear days; the agenda stands from then on.

    Motions and elections whose own notice names this meeting come on its agenda. Office scope.

    Raises: NotFound, RuleBroken for a notice too late, naming the last day, or without an agenda, rules or weights.
    """
    meeting = lock_meeting(meeting_id)
    if meeting.state != "draft":
        raise RuleBroken("no-such-move", "Notice of this meeting was given already.")
    if meeting.starts_at <= clock.now():
        raise RuleBroken("meeting-past", "It would have begun already. Choose another day.")
    agenda.take_up_noticed(meeting_id)
    items = agenda.list_items(meeting_id)
    if not items:
        raise RuleBroken("no-agenda", "Put something on the agenda first: notice says what the meeting is about.")
    days = notice_days(meeting_id)
    _check_notice(meeting.starts_at, days, meeting.way)
    rule_row, rule = decision_rules.rule_for("ordinary")
    meeting.notice_days = days
    meeting.quorum = {"coops_percent": rule.quorum.coops_percent, "weight_percent": rule.quorum.weight_percent}
    meeting.weights = schemes.weigh_for(rule_row, rule).weights
    meeting.state, meeting.called_at = "called", clock.now()
    for item in items:
        subject = item.motion or item.election
        if subject is not None and subject.meeting_id is None:
            subject.meeting_id = meeting_id
    db.session.flush()
    _defer_jobs(meeting)
    meeting_letters.notice(meeting, items)
    audit.record("call-meeting", "meeting", meeting_id, {"number": meeting.number, "items": len(items), "days": days})
    return meeting


def cancel(meeting_id: UUID, why: str) -> Meeting:
    """Cancel a meeting; if notice was given, all co-ops are told why. Office scope. Raises: NotFound, InvalidInput, RuleBroken."""
    meeting = lock_meeting(meeting_id)
    if meeting.state not in ("draft", "called"):
        raise RuleBroken("no-such-move", "This meeting has begun or is over.")
    if not 1 <= len(why.strip()) <= 2000:
        raise InvalidInput({"why": "Say why, in at most 2,000 letters: all co-ops read it"})
    waiting = [poll for poll in agenda.polls_of(meeting_id) if poll.by_hand and poll.state in ("planned", "open")]
    if waiting:
        titles = ", ".join(f"“{poll.title}”" for poll in waiting)
        raise RuleBroken("votes-wait", f"Votes are to be taken by hand in it: {titles}. Give them up first.")
    told = meeting.state == "called"
    meeting.state, meeting.state_words = "cancelled", why.strip()
    for item in agenda.list_items(meeting_id):
        subject = item.motion or item.election
        if subject is not None and subject.poll_id is None and subject.meeting_id == meeting_id:
            subject.meeting_id = None
    db.session.flush()
    if told:
        meeting_letters.cancelled(meeting)
    audit.record("cancel-meeting", "meeting", meeting_id, {"number": meeting.number})
    return meeting


def open_meeting(meeting_id: UUID) -> Meeting:
    """Open a meeting at its hour, with or without its quorum: the record says which. Weights are fixed anew. Office scope.

    Raises: NotFound, RuleBroken before its hour or in another state.
    """
    meeting = lock_meeting(meeting_id)
    if meeting.state != "called":
        raise RuleBroken("no-such-move", "Only a meeting that was called can be opened, and once.")
    if clock.now() < meeting.starts_at:
        raise RuleBroken("too-early", f"It begins {clock.moment_words(meeting.starts_at)}.")
    rule_row, rule = decision_rules.rule_for("ordinary")
    meeting.weights = schemes.weigh_for(rule_row, rule).weights
    meeting.state, meeting.opened_at = "open", clock.now()
    meeting.opening_quorum = record = attendance.record_of(meeting)
    db.session.flush()
    audit.record("open-meeting", "meeting", meeting_id, _brief(record))
    return meeting


def close_meeting(meeting_id: UUID) -> Meeting:
    """Close an open meeting; who is still there is recorded. Office scope. Raises: NotFound, RuleBroken."""
    meeting = lock_meeting(meeting_id)
    if meeting.state != "open":
        raise RuleBroken("no-such-move", "This meeting is not open.")
    if meeting.way == "correspondence" and clock.now() < meeting.ends_at:
        raise RuleBroken("too-early", f"Co-ops can vote until {clock.moment_words(meeting.ends_at)}.")
    voting = [poll for poll in agenda.polls_of(meeting_id) if poll.by_hand and poll.state == "open"]
    if voting:
        raise RuleBroken("votes-open", f"The vote on “{voting[0].title}” is open. Close it first.")
    meeting.state, meeting.closed_at = "closed", clock.now()
    meeting.closing_quorum = record = attendance.record_of(meeting)
    db.session.flush()
    audit.record("close-meeting", "meeting", meeting_id, _brief(record))
    return meeting


def remind(meeting_id: UUID) -> int:
    """Remind the delegates of a meeting that is called; answers how many letters. Office scope."""
    meeting = get_meeting(meeting_id)
    if meeting.state != "called" or meeting.starts_at <= clock.now():
        return 0
    return meeting_letters.reminder(meeting)


def _listed(which: Any, *order: Any) -> Sequence[Meeting]:
    return db.session.scalars(select(Meeting).where(which).order_by(*order)).all()


def _brief(record: dict[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in ("coops", "weight", "met")}


def _columns(terms: Terms) -> dict[str, Any]:
    room, online = terms.way in ("room", "hybrid"), terms.way in ("online", "hybrid")
    return {
        "title": terms.title.strip(),
        "way": terms.way,
        "place": terms.place.strip() if room else "",
        "link": terms.link.strip() if online else "",
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
    }


def _check(terms: Terms) -> None:
    errors = {}
    if not 1 <= len(terms.title.strip()) <= 200:
        errors["title"] = "Give it a title of at most 200 letters"
    if terms.way not in WAYS:
        errors["way"] = f"Choose one of: {', '.join(WAYS)}"
    if terms.way in ("room", "hybrid") and not 1 <= len(terms.place.strip()) <= 200:
        errors["place"] = "Say where, in at most 200 letters"
    if terms.way in ("online", "hybrid") and not _is_link(terms.link.strip()):
        errors["link"] = "Enter the address at which people join, like https://meet.example/assembly"
    if terms.starts_at <= clock.now():
        errors["starts_at"] = "Choose a time that is still to come"
    longest = LONGEST_WINDOW if terms.way == "correspondence" else LONGEST
    if not timedelta() < terms.ends_at - terms.starts_at <= longest:
        errors["ends_at"] = f"It ends after it begins, and within {longest.days} days"
    if errors:
        raise InvalidInput(errors)


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return len(text) <= 200 and parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False


def _check_notice(starts_at: datetime, days: int, way: str) -> None:
    """Raises: RuleBroken when notice would go out too late. By correspondence each vote has its own notice."""
    last = last_day_for_notice(starts_at, days)
    if way == "correspondence" or clock.today() <= last:
        return
    earliest = clock.today() + timedelta(days=days + 1)
    raise RuleBroken(
        "notice-too-late",
        f"This needs {days} clear days of notice, so notice had to go out by {clock.day_words(last)}."
        f" If it goes out today, the meeting can be on {clock.day_words(earliest)} at the earliest.",
        last_day=last.isoformat(),
    )


def _defer_jobs(meeting: Meeting) -> None:
    """A reminder the day before; by correspondence the window opens and closes by itself."""
    at = {REMIND: [meeting.starts_at - REMIND_BEFORE]}
    if meeting.way == "correspondence":
        at = {WINDOW: [meeting.starts_at, meeting.ends_at]}
    for kind, moments in at.items():
        for moment in moments:
            if moment > clock.now():
                payload = {"meeting_id": str(meeting.id), "at": moment.isoformat()}
                jobs.defer(kind, payload, label=f"Meeting {meeting.number}", shown=False, run_at=moment)
