"""Reading decoded JSON strictly: each wrong value is remembered by its path, with words for what would be right."""

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tenants.errors import InvalidInput

_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)
_MOST_ERRORS = 25


class Reader:
    """Collects what is wrong; every method answers a usable value, so that one reading finds all mistakes."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def wrong(self, path: str, text: str) -> None:
        """Remember the first thing wrong at a path."""
        if len(self.errors) < _MOST_ERRORS:
            self.errors.setdefault(path, text)

    def finish(self) -> None:
        """Raises: InvalidInput when anything was wrong."""
        if self.errors:
            raise InvalidInput(self.errors)

    def mapping(
        self, raw: Any, path: str, *, required: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> dict[str, Any]:
        """An object with these keys and no others."""
        if not isinstance(raw, dict):
            self.wrong(path, f"must be an object with {', '.join([*required, *optional])}")
            return {}
        dot = f"{path}." if path else ""
        for key in raw:
            if key not in required and key not in optional:
                self.wrong(f"{dot}{str(key)[:60]}", f"unknown key; use {', '.join([*required, *optional])}")
        for key in required:
            if key not in raw:
                self.wrong(f"{dot}{key}", "is missing")
        return {str(key): value for key, value in raw.items()}

    def rows(self, raw: Any, path: str, least: int, most: int) -> list[Any]:
        """A list of so many rows."""
        if not isinstance(raw, list):
            self.wrong(path, "must be a list")
            return []
        if not least <= len(raw) <= most:
            self.wrong(path, f"must have {least} to {most:,} rows, not {len(raw):,}")
            return []
        return raw

    def distinct(self, ids: Sequence[str], path: str, key: str) -> None:
        """Refuse a second row of the same id."""
        seen: set[str] = set()
        for n, one in enumerate(ids):
            if one and one in seen:
                self.wrong(f"{path}[{n}].{key}", f"{one!r} stands in an earlier row too; name each once")
            seen.add(one)

    def name(self, raw: Any, path: str) -> str:
        """An id: printable text without spaces around it."""
        if isinstance(raw, str) and 0 < len(raw) <= 200 and raw.isprintable() and raw == raw.strip():
            return raw
        self.wrong(path, "must be an id: 1 to 200 printable characters, no space before or after")
        return ""

    def names(self, raw: Any, path: str, most: int) -> tuple[str, ...]:
        """A list of ids, each kept once, sorted."""
        found = [self.name(one, f"{path}[{n}]") for n, one in enumerate(self.rows(raw, path, 0, most))]
        return tuple(sorted(set(found)))

    def pairs(self, raw: Any, path: str, words: str, most: int) -> list[tuple[str, str]]:
        """A list of pairs of ids; `words` says what the two are."""
        found = []
        for n, row in enumerate(self.rows(raw, path, 0, most)):
            if isinstance(row, list) and len(row) == 2:
                found.append((self.name(row[0], f"{path}[{n}][0]"), self.name(row[1], f"{path}[{n}][1]")))
            else:
                self.wrong(f"{path}[{n}]", f"must be a pair [{words}]")
        return found

    def whole(self, raw: Any, path: str, least: int, most: int) -> int:
        """A whole number between two bounds; true, 1.0 and "1" are not whole numbers."""
        if isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= most:
            return raw
        self.wrong(path, f"must be a whole number from {least:,} to {most:,}")
        return least

    def flag(self, raw: Any, path: str) -> bool:
        """true or false."""
        if not isinstance(raw, bool):
            self.wrong(path, "must be true or false")
        return raw is True

    def choice(self, raw: Any, path: str, words: Sequence[str]) -> str:
        """One of these words."""
        if isinstance(raw, str) and raw in words:
            return raw
        self.wrong(path, f"must be one of {', '.join(words)}")
        return words[0]

    def number(self, raw: Any, path: str, least: Fraction | int, most: Fraction | int) -> Fraction:
        """A plain number, or a decimal string, between two bounds; exact, as it was written."""
        value: Fraction | None = None
        if isinstance(raw, int) and not isinstance(raw, bool):
            value = Fraction(raw)
        elif isinstance(raw, float) and math.isfinite(raw):
            value = Fraction(repr(raw))
        elif isinstance(raw, str) and _DECIMAL.fullmatch(raw):
            value = Fraction(raw)
        if value is not None and least <= value <= most:
            return value
        self.wrong(
            path, f"must be a number from {float(least):,g} to {most if isinstance(most, int) else float(most):,}"
        )
        return Fraction(least)
