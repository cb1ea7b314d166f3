"""How many votes a co-op has: sizes on a day that the co-ops agreed to, schemes that make weights of them, and rules of decision."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, TenantKey, Words

MEASURES = ("members", "staff", "care_hours_week")


class SizeSnapshot(Base):
    """The sizes of all co-ops on one day, with their source: what weights rest on. Frozen once it is agreed."""

    __tablename__ = "size_snapshot"
    __isolation__ = Isolation("federation", "settings", member_sees="state <> 'draft'")
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'asked', 'agreed')", name="state"),
        CheckConstraint("measure IN ('members', 'staff', 'care_hours_week')", name="measure"),
    )

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    as_of_date: Mapped[date]
    measure: Mapped[str] = mapped_column()
    source: Mapped[Name]
    sizes: Mapped[Any] = mapped_column(JSONB)
    """{co-op's id: whole number}"""
    classes: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """{co-op's id: class}, for schemes by class."""
    state: Mapped[str] = mapped_column(server_default="draft")
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    agreed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    silent: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """Co-ops that had not answered when it was taken as agreed."""
    settled: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """{co-op's id: {"was", "said", "size", "words"}}: disputes that the office settled, and why as it did."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class SizeAnswer(Base):
    """What a co-op says of its own size in a snapshot."""

    __tablename__ = "size_answer"
    __isolation__ = Isolation("published", "settings")
    __table_args__ = (CheckConstraint("answer IN ('agree', 'dispute')", name="answer"),)

    tenant_id: Mapped[TenantKey]
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("size_snapshot.id"), primary_key=True)
    answer: Mapped[str]
    size: Mapped[int | None]
    """What it says it is, where it disputes."""
    words: Mapped[Words] = mapped_column(server_default="")
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[Moment]


class WeightScheme(Base):
    """A way from sizes to weights, as calculator 6 takes it, and what the assembly decided about it."""

    __tablename__ = "weight_scheme"
    __isolation__ = Isolation("federation", "settings")
    __table_args__ = (CheckConstraint("state IN ('proposed', 'adopted', 'replaced')", name="state"),)

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[Name]
    scheme: Mapped[Any] = mapped_column(JSONB)
    """{"kind": …, …}"""
    quota: Mapped[Any] = mapped_column(JSONB)
    """{"kind": "majority" | "percent" | "jagiellonian", "percent": …}"""
    second_majority: Mapped[Any | None] = mapped_column(JSONB)
    why: Mapped[Words] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="proposed")
    warned: Mapped[Words] = mapped_column(server_default="")
    """The plain sentence shown when it was adopted though a co-op counts for nothing, or decides alone."""
    adopted_on: Mapped[date | None]
    resolution: Mapped[Words] = mapped_column(server_default="")
    motion_id: Mapped[UUID | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class DecisionRule(Base):
    """How one kind of decision is taken, from a day on. Never edited: a newer version takes its place."""

    __tablename__ = "decision_rule"
    __isolation__ = Isolation("federation", "settings", office="select, insert")
    __table_args__ = (
        CheckConstraint("kind IN ('ordinary', 'special', 'constitutional', 'election')", name="kind"),
        UniqueConstraint("kind", "version"),
    )

    id: Mapped[NewId]
    kind: Mapped[Code]
    version: Mapped[int] = mapped_column(Integer)
    rule: Mapped[Any] = mapped_column(JSONB)
    """As `federation.assembly.rule.Rule.as_json` writes it."""
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("weight_scheme.id"))
    source: Mapped[Words] = mapped_column(server_default="")
    """Where a preset comes from."""
    in_force_from: Mapped[date]
    resolution: Mapped[Words]
    motion_id: Mapped[UUID | None]
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
