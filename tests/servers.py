"""One PostgreSQL and one Valkey for every test process of this user and this checkout, several pytest runs at once included.

The first to ask starts them, without fsync; the last to leave stops them and removes their files. Who still uses them is
known by shared locks, which a killed process cannot leave behind.
"""

import atexit
import fcntl
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from federation.server_ground import held
from federation.servers import Addresses, EmbeddedServers

CHECKOUT = Path(__file__).resolve().parent.parent


@functools.cache
def start_test_servers() -> Addresses:
    """Addresses of the shared servers, started when nobody has; they go when the last test process ends."""
    home = Path(tempfile.gettempdir()) / f"fed-tests-{os.getuid()}-{hashlib.sha256(bytes(CHECKOUT)).hexdigest()[:8]}"
    home.mkdir(mode=0o700, exist_ok=True)
    servers = EmbeddedServers(home / "data", durable=False)
    with held(home / "door.lock"):
        users = (home / "users.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        addresses = servers.start()
    owner = os.getpid()

    def leave() -> None:
        if os.getpid() != owner:
            return  # A forked child is not a user of its own.
        with held(home / "door.lock"):
            users.close()
            with (home / "users.lock").open("a") as alone:
                try:
                    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                servers.stop()
                shutil.rmtree(home / "data")

    atexit.register(leave)
    return addresses


def database_url(name: str) -> str:
    """Superuser's URL of the database `name` on the shared server."""
    return start_test_servers().database_url.replace("/federation?", f"/{name}?")


def redis_url(number: int) -> str:
    """URL of the Valkey database `number` (0 to 15) on the shared server, e.g. one per xdist worker."""
    return start_test_servers().redis_url.replace("db=0", f"db={number}")


def make_template(name: str, prepare: Callable[[str], None]) -> str:
    """Make the database `name` once among all test processes, filled by `prepare(url)`; answers the name.

    `prepare` must close its connections. A template that failed half-way is dropped, never kept.
    """
    start_test_servers()
    home = Path(tempfile.gettempdir())
    with held(home / f"fed-template-{os.getuid()}.lock"), _as_superuser() as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        unfinished = f"{name}_unfinished"
        drop_database(unfinished)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        prepare(database_url(unfinished))
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def clone_database(template: str, name: str) -> str:
    """Make the database `name` as a copy of `template` (about 0.1 s; nobody may be connected to it); answers its URL."""
    with _as_superuser() as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    return database_url(name)


def drop_database(name: str) -> None:
    """Drop the database `name` if it exists, closing whatever is still connected to it."""
    with _as_superuser() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _as_superuser() -> psycopg.Connection:
    return psycopg.connect(database_url("postgres"), autocommit=True)
