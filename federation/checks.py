"""`./fed test`, `./fed bench` and `./fed lint`: what a developer and `.ci/run` call."""

import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from federation.config import PROJECT
from tenants.errors import InvalidInput

BENCHMARKS = PROJECT / "tests/bench"
PROCESSES = "2"


def run_tests(arguments: Namespace) -> int:
    """All tests on two processes; `--quick` leaves out what is slow, the browser, and most of what needs a database."""
    chosen = ["-m", "not slow and not browser and not served"] if arguments.quick else []
    # A few files are not worth the start of two processes. Files go out in the order of tests/conftest.py: long ones first.
    spread = [] if arguments.paths else ["-n", PROCESSES, "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", *spread, *chosen, *arguments.paths]
    return _run(command)


def run_benchmarks(arguments: Namespace) -> int:
    """Run tests/bench/bench_NAME.py for each name, or all of them, one after the other."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(BENCHMARKS.glob("bench_*.py"))}
    unknown = sorted(set(arguments.names) - set(known))
    if unknown:
        raise InvalidInput({"NAME": f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}."})
    with tempfile.TemporaryDirectory() as directory:
        gathered = Path(directory) / "figures"
        codes = [
            _run([sys.executable, str(known[name])], FED_BENCH_FIGURES=str(gathered))
            for name in arguments.names or known
        ]
        if gathered.exists() and len(codes) > 1:
            codes.append(_run([sys.executable, str(BENCHMARKS / "figures.py"), str(gathered)]))
    return max(codes, default=0)


def run_lint(_arguments: Namespace) -> int:
    """Style, format, types and floors; runs all of them, and fails if one does."""
    checks = (
        ["-m", "ruff", "check", "."],
        ["-m", "pyright"],
        ["-c", "from importlinter.cli import lint_imports; lint_imports()"],
    )
    codes = [_run([sys.executable, *words]) for words in checks]
    return max(codes)


def _run(command: list[str], **variables: str) -> int:
    environment = os.environ | {"PYTHONPATH": str(PROJECT)} | variables
    return abs(subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode)
