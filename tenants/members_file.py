"""Reads a file of co-ops: every row checked, every fault named by row and column, all rows or none."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tenants import clock
from tenants.errors import InvalidInput
from tenants.services.coops import NewCoop, Size

COLUMNS = (
    "organisation_id",
    "registered_number",
    "name",
    "legal_form",
    "ownership",
    "activity",
    "nation",
    "outcode",
    "latitude",
    "longitude",
    "incorporated",
    "turnover_gbp",
    "members",
    "employees",
    "year_end",
)
MAX_BYTES = 10 * 1024 * 1024
MAX_FAULTS = 20
"""More faults than this are counted, not told: they mostly have one cause."""
MOST_POUNDS = 10**11


def read_members(path: Path) -> list[NewCoop]:
    """The co-ops of a CSV file. Raises: InvalidInput, naming rows and columns."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput({"FILE": "the file is larger than 10 MiB."})
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as reason:
        raise InvalidInput({"FILE": f"cannot read {path}: {reason.strerror}."}) from reason
    except UnicodeDecodeError as reason:
        raise InvalidInput({"FILE": "the file is not UTF-8; save it as “CSV UTF-8”."}) from reason
    return parse_members(text)


def parse_members(text: str) -> list[NewCoop]:
    """The co-ops in the text of a CSV file. Raises: InvalidInput."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    faults: dict[str, str] = {}
    coops: list[NewCoop] = []
    seen: dict[str, int] = {}
    try:
        _check_heading(list(reader.fieldnames or ()))
        for row in reader:
            _read_row(row, reader.line_num, seen, faults, coops)
    except csv.Error as reason:
        raise InvalidInput({f"line {reader.line_num}": f"this is not CSV: {reason}."}) from reason
    if faults:
        told = dict(list(faults.items())[:MAX_FAULTS])
        if len(faults) > MAX_FAULTS:
            told["and"] = f"{len(faults) - MAX_FAULTS} more faults. Nothing was imported."
        raise InvalidInput(told)
    if not coops:
        raise InvalidInput({"FILE": "there is no row below the heading."})
    return coops


def _check_heading(found: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in found]
    unknown = [name for name in found if name not in COLUMNS]
    if missing or unknown or len(found) != len(set(found)):
        words = [f"missing: {', '.join(missing)}"] if missing else []
        words += [f"unknown: {', '.join(repr(name)[:40] for name in unknown)}"] if unknown else []
        raise InvalidInput(
            {
                "line 1": f"the heading must name these columns, each once: {', '.join(COLUMNS)} ({'; '.join(words) or 'one stands twice'})."
            }
        )


def _read_row(
    row: Mapping[Any, Any], line: int, seen: dict[str, int], faults: dict[str, str], coops: list[NewCoop]
) -> None:
    if None in row or None in row.values():
        faults[f"row {line}"] = f"has more or fewer cells than the {len(COLUMNS)} columns."
        return
    values: dict[str, Any] = {}
    for name in COLUMNS:
        try:
            values[name] = _READERS.get(name, _short_text)(row[name].strip())
        except ValueError as reason:
            faults[f"row {line}, {name}"] = f"{reason}, not {row[name][:40]!r}."
    name = str(values.get("name", ""))
    if name.casefold() in seen:
        faults[f"row {line}, name"] = f"{name} stands in row {seen[name.casefold()]} already."
    seen[name.casefold()] = line
    if set(values) == set(COLUMNS):
        coops.append(_coop(values))


def _coop(values: dict[str, Any]) -> NewCoop:
    size = None
    if any(values[name] is not None for name in ("members", "employees", "turnover_gbp")):
        size = Size(
            members=values["members"] or 0,
            staff=values["employees"] or 0,
            turnover_pence=(values["turnover_gbp"] or 0) * 100,
            source=f"imported: organisation {values['organisation_id']}"[:200],
            as_of=values["year_end"],
        )
    return NewCoop(values["name"], clock.today(), values["outcode"], values["latitude"], values["longitude"], size)


def _short_text(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("use at most 200 letters, on one line")
    return text


def _name(text: str) -> str:
    if not text:
        raise ValueError("enter the co-op's name")
    return _short_text(" ".join(text.split()))


def _outcode(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?", text.upper()):
        raise ValueError("enter the first half of a postcode, like LS1")
    return text.upper() or None


def _degrees(low: int, high: int) -> Callable[[str], Decimal | None]:
    def read(text: str) -> Decimal | None:
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"enter degrees from {low} to {high}, like {low + 1}.25") from None
        if not value.is_finite() or not low <= value <= high:
            raise ValueError(f"enter degrees from {low} to {high}")
        return round(value, 6)

    return read


def _whole(most: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= most):
            raise ValueError(f"enter a whole number from 0 to {most:,} without commas")
        return int(text)

    return read


def _day(*patterns: str) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        if not text:
            return None
        for pattern in patterns:
            try:
                return datetime.strptime(text, pattern).date()
            except ValueError:
                continue
        raise ValueError("enter a day that exists, like 2026-11-27")

    return read


_READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "outcode": _outcode,
    "latitude": _degrees(49, 61),
    "longitude": _degrees(-9, 2),
    "incorporated": _day("%d/%m/%Y", "%Y-%m-%d"),
    "year_end": _day("%Y-%m-%d", "%d/%m/%Y"),
    "turnover_gbp": _whole(MOST_POUNDS),
    "members": _whole(2_000_000_000),
    "employees": _whole(2_000_000_000),
}
