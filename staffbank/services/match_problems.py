"""Turns a request and the bank into the matching calculator's problem. Office scope: it reads what every co-op has published."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from staffbank import rule_book
from staffbank.free_time import Span, merged, without
from staffbank.models import BankEntry, Bar, CoverRequest, CoverShift, Placement
from staffbank.models.cover import HELD
from staffbank.services.bank import window_hours
from staffbank.services.outcodes import find_outcode
from staffbank.services.requests import needs_at
from tenants import clock
from tenants.db import db
from tenants.errors import NotFound

RECENT = timedelta(days=28)
"""Offers and visits so long ago count."""
SAID_NO = ("declined", "refused", "expired", "given_back")
MARK = "skill "
"""Put before a skill that is called like a rule of the book, which the calculator would not take."""


class HeldWork(NamedTuple):
    """A placement that a carer has taken on: when, and where, if the federation knows where the outcode is."""

    starts_at: datetime
    ends_at: datetime
    place: tuple[float, float] | None


@dataclass
class Bank:
    """Who may be matched, by carer, and what else is known of them: work taken on, times turned down, visits, offers, bars."""

    entries: dict[UUID, BankEntry]
    held: dict[UUID, list[HeldWork]] = field(default_factory=lambda: defaultdict(list))
    declined: dict[UUID, list[Span]] = field(default_factory=lambda: defaultdict(list))
    visited: dict[UUID, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    offered: dict[UUID, int] = field(default_factory=dict)
    refuses: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    unwanted: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Asked:
    """The requests that are matched together, and their open shifts; ids are those of the host's rows."""

    requests: dict[UUID, CoverRequest]
    shifts: list[CoverShift]


def load_asked(host_id: UUID, request_id: UUID) -> Asked:
    """One request of a host, with the shifts that are still open and to come. Raises: NotFound."""
    request = db.session.get(CoverRequest, (host_id, request_id))
    if request is None or request.state not in ("own_staff", "shared", "filled"):
        raise NotFound("request for cover")
    return Asked(
        {request_id: request}, _open_shifts(CoverShift.request_id == request_id, CoverShift.tenant_id == host_id)
    )


def load_all_asked() -> Asked:
    """Every request that is shared with the federation, with its open shifts to come."""
    shared = select(CoverRequest).where(CoverRequest.state == "shared", CoverRequest.own_staff_until <= clock.now())
    requests = {row.id: row for row in db.session.scalars(shared)}
    return Asked(requests, _open_shifts(CoverShift.request_id.in_(list(requests))))


def _open_shifts(*which: Any) -> list[CoverShift]:
    query = select(CoverShift).where(CoverShift.state == "open", CoverShift.starts_at > clock.now(), *which)
    return list(db.session.scalars(query.order_by(CoverShift.starts_at, CoverShift.id)))


def load_bank(asked: Asked) -> Bank:
    """The bank as these requests may see it: a request that is still with its own staff sees those alone."""
    own_only = {request.tenant_id for request in asked.requests.values() if request.own_staff_until > clock.now()}
    query = select(BankEntry).order_by(BankEntry.carer_id)
    if own_only:
        query = query.where(BankEntry.tenant_id.in_(own_only))
    absent = {request.absent_carer_id for request in asked.requests.values()}
    bank = Bank({row.carer_id: row for row in db.session.scalars(query) if row.carer_id not in absent})
    _add_placements(bank, asked)
    clients = {request.client_key for request in asked.requests.values() if request.client_key}
    hosts = {(request.tenant_id, request.client_key) for request in asked.requests.values()}
    for bar in db.session.scalars(select(Bar).where(Bar.client_key.in_(clients))):
        entry = bank.entries.get(bar.carer_id)
        # The home co-op says whom its carer cannot care for, the host whom its client does not want; nobody else is heard.
        if entry is not None and bar.tenant_id == entry.tenant_id:
            bank.refuses[bar.carer_id].add(str(bar.client_key))
        elif entry is not None and (bar.tenant_id, bar.client_key) in hosts:
            bank.unwanted[bar.carer_id].add(str(bar.client_key))
    return bank


def _add_placements(bank: Bank, asked: Asked) -> None:
    """Home legs of the carers: what they hold, what they turned down of these shifts, where they were, offers of late."""
    now, shift_ids = clock.now(), {shift.id for shift in asked.shifts}
    clients = {request.client_key for request in asked.requests.values() if request.client_key}
    query = select(Placement).where(
        Placement.side == "home",
        Placement.starts_at > now - RECENT - timedelta(days=14),
        Placement.carer_id.in_(bank.entries),
    )
    places: dict[str, tuple[float, float] | None] = {}
    for leg in db.session.scalars(query):
        span = leg.starts_at, leg.ends_at
        if leg.state in HELD:
            if leg.outcode not in places:
                places[leg.outcode] = middle_of(leg.outcode)
            bank.held[leg.carer_id].append(HeldWork(*span, places[leg.outcode]))
        elif leg.state in SAID_NO and leg.shift_id in shift_ids:
            bank.declined[leg.carer_id].append(span)
        if leg.state in HELD and leg.client_key in clients and leg.starts_at <= now and now - leg.starts_at <= RECENT:
            key, day = str(leg.client_key), leg.starts_at.astimezone(clock.LONDON).date().isoformat()
            bank.visited[leg.carer_id][key] = max(day, bank.visited[leg.carer_id].get(key, ""))
    counted = select(Placement.carer_id, func.count()).where(
        Placement.side == "home", Placement.offered_at > now - RECENT, Placement.carer_id.in_(bank.entries)
    )
    bank.offered = {carer: count for carer, count in db.session.execute(counted.group_by(Placement.carer_id))}


def middle_of(outcode: str) -> tuple[float, float] | None:
    """Where the middle of an outcode is, in degrees; None when nobody has told."""
    found = find_outcode(outcode)
    return (found.lat, found.lon) if found else None


def build_problem(asked: Asked, bank: Bank) -> dict[str, Any]:
    """The calculator's problem; workers and shifts go by the ids of their rows, people by theirs, which say nothing."""
    now = clock.now()
    taken = _seats_taken(asked)
    last = max((shift.ends_at for shift in asked.shifts), default=now)
    shifts = [_shift(asked.requests[shift.request_id], shift, taken, asked.shifts) for shift in asked.shifts]
    known = {row["id"] for row in shifts}
    pinned = [
        pin
        for request in asked.requests.values()
        for pin in request.pinned
        if pin[0] in known and UUID(pin[1]) in bank.entries
    ]
    excluded = [
        [person_of(request), carer]
        for request in asked.requests.values()
        for carer in request.excluded
        if UUID(carer) in bank.entries
    ]
    excluded += [[key, str(carer)] for carer, keys in bank.unwanted.items() for key in sorted(keys)]
    return {
        "at": now.isoformat(timespec="seconds"),
        "shifts": shifts,
        "workers": [_worker(entry, bank, last) for entry in bank.entries.values()],
        "pinned": pinned,
        "excluded": excluded,
    }


def person_of(request: CoverRequest) -> str:
    """Whom a request is for, as the calculator knows them; where nobody is named, the request itself."""
    return str(request.client_key or request.id)


def tag_of(need: str) -> str:
    """A need as the calculator takes it.

    >>> tag_of("hoist"), tag_of("moving_handling")
    ('hoist', 'skill moving_handling')
    """
    return MARK + need if need in rule_book.RULES and need not in rule_book.PASSPORT_ALWAYS else need


def need_of(tag: str) -> str:
    """The need behind a tag of the calculator."""
    return tag.removeprefix(MARK)


def _seats_taken(asked: Asked) -> dict[UUID, int]:
    """Seats of each shift for which somebody has said yes already."""
    ids = [shift.id for shift in asked.shifts]
    counted = select(Placement.shift_id, func.count()).where(
        Placement.side == "host", Placement.shift_id.in_(ids), Placement.state.in_(HELD)
    )
    return {shift: count for shift, count in db.session.execute(counted.group_by(Placement.shift_id))}


def _shift(
    request: CoverRequest, shift: CoverShift, taken: Mapping[UUID, int], others: Sequence[CoverShift]
) -> dict[str, Any]:
    linked = [
        str(one.id) for one in others if one.linked_key and one.linked_key == shift.linked_key and one.id != shift.id
    ]
    return {
        "id": str(shift.id),
        "coop": str(request.tenant_id),
        "start": _text(shift.starts_at),
        "end": _text(shift.ends_at),
        "lat": str(request.latitude),
        "lon": str(request.longitude),
        "needs": [tag_of(need) for need in needs_at(request, clock.now())],
        "risk": request.risk,
        "person": person_of(request),
        # Somebody who has said yes may still fall out, so there is always one seat to find a carer for.
        "seats": max(1, shift.seats - taken.get(shift.id, 0)),
        "linked_to": linked,
        "preferred": str(request.preferred_carer_id) if request.preferred_carer_id else None,
    }


def _worker(entry: BankEntry, bank: Bank, last: datetime) -> dict[str, Any]:
    carer = entry.carer_id
    busy = busy_spans(entry, bank)
    # Rest and weeks look back a few days only; what is older counts for the hours and need not go along.
    near = [span for span in busy if span[1] > clock.now() - RECENT]
    free = without(merged(_spans(entry.free)), merged(bank.declined.get(carer, [])))
    return {
        "id": str(carer),
        "coop": str(entry.tenant_id),
        "lat": str(entry.latitude),
        "lon": str(entry.longitude),
        "mode": entry.mode,
        "passport": {tag_of(tag): {"until": until} for tag, until in entry.tags.items()},
        "available": [[_text(start), _text(end)] for start, end in free],
        "rota": [[_text(start), _text(end)] for start, end in near],
        "held": [
            {"start": _text(held.starts_at), "end": _text(held.ends_at), "lat": held.place[0], "lon": held.place[1]}
            for held in bank.held.get(carer, [])
            if held.place is not None and held.ends_at > clock.now() - RECENT
        ],
        "hours_last_17_weeks": str(window_hours(busy, last)),
        "opt_out": opted_out(entry, last),
        "visited": bank.visited.get(carer, {}),
        "refuses": sorted(bank.refuses.get(carer, ())),
        "sponsored": entry.sponsored,
        "offered_recently": bank.offered.get(carer, 0),
    }


def busy_spans(entry: BankEntry, bank: Bank) -> list[Span]:
    """A carer's work of every kind, merged: as published, and the placements taken on since."""
    return merged(
        [*_spans(entry.busy), *((held.starts_at, held.ends_at) for held in bank.held.get(entry.carer_id, []))]
    )


def opted_out(entry: BankEntry, moment: datetime) -> bool:
    """Whether a carer's opt-out from the 48 hours holds now and at a later moment."""
    if entry.opt_out_from is None:
        return False
    first, last = clock.today(), moment.astimezone(clock.LONDON).date()
    return entry.opt_out_from <= first and (entry.opt_out_until is None or last <= entry.opt_out_until)


def _spans(rows: Iterable[Sequence[str]]) -> list[Span]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in rows]


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
