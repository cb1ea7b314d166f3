"""Making a database ready works for a migrating login without powers, and refuses roles that have too many."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from federation.config import load_settings, with_login
from federation.schema import is_demo, prepare
from tenants.errors import RuleBroken
from tests import servers

ROLES = ("member", "office", "door", "jobs", "owner", "crossing")


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """URL of an empty database whose owner may make roles and is no superuser, and a prefix of its own."""
    prefix = f"plain{uuid.uuid4().hex[:10]}"
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as superuser:
        superuser.execute(f"CREATE ROLE {prefix} LOGIN CREATEROLE PASSWORD 'test-only'")  # type: ignore[arg-type]
        superuser.execute(f"CREATE DATABASE {prefix} OWNER {prefix}")  # type: ignore[arg-type]
        yield with_login(servers.database_url(prefix), prefix, "test-only"), prefix
        servers.drop_database(prefix)
        for role in ROLES:
            superuser.execute(f"DROP ROLE IF EXISTS {prefix}_{role}")  # type: ignore[arg-type]
        superuser.execute(f"DROP ROLE {prefix}")  # type: ignore[arg-type]


def test_a_login_that_is_no_superuser_prepares_a_demo_twice(plain: tuple[str, str], tmp_path: Path) -> None:
    url, prefix = plain
    settings = load_settings(
        {"DATABASE_URL": url, "ROLE_PREFIX": prefix, "REDIS_URL": "redis://127.0.0.1"}, data=str(tmp_path)
    )
    prepare(url, settings, demo=True)
    prepare(url, settings, demo=True)
    assert is_demo(settings)


def test_a_role_that_could_look_past_the_wall_is_refused(plain: tuple[str, str], tmp_path: Path) -> None:
    url, prefix = plain
    settings = load_settings(
        {"DATABASE_URL": url, "ROLE_PREFIX": prefix, "REDIS_URL": "redis://127.0.0.1"}, data=str(tmp_path)
    )
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as superuser:
        superuser.execute(f"CREATE ROLE {prefix}_office BYPASSRLS")  # type: ignore[arg-type]
        superuser.execute(f"GRANT {prefix}_office TO {prefix} WITH ADMIN TRUE")  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="could look past the wall"):
        prepare(servers.database_url(prefix), settings)
