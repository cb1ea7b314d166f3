"""What no role may touch but through the crossings in `tenants/crossings.sql`: the record, the outbox, replay keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, TenantKey
from tenants.retention import Erased, Kept


class AuditEntry(Base):
    """Who did what to what. Each row carries the hash of the one before it, one chain for each tenant."""

    __tablename__ = "audit_entry"
    __isolation__ = Isolation("sealed", "money", crossing="select, insert")
    __table_args__ = (
        UniqueConstraint("tenant_id", "previous_hash"),
        Index("audit_entry_tenant_object_ix", "tenant_id", "object_id"),
    )

    tenant_id: Mapped[TenantKey]
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[Moment]
    person_id: Mapped[UUID | None]
    act: Mapped[Code]
    object_kind: Mapped[Code]
    object_id: Mapped[UUID | None]
    facts: Mapped[Any] = mapped_column(JSONB)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class OutboxRow(Base):
    """Work to be done later, written in the transaction that asks for it; also what "Your work" shows."""

    __tablename__ = "outbox"
    __isolation__ = Isolation("sealed", "work", crossing="select, insert, update, delete")
    __done__ = Erased("ended_at", only="state IN ('done', 'failed', 'cancelled')", crossing="outbox_erase")
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        Index("outbox_due_ix", "run_at", postgresql_where=text("state IN ('waiting', 'running')")),
        Index("outbox_tenant_created_ix", "tenant_id", "created_at"),
        Index(
            "outbox_once_ux",
            "tenant_id",
            "once_key",
            unique=True,
            postgresql_where=text("once_key IS NOT NULL AND state = 'waiting'"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    person_id: Mapped[UUID | None]
    kind: Mapped[Code]
    label: Mapped[Name]
    link: Mapped[str] = mapped_column(String(300), server_default="")
    shown: Mapped[bool] = mapped_column(server_default="true")
    payload: Mapped[Any] = mapped_column(JSONB)
    once_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), server_default="waiting")
    step: Mapped[str] = mapped_column(String(300), server_default="")
    percent: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[Any | None] = mapped_column(JSONB)
    problem: Mapped[str | None] = mapped_column(String(1000))
    cancel_asked: Mapped[bool] = mapped_column(server_default="false")
    tries: Mapped[int] = mapped_column(server_default="0")
    max_tries: Mapped[int] = mapped_column(server_default="4")
    run_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class IdempotencyKey(Base):
    """The answer that was given to a request with this key, so that a second try changes nothing."""

    __tablename__ = "idempotency_key"
    __isolation__ = Isolation("sealed", "work", crossing="select, insert, update, delete")
    __done__ = Kept("sealed: the crossing that begins a request erases keys after a day")

    tenant_id: Mapped[TenantKey]
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[Any | None] = mapped_column(JSONB)
    body: Mapped[str | None]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
