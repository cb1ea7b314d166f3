"""A market of three items and two suppliers, with co-ops and people: what a round in the browser needs to begin."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from procurement.models import Item
from procurement.services import demand, rounds
from procurement.services.rounds import RoundPlan
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tests.factories.rounds import make_coop_with_address, make_market
from tests.factories.tenants import make_manager, make_officer

OTHERS = ("Beacon Care", "Cwm Care", "Dale Care")
PACKS = (40, 12, 6)
"""Packs of gloves, masks and leaflets that each other co-op needs."""


@dataclass(frozen=True)
class Market:
    """People, co-ops and items; `coop` is the one whose manager takes part by the browser."""

    officer: UUID
    manager: UUID
    coop: UUID
    others: list[UUID]
    items: list[UUID]

    def item_code(self, place: int) -> str:
        """Code of an item in a file."""
        with acting_for_federation():
            return db.session.get_one(Item, self.items[place]).code


def make_people_and_prices() -> Market:
    """A federation of four co-ops with something to buy."""
    items = make_market(uuid4().hex[:6])
    coop = make_coop_with_address("Afon Care")
    return Market(
        make_officer("Olwen Officer"),
        make_manager(coop, "Mair Manager"),
        coop,
        [make_coop_with_address(name) for name in OTHERS],
        items,
    )


def open_round(market: Market, title: str = "Winter PPE") -> UUID:
    """A round that is open for five more days, answered by the other co-ops."""
    with acting_for_federation():
        made = rounds.draft_round(
            RoundPlan(title, clock.now() + timedelta(days=5), clock.today() + timedelta(days=20), market.items)
        ).id
        rounds.open_round(made)
    answer(market, made)
    return made


def answer(market: Market, round_id: UUID) -> None:
    """The other co-ops say what they need."""
    for coop in market.others:
        with acting_for(coop):
            demand.save_demand(round_id, dict(zip(market.items, PACKS, strict=True)))
