"""What stands against the rows of a file: what the catalogue, the suppliers and their price lists already say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from procurement.importing import MAX_ERRORS, CellError
from procurement.models import Item, Offer, Supplier
from procurement.services.suppliers import fitted, overlap_words
from procurement.sheets import price_tiers, tier_warnings
from tenants.db import db
from tenants.errors import InvalidInput

HIGHEST_PRICE = Decimal(10**7)
EMPTY_CELLS = {
    "packs_per_box": 1,
    "vat_rate": Decimal(20),
    "minimum_packs": 1,
    "multiple_packs": 1,
    "quality": Decimal(1),
    "mode": "all_units",
}


@dataclass
class Checked:
    """Rows that may be taken in with what becomes of each ("new" or "change"), and what stands against the others."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    notes: list[str] = field(default_factory=list)

    def refuse(self, row: int, column: str, text: str) -> None:
        """Count an error, and keep it while there are few enough to read."""
        self.error_count += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(CellError(row, column, text))


def check_rows(kind: str, rows: Iterable[Mapping[str, Any]]) -> Checked:
    """Ask the database about rows as they are stored; kind is catalogue or prices."""
    checked = Checked()
    (_check_items if kind == "catalogue" else _check_prices)(rows, checked)
    return checked


def _check_items(rows: Iterable[Mapping[str, Any]], checked: Checked) -> None:
    """Every good row is new or changes the item that has its code."""
    rows = list(rows)
    have = ids_by_code(Item)
    for row in rows:
        code, price = row["values"]["code"], row["values"].get("retail_price")
        if price is not None and Decimal(price) > HIGHEST_PRICE:
            checked.refuse(row["row"], "retail_price", "A price is at most £100,000 a pack")
            continue
        found = have.get(code.casefold())
        checked.rows.append({"row": row["row"], "values": row["values"], "act": "change" if found else "new"})


def ids_by_code(model: type[Item] | type[Supplier]) -> dict[str, UUID]:
    """Ids of all items or suppliers by code, capitals aside."""
    return {code.casefold(): found for found, code in db.session.execute(select(model.id, model.code))}


def _check_prices(rows: Iterable[Mapping[str, Any]], checked: Checked) -> None:
    """Supplier and item are known and in use, steps fit the supplier, and no two lists share a day."""
    rows = list(rows)
    suppliers = {supplier.code.casefold(): supplier for supplier in db.session.scalars(select(Supplier))}
    items = {
        code.casefold(): (item_id, retired_at)
        for item_id, code, retired_at in db.session.execute(select(Item.id, Item.code, Item.retired_at))
    }
    taken = _days_taken(
        {suppliers[code].id for row in rows if (code := row["values"]["supplier"].casefold()) in suppliers}
    )
    for row in rows:
        values = row["values"]
        supplier, item = suppliers.get(values["supplier"].casefold()), items.get(values["item"].casefold())
        errors = dict(_price_errors(values, supplier, item))
        if not errors and supplier and item:
            first, last = date.fromisoformat(values["valid_from"]), date.fromisoformat(values["valid_to"])
            days = taken.setdefault((supplier.id, item[0]), [])
            if clash := next((held for held in days if held[0] <= last and first <= held[1]), None):
                errors["valid_from"] = (
                    overlap_words(*clash[:2])
                    if clash[2] is None
                    else f"Row {clash[2]} holds on the same days: choose other days"
                )
            days.append((first, last, row["row"]))
        for column, text in errors.items():
            checked.refuse(row["row"], column, text)
        if not errors and supplier and item:
            checked.notes += [f"Row {row['row']}: {text}" for text in tier_warnings(_parsed(values))]
            checked.rows.append({"row": row["row"], "values": values, "act": "new"})


def _price_errors(
    values: Mapping[str, Any], supplier: Supplier | None, item: tuple[UUID, Any] | None
) -> Iterable[tuple[str, str]]:
    if supplier is None:
        yield "supplier", "No supplier has this code: add the supplier first, or mend the code"
    elif supplier.retired_at is not None:
        yield "supplier", f"{supplier.name} is no longer asked"
    else:
        yield from _step_errors(supplier, values)
    if item is None:
        yield "item", "No item of the catalogue has this code: add the item first, or mend the code"
    elif item[1] is not None:
        yield "item", "This item has been taken out of the catalogue"


def _step_errors(supplier: Supplier, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    tiers, prices = price_tiers(_parsed(values))
    if supplier.tier_basis == "item_packs" and tiers is None:
        yield "tier_2_from", "Say from how many packs this price holds: this supplier counts steps line by line"
        return
    if (
        supplier.tier_basis != "item_packs"
        and tiers is not None
        and len(prices) > 1
        and tiers != list(supplier.order_tiers)
    ):
        yield (
            "tier_2_from",
            f"{supplier.name} counts steps on the whole order: leave the bounds empty, and give {len(supplier.order_tiers)} prices",
        )
        return
    for place, price in enumerate(prices, start=1):
        if price > HIGHEST_PRICE:
            yield f"tier_{place}_price", "A price is at most £100,000 a pack"
    try:
        fitted(supplier, offer_values(supplier, values))
    except InvalidInput as fault:
        columns = {"mode": "mode", "prices": f"tier_{len(prices)}_price"}
        yield from ((columns.get(path, "tier_1_from"), text) for path, text in fault.errors.items())


def _days_taken(supplier_ids: set[UUID]) -> dict[tuple[UUID, UUID], list[tuple[date, date, int | None]]]:
    taken: dict[tuple[UUID, UUID], list[tuple[date, date, int | None]]] = {}
    found = select(Offer.supplier_id, Offer.item_id, Offer.valid_from, Offer.valid_to).where(
        Offer.supplier_id.in_(supplier_ids)
    )
    for supplier_id, item_id, first, last in db.session.execute(found):
        taken.setdefault((supplier_id, item_id), []).append((first, last, None))
    return taken


def _parsed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row of prices as the sheet's reader made them."""
    decimals = {name: Decimal(text) for name, text in values.items() if name.endswith("_price") and text is not None}
    return {**values, **decimals}


def offer_values(supplier: Supplier, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a stored row of prices says about its offer, as OfferSchema would give it."""
    tiers, prices = price_tiers(_parsed(values))
    filled: dict[str, Any] = {
        name: value if value is not None else EMPTY_CELLS.get(name) for name, value in values.items()
    }
    return {
        "mode": filled["mode"],
        "tiers": tiers if supplier.tier_basis == "item_packs" else None,
        "pence_per_pack": prices,
        "minimum_packs": filled["minimum_packs"],
        "multiple_packs": filled["multiple_packs"],
        "capacity_packs": filled["capacity_packs"],
        "quality": Decimal(filled["quality"]),
        "valid_from": date.fromisoformat(values["valid_from"]),
        "valid_to": date.fromisoformat(values["valid_to"]),
    }
