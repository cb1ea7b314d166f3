"""One session, one engine for each database role; the open scope chooses, and tells PostgreSQL whose rows these are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import Connection, Engine, MetaData, Table, TextClause, bindparam, event, text
from sqlalchemy.dialects.postgresql import ARRAY, dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

from tenants.scope import DOOR, Scope, current_scope, member_scope, office_scope, opened

T = TypeVar("T")
TRIES = 4
"""How often one piece of work is tried when PostgreSQL breaks a deadlock by ending it."""


class Base(DeclarativeBase):
    """Ground of every model. Each model declares `__isolation__`."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_ix",
            "uq": "%(table_name)s_%(column_0_N_name)s_uq",
            "ck": "%(table_name)s_%(constraint_name)s_ck",
            "fk": "%(table_name)s_%(column_0_N_name)s_fk",
            "pk": "%(table_name)s_pk",
        }
    )


class ScopedSession(FlaskSession):
    """A session that works only inside a scope, as the database role of that scope."""

    def get_bind(
        self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **kwargs: Any
    ) -> Engine | Connection:
        """The engine of the open scope's role. Raises: ScopeMissing."""
        return bind if bind is not None else db.engines[current_scope().role]


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": ScopedSession})


@event.listens_for(ScopedSession, "after_begin")
def _tell_postgres(session: ScopedSession, transaction: object, connection: Connection) -> None:
    bind_scope(connection, current_scope())


def bind_scope(connection: Connection, scope: Scope) -> None:
    """Set the tenant, the person and the read-only mark for the present transaction of a connection."""
    connection.exec_driver_sql(
        "SELECT set_config('app.tenant', %s, true), set_config('app.person', %s, true),"
        " set_config('transaction_read_only', %s, true)",
        (str(scope.tenant_id or ""), str(scope.person_id or ""), "on" if scope.read_only else "off"),
    )


@contextmanager
def transaction(scope: Scope) -> Iterator[None]:
    """Open a scope and a transaction: commit at the end, undo everything when an error leaves the block."""
    with opened(scope):
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.remove()


def acting_for(coop_id: UUID, person_id: UUID | None = None):
    """Work for one co-op, as its member, in one transaction."""
    return transaction(member_scope(coop_id, person_id))


def acting_for_federation(person_id: UUID | None = None):
    """Work for the federation body, as an officer, in one transaction."""
    return transaction(office_scope(person_id))


def at_the_door():
    """Work with people, credentials and sessions, in one transaction."""
    return transaction(DOOR)


def insert_rows(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of one model by a single statement, a column of them at a time.

    All rows name the same columns, of which none is an array itself; other columns get the database's default. The
    policies, checks and triggers of the table see every row, as ever.
    """
    if rows:
        names = tuple(rows[0])
        db.session.execute(_insert_statement(model.__table__, names), {n: [row[n] for row in rows] for n in names})


@cache
def _insert_statement(table: Table, names: tuple[str, ...]) -> TextClause:
    types = {name: table.c[name].type for name in names}
    arrays = ", ".join(f"CAST(:{name} AS {type_.compile(dialect())}[])" for name, type_ in types.items())
    statement = text(f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})")
    return statement.bindparams(*(bindparam(name, type_=ARRAY(type_, dimensions=1)) for name, type_ in types.items()))


def retried(work: Callable[[], T]) -> T:
    """Run a whole transaction again when PostgreSQL ended it to break a deadlock (40P01) or a race (40001)."""
    for attempt in range(TRIES):
        try:
            return work()
        except OperationalError as error:
            if attempt == TRIES - 1 or not isinstance(error.orig, DeadlockDetected | SerializationFailure):
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def connect_roles(app: Flask, urls: dict[str, str]) -> None:
    """Give the app one small pool for each database role. `urls` maps member, office, door and jobs to their URLs."""
    app.config["SQLALCHEMY_BINDS"] = {role: {"url": url, **_pool(role)} for role, url in urls.items()}
    db.init_app(app)


def _pool(role: str) -> dict[str, Any]:
    sizes = {"member": 6, "office": 3, "door": 3, "jobs": 1}
    return {"pool_size": sizes[role], "max_overflow": 4, "pool_pre_ping": True, "pool_recycle": 1800}
