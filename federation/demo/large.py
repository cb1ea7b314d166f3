"""A large round: invented need of co-ops large and small, priced on real slopes, run through to statements.

Everything is done by the services, in the scopes of the people concerned. The same seed makes the same numbers.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from federation.demo.running import approve_and_order, price_alone, work_out
from procurement.rules import MAX_PACKS
from procurement.services import awards, catalogue, demand, rounds, sharing, statements, suppliers
from procurement.services.rounds import MAX_ITEMS, RoundPlan
from procurement.slopes import (
    TURNOVER_PER_WORKER_PENCE,
    care_staff,
    make_catalogue,
    make_coops,
    make_demand,
    make_suppliers,
)
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.errors import InvalidInput, RuleBroken
from tenants.money import format_pence
from tenants.scope import FEDERATION
from tenants.services.coops import NewCoop, Size, add_coop, federation_name, found_federation, latest_sizes, list_coops
from tenants.services.people import add_person, find_person, grant_role, list_members

NAME = "Demo Federation"
REASON = "The least cost that could be proven."
HUB = "Unit 4, Mill Lane Depot"
MOST_COOPS = 400
ALONE_SECONDS = 2
"""At most for each co-op's price alone. Less time means a lower bound, never a wrong one: the saving told is smaller."""
PEOPLE = (
    ("officer@demo.example", "Frances Oyelaran", "officer", None),
    ("treasurer@demo.example", "Idris Pugh", "treasurer", None),
    ("manager@demo.example", "Hannah Mistry", "manager", 0),
    ("manager2@demo.example", "Tom Airey", "manager", -1),
    ("carer@demo.example", "Ceri Walsh", "carer", 0),
    ("delegate@demo.example", "Hugh Delaney", "delegate", 0),
)
"""E-mail, name, role and, among the co-ops from the largest to the smallest, whose; None is the federation itself."""


@dataclass(frozen=True)
class Plan:
    """How large a round to invent, and from which seed."""

    coops: int
    items: int
    seed: int

    @classmethod
    def checked(cls, coops: int, items: int, seed: int) -> "Plan":
        """A plan that can be carried out. Raises: InvalidInput."""
        errors = {}
        if not 1 <= coops <= MOST_COOPS:
            errors["--coops"] = f"use a whole number from 1 to {MOST_COOPS}."
        if not 1 <= items <= MAX_ITEMS:
            errors["--items"] = f"use a whole number from 1 to {MAX_ITEMS}."
        if errors:
            raise InvalidInput(errors)
        return cls(coops, items, seed)

    @property
    def suppliers(self) -> int:
        """A supplier for every six items, from three to twenty."""
        return min(20, max(3, self.items // 6))


@dataclass
class Outcome:
    """What a round came to, in whole pence net of VAT; `seconds` says how long each step took."""

    round_id: UUID
    coops: int
    paid_pence: int
    alone_pence: int
    not_compared: int
    orders: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def saved_pence(self) -> int:
        """Saved at least, by the co-ops that could have bought alone."""
        return self.alone_pence - self.paid_pence


def run(plan: Plan) -> Outcome:
    """Make the round and run it through; steps are printed, progress goes to standard error."""
    seconds: dict[str, float] = {}
    with step("co-ops", seconds):
        staff = take_part(Random(plan.seed), plan.coops)
        officer = meet_people(staff)
    # Drawn anew, so that the numbers do not depend on how many co-ops had to be invented.
    rng = Random(plan.seed)
    with step("catalogue, suppliers, price lists", seconds):
        goods = make_catalogue(rng, plan.items)
        items = stock(goods, make_suppliers(rng, plan.suppliers, goods), officer)
    with step("demand", seconds):
        round_id = open_round(f"Large round {plan.seed}", list(items.values()), officer)
        ids = {str(place): coop_id for place, coop_id in enumerate(staff)}
        answer(round_id, ids, make_demand(rng, {key: staff[coop_id] for key, coop_id in ids.items()}, goods), items)
    with step("closing", seconds), acting_for_federation(officer):
        rounds.close_round(round_id)
    with step("award", seconds):
        award_id = work_out(round_id, officer)
    with step("prices alone", seconds):
        price_alone(round_id, officer, seconds=ALONE_SECONDS, tell=_tell)
    with step("approval, orders, recharges", seconds):
        approve_and_order(round_id, award_id, officer, REASON)
    with step("statements", seconds):
        outcome = add_up(round_id, staff, officer, seconds)
    print(
        f"{outcome.coops} co-ops pay {format_pence(outcome.paid_pence)} in {outcome.orders} orders; alone they would pay at least"
        f" {format_pence(outcome.alone_pence)}. Saved at least {format_pence(outcome.saved_pence)}, net of VAT."
    )
    if outcome.not_compared:
        print(
            f"{outcome.not_compared} of them could not buy alone, or their price alone is not proven; they are in neither sum."
        )
    return outcome


def take_part(rng: Random, coops: int) -> dict[UUID, int]:
    """Care staff by co-op, in the order of their names: those of the federation, then invented ones up to `coops`."""
    with acting_for_federation():
        if federation_name() is None:
            found_federation(NAME)
        sizes = latest_sizes()
        here = list(list_coops())
        staff = [(row.name, row.id, _staff(sizes.get(row.id))) for row in here[:coops]]
        names = {row.name for row in here}
        for row in [row for row in make_coops(rng, MOST_COOPS) if row["name"] not in names][: coops - len(staff)]:
            size = Size(
                members=row["care_staff"] * 2,
                staff=row["care_staff"],
                care_hours_week=row["care_staff"] * 25,
                turnover_pence=row["care_staff"] * TURNOVER_PER_WORKER_PENCE,
                source="invented for the demo",
                as_of=min(date(2026, 3, 31), clock.today()),
            )
            staff.append((row["name"], add_coop(NewCoop(row["name"], clock.today(), size=size)), row["care_staff"]))
    return {coop_id: workers for _, coop_id, workers in sorted(staff)}


def meet_people(staff: Mapping[UUID, int]) -> UUID:
    """The federation's officer; where there is none, people are made for a visitor to be."""
    with at_the_door():
        officers = [member.person_id for member in list_members(FEDERATION) if "officer" in member.roles]
        if officers:
            return officers[0]
        by_size = sorted(staff, key=lambda coop_id: (-staff[coop_id], str(coop_id)))
        for email, name, role, place in PEOPLE:
            found = find_person(email)
            person = found.id if found else add_person(email, name)
            grant_role(person, FEDERATION if place is None else by_size[place], role)
            officers += [person] if role == "officer" else []
    return officers[0]


def stock(
    goods: Sequence[Mapping[str, Any]], firms: Sequence[Mapping[str, Any]], officer: UUID | None
) -> dict[str, UUID]:
    """Put items, suppliers and price lists into the catalogue; ids by the items' invented codes."""
    with acting_for_federation(officer):
        _, before = rounds.list_rounds(limit=1)
        mark = f"-{before + 1}" if before else ""
        items = {
            row["code"]: catalogue.add_item(
                {
                    "code": row["code"] + mark,
                    "name": row["name"],
                    "unit": row["unit"],
                    "packs_per_box": row["packs_per_box"],
                    "gtin": row["gtin"],
                    "cpv": row["cpv"],
                    "standard": row["standard"],
                    "vat_rate_percent": row["vat_rate"],
                    "retail_pence": row["retail_price"],
                }
            ).id
            for row in goods
        }
        for firm in firms:
            terms = {name: value for name, value in firm.items() if name != "offers"}
            supplier = suppliers.add_supplier(terms | {"code": firm["code"] + mark})
            for offer in firm["offers"]:
                suppliers.add_offer(_price_line(supplier.id, items[offer["item"]], firm["tier_basis"], offer))
    return items


def open_round(title: str, items: list[UUID], officer: UUID | None) -> UUID:
    """Draft a round that is delivered to a hub, and open it; its id."""
    closes = (
        (clock.now() + timedelta(days=7)).astimezone(clock.LONDON).replace(hour=17, minute=0, second=0, microsecond=0)
    )
    with acting_for_federation(officer):
        plan = RoundPlan(title, closes, closes.date() + timedelta(days=14), items, deliver_to="hub", hub_address=HUB)
        made = rounds.draft_round(plan)
        rounds.open_round(made.id)
        return made.id


def answer(
    round_id: UUID, coops: Mapping[str, UUID], wanted: Mapping[str, Mapping[str, int]], items: Mapping[str, UUID]
) -> None:
    """Each co-op says what it needs, in its own scope. `wanted`: packs by item code and key of `coops`."""
    for place, (key, coop_id) in enumerate(coops.items(), start=1):
        packs = {items[code]: min(by_coop[key], MAX_PACKS) for code, by_coop in wanted.items() if key in by_coop}
        with acting_for(coop_id):
            demand.save_demand(round_id, packs)
        _tell(f"demand: {place} of {len(coops)}")


def add_up(round_id: UUID, coops: Mapping[UUID, int], officer: UUID | None, seconds: dict[str, float]) -> Outcome:
    """Read every co-op's own statement and add them up. Raises: RuleBroken when they are not what the award costs."""
    paid = alone = not_compared = whole = 0
    for coop_id in coops:
        with acting_for(coop_id):
            found = statements.get_statement(round_id)
            whole += found.share.net_pence
            if found.saved_pence is None:
                not_compared += 1
            else:
                paid, alone = paid + found.share.net_pence, alone + found.share.net_pence + found.saved_pence
    with acting_for_federation(officer):
        award = awards.find_current_award(round_id)
        assert award is not None
        if whole != award.cost_pence:
            raise RuleBroken(
                "shares-do-not-add-up",
                f"The shares come to {format_pence(whole)}, the award costs {format_pence(award.cost_pence or 0)}.",
            )
        number_of_orders = len((award.answer or {})["suppliers"])
        assert len(sharing.alone_prices(round_id)) == len(coops)
    return Outcome(round_id, len(coops), paid, alone, not_compared, number_of_orders, seconds)


def _staff(size: Size | None) -> int:
    return care_staff(size.staff or None, size.turnover_pence or None) if size else care_staff(None, None)


def _price_line(supplier_id: UUID, item_id: UUID, basis: str, offer: Mapping[str, Any]) -> dict[str, Any]:
    today = clock.today()
    return {
        "supplier_id": supplier_id,
        "item_id": item_id,
        "mode": offer["mode"],
        "tiers": list(offer["tiers"]) if basis == "item_packs" else None,
        "pence_per_pack": [Decimal(price) for price in offer["pence_per_pack"]],
        "minimum_packs": offer["minimum_packs"],
        "multiple_packs": offer["multiple_packs"],
        "capacity_packs": offer["capacity_packs"],
        "quality": offer["quality"],
        "valid_from": today,
        "valid_to": today + timedelta(days=180),
    }


@contextmanager
def step(name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Measure a step, and print how long it took."""
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(f"{name}: {seconds[name]:.1f} s", flush=True)


def _tell(words: str) -> None:
    """Progress in one line that is written over; in a file or a pipe every tenth stays."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)
    elif words.partition(" of ")[0].endswith("0"):
        print(words, file=sys.stderr, flush=True)
