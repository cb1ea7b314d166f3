"""Placements: a seat is offered to a carer, and each side moves it on. Legs are written by crossings alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text

from staffbank import placement_rules as rules
from staffbank.models import Carer, CoverRequest, CoverShift, Placement
from staffbank.services import agreement, cancellations, estimates, fitness, matching, notices
from staffbank.services.bank_policy import get_policy
from staffbank.services.crossing import call
from staffbank.services.requests import get_request
from staffbank.services.shifts import get_shift
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_scope, current_tenant_id

PAGE_ROWS = 25
MOST_REASON = 500
CHECKED_AGAIN = ("interest", "accept")
EXPIRE = "expire-placements"


@dataclass(frozen=True)
class LegFilter:
    """Which of the acting co-op's legs: one side ("" for both), one state or group of states, starting from a moment."""

    side: str = ""
    states: Sequence[str] = ()
    starts_from: datetime | None = None
    other: UUID | None = None


def offer(
    request_id: UUID,
    shift_id: UUID,
    seat: int,
    home_id: UUID,
    carer_id: UUID,
    *,
    asked: bool = False,
    marks: Mapping[str, Any] | None = None,
) -> UUID:
    """Offer a seat to a carer whom the last search found to fit; `asked` only asks who is interested. The host's act.

    `marks` go with the host's leg: {"best": how many are asked at once, "until": moment, "replaces": placement id}.

    Raises: NotFound, RuleBroken: the cover is not open, the carer does not fit, is asked already, a warning stands, or the
    agreement is not signed.
    """
    marks = dict(marks or {})
    request, shift = get_request(request_id), get_shift(request_id, shift_id)
    entry = _entry_of(request_id, shift_id, carer_id)
    matching.check_warnings(request, entry)
    version = agreement.check_lending(request.tenant_id, home_id)
    told = estimates.estimate(request, shift, minutes=entry["minutes"], miles=Decimal(str(entry["miles"])))
    terms = terms_of(request, shift, home_id, carer_id, told["rate_card_from"])
    if version is not None:
        terms["framework"] = {"number": version.number, "sha256": version.hash}
    until = marks.pop("until", None) or rules.answer_until(clock.now(), shift.starts_at, get_policy().answer_hours)
    replaces = marks.pop("replaces", None)
    db.session.flush()
    made: UUID = call(
        "placement_offer",
        of_request=request_id,
        of_shift=shift_id,
        of_seat=seat,
        of_home=home_id,
        of_carer=carer_id,
        as_state="asked" if asked else "offered",
        until=until,
        its_terms=terms,
        its_hash=rules.digest_of(rules.canonical(terms)),
        host_own={"estimate": told, **marks},
        away=entry["minutes"],
        miles_away=Decimal(str(entry["miles"])),
        instead_of=replaces,
        at=clock.now(),
    )
    audit.record("offer-cover", "placement", made, {"request": str(request_id), "shift": str(shift_id), "asked": asked})
    notices.ask(made, "asked" if asked else "offered")
    if not asked:
        expire_later(made, until)
    return made


def terms_of(
    request: CoverRequest, shift: CoverShift, home_id: UUID, carer_id: UUID, rate_card_from: str | None
) -> dict[str, Any]:
    """What both sides agree to, as plain values: nothing of the person who is cared for but an outcode and tags."""
    return {
        "agreement": "secondment",
        "framework": None,
        "rate_card_from": rate_card_from,
        "host": str(request.tenant_id),
        "home": str(home_id),
        "carer": str(carer_id),
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "sleep_in": request.sleep_in,
        "place": request.outcode,
        "needs": sorted(request.needs),
        "vat_treatment": request.vat_treatment,
        "cancellation": [dict(row) for row in rules.CANCELLATION],
    }


def move(
    placement_id: UUID,
    move: str,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
    *,
    cost_pence: int | None = None,
) -> str:
    """Move a placement, both legs at once; answers its new state. Those whom it concerns are told, and what follows is asked for.

    `cost_pence` is what a host saw that cancelling costs.

    Raises: NotFound, InvalidInput for a reason that is missing, RuleBroken by its code, Conflict when the seat is taken.
    """
    side = rules.MOVER.get(move)
    if side is None:
        raise InvalidInput({"move": "There is no such move"})
    words = words.strip()
    if len(words) > MOST_REASON or (move in rules.WITH_REASON and not words):
        raise InvalidInput({"words": f"Say why, in at most {MOST_REASON} letters: those it concerns read it"})
    _check_before(placement_id, move)
    if move == "cancel":
        cancellations.check_shown([get_placement(placement_id, "host")], cost_pence)
    state: str = call(
        "placement_move",
        of_placement=placement_id,
        move=move,
        its_words=words,
        facts=dict(facts or {}),
        at=clock.now(),
    )
    # The crossing has moved both legs, the shift and the request beneath the session.
    db.session.expire_all()
    audit.record(move.replace("_", "-"), "placement", placement_id, {"state": state, "reason": bool(words)})
    _follow(placement_id, move, state)
    return state


def _check_before(placement_id: UUID, move: str) -> None:
    """What must hold at this very moment before the home side binds itself, or the host."""
    if move == "confirm":
        leg = get_placement(placement_id, "host")
        if not set(get_request(leg.request_id).needs) <= set(leg.needs):
            raise RuleBroken(
                "terms-changing",
                "What is needed has just changed, and the offer is being looked at again: try in a minute.",
            )
    if move not in (*CHECKED_AGAIN, "release"):
        return
    leg = get_placement(placement_id, "home")
    if move == "accept":
        hold_time_of(leg.person_id)
    if leg.state in rules.PENDING and leg.expires_at >= clock.now():
        fitness.check_fit(leg, passport_only=move == "release")
        agreement.check_lending(leg.counterparty_id, leg.tenant_id)


def hold_time_of(person_id: UUID) -> None:
    """Let those who would book one person's time come one after the other, until the end of the transaction.

    The constraint on booked time alone keeps them apart, but two who insert at once end in a deadlock; who waits here is
    told in words instead.
    """
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"booked:{person_id}"})


def _follow(placement_id: UUID, move: str, state: str) -> None:
    """What a move sets going: letters, the next time limit, the schedule, the next carer."""
    leg = db.session.scalars(select(Placement).where(Placement.id == placement_id).limit(1)).one()
    host_id = leg.tenant_id if leg.side == "host" else leg.counterparty_id
    if move not in ("brief_host", "brief_carer"):
        notices.ask(placement_id, move)
    if state in ("accepted", "released"):
        expire_later(placement_id, leg.expires_at)
    elif state == "confirmed" and move in ("confirm", "confirm_by_default"):
        defer("placement-schedule", placement_id, "Schedule of a placement")
        if leg.replaces_id is not None:
            notices.ask(leg.replaces_id, "swapped")
        if current_scope().tenant_id == host_id:
            withdraw_others(placement_id)
        else:
            defer("withdraw-others", placement_id, "Tell others that the cover is filled")
    elif move == "cancel":
        if cancellations.percent_owed(leg) and leg.tenant_id != leg.counterparty_id:
            defer("recharge-cancellation", placement_id, "What is still owed for a cancelled placement")
    elif move in ("decline", "refuse", "give_back", "recall", "expire"):
        defer("offer-next", placement_id, "Ask the next carer")


def withdraw_others(placement_id: UUID) -> int:
    """Once somebody is confirmed, take the other offers of the seat back, and tell them. In the host's scope; answers how many."""
    leg = get_placement(placement_id, "host")
    others = db.session.scalars(
        select(Placement.id).where(
            Placement.tenant_id == current_tenant_id(),
            Placement.side == "host",
            Placement.shift_id == leg.shift_id,
            Placement.seat == leg.seat,
            Placement.id != placement_id,
            Placement.state.in_(rules.PENDING),
        )
    ).all()
    for other in others:
        move(other, "withdraw", "Somebody else has been confirmed for this.")
    return len(others)


def expire_later(placement_id: UUID, until: datetime) -> None:
    """Ask for a look at a placement when its time limit has passed."""
    jobs.defer(
        EXPIRE,
        {"placement_id": str(placement_id)},
        label="Time limit of an offer",
        shown=False,
        run_at=until + timedelta(seconds=1),
    )


def defer(kind: str, placement_id: UUID, label: str) -> None:
    """Ask for work on a placement that nobody waits for on a page."""
    jobs.defer(kind, {"placement_id": str(placement_id)}, label=label, shown=False)


def get_placement(placement_id: UUID, side: str) -> Placement:
    """The acting co-op's leg on one side. Raises: NotFound."""
    found = db.session.get(Placement, (current_tenant_id(), placement_id, side))
    if found is None:
        raise NotFound("placement")
    return found


def find_legs(placement_id: UUID) -> list[Placement]:
    """The acting co-op's legs of a placement: one, or both where it covers itself. Raises: NotFound."""
    chosen = select(Placement).where(Placement.tenant_id == current_tenant_id(), Placement.id == placement_id)
    found = list(db.session.scalars(chosen.order_by(Placement.side)))
    if not found:
        raise NotFound("placement")
    return found


def list_for_request(request_id: UUID) -> list[Placement]:
    """The host's legs of a request, oldest first."""
    chosen = select(Placement).where(
        Placement.tenant_id == current_tenant_id(), Placement.side == "host", Placement.request_id == request_id
    )
    return list(db.session.scalars(chosen.order_by(Placement.offered_at, Placement.id)))


def list_own(person_id: UUID, *, starts_before: datetime | None = None) -> list[Placement]:
    """A carer's legs at the acting co-op that are not over, by time; declined ones and the like are left out."""
    chosen = select(Placement).where(
        Placement.tenant_id == current_tenant_id(),
        Placement.side == "home",
        Placement.person_id == person_id,
        Placement.ends_at > clock.now() - timedelta(hours=12),
        Placement.state.in_((*rules.PENDING, "confirmed", "started")),
    )
    if starts_before is not None:
        chosen = chosen.where(Placement.starts_at < starts_before)
    return list(db.session.scalars(chosen.order_by(Placement.starts_at, Placement.id)))


def list_legs(chosen: LegFilter, *, limit: int = PAGE_ROWS, offset: int = 0) -> tuple[list[Placement], int]:
    """The acting co-op's legs, the newest start first, and how many there are."""
    query = _filtered(chosen)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Placement.starts_at.desc(), Placement.id, Placement.side)
    return list(db.session.scalars(ordered.limit(limit).offset(offset))), total


def _filtered(chosen: LegFilter) -> Select[Any]:
    query = select(Placement).where(Placement.tenant_id == current_tenant_id())
    if chosen.side:
        query = query.where(Placement.side == chosen.side)
    if chosen.states:
        query = query.where(Placement.state.in_(chosen.states))
    if chosen.starts_from is not None:
        query = query.where(Placement.starts_at >= chosen.starts_from)
    if chosen.other is not None:
        query = query.where(Placement.counterparty_id == chosen.other)
    return query


def find_door(placement_id: UUID) -> dict[str, str] | None:
    """What the carer must know at the door, from the confirmation on; None for everybody else."""
    row = db.session.execute(
        text("SELECT name, address, notes FROM placement_door(:id)"), {"id": placement_id}
    ).one_or_none()
    return None if row is None else dict(row._mapping)


def find_checks(placement_id: UUID) -> list[dict[str, Any]] | None:
    """The checklist that a host is asked for, from the confirmation on; None before, or where nothing is published now."""
    return db.session.execute(text("SELECT placement_checks(:id)"), {"id": placement_id}).scalar_one_or_none()


def shares_place(leg: Placement) -> bool:
    """Whether the carer of a home leg has agreed that checking in tells the place."""
    carer = db.session.get(Carer, (leg.tenant_id, leg.carer_id))
    return carer is not None and carer.shares_place


def check_in(placement_id: UUID, place: Mapping[str, Any] | None = None) -> str:
    """Check in; the place is kept only where the carer agreed to tell it. Raises as move."""
    leg = get_placement(placement_id, "home")
    told = place if place is not None and shares_place(leg) else None
    return move(placement_id, "check_in", facts={"place": dict(told)} if told else None)


def _entry_of(request_id: UUID, shift_id: UUID, carer_id: UUID) -> dict[str, Any]:
    run = matching.latest_run(request_id)
    entry = matching.find_entry(run, shift_id, carer_id) if run is not None else None
    if entry is None:
        raise RuleBroken("carer-does-not-fit", "This carer does not fit the cover now: search again.")
    return entry
