"""Purchase orders, and each co-op's own statement."""

from typing import Any
from uuid import UUID

from procurement.schemas.api import OrderDetailSchema, OrderSchema, OrdersSchema, StatementSchema, StatementsSchema
from procurement.services import orders, statements
from procurement.services.rounds import get_round
from tenants.api.blueprint import ApiBlueprint
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-orders", __name__, url_prefix="/api", description="Orders and statements")
FIELDS = tuple(OrderSchema().fields)
LINE = ("item_id", "name", "unit", "packs", "pence_per_pack", "cost_pence", "vat_rate_percent")


@api.route("/rounds/<uuid:round_id>/orders", methods=["POST"])
@needs("approve-award")
@idempotent(required=True)
@api.response(201, OrdersSchema)
def place_orders(round_id: UUID) -> Any:
    """Send out the purchase orders of an approved round, and recharge every co-op."""
    return {"items": orders.place_orders(round_id)}


@api.route("/rounds/<uuid:round_id>/orders")
@needs("see-orders")
@api.response(200, OrdersSchema)
def list_orders(round_id: UUID) -> Any:
    """Purchase orders of a round."""
    get_round(round_id)
    return {"items": [order for order, _, _ in orders.list_orders(round_id)]}


@api.route("/orders/<uuid:order_id>")
@needs("see-orders")
@api.response(200, OrderDetailSchema)
def show_order(order_id: UUID) -> Any:
    """One purchase order: its lines, and whom they are for."""
    order, supplier, _ = orders.get_order(order_id)
    lines = [
        {
            **{name: getattr(line, name) for name in LINE},
            "allocations": [
                {"tenant_id": part.tenant_id, "coop": coop, "packs": part.packs, "deliver_to": part.deliver_to}
                for coop, part in parts
            ],
        }
        for line, parts in orders.order_lines(order_id)
    ]
    return {**{name: getattr(order, name) for name in FIELDS}, "supplier": supplier.name, "lines": lines}


@api.route("/statements")
@needs("see-statement")
@api.response(200, StatementsSchema)
def list_statements() -> Any:
    """The co-op's own recharges, newest first."""
    return {"items": statements.list_statements()}


@api.route("/rounds/<uuid:round_id>/statement")
@needs("see-statement")
@api.response(200, StatementSchema)
def show_statement(round_id: UUID) -> Any:
    """What the co-op pays in a round, what it gets, and at least what it saved."""
    return statements.get_statement(round_id)
