"""How a process of `./fed up` hangs on its supervisor: by its standard input, which closes when the supervisor dies.

The supervisor starts the web process while the database is still being prepared, so that its imports cost no waiting; a
child that has imported what it needs calls `wait_for_go`. Run by hand or by systemd, none of this applies.
"""

import os
import signal
import sys
import threading

VARIABLE = "FED_LIFELINE"
GO = b"g"


def wait_for_go() -> None:
    """Return when the supervisor says go, at once when there is no supervisor; from then on, end when it ends."""
    # Taken out of the environment, so that a job's own process does not wait for a supervisor too.
    if os.environ.pop(VARIABLE, "") != "1":
        return
    if os.read(0, 1) != GO:
        sys.exit(0)
    threading.Thread(target=_end_with_supervisor, name="lifeline", daemon=True).start()


def _end_with_supervisor() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
