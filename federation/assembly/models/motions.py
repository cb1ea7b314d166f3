"""What is put to the assembly: motions and their texts, amendments, the debate, and the register of what is in force."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, TenantKey, Words
from tenants.retention import Erased

MOTION_STATES = (
    "submitted",
    "seconded",
    "admitted",
    "refused",
    "withdrawn",
    "noticed",
    "voting",
    "carried",
    "lost",
)
AMENDMENT_STATES = ("submitted", "merged", "admitted", "voting", "carried", "lost", "withdrawn", "overtaken")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


class MotionDraft(Base):
    """A motion that a co-op is still writing: nobody else's business."""

    __tablename__ = "motion_draft"
    __isolation__ = Isolation("private", "work", crossing="select, update")
    __done__ = Erased("written_at", only="motion_id IS NOT NULL")

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    title: Mapped[Name]
    """The question, as it will stand above the vote."""
    text: Mapped[str] = mapped_column(Text)
    plain_words: Mapped[Words] = mapped_column(server_default="")
    if_passes: Mapped[Words] = mapped_column(server_default="")
    if_falls: Mapped[Words] = mapped_column(server_default="")
    kind: Mapped[Code] = mapped_column(server_default="ordinary")
    effect: Mapped[Any | None] = mapped_column(JSONB)
    motion_id: Mapped[UUID | None]
    """Set when it is submitted."""
    written_by: Mapped[UUID | None]
    written_at: Mapped[Moment] = mapped_column(server_default=sql("now()"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Motion(Base):
    """A motion before the assembly, from its submission on."""

    __tablename__ = "motion"
    __isolation__ = Isolation("federation", "settings", crossing="select, insert, update")
    __table_args__ = (
        CheckConstraint(_one_of("state", MOTION_STATES), name="state"),
        CheckConstraint("kind IN ('ordinary', 'special', 'constitutional')", name="kind"),
    )

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[Code]
    title: Mapped[Name]
    text: Mapped[str] = mapped_column(Text)
    plain_words: Mapped[Words] = mapped_column(server_default="")
    if_passes: Mapped[Words] = mapped_column(server_default="")
    if_falls: Mapped[Words] = mapped_column(server_default="")
    effect: Mapped[Any | None] = mapped_column(JSONB)
    """What it does when carried: {"set": setting, "value": …, "from": date} or {"scheme": id, "rules": [kind, …], "from": date}."""
    moved_by_coop: Mapped[UUID]
    moved_by: Mapped[UUID | None]
    seconded_by_coop: Mapped[UUID | None]
    seconded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(String(12), server_default="submitted")
    state_words: Mapped[Words] = mapped_column(server_default="")
    """Why it was refused or withdrawn."""
    text_version: Mapped[int] = mapped_column(server_default="1")
    text_hash: Mapped[str] = mapped_column(String(64), server_default="")
    """SHA-256 of title and text, from the notice on."""
    reading_order: Mapped[int] = mapped_column(server_default="0")
    meeting_id: Mapped[UUID | None]
    poll_id: Mapped[UUID | None]
    submitted_at: Mapped[Moment]
    admitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    noticed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class MotionText(Base):
    """Each wording that a motion has had, and why it changed."""

    __tablename__ = "motion_text"
    __isolation__ = Isolation("federation", "settings", office="select, insert", crossing="select, insert")

    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    why: Mapped[Words]
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Moment]


class Amendment(Base):
    """Another wording for a motion: merged by the mover, or put to its own vote."""

    __tablename__ = "amendment"
    __isolation__ = Isolation("federation", "settings", crossing="select, insert, update")
    __table_args__ = (
        CheckConstraint(_one_of("state", AMENDMENT_STATES), name="state"),
        UniqueConstraint("motion_id", "number"),
    )

    id: Mapped[NewId]
    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    """The whole motion as it would read."""
    why: Mapped[Words] = mapped_column(server_default="")
    by_coop: Mapped[UUID]
    by_person: Mapped[UUID | None]
    on_version: Mapped[int]
    """The wording of the motion that it was written against."""
    state: Mapped[str] = mapped_column(String(12), server_default="submitted")
    voting_order: Mapped[int] = mapped_column(server_default="0")
    rivals: Mapped[int | None]
    """Competing amendments share a number: when one is carried, the others fall."""
    poll_id: Mapped[UUID | None]
    submitted_at: Mapped[Moment]


class MotionRemark(Base):
    """What somebody said in the debate of a motion."""

    __tablename__ = "motion_remark"
    __isolation__ = Isolation("federation", "settings", crossing="select, insert")
    __table_args__ = (
        CheckConstraint("leaning IN ('for', 'against', 'question', 'remark')", name="leaning"),
        Index("motion_remark_motion_ix", "motion_id", "said_at"),
    )

    id: Mapped[NewId]
    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"))
    by_coop: Mapped[UUID]
    by_person: Mapped[UUID | None]
    leaning: Mapped[str] = mapped_column(String(10))
    words: Mapped[Words]
    answers_id: Mapped[UUID | None]
    said_at: Mapped[Moment]
    hidden_why: Mapped[Words | None]
    """Why the officer took it off the page; the row stays."""


class Policy(Base):
    """A resolution in force: the register of what the federation has decided."""

    __tablename__ = "policy"
    __isolation__ = Isolation("federation", "settings")

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[Name]
    text: Mapped[str] = mapped_column(Text)
    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"), unique=True)
    in_force_from: Mapped[date]
    in_force_until: Mapped[date | None]
    review_on: Mapped[date | None]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy.id"))
    set_words: Mapped[Words] = mapped_column(server_default="")
    """Which setting it changed, in words."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class PolicyReport(Base):
    """What a co-op has done about a policy: all may read it."""

    __tablename__ = "policy_report"
    __isolation__ = Isolation("federation", "settings", office="select", crossing="select, insert, update")
    __table_args__ = (CheckConstraint("state IN ('done', 'begun', 'not_yet', 'not_for_us')", name="state"),)

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"), primary_key=True)
    coop_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    words: Mapped[Words] = mapped_column(server_default="")
    told_at: Mapped[Moment]
