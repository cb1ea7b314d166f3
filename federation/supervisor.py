"""`./fed up`: the servers, the schema, then web, worker and dispatcher, kept running until Ctrl-C."""

import contextlib
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import psutil

from federation.config import PROJECT, Settings, write_private
from federation.lifeline import GO, VARIABLE
from federation.schema_stamp import is_ready, remember
from federation.server_ground import ServerFailed, last_lines
from federation.server_postgres import check_database
from federation.servers import EmbeddedServers

HOST = "127.0.0.1"
READY_SECONDS = 60.0
PAUSE_SECONDS = 0.05
GRACE_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a child that ran so long is forgiven its earlier crashes
CRASHES_BEFORE_READY = 3
LARGEST_LOG_BYTES = 10_000_000


def up(settings: Settings) -> int:
    """Run the whole federation in the foreground; 0 after a clean stop, 1 when it failed, 2 when it cannot start here."""
    lock = claim(settings.data_dir)
    if lock is None:
        print(f"It already runs: {read_record(settings.data_dir).get('url', settings.base_url)}")
        return 0
    with lock:
        stop_orphans(settings.data_dir)
        if port_in_use(settings.port):
            print(
                f"fed: port {settings.port} is in use by another program; choose one: ./fed up --port 8001",
                file=sys.stderr,
            )
            return 2
        return Supervisor(settings).run()


@dataclass
class Child:
    """One process of ours, started again with growing pauses when it crashes."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    crashes: int = 0
    start_again_at: float = 0.0

    def start(self, environment: dict[str, str]) -> None:
        """Start it in a session of its own, its words going to its log; it waits for `go`."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "federation.cli", *self.arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment | {VARIABLE: "1"},
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def go(self) -> None:
        """Tell it that the database is ready. One that has crashed already is seen to by the watch."""
        try:
            self._lifeline().write(GO)
            self._lifeline().flush()
        except BrokenPipeError:
            return

    def has_crashed(self) -> bool:
        """Whether it ended without being told to; plans its next start the first time it is asked."""
        if self.process is None or self.process.poll() is None:
            return False
        ran = time.monotonic() - self.started_at
        self.crashes = 1 if ran > STEADY_SECONDS else self.crashes + 1
        self.start_again_at = time.monotonic() + min(2.0 ** (self.crashes - 1), LONGEST_BACKOFF_SECONDS)
        self._let_go()
        return True

    def stop(self) -> None:
        """End it and everything it started; politely first. Returns when it is gone."""
        if self.process is None:
            return
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            kill_tree(self.process.pid)
            self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        # One that died before it read its last word breaks the pipe, which is closed all the same.
        with contextlib.suppress(BrokenPipeError):
            self._lifeline().close()
        self.process = None

    def _lifeline(self) -> BinaryIO | Any:
        assert self.process is not None
        return self.process.stdin


@dataclass
class Supervisor:
    """What one `./fed up` holds: its servers, its children, and whether it was asked to stop."""

    settings: Settings
    stopping: threading.Event = field(default_factory=threading.Event)
    children: list[Child] = field(default_factory=list)

    def run(self) -> int:
        """Start everything, watch it, stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        servers = EmbeddedServers(self.settings.data_dir)
        try:
            web = self._add("web", "web", "--port", str(self.settings.port))
            self._prepare(servers)
            web.go()
            if not self._open(servers):
                return 0 if self.stopping.is_set() else 1
            self._watch(servers)
        except ServerFailed as reason:
            print(f"fed: {reason}", file=sys.stderr)
            return 1
        finally:
            self._stop_children()
            if self.settings.embedded_database or self.settings.embedded_redis:
                servers.stop()
            record_path(self.settings.data_dir).unlink(missing_ok=True)
        print("Stopped. Nothing is lost; ./fed up goes on where it was.")
        return 0

    def _prepare(self, servers: EmbeddedServers) -> None:
        settings = self.settings
        started = servers.start(postgres=settings.embedded_database, valkey=settings.embedded_redis)
        if not settings.embedded_database:
            check_database(settings.database_url)
        known = settings.embedded_database and not started.created and is_ready(settings)
        if not known:
            from federation.schema import prepare  # a second of imports that other starts need not wait for

            # An embedded database becomes a demo in its first start or never; a real one only when --demo says so.
            first = started.created or not settings.embedded_database
            prepare(settings.database_url, settings, demo=settings.demo and first)
        # A demo that has had its first start needs nothing more, and is spared the seconds of importing the whole app.
        if started.created or not (settings.embedded_database and settings.demo):
            from federation.first_start import furnish

            words = furnish(settings, new=started.created)
            if words:
                print(f"\n{words}")
        servers.first_start_is_over()
        if settings.embedded_database and not known:
            remember(settings)

    def _add(self, name: str, *arguments: str) -> Child:
        logs = self.settings.data_dir / "log"
        logs.mkdir(mode=0o700, exist_ok=True)
        self.children.append(Child(name, arguments, logs / f"{name}.log"))
        self._start(self.children[-1])
        return self.children[-1]

    def _open(self, servers: EmbeddedServers) -> bool:
        """Wait for the first page, then start those who do the jobs: they would only have slowed it down."""
        if not self._wait_for(first_page, servers):
            return False
        for name in ("worker", "dispatcher"):
            self._add(name, name).go()
        if not self._wait_for(health, servers):
            return False
        print(
            f"\nThe federation is open: {self.settings.base_url}\nCtrl-C stops it. Logs: {self.settings.data_dir}/log"
        )
        # So that an award need not wait for the long job that prices buying alone.
        self._add("worker-2", "worker").go()
        return True

    def _start(self, child: Child) -> None:
        environment = os.environ | self.settings.environment() | {"PYTHONPATH": str(PROJECT)}
        child.start(environment)
        self._write_record()

    def _write_record(self) -> None:
        pids = {child.name: child.process.pid for child in self.children if child.process}
        record = {
            "pid": os.getpid(),
            "url": self.settings.base_url,
            "children": {name: [pid, created_at(pid)] for name, pid in pids.items()},
        }
        write_private(record_path(self.settings.data_dir), json.dumps(record))

    def _wait_for(self, answer: Callable[[int], str], servers: EmbeddedServers) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping.is_set():
            state = answer(self.settings.port)
            if state == "":
                return True
            self._start_gone_servers(servers)
            self._start_crashed_ones()
            tired = next((child for child in self.children if child.crashes >= CRASHES_BEFORE_READY), None)
            if tired or time.monotonic() > deadline:
                reason = (
                    f"{tired.name} keeps crashing:\n{last_lines(tired.log)}"
                    if tired
                    else f"it does not answer: {state}"
                )
                print(f"fed: {reason}\nLogs: {self.settings.data_dir}/log", file=sys.stderr)
                return False
            self.stopping.wait(PAUSE_SECONDS)
        return False

    def _watch(self, servers: EmbeddedServers) -> None:
        while not self.stopping.wait(1.0):
            self._start_crashed_ones()
            self._start_gone_servers(servers)

    def _start_gone_servers(self, servers: EmbeddedServers) -> None:
        settings = self.settings
        gone = (settings.embedded_database and servers.postgres.pid() is None) or (
            settings.embedded_redis and servers.valkey.pid() is None
        )
        if gone:
            print("fed: an embedded server has gone; starting it again.", file=sys.stderr)
            servers.start(postgres=settings.embedded_database, valkey=settings.embedded_redis)

    def _start_crashed_ones(self) -> None:
        for child in self.children:
            if child.has_crashed():
                print(f"fed: {child.name} stopped by itself; starting it again. See {child.log}", file=sys.stderr)
            if child.process is None and time.monotonic() >= child.start_again_at:
                self._start(child)
                child.go()

    def _stop_children(self) -> None:
        for child in self.children:
            if child.process:
                signal_group(child.process.pid, signal.SIGTERM)
        for child in self.children:
            child.stop()


def claim(data_dir: Path) -> TextIO | None:
    """The lock that one running supervisor holds, or None while another holds it. A dead one holds nothing."""
    file = (data_dir / "up.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def record_path(data_dir: Path) -> Path:
    """Where a supervisor notes its own process and its children."""
    return data_dir / "up.json"


def read_record(data_dir: Path) -> dict[str, Any]:
    """What the last supervisor noted; empty when it stopped cleanly."""
    try:
        return json.loads(record_path(data_dir).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def stop_orphans(data_dir: Path) -> list[str]:
    """Stop the children of a supervisor that was killed; answers their names. A reused process id is left alone."""
    stopped = []
    for name, (pid, created) in read_record(data_dir).get("children", {}).items():
        if created is not None and created_at(pid) == created:
            signal_group(pid, signal.SIGTERM)
            deadline = time.monotonic() + GRACE_SECONDS
            while created_at(pid) == created and time.monotonic() < deadline:
                time.sleep(0.05)
            if created_at(pid) == created:
                kill_tree(pid)
            stopped.append(name)
    record_path(data_dir).unlink(missing_ok=True)
    return stopped


def created_at(pid: int) -> float | None:
    """When a process was started (seconds), or None when it has ended."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal a child and everything in its session's group; nothing happens when it has ended."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def kill_tree(pid: int) -> None:
    """End a process that would not end by itself, and what it started (a worker's job has a group of its own)."""
    try:
        family = [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]
        for process in family:
            process.kill()
    except psutil.NoSuchProcess:
        return


def port_in_use(port: int) -> bool:
    """Whether another program listens on this port of the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            return True
    return False


def first_page(port: int) -> str:
    """ "" when the web process answers a request for the sign-in page, whatever it says; else why it does not."""
    asked = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        asked.request("GET", "/sign-in")
        asked.getresponse().read()
    except (OSError, http.client.HTTPException) as reason:
        return str(reason)
    finally:
        asked.close()
    return ""


def health(port: int) -> str:
    """ "" when /healthz answers 200, else what it says instead."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5):
            return ""
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.read(500).decode(errors="replace")
    except OSError as reason:
        return str(reason)


def down(settings: Settings) -> int:
    """Stop what `./fed up` started in this data directory, and what it left behind if it was killed."""
    lock = claim(settings.data_dir)
    if lock is None:
        pid = read_record(settings.data_dir).get("pid")
        if pid is None:
            print("fed: it is just starting; try again in a moment.", file=sys.stderr)
            return 1
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 2 * READY_SECONDS
        while lock is None and time.monotonic() < deadline:
            time.sleep(0.1)
            lock = claim(settings.data_dir)
        if lock is None:
            print(f"fed: process {pid} does not stop; see {settings.data_dir}/log", file=sys.stderr)
            return 1
    with lock:
        stop_orphans(settings.data_dir)
        EmbeddedServers(settings.data_dir).stop()
    print("Stopped.")
    return 0
