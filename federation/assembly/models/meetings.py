"""Elections with their candidates, and meetings: notice, agenda, who was there, what tellers typed in, minutes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, Words

ELECTION_STATES = ("draft", "nominations", "listed", "voting", "declared", "cancelled")
MEETING_STATES = ("draft", "called", "open", "closed", "minuted", "cancelled")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


class Election(Base):
    """Seats to be filled, or one choice among several."""

    __tablename__ = "election"
    __isolation__ = Isolation("federation", "settings", member_sees="state <> 'draft'", crossing="select")
    __table_args__ = (
        CheckConstraint(_one_of("state", ELECTION_STATES), name="state"),
        CheckConstraint("method IN ('scottish', 'meek', 'irv', 'approval')", name="method"),
        CheckConstraint("seats BETWEEN 1 AND 50", name="seats"),
    )

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[Name]
    what: Mapped[Words] = mapped_column(server_default="")
    """What the seat is for, and until when it is held."""
    seats: Mapped[int]
    method: Mapped[str] = mapped_column(String(10))
    constraints: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """[{"class": …, "least": n} or {"class": …, "most": n}, …]"""
    classes: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """Classes a candidate may stand in, e.g. "workers"."""
    secret: Mapped[bool] = mapped_column(server_default="true")
    state: Mapped[str] = mapped_column(String(12), server_default="draft")
    nominations_until: Mapped[Moment]
    meeting_id: Mapped[UUID | None]
    poll_id: Mapped[UUID | None]
    vacancy: Mapped[Any | None] = mapped_column(JSONB)
    """After a casual vacancy: {"departed": [candidate], "elected": [candidate], "result": …}."""
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Candidate(Base):
    """Somebody who stands in an election, with their own words."""

    __tablename__ = "candidate"
    __isolation__ = Isolation("federation", "settings", crossing="select, insert, update")
    __table_args__ = (
        CheckConstraint("state IN ('nominated', 'withdrawn')", name="state"),
        Index("candidate_election_ix", "election_id"),
    )

    id: Mapped[NewId]
    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"))
    name: Mapped[Name]
    coop_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    """The co-op that nominates."""
    class_name: Mapped[Code] = mapped_column(server_default="")
    statement: Mapped[Words] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(String(10), server_default="nominated")
    nominated_at: Mapped[Moment]


class Meeting(Base):
    """A general meeting: in a room, online, both, or by correspondence."""

    __tablename__ = "meeting"
    __isolation__ = Isolation("federation", "settings", member_sees="state <> 'draft'", crossing="select")
    __table_args__ = (
        CheckConstraint(_one_of("state", MEETING_STATES), name="state"),
        CheckConstraint("way IN ('room', 'online', 'hybrid', 'correspondence')", name="way"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[Name]
    way: Mapped[str] = mapped_column(String(14))
    place: Mapped[Name] = mapped_column(server_default="")
    link: Mapped[Name] = mapped_column(server_default="")
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    notice_days: Mapped[int]
    """Clear days: neither the day of sending nor the day of the meeting counts."""
    quorum: Mapped[Any] = mapped_column(JSONB)
    """{"coops_percent": …, "weight_percent": …}"""
    weights: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    state: Mapped[str] = mapped_column(String(10), server_default="draft")
    called_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opening_quorum: Mapped[Any | None] = mapped_column(JSONB)
    closing_quorum: Mapped[Any | None] = mapped_column(JSONB)
    """Both as `federation.assembly.quorum.Reading.as_json` writes them, with who represented whom: "seats"."""
    state_words: Mapped[Words] = mapped_column(server_default="")
    """Why it was cancelled, or what was changed after the notice."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class AgendaItem(Base):
    """One item of a meeting's agenda, and what the minutes say of it."""

    __tablename__ = "agenda_item"
    __isolation__ = Isolation("federation", "settings")

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    id: Mapped[NewId]
    place: Mapped[int]
    title: Mapped[Name]
    words: Mapped[Words] = mapped_column(server_default="")
    motion_id: Mapped[UUID | None]
    election_id: Mapped[UUID | None]
    minutes: Mapped[str] = mapped_column(Text, server_default="")


class Attendance(Base):
    """Who represented a co-op at a meeting, from when to when."""

    __tablename__ = "attendance"
    __isolation__ = Isolation("federation", "settings", crossing="select, insert, update")
    __table_args__ = (CheckConstraint("way IN ('room', 'online', 'proxy')", name="way"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    coop_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    name: Mapped[Name] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None]
    way: Mapped[str] = mapped_column(String(8))
    came_at: Mapped[Moment]
    left_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class HandsEntry(Base):
    """Votes by show of hands or roll call as one teller typed them; they count when a second person has confirmed them."""

    __tablename__ = "hands_entry"
    __isolation__ = Isolation("office", "settings")
    __table_args__ = (
        CheckConstraint("state IN ('typed', 'confirmed', 'rejected')", name="state"),
        CheckConstraint("confirmed_by IS DISTINCT FROM typed_by", name="two_pairs_of_eyes"),
    )

    id: Mapped[NewId]
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"))
    lines: Mapped[Any] = mapped_column(JSONB)
    """{co-op's id: [{"units": n, "vote": …}, …]}"""
    state: Mapped[str] = mapped_column(String(10), server_default="typed")
    typed_by: Mapped[UUID]
    typed_at: Mapped[Moment]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    words: Mapped[Words] = mapped_column(server_default="")


class Minutes(Base):
    """The minutes of a meeting: drafted from the record, seen by all once they are published."""

    __tablename__ = "minutes"
    __isolation__ = Isolation("federation", "settings", member_sees="state <> 'draft'")
    __table_args__ = (CheckConstraint("state IN ('draft', 'published', 'approved')", name="state"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), server_default="draft")
    hash: Mapped[str] = mapped_column(String(64), server_default="")
    drafted_at: Mapped[Moment]
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    approved_meeting_id: Mapped[UUID | None]
    """The later meeting that approved them."""
    approved_words: Mapped[Words] = mapped_column(server_default="")
    """By which of its items, and with which corrections."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}
