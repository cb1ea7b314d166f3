"""What the list of meetings, the page of one, and who is there now show."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from federation.assembly.models import Attendance, Meeting
from federation.assembly.rule import last_day_for_notice
from federation.assembly.services import agenda, attendance, meetings, minutes
from federation.assembly.services.agenda import Item
from federation.assembly.services.attendance import Seat
from federation.assembly.views import meeting_words as words
from tenants import clock
from tenants.errors import RuleBroken
from tenants.identity import Identity
from tenants.permissions import may
from tenants.services.coops import coop_names, list_coops

COME_BEFORE = timedelta(hours=2)
"""As long before the hour as the database lets delegates sign in."""


def list_page(identity: Identity) -> dict[str, Any]:
    """What assembly/meetings.html shows."""
    return {
        "coming": [_row(row) for row in meetings.list_coming()],
        "past": [_row(row) for row in meetings.list_past()],
        "may_call": may("run-assembly", identity.kind, identity.roles),
    }


def meeting_page(meeting: Meeting, identity: Identity) -> dict[str, Any]:
    """What assembly/meeting.html shows."""
    items = agenda.list_items(meeting.id)
    tag_text, tag_kind = words.state_tag(meeting)
    office = may("run-assembly", identity.kind, identity.roles)
    return {
        "meeting": meeting,
        "tag_text": tag_text,
        "tag_kind": tag_kind,
        "when": words.when_words(meeting),
        "way_words": _(words.WAYS[meeting.way][0]),
        "quorum_words": words.quorum_rule(meeting),
        "items": [_item(item) for item in items],
        "now": now_panel(meeting, identity),
        "todo": _office_step(meeting, items) if office else {},
        "choices": _choices(meeting) if office else [],
        "coops": [(str(coop.id), coop.name) for coop in list_coops()] if office and _under_way(meeting) else [],
        "delegate": _delegate(meeting, identity),
        "tells": may("tell-hands", identity.kind, identity.roles),
        "runs": office,
        "minutes": _minutes(meeting),
        "records": _records(meeting),
        "history": _history(meeting),
    }


def now_panel(meeting: Meeting, identity: Identity) -> dict[str, Any] | None:
    """Who is there for whom and the quorum as it stands; nothing before the notice, after the end, or by correspondence."""
    if not _under_way(meeting):
        return None
    seats = attendance.seats(meeting)
    reading = attendance.quorum_now(meeting, seats).as_json()
    came, names = attendance.list_attendance(meeting.id), coop_names()
    return {
        "url": url_for("meetings.now", meeting_id=meeting.id),
        "seconds": 5 if may("run-assembly", identity.kind, identity.roles) else 10,
        "id": meeting.id,
        "heads": words.quorum_heads(reading),
        "met": reading["met"],
        "at": clock.moment_words(clock.now()).rpartition(", ")[2],
        "there": [_seat(seat, came, names) for seat in seats if seat.there],
        "away": [f"{seat.name} ({seat.weight:,})" for seat in seats if not seat.there],
        "runs": may("run-assembly", identity.kind, identity.roles),
        "opened": _opened_words(meeting),
        "begun": meeting.state == "open" or clock.now() >= meeting.starts_at - COME_BEFORE,
        "rule": words.quorum_rule(meeting),
    }


def _under_way(meeting: Meeting) -> bool:
    return meeting.state in ("called", "open") and meeting.way != "correspondence"


def _opened_words(meeting: Meeting) -> str:
    """The quorum as it was recorded at opening, in one sentence."""
    record = meeting.opening_quorum
    if record is None or meeting.opened_at is None:
        return ""
    return _(
        "At opening, %(moment)s: %(coops)s of %(coops_of)s co-ops with %(weight)s of %(weight_of)s votes. %(met)s",
        moment=clock.moment_words(meeting.opened_at),
        met=_("The quorum was met.") if record["met"] else _("The quorum was not met."),
        **{key: f"{record[key]:,}" for key in ("coops", "coops_of", "weight", "weight_of")},
    )


def _seat(seat: Seat, came: Sequence[Attendance], names: Mapping[str, str]) -> dict[str, Any]:
    by = names.get(seat.by, _("another co-op"))
    return {
        "name": seat.name,
        "votes": seat.weight,
        "way": _(words.PRESENT[seat.way]),
        "kind": "info" if seat.way == "proxy" else "ok",
        "who": _("%(coop)s speaks for it", coop=by) if seat.by else ", ".join(seat.people),
        "coop": seat.coop,
        "people": [row.name for row in came if str(row.coop_id) == seat.coop and row.left_at is None],
    }


def _row(meeting: Meeting) -> dict[str, Any]:
    text, kind = words.state_tag(meeting)
    record = meeting.opening_quorum or meeting.closing_quorum
    return {
        "title": meeting.title,
        "number": meeting.number,
        "href": url_for("meetings.show", meeting_id=meeting.id),
        "when": words.when_words(meeting),
        "way": _(words.WAYS[meeting.way][0]),
        "place": meeting.place,
        "tag": text,
        "kind": kind,
        "took_part": _("%(have)s of %(of)s co-ops", have=record["coops"], of=record["coops_of"]) if record else "",
        "minutes": _minutes(meeting),
    }


def _item(item: Item) -> dict[str, Any]:
    row = item.row
    if item.motion is not None:
        href = url_for("motions.show", motion_id=item.motion.id)
    else:
        href = f"/elections/{item.election.id}" if item.election is not None else ""
    return {
        "id": row.id,
        "place": row.place,
        "title": row.title,
        "words": row.words,
        "plain": item.motion.plain_words if item.motion is not None else item.election.what if item.election else "",
        "href": href,
        "vote": words.item_vote(item),
        "no_notice": item.motion is not None and item.motion.state == "admitted",
        "notice_href": url_for("motions.notice", motion_id=item.motion.id) if item.motion is not None else "",
    }


def _choices(meeting: Meeting) -> list[tuple[str, str]]:
    """Motions and elections that can be put on the agenda."""
    if meeting.state not in ("draft", "called", "open"):
        return []
    motions, elections = agenda.to_come(meeting.id)
    if meeting.state != "draft":
        motions = [row for row in motions if row.meeting_id == meeting.id]
        elections = [row for row in elections if row.meeting_id == meeting.id]
    return [
        *((f"motion:{row.id}", _("Motion %(n)s: %(title)s", n=row.number, title=row.title)) for row in motions),
        *((f"election:{row.id}", _("Election: %(title)s", title=row.title)) for row in elections),
    ]


def _office_step(meeting: Meeting, items: Sequence[Item]) -> dict[str, Any]:
    """What the returning officer does next."""
    if meeting.state == "draft":
        return _notice_step(meeting, items)
    now = clock.now()
    if meeting.state == "called":
        return {"open": meeting.way != "correspondence", "in_time": now >= meeting.starts_at}
    if meeting.state == "open":
        waits = [item.row.title for item in items if item.poll and item.poll.by_hand and item.poll.state == "open"]
        return {"close": meeting.way != "correspondence" or now >= meeting.ends_at, "voting": waits}
    return {"minutes": meeting.state == "closed"}


def _notice_step(meeting: Meeting, items: Sequence[Item]) -> dict[str, Any]:
    try:
        days = meetings.notice_days(meeting.id)
    except RuleBroken as error:
        return {"notice": False, "problem": error.message}
    last = last_day_for_notice(meeting.starts_at, days)
    letter = meeting.way == "correspondence"
    return {
        "notice": bool(items) and (letter or clock.today() <= last) and meeting.starts_at > clock.now(),
        "empty": not items,
        "late": not letter and clock.today() > last,
        "days": days,
        "letter": letter,
        "last": clock.day_words(last),
        "earliest": clock.day_words(clock.today() + timedelta(days=days + 1)),
    }


def _delegate(meeting: Meeting, identity: Identity) -> dict[str, Any] | None:
    """What a delegate can do: come, leave; None for everybody else."""
    if not may("cast-votes", identity.kind, identity.roles) or not _under_way(meeting):
        return None
    own = identity.acting.tenant_id
    mine = [
        row
        for row in attendance.list_attendance(meeting.id)
        if row.coop_id == own and row.person_id == identity.person_id and row.left_at is None
    ]
    opens = meeting.starts_at - COME_BEFORE
    return {
        "here": _(words.PRESENT[mine[0].way]) if mine else "",
        "hour": meeting.state == "open" or clock.now() >= opens,
        "from": clock.moment_words(opens),
        "ways": [(way, _(words.PRESENT[way])) for way in _ways_to_come(meeting)],
        "coop": identity.acting.name,
    }


def _ways_to_come(meeting: Meeting) -> tuple[str, ...]:
    return {"room": ("room",), "online": ("online",)}.get(meeting.way, ("room", "online"))


def _minutes(meeting: Meeting) -> dict[str, Any] | None:
    row = minutes.find_minutes(meeting.id)
    if row is None:
        return None
    text, kind = words.MINUTES[row.state]
    return {
        "tag": _(text),
        "kind": kind,
        "href": url_for("meeting_papers.show_minutes", meeting_id=meeting.id),
        "draft": row.state == "draft",
    }


def _records(meeting: Meeting) -> list[dict[str, Any]]:
    """The quorum as it was recorded, at opening and at closing."""
    found, names = [], coop_names()
    for title, at, record in (
        (_("At opening"), meeting.opened_at, meeting.opening_quorum),
        (_("At closing"), meeting.closed_at, meeting.closing_quorum),
    ):
        if at is not None and record is not None:
            found.append(
                {
                    "title": title,
                    "at": clock.moment_words(at),
                    "heads": words.quorum_heads(record),
                    "met": record["met"],
                    "who": [_kept(seat, names) for seat in attendance.seats_kept(record)],
                }
            )
    return found


def _kept(seat: Seat, names: Mapping[str, str]) -> str:
    who = _("by %(coop)s", coop=names.get(seat.by, "?")) if seat.by else ", ".join(seat.people)
    return f"{seat.name} ({seat.weight:,}): {who}"


def _history(meeting: Meeting) -> list[Mapping[str, Any]]:
    steps = [
        (_("Minutes published"), getattr(minutes.find_minutes(meeting.id), "published_at", None)),
        (_("Closed"), meeting.closed_at),
        (_("Opened"), meeting.opened_at),
        (_("Notice given"), meeting.called_at),
    ]
    found: list[Mapping[str, Any]] = [
        {"text": text, "at": clock.moment_words(at), "at_iso": at.isoformat()} for text, at in steps if at is not None
    ]
    return found
