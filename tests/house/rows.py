"""Rows for every table, made from the metadata alone: each text of a tenant's row carries its marker."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from psycopg import Connection as Plain
from sqlalchemy import CheckConstraint, Column, Connection, Table, create_engine, types
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, Range
from sqlalchemy.pool import NullPool

from tenants.db import Base
from tenants.scope import FEDERATION
from tests.house.catalogue import isolation_of, tables_of

_LATER = {"ends_at": datetime.now(UTC) + timedelta(hours=2)}
MUST = {
    "recharge": {"total_pence": 3},
    "work_block": _LATER,
    "day_window": _LATER,
    "cover_shift": _LATER,
    "weekly_window": {"to_minute": 60},
    "secret_ballot": {"tenant_id": FEDERATION},
}
"""Values that a constraint ties to others."""
SHARED = tables_of("federation", "office", "door")


def new_marker() -> str:
    """A text that no program makes by itself."""
    return f"CANARY-{uuid4()}"


def round_of(table: str) -> UUID:
    """The round that the rows of a table belong to: one for each, so that no row stands in the way of another's end."""
    return uuid5(NAMESPACE_URL, table)


def make_row(table: Table, tenant_id: UUID, marker: str) -> dict[str, Any]:
    """A whole row of a table."""
    row = {column.name: _value(table, column, marker) for column in table.columns}
    fixed = {"tenant_id": tenant_id, "round_id": round_of(table.name)}
    return row | {name: value for name, value in fixed.items() if name in row} | MUST.get(table.name, {})


def _value(table: Table, column: Column[Any], marker: str) -> Any:
    allowed = [
        words
        for check in table.constraints
        if isinstance(check, CheckConstraint)
        for words in re.findall(rf"\b{column.name} IN \(([^)]*)\)", str(check.sqltext))
    ]
    if allowed:
        choices = re.findall(r"'(\w+)'", allowed[0])
        return "open" if "open" in choices else choices[0]
    return _typed(column.type, marker)


def _typed(kind: types.TypeEngine[Any], marker: str) -> Any:
    if isinstance(kind, ARRAY):
        return [_typed(kind.item_type, marker)]
    now = datetime.now(UTC)
    made: tuple[tuple[type[types.TypeEngine[Any]] | tuple[type[types.TypeEngine[Any]], ...], Any], ...] = (
        (JSONB, {"canary": marker}),
        (types.String, marker[: getattr(kind, "length", None)]),
        (types.Uuid, uuid4()),
        (types.LargeBinary, marker.encode()),
        (types.Boolean, True),
        (TSTZRANGE, Range(now, now + timedelta(hours=1))),
        (types.DateTime, now),
        (types.Date, date(2026, 1, 1)),
        ((types.Integer, types.Numeric), 1),
    )
    for known, value in made:
        if isinstance(kind, known):
            return value
    raise AssertionError(f"no value for a column of type {kind!r}: teach this function")


def seed_tenant(database_url: str, tenant_id: UUID, marker: str) -> None:
    """One row of this tenant in every table that is a tenant's or sealed; keys and triggers sleep meanwhile."""
    _seed(
        database_url,
        [
            make_row(Base.metadata.tables[name], tenant_id, marker) | {"": name}
            for name in tables_of("private", "published", "leg", "sealed")
        ],
    )


def seed_shared(database_url: str, marker: str) -> None:
    """An open round for each table of the tenants, a draft and one given up unopened, and one row in every other shared table."""
    rounds = Base.metadata.tables["buying_round"]
    open_ones = [
        make_row(rounds, uuid4(), marker) | {"": "buying_round", "number": number, "id": round_of(name)}
        for number, name in enumerate(Base.metadata.tables, start=1000)
    ]
    unopened = [
        make_row(rounds, uuid4(), marker) | {"": "buying_round", "number": number, "state": state, "opened_at": None}
        for number, state in ((998, "draft"), (999, "cancelled"))
    ]
    others = [
        make_row(Base.metadata.tables[name], uuid4(), marker) | {"": name} for name in SHARED if name != "buying_round"
    ]
    _seed(database_url, [*open_ones, *unopened, *others])


def _seed(database_url: str, rows: Iterable[dict[str, Any]]) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for row in rows:
            _insert(connection, row)


def _insert(connection: Connection, row: dict[str, Any]) -> None:
    table = Base.metadata.tables[row.pop("")]
    connection.execute(table.insert().values({table.c[name]: value for name, value in row.items()}))


def digest(connection: Plain, tenant_id: UUID) -> dict[str, str]:
    """A fingerprint of all rows of a tenant, table by table, taken by somebody who meets no wall."""
    names = [name for name, table in sorted(Base.metadata.tables.items()) if "tenant_id" in table.columns]
    each = " UNION ALL ".join(
        f"SELECT '{name}', coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {name} t WHERE tenant_id = %(id)s"
        for name in names
    )
    return dict(connection.execute(each, {"id": tenant_id}).fetchall())  # type: ignore[arg-type]


__all__ = ["digest", "isolation_of", "make_row", "new_marker", "round_of", "seed_shared", "seed_tenant"]
