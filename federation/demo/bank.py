"""Weeks of the staff bank: invented absence of co-ops' carers, covered under every rule, worked, and settled.

Everything is done by the services, in the scopes of the people concerned. The same seed makes the same
people and the same absences.
"""

import sys
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from federation.demo.covering import next_start
from federation.demo.large import meet_people, take_part
from federation.demo.staffing import agree_to_lend, choose_places, staff
from federation.demo.weeks import Line, Tally
from staffbank.places import WELL_KNOWN, Outcode, read_outcodes
from staffbank.services import recharges, settlement
from staffbank.services.outcodes import take_in_outcodes
from staffbank.verify.report import report
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.errors import InvalidInput, RuleBroken
from tenants.money import format_pence

MOST_COOPS, MOST_WEEKS = 100, 26
SETTLED_AFTER = 20
"""By this day of a month the one before can be settled: the statement, a week to dispute, the payments."""


@dataclass(frozen=True)
class Plan:
    """How many co-ops, for how many weeks, from which seed, and where their people live."""

    coops: int
    weeks: int
    seed: int
    places: tuple[Outcode, ...]
    table: tuple[Outcode, ...] = ()
    """All outcodes of the file that was given, for the federation to know."""

    @classmethod
    def checked(cls, coops: int, weeks: int, seed: int, outcodes: str | None = None) -> "Plan":
        """A plan that can be carried out; `outcodes` names a CSV file. Raises: InvalidInput."""
        errors = {}
        if not 2 <= coops <= MOST_COOPS:
            errors["--coops"] = f"use a whole number from 2 to {MOST_COOPS}."
        if not 1 <= weeks <= MOST_WEEKS:
            errors["--weeks"] = f"use a whole number from 1 to {MOST_WEEKS}."
        if outcodes is not None and not Path(outcodes).is_file():
            errors["--outcodes"] = f"there is no file {outcodes}."
        if errors:
            raise InvalidInput(errors)
        table = read_outcodes(Path(outcodes).read_text("utf-8")) if outcodes else []
        return cls(coops, weeks, seed, tuple(choose_places(table or list(WELL_KNOWN.values()))), tuple(table))


@dataclass(frozen=True)
class Outcome:
    """What the weeks came to; `breaches` is what the independent check found."""

    tally: Tally
    carers: int
    breaches: int


def run(plan: Plan) -> Outcome:
    """Make the weeks and run them through to settlement, all of it in the past; a summary is printed.

    Raises: RuleBroken where these months have been settled already.
    """
    rng, first = Random(plan.seed), first_monday(clock.today(), plan.weeks)
    _check_months(first + timedelta(weeks=plan.weeks))
    began = time.perf_counter()
    coops = sorted(take_part(Random(plan.seed), plan.coops).items(), key=lambda row: (-row[1], str(row[0])))
    officer = meet_people(dict(coops))
    if plan.table:
        with acting_for_federation(officer):
            take_in_outcodes(plan.table)
    with clock.stopped_at(next_start(first, 0) - timedelta(days=1)):
        houses = staff(rng, [coop for coop, _ in coops], plan.places, first, plan.weeks)
        agree_to_lend(officer, [(house.id, house.manager) for house in houses])
    carers = sum(len(house.carers) for house in houses)
    print(f"{len(houses)} co-ops with {carers} carers: {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    line = Line(rng, {house.id: house for house in houses}, officer, next_start(first, 0))
    line.plan(first, plan.weeks)
    line.run(_tell)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(f"{plan.weeks} weeks from {clock.day_words(first)}: {time.perf_counter() - began:.1f} s", flush=True)
    for house in houses:
        with acting_for(house.id):
            own = [leg.gross_pence for leg in recharges.list_recharges() if leg.side == "host"]
        line.tally.recharged_pence += sum(own)
    lines, breaches = report()
    print("\n".join([*summary(line.tally), *lines]), flush=True)
    return Outcome(line.tally, carers, breaches)


def _check_months(end: date) -> None:
    last = (end - timedelta(days=1)).replace(day=1)
    with acting_for_federation():
        settled = {cycle.month for cycle in settlement.list_cycles()}
    if last in settled:
        raise RuleBroken(
            "weeks-are-settled", f"{last:%B %Y} is settled in this federation already. Use another --data DIR."
        )


def first_monday(today: date, weeks: int) -> date:
    """The Monday on which the weeks begin, so that they lie in months that are over and can be settled by now.

    >>> first_monday(date(2026, 11, 22), 8), first_monday(date(2026, 11, 3), 8)
    (datetime.date(2026, 8, 31), datetime.date(2026, 8, 3))
    """
    over = today.replace(day=1)
    if today.day < SETTLED_AFTER:
        over = (over - timedelta(days=1)).replace(day=1)
    last_monday = over - timedelta(days=over.weekday())
    return last_monday - timedelta(weeks=weeks)


def summary(tally: Tally) -> list[str]:
    """What the weeks came to, in lines."""
    rate = 100 * tally.filled / tally.shifts if tally.shifts else 0.0
    return [
        f"Requests: {tally.requests}, of {tally.shifts} shifts; {tally.offers} offers, {tally.declined} declined,"
        f" {tally.overtaken} overtaken, {tally.given_back} given back",
        f"Worked: {tally.filled} shifts, {rate:.1f} % of those asked for; {tally.lent} of them by carers of other co-ops",
        f"Hours: {tally.minutes / 60:,.1f}, of which lent {tally.lent_minutes / 60:,.1f}; {tally.disputed} timesheets disputed",
        f"Recharges: {format_pence(tally.recharged_pence)} with VAT, settled by {tally.payments} payments of"
        f" {format_pence(tally.paid_pence)}",
    ]


def _tell(moment: datetime) -> None:
    """Progress in one line that is written over; nothing in a file or a pipe."""
    if sys.stderr.isatty():
        print(f"\r\033[K{clock.moment_words(moment)}", end="", file=sys.stderr, flush=True)
