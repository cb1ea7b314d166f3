"""A round of joint buying: what is asked, what each co-op needs, what was awarded, and who pays what."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.catalogue import Price
from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Moment, Name, NewId, Pence, TenantKey, Words
from tenants.retention import Erased

ROUND_STATES = ("draft", "open", "closed", "awarded", "ordered", "cancelled")


class BuyingRound(Base):
    """One round. Members see it from its opening on. `awarded` means approved; `ordered` means orders and recharges are out."""

    __tablename__ = "buying_round"
    __isolation__ = Isolation("federation", "round", member_sees="opened_at IS NOT NULL", crossing="select, update")
    __table_args__ = (
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in ROUND_STATES) + ")", name="state"),
        CheckConstraint("deliver_to IN ('coops', 'hub')", name="deliver_to"),
    )

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12), server_default="draft")
    closes_at: Mapped[Moment]
    deliver_on: Mapped[date]
    deliver_to: Mapped[str] = mapped_column(String(10), server_default="coops")
    hub_address: Mapped[str] = mapped_column(String(400), server_default="")
    max_suppliers: Mapped[int | None]
    max_suppliers_per_item: Mapped[int | None]
    max_share_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    allow_overbuy: Mapped[bool] = mapped_column(server_default="false")
    share_rule: Mapped[str | None] = mapped_column(String(20))
    extended_reason: Mapped[str] = mapped_column(String(2000), server_default="")
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    awarded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ordered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class RoundItem(Base):
    """One item of a round, as it stood when the round opened: later changes to the catalogue do not reach it."""

    __tablename__ = "round_item"
    __isolation__ = Isolation("federation", "round", member_sees="opened", crossing="select")

    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[Name]
    unit: Mapped[Name]
    packs_per_box: Mapped[int]
    vat_rate_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    retail_pence: Mapped[Decimal | None] = mapped_column(Price)
    opened: Mapped[bool] = mapped_column(server_default="false")
    """Members see the items of a round from its opening on: those of a draft are the office's."""


class DemandAnswer(Base):
    """That a co-op has answered a round: with its note. An answer without lines says "nothing this time"."""

    __tablename__ = "demand_answer"
    __isolation__ = Isolation("published", "round", crossing="select")

    tenant_id: Mapped[TenantKey]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"), primary_key=True)
    note: Mapped[str] = mapped_column(String(1000), server_default="")
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Demand(Base):
    """How many packs of one item a co-op needs in a round. A need, not an order."""

    __tablename__ = "demand"
    __isolation__ = Isolation("published", "round", crossing="select")
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "round_id"], ["demand_answer.tenant_id", "demand_answer.round_id"]),
        ForeignKeyConstraint(["round_id", "item_id"], ["round_item.round_id", "round_item.item_id"]),
        CheckConstraint("packs BETWEEN 1 AND 1000000", name="packs"),
        Index("demand_round_ix", "round_id", "item_id", postgresql_include=["packs"]),
    )

    tenant_id: Mapped[TenantKey]
    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    packs: Mapped[int]


class DemandImport(Base):
    """A file of demand that a manager has sent: previewed, then saved as a whole, and undone as a whole."""

    __tablename__ = "demand_import"
    __isolation__ = Isolation("private", "work")
    __done__ = Erased("coalesce(undone_at, applied_at, created_at)")
    __table_args__ = (CheckConstraint("state IN ('previewed', 'applied', 'undone')", name="state"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"))
    file_name: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12), server_default="previewed")
    rows: Mapped[Any] = mapped_column(JSONB)
    errors: Mapped[Any] = mapped_column(JSONB)
    before: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    created_by: Mapped[UUID | None]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Award(Base):
    """One run of the award for a round: the problem as it was, the answer, and what became of it."""

    __tablename__ = "award"
    __isolation__ = Isolation("office", "round")
    __table_args__ = (
        CheckConstraint("state IN ('running', 'proposed', 'infeasible', 'approved', 'set_aside')", name="state"),
        Index("award_one_approved_ux", "round_id", unique=True, postgresql_where=text("state = 'approved'")),
    )

    id: Mapped[NewId]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), server_default="running")
    job_id: Mapped[UUID | None]
    pinned: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    barred: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    problem: Mapped[Any | None] = mapped_column(JSONB)
    answer: Mapped[Any | None] = mapped_column(JSONB)
    shares: Mapped[Any | None] = mapped_column(JSONB)
    cost_pence: Mapped[int | None] = mapped_column(BigInteger)
    bound_pence: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Words] = mapped_column(server_default="")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class AlonePrice(Base):
    """What a co-op's demand would cost if it bought alone: at least `bound_pence`; the best found is `cost_pence`."""

    __tablename__ = "alone_price"
    __isolation__ = Isolation("leg", "round")

    tenant_id: Mapped[TenantKey]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"), primary_key=True)
    cost_pence: Mapped[int | None] = mapped_column(BigInteger)
    bound_pence: Mapped[int | None] = mapped_column(BigInteger)
    proven: Mapped[bool]
    worked_out_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class Share(Base):
    """What a co-op pays of a round's approved award, net, and what it would have paid under the other rules."""

    __tablename__ = "share"
    __isolation__ = Isolation("leg", "round")

    tenant_id: Mapped[TenantKey]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    net_pence: Mapped[Pence]
    goods_pence: Mapped[Pence]
    delivery_pence: Mapped[Pence]
    other_rules: Mapped[Any] = mapped_column(JSONB)
