"""People who sign in, and how: read and written by the door's own database role only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Moment, Name, NewId
from tenants.retention import Erased

ROLE_NAMES = ("officer", "treasurer", "manager", "carer", "delegate", "auditor")
_ROLE_CHECK = "role IN (" + ", ".join(f"'{name}'" for name in ROLE_NAMES) + ")"


class Person(Base):
    """Somebody with an account. The address is kept in lower case, so that it is unique however it is typed."""

    __tablename__ = "person"
    __isolation__ = Isolation("door", "security", crossing="select")

    id: Mapped[NewId]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[Name]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))


class Membership(Base):
    """One role that a person holds at one co-op or at the federation body."""

    __tablename__ = "membership"
    __isolation__ = Isolation("door", "security", crossing="select")
    __table_args__ = (CheckConstraint(_ROLE_CHECK, name="role"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[Moment] = mapped_column(server_default=text("now()"))


class SignInSession(Base):
    """A signed-in browser. Only a digest of the cookie's value is stored."""

    __tablename__ = "sign_in_session"
    __isolation__ = Isolation("door", "security")

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    second_factor_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    device: Mapped[str] = mapped_column(String(200), server_default="")
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Invitation(Base):
    """A single-use link that makes somebody a member of a co-op."""

    __tablename__ = "invitation"
    __isolation__ = Isolation("door", "security")

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    display_name: Mapped[Name]
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    invited_by: Mapped[UUID | None]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ResetLink(Base):
    """A single-use link that lets somebody choose a new password, for twenty minutes."""

    __tablename__ = "reset_link"
    __isolation__ = Isolation("door", "security")

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RecoveryCode(Base):
    """One of the codes that stand in for a lost phone, each good once."""

    __tablename__ = "recovery_code"
    __isolation__ = Isolation("door", "security")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ApiToken(Base):
    """A key for a program, of one person at one co-op. Only its digest is stored."""

    __tablename__ = "api_token"
    __isolation__ = Isolation("door", "security")
    __table_args__ = (CheckConstraint("scope IN ('read', 'write')", name="scope"),)

    id: Mapped[NewId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[Name]
    scope: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[Moment]
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SavedFilter(Base):
    """A choice of what a list shows, kept by a person under a name, for one co-op."""

    __tablename__ = "saved_filter"
    __isolation__ = Isolation("door", "membership")
    __table_args__ = (UniqueConstraint("person_id", "tenant_id", "path", "name"),)

    id: Mapped[NewId]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    path: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[Moment]


class SignInAttempt(Base):
    """How often a key (an address from a place, or a place) was tried in a window of time."""

    __tablename__ = "sign_in_attempt"
    __isolation__ = Isolation("door", "security")

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[Moment] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(server_default="0")


class Mail(Base):
    """A letter on its way: who, what, and whether it has gone. Other scopes may only ask for one by a crossing."""

    __tablename__ = "mail"
    __isolation__ = Isolation("door", "work", crossing="insert")
    __done__ = Erased("coalesce(sent_at, created_at)", only="state <> 'waiting'")
    __table_args__ = (CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),)

    id: Mapped[NewId]
    person_id: Mapped[UUID | None]
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[Name]
    body: Mapped[str] = mapped_column(String(10000))
    state: Mapped[str] = mapped_column(String(10), server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    problem: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
