"""`./fed up` as its user starts it: processes of its own on a data directory of its own, and how much memory they take."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from federation.config import PROJECT
from federation.supervisor import read_record

LONGEST_START = 120.0
PAUSE = 0.02
MIB = 1024 * 1024


def free_port() -> int:
    """A port of the loopback address that nobody listens on just now."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


@contextmanager
def running_up(data: Path, port: int, *more: str) -> Iterator[float]:
    """`./fed up` until the block ends; gives the seconds from its start to its first page. Raises: RuntimeError."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FED_") and name not in ("DATABASE_URL", "REDIS_URL", "BASE_URL")
    }
    log = (data / "up.log").open("a+")
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "fed"), "up", "--data", str(data / "federation"), "--port", str(port), *more],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        while not first_page(port):
            if process.poll() is not None or time.perf_counter() - started > LONGEST_START:
                log.seek(0)
                raise RuntimeError(f"./fed up gives no page:\n{log.read()}")
            time.sleep(PAUSE)
        yield time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()


def first_page(port: int) -> bool:
    """Whether the federation's first page, the sign-in page, is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return False
    except OSError:
        return False


class Memory:
    """Watches the resident memory of what one `./fed up` started; `peaks` in MiB by name, each with its own children."""

    def __init__(self, data: Path) -> None:
        self.peaks: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._children = {
            name: psutil.Process(pid) for name, (pid, _) in read_record(data / "federation")["children"].items()
        }
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE):
            for name, process in self._children.items():
                # A job's process may end between being found and being looked at: it is not counted that time.
                with contextlib.suppress(psutil.NoSuchProcess):
                    for one in (process, *process.children(recursive=True)):
                        key = name if one.pid == process.pid else f"{name}'s job"
                        self.peaks[key] = max(self.peaks[key], one.memory_info().rss / MIB)
