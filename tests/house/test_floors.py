"""The floors hold: a module imports only from beneath, and rules know nothing of web, database or queue."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]


def lint_imports(home: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of `pyproject.toml` against the packages in a directory."""
    command = (
        "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(cache_dir=None, no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-c", command],
        cwd=home,
        env={"PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_no_module_imports_from_a_floor_above_or_beside() -> None:
    done = lint_imports(HOME)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("tenants/money.py", "import procurement.rules"),
        ("procurement/rules.py", "import flask"),
        ("staffbank/__init__.py", "import procurement.rules"),
    ],
)
def test_a_breach_of_the_floors_is_noticed(tmp_path: Path, module: str, line: str) -> None:
    for name in ("federation", "tenants", "procurement", "staffbank", "reports"):
        shutil.copytree(
            HOME / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static", "templates")
        )
    shutil.copy(HOME / "pyproject.toml", tmp_path)
    (tmp_path / module).write_text(line + "\n" + (HOME / module).read_text("utf-8"), "utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode != 0 and "BROKEN" in done.stdout
