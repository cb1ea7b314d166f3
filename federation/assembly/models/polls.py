"""Taking votes: the poll with everything that was fixed when it opened, turnout, ballots, and the board that all can check."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Code, Moment, Name, NewId, TenantKey, Words

METHODS = ("yes_no", "scottish", "meek", "irv", "approval")


class Poll(Base):
    """One taking of votes. Rule, weights, sizes and choices are copied in when it opens, and never computed again."""

    __tablename__ = "poll"
    __isolation__ = Isolation("federation", "settings", crossing="select, update")
    __table_args__ = (
        CheckConstraint("subject_kind IN ('motion', 'amendment', 'election')", name="subject_kind"),
        CheckConstraint("method IN ('yes_no', 'scottish', 'meek', 'irv', 'approval')", name="method"),
        CheckConstraint("state IN ('planned', 'open', 'closed', 'declared', 'void')", name="state"),
        CheckConstraint("closes_at > opens_at", name="times"),
        Index("poll_subject_ix", "subject_id"),
    )

    id: Mapped[NewId]
    number: Mapped[int] = mapped_column(unique=True)
    subject_kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[UUID]
    title: Mapped[Name]
    method: Mapped[str] = mapped_column(String(10))
    seats: Mapped[int] = mapped_column(server_default="1")
    secret: Mapped[bool]
    by_hand: Mapped[bool] = mapped_column(server_default="false")
    """A show of hands or roll call in a meeting, typed in by two tellers."""
    meeting_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(10), server_default="planned")
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    rule_kind: Mapped[Code]
    rule_version: Mapped[int]
    rule: Mapped[Any] = mapped_column(JSONB)
    scheme_id: Mapped[UUID]
    snapshot_id: Mapped[UUID]
    weights: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """{co-op's id: votes}; empty until it opens."""
    sizes: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    names: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    classes: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    quota: Mapped[int] = mapped_column(server_default="0")
    sheet: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), deferred=True)
    """The fairness sheet: calculator 6's answer when it opened. Read only where it is shown: it is long."""
    choices: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """[{id, name, coop, class}, …] for an election."""
    constraints: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    text_hash: Mapped[str] = mapped_column(String(64), server_default="")
    lots_commitment: Mapped[str] = mapped_column(String(64), server_default="")
    dice: Mapped[str] = mapped_column(String(60), server_default="")
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reopened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the text changed after the notice and voting began anew."""
    declared_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    declared_by: Mapped[UUID | None]
    result: Mapped[Any | None] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class PollSeed(Base):
    """The seed of a poll's lots, committed to before it opens and told when it is declared."""

    __tablename__ = "poll_seed"
    __isolation__ = Isolation("office", "settings", office="select, insert")

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    seed: Mapped[str] = mapped_column(String(64))


class Turnout(Base):
    """Who has voted for a co-op in a poll; never how. One row for each holder of votes, so that nobody votes twice."""

    __tablename__ = "turnout"
    __isolation__ = Isolation("published", "settings", member="select", crossing="select, insert, update, delete")
    __table_args__ = (CheckConstraint("way IN ('delegate', 'alternate', 'proxy', 'teller')", name="way"),)

    tenant_id: Mapped[TenantKey]
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    """The delegate where a co-op's votes are divided among several; else the co-op's own id."""
    person_id: Mapped[UUID | None]
    by_coop: Mapped[UUID | None]
    units: Mapped[int]
    way: Mapped[str] = mapped_column(String(10))
    cast_at: Mapped[Moment]


class Ballot(Base):
    """A recorded ballot: the co-op's own until the poll closes, then on the board for all."""

    __tablename__ = "ballot"
    __isolation__ = Isolation("private", "settings", member="select", crossing="select, insert, update, delete")

    tenant_id: Mapped[TenantKey]
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    units: Mapped[int]
    parts: Mapped[Any] = mapped_column(JSONB)
    """[{"units": n, "vote": "for" | "against" | "abstain", or a list of candidates in order}, …]"""
    changes: Mapped[int] = mapped_column(server_default="0")
    receipt: Mapped[str] = mapped_column(String(64))


class SecretBallot(Base):
    """Unit ballots of secret polls, rewritten in random order at closing: no voter, weight, time or order.

    `tenant_id` is the federation body's for every row. Until closing they lie in a box of their own for each poll,
    a table of this shape, which is dropped when this one has taken them over.
    """

    __tablename__ = "secret_ballot"
    __isolation__ = Isolation("sealed", "settings", crossing="select, insert")
    __table_args__ = (CheckConstraint("tenant_id = '00000000-0000-7000-8000-000000000001'::uuid", name="nobodys"),)

    tenant_id: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=text("'00000000-0000-7000-8000-000000000001'::uuid")
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    poll_id: Mapped[UUID]
    vote: Mapped[Any] = mapped_column(JSONB)
    """"for", "against", "abstain", or a ranking."""


class BoardRow(Base):
    """One row of a poll's board. `body` is canonical JSON, exactly as it was hashed."""

    __tablename__ = "board_row"
    __isolation__ = Isolation("federation", "settings", office="select, insert")

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[Moment]


class Alternate(Base):
    """A delegate who votes only where no full delegate of the co-op does."""

    __tablename__ = "alternate"
    __isolation__ = Isolation("private", "membership", crossing="select")

    tenant_id: Mapped[TenantKey]
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[Moment]


class DelegateShare(Base):
    """How a co-op divides its votes in one poll among its delegates."""

    __tablename__ = "delegate_share"
    __isolation__ = Isolation("private", "settings", crossing="select")
    __table_args__ = (CheckConstraint("units > 0", name="units"),)

    tenant_id: Mapped[TenantKey]
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    units: Mapped[int]


class Proxy(Base):
    """One side of a proxy: a co-op lets the delegates of another vote for it. It cannot be passed on, and ends on its day."""

    __tablename__ = "proxy"
    __isolation__ = Isolation("leg", "settings", office="select", crossing="select, insert, update")
    __table_args__ = (
        CheckConstraint("side IN ('giver', 'holder')", name="side"),
        CheckConstraint("until_date >= from_date", name="dates"),
        Index("proxy_both_ix", "id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(6))
    counterparty_id: Mapped[UUID]
    poll_id: Mapped[UUID | None]
    """For one poll; empty for every poll in its time."""
    from_date: Mapped[date]
    until_date: Mapped[date]
    words: Mapped[Words] = mapped_column(server_default="")
    """How the giver wants it to be used."""
    given_by: Mapped[UUID | None]
    given_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
