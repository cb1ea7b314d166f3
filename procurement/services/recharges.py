"""What each co-op is charged for a round, in its own book and the federation's; and what the federation owes suppliers."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from procurement.models import BuyingRound, PurchaseOrder, Recharge
from procurement.services import vat
from tenants import audit, clock
from tenants.db import insert_rows
from tenants.ledger.rules import Line
from tenants.ledger.services import Posting, post_entries
from tenants.scope import FEDERATION
from tenants.services import mail
from tenants.settings import get_setting

Nets = dict[str, dict[str, int]]
"""Co-op to net pence by VAT rate."""


def recharge_coops(
    buying_round: BuyingRound, nets: Nets, passed_on: dict[str, int], names: dict[str, str], *, registered: bool
) -> None:
    """Charge every co-op its share in its own book and the federation's, and tell it so.

    `nets`: co-op to net pence by VAT rate; `passed_on`: VAT that could not be recovered, by co-op; `names`: of the
    co-ops. `registered`: whether the federation charges VAT itself.
    """
    today = clock.today()
    capacity, vat_number, due_on = (
        get_setting("capacity"),
        get_setting("vat_number"),
        today + timedelta(days=get_setting("payment_days")),
    )
    rows, postings = [], []
    for place, (coop, net) in enumerate(nets.items(), start=1):
        tax = vat.vat_of(net) if registered else {}
        amounts = {
            "net_pence": sum(net.values()),
            "vat_pence": sum(tax.values()),
            "irrecoverable_vat_pence": passed_on[coop],
        }
        total, act_id = sum(amounts.values()), uuid4()
        rows.append(
            {
                "tenant_id": UUID(coop),
                "id": uuid4(),
                "round_id": buying_round.id,
                "number": f"RC-{buying_round.number:04d}-{place:03d}",
                "on_date": today,
                "due_on": due_on,
                "capacity": capacity,
                "vat_number": vat_number if registered else None,
                "lines": [
                    {"rate": rate, "net_pence": pence, "vat_pence": tax.get(rate, 0)} for rate, pence in net.items()
                ],
                "total_pence": total,
                "act_id": act_id,
                "created_at": clock.now(),
                **amounts,
            }
        )
        if total:
            postings += _both_books(UUID(coop), buying_round, act_id, amounts, names[coop], sold_to=_sold_to(capacity))
    insert_rows(Recharge, rows)
    post_entries(postings)
    facts = {row["tenant_id"]: {"total_pence": row["total_pence"], "number": row["number"]} for row in rows}
    audit.record_each("recharge", "round", buying_round.id, facts)
    mail.write_to_each(["manager", "treasurer"], [_letter(row, buying_round) for row in rows])


def _sold_to(capacity: str) -> str:
    """The federation's account for what it recharges: income of a principal; an agent's purchases pass through."""
    return "recharge-income" if capacity == "principal" else "agency-clearing"


def _both_books(
    coop: UUID, buying_round: BuyingRound, act_id: UUID, amounts: dict[str, int], name: str, *, sold_to: str
) -> list[Posting]:
    total = sum(amounts.values())
    words = f"{buying_round.title}, round {buying_round.number}"
    own = [
        ("supplies", amounts["net_pence"]),
        ("vat-paid", amounts["vat_pence"]),
        ("irrecoverable-vat", amounts["irrecoverable_vat_pence"]),
    ]
    income = [
        (sold_to, amounts["net_pence"] + amounts["irrecoverable_vat_pence"]),
        ("vat-charged", amounts["vat_pence"]),
    ]
    return [
        Posting(
            coop,
            "recharge",
            words[:200],
            [Line(account, pence) for account, pence in own if pence] + [Line("due-to", -total, FEDERATION)],
            source_id=buying_round.id,
            act_id=act_id,
        ),
        Posting(
            FEDERATION,
            "recharge",
            f"{words}: {name}"[:200],
            [Line("due-from", total, coop)] + [Line(account, -pence) for account, pence in income if pence],
            source_id=buying_round.id,
            act_id=act_id,
        ),
    ]


def book_suppliers(orders: list[PurchaseOrder], *, registered: bool) -> None:
    """Write what is owed to suppliers into the federation's book."""
    postings, account = [], "supplies" if get_setting("capacity") == "principal" else "agency-clearing"
    for order in orders:
        net, gross = (
            order.goods_pence + order.delivery_pence,
            order.goods_pence + order.delivery_pence + order.vat_pence,
        )
        bought = [(account, net if registered else gross), ("vat-paid", order.vat_pence if registered else 0)]
        postings.append(
            Posting(
                FEDERATION,
                "purchase-order",
                order.number,
                [Line(account, pence) for account, pence in bought if pence]
                + [Line("suppliers", -gross, memo=order.number)],
                source_id=order.round_id,
            )
        )
    post_entries(postings)


def _letter(row: dict[str, Any], buying_round: BuyingRound) -> tuple[UUID, str, str]:
    return (
        row["tenant_id"],
        f"{buying_round.title}: your statement {row['number']}",
        f"The orders of {buying_round.title} have gone out. Your statement {row['number']} waits for you under Buying.\n",
    )
