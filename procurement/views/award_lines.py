"""The lines of an award, supplier by supplier, with why each costs what it does."""

from decimal import Decimal
from typing import Any

from procurement.models import Award, BuyingRound
from procurement.services.problems import item_names, supplier_names
from procurement.views.words import plural
from tenants import clock
from tenants.downloads import Column
from tenants.money import format_pence, format_price

COLUMNS = [
    Column("supplier", "Supplier", "text"),
    Column("item", "Item", "text"),
    Column("pack", "Pack", "text"),
    Column("packs", "Packs", "packs"),
    Column("price", "Pence a pack", "text"),
    Column("cost", "Cost", "pence"),
]


def download_rows(award: Award, buying_round: BuyingRound) -> list[dict[str, Any]]:
    """The lines of an award, for a table to download."""
    suppliers, items = supplier_names(), item_names(buying_round)
    return [
        {
            "supplier": suppliers.get(line["supplier"], line["supplier"]),
            "item": items[line["item"]][0],
            "pack": items[line["item"]][1],
            "packs": line["packs"],
            "price": line["pence_per_pack"],
            "cost": line["cost_pence"],
        }
        for line in (award.answer or {})["lines"]
    ]


def supplier_lines(award: Award, buying_round: BuyingRound) -> list[dict[str, Any]]:
    """What each supplier gets, with why each price and each delivery charge is what it is."""
    names, items = supplier_names(), item_names(buying_round)
    problems = {supplier["id"]: supplier for supplier in (award.problem or {})["suppliers"]}
    shown = []
    for supplier in (award.answer or {})["suppliers"]:
        lines = [line for line in (award.answer or {})["lines"] if line["supplier"] == supplier["id"]]
        terms = problems[supplier["id"]]
        shown.append(
            {
                "id": supplier["id"],
                "name": names.get(supplier["id"], supplier["id"]),
                "note": f"delivers {clock.day_words(buying_round.deliver_on)}",
                "total_pence": supplier["goods_pence"] + supplier["delivery_pence"],
                "delivery_pence": supplier["delivery_pence"],
                "delivery_why": _delivery_why(terms, supplier),
                "lines": [
                    {
                        "item": items[line["item"]][0],
                        "pack": items[line["item"]][1],
                        "packs": line["packs"],
                        "price_pence": Decimal(line["pence_per_pack"]),
                        "why": _why(terms, supplier, line),
                        "cost_pence": line["cost_pence"],
                    }
                    for line in lines
                ],
            }
        )
    return shown


def _delivery_why(terms: dict[str, Any], supplier: dict[str, Any]) -> str:
    free_from = terms.get("free_delivery_from_pence")
    if not terms.get("delivery_pence"):
        return "Always free"
    if free_from is None:
        return "Charged for every order"
    if supplier["delivery_pence"] == 0:
        return f"Free from {format_pence(free_from)}"
    return f"{format_pence(free_from - supplier['goods_pence'])} short of free delivery"


def _why(terms: dict[str, Any], supplier: dict[str, Any], line: dict[str, Any]) -> str:
    offer = next(offer for offer in terms["offers"] if offer["item"] == line["item"])
    if terms.get("tier_basis", "item_packs") != "item_packs":
        basis, bound = terms["tier_basis"], terms["tiers"][supplier["tier"] or 0]
        start = f"{bound:,} packs" if basis == "order_packs" else format_pence(bound)
        return "First step of the whole order" if not bound else f"Step of the whole order from {start}"
    bounds = offer.get("tiers", [0])
    tier = max(place for place, bound in enumerate(bounds) if line["packs"] >= bound)
    words = "First step" if tier == 0 else f"Step from {bounds[tier]:,} packs"
    if tier + 1 < len(bounds):
        words += f"; {plural(bounds[tier + 1] - line['packs'], 'pack')} to the next, at {format_price(Decimal(offer['pence_per_pack'][tier + 1]))}"
    return words
