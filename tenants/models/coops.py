"""The co-ops and the federation body, their sizes and addresses, who speaks for them, and the rules in force."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, TenantKey, Words


class Tenant(Base):
    """A member co-op, or the federation body itself."""

    __tablename__ = "tenant"
    __isolation__ = Isolation("federation", "membership", door="select", crossing="select")
    __table_args__ = (CheckConstraint("kind IN ('coop', 'federation')", name="kind"),)

    id: Mapped[NewId]
    kind: Mapped[str] = mapped_column(String(20), server_default="coop")
    name: Mapped[Name] = mapped_column(unique=True)
    outcode: Mapped[str | None] = mapped_column(String(8))
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class CoopSize(Base):
    """How large a co-op was on a day, and who says so: what dues and weights rest on."""

    __tablename__ = "coop_size"
    __isolation__ = Isolation("published", "membership", office="select, insert, update")
    __table_args__ = (CheckConstraint("members >= 0 AND staff >= 0 AND care_hours_week >= 0", name="not_negative"),)

    tenant_id: Mapped[TenantKey]
    as_of_date: Mapped[date] = mapped_column(primary_key=True)
    members: Mapped[int] = mapped_column(server_default="0")
    staff: Mapped[int] = mapped_column(server_default="0")
    care_hours_week: Mapped[int] = mapped_column(server_default="0")
    turnover_pence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    source: Mapped[Name]


class CoopAddress(Base):
    """Where a co-op takes deliveries."""

    __tablename__ = "coop_address"
    __isolation__ = Isolation("published", "membership")

    tenant_id: Mapped[TenantKey]
    lines: Mapped[str] = mapped_column(String(400))
    postcode: Mapped[str] = mapped_column(String(10))
    instructions: Mapped[str] = mapped_column(String(400), server_default="")


class MemberDirectory(Base):
    """Names of the officers, managers and delegates of every co-op: the one list of people that all may read."""

    __tablename__ = "member_directory"
    __isolation__ = Isolation(
        "federation", "membership", office="select", door="select, insert, update, delete", crossing="select"
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    display_name: Mapped[Name]


class Setting(Base):
    """A rule of the federation from a day on, and the resolution that set it. Never edited: a later day replaces it."""

    __tablename__ = "setting"
    __isolation__ = Isolation("federation", "settings", office="select, insert")
    __table_args__ = (UniqueConstraint("name", "from_date"),)

    id: Mapped[NewId]
    name: Mapped[Code]
    value: Mapped[Any] = mapped_column(JSONB)
    from_date: Mapped[date]
    resolution: Mapped[Words]
    set_by: Mapped[UUID | None]
    set_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
