"""A process that stands ready for the next piece of work: a fresh Python that has done its imports when the work comes.

Each piece of work still has a process of its own, which never does a second one; only its start lies before the asking.
Ids come through its standard input, and its end there ends it: it cannot outlive the worker that started it.
"""

import json
import os
import select
import signal
import sys
from dataclasses import asdict, dataclass

PAUSE_SECONDS = 5.0
"""How long it leaves the processor to others before it imports: a start of the house, or the steps after an award, go first."""


@dataclass(frozen=True)
class Call:
    """Which work to do, by the ids that the queue knows it by."""

    worker_key: str
    job_id: str
    queue_name: str
    execution_id: str


@dataclass(frozen=True)
class Ready:
    """A process that waits, as its worker holds it."""

    pid: int
    pipe: int

    @classmethod
    def start(cls, pause_seconds: float = PAUSE_SECONDS) -> "Ready":
        """Start one, in a process group of its own as the queue expects of work."""
        reading, writing = os.pipe()
        source = f"import sys; sys.path[:] = {sys.path!r}; from federation.ready import stand_ready; stand_ready({pause_seconds})"
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-c", source],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0)],
            setpgroup=0,
        )
        os.close(reading)
        return cls(pid, writing)

    def take(self, call: Call) -> bool:
        """Give it its work; False when it has died while it waited."""
        try:
            os.write(self.pipe, json.dumps(asdict(call)).encode())
        except BrokenPipeError:
            os.waitpid(self.pid, 0)
            return False
        finally:
            os.close(self.pipe)
        return True

    def dismiss(self) -> None:
        """End it, because the worker ends. It holds nothing that could be lost, so it need not be asked."""
        os.close(self.pipe)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def stand_ready(pause_seconds: float) -> None:
    """Import what work needs, unless some comes before the pause is over; then do the one piece that comes, if any does."""
    if not select.select([0], [], [], pause_seconds)[0]:
        from federation.running import prepare

        prepare()
    told = sys.stdin.buffer.read()
    if told:
        from federation.worker import do_work

        do_work(Call(**json.loads(told)))
