"""Small enough to read: no function over 60 lines, no file over 400, in the five packages."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parents[2]
PACKAGES = ("federation", "tenants", "procurement", "staffbank", "reports")
FILE_LINES, FUNCTION_LINES = 400, 60


def sources() -> Iterator[Path]:
    """Every Python file of the five packages."""
    return (path for name in PACKAGES for path in sorted((HOME / name).rglob("*.py")))


def long_functions(source: str) -> list[tuple[str, int]]:
    """Functions over the limit, with their lines; the decorators and the docstring count."""
    found = [
        (node.name, (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [(name, lines) for name, lines in found if lines > FUNCTION_LINES]


def test_no_file_is_too_long() -> None:
    lengths = {path.relative_to(HOME).as_posix(): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_has_two_jobs() -> None:
    assert {(path.name, *found) for path in sources() for found in long_functions(path.read_text("utf-8"))} == set()


def test_a_long_function_is_noticed() -> None:
    assert long_functions("def long():\n" + "    pass\n" * FUNCTION_LINES) == [("long", FUNCTION_LINES + 1)]
