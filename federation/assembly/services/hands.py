"""Votes taken by hand in a meeting: one teller types them, another person confirms them, and only then they count."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from federation.assembly.mandate import SIDES, parts_of, split_of
from federation.assembly.models import HandsEntry, Meeting, Poll
from federation.assembly.services import attendance, polls
from federation.assembly.services.attendance import Seat
from federation.assembly.services.crossing import call
from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.scope import current_scope

Split = Mapping[str, int]
"""Votes of one co-op: {"for": n, "against": n, "abstain": n}."""


def voters(poll: Poll) -> list[Seat]:
    """The co-ops with votes in this poll, and how each is represented; without a meeting all are. Office scope."""
    meeting = db.session.get(Meeting, poll.meeting_id) if poll.meeting_id else None
    if meeting is None:
        return [
            Seat(coop, poll.names.get(coop, ""), weight, "room")
            for coop, weight in sorted(poll.weights.items(), key=lambda pair: poll.names.get(pair[0], ""))
            if weight
        ]
    return attendance.seats(meeting, poll)


def list_entries(poll_id: UUID) -> Sequence[HandsEntry]:
    """What tellers have typed in for a poll, the latest first. Office scope."""
    return db.session.scalars(
        select(HandsEntry)
        .where(HandsEntry.poll_id == poll_id)
        .order_by(HandsEntry.typed_at.desc(), HandsEntry.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def get_entry(entry_id: UUID) -> HandsEntry:
    """One entry. Office scope. Raises: NotFound."""
    found = db.session.get(HandsEntry, entry_id, populate_existing=True)
    if found is None:
        raise NotFound("entry of the tellers")
    return found


def waiting(poll_id: UUID) -> HandsEntry | None:
    """The entry that waits for its second pair of eyes. Office scope."""
    return next((row for row in list_entries(poll_id) if row.state == "typed"), None)


def confirmed(poll_id: UUID) -> HandsEntry | None:
    """The entry that counts: the one confirmed last. Office scope."""
    rows = [row for row in list_entries(poll_id) if row.state == "confirmed"]
    return max(rows, key=lambda row: row.typed_at, default=None)


def type_in(poll_id: UUID, lines: Mapping[str, Split]) -> HandsEntry:
    """Type in how each co-op's votes fall; they do not count until another person confirms them. Office scope.

    `lines`: co-op's id to its votes; a co-op that did not vote is left out. One's own entry that waits is replaced.

    Raises: NotFound, InvalidInput by co-op where votes do not add up or nobody is there for it, Conflict while
    somebody else's entry waits, RuleBroken when voting is not open.
    """
    poll, person = _open_poll(poll_id), _person()
    held = waiting(poll_id)
    if held is not None and held.typed_by != person:
        raise Conflict("entry-waits", "Another teller's entry waits to be confirmed or rejected. Look at that first.")
    before = confirmed(poll_id)
    _check_lines(poll, lines, set(before.lines) if before else set())
    if held is not None:
        held.state, held.words = "rejected", "Typed again"
    row = HandsEntry(
        poll_id=poll_id,
        lines={coop: parts_of(split) for coop, split in sorted(lines.items())},
        typed_by=person,
        typed_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("type-hands", "poll", poll_id, {"entry": str(row.id), "coops": len(lines)})
    return row


def confirm(entry_id: UUID) -> HandsEntry:
    """Confirm what another teller typed: these votes are cast. Office scope.

    Raises: NotFound, RuleBroken for whoever typed it, or when it waits no longer or voting is not open.
    """
    row = _waiting_entry(entry_id)
    _open_poll(row.poll_id)
    now = clock.now()
    cast = call("ballots_by_hand", of_poll=row.poll_id, lines=row.lines, at=now)
    row.state, row.confirmed_by, row.confirmed_at = "confirmed", _person(), now
    db.session.flush()
    audit.record("confirm-hands", "poll", row.poll_id, {"entry": str(row.id), "coops": cast})
    return row


def reject(entry_id: UUID, words: str) -> HandsEntry:
    """Reject what another teller typed, and say what is wrong. Office scope. Raises: NotFound, InvalidInput, RuleBroken."""
    row = _waiting_entry(entry_id)
    if not 1 <= len(words.strip()) <= 2000:
        raise InvalidInput({"words": "Say what is wrong, so that it can be typed again"})
    row.state, row.words = "rejected", words.strip()
    row.confirmed_by, row.confirmed_at = _person(), clock.now()
    db.session.flush()
    audit.record("reject-hands", "poll", row.poll_id, {"entry": str(row.id)})
    return row


def totals_of(lines: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """All votes of an entry by side."""
    found: dict[str, int] = dict.fromkeys(SIDES, 0)
    for parts in lines.values():
        for side, units in split_of(parts).items():
            found[side] += units
    return found


def _check_lines(poll: Poll, lines: Mapping[str, Split], voted: set[str]) -> None:
    rows = {seat.coop: seat for seat in voters(poll)}
    errors = {}
    for coop, split in lines.items():
        seat = rows.get(coop)
        if seat is None:
            errors[f"lines.{coop}"] = "This co-op has no votes here"
        elif not seat.there and coop not in voted:
            errors[f"lines.{coop}"] = f"Nobody is there for {seat.name}. Write down first who came"
        elif (
            set(split) - set(SIDES) or any(units < 0 for units in split.values()) or sum(split.values()) != seat.weight
        ):
            errors[f"lines.{coop}"] = (
                f"{seat.name} has {seat.weight:,} votes; these come to {sum(split.values()):,}"
                if seat.weight != 1
                else f"{seat.name} has one vote; these come to {sum(split.values()):,}"
            )
    for coop in voted - set(lines):
        name = rows[coop].name if coop in rows else poll.names.get(coop, coop)
        errors[f"lines.{coop}"] = f"A vote of {name} is confirmed already. Type how it falls"
    if not lines and not errors:
        errors["lines"] = "Type how at least one co-op votes"
    if errors:
        raise InvalidInput(errors)


def _open_poll(poll_id: UUID) -> Poll:
    poll = polls.lock_poll(poll_id)
    if not poll.by_hand:
        raise RuleBroken(
            "not-by-hand",
            "Co-ops cast this vote on the page themselves. A vote is taken either there or by hand, never both.",
        )
    if poll.method != "yes_no":
        raise RuleBroken("not-yes-or-no", "Only votes for or against are taken by hand; rankings are cast on the page.")
    if poll.state != "open":
        raise RuleBroken("poll-not-open", "Voting is not open: it has closed, or has not begun.")
    meeting = db.session.get(Meeting, poll.meeting_id) if poll.meeting_id else None
    if meeting is not None and meeting.state != "open":
        raise RuleBroken("meeting-not-open", "The meeting is not open, so nobody votes by hand in it.")
    return poll


def _waiting_entry(entry_id: UUID) -> HandsEntry:
    row = db.session.scalar(
        select(HandsEntry).where(HandsEntry.id == entry_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("entry of the tellers")
    if row.state != "typed":
        raise RuleBroken("no-such-move", "This entry was confirmed, rejected or typed again. Load the page again.")
    if row.typed_by == _person():
        raise RuleBroken("same-teller", "You typed this. Another person must look at it: two pairs of eyes.")
    return row


def _person() -> UUID:
    person = current_scope().person_id
    if person is None:
        raise RuleBroken("nobody-tells", "A person does this: sign in first.")
    return person
