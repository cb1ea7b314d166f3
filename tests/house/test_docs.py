"""What is written is true: examples in docstrings run, and every command that a document spells is one."""

import doctest
import importlib
import re
import warnings
from pathlib import Path

import pytest

from federation.cli import COMMANDS
from tests.house.test_sizes import HOME, sources

DOCUMENTS = sorted(
    path for path in [*HOME.glob("*.md"), *(HOME / "deploy").rglob("*.md"), *(HOME / "federation").rglob("*.md")]
)
WORDS = re.compile(r"\./fed ((?:[a-z]+ ?)+)")
MODULES = [".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__") for path in sources()]


def commands_in(text: str) -> set[str]:
    """The commands that a text spells: of the words after `./fed`, as many as name one, else the first."""
    found = set()
    for words in WORDS.findall(text):
        parts = words.split()
        found.add(
            next((" ".join(parts[:n]) for n in range(len(parts), 0, -1) if " ".join(parts[:n]) in COMMANDS), parts[0])
        )
    return found


@pytest.mark.slow
def test_examples_in_docstrings_run() -> None:
    tried = 0
    for name in MODULES:
        result = doctest.testmod(importlib.import_module(name))
        assert result.failed == 0, name
        tried += result.attempted
    assert tried > 50


def test_every_command_in_a_document_exists() -> None:
    spelt = {command for path in DOCUMENTS for command in commands_in(path.read_text("utf-8"))}
    assert spelt and spelt <= set(COMMANDS), spelt - set(COMMANDS)


def test_every_command_names_a_function_that_is_there() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for command in COMMANDS.values():
            module, _, function = command.target.partition(":")
            assert callable(getattr(importlib.import_module(module), function)), command.target


def test_every_file_that_a_document_links_to_is_there() -> None:
    missing = [
        (path.name, target)
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
        if not (path.parent / target).exists() and not (HOME / target).exists()
    ]
    assert missing == []


def test_a_command_that_does_not_exist_is_noticed(tmp_path: Path) -> None:
    assert commands_in("run `./fed fly home`, then `./fed db init`") == {"fly", "db init"}
