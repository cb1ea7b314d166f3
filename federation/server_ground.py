"""What the two embedded servers share: their binaries, their system user, their private directories, their processes."""

import fcntl
import importlib.util
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

SYSTEM_USER = "embedded_postgres"
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class ServerFailed(RuntimeError):
    """An embedded server could not be started or stopped; the message says why and where its log is."""


@dataclass(frozen=True)
class ServerStatus:
    """What one server does: its process id while it runs, and its version in words."""

    name: str
    pid: int | None
    version: str


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, for an error message; "" when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def command_line(pid: int) -> str:
    """The command line of a process, or "" when it has ended."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied, ValueError):
        return ""


def wait_for_end(pid: int, seconds: float) -> None:
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired as reason:
        raise ServerFailed(f"Process {pid} does not stop after {seconds:.0f} s.") from reason


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock between processes; it frees itself when its holder dies."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def package_directory(package: str) -> Path:
    # Found without importing it: both packages do work at import that is not wanted here.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed(
            f"The package {package} is not installed: set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.submodule_search_locations[0])


def postgres_account() -> pwd.struct_passwd | None:
    """The system user that runs PostgreSQL when we are root, made when missing; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise ServerFailed(
                f"PostgreSQL does not run as root, and no user {SYSTEM_USER} could be made ({made.stderr.strip()}): "
                "run this as an ordinary user, or set DATABASE_URL."
            ) from None
        return pwd.getpwnam(SYSTEM_USER)


def make_directory(directory: Path, account: pwd.struct_passwd | None) -> None:
    """Make a 0700 directory of ours (as root: of PostgreSQL's user); refuse one that belongs to somebody else."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = directory.lstat().st_uid
    if owner not in (os.geteuid(), account.pw_uid if account else os.geteuid()) or directory.is_symlink():
        raise ServerFailed(f"{directory} belongs to somebody else; remove it or choose another --data directory.")
    if account:
        os.chown(directory, account.pw_uid, account.pw_gid)
    directory.chmod(0o700)
