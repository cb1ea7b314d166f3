"""The worker's process that stands ready: each piece of work has one of its own, and none outlives its worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psutil
import pytest

from federation.config import PROJECT, Settings
from federation.ready import Call, Ready
from tenants import jobs
from tenants.db import acting_for_federation
from tenants.web import HouseFlask
from tests import servers
from tests.conftest import settings_for

pytestmark = pytest.mark.slow

LONGEST_WAIT = 60.0
T = TypeVar("T")


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings with a queue of this test's own."""
    return settings_for(database, tmp_path, REDIS_URL=servers.redis_url(7))


def environment(settings: Settings) -> dict[str, str]:
    """The variables of a worker for this test's federation."""
    logins = {f"FED_{role.upper()}_URL": url for role, url in settings.role_urls.items()}
    return (
        os.environ | settings.environment() | logins | {"SECRET_KEY": settings.secret_key, "PYTHONPATH": str(PROJECT)}
    )


@pytest.fixture
def worker(settings: Settings, app: HouseFlask, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, with a process that stands ready."""
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "federation.cli", "worker"],
            env=environment(settings),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(LONGEST_WAIT)


def until(found: Callable[[], T | None]) -> T:
    """What is found at last."""
    ends = time.monotonic() + LONGEST_WAIT
    while (answer := found()) is None:
        assert time.monotonic() < ends, "waited for too long"
        time.sleep(0.05)
    return answer


def standing_ready(worker: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The worker's one process that has not died."""
    return next((one for one in children(worker) if one.status() != psutil.STATUS_ZOMBIE), None)


def children(worker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that a worker has started, the dead it has not buried included."""
    return psutil.Process(worker.pid).children()


def do_some_work(settings: Settings) -> jobs.Work:
    """Ask for work, hand it to the queue, and wait for its end."""
    with acting_for_federation():
        asked = jobs.defer("pass-mail-on", {}, label="A test")
    jobs.Dispatcher(settings.role_urls["jobs"], settings.redis_url).dispatch_once()
    return until(lambda: ended(asked))


def ended(work_id: UUID) -> jobs.Work | None:
    """A piece of the federation's work, when it is over."""
    with acting_for_federation():
        work = jobs.get_work(work_id)
    return work if work.state in ("done", "failed", "cancelled") else None


def test_each_piece_of_work_has_a_process_of_its_own_that_waited_for_it(
    worker: subprocess.Popen[bytes], settings: Settings
) -> None:
    first = until(lambda: standing_ready(worker))
    assert do_some_work(settings).state == "done"
    second = until(lambda: next((one for one in children(worker) if one.pid != first.pid), None))
    assert do_some_work(settings).state == "done"
    assert not first.is_running()
    until(lambda: None if second.is_running() else True)


def test_work_is_done_also_when_the_process_that_waited_for_it_has_died(
    worker: subprocess.Popen[bytes], settings: Settings
) -> None:
    until(lambda: standing_ready(worker)).kill()
    assert do_some_work(settings).state == "done"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_process_that_waits_ends_with_its_worker(worker: subprocess.Popen[bytes], number: signal.Signals) -> None:
    ready = until(lambda: standing_ready(worker))
    worker.send_signal(number)
    worker.wait(LONGEST_WAIT)
    ready.wait(LONGEST_WAIT)


def test_a_process_that_has_prepared_itself_refuses_work_of_a_worker_that_is_unknown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    ready = Ready.start(pause_seconds=0)
    assert ready.take(Call("rq:worker:nobody", "j", "default", "e"))
    _, status = os.waitpid(ready.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert "no worker rq:worker:nobody" in capfd.readouterr().err
