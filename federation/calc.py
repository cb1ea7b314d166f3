"""The calculators by name: `./fed calc NAME INPUT`, the API and the jobs all come through here.

Each calculator is a pure function of the input's text and its options. Its module is imported only when it is asked
for, because solvers are heavy.
"""

import contextlib
import ctypes
import hashlib
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tenants.errors import InvalidInput

Options = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Calculator:
    """Where a calculator lives. `function(raw, options)` gets decoded JSON, or the plain text where `text` is set."""

    module: str
    function: str
    version: str = "1"
    text: bool = False
    text_types: tuple[str, ...] = ("text/csv", "text/plain")
    """What the API takes such a text as."""

    def load(self) -> Callable[[Any, Options], Answer]:
        """Import the calculator's function."""
        return getattr(importlib.import_module(self.module), self.function)


CALCULATORS: dict[str, Calculator] = {
    "award": Calculator("procurement.award.solve", "award_answer"),
    "share": Calculator("procurement.share", "share_costs"),
    "match": Calculator("staffbank.match.solve", "match_answer"),
    "net": Calculator("staffbank.net.solve", "net_answer", text=True),
    "weigh": Calculator("federation.assembly.weigh.solve", "weigh_answer"),
    "power": Calculator("federation.assembly.power.solve", "power_answer"),
    "count": Calculator(
        "federation.assembly.count.solve", "count_answer", text=True, text_types=("text/plain", "application/json")
    ),
    "secrecy": Calculator("federation.assembly.secrecy.solve", "secrecy_answer"),
}


def calculate(name: str, text: str, options: Options | None = None) -> Answer:
    """Run a calculator on the text of its input; the answer says which, how long, and what exactly went in.

    Raises: InvalidInput with the path of each wrong key.
    """
    calculator = find_calculator(name)
    raw = text if calculator.text else decode(text)
    function = calculator.load()
    started = time.monotonic()
    answer = function(raw, dict(options or {}))
    head = {
        "calculator": name,
        "version": calculator.version,
        "seconds": round(time.monotonic() - started, 3),
        "input_sha256": fingerprint(text),
    }
    return {**head, **answer}


def find_calculator(name: str) -> Calculator:
    """The calculator of a name.

    Raises: InvalidInput that lists the names there are.
    """
    if name not in CALCULATORS:
        raise InvalidInput({"name": f"there is no calculator {name!r}; there are {', '.join(sorted(CALCULATORS))}"})
    return CALCULATORS[name]


def decode(text: str) -> Any:
    """Decode JSON strictly: no key twice in an object, no NaN or Infinity, no bottomless nesting.

    Raises: InvalidInput.
    """
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            {"": f"this is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"}
        ) from None
    except RecursionError:
        raise InvalidInput({"": "this JSON is nested too deeply; an input is a few levels deep"}) from None
    except ValueError as error:
        raise InvalidInput({"": f"this JSON cannot be used: {str(error)[:120]}"}) from None


def fingerprint(text: str) -> str:
    """SHA-256 of an input: over canonical JSON (sorted keys, no spaces), else over the text itself.

    >>> fingerprint('{"b": 1, "a": 2}') == fingerprint('{"a":2,"b":1}')
    True
    """
    try:
        canonical = json.dumps(decode(text), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    except InvalidInput:
        canonical = text
    return hashlib.sha256(canonical.encode()).hexdigest()


def run(name: str, source: str, out: str | None = None, **options: Any) -> int:
    """Run a calculator for the terminal: `source` is a file or "-", `out` a file or None for standard output.

    Answers the exit code: 0 with an answer (an infeasible problem is one), 2 when the input cannot be used; then
    nothing is written.
    """
    try:
        find_calculator(name)
        text = _read(source)
        with standard_output_kept_clear():
            answer = calculate(name, text, {key: value for key, value in options.items() if value is not None})
        page = json.dumps(answer, indent=2, ensure_ascii=False) + "\n"
        if out is None:
            sys.stdout.write(page)
            sys.stdout.flush()
        else:
            _write(Path(out), page)
    except InvalidInput as refusal:
        for path, words in refusal.errors.items():
            sys.stderr.write(f"{path}: {words}\n" if path else f"{words}\n")
        return 2
    return 0


@contextlib.contextmanager
def standard_output_kept_clear() -> Iterator[None]:
    """Send whatever is printed meanwhile on descriptor 1, by Python or by a solver's C code, to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        if os.name == "posix":
            # What C code printed may still wait in its buffer; it must leave before descriptor 1 is itself again.
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:60]!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number that JSON knows")


def _read(source: str) -> str:
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput({"": f"{source} cannot be read: {error.strerror or error}"}) from None
    except UnicodeDecodeError:
        raise InvalidInput({"": f"{source} is not text in UTF-8"}) from None


def _write(path: Path, page: str) -> None:
    """Write a file in one step, so that nobody ever reads half an answer."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidInput({"": f"{path} cannot be written: {error.strerror or error}"}) from None
