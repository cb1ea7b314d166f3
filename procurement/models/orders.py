"""Purchase orders to suppliers, each co-op's part of every line, and what each co-op is recharged."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.catalogue import Price
from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, Pence, TenantKey


class PurchaseOrder(Base):
    """One order to one supplier: goods and delivery net of VAT."""

    __tablename__ = "purchase_order"
    __isolation__ = Isolation("office", "money")

    id: Mapped[NewId]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"), index=True)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("supplier.id"))
    number: Mapped[Code] = mapped_column(unique=True)
    goods_pence: Mapped[Pence]
    delivery_pence: Mapped[Pence]
    vat_pence: Mapped[Pence]
    deliver_on: Mapped[date]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class OrderLine(Base):
    """One item of a purchase order."""

    __tablename__ = "order_line"
    __isolation__ = Isolation("office", "money")
    __table_args__ = (CheckConstraint("packs > 0", name="packs"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    name: Mapped[Name]
    unit: Mapped[Name]
    packs: Mapped[int]
    pence_per_pack: Mapped[Decimal] = mapped_column(Price)
    cost_pence: Mapped[Pence]
    vat_rate_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class OrderAllocation(Base):
    """A co-op's packs of one line of one purchase order. The allocations of a line add up to the line."""

    __tablename__ = "order_allocation"
    __isolation__ = Isolation("leg", "money", office="select, insert")
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs"),
        Index("order_allocation_round_ix", "tenant_id", "round_id"),
        Index("order_allocation_order_ix", "order_id", "item_id"),
    )

    tenant_id: Mapped[TenantKey]
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("buying_round.id"))
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("supplier.id"))
    supplier_name: Mapped[Name]
    item_name: Mapped[Name]
    unit: Mapped[Name]
    packs: Mapped[int]
    pence_per_pack: Mapped[Decimal] = mapped_column(Price)
    deliver_to: Mapped[str] = mapped_column(String(900), server_default="")


class Recharge(Base):
    """What the federation charges a co-op for a round: net, VAT it charges, VAT it could not recover, and the total."""

    __tablename__ = "recharge"
    __isolation__ = Isolation("leg", "money", office="select, insert")
    __table_args__ = (
        ForeignKeyConstraint(["round_id"], ["buying_round.id"]),
        Index("recharge_tenant_round_ux", "tenant_id", "round_id", unique=True),
        CheckConstraint("total_pence = net_pence + vat_pence + irrecoverable_vat_pence", name="adds_up"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    round_id: Mapped[UUID]
    number: Mapped[Code]
    on_date: Mapped[date]
    due_on: Mapped[date]
    capacity: Mapped[str] = mapped_column(String(10))
    vat_number: Mapped[str | None] = mapped_column(String(20))
    net_pence: Mapped[Pence]
    vat_pence: Mapped[Pence]
    irrecoverable_vat_pence: Mapped[Pence]
    total_pence: Mapped[Pence]
    lines: Mapped[Any] = mapped_column(JSONB)
    act_id: Mapped[UUID]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
