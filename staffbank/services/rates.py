"""The federation's rate cards: which one holds on a day, and publishing another, from a day, by a resolution."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from staffbank.models import RateCard as RateCardRow
from staffbank.pay.bands import PLAIN, SPECIAL, UNSOCIAL, bank_holidays
from staffbank.pay.recharge import AREAS, VEHICLES, RateCard, approved_mileage, card_in_force, check_card
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound

GRADE = "carer"
"""The one grade that placements are made at."""
FIRST_DAY = date(2024, 4, 6)
"""No work before this day is charged: neither pay floors nor a card are kept for it."""
_STARTING = ((FIRST_DAY, 1220, 1220), (date(2025, 4, 6), 1300, 1300), (date(2026, 4, 6), 1400, 1345))
"""(first day, pay an hour, travel an hour) of the cards that hold until the federation sets its own."""
STARTING_RESOLUTION = "What the software begins with, until the federation resolves otherwise."


def card_on(day: date) -> RateCard:
    """The rate card of a day: the federation's latest that starts on it or before, else the one the software begins with.

    Raises: RuleBroken for a day before FIRST_DAY.
    """
    return card_in_force(list_cards(), day)


def list_cards() -> list[RateCard]:
    """Every card, in the order in which later ones take the place of earlier ones from one day."""
    return [*starting_cards(), *(read_card(row) for row in list_rows())]


def list_rows() -> Sequence[RateCardRow]:
    """The cards that the federation has set, earliest day first, with their resolutions."""
    return db.session.scalars(
        select(RateCardRow).order_by(RateCardRow.from_date, RateCardRow.made_at, RateCardRow.id)
    ).all()


def get_row(card_id: UUID) -> RateCardRow:
    """One card that the federation has set. Raises: NotFound."""
    row = db.session.get(RateCardRow, card_id)
    if row is None:
        raise NotFound("rate card")
    return row


@cache
def starting_cards() -> tuple[RateCard, ...]:
    """The cards that hold until the federation sets its own, one for each year of rates."""
    return tuple(
        RateCard(
            f"of {starts.isoformat()}",
            starts,
            {GRADE: pay},
            {"urban": travel, "rural": travel + 25, "super_rural": travel + 75},
            approved_mileage(starts),
            5500,
            on_costs_percent=Decimal(24),
            holidays=holidays_from(starts),
        )
        for starts, pay, travel in _STARTING
    )


@cache
def holidays_from(starts: date) -> frozenset[date]:
    """Bank holidays of the years in which a card may hold."""
    return frozenset(day for year in range(starts.year, starts.year + 12) for day in bank_holidays(year))


def read_card(row: RateCardRow) -> RateCard:
    """A stored card as the calculator takes it."""
    held = row.card
    return RateCard(
        f"of {row.from_date.isoformat()}",
        row.from_date,
        {grade: int(pence) for grade, pence in held["pay"].items()},
        {area: int(pence) for area, pence in held["travel"].items()},
        {vehicle: (int(first), int(after)) for vehicle, (first, after) in held["mileage"].items()},
        int(held["sleep_in"]),
        on_costs_percent=Decimal(held["on_costs_percent"]),
        margin_percent=Decimal(held["margin_percent"]),
        weights={band: Decimal(weight) for band, weight in held["weights"].items()},
        holidays=holidays_from(row.from_date),
        signed=held["signed"],
    )


def write_card(card: RateCard) -> dict[str, Any]:
    """A card as it is stored; what `read_card` reads back."""
    return {
        "pay": dict(card.pay),
        "travel": dict(card.travel),
        "mileage": {vehicle: list(pence) for vehicle, pence in card.mileage.items()},
        "sleep_in": card.sleep_in,
        "on_costs_percent": str(card.on_costs_percent),
        "margin_percent": str(card.margin_percent),
        "weights": {band: str(weight) for band, weight in card.weights.items()},
        "signed": card.signed,
    }


def card_from(values: Mapping[str, Any]) -> RateCard:
    """A card from what an officer enters; what is left out stays as on the day before.

    Raises: InvalidInput where it is not complete or below the pay floor; RuleBroken for a day without known floors.
    """
    starts = values["from_date"]
    if starts < FIRST_DAY:
        raise InvalidInput({"from_date": f"Enter {FIRST_DAY.day} April {FIRST_DAY.year} or later"})
    known = card_on(starts)

    def given(name: str, otherwise: Any) -> Any:
        return otherwise if values.get(name) is None else values[name]

    card = replace(
        known,
        version=f"of {starts.isoformat()}",
        starts=starts,
        pay={GRADE: given("pay_pence", known.pay[GRADE])},
        travel={area: given(f"travel_{area}_pence", known.travel[area]) for area in AREAS},
        mileage={
            one: tuple(
                given(f"{one}_{part}_pence", known.mileage[one][place]) for place, part in enumerate(("first", "after"))
            )
            for one in VEHICLES
        },
        sleep_in=given("sleep_in_pence", known.sleep_in),
        on_costs_percent=given("on_costs_percent", known.on_costs_percent),
        margin_percent=given("margin_percent", known.margin_percent),
        weights={
            PLAIN: Decimal(1),
            UNSOCIAL: given("weight_unsocial", known.weights[UNSOCIAL]),
            SPECIAL: given("weight_special", known.weights[SPECIAL]),
        },
        holidays=holidays_from(starts),
        signed=given("signed", known.signed),
    )
    check_card(card)
    return card


def publish_card(values: Mapping[str, Any]) -> RateCardRow:
    """Set a rate card from a day on, by a resolution; one that reaches back adjusts what was charged. Office scope.

    Raises: InvalidInput, RuleBroken.
    """
    resolution = values["resolution"].strip()
    if not resolution:
        raise InvalidInput({"resolution": "Say which resolution set these rates"})
    card = card_from(values)
    row = RateCardRow(from_date=card.starts, card=write_card(card), resolution=resolution, made_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.record("publish-rate-card", "rate-card", row.id, {"from_date": card.starts.isoformat()})
    if card.starts <= clock.today():
        jobs.defer(
            "rate-adjustments",
            {"card_id": str(row.id)},
            label="Adjust what was charged by the older rate card",
            link="/rates",
            once_key=f"rate-adjustments:{row.id}",
        )
    return row
