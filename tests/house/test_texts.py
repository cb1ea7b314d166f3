"""Nothing in the project tells of the machine it was written on, nor names a package registry's host."""

import re
import subprocess
from pathlib import Path

HOME = Path(__file__).parents[2]
ENDINGS = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".sql",
    ".typ",
    ".yaml",
    ".yml",
    ".json",
    ".lock",
    ".service",
    ".example",
    ".mako",
    ".txt",
    "",
}
MACHINE = re.compile(
    r"/(?:home|Users|root|work)/\w|\b(?:pypi|pythonhosted|files\.pythonhosted|npmjs|registry\.npm\w*)\."
    + r"(?:org|com)",
    re.IGNORECASE,
)
MINE = "tests/house/test_texts.py"


def tracked() -> list[str]:
    """Files that git keeps or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in names if (HOME / name).is_file() and Path(name).suffix in ENDINGS]


def test_no_path_of_a_machine_and_no_registry_is_named() -> None:
    told = {
        name: found[0]
        for name in tracked()
        if name != MINE and (found := MACHINE.search((HOME / name).read_text("utf-8")))
    }
    assert len(tracked()) > 200
    assert told == {}


def test_such_a_text_is_noticed() -> None:
    assert MACHINE.search("see /home/ann/project") and MACHINE.search("https://pypi.org/simple")
