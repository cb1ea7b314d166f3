"""Reading decoded JSON: what is wrong is gathered by path, each with what would be right, and told at once."""

import math
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from tenants.errors import InvalidInput

MOST_TOLD = 25
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)


class Reader:
    """Reads values and keeps count of what is wrong; each method answers something usable, so that reading goes on."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def wrong(self, path: str, text: str) -> None:
        """Note what is wrong at a path, unless something is already noted there."""
        if path not in self.errors and len(self.errors) < MOST_TOLD:
            self.errors[path] = text

    def finish(self) -> None:
        """End the reading. Raises: InvalidInput when anything was wrong."""
        if self.errors:
            raise InvalidInput(self.errors)

    def sheet(self, raw: Any, path: str, needed: Sequence[str], free: Sequence[str] = ()) -> dict[str, Any]:
        """An object with the needed keys, perhaps the free ones, and no others."""
        known = ", ".join([*needed, *free])
        if not isinstance(raw, dict):
            self.wrong(path, f"must be an object with {known}")
            return {}
        at = f"{path}." if path else ""
        for key in sorted(raw, key=str):
            if key not in needed and key not in free:
                self.wrong(f"{at}{str(key)[:60]}", f"unknown key; use {known}")
        for key in needed:
            if key not in raw:
                self.wrong(f"{at}{key}", "is missing")
        return raw

    def rows(self, raw: Any, path: str, least: int, most: int) -> list[Any]:
        """A list with `least` to `most` rows."""
        if isinstance(raw, list) and least <= len(raw) <= most:
            return raw
        found = f", not {len(raw):,}" if isinstance(raw, list) else ""
        self.wrong(path, f"must be a list of {least} to {most:,} rows{found}")
        return []

    def name(self, raw: Any, path: str) -> str:
        """An id: 1 to 200 printable characters with no space at the ends."""
        if isinstance(raw, str) and raw and len(raw) <= 200 and raw.isprintable() and raw.strip() == raw:
            return raw
        self.wrong(path, "must be an id: 1 to 200 printable characters, no space before or after")
        return ""

    def names(self, raw: Any, path: str, most: int) -> tuple[str, ...]:
        """A list of ids, each once, sorted."""
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
        """A whole number between two bounds, both allowed."""
        if type(raw) is int and least <= raw <= most:
            return raw
        self.wrong(path, f"must be a whole number from {least:,} to {most:,}")
        return least

    def number(self, raw: Any, path: str, least: Fraction | int, most: Fraction | int) -> Fraction:
        """A number, or a decimal string, between two bounds; exact, as it was written."""
        value: Fraction | None = None
        if type(raw) is int or (isinstance(raw, str) and _DECIMAL.fullmatch(raw)):
            value = Fraction(raw)
        elif isinstance(raw, float) and math.isfinite(raw):
            value = Fraction(repr(raw))
        if value is not None and least <= value <= most:
            return value
        self.wrong(path, f"must be a number from {float(least):,g} to {float(most):,g}")
        return Fraction(least)

    def flag(self, raw: Any, path: str) -> bool:
        """true or false."""
        if raw is not True and raw is not False:
            self.wrong(path, "must be true or false")
        return raw is True

    def choice(self, raw: Any, path: str, choices: Sequence[str]) -> str:
        """One of some words."""
        if isinstance(raw, str) and raw in choices:
            return raw
        self.wrong(path, f"must be one of {', '.join(choices)}")
        return choices[0]

    def each_once(self, ids: Iterable[str], path: str) -> None:
        """Refuse an id that stands in two rows."""
        seen: set[str] = set()
        for n, one in enumerate(ids):
            if one in seen and one:
                self.wrong(f"{path}[{n}].id", f"{one!r} stands in an earlier row too; name each once")
            seen.add(one)
