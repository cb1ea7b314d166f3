"""From an approved award to purchase orders, each co-op's part of them, recharges and the books, in one transaction."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from procurement import rules
from procurement.models import Award, BuyingRound, OrderAllocation, OrderLine, PurchaseOrder, RoundItem, Share, Supplier
from procurement.services import vat
from procurement.services.awards import find_current_award
from procurement.services.recharges import book_suppliers, recharge_coops
from procurement.services.rounds import get_round, list_round_items
from procurement.services.sharing import Charges, alone_prices, charges_of, shares_by_rule
from procurement.share.shares import allocate_packs
from tenants import audit, clock
from tenants.db import db, insert_rows
from tenants.errors import NotFound, RuleBroken
from tenants.models import CoopAddress, Tenant
from tenants.settings import get_setting


@dataclass
class Ordering:
    """What is known while the orders of one round are made."""

    buying_round: BuyingRound
    award: Award
    answer: dict[str, Any]
    charges: Charges
    items: dict[str, RoundItem]
    suppliers: dict[str, Supplier]
    packs: dict[tuple[str, str], dict[str, int]]
    rule: str
    paid: dict[str, int]
    others: dict[str, dict[str, int]]
    names: dict[str, str]
    registered: bool


def place_orders(round_id: UUID) -> list[PurchaseOrder]:
    """Send out the purchase orders of an approved round, and recharge every co-op its share.

    Raises: NotFound, RuleBroken when it is not approved, was ordered before, or the rule needs prices not worked out yet.
    """
    buying_round = get_round(round_id, lock=True)
    award = find_current_award(round_id)
    answer = (award.answer if award else None) or {}
    rules.may_order(buying_round.state, len(answer.get("lines", ())))
    if award is None or award.state != "approved":
        raise RuleBroken("no-approved-award", "Approve an award first.")
    ordering = _gather(buying_round, award)
    orders, invoice_vat = _purchase_orders(ordering)
    _allocations(ordering, orders)
    goods = goods_by_rate(ordering.charges, {code: _rate(item) for code, item in ordering.items.items()})
    nets = {coop: vat.net_by_rate(ordering.paid[coop], goods[coop]) for coop in sorted(ordering.paid)}
    passed_on = dict.fromkeys(nets, 0) if ordering.registered else vat.pass_on(invoice_vat, nets)
    _save_shares(ordering, goods)
    recharge_coops(buying_round, nets, passed_on, ordering.names, registered=ordering.registered)
    book_suppliers(orders, registered=ordering.registered)
    buying_round.state, buying_round.ordered_at, buying_round.share_rule = "ordered", clock.now(), ordering.rule
    audit.record(
        "place-orders",
        "round",
        round_id,
        {"orders": len(orders), "rule": ordering.rule, "cost_pence": award.cost_pence},
    )
    return orders


def goods_by_rate(charges: Charges, rates: dict[str, str]) -> dict[str, dict[str, Fraction]]:
    """Value of each co-op's goods as charged, by VAT rate, exact pence."""
    value: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for line in charges.lines:
        wanted = charges.demand[line.item]
        whole = sum(wanted.values())
        for coop, packs in wanted.items():
            value[coop][rates[line.item]] += Fraction(line.cost_pence * packs, whole)
    return {coop: dict(by_rate) for coop, by_rate in value.items()}


def list_orders(round_id: UUID | None = None) -> list[tuple[PurchaseOrder, str, BuyingRound]]:
    """Purchase orders with their supplier's name and round, newest first. Office scope."""
    query = (
        select(PurchaseOrder, Supplier.name, BuyingRound)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(BuyingRound, BuyingRound.id == PurchaseOrder.round_id)
        .order_by(PurchaseOrder.created_at.desc(), PurchaseOrder.number)
    )
    if round_id is not None:
        query = query.where(PurchaseOrder.round_id == round_id)
    return [(order, name, buying_round) for order, name, buying_round in db.session.execute(query)]


def get_order(order_id: UUID) -> tuple[PurchaseOrder, Supplier, BuyingRound]:
    """One purchase order. Raises: NotFound."""
    order = db.session.get(PurchaseOrder, order_id)
    if order is None:
        raise NotFound("order")
    return order, db.session.get_one(Supplier, order.supplier_id), db.session.get_one(BuyingRound, order.round_id)


def order_lines(order_id: UUID) -> list[tuple[OrderLine, list[tuple[str, OrderAllocation]]]]:
    """Lines of a purchase order, each with the co-ops it is for. Office scope."""
    allocations: dict[UUID, list[tuple[str, OrderAllocation]]] = defaultdict(list)
    for name, allocation in db.session.execute(
        select(Tenant.name, OrderAllocation)
        .join(Tenant, Tenant.id == OrderAllocation.tenant_id)
        .where(OrderAllocation.order_id == order_id)
        .order_by(Tenant.name)
    ):
        allocations[allocation.item_id].append((name, allocation))
    lines = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.name))
    return [(line, allocations[line.item_id]) for line in lines]


def _gather(buying_round: BuyingRound, award: Award) -> Ordering:
    charges = charges_of(award)
    rule = get_setting("share_rule")
    by_rule = shares_by_rule(charges, alone_prices(buying_round.id))
    if rule not in by_rule:
        raise RuleBroken(
            "alone-prices-missing",
            "The federation's rule needs what each co-op would pay alone, and that is"
            " still being worked out. Try again in a minute.",
        )
    suppliers = {supplier.code: supplier for supplier in db.session.scalars(select(Supplier))}
    unknown = sorted({line.supplier for line in charges.lines} - suppliers.keys())
    if unknown:
        raise RuleBroken(
            "supplier-code-changed",
            f"The award names the supplier {unknown[0]}, whose code has been changed since: change it back.",
        )
    return Ordering(
        buying_round=buying_round,
        award=award,
        answer=award.answer or {},
        charges=charges,
        items={item.code: item for item in list_round_items(buying_round.id)},
        suppliers=suppliers,
        packs=allocate_packs(charges.lines, charges.demand),
        rule=rule,
        paid=by_rule.pop(rule),
        others=by_rule,
        names={str(tenant_id): name for tenant_id, name in db.session.execute(select(Tenant.id, Tenant.name))},
        registered=bool(get_setting("vat_number")) and get_setting("capacity") == "principal",
    )


def _rate(item: RoundItem) -> str:
    return f"{item.vat_rate_percent.normalize():f}"


def _purchase_orders(ordering: Ordering) -> tuple[list[PurchaseOrder], dict[str, int]]:
    orders: list[PurchaseOrder] = []
    all_vat: dict[str, int] = defaultdict(int)
    for place, supplier in enumerate(ordering.answer["suppliers"], start=1):
        lines = [line for line in ordering.answer["lines"] if line["supplier"] == supplier["id"]]
        by_rate: dict[str, Fraction] = defaultdict(Fraction)
        for line in lines:
            by_rate[_rate(ordering.items[line["item"]])] += line["cost_pence"]
        goods = sum(line["cost_pence"] for line in lines)
        tax = vat.vat_of(vat.net_by_rate(goods + supplier["delivery_pence"], by_rate))
        for rate, pence in tax.items():
            all_vat[rate] += pence
        order = PurchaseOrder(
            id=uuid4(),
            round_id=ordering.buying_round.id,
            supplier_id=ordering.suppliers[supplier["id"]].id,
            number=f"PO-{ordering.buying_round.number:04d}-{place:02d}",
            goods_pence=goods,
            delivery_pence=supplier["delivery_pence"],
            vat_pence=sum(tax.values()),
            deliver_on=ordering.buying_round.deliver_on,
            created_at=clock.now(),
        )
        orders.append(order)
        db.session.add(order)
        db.session.flush()
        insert_rows(OrderLine, [_order_line(order, ordering.items[line["item"]], line) for line in lines])
    return orders, dict(all_vat)


def _order_line(order: PurchaseOrder, item: RoundItem, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "item_id": item.item_id,
        "name": item.name,
        "unit": item.unit,
        "packs": line["packs"],
        "pence_per_pack": Decimal(line["pence_per_pack"]),
        "cost_pence": line["cost_pence"],
        "vat_rate_percent": item.vat_rate_percent,
    }


def _allocations(ordering: Ordering, orders: list[PurchaseOrder]) -> None:
    by_supplier = {order.supplier_id: order for order in orders}
    price = {(line["supplier"], line["item"]): Decimal(line["pence_per_pack"]) for line in ordering.answer["lines"]}
    places = _places(ordering)
    rows = []
    for (supplier_code, item_code), by_coop in ordering.packs.items():
        supplier, item = ordering.suppliers[supplier_code], ordering.items[item_code]
        rows += [
            {
                "tenant_id": UUID(coop),
                "order_id": by_supplier[supplier.id].id,
                "item_id": item.item_id,
                "round_id": ordering.buying_round.id,
                "supplier_id": supplier.id,
                "supplier_name": supplier.name,
                "item_name": item.name,
                "unit": item.unit,
                "packs": packs,
                "pence_per_pack": price[supplier_code, item_code],
                "deliver_to": places.get(coop, ""),
            }
            for coop, packs in by_coop.items()
        ]
    insert_rows(OrderAllocation, rows)


def _places(ordering: Ordering) -> dict[str, str]:
    if ordering.buying_round.deliver_to == "hub":
        return dict.fromkeys(ordering.paid, ordering.buying_round.hub_address)
    found = db.session.scalars(select(CoopAddress))
    return {
        str(row.tenant_id): "\n".join(part for part in (row.lines, row.postcode, row.instructions) if part)
        for row in found
    }


def _save_shares(ordering: Ordering, goods: dict[str, dict[str, Fraction]]) -> None:
    rows, delivery = [], _delivery_by_coop(ordering.charges)
    for coop, net in sorted(ordering.paid.items()):
        part = vat.net_by_rate(net, {"goods": sum(goods[coop].values(), Fraction(0)), "delivery": delivery[coop]})
        rows.append(
            {
                "tenant_id": UUID(coop),
                "round_id": ordering.buying_round.id,
                "rule": ordering.rule,
                "net_pence": net,
                "goods_pence": part.get("goods", 0),
                "delivery_pence": part.get("delivery", 0),
                "other_rules": {rule: paid[coop] for rule, paid in ordering.others.items()},
            }
        )
    insert_rows(Share, rows)


def _delivery_by_coop(charges: Charges) -> dict[str, Fraction]:
    """Each co-op's part of the deliveries, exact: every supplier's follows the goods it carries."""
    goods: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for line in charges.lines:
        wanted = charges.demand[line.item]
        whole = sum(wanted.values())
        for coop, packs in wanted.items():
            goods[line.supplier][coop] += Fraction(line.cost_pence * packs, whole)
    due: dict[str, Fraction] = defaultdict(Fraction)
    for supplier, by_coop in goods.items():
        whole_pence = sum(by_coop.values())
        for coop, pence in by_coop.items():
            due[coop] += charges.delivery[supplier] * pence / whole_pence if whole_pence else 0
    return due
