"""The shifts of a request: typed once, repeated, or all that somebody absent would have worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select

from staffbank.models import CoverShift, Placement, WorkBlock
from staffbank.times import LONGEST_SHIFT, london_midnight, london_span
from tenants import clock
from tenants.clock import moment_words
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.scope import current_tenant_id

MOST_SHIFTS = 200
MOST_SEATS = 4
FURTHEST = timedelta(days=366)
REPEATS = {"": 0, "daily": 1, "weekly": 7}
"""Word of a repetition to the days between."""


@dataclass(frozen=True)
class ShiftPlan:
    """One shift that is asked for: aware moments and how many carers at once."""

    starts_at: datetime
    ends_at: datetime
    seats: int = 1


@dataclass(frozen=True)
class Hours:
    """Times of a day on London's clocks; an end at or before the start lies on the next day.

    `folds` say which of the two hours is meant on the night in October that has one twice.
    """

    start: time
    end: time
    folds: tuple[int | None, int | None] = (None, None)


def list_shifts(request_id: UUID) -> list[CoverShift]:
    """The shifts of one of the acting co-op's requests, by time."""
    query = select(CoverShift).where(CoverShift.tenant_id == current_tenant_id(), CoverShift.request_id == request_id)
    return list(db.session.scalars(query.order_by(CoverShift.starts_at, CoverShift.id)))


def get_shift(request_id: UUID, shift_id: UUID, *, lock: bool = False) -> CoverShift:
    """One shift of a request. Raises: NotFound."""
    found = db.session.get(CoverShift, (current_tenant_id(), shift_id), with_for_update=lock)
    if found is None or found.request_id != request_id:
        raise NotFound("shift")
    return found


def list_legs(request_id: UUID) -> list[Placement]:
    """The host's legs of everything that was offered for a request, oldest first."""
    query = select(Placement).where(
        Placement.tenant_id == current_tenant_id(), Placement.side == "host", Placement.request_id == request_id
    )
    return list(db.session.scalars(query.order_by(Placement.offered_at, Placement.id)))


def repeated(day: date, hours: Hours, *, every: str = "", until: date | None = None, seats: int = 1) -> list[ShiftPlan]:
    """Shifts at the same hours of London's clocks, once, or `daily` or `weekly` until a day (which counts).

    Raises: InvalidInput at "repeat", "until", or as london_span, naming the day that has no such hour.
    """
    if every not in REPEATS:
        raise InvalidInput({"repeat": f"Choose one of: {', '.join(name for name in REPEATS if name)}, or leave it"})
    if every and until is None:
        raise InvalidInput({"until": "Enter the last day of the repetition"})
    last = until if every and until is not None else day
    if last < day:
        raise InvalidInput({"until": "The last day must not be before the first"})
    step = REPEATS[every] or 1
    count = (last - day).days // step + 1
    if count > MOST_SHIFTS:
        raise InvalidInput({"until": too_many(count)})
    days = [day + timedelta(days=step * number) for number in range(count)]
    return [ShiftPlan(*london_span(one, hours.start, hours.end, hours.folds), seats) for one in days]


def absence(carer_id: UUID, first: date, last: date) -> list[ShiftPlan]:
    """Everything on the home rota of one of the co-op's carers from one day to another, both counted, that is still to come.

    Raises: InvalidInput when there is nothing, or more than 200 pieces.
    """
    if last < first:
        raise InvalidInput({"last": "The last day must not be before the first"})
    start = max(london_midnight(first), clock.now())
    query = select(WorkBlock).where(
        WorkBlock.tenant_id == current_tenant_id(),
        WorkBlock.carer_id == carer_id,
        WorkBlock.kind.in_(("rota", "sleep_in")),
        WorkBlock.starts_at >= start,
        WorkBlock.starts_at < london_midnight(last + timedelta(days=1)),
    )
    blocks = list(db.session.scalars(query.order_by(WorkBlock.starts_at).limit(MOST_SHIFTS + 1)))
    if not blocks:
        raise InvalidInput({"first": "Nothing stands on this carer's rota between these days that is still to come"})
    if len(blocks) > MOST_SHIFTS:
        raise InvalidInput({"last": too_many(len(blocks))})
    return [ShiftPlan(block.starts_at, block.ends_at) for block in blocks]


def check_plans(plans: Sequence[ShiftPlan], now: datetime) -> list[ShiftPlan]:
    """The shifts in order of time, if they can be asked for.

    Raises: InvalidInput with the path of each shift that is reversed, too long, over, too far off, or on top of another.
    """
    if not plans:
        raise InvalidInput({"shifts": "Say when cover is needed"})
    if len(plans) > MOST_SHIFTS:
        raise InvalidInput({"shifts": too_many(len(plans))})
    errors: dict[str, str] = {}
    for place, plan in enumerate(plans):
        _check_times(plan, now, f"shifts.{place}", errors)
    ordered = sorted(plans, key=lambda plan: plan.starts_at)
    for before, after in pairwise(ordered):
        if after.starts_at < before.ends_at:
            errors.setdefault(
                f"shifts.{list(plans).index(after)}.starts_at",
                f"{moment_words(after.starts_at)} lies inside another shift of this request: for several carers at once "
                "raise the number of carers instead",
            )
    if errors:
        raise InvalidInput(errors)
    return ordered


def _check_times(plan: ShiftPlan, now: datetime, path: str, errors: dict[str, str]) -> None:
    if plan.ends_at <= plan.starts_at:
        errors[f"{path}.ends_at"] = "The end must be after the start"
    elif plan.ends_at - plan.starts_at > LONGEST_SHIFT:
        errors[f"{path}.ends_at"] = "This is longer than 24 hours: split it"
    elif plan.starts_at <= now:
        errors[f"{path}.starts_at"] = f"{moment_words(plan.starts_at)} is over: choose a time to come"
    elif plan.starts_at - now > FURTHEST:
        errors[f"{path}.starts_at"] = "Cover is asked for at most a year ahead"
    if not 1 <= plan.seats <= MOST_SEATS:
        errors[f"{path}.seats"] = f"Enter 1 to {MOST_SEATS} carers"


def too_many(count: int) -> str:
    """What is wrong with so many shifts, in words.

    >>> too_many(260)
    'This makes 260 shifts. One request has at most 200: end it earlier and ask again for the rest'
    """
    return (
        f"This makes {count:,} shifts. One request has at most {MOST_SHIFTS}: end it earlier and ask again for the rest"
    )
