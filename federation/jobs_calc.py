"""The job behind /api/calc/NAME: a calculator in a process of its own, so that its time can be cut off whatever it does."""

import os
import subprocess
import sys
import time
from typing import Any

from federation.calc import decode
from federation.config import PROJECT
from tenants.errors import RuleBroken
from tenants.jobs import Cancelled, Task, job

MOST_SECONDS = 120
LOOK_SECONDS = 1.0
LONGEST_ERROR = 1000


@job("calc", own_transaction=True)
def run_calculator(task: Task, name: str, text: str, options: dict[str, str]) -> None:
    """Run `./fed calc NAME -` on the text and keep its answer.

    Raises: RuleBroken when the input cannot be used or the time is over, Cancelled.
    """
    command = [sys.executable, "-m", "federation.cli", "calc", name, "-"]
    command += [f"--{key}={value}" for key, value in sorted(options.items())]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )
    try:
        answer = _answer(task, process, text)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    with task.transaction():
        task.finish(answer)


def _answer(task: Task, process: subprocess.Popen[str], text: str) -> Any:
    started = time.monotonic()
    sent: str | None = text
    while True:
        try:
            out, trouble = process.communicate(sent, timeout=LOOK_SECONDS)
            break
        except subprocess.TimeoutExpired:
            # The text was taken over by the first call; `communicate` goes on with it.
            sent = None
        passed = time.monotonic() - started
        if task.should_stop("Working it out", int(99 * passed / MOST_SECONDS)):
            raise Cancelled
        if passed > MOST_SECONDS:
            raise RuleBroken(
                "calculation-too-long",
                f"This was stopped after {MOST_SECONDS} seconds. Run it on your own machine with ./fed calc.",
            )
    if process.returncode == 2:
        raise RuleBroken("calculation-refused", trouble.strip()[-LONGEST_ERROR:] or "The input cannot be used.")
    if process.returncode != 0:
        raise OSError(f"the calculator ended with {process.returncode}: {trouble[-LONGEST_ERROR:]}")
    return decode(out)
