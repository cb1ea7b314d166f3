"""Letters about meetings, to the delegates and managers of every co-op. Office scope, all of it."""

from collections.abc import Sequence

from flask import current_app

from federation.assembly.models import Meeting, Minutes
from federation.assembly.services.agenda import Item
from tenants import clock
from tenants.services import mail
from tenants.services.coops import list_coops

ROLES = ("delegate", "manager")


def notice(meeting: Meeting, items: Sequence[Item]) -> int:
    """Notice of a meeting: when, where, its agenda, and what each motion says. Answers how many letters."""
    agenda = "\n".join(f"{place}. {item.row.title}" for place, item in enumerate(items, 1))
    texts = [
        f"Motion {item.motion.number}, “{item.motion.title}”:\n{item.motion.text}" for item in items if item.motion
    ]
    who = "If no delegate of yours can come, give another co-op your proxy in time: " + _at("/representation")
    if meeting.way == "correspondence":
        who = "Nobody needs to come: your co-op votes on the pages of the assembly in that time."
    calendar = f"For your calendar: {_at(f'/meetings/{meeting.id}/meeting.ics')}\nAs a document: {_at(f'/meetings/{meeting.id}/notice.pdf')}"
    body = [where_words(meeting), f"Agenda\n{agenda}", *texts, who, calendar]
    return _write(meeting, f"Notice of a meeting: {meeting.title}", "\n\n".join(body))


def changed(meeting: Meeting) -> int:
    """Something was changed after the notice."""
    body = f"{where_words(meeting)}\n\nWhat changed: {meeting.state_words}"
    return _write(meeting, f"A meeting has changed: {meeting.title}", body)


def cancelled(meeting: Meeting) -> int:
    """The meeting does not take place."""
    when = clock.moment_words(meeting.starts_at)
    body = f"“{meeting.title}” on {when} does not take place.\n\nWhy: {meeting.state_words}"
    return _write(meeting, f"Cancelled: {meeting.title}", body)


def reminder(meeting: Meeting) -> int:
    """The meeting is tomorrow."""
    body = f"{where_words(meeting)}\n\nIf no delegate of yours can come, give another co-op your proxy: {_at('/representation')}"
    return _write(meeting, f"Tomorrow: {meeting.title}", body)


def minutes_out(meeting: Meeting, minutes: Minutes) -> int:
    """The minutes are there to be read."""
    body = (
        f"The minutes of “{meeting.title}” are published. A later meeting approves them; until then, tell the office"
        f" what is not right.\n\nRead them: {_at(f'/meetings/{meeting.id}/minutes')}\n\n"
        f"Their fingerprint (SHA-256) is\n{minutes.hash}"
    )
    return _write(meeting, f"The minutes: {meeting.title}", body)


def where_words(meeting: Meeting) -> str:
    """When and where a meeting is, in one or two sentences."""
    starts, ends = clock.moment_words(meeting.starts_at), clock.moment_words(meeting.ends_at)
    if meeting.way == "correspondence":
        return f"“{meeting.title}” is held by correspondence: co-ops vote from {starts} to {ends}."
    parts = [f"“{meeting.title}” begins {starts}."]
    if meeting.place:
        parts.append(f"It is at {meeting.place}.")
    if meeting.link:
        parts.append(f"{'You can also join' if meeting.place else 'Join'} online: {meeting.link}")
    return " ".join(parts)


def _write(meeting: Meeting, subject: str, body: str) -> int:
    whole = f"{body}\n\nSee it here: {_at(f'/meetings/{meeting.id}')}"
    letters = [(coop.id, subject, whole) for coop in list_coops()]
    return mail.write_to_each(ROLES, letters) if letters else 0


def _at(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"
