"""The script `fed`: from nothing but Python to a running command, and refusals in words."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from federation.config import PROJECT

CLI = "import sys\nprint('ran', *sys.argv[1:], sys.prefix)\nsys.exit(8 if sys.dont_write_bytecode else 7)\n"


def locked(package: str) -> str:
    """The entry of one small package, hashes included, as our own lock has it."""
    lock = (PROJECT / "deploy/requirements-dev.lock").read_text()
    found = re.search(rf"^{package}==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert found
    return found[0]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A clone whose locks are one and two small packages, so that installing takes a second."""
    home = tmp_path_factory.mktemp("a clone with a space")
    for folder in ("deploy", "federation"):
        (home / folder).mkdir()
    shutil.copy(PROJECT / "fed", home)
    (home / "federation/cli.py").write_text(CLI)
    (home / "deploy/requirements.lock").write_text(locked("blinker"))
    (home / "deploy/requirements-dev.lock").write_text(locked("blinker") + locked("iniconfig"))
    return home


def fed(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, clone / "fed", *words],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )


def packages(clone: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in clone.glob(".venv/lib/*/site-packages/*.dist-info")}


@pytest.mark.slow
def test_from_nothing_it_installs_the_lock_and_hands_over_words_and_exit_code(clone):
    done = fed(clone, "up", "--port", "1")
    assert (done.returncode, done.stdout) == (7, f"ran up --port 1 {clone / '.venv'}\n"), done.stderr
    assert packages(clone) == {"blinker"}
    assert fed(clone, "up").stderr == ""  # the second time there is nothing to say


@pytest.mark.slow
def test_the_tools_come_with_the_first_test_and_stay(clone):
    fed(clone, "test")
    assert packages(clone) == {"blinker", "iniconfig"}
    fed(clone, "up")
    assert packages(clone) == {"blinker", "iniconfig"}


@pytest.mark.slow
def test_a_changed_lock_is_installed_and_a_wrong_hash_refused(clone):
    lock = clone / "deploy/requirements-dev.lock"
    lock.write_text(locked("iniconfig"))
    fed(clone, "test")
    assert packages(clone) == {"iniconfig"}
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", locked("blinker")))
    refused = fed(clone, "test")
    assert refused.returncode == 1 and "could not be installed" in refused.stderr and "ran" not in refused.stdout


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("sys.version_info = (3, 10, 9)", "needs Python 3.11 or newer; this is 3.10"),
        ("sys.modules['ensurepip'] = None", "apt install python3-venv"),
        ("import os; os.name = 'nt'", "WSL"),
    ],
)
def test_what_cannot_work_is_refused_in_words(spoil, words):
    code = f"import runpy, sys; {spoil}; runpy.run_path({str(PROJECT / 'fed')!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["frobnicate"], ["up", "--port", "0"], ["db"], ["db", "url", "--role", "boss"], []])
def test_a_command_that_is_not_understood_ends_with_2_and_words(words):
    done = subprocess.run(
        [sys.executable, "-m", "federation.cli", *words], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "usage: ./fed" in done.stderr


def test_the_locks_name_no_host_and_the_tools_lock_contains_the_other():
    small, large = ((PROJECT / "deploy" / name).read_text() for name in ("requirements.lock", "requirements-dev.lock"))
    assert not re.search(r"://|--index|--find-links", small + large)
    pins = [set(re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==[\w.]+", text, re.MULTILINE)) for text in (small, large)]
    assert len(pins[0]) > 40 and pins[0] < pins[1]
