"""Who pays what of an award, under the federation's rule and beside it under the others; and what each would pay alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from procurement.models import AlonePrice, Award
from procurement.share import shares
from procurement.share.shares import ChargedLine
from tenants import clock
from tenants.db import db
from tenants.settings import SHARE_RULES


@dataclass(frozen=True)
class Charges:
    """An award as charged: its lines, delivery by supplier, demand by item, and goods of each co-op, exact."""

    lines: tuple[ChargedLine, ...]
    delivery: dict[str, int]
    demand: dict[str, dict[str, int]]
    total_pence: int
    first_prices: dict[str, Fraction]


def charges_of(award: Award) -> Charges:
    """Read the charges from an award's stored problem and answer."""
    answer, problem = award.answer or {}, award.problem or {}
    lines = tuple(
        ChargedLine(line["supplier"], line["item"], line["packs"], line["cost_pence"]) for line in answer["lines"]
    )
    delivery = {supplier["id"]: supplier["delivery_pence"] for supplier in answer["suppliers"]}
    demand = {item["id"]: dict(item["demand"]) for item in problem["items"]}
    prices: dict[str, Fraction] = {}
    for supplier in problem["suppliers"]:
        for offer in supplier["offers"]:
            first = Fraction(offer["pence_per_pack"][0])
            prices[offer["item"]] = min(first, prices.get(offer["item"], first))
    return Charges(lines, delivery, demand, sum(line.cost_pence for line in lines) + sum(delivery.values()), prices)


def shares_by_rule(charges: Charges, alone: Mapping[str, int | None] | None) -> dict[str, dict[str, int]]:
    """Shares in pence by rule and co-op. Equal percent is left out while the prices of buying alone are not known."""
    by_price = shares.equal_price_exact(charges.lines, charges.delivery, charges.demand)
    value: dict[str, Fraction] = {coop: Fraction(0) for coop in by_price}
    for item, wanted in charges.demand.items():
        for coop, packs in wanted.items():
            value[coop] += packs * charges.first_prices.get(item, Fraction(0))
    found = {
        "equal_price": shares.equal_price(charges.lines, charges.delivery, charges.demand),
        "proportional": shares.proportional(charges.total_pence, value),
    }
    if alone is not None and set(alone) >= set(by_price):
        found["equal_percent"] = shares.equal_percent(
            charges.total_pence, {coop: alone[coop] for coop in by_price}, by_price
        )
    return {rule: found[rule] for rule in SHARE_RULES if rule in found}


def save_alone_price(round_id: UUID, tenant_id: UUID, found: Mapping[str, Any]) -> None:
    """Keep what a co-op would pay alone: at least the bound, at most the cost that was found."""
    values = {
        "cost_pence": found["cost_pence"],
        "bound_pence": found["bound_pence"],
        "proven": found["proven"],
        "worked_out_at": clock.now(),
    }
    statement = insert(AlonePrice).values(tenant_id=tenant_id, round_id=round_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "round_id"], set_=values))


def alone_prices(round_id: UUID) -> dict[str, int | None]:
    """What each co-op would pay at least if it bought alone, in pence, by co-op; None: could not be bought alone.

    Co-ops whose price is not worked out yet are not in the answer. Office scope: all; member scope: one's own.
    """
    rows = db.session.execute(
        select(AlonePrice.tenant_id, AlonePrice.bound_pence).where(AlonePrice.round_id == round_id)
    )
    return {str(tenant_id): pence for tenant_id, pence in rows}


def pays_more_than_alone(paid: Mapping[str, int], alone: Mapping[str, int | None]) -> list[str]:
    """Co-ops whose share is above what they would pay alone: the page says so, by name.

    >>> pays_more_than_alone({"a": 100, "b": 90, "c": 5}, {"a": 99, "b": 90, "c": None})
    ['a']
    """
    return sorted(coop for coop, pence in paid.items() if (own := alone.get(coop)) is not None and pence > own)
