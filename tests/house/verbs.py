"""Every verb of SQL against one table, tried by a login that acts for tenant B, at rows of tenant A; faults come back in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tenants.db import Base
from tests.house.rows import isolation_of, make_row

UNSET = ("42704", "22P02")
"""What `current_setting('app.tenant')::uuid` raises when no scope is open: on a fresh connection, and on a used one."""


@dataclass(frozen=True)
class Sides:
    """The tenant whose rows are wanted, the tenant that wants them, and A's marker."""

    a: UUID
    b: UUID
    marker: str


@contextmanager
def acting(connection: psycopg.Connection, tenant_id: UUID | None) -> Iterator[psycopg.Connection]:
    """A transaction that is always undone, acting for a tenant or for none."""
    with connection.transaction(force_rollback=True):
        if tenant_id is not None:
            connection.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant_id)])
        yield connection


def tried(
    connection: psycopg.Connection, tenant_id: UUID | None, statement: sql.Composable, values: Any = ()
) -> int | str:
    """How many rows a statement met, or the code of the error that it raised."""
    try:
        with acting(connection, tenant_id):
            return connection.execute(statement, values).rowcount
    except psycopg.Error as error:
        return error.sqlstate or "no code"


def copied(connection: psycopg.Connection, tenant_id: UUID, table: str) -> str:
    """What COPY TO hands out, or the code of its error."""
    try:
        with (
            acting(connection, tenant_id),
            connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy,
        ):
            return "".join(bytes(block).decode() for block in copy)
    except psycopg.Error as error:
        return error.sqlstate or "no code"


def copied_in(connection: psycopg.Connection, tenant_id: UUID, table: str) -> str:
    """The code of the error that COPY FROM raises, or a word when it is let in."""
    try:
        with (
            acting(connection, tenant_id),
            connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))),
        ):
            return "let in"
    except psycopg.Error as error:
        return error.sqlstate or "no code"


def statements(table: str, tenant_id: UUID, marker: str = "mine") -> dict[str, tuple[sql.Composable, Any]]:
    """Every verb at the rows of one tenant, by name; `blind` ones name nobody and read nothing."""
    columns = Base.metadata.tables[table]
    row = {
        name: Jsonb(value) if isinstance(value, dict) else value
        for name, value in make_row(columns, tenant_id, marker).items()
    }
    key = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns.primary_key)
    plain = next(column.name for column in reversed(list(columns.columns)) if not column.primary_key)
    parts = {
        "t": sql.Identifier(table),
        "key": key,
        "plain": sql.Identifier(plain),
        "names": sql.SQL(", ").join(map(sql.Identifier, row)),
        "values": sql.SQL(", ").join(sql.Placeholder() * len(row)),
    }
    whole, theirs = list(row.values()), [tenant_id]
    texts: dict[str, tuple[str, Any]] = {
        "select": ("SELECT * FROM {t} WHERE tenant_id = %s", theirs),
        "count": ("SELECT 1 FROM {t}", []),
        "for update": ("SELECT * FROM {t} WHERE tenant_id = %s FOR UPDATE", theirs),
        "for share": ("SELECT * FROM {t} WHERE tenant_id = %s FOR SHARE", theirs),
        "update": ("UPDATE {t} SET {plain} = {plain} WHERE tenant_id = %s", theirs),
        "blind update": ("UPDATE {t} SET {plain} = %s", [row[plain]]),
        "move": ("UPDATE {t} SET tenant_id = %s", theirs),
        "delete": ("DELETE FROM {t} WHERE tenant_id = %s", theirs),
        "blind delete": ("DELETE FROM {t}", []),
        "insert": ("INSERT INTO {t} ({names}) VALUES ({values})", whole),
        "insert unless there": ("INSERT INTO {t} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING", whole),
        "insert or update": (
            "INSERT INTO {t} ({names}) VALUES ({values}) ON CONFLICT ({key}) DO UPDATE SET {plain} = EXCLUDED.{plain}",
            whole,
        ),
        "merge": (
            "MERGE INTO {t} USING (SELECT %s::uuid AS wanted) w ON tenant_id = wanted WHEN MATCHED THEN DELETE",
            theirs,
        ),
        "truncate": ("TRUNCATE {t}", []),
    }
    return {name: (sql.SQL(text).format(**parts), values) for name, (text, values) in texts.items()}


NEVER = {"insert", "insert unless there", "insert or update", "move", "truncate"}
"""Verbs that name another tenant's row and must be refused, not merely find nothing."""
BLIND = {"blind update", "blind delete", "count"}
"""Verbs that name nobody: they must meet the one row of the tenant that acts, and no other."""
NEEDS = {"select": "select", "count": "select", "blind update": "update", "blind delete": "delete", "insert": "insert"}
"""What must be granted for a verb to work on one's own rows."""


def member_faults(connection: psycopg.Connection, table: str, sides: Sides) -> list[str]:
    """What is wrong when a member acting for B tries every verb at A's rows, and its own verbs at its own."""
    granted, faults = isolation_of(table).verbs("member"), []
    for verb, (statement, values) in statements(table, sides.a).items():
        met = tried(connection, sides.b, statement, values)
        allowed = {"42501"} if verb in NEVER else {1, "42501"} if verb in BLIND else {0, "42501"}
        if met not in allowed:
            faults.append(f"{verb} at A's rows of {table}: {met}")
    for verb, (statement, values) in statements(table, sides.b).items():
        if NEEDS.get(verb) in granted and tried(connection, sides.b, statement, values) in (0, "42501"):
            faults.append(f"{verb} at one's own rows of {table} is refused")
    handed_out = copied(connection, sides.b, table)
    if sides.marker in handed_out or str(sides.a) in handed_out:
        faults.append(f"COPY TO hands out A's rows of {table}")
    if (met := copied_in(connection, sides.b, table)) not in ("0A000", "42501"):
        faults.append(f"COPY FROM into {table}: {met}")
    return faults


def scopeless_faults(connection: psycopg.Connection, table: str, sides: Sides) -> list[str]:
    """What a member may do without saying for whom: nothing, and loudly."""
    return [
        f"{verb} on {table} without a tenant: {met}"
        for verb, (statement, values) in statements(table, sides.a).items()
        if (met := tried(connection, None, statement, values)) not in (*UNSET, "42501")
        or (verb == "select" and met not in UNSET)
    ]


def grant_faults(connection: psycopg.Connection, role: str, table: str, sides: Sides) -> list[str]:
    """What a role can do that its grants do not name: every such verb must be refused."""
    tried_verbs = {
        "select": "SELECT 1 FROM {t}",
        "update": "UPDATE {t} SET {c} = DEFAULT",
        "delete": "DELETE FROM {t}",
        "insert": "INSERT INTO {t} DEFAULT VALUES",
    }
    parts = {"t": sql.Identifier(table), "c": sql.Identifier(next(iter(Base.metadata.tables[table].columns)).name)}
    faults = []
    for verb in set(tried_verbs) - set(isolation_of(table).verbs(role)):
        met = tried(connection, sides.b, sql.SQL(tried_verbs[verb]).format(**parts))
        if met != "42501":
            faults.append(f"{role} may {verb} {table}: {met}")
    return faults


__all__ = ["BLIND", "NEVER", "Sides", "acting", "grant_faults", "member_faults", "scopeless_faults", "tried"]
