"""What the pages, files and documents of purchase orders show. Office scope."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from procurement.models import BuyingRound, OrderAllocation, OrderLine, PurchaseOrder, Supplier
from procurement.services import orders, rounds, vat
from procurement.views.words import plural, timeline
from tenants import audit, clock
from tenants.downloads import Column
from tenants.money import split_pence

STATES = (("", "All"), ("coming", "On its way"), ("past", "Delivery day has passed"))
_STATE_WORDS = {"coming": ("On its way", "teal"), "past": ("Delivery day has passed", "")}

LIST_COLUMNS = (
    Column("number", "Order"),
    Column("supplier", "Supplier"),
    Column("round", "Round"),
    Column("sent_at", "Sent", "moment"),
    Column("due", "Due", "date"),
    Column("goods_pence", "Goods, net (£)", "pence"),
    Column("delivery_pence", "Delivery, net (£)", "pence"),
    Column("vat_pence", "VAT (£)", "pence"),
    Column("total_pence", "In all (£)", "pence"),
)
ORDER_COLUMNS = (
    Column("number", "Order"),
    Column("code", "Code"),
    Column("item", "Item"),
    Column("unit", "Unit"),
    Column("coop", "Co-op"),
    Column("packs", "Packs", "packs"),
    Column("price_pence", "Price a pack, net (£)", "price"),
    Column("vat_percent", "VAT rate (%)", "percent"),
    Column("net_pence", "Net at the order's price (£)", "pence"),
    Column("deliver_to", "Deliver to"),
)


def list_rows(words: str = "", state: str = "") -> list[dict[str, Any]]:
    """Every purchase order whose number or supplier holds the words, newest round first."""
    today, sought = clock.today(), words.strip().casefold()
    rows = [_list_row(order, supplier, buying_round, today) for order, supplier, buying_round in orders.list_orders()]
    chosen = [
        row for row in rows if sought in f"{row['number']} {row['supplier']}".casefold() and state in ("", row["state"])
    ]
    return sorted(chosen, key=lambda row: (-row["round_number"], row["number"]))


def order_page(order_id: UUID) -> dict[str, Any]:
    """What procurement/order.html and the PDF show of one order, without addresses of pages. Raises: NotFound."""
    order, supplier, buying_round = orders.get_order(order_id)
    lines = orders.order_lines(order_id)
    codes = {item.item_id: item.code for item in rounds.list_round_items(order.round_id)}
    word, kind = _STATE_WORDS[_state(order.deliver_on, clock.today())]
    return {
        "order": {
            "id": order.id,
            "number": order.number,
            "supplier": supplier.name,
            "supplier_address": _supplier_lines(supplier),
            "round": buying_round.title,
            "round_id": buying_round.id,
            "state_word": word,
            "state_kind": kind,
            "sent_at": order.created_at,
            "due": order.deliver_on,
            "terms": f"The supplier’s usual time is {plural(supplier.lead_days, 'day')}.",
        },
        "lines": [_line(line, allocations, codes) for line, allocations in lines],
        "delivery_pence": order.delivery_pence,
        "net_pence": order.goods_pence + order.delivery_pence,
        "vat_rows": vat_rows(order, [line for line, _ in lines]),
        "vat_pence": order.vat_pence,
        "gross_pence": order.goods_pence + order.delivery_pence + order.vat_pence,
        "places": _places(buying_round, lines),
        "history": timeline(list(audit.list_record(order.round_id))),
    }


def vat_rows(order: PurchaseOrder, lines: Iterable[OrderLine]) -> list[dict[str, Any]]:
    """VAT of an order by rate, lowest rate first: delivery follows the goods it carries. Adds up to the order's VAT."""
    goods: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        goods[f"{line.vat_rate_percent.normalize():f}"] += line.cost_pence
    net = vat.net_by_rate(order.goods_pence + order.delivery_pence, goods)
    tax = vat.vat_of(net)
    return [
        {"rate": Decimal(rate), "net_pence": net[rate], "vat_pence": tax[rate]} for rate in sorted(net, key=Decimal)
    ]


def order_file_rows(order_id: UUID) -> list[dict[str, Any]]:
    """One row for each co-op's part of each line, and one for delivery: the net amounts add up to the order's.

    Raises: NotFound.
    """
    page = order_page(order_id)
    number = page["order"]["number"]
    rows = []
    for line in page["lines"]:
        shared = split_pence(
            line["net_pence"], {f"{place:06d}": coop["packs"] for place, coop in enumerate(line["coops"])}
        )
        rows += [
            {
                "number": number,
                "code": line["code"],
                "item": line["item"],
                "unit": line["pack"],
                "coop": coop["name"],
                "packs": coop["packs"],
                "price_pence": line["price_pence"],
                "vat_percent": line["vat_percent"],
                "net_pence": shared[f"{place:06d}"],
                "deliver_to": coop["deliver_to"],
            }
            for place, coop in enumerate(line["coops"])
        ]
    return [*rows, {"number": number, "item": "Delivery", "net_pence": page["delivery_pence"]}]


def _list_row(order: PurchaseOrder, supplier: str, buying_round: BuyingRound, today: date) -> dict[str, Any]:
    state = _state(order.deliver_on, today)
    word, kind = _STATE_WORDS[state]
    return {
        "id": order.id,
        "number": order.number,
        "supplier": supplier,
        "round": buying_round.title,
        "round_number": buying_round.number,
        "state": state,
        "state_word": word,
        "state_kind": kind,
        "sent_at": order.created_at,
        "due": order.deliver_on,
        "goods_pence": order.goods_pence,
        "delivery_pence": order.delivery_pence,
        "vat_pence": order.vat_pence,
        "total_pence": order.goods_pence + order.delivery_pence + order.vat_pence,
    }


def _state(due: date, today: date) -> str:
    return "coming" if due >= today else "past"


def _supplier_lines(supplier: Supplier) -> list[str]:
    return [line for line in (supplier.email, f"Supplier code {supplier.code}") if line]


def _line(line: OrderLine, allocations: list[tuple[str, OrderAllocation]], codes: dict[UUID, str]) -> dict[str, Any]:
    return {
        "item": line.name,
        "pack": line.unit,
        "code": codes.get(line.item_id, ""),
        "packs": line.packs,
        "price_pence": line.pence_per_pack,
        "net_pence": line.cost_pence,
        "vat_percent": line.vat_rate_percent,
        "coops": [
            {"name": name, "packs": part.packs, "deliver_to": one_line(part.deliver_to)} for name, part in allocations
        ],
    }


def _places(
    buying_round: BuyingRound, lines: list[tuple[OrderLine, list[tuple[str, OrderAllocation]]]]
) -> list[dict[str, Any]]:
    """Where the packs go: each co-op with its address, or the hub with what is for whom."""
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    address: dict[str, str] = {}
    for line, allocations in lines:
        for name, part in allocations:
            parts[name].append({"item": line.name, "unit": line.unit, "packs": part.packs})
            address[name] = one_line(part.deliver_to)
    at_hub = buying_round.deliver_to == "hub"
    return [
        {
            "coop": name,
            "address": address[name] or "No delivery address given yet: ask the federation office.",
            "at_hub": at_hub,
            "packs": sum(item["packs"] for item in items),
            "items": items,
        }
        for name, items in sorted(parts.items())
    ]


def one_line(address: str) -> str:
    """An address of several lines on one.

    >>> one_line("1 Stryd Fawr\\nCaerdydd\\n CF10 1AA ")
    '1 Stryd Fawr, Caerdydd, CF10 1AA'
    """
    return ", ".join(part for part in (line.strip() for line in address.splitlines()) if part)
