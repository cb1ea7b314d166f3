"""The books: one for each co-op and one for the federation body. Append only; PostgreSQL checks that entries balance."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, Pence, TenantKey


class LedgerEntry(Base):
    """One act in one book. Both sides of a deal carry the same `act_id`, each in its own book."""

    __tablename__ = "ledger_entry"
    __isolation__ = Isolation("leg", "money", office="select, insert")
    __table_args__ = (Index("ledger_entry_tenant_date_ix", "tenant_id", "on_date"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    act_id: Mapped[UUID]
    on_date: Mapped[date]
    kind: Mapped[Code]
    description: Mapped[Name]
    source_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    posted_by: Mapped[UUID | None]
    posted_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    posted_in: Mapped[str] = mapped_column(String(20), server_default=text("pg_current_xact_id()::text"))


class LedgerLine(Base):
    """One line of an entry: debit above nought, credit below, in whole pence."""

    __tablename__ = "ledger_line"
    __isolation__ = Isolation("leg", "money", office="select, insert")
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["ledger_entry.tenant_id", "ledger_entry.id"]),
        CheckConstraint("pence <> 0", name="not_nought"),
        Index("ledger_line_tenant_account_ix", "tenant_id", "account", postgresql_include=["pence"]),
    )

    tenant_id: Mapped[TenantKey]
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[Code]
    pence: Mapped[Pence]
    counterparty_id: Mapped[UUID | None]
    memo: Mapped[str] = mapped_column(String(200), server_default="")
