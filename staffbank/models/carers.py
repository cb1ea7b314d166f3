"""A carer's record at the home co-op: private, and the bank entry that the home co-op publishes of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, Pence, TenantKey, Words
from tenants.retention import Erased, Kept

MODES = ("car", "cycle", "bus", "walk")
BLOCK_KINDS = ("rota", "sleep_in", "leave", "other_job")
_MODE_CHECK = "mode IN ('car', 'cycle', 'bus', 'walk')"


class Carer(Base):
    """A care worker of one co-op. `person_id` is the account the carer signs in with; without one no offer can be answered."""

    __tablename__ = "carer"
    __isolation__ = Isolation("private", "membership", crossing="select")
    __table_args__ = (
        CheckConstraint(_MODE_CHECK, name="mode"),
        UniqueConstraint("tenant_id", "reference"),
        UniqueConstraint("tenant_id", "person_id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    person_id: Mapped[UUID | None]
    reference: Mapped[Code]
    """The co-op's own short name for the carer, such as F-031."""
    first_name: Mapped[Name]
    last_name: Mapped[Name] = mapped_column(server_default="")
    born_on: Mapped[date | None]
    outcode: Mapped[str] = mapped_column(String(8))
    latitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    mode: Mapped[str] = mapped_column(String(10), server_default="car")
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    pay_pence_per_hour: Mapped[Pence]
    week_minutes: Mapped[int] = mapped_column(Integer, server_default="2400")
    """Hours a week the carer wants at most, in minutes: 40 hours unless changed."""
    on_payroll: Mapped[bool] = mapped_column(Boolean, server_default="true")
    sponsored: Mapped[bool] = mapped_column(Boolean, server_default="false")
    opt_out_from: Mapped[date | None]
    opt_out_until: Mapped[date | None]
    shares_place: Mapped[bool] = mapped_column(Boolean, server_default="false")
    in_bank: Mapped[bool] = mapped_column(Boolean, server_default="false")
    left_on: Mapped[date | None]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class CarerCheck(Base):
    """One thing that was checked or learned: right to work, DBS, Care Certificate, a skill. Never the certificate itself."""

    __tablename__ = "carer_check"
    __isolation__ = Isolation("private", "membership")
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "carer_id"], ["carer.tenant_id", "carer.id"]),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    carer_id: Mapped[UUID]
    kind: Mapped[Code]
    """A tag of the rule book: right_to_work, dbs, care_certificate, medication, hoist, peg …"""
    level: Mapped[Name] = mapped_column(server_default="")
    standard: Mapped[Name] = mapped_column(server_default="")
    issued_on: Mapped[date | None]
    until: Mapped[date | None]
    """The last day on which it holds; nothing when it does not expire."""
    checked_on: Mapped[date]
    checked_by: Mapped[Name]
    original_seen: Mapped[bool] = mapped_column(Boolean, server_default="true")
    status_checked_on: Mapped[date | None]
    """For a DBS check: when the Update Service was last asked."""
    evidence_hash: Mapped[str] = mapped_column(String(64), server_default="")
    reminded_days: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WorkBlock(Base):
    """Time a carer is not free: home rota, sleep-in, leave, another job. Work of every kind counts for the 17 weeks."""

    __tablename__ = "work_block"
    __isolation__ = Isolation("private", "work", crossing="select")
    __done__ = Erased("ends_at", days=730)
    """Hours count for 17 weeks and are kept for two years: Working Time Regulations 1998, regulation 9."""
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "carer_id"], ["carer.tenant_id", "carer.id"]),
        CheckConstraint("ends_at > starts_at", name="forwards"),
        CheckConstraint("kind IN ('rota', 'sleep_in', 'leave', 'other_job')", name="kind"),
        Index("work_block_carer_ix", "tenant_id", "carer_id", "starts_at"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    carer_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(12), server_default="rota")
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    words: Mapped[Name] = mapped_column(server_default="")
    source: Mapped[Name] = mapped_column(server_default="typed")
    """`typed`, or the id of the import or feed it came from, so that all of it can be taken back."""
    uid: Mapped[str] = mapped_column(String(300), server_default="")


class WeeklyWindow(Base):
    """Hours of a weekday at which a carer is glad to work elsewhere; minutes from midnight in London."""

    __tablename__ = "weekly_window"
    __isolation__ = Isolation("private", "work")
    __done__ = Kept("what a carer says of every week holds until the carer changes it")
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "carer_id"], ["carer.tenant_id", "carer.id"]),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("from_minute >= 0 AND to_minute > from_minute AND to_minute <= 2160", name="minutes"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    carer_id: Mapped[UUID]
    weekday: Mapped[int]
    """0 is Monday."""
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    """Beyond 1440 the window runs into the next morning."""


class DayWindow(Base):
    """One stretch of time on which the weekly pattern does not hold: also free, or not free."""

    __tablename__ = "day_window"
    __isolation__ = Isolation("private", "work")
    __done__ = Erased("ends_at")
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "carer_id"], ["carer.tenant_id", "carer.id"]),
        CheckConstraint("ends_at > starts_at", name="forwards"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    carer_id: Mapped[UUID]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    free: Mapped[bool]


class RotaImport(Base):
    """A file of rota that a manager has sent: previewed, then saved as a whole, and undone as a whole."""

    __tablename__ = "rota_import"
    __isolation__ = Isolation("private", "work")
    __done__ = Erased("coalesce(undone_at, applied_at, created_at)")
    __table_args__ = (CheckConstraint("state IN ('previewed', 'applied', 'undone')", name="state"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    file_name: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12), server_default="previewed")
    rows: Mapped[Any] = mapped_column(JSONB)
    errors: Mapped[Any] = mapped_column(JSONB)
    created_by: Mapped[UUID | None]
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RotaFeed(Base):
    """The address of a calendar that another rota program keeps for a carer; read again every hour."""

    __tablename__ = "rota_feed"
    __isolation__ = Isolation("private", "work")
    __done__ = Kept("read every hour until it is taken away")
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "carer_id"], ["carer.tenant_id", "carer.id"]),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    carer_id: Mapped[UUID]
    url: Mapped[str] = mapped_column(String(500))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str] = mapped_column(String(400), server_default="")


class BankEntry(Base):
    """What a co-op publishes of a carer to the bank, and no more: made anew from the private record at each change."""

    __tablename__ = "bank_entry"
    __isolation__ = Isolation("published", "work", crossing="select")
    __done__ = Kept("made anew from the record, and taken out with it")
    __table_args__ = (CheckConstraint(_MODE_CHECK, name="mode"),)

    tenant_id: Mapped[TenantKey]
    carer_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    first_name: Mapped[Name]
    outcode: Mapped[str] = mapped_column(String(8))
    latitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    mode: Mapped[str] = mapped_column(String(10))
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    tags: Mapped[Any] = mapped_column(JSONB)
    """Tag to the moment until which it holds, as ISO 8601 text, or null."""
    free: Mapped[Any] = mapped_column(JSONB)
    """Merged free windows of the next weeks: [[start, end], …], ISO 8601 UTC."""
    busy: Mapped[Any] = mapped_column(JSONB)
    """Busy blocks without place or person: [[start, end], …]."""
    hours_17_weeks: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    opt_out_from: Mapped[date | None]
    opt_out_until: Mapped[date | None]
    sponsored: Mapped[bool] = mapped_column(Boolean)
    warranty: Mapped[Any] = mapped_column(JSONB)
    """What the home co-op warrants: [{kind, level, standard, checked_on, checked_by_role, original_seen, evidence_hash}, …]."""
    published_at: Mapped[Moment]


class Bar(Base):
    """A person who may not be cared for by a carer, or the other way about: two opaque ids, without the reason."""

    __tablename__ = "bar"
    __isolation__ = Isolation("published", "membership")

    tenant_id: Mapped[TenantKey]
    carer_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_key: Mapped[UUID] = mapped_column(primary_key=True)
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class BankPolicy(Base):
    """How a co-op takes part in the bank: its windows, its time limits and what happens when one runs out."""

    __tablename__ = "bank_policy"
    __isolation__ = Isolation("published", "membership", crossing="select")

    tenant_id: Mapped[TenantKey]
    own_first_hours: Mapped[int] = mapped_column(server_default="72")
    """How long planned cover is kept to the co-op's own staff; sickness of the day is shared at once."""
    answer_hours: Mapped[int] = mapped_column(server_default="24")
    release_hours: Mapped[int] = mapped_column(server_default="12")
    releases_by_default: Mapped[bool] = mapped_column(Boolean, server_default="false")
    confirm_hours: Mapped[int] = mapped_column(server_default="12")
    confirms_by_default: Mapped[bool] = mapped_column(Boolean, server_default="true")
    lends_as: Mapped[str] = mapped_column(String(20), server_default="standard")
    """VAT treatment when this co-op lends, one of six; never guessed."""
    vat_evidence: Mapped[Words] = mapped_column(server_default="")
    vat_registered: Mapped[bool] = mapped_column(Boolean, server_default="false")
    reclaims_vat: Mapped[bool] = mapped_column(Boolean, server_default="false")
    pays_living_wage: Mapped[bool] = mapped_column(Boolean, server_default="false")
    settlement_signed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class CalendarKey(Base):
    """The secret part of a calendar address. Only its digest is stored."""

    __tablename__ = "calendar_key"
    __isolation__ = Isolation("door", "security")
    __table_args__ = (CheckConstraint("kind IN ('carer', 'home', 'host')", name="kind"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    kind: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[Moment]
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
