"""`./fed doctor`: what runs, which versions, whether the schema is current and the queue moves."""

import importlib.metadata
import platform
import shutil
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime

from redis.exceptions import RedisError
from rq import Worker
from rq.registry import FailedJobRegistry, StartedJobRegistry
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from federation import supervisor, worker
from federation.commands import settings_for
from federation.config import Settings
from federation.schema import is_current
from federation.server_ground import ServerFailed
from federation.server_postgres import check_database
from federation.servers import EmbeddedServers

PACKAGES = ("flask", "sqlalchemy", "psycopg", "alembic", "rq", "redis", "ortools", "pandas", "typst")
LOW_DISK_BYTES = 1_000_000_000
STALE_HEARTBEAT_SECONDS = 120

Finding = tuple[bool, str]


def doctor(arguments: Namespace) -> int:
    """Print one line for each thing looked at; 0 when all is well, 1 when something is not."""
    settings = settings_for(arguments)
    findings = [*look_at_versions(), *look_at_processes(settings), *look_at_database(settings)]
    findings += [*look_at_queue(settings), *look_at_disk(settings)]
    for well, line in findings:
        print(f"{'ok   ' if well else 'WRONG'} {line}")
    return 0 if all(well for well, _ in findings) else 1


def look_at_versions() -> Iterator[Finding]:
    """Python and the packages that matter."""
    names = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield True, f"Python {platform.python_version()} on {platform.platform(terse=True)}; {names}"


def look_at_processes(settings: Settings) -> Iterator[Finding]:
    """The servers, the supervisor and its children."""
    for server in EmbeddedServers(settings.data_dir).status():
        embedded = settings.embedded_database if server.name == "PostgreSQL" else settings.embedded_redis
        if embedded:
            state = f"runs as process {server.pid}" if server.pid else "does not run: ./fed up"
            yield server.pid is not None, f"embedded {server.name} {server.version} {state}"
    record = supervisor.read_record(settings.data_dir)
    for name, (pid, created) in record.get("children", {}).items():
        alive = created is not None and supervisor.created_at(pid) == created
        yield alive, f"{name} {f'runs as process {pid}' if alive else 'does not run: see its log'}"
    said = supervisor.health(settings.port)
    yield said == "", f"{settings.base_url}/healthz answers {said or 'that all is well'}"


def look_at_database(settings: Settings) -> Iterator[Finding]:
    """Whether it answers, is new enough, and has the schema of this code."""
    try:
        yield True, f"the database answers: PostgreSQL {check_database(settings.database_url)}"
        with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
            current = is_current(connection)
    except (ServerFailed, SQLAlchemyError) as reason:
        yield False, str(reason)
        return
    yield current, "the schema is current" if current else "the schema is not current: ./fed db migrate"


def look_at_queue(settings: Settings) -> Iterator[Finding]:
    """Jobs that wait, run or failed, and when each worker was last heard of."""
    connection = worker.connect(settings.redis_url)
    try:
        queue = worker.queue_of(connection)
        started, failed = StartedJobRegistry(queue=queue).count, FailedJobRegistry(queue=queue).count
        yield True, f"the queue answers: {queue.count} waiting, {started} running, {failed} failed"
        workers = Worker.all(connection=connection)
    except RedisError as reason:
        yield False, f"the queue does not answer: {reason}"
        return
    if not workers:
        yield False, "no worker is there to do jobs: ./fed up, or ./fed worker"
    for one in workers:
        heard = one.last_heartbeat
        seconds = (datetime.now(UTC) - heard.replace(tzinfo=UTC)).total_seconds() if heard else float("inf")
        yield seconds < STALE_HEARTBEAT_SECONDS, f"worker {one.name}: heard of {seconds:.0f} s ago, {one.get_state()}"


def look_at_disk(settings: Settings) -> Iterator[Finding]:
    """Free space where the data lie."""
    free = shutil.disk_usage(settings.data_dir).free
    yield free > LOW_DISK_BYTES, f"{free / 1e9:.1f} GB free in {settings.data_dir}"
