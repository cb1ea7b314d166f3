"""Cover: what a host co-op asks for, who fits, and the placement, which has a leg at each of the two co-ops."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, TenantKey, Words
from tenants.retention import Erased, Kept

REQUEST_STATES = ("draft", "own_staff", "shared", "filled", "cancelled", "past")
REASONS = ("sickness", "leave", "vacancy", "extra_need", "training", "other")
HELD = ("accepted", "released", "confirmed", "started", "worked")
"""States of a placement in which the carer's time is booked."""
PLACEMENT_STATES = (
    "asked",
    "interested",
    "offered",
    *HELD,
    "declined",
    "refused",
    "withdrawn",
    "expired",
    "not_chosen",
    "given_back",
    "cancelled",
    "no_show",
    "swapped",
)


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


class Client(Base):
    """Somebody who is cared for. Others know an id alone, until a placement with this person is confirmed."""

    __tablename__ = "client"
    __isolation__ = Isolation("private", "membership", crossing="select")

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    name: Mapped[Name]
    address: Mapped[str] = mapped_column(String(400), server_default="")
    outcode: Mapped[str] = mapped_column(String(8))
    latitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    notes: Mapped[Words] = mapped_column(server_default="")
    """What a carer must know at the door: key safe, allergies, what to do first."""


class CoverRequest(Base):
    """Cover that a host co-op asks for: tags and an outcode, never a name."""

    __tablename__ = "cover_request"
    __isolation__ = Isolation("published", "work", crossing="select, update")
    __done__ = Kept("placements rest on it, and what they asked for is checked for as long as they are kept")
    __table_args__ = (
        CheckConstraint(_one_of("state", REQUEST_STATES), name="state"),
        CheckConstraint("risk BETWEEN 1 AND 5", name="risk"),
        CheckConstraint("way IN ('targeted', 'broadcast')", name="way"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), server_default="draft")
    reason: Mapped[str] = mapped_column(String(12))
    risk: Mapped[int] = mapped_column(server_default="3")
    needs: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    outcode: Mapped[str] = mapped_column(String(8))
    latitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    client_key: Mapped[UUID | None]
    preferred_carer_id: Mapped[UUID | None]
    absent_carer_id: Mapped[UUID | None]
    sleep_in: Mapped[bool] = mapped_column(Boolean, server_default="false")
    way: Mapped[str] = mapped_column(String(10), server_default="targeted")
    vat_treatment: Mapped[str] = mapped_column(String(20), server_default="standard")
    own_staff_until: Mapped[Moment]
    fallback_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fallback_needs: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    """What is asked for once the fallback grade has opened: never less than the law asks."""
    pinned: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """[[shift id, carer id], …]"""
    excluded: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """[carer id, …]"""
    overrides: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """Warnings set aside: [{rule, reason, by, at}, …]"""
    estimate: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    asked_by: Mapped[UUID | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class CoverShift(Base):
    """One visit or shift of a request. Shifts with one `linked_key` are covered all or none."""

    __tablename__ = "cover_shift"
    __isolation__ = Isolation("published", "work", crossing="select, update")
    __done__ = Kept("placements rest on it, and what they asked for is checked for as long as they are kept")
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "request_id"], ["cover_request.tenant_id", "cover_request.id"]),
        CheckConstraint("ends_at > starts_at AND ends_at <= starts_at + interval '24 hours'", name="times"),
        CheckConstraint("seats BETWEEN 1 AND 4", name="seats"),
        CheckConstraint("state IN ('open', 'filled', 'cancelled')", name="state"),
        Index("cover_shift_both_ix", "id"),
        Index("cover_shift_starts_ix", "tenant_id", "starts_at"),
        Index("cover_shift_request_ix", "tenant_id", "request_id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    request_id: Mapped[UUID]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    seats: Mapped[int] = mapped_column(server_default="1")
    linked_key: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(12), server_default="open")
    filled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MatchRun(Base):
    """One search for carers, as the host may see it: who fits, why, and of the others only counts by rule."""

    __tablename__ = "match_run"
    __isolation__ = Isolation("leg", "work", crossing="select")
    __done__ = Erased(
        "made_at",
        only="NOT EXISTS (SELECT FROM cover_request q WHERE q.tenant_id = match_run.tenant_id AND q.id = match_run.request_id"
        " AND q.state IN ('own_staff', 'shared'))",
    )
    """The search of a request that is still open is not done."""
    __table_args__ = (
        CheckConstraint("state IN ('done', 'failed')", name="state"),
        Index("match_run_request_ix", "tenant_id", "request_id", "made_at"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    request_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))
    looked_at: Mapped[int]
    """How many carers were looked at; their co-ops are counted in `coops`."""
    coops: Mapped[int]
    ranked: Mapped[Any] = mapped_column(JSONB)
    """{shift id: [{carer, home, first_name, co-op, outcode, minutes, tags, reasons, chosen}, …]}: eligible carers only."""
    turned_away: Mapped[Any] = mapped_column(JSONB)
    """{shift id: {rule: count, or null for fewer than three}}"""
    fixes: Mapped[Any] = mapped_column(JSONB)
    levels: Mapped[Any] = mapped_column(JSONB)
    seconds: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    input_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class MatchRefusal(Base):
    """Why a carer was turned away: told to the home co-op and the carer only."""

    __tablename__ = "match_refusal"
    __isolation__ = Isolation("leg", "work")
    __done__ = Erased("made_at")

    tenant_id: Mapped[TenantKey]
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    carer_id: Mapped[UUID] = mapped_column(primary_key=True)
    shift_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule: Mapped[Code]
    number: Mapped[str] = mapped_column(String(60), server_default="")
    made_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class MatchReplay(Base):
    """The problem that a search solved and the whole answer, so that it can be replayed by the office."""

    __tablename__ = "match_replay"
    __isolation__ = Isolation("office", "work")
    __done__ = Erased("coalesce((SELECT r.made_at FROM match_run r WHERE r.id = match_replay.run_id), '-infinity')")

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    problem: Mapped[Any] = mapped_column(JSONB)
    answer: Mapped[Any] = mapped_column(JSONB)


class Placement(Base):
    """One leg of a carer's placement on a seat: the host's or the home co-op's. Moved only by the crossing `placement_move`."""

    __tablename__ = "placement"
    __isolation__ = Isolation("leg", "money", crossing="select, insert, update")
    __table_args__ = (
        CheckConstraint(_one_of("state", PLACEMENT_STATES), name="state"),
        CheckConstraint("side IN ('host', 'home')", name="side"),
        Index("placement_both_ix", "id"),
        Index("placement_shift_ix", "tenant_id", "shift_id"),
        Index("placement_carer_ix", "tenant_id", "carer_id", "starts_at"),
        Index("placement_starts_ix", "tenant_id", "starts_at"),
        Index(
            "placement_one_a_seat_ux",
            "tenant_id",
            "shift_id",
            "seat",
            unique=True,
            postgresql_where=text("side = 'host' AND state IN ('confirmed', 'started', 'worked')"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)
    """A co-op that covers itself has both legs."""
    counterparty_id: Mapped[UUID]
    request_id: Mapped[UUID]
    request_number: Mapped[int]
    shift_id: Mapped[UUID]
    seat: Mapped[int]
    carer_id: Mapped[UUID]
    person_id: Mapped[UUID]
    carer_name: Mapped[Name]
    """First name alone."""
    state: Mapped[str] = mapped_column(String(12))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    outcode: Mapped[str] = mapped_column(String(8))
    needs: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    risk: Mapped[int]
    sleep_in: Mapped[bool] = mapped_column(Boolean, server_default="false")
    client_key: Mapped[UUID | None]
    minutes_away: Mapped[int]
    miles: Mapped[Decimal] = mapped_column(Numeric(6, 1))
    vat_treatment: Mapped[str] = mapped_column(String(20))
    terms: Mapped[Any] = mapped_column(JSONB)
    """What both sides agree: framework version, rate card date, hours, place, cancellation scale."""
    terms_hash: Mapped[str] = mapped_column(String(64))
    own: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """For this side's eyes: the host's estimate; the home's pay for the carer."""
    replaces_id: Mapped[UUID | None]
    offered_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    offered_by: Mapped[UUID | None]
    expires_at: Mapped[Moment]
    """By when the side whose turn it is must act."""
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    released_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    released_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[UUID | None]
    host_briefed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    carer_briefed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str] = mapped_column(String(10), server_default="")
    notice_minutes: Mapped[int | None]
    """For a cancellation: how long before the start it was told."""
    words: Mapped[Words] = mapped_column(server_default="")
    """Why it was refused, given back or cancelled; a carer's own reason stays on the home leg."""


class BookedTime(Base):
    """When a person works, whoever for: nobody can be booked twice. Others learn no more than that the time is taken."""

    __tablename__ = "booked_time"
    __isolation__ = Isolation("sealed", "work", crossing="select, insert, update, delete")
    __done__ = Kept("sealed: it goes with the rota or the placement that books the time")
    __table_args__ = (
        CheckConstraint("kind IN ('rota', 'placement')", name="kind"),
        ExcludeConstraint(("person_key", "="), ("during", "&&"), using="gist", name="booked_time_once_ex"),
        Index("booked_time_source_ix", "tenant_id", "source_id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[NewId]
    person_key: Mapped[UUID]
    """The account of the person; for a carer without one, the carer's id."""
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[str] = mapped_column(String(10))
    source_id: Mapped[UUID]
