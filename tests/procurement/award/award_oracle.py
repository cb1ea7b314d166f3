"""The least cost of a tiny award problem by trying every allocation: slow, simple, with none of our own code."""

import itertools
import math
from fractions import Fraction
from typing import Any


def least_objective(sheet: dict[str, Any], most: int) -> Fraction | None:
    """The least of what is minimised, in pence as charged; lines go up to `most` packs. None: nothing is allowed."""
    wanted = {item["id"]: sum(item["demand"].values()) for item in sheet["items"]}
    keys = [(s, offer) for s in sheet["suppliers"] for offer in s["offers"]]
    per_item = []
    for item, packs in wanted.items():
        own = [(s, offer) for s, offer in keys if offer["item"] == item]
        choices = [_quantities(offer, most if sheet.get("allow_overbuy") else packs) for _, offer in own]
        per_item.append(
            [
                [(s["id"], item, q) for (s, _), q in zip(own, combo, strict=True)]
                for combo in itertools.product(*choices)
                if sum(combo) == packs or (sheet.get("allow_overbuy") and sum(combo) > packs)
            ]
        )
    costs = (
        _objective(sheet, [row for part in parts for row in part if row[2]]) for parts in itertools.product(*per_item)
    )
    return min((cost for cost in costs if cost is not None), default=None)


def _quantities(offer: dict[str, Any], most: int) -> list[int]:
    low, step = offer.get("minimum_packs", 1), offer.get("multiple_packs", 1)
    return [0, *(q for q in range(step, min(most, offer.get("capacity_packs", most)) + 1, step) if q >= low)]


def _objective(sheet: dict[str, Any], rows: list[tuple[str, str, int]]) -> Fraction | None:
    limits = sheet.get("limits", {})
    goods: dict[str, int] = {}
    extra, delivery = Fraction(0), 0
    for supplier in sheet["suppliers"]:
        own = {item: q for name, item, q in rows if name == supplier["id"]}
        if not own:
            continue
        goods[supplier["id"]] = 0
        for offer in supplier["offers"]:
            if offer["item"] in own:
                cost = math.floor(_line(supplier, offer, own) + Fraction(1, 2))
                goods[supplier["id"]] += cost
                missing = 1 - Fraction(str(offer.get("quality", 1)))
                extra += cost * missing * Fraction(sheet.get("quality_weight_percent", 0)) / 100
        value = goods[supplier["id"]]
        if value < supplier.get("minimum_order_pence", 0):
            return None
        if value < supplier.get("free_delivery_from_pence", math.inf):
            delivery += supplier.get("delivery_pence", 0)
    if len(goods) > limits.get("max_suppliers", 99):
        return None
    names = [item for _, item, _ in rows]
    if any(names.count(item) > limits.get("max_suppliers_per_item", 99) for item in names):
        return None
    if any(value * 100 > limits.get("max_share_percent", 100) * sum(goods.values()) for value in goods.values()):
        return None
    return sum(goods.values()) + delivery + extra


def _line(supplier: dict[str, Any], offer: dict[str, Any], own: dict[str, int]) -> Fraction:
    prices = [Fraction(str(price)) for price in offer["pence_per_pack"]]
    packs = own[offer["item"]]
    basis = supplier.get("tier_basis", "item_packs")
    if basis == "item_packs":
        bounds = offer.get("tiers", [0])
        if offer.get("mode") == "incremental":
            each = (max(n for n, bound in enumerate(bounds) if pack > bound or n == 0) for pack in range(1, packs + 1))
            return sum((prices[n] for n in each), Fraction(0))
        reached = packs
    else:
        bounds = supplier.get("tiers", [0])
        first = {
            o["item"]: Fraction(str(o["pence_per_pack"][0])) if basis == "order_pence" else 1
            for o in supplier["offers"]
        }
        reached = sum(first[item] * q for item, q in own.items())
    return prices[max(n for n, bound in enumerate(bounds) if reached >= bound)] * packs
