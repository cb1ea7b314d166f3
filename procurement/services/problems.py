"""Turns a round and its price lists into the award calculator's problem, and codes back into names."""

from collections import defaultdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from procurement.models import BuyingRound, Demand, Item, Offer, Supplier
from procurement.services.rounds import list_round_items, pricing_day, valid_on
from tenants.db import db

SOLVE_SECONDS = 60
GAP = "0.0001"


def demand_by_item(round_id: UUID) -> dict[UUID, dict[str, int]]:
    """Packs wanted in a round: item, then co-op. Office scope."""
    wanted: dict[UUID, dict[str, int]] = defaultdict(dict)
    for item_id, tenant_id, packs in db.session.execute(
        select(Demand.item_id, Demand.tenant_id, Demand.packs).where(Demand.round_id == round_id)
    ):
        wanted[item_id][str(tenant_id)] = packs
    return dict(wanted)


def build_problem(buying_round: BuyingRound, barred: list[str] | None = None) -> dict[str, Any]:
    """The award problem of a round as it stands: items and suppliers by their codes, co-ops by their ids.

    `barred` names supplier codes that are left out.
    """
    items = {item.item_id: item for item in list_round_items(buying_round.id)}
    wanted = demand_by_item(buying_round.id)
    problem: dict[str, Any] = {
        "items": [
            {"id": item.code, "demand": wanted[item_id]}
            | ({"retail_pence": written(item.retail_pence)} if item.retail_pence is not None else {})
            for item_id, item in items.items()
            if wanted.get(item_id)
        ],
        "suppliers": _suppliers(buying_round, {item_id: items[item_id].code for item_id in wanted}, set(barred or ())),
        "allow_overbuy": buying_round.allow_overbuy,
        "time_limit_seconds": SOLVE_SECONDS,
        "gap": GAP,
    }
    limits = {
        "max_suppliers": buying_round.max_suppliers,
        "max_suppliers_per_item": buying_round.max_suppliers_per_item,
        "max_share_percent": None
        if buying_round.max_share_percent is None
        else written(buying_round.max_share_percent),
    }
    problem["limits"] = {name: value for name, value in limits.items() if value is not None}
    return problem


def supplier_names() -> dict[str, str]:
    """Names of all suppliers by code."""
    return {code: name for code, name in db.session.execute(select(Supplier.code, Supplier.name))}


def item_names(buying_round: BuyingRound) -> dict[str, tuple[str, str]]:
    """Name and unit of each item of a round by code."""
    return {item.code: (item.name, item.unit) for item in list_round_items(buying_round.id)}


def written(value: Decimal) -> str:
    """A decimal without idle noughts.

    >>> written(Decimal("412.5000")), written(Decimal("450.0000")), written(Decimal("60"))
    ('412.5', '450', '60')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _suppliers(buying_round: BuyingRound, codes: dict[UUID, str], barred: set[str]) -> list[dict[str, Any]]:
    offers: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    by_order: dict[UUID, bool] = {}
    found = db.session.execute(
        select(Offer, Supplier)
        .join(Supplier, Supplier.id == Offer.supplier_id)
        .join(Item, Item.id == Offer.item_id)
        .where(Offer.item_id.in_(codes), Supplier.retired_at.is_(None), *valid_on(pricing_day(buying_round)))
        .order_by(Supplier.code, Item.code)
    ).all()
    suppliers = {supplier.id: supplier for _, supplier in found if supplier.code not in barred}
    for offer, supplier in found:
        by_order[supplier.id] = supplier.tier_basis != "item_packs"
        offers[supplier.id].append(_offer(offer, codes[offer.item_id], own_tiers=not by_order[supplier.id]))
    return [
        {
            "id": supplier.code,
            "delivery_pence": supplier.delivery_pence,
            "minimum_order_pence": supplier.minimum_order_pence,
            "tier_basis": supplier.tier_basis,
            "offers": offers[supplier_id],
        }
        | (
            {"free_delivery_from_pence": supplier.free_delivery_from_pence}
            if supplier.free_delivery_from_pence is not None
            else {}
        )
        | ({"tiers": list(supplier.order_tiers)} if by_order[supplier_id] else {})
        for supplier_id, supplier in suppliers.items()
    ]


def _offer(offer: Offer, code: str, *, own_tiers: bool) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "item": code,
        "minimum_packs": offer.minimum_packs,
        "multiple_packs": offer.multiple_packs,
        "pence_per_pack": [written(price) for price in offer.pence_per_pack],
        "quality": written(offer.quality),
    }
    if offer.capacity_packs is not None:
        fact["capacity_packs"] = offer.capacity_packs
    if own_tiers:
        fact |= {"tiers": list(offer.tiers), "mode": offer.mode}
    return fact
