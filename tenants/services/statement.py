"""The statement of account: lines of one's own book between two days, with what stood before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from tenants.db import db
from tenants.models import LedgerEntry, LedgerLine
from tenants.scope import current_tenant_id

DUES = ("due-from", "due-to")
"""What a statement shows unless an account is chosen: what others owe us, and what we owe them."""


@dataclass(frozen=True)
class StatementLine:
    """One line: pence above nought come in (or are owed to us), below go out (or are owed by us)."""

    on_date: date
    description: str
    account: str
    pence: int
    balance_pence: int
    source_id: UUID | None


def read_statement(from_day: date, to_day: date, accounts: Sequence[str] = DUES) -> tuple[int, list[StatementLine]]:
    """(opening balance in pence, lines oldest first) of the acting tenant's own book."""
    mine = (LedgerLine.tenant_id == current_tenant_id(), LedgerLine.account.in_(accounts))
    joined = (LedgerEntry.tenant_id == LedgerLine.tenant_id) & (LedgerEntry.id == LedgerLine.entry_id)
    before = (
        select(func.coalesce(func.sum(LedgerLine.pence), 0))
        .join(LedgerEntry, joined)
        .where(*mine, LedgerEntry.on_date < from_day)
    )
    opening = int(db.session.scalar(before) or 0)
    rows = db.session.execute(
        select(
            LedgerEntry.on_date, LedgerEntry.description, LedgerLine.account, LedgerLine.pence, LedgerEntry.source_id
        )
        .join(LedgerEntry, joined)
        .where(*mine, LedgerEntry.on_date.between(from_day, to_day))
        .order_by(LedgerEntry.on_date, LedgerEntry.posted_at, LedgerEntry.id, LedgerLine.line_number)
    )
    lines, balance = [], opening
    for on_date, description, account, pence, source_id in rows:
        balance += pence
        lines.append(StatementLine(on_date, description, account, pence, balance, source_id))
    return opening, lines


def unbalanced_entries() -> list[tuple[UUID, UUID, int]]:
    """Entries whose lines do not add up to nought, in any book: (tenant, entry, pence apart). Office scope.

    PostgreSQL refuses them when they are posted; this looks again, for who mistrusts the trigger.
    """
    apart = func.coalesce(func.sum(LedgerLine.pence), 0)
    rows = db.session.execute(
        select(LedgerEntry.tenant_id, LedgerEntry.id, apart)
        .outerjoin(
            LedgerLine, (LedgerLine.tenant_id == LedgerEntry.tenant_id) & (LedgerLine.entry_id == LedgerEntry.id)
        )
        .group_by(LedgerEntry.tenant_id, LedgerEntry.id)
        .having((apart != 0) | (func.count(LedgerLine.line_number) < 2))
    )
    return [(tenant_id, entry_id, int(pence)) for tenant_id, entry_id, pence in rows]
