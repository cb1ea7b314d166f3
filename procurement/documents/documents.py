"""Purchase orders and statements as tagged PDF (PDF/UA-1), set by typst from data: nobody's text is read as markup."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import typst

from procurement.views import orders, statements
from tenants import clock
from tenants.db import db
from tenants.models import Tenant
from tenants.scope import FEDERATION, current_tenant_id
from tenants.settings import get_setting
from tenants.web_forms import gbp, number, percent, price

_HERE = Path(__file__).parent


def purchase_order_pdf(order_id: UUID) -> bytes:
    """One purchase order as PDF, for its supplier. Office scope. Raises: NotFound."""
    return _set("purchase_order.typ", purchase_order_data(order_id))


def statement_pdf(round_id: UUID) -> bytes:
    """The acting co-op's statement of a round as PDF. Raises: NotFound."""
    return _set("statement.typ", statement_data(round_id))


def purchase_order_data(order_id: UUID) -> dict[str, Any]:
    """Everything the purchase order says, as texts. Raises: NotFound."""
    page = orders.order_page(order_id)
    order = page["order"]
    sent_on = order["sent_at"].astimezone(clock.LONDON).date()
    federation, vat_number = _name(FEDERATION), get_setting("vat_number", sent_on)
    known = {
        "Buyer": federation,
        "VAT number": vat_number,
        "Supplier": order["supplier"],
        "To": ", ".join(order["supplier_address"]),
        "Date": clock.day_words(sent_on),
        "Deliver by": clock.day_words(order["due"]),
        "For": order["round"],
    }
    return {
        "title": f"Purchase order {order['number']}",
        "number": order["number"],
        "federation": federation,
        "facts": [{"label": label, "value": value} for label, value in known.items() if value],
        "lines": [
            {"code": line["code"], "item": f"{line['item']}, {line['pack']}"} | _amounts_of(line)
            for line in page["lines"]
        ],
        "amounts": [{"label": "Delivery", "value": gbp(page["delivery_pence"])}, *_totals(page)],
        "places": [
            {
                "name": f"{place['coop']}, at the hub" if place["at_hub"] else place["coop"],
                "address": place["address"],
                "items": [
                    {"item": f"{item['item']}, {item['unit']}", "packs": number(item["packs"])}
                    for item in place["items"]
                ],
            }
            for place in page["places"]
        ],
    }


def statement_data(round_id: UUID) -> dict[str, Any]:
    """Everything the statement says, as texts. Raises: NotFound."""
    page = statements.statement_page(round_id, _name(current_tenant_id()))
    federation = _name(FEDERATION)
    known = {
        "From": federation,
        "VAT number": page["vat_number"],
        "For": page["coop_name"],
        "Date": clock.day_words(page["on_date"]),
        "Due": clock.day_words(page["due_on"]),
        "Alone, at least, net": gbp(page["alone_pence"]),
        "You pay, net": gbp(page["net_pence"]),
    }
    return {
        "title": f"Statement {page['number']}: {page['round']['name']}",
        "number": page["number"],
        "federation": federation,
        "about": page["about"],
        "facts": [{"label": label, "value": value} for label, value in known.items() if value],
        "lines": [
            {"item": f"{line['item']}, {line['pack']}", "supplier": line["supplier"]} | _amounts_of(line)
            for line in page["lines"]
        ],
        "amounts": [*({"label": part["label"], "value": gbp(part["pence"])} for part in page["parts"]), *_totals(page)],
        "due": page["due_words"],
        "vat_words": page["pay_words"],
        "rule": page["rule_words"],
        "why": page["why"],
    }


def _amounts_of(line: dict[str, Any]) -> dict[str, str]:
    return {
        "packs": number(line["packs"]),
        "price": price(line["price_pence"]),
        "vat": percent(line["vat_percent"], 0),
        "net": gbp(line["net_pence"]),
    }


def _totals(page: dict[str, Any]) -> list[dict[str, str]]:
    """Net, VAT by rate (or what suppliers charge, passed on), and the total."""
    taxes = [
        (f"VAT at {percent(row['rate'], 0)} on {gbp(row['net_pence'])}", row["vat_pence"]) for row in page["vat_rows"]
    ]
    rows = [
        ("Net", page["net_pence"]),
        *(taxes or [("VAT charged by the suppliers, passed on", page["vat_pence"])]),
        ("In all", page["gross_pence"]),
    ]
    return [{"label": label, "value": gbp(pence)} for label, pence in rows]


def _name(tenant_id: UUID) -> str:
    return db.session.get_one(Tenant, tenant_id).name


def _set(template: str, data: dict[str, Any]) -> bytes:
    # The fonts inside typst alone, so that a document looks the same on every machine; the clock of the house dates it.
    made = typst.compile(
        str(_HERE / template),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(clock.now().timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst answered no single document")
    return made
