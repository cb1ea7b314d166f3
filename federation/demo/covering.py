"""Takes cover through its steps at once, each in the scope of the person whose step it is, without waiting for the worker."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from staffbank.services import (
    cover_acts,
    hours,
    match_answers,
    match_problems,
    matching,
    placements,
    recharges,
    requests,
    settlement,
    shifts,
)
from staffbank.services.requests import NewRequest
from tenants import clock
from tenants.db import acting_for, acting_for_federation

SECONDS = 5
"""For the levels of one search."""


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a search found to fit a shift, with the home co-op and the person who may answer."""

    carer_id: UUID
    home_id: UUID
    chosen: bool


@dataclass(frozen=True)
class Wanted:
    """One shift of a request, as the demo keeps it in mind."""

    request_id: UUID
    shift_id: UUID
    host_id: UUID
    starts_at: datetime
    ends_at: datetime


def ask(host_id: UUID, manager: UUID, new: NewRequest) -> tuple[list[Wanted], datetime]:
    """Draft and approve a request; its shifts, and until when it is kept to the host's own staff."""
    with acting_for(host_id, manager):
        made = requests.draft_request(new)
        for warning in cover_acts.open_warnings(made, shifts.list_shifts(made.id)):
            cover_acts.set_aside(made.id, warning.rule, "The carer has agreed, and takes the break when it suits.")
        cover_acts.approve_request(made.id)
        rows = shifts.list_shifts(made.id)
        return [Wanted(made.id, row.id, host_id, row.starts_at, row.ends_at) for row in rows], made.own_staff_until


def search(host_id: UUID, request_id: UUID) -> bool:
    """Search carers for a request; whether there was an open shift to search for."""
    from staffbank.match.problem import parse_problem
    from staffbank.match.solve import match_answer

    began = time.monotonic()
    with acting_for_federation():
        asked = match_problems.load_asked(host_id, request_id)
        if not asked.shifts:
            return False
        bank = match_problems.load_bank(asked)
        raw = match_problems.build_problem(asked, bank)
        answer = match_answer(raw, {"seconds": SECONDS, "refusals": True})
        found = match_answers.Found(raw, parse_problem(raw), answer)
        match_answers.keep_answer(asked, bank, found, time.monotonic() - began)
    return True


def candidates(wanted: Wanted) -> list[Candidate]:
    """Who fits a shift by the newest search, those the search chose first."""
    with acting_for(wanted.host_id):
        run = matching.latest_run(wanted.request_id)
        request = requests.get_request(wanted.request_id)
        rows: Sequence[Mapping[str, Any]] = matching.eligible(run, wanted.shift_id) if run else []
        fit = [row for row in rows if not matching.warnings_left(request, row)]
    found = [Candidate(UUID(row["carer"]), UUID(row["home"]), bool(row["chosen"])) for row in fit]
    return sorted(found, key=lambda one: not one.chosen)


def offer(wanted: Wanted, manager: UUID, to: Candidate, *, seat: int = 1) -> UUID:
    """Offer a seat to somebody who fits; the placement's id."""
    with acting_for(wanted.host_id, manager):
        return placements.offer(wanted.request_id, wanted.shift_id, seat, to.home_id, to.carer_id)


def move(coop_id: UUID, person: UUID, placement_id: UUID, step: str, words: str = "") -> str:
    """One step of a placement, by somebody of one of its two co-ops; the state it leads to."""
    with acting_for(coop_id, person):
        return placements.move(placement_id, step, words)


def confirm(wanted: Wanted, placement_id: UUID, home: tuple[UUID, UUID], carer: UUID, manager: UUID) -> None:
    """The carer says yes, the home co-op (its id and manager) lets go, the host confirms."""
    state = move(home[0], carer, placement_id, "accept")
    if state == "accepted":
        move(*home, placement_id, "release")
    move(wanted.host_id, manager, placement_id, "confirm")


def brief(wanted: Wanted, placement_id: UUID, home_id: UUID, carer: UUID, manager: UUID) -> None:
    """Both sides tick what must be known before the start."""
    move(wanted.host_id, manager, placement_id, "brief_host")
    move(home_id, carer, placement_id, "brief_carer")


def send_hours(home_id: UUID, carer: UUID, placement_id: UUID, *, miles: Decimal = Decimal(0)) -> int:
    """The carer sends the hours as they were checked in and out; minutes worked."""
    with acting_for(home_id, carer):
        sheet = hours.get_own_sheet(placement_id, carer)
        claimed = replace(hours.prefilled(sheet), miles=miles)
        hours.send(placement_id, carer, claimed)
        return claimed.minutes


def settle_hours(host: tuple[UUID, UUID], home: tuple[UUID, UUID], placement_id: UUID) -> None:
    """The host agrees, the home co-op accepts, and the recharge is posted; `host` and `home` are a co-op and its manager."""
    with acting_for(*host):
        hours.agree(placement_id)
    with acting_for(*home):
        hours.accept(placement_id)
    with acting_for_federation():
        recharges.post_recharge(placement_id)


def is_settled(month: date) -> bool:
    """Whether a month has been opened for settlement before."""
    with acting_for_federation():
        return month in {cycle.month for cycle in settlement.list_cycles()}


def open_statement(month: date, officer: UUID | None) -> tuple[UUID, datetime]:
    """Open a month that is over and send its statement: its id, and when the co-ops may dispute no longer."""
    with acting_for_federation(officer):
        cycle = settlement.open_cycle(month)
        cycle = settlement.send_statement(cycle.id)
        assert cycle.dispute_until is not None
        return cycle.id, cycle.dispute_until


def pay_all(cycle_id: UUID, officer: UUID | None) -> tuple[int, int]:
    """Net a statement, note every payment as made and close the month: how many payments, and their sum in pence."""
    with acting_for_federation(officer):
        settlement.net_cycle(cycle_id)
        lines = [line for line in settlement.list_lines(cycle_id) if line.kind == "payment" and line.pence > 0]
        made = [(line.id, line.pence) for line in lines]
    for line_id, _ in made:
        with acting_for_federation(officer):
            settlement.mark_paid(line_id)
    with acting_for_federation(officer):
        settlement.close_cycle(cycle_id)
    return len(made), sum(pence for _, pence in made)


def next_start(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of a day in London, as a moment."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.LONDON)
