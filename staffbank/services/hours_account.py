"""The account of hours beside the money: what a co-op lent and borrowed, as reciprocity that fades. Never a bar to care."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from staffbank.models import HoursBalance, SettlementCycle, StaffRecharge
from staffbank.settling import next_balance
from tenants.db import db
from tenants.scope import current_tenant_id

_COLUMNS = ("lent_minutes", "borrowed_minutes", "weighted_lent_minutes", "weighted_borrowed_minutes")


def post_balances(cycle: SettlementCycle) -> None:
    """Post each co-op's account of hours at the closing of a month, from the lines that it settled. Office scope."""
    sums: dict[UUID, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COLUMNS, 0))
    for row in db.session.scalars(select(StaffRecharge).where(StaffRecharge.cycle_id == cycle.id)):
        what = "lent" if row.side == "home" else "borrowed"
        sums[row.tenant_id][f"{what}_minutes"] += row.minutes
        sums[row.tenant_id][f"weighted_{what}_minutes"] += row.weighted_minutes
    before = _latest_before(cycle)
    for coop in sorted({*sums, *before}):
        hours, last = sums[coop], before.get(coop)
        months = _months(last.month, cycle.month) if last else 0
        balance = next_balance(
            last.balance_minutes if last else 0,
            months,
            hours["weighted_lent_minutes"],
            hours["weighted_borrowed_minutes"],
        )
        db.session.add(HoursBalance(tenant_id=coop, month=cycle.month, balance_minutes=balance, **hours))
    db.session.flush()


def list_balances(limit: int = 24) -> Sequence[HoursBalance]:
    """The acting co-op's account of hours, newest month first."""
    return db.session.scalars(
        select(HoursBalance)
        .where(HoursBalance.tenant_id == current_tenant_id())
        .order_by(HoursBalance.month.desc())
        .limit(limit)
    ).all()


def list_all_balances(cycle: SettlementCycle) -> Sequence[HoursBalance]:
    """Every co-op's account of hours at the end of a month. Office scope."""
    return db.session.scalars(
        select(HoursBalance).where(HoursBalance.month == cycle.month).order_by(HoursBalance.tenant_id)
    ).all()


def _latest_before(cycle: SettlementCycle) -> dict[UUID, HoursBalance]:
    found: dict[UUID, HoursBalance] = {}
    for row in db.session.scalars(
        select(HoursBalance).where(HoursBalance.month < cycle.month).order_by(HoursBalance.month)
    ):
        found[row.tenant_id] = row
    return found


def _months(earlier: date, later: date) -> int:
    return 12 * (later.year - earlier.year) + later.month - earlier.month
