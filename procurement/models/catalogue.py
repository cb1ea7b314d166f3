"""The catalogue, the suppliers and their price lists: shared by all, kept by the federation office."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    String,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, Pence
from tenants.retention import Erased

Price = Numeric(14, 4)
"""Pence a pack, to four places."""


class Item(Base):
    """One thing the federation buys, in one pack size."""

    __tablename__ = "item"
    __isolation__ = Isolation("federation", "round")
    __table_args__ = (
        CheckConstraint("packs_per_box BETWEEN 1 AND 100000", name="packs_per_box"),
        CheckConstraint("vat_rate_percent BETWEEN 0 AND 100", name="vat_rate"),
    )

    id: Mapped[NewId]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    unit: Mapped[Name]
    packs_per_box: Mapped[int] = mapped_column(server_default="1")
    gtin: Mapped[str | None] = mapped_column(String(14))
    cpv: Mapped[str | None] = mapped_column(String(10))
    standard: Mapped[str | None] = mapped_column(String(60))
    vat_rate_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="20")
    retail_pence: Mapped[Decimal | None] = mapped_column(Price)
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    batch_id: Mapped[UUID | None]

    __mapper_args__ = {"version_id_col": version}


class Supplier(Base):
    """A firm that sends price lists: its delivery charge and minimum order, net, in whole pence."""

    __tablename__ = "supplier"
    __isolation__ = Isolation("federation", "round")
    __table_args__ = (
        CheckConstraint("tier_basis IN ('item_packs', 'order_packs', 'order_pence')", name="tier_basis"),
        CheckConstraint("delivery_pence >= 0 AND minimum_order_pence >= 0", name="not_negative"),
    )

    id: Mapped[NewId]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    email: Mapped[str | None] = mapped_column(String(254))
    delivery_pence: Mapped[Pence] = mapped_column(server_default="0")
    free_delivery_from_pence: Mapped[int | None] = mapped_column(BigInteger)
    minimum_order_pence: Mapped[Pence] = mapped_column(server_default="0")
    lead_days: Mapped[int] = mapped_column(server_default="7")
    tier_basis: Mapped[str] = mapped_column(String(20), server_default="item_packs")
    order_tiers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{0}")
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    batch_id: Mapped[UUID | None]

    __mapper_args__ = {"version_id_col": version}


class Offer(Base):
    """One supplier's price list for one item, for a time; two lists for the same item never overlap."""

    __tablename__ = "offer"
    __isolation__ = Isolation("federation", "round")
    __table_args__ = (
        CheckConstraint("mode IN ('all_units', 'incremental')", name="mode"),
        CheckConstraint("cardinality(tiers) = cardinality(pence_per_pack) AND cardinality(tiers) > 0", name="tiers"),
        CheckConstraint("valid_to >= valid_from", name="dates"),
        CheckConstraint("minimum_packs >= 1 AND multiple_packs >= 1 AND capacity_packs >= 1", name="packs"),
        ExcludeConstraint(
            (literal_column("supplier_id"), "="),
            (literal_column("item_id"), "="),
            (func.daterange(literal_column("valid_from"), literal_column("valid_to"), literal_column("'[]'")), "&&"),
            name="offer_no_overlap",
            using="gist",
        ),
    )

    id: Mapped[NewId]
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("supplier.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    mode: Mapped[str] = mapped_column(String(12), server_default="all_units")
    tiers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    pence_per_pack: Mapped[list[Decimal]] = mapped_column(ARRAY(Price))
    minimum_packs: Mapped[int] = mapped_column(server_default="1")
    multiple_packs: Mapped[int] = mapped_column(server_default="1")
    capacity_packs: Mapped[int | None]
    quality: Mapped[Decimal] = mapped_column(Numeric(4, 3), server_default="1")
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    batch_id: Mapped[UUID | None]

    __mapper_args__ = {"version_id_col": version}


class ImportBatch(Base):
    """A file of catalogue rows or prices: previewed, then applied as a whole or not at all, and undone as a whole."""

    __tablename__ = "import_batch"
    __isolation__ = Isolation("office", "work")
    __done__ = Erased("coalesce(undone_at, applied_at, created_at)")
    __table_args__ = (
        CheckConstraint("state IN ('previewed', 'applied', 'undone')", name="state"),
        CheckConstraint("kind IN ('catalogue', 'prices', 'members')", name="kind"),
    )

    id: Mapped[NewId]
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12), server_default="previewed")
    rows: Mapped[Any] = mapped_column(JSONB)
    errors: Mapped[Any] = mapped_column(JSONB)
    before: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    created_by: Mapped[UUID | None]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
