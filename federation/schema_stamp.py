"""Whether the embedded database still is as it was made ready last: then a start need not make it ready once more.

Making ready imports all that migrates, and waits for it. The stamp stands in the data directory beside the cluster. It
covers the files that make a database ready, the addresses of the roles, and from the database itself: which cluster it
is, which migration ran, and every power of every role. A restored dump brings a new table of migrations, so it differs.
"""

import hashlib
from pathlib import Path

from federation.config import LOGIN_ROLES, PROJECT, Settings, write_private

MIGRATIONS = PROJECT / "deploy" / "migrations"
OTHER_FILES = (PROJECT / "federation/schema.py", PROJECT / "tenants/crossings.py")


def is_ready(settings: Settings) -> bool:
    """Whether nothing has changed since `remember`."""
    stamp = _stamp(settings)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint(settings)


def remember(settings: Settings) -> None:
    """Note that the database is ready as it is now."""
    write_private(_stamp(settings), fingerprint(settings))


def fingerprint(settings: Settings) -> str:
    """SHA-256 of all that making the database ready depends on, and of what it left behind."""
    files = sorted(path for path in MIGRATIONS.rglob("*") if path.suffix in (".py", ".sql"))
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (*files, *OTHER_FILES)]
    parts += [settings.database_url, *(settings.role_urls[role] for role in LOGIN_ROLES), *_marks(settings)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _marks(settings: Settings) -> list[str]:
    import psycopg

    names = [settings.role_name(role) for role in (*LOGIN_ROLES, "owner", "crossing")]
    with psycopg.connect(settings.database_url, connect_timeout=10) as connection:
        cluster = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchall()
        roles = connection.execute(
            "SELECT r::text FROM pg_roles r WHERE rolname = ANY (%s) ORDER BY 1", [names]
        ).fetchall()
        table = connection.execute("SELECT to_regclass('public.alembic_version')::oid").fetchall()
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall() if table[0][0] else []
    return [str(cluster), str(roles), str(table), str(version)]


def _stamp(settings: Settings) -> Path:
    return settings.data_dir / "schema-stamp"
