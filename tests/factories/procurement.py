"""Items, suppliers and price lists with defaults, made by the services in the scope that is open."""

from datetime import date, timedelta
from itertools import count
from typing import Any, cast

from procurement.models import Item, Offer, Supplier
from procurement.schemas.catalogue import ItemSchema, NewOfferSchema, SupplierSchema
from procurement.services import catalogue, suppliers
from tenants import clock

_numbers = count(1)


def item_values(**fields: Any) -> dict[str, Any]:
    """What ItemSchema makes of a form; money in pounds as typed."""
    number = next(_numbers)
    return cast(
        dict[str, Any],
        ItemSchema().load({"code": f"ITEM-{number}", "name": f"Gloves {number}", "unit": "Box of 100"} | fields),
    )


def supplier_values(**fields: Any) -> dict[str, Any]:
    """What SupplierSchema makes of a form; money in pounds as typed."""
    number = next(_numbers)
    return cast(dict[str, Any], SupplierSchema().load({"code": f"SUP-{number}", "name": f"Supplier {number}"} | fields))


def offer_values(supplier: Supplier, item: Item, **fields: Any) -> dict[str, Any]:
    """What NewOfferSchema makes of a form: from today for 90 days, two falling steps."""
    today = clock.today()
    steps = {} if "prices" in fields else {"tiers": [0, 100], "prices": ["4.125", "3.71"]}
    typed: dict[str, Any] = {"valid_from": today, "valid_to": today + timedelta(days=90)} | steps | fields
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in typed.items()}
    return cast(
        dict[str, Any], NewOfferSchema().load({"supplier_id": str(supplier.id), "item_id": str(item.id)} | written)
    )


def make_item(**fields: Any) -> Item:
    """An item in the catalogue. Office scope."""
    return catalogue.add_item(item_values(**fields))


def make_supplier(**fields: Any) -> Supplier:
    """A supplier. Office scope."""
    return suppliers.add_supplier(supplier_values(**fields))


def make_offer(supplier: Supplier | None = None, item: Item | None = None, **fields: Any) -> Offer:
    """A price of a supplier for an item, both made when they are not given. Office scope."""
    return suppliers.add_offer(offer_values(supplier or make_supplier(), item or make_item(), **fields))[0]
