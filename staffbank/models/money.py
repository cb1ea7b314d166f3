"""Hours worked, what they cost, and how the co-ops settle it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Moment, Name, NewId, Pence, TenantKey, Words


class Timesheet(Base):
    """One leg of the hours of a placement: what the carer says, what the host agrees to, what the home co-op accepts."""

    __tablename__ = "timesheet"
    __isolation__ = Isolation("leg", "money", crossing="select, insert, update")
    __table_args__ = (
        Index("timesheet_both_ix", "placement_id"),
        CheckConstraint("state IN ('open', 'sent', 'agreed', 'accepted', 'disputed')", name="state"),
        CheckConstraint("side IN ('host', 'home')", name="side"),
    )

    tenant_id: Mapped[TenantKey]
    placement_id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)
    counterparty_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(10), server_default="open")
    checked_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    checked_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    late_minutes: Mapped[int] = mapped_column(server_default="0")
    in_place: Mapped[Any | None] = mapped_column(JSONB)
    """Where the carer checked in, if the carer agrees to tell: on the home leg only."""
    claimed: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """{start, end, break_minutes, awake_minutes, travel_minutes, miles}"""
    agreed: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """The same, as the host agrees to it: less than claimed is a partial agreement, and the rest is in dispute."""
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    agreed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class TimesheetWord(Base):
    """One leg of a message in the thread of a timesheet: both sides read the same words."""

    __tablename__ = "timesheet_word"
    __isolation__ = Isolation("leg", "money", crossing="insert")
    __table_args__ = (Index("timesheet_word_placement_ix", "tenant_id", "placement_id"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)
    placement_id: Mapped[UUID]
    by_tenant_id: Mapped[UUID]
    by_words: Mapped[Name]
    """Who speaks, by role: "carer", "host", "home"."""
    words: Mapped[Words]
    said_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class StaffRecharge(Base):
    """One leg of what the host owes the home co-op for a placement, or of a later adjustment of it."""

    __tablename__ = "staff_recharge"
    __isolation__ = Isolation("leg", "money")
    __table_args__ = (
        CheckConstraint("side IN ('host', 'home')", name="side"),
        CheckConstraint("kind IN ('recharge', 'adjustment')", name="kind"),
        CheckConstraint("state IN ('posted', 'disputed', 'netted', 'paid')", name="state"),
        Index("staff_recharge_month_ix", "tenant_id", "month"),
        Index("staff_recharge_placement_ix", "tenant_id", "placement_id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)
    counterparty_id: Mapped[UUID]
    placement_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(12), server_default="recharge")
    month: Mapped[date]
    """The first day of the month the work began in, London time."""
    worked_on: Mapped[date]
    minutes: Mapped[int]
    unsocial_minutes: Mapped[int]
    weighted_minutes: Mapped[int]
    """Minutes with unsocial times counted 1.25 or 1.5 fold, for the account of hours."""
    lines: Mapped[Any] = mapped_column(JSONB)
    """[{what, quantity, unit, rate_pence, pence, bears_vat}, …]"""
    net_pence: Mapped[Pence]
    vat_pence: Mapped[Pence]
    gross_pence: Mapped[Pence]
    vat_treatment: Mapped[str] = mapped_column(String(20))
    rate_card_from: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), server_default="posted")
    dispute: Mapped[Words] = mapped_column(server_default="")
    cycle_id: Mapped[UUID | None]
    act_id: Mapped[UUID]
    posted_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class SettlementCycle(Base):
    """One month's settlement between the co-ops, on its way from open to closed."""

    __tablename__ = "settlement_cycle"
    __isolation__ = Isolation("federation", "money")
    __table_args__ = (
        CheckConstraint("state IN ('open', 'statement', 'netted', 'closed')", name="state"),
        CheckConstraint("mode IN ('hub', 'least', 'links')", name="mode"),
    )

    id: Mapped[NewId]
    month: Mapped[date] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(12), server_default="open")
    mode: Mapped[str] = mapped_column(String(6), server_default="hub")
    dispute_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    netted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    input_sha256: Mapped[str] = mapped_column(String(64), server_default="")
    algorithm: Mapped[str] = mapped_column(String(60), server_default="")
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class SettlementLine(Base):
    """One leg of a settlement: a co-op's position, or a payment that it makes or receives."""

    __tablename__ = "settlement_line"
    __isolation__ = Isolation("leg", "money")
    __table_args__ = (
        CheckConstraint("kind IN ('position', 'payment')", name="kind"),
        Index("settlement_line_cycle_ix", "tenant_id", "cycle_id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    counterparty_id: Mapped[UUID | None]
    pence: Mapped[int] = mapped_column(BigInteger)
    """Owed to this co-op or received by it; negative when it owes or pays."""
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    act_id: Mapped[UUID | None]


class HoursBalance(Base):
    """A co-op's account of hours at the end of a month: lent, borrowed, and what is left of older favours."""

    __tablename__ = "hours_balance"
    __isolation__ = Isolation("leg", "money")

    tenant_id: Mapped[TenantKey]
    month: Mapped[date] = mapped_column(primary_key=True)
    lent_minutes: Mapped[int]
    borrowed_minutes: Mapped[int]
    weighted_lent_minutes: Mapped[int]
    weighted_borrowed_minutes: Mapped[int]
    balance_minutes: Mapped[int]
    """Weighted lent less borrowed, with nine tenths of the month before. A signal, never a bar to care."""


class Framework(Base):
    """A version of the agreement under which carers are lent. Each placement cites the one in force."""

    __tablename__ = "secondment_framework"
    __isolation__ = Isolation("federation", "settings", office="select, insert")

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    in_force_from: Mapped[date]
    body: Mapped[str] = mapped_column(String(40000))
    hash: Mapped[str] = mapped_column(String(64))
    resolution: Mapped[Words]
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class FrameworkConsent(Base):
    """That a co-op has signed a version of the agreement."""

    __tablename__ = "framework_consent"
    __isolation__ = Isolation("published", "money", member="select, insert", crossing="select")

    tenant_id: Mapped[TenantKey]
    framework_number: Mapped[int] = mapped_column(primary_key=True)
    signed_on: Mapped[date]
    signed_by: Mapped[UUID]


class RateCard(Base):
    """Rates of the federation from a day on; an earlier day than its announcement makes adjustments."""

    __tablename__ = "rate_card"
    __isolation__ = Isolation("federation", "settings", office="select, insert")

    id: Mapped[NewId]
    from_date: Mapped[date] = mapped_column(index=True)
    card: Mapped[Any] = mapped_column(JSONB)
    resolution: Mapped[Words]
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class Schedule(Base):
    """One leg of the signed schedule of a placement: the page both co-ops and the carer agreed to, as a PDF with its digest."""

    __tablename__ = "placement_schedule"
    __isolation__ = Isolation("leg", "money")

    tenant_id: Mapped[TenantKey]
    placement_id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
