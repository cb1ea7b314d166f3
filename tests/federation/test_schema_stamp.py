"""A start spares itself the making ready of a database only while nothing that making ready would look at has changed."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from federation.config import Settings, load_settings
from federation.schema import prepare
from federation.schema_stamp import is_ready, remember
from tests import servers


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a database with today's schema and a role prefix of its own."""
    prefix = f"stamp{uuid.uuid4().hex[:10]}"
    url = servers.database_url(prefix)
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {prefix}")  # type: ignore[arg-type]
        settings = load_settings(
            {"DATABASE_URL": url, "ROLE_PREFIX": prefix, "REDIS_URL": "redis://127.0.0.1"},
            data=str(tmp_path_factory.mktemp("stamp")),
        )
        prepare(url, settings)
        yield settings
        servers.drop_database(prefix)
        for role in ("member", "office", "door", "jobs", "owner", "crossing"):
            superuser.execute(f"DROP ROLE IF EXISTS {prefix}_{role}")  # type: ignore[arg-type]


def test_a_database_is_ready_once_that_was_noted_and_the_same_again(prepared: Settings, tmp_path: Path) -> None:
    elsewhere = replace(prepared, data_dir=tmp_path)
    assert not is_ready(elsewhere)
    remember(elsewhere)
    assert is_ready(elsewhere)
    prepare(prepared.database_url, prepared)
    assert is_ready(elsewhere)


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("ALTER ROLE {prefix}_office BYPASSRLS", "ALTER ROLE {prefix}_office NOBYPASSRLS"),
        ("UPDATE alembic_version SET version_num = '0000'", "UPDATE alembic_version SET version_num = '{version}'"),
        ("ALTER TABLE alembic_version RENAME TO hidden", "ALTER TABLE hidden RENAME TO alembic_version"),
    ],
)
def test_what_changed_in_the_database_is_seen(prepared: Settings, change: str, back: str) -> None:
    remember(prepared)
    with psycopg.connect(prepared.database_url, autocommit=True) as connection:
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall()[0][0]
        connection.execute(change.format(prefix=prepared.role_prefix))  # type: ignore[arg-type]
        assert not is_ready(prepared)
        connection.execute(back.format(prefix=prepared.role_prefix, version=version))  # type: ignore[arg-type]
    assert is_ready(prepared)


def test_other_migrations_and_other_addresses_of_roles_are_seen(
    prepared: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(prepared)
    assert not is_ready(replace(prepared, role_urls={**prepared.role_urls, "door": prepared.database_url}))
    (tmp_path / "0002_more.sql").write_text("SELECT 1;\n")
    monkeypatch.setattr("federation.schema_stamp.MIGRATIONS", tmp_path)
    assert not is_ready(prepared)
