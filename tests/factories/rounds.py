"""A round taken by the services from draft to ordered, each step in the scope of the people who would take it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from procurement.award.solve import award_answer
from procurement.services import awards, catalogue, demand, orders, rounds, sharing, suppliers
from procurement.services.rounds import RoundPlan
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.models import CoopAddress
from tests.factories.tenants import make_coop

WANTED: Mapping[str, Sequence[int]] = {"Afon Care": (120, 7, 0), "Beacon Care": (35, 0, 11), "Cwm Care": (1, 13, 3)}
"""Packs by co-op: gloves at 20% VAT, masks at 5%, leaflets at 0%."""

_ITEMS = (
    ("gloves", "Nitrile gloves, medium", Decimal(20)),
    ("masks", "Face masks type IIR", Decimal(5)),
    ("leaflets", "Hand-washing leaflets", Decimal(0)),
)
_PRICES = {
    "north": ({"gloves": ("412.5", "371"), "leaflets": ("99.9", "99.9")}, {"delivery_pence": 1501, "lead_days": 5}),
    "south": ({"gloves": ("430", "425"), "masks": ("333.3333", "310")}, {"delivery_pence": 999}),
}


@dataclass(frozen=True)
class OrderedRound:
    """A round whose orders are out, and the co-ops in it by name."""

    round_id: UUID
    coops: dict[str, UUID]


def make_coop_with_address(name: str, address: str = "1 Stryd Fawr") -> UUID:
    """A co-op that takes deliveries; answers its id."""
    coop_id = make_coop(name)
    with acting_for(coop_id):
        db.session.add(CoopAddress(tenant_id=coop_id, lines=address, postcode="CF10 1AA", instructions="Ring twice"))
    return coop_id


def make_market(mark: str = "") -> list[UUID]:
    """Three items at three VAT rates and two suppliers with tiers from 100 packs; codes end in `mark`. Answers the items' ids."""
    day = clock.today()
    with acting_for_federation():
        items = {
            code: catalogue.add_item(
                {"code": code + mark, "name": name, "unit": "Box of 100", "vat_rate_percent": rate}
            ).id
            for code, name, rate in _ITEMS
        }
        for code, (prices, terms) in _PRICES.items():
            supplier = suppliers.add_supplier(
                {"code": code + mark, "name": f"{code.capitalize()}gate Ŵyn", "email": f"{code}@example.org", **terms}
            )
            for item, pence in prices.items():
                suppliers.add_offer(
                    {
                        "supplier_id": supplier.id,
                        "item_id": items[item],
                        "mode": "all_units",
                        "tiers": [0, 100],
                        "pence_per_pack": [Decimal(price) for price in pence],
                        "minimum_packs": 1,
                        "multiple_packs": 1,
                        "capacity_packs": None,
                        "quality": Decimal(1),
                        "valid_from": day,
                        "valid_to": day + timedelta(days=400),
                    }
                )
    return list(items.values())


def make_closed_round(
    item_ids: Sequence[UUID], wanted: Mapping[UUID, Sequence[int]], title: str = "Winter PPE"
) -> UUID:
    """A round in which each co-op has said how many packs of each item it needs, closed; answers its id."""
    with acting_for_federation():
        plan = RoundPlan(title, clock.now() + timedelta(days=5), clock.today() + timedelta(days=12), list(item_ids))
        round_id = rounds.draft_round(plan).id
        rounds.open_round(round_id)
    for coop_id, packs in wanted.items():
        with acting_for(coop_id):
            demand.save_demand(round_id, dict(zip(item_ids, packs, strict=True)))
    with acting_for_federation():
        rounds.close_round(round_id)
    return round_id


def order_round(round_id: UUID, before_ordering: Callable[[], object] = lambda: None) -> None:
    """Work out the award at once, approve it, let `before_ordering` happen in the office, and send the orders."""
    with acting_for_federation():
        award = awards.run_award(round_id)
        problem = awards.problem_of(award)
        awards.keep_answer(award, problem, award_answer(problem, {"story_seconds": 0}))
        awards.approve_award(award.id, "The least cost.")
        before_ordering()
    with acting_for_federation():
        orders.place_orders(round_id)


def make_ordered_round(
    wanted: Mapping[str, Sequence[int]] | None = None,
    *,
    alone_pence: Mapping[str, int | None] | None = None,
    title: str = "Winter PPE",
) -> OrderedRound:
    """A whole round over co-ops, items and suppliers of its own.

    `wanted`: co-op name to packs of the three items. `alone_pence`: what each would pay alone at least, where it is known.
    """
    mark, wanted = uuid4().hex[:6], wanted or WANTED
    coops = {name: make_coop_with_address(f"{name} {mark}") for name in wanted}
    round_id = make_closed_round(make_market(mark), {coops[name]: packs for name, packs in wanted.items()}, title)
    with acting_for_federation():
        for name, pence in (alone_pence or {}).items():
            sharing.save_alone_price(round_id, coops[name], {"cost_pence": pence, "bound_pence": pence, "proven": True})
    order_round(round_id)
    return OrderedRound(round_id, coops)
