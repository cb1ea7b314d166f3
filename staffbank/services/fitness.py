"""Whether a carer still fits, asked of the rules at this moment, from what the home co-op publishes now."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select

from staffbank.match.problem import parse_problem
from staffbank.match.rules import Refusal, check
from staffbank.models import BankEntry, Bar, CoverRequest, CoverShift, Placement
from staffbank.models.cover import HELD
from staffbank.rule_book import refusal_words
from staffbank.services import match_problems
from staffbank.services.outcodes import find_outcode
from tenants import clock
from tenants.db import db
from tenants.errors import RuleBroken

FREELY = ("available", "distance")
"""What the carer decides by saying yes: to work outside the times told, or to come from afar."""


def check_fit(leg: Placement, *, passport_only: bool = False) -> None:
    """Ask every hard rule again before a carer is bound to a shift. In the home co-op's scope, or the office's.

    `passport_only` leaves out the rules of time, which hold already once the carer has accepted.

    Raises: RuleBroken that says which rule; the code is `carer-does-not-fit`.
    """
    left = [refusal for refusal in refusals(leg) if refusal.rule not in FREELY]
    if passport_only:
        timed = ("rota", "placed", "travel", "rest", "weekly_rest", "weekly_hours")
        left = [refusal for refusal in left if refusal.rule not in timed]
    if left:
        rule = match_problems.need_of(left[0].rule)
        words = refusal_words(rule, left[0].number)
        raise RuleBroken(
            "carer-does-not-fit",
            f"This cannot go on now: {words[:1].lower()}{words[1:]}. The home co-op can mend the record.",
            rule=rule,
        )


def refusals(leg: Placement) -> list[Refusal]:
    """Every rule that now keeps a carer from the shift of a placement; without a bank entry, that the carer is not lent.

    Raises: RuleBroken when the home co-op does not lend the carer any more.
    """
    home_id = leg.tenant_id if leg.side == "home" else leg.counterparty_id
    host_id = leg.counterparty_id if leg.side == "home" else leg.tenant_id
    entry = db.session.get(BankEntry, (home_id, leg.carer_id), populate_existing=True)
    if entry is None:
        raise RuleBroken(
            "carer-does-not-fit", "This carer is not in the bank any more: the home co-op keeps the record."
        )
    bank = match_problems.Bank({leg.carer_id: entry})
    for other in _held(leg):
        held = match_problems.HeldWork(other.starts_at, other.ends_at, match_problems.middle_of(other.outcode))
        bank.held[leg.carer_id].append(held)
    if leg.client_key is not None:
        bars = select(Bar.tenant_id).where(Bar.carer_id == leg.carer_id, Bar.client_key == leg.client_key)
        if home_id in set(db.session.scalars(bars)):
            bank.refuses[leg.carer_id].add(str(leg.client_key))
    problem = parse_problem(match_problems.build_problem(_asked(leg, host_id, entry), bank))
    return check(problem.shifts[0], problem.workers[0], problem.at, problem.numbers)


def _held(leg: Placement) -> Iterable[Placement]:
    return db.session.scalars(
        select(Placement).where(
            Placement.side == "home",
            Placement.carer_id == leg.carer_id,
            Placement.id != leg.id,
            Placement.state.in_(HELD),
            Placement.ends_at > clock.now() - match_problems.RECENT,
        )
    )


def _asked(leg: Placement, host_id: object, entry: BankEntry) -> match_problems.Asked:
    """The request as its placement tells it: rows that are in no session, since the home co-op cannot read the host's."""
    place = find_outcode(leg.outcode)
    lat = Decimal(str(place.lat)) if place else entry.latitude
    lon = Decimal(str(place.lon)) if place else entry.longitude
    request = CoverRequest(
        tenant_id=host_id,
        id=leg.request_id,
        number=leg.request_number,
        needs=list(leg.needs),
        risk=leg.risk,
        latitude=lat,
        longitude=lon,
        client_key=leg.client_key,
        pinned=[],
        excluded=[],
    )
    shift = CoverShift(
        tenant_id=host_id,
        id=leg.shift_id,
        request_id=leg.request_id,
        starts_at=leg.starts_at,
        ends_at=leg.ends_at,
        seats=1,
    )
    return match_problems.Asked({leg.request_id: request}, [shift])
