"""What the tellers' page shows: the grid to type in, and the same grid to look at with its totals."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from federation.assembly.mandate import SIDES, split_of, split_words
from federation.assembly.models import HandsEntry, Poll
from federation.assembly.services import hands
from federation.assembly.services.attendance import Seat
from federation.assembly.views import meeting_words, poll_words
from tenants import clock
from tenants.db import db
from tenants.errors import InvalidInput
from tenants.identity import Identity
from tenants.models import MemberDirectory
from tenants.permissions import may
from tenants.scope import FEDERATION

NOT_VOTED = ""
"""What the form sends for a co-op that did not vote."""
MOST_DIGITS = 9


def read_lines(form: Mapping[str, str], seats: Sequence[Seat]) -> dict[str, dict[str, int]]:
    """The grid as votes by co-op; those left at "not voted" are left out.

    Raises: InvalidInput at "lines.ID" for what is no whole number.
    """
    lines, errors = {}, {}
    for seat in seats:
        choice = form.get(f"vote-{seat.coop}", NOT_VOTED)
        if choice in SIDES:
            lines[seat.coop] = dict.fromkeys(SIDES, 0) | {choice: seat.weight}
        elif choice == "split":
            try:
                lines[seat.coop] = {side: _whole(form.get(f"{side}-{seat.coop}", "")) for side in SIDES}
            except ValueError:
                errors[f"lines.{seat.coop}"] = _("Enter whole numbers for %(coop)s", coop=seat.name)
        elif choice != NOT_VOTED:
            errors[f"lines.{seat.coop}"] = _("Choose how %(coop)s votes", coop=seat.name)
    if errors:
        raise InvalidInput(errors)
    return lines


def hands_page(
    poll: Poll, identity: Identity, typed: Mapping[str, str] | None = None, again: bool = False
) -> dict[str, Any]:
    """What assembly/meeting_hands.html shows. `typed`: a form that was refused; `again`: type one's own entry anew."""
    entries = hands.list_entries(poll.id)
    waiting = next((row for row in entries if row.state == "typed"), None)
    counted = hands.confirmed(poll.id)
    own = waiting is not None and waiting.typed_by == identity.person_id
    seats = hands.voters(poll) if poll.weights else []
    votable = poll.by_hand and poll.method == "yes_no"
    typing = votable and poll.state == "open" and (waiting is None or (own and again) or typed is not None)
    source = waiting or counted
    shown = waiting if waiting is not None and not typing else counted if not typing else None
    return {
        "poll": poll,
        "subject": poll_words.subject_of(poll),
        "tag_": poll_words.state_tag(poll),
        "votable": votable,
        "typing": typing,
        "waiting": waiting,
        "own": own,
        "rows": _form_rows(seats, typed, source) if typing else [],
        "away": [seat.name for seat in seats if not seat.there],
        "shown": _shown(poll, shown) if shown is not None else None,
        "who": _entry_words(waiting) if waiting is not None else "",
        "counted": _entry_words(counted) if counted is not None else "",
        "log": [_log(row) for row in entries if row.state == "rejected" and row.words],
        "runs": may("run-assembly", identity.kind, identity.roles),
        "meeting_href": f"/meetings/{poll.meeting_id}" if poll.meeting_id else "",
        "sides": [(side, side_words(side)) for side in SIDES],
    }


def side_words(side: str) -> str:
    """A side as people say it."""
    return {"for": _("For"), "against": _("Against"), "abstain": _("Abstain")}[side]


def _form_rows(
    seats: Sequence[Seat], typed: Mapping[str, str] | None, source: HandsEntry | None
) -> list[dict[str, Any]]:
    kept = {coop: split_of(parts) for coop, parts in source.lines.items()} if source is not None else {}
    rows = []
    for seat in seats:
        if not seat.there and seat.coop not in kept:
            continue
        split = kept.get(seat.coop)
        choice, parts = _choice(split, seat.weight), dict(split or {})
        if typed is not None:
            choice = typed.get(f"vote-{seat.coop}", NOT_VOTED)
            parts = {side: typed.get(f"{side}-{seat.coop}", "") for side in SIDES}
        rows.append(
            {
                "coop": seat.coop,
                "name": seat.name,
                "votes": seat.weight,
                "who": _(meeting_words.PRESENT[seat.way]) if seat.way else _("Has left"),
                "choice": choice,
                "parts": parts if choice == "split" else {},
            }
        )
    return rows


def _choice(split: Mapping[str, int] | None, weight: int) -> str:
    if split is None:
        return NOT_VOTED
    return next((side for side in SIDES if split.get(side) == weight), "split")


def _shown(poll: Poll, entry: HandsEntry) -> dict[str, Any]:
    totals = hands.totals_of(entry.lines)
    everything = sum(poll.weights.values())
    cast = sum(totals.values())
    percent = {side: 100 * totals[side] / everything if everything else 0 for side in SIDES}
    rows = [
        {"name": poll.names.get(coop, ""), "votes": poll.weights.get(coop, 0), **split_of(parts)}
        for coop, parts in entry.lines.items()
    ]
    return {
        "rows": sorted(rows, key=lambda row: row["name"]),
        "totals": totals,
        "words": split_words(totals),
        "cast": _("%(cast)s of %(all)s votes, of %(n)s co-ops", cast=f"{cast:,}", all=f"{everything:,}", n=len(rows)),
        "strip": [["plum", percent["for"]], ["honey", percent["against"]], ["stone", percent["abstain"]]],
    }


def _entry_words(entry: HandsEntry) -> str:
    typed = _("Typed by %(who)s, %(moment)s.", who=_name(entry.typed_by), moment=clock.moment_words(entry.typed_at))
    if entry.state != "confirmed" or entry.confirmed_by is None or entry.confirmed_at is None:
        return typed
    moment = clock.moment_words(entry.confirmed_at)
    return typed + " " + _("Confirmed by %(who)s, %(moment)s.", who=_name(entry.confirmed_by), moment=moment)


def _log(entry: HandsEntry) -> dict[str, str]:
    who = _name(entry.confirmed_by) if entry.confirmed_by else _name(entry.typed_by)
    return {"text": entry.words, "small": who, "at": clock.moment_words(entry.confirmed_at or entry.typed_at)}


def _name(person: UUID) -> str:
    found = db.session.scalar(
        select(MemberDirectory.display_name)
        .where(MemberDirectory.tenant_id == FEDERATION, MemberDirectory.person_id == person)
        .limit(1)
    )
    return found or _("somebody of the office")


def _whole(text: str) -> int:
    """A whole number as it was typed; nothing for an empty box. Raises: ValueError."""
    plain = text.strip().replace(",", "")
    if not plain:
        return 0
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= MOST_DIGITS):
        raise ValueError(text)
    return int(plain)
