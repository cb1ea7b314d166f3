"""A file of rota, CSV or XLSX: bytes in, rows as typed out, each with what is wrong by column. Nothing here knows a carer."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from staffbank.times import london_span
from tenants.errors import InvalidInput
from tenants.sheets import Limits, cell_text, column_name, read_grid

MAX_BYTES = 2 * 1024 * 1024
LIMITS = Limits(MAX_BYTES, rows=5_000, unpacked=20 * 1024 * 1024, parts=500)
MAX_CELL = 200

COLUMNS = ("carer", "day", "start", "end", "kind", "hour", "note")
NEEDED = COLUMNS[:4]
ABOUT = {
    "carer": ("The co-op’s own reference of the carer", "F-031"),
    "day": ("The day on which the work begins", "24/11/2026"),
    "start": ("When it begins, by London’s clocks", "07:00"),
    "end": ("When it ends; at or before the start it is the next day", "13:30"),
    "kind": ("rota, sleep_in, other_job or leave; rota when empty", "rota"),
    "hour": ("Only in the night the clocks go back: first or second, of the hour that comes twice", ""),
    "note": ("A word for yourselves", ""),
}
"""What each column is, and an example."""

KIND_WORDS = {
    "rota": "rota", "home": "rota", "sleep_in": "sleep_in", "sleepin": "sleep_in", "sleep": "sleep_in",
    "leave": "leave", "holiday": "leave", "other_job": "other_job", "other": "other_job",
}  # fmt: skip
FOLDS = {"first": 0, "1": 0, "second": 1, "2": 1}

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::00)?)?\s*(am|pm)?", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)


@dataclass
class SheetRow:
    """One row: its number as the spreadsheet shows it, its cells as typed, its times in UTC, and errors by column."""

    number: int
    cells: dict[str, str]
    kind: str = "rota"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    errors: dict[str, str] = field(default_factory=dict)


def read_rota(data: bytes) -> list[SheetRow]:
    """The rows of a rota file, every one looked at. Raises: InvalidInput at "file" when it cannot be read at all."""
    lines = iter(read_grid(data, COLUMNS, LIMITS).lines)
    number, head = next(lines, (1, []))
    places = _places([_text(cell) for cell in head])
    rows = []
    for number, line in lines:
        if any(_text(cell) for cell in line):
            rows.append(_row(number, line, places))
    if not rows:
        raise InvalidInput({"file": f"There are headings in row {number} but no rows under them"})
    return rows


def template() -> bytes:
    """A CSV with the headings and one example row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerow([ABOUT[name][1] for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def read_clock(text: str) -> time:
    """A time of day as people write it.

    >>> read_clock("7:05"), read_clock("9.30pm"), read_clock("12am")
    (datetime.time(7, 5), datetime.time(21, 30), datetime.time(0, 0))

    Raises: ValueError with what would be right.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match and (match[2] or match[3]):
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour < 24 and minute < 60 and (not half or 1 <= int(match[1]) <= 12):
            return time(hour, minute)
    raise ValueError("Enter a time like 07:30 or 9:30pm")


def _places(head: Sequence[str]) -> dict[str, int]:
    names = [column_name(cell) for cell in head]
    unknown = [name for name in names if name and name not in COLUMNS]
    missing = [name for name in NEEDED if name not in names]
    if unknown or missing:
        words = [f"there is no column {unknown[0][:40]!r}"] if unknown else []
        words += [f"the column {missing[0]} is missing"] if missing else []
        raise InvalidInput({"file": f"In the first row {' and '.join(words)}. Use: {', '.join(COLUMNS)}"})
    return {name: names.index(name) for name in COLUMNS if name in names}


def _text(cell: Any) -> str:
    """A cell as a person sees it; a spreadsheet's own days and times in the forms that are read here."""
    if isinstance(cell, time) or (isinstance(cell, datetime) and cell.year < 1901 and cell.time() != time()):
        return f"{cell:%H:%M}"
    return cell_text(cell)


def _row(number: int, line: Sequence[Any], places: dict[str, int]) -> SheetRow:
    cells = {name: _text(line[place])[:MAX_CELL] if place < len(line) else "" for name, place in places.items()}
    row = SheetRow(number, {name: cells.get(name, "") for name in COLUMNS})
    for name in NEEDED:
        if not row.cells[name]:
            row.errors[name] = f"Fill this in, like {ABOUT[name][1]}"
    kind = row.cells["kind"].casefold().replace("-", "_").replace(" ", "_")
    row.kind = KIND_WORDS.get(kind or "rota", "")
    if not row.kind:
        row.errors["kind"] = "Use rota, sleep_in, other_job or leave"
    fold = FOLDS.get(row.cells["hour"].casefold())
    if row.cells["hour"] and fold is None:
        row.errors["hour"] = "Leave it empty, or say first or second"
    if not row.errors:
        _times(row, fold)
    return row


def _times(row: SheetRow, fold: int | None) -> None:
    try:
        day = _day(row.cells["day"])
    except ValueError as fault:
        row.errors["day"] = str(fault)
        return
    found: dict[str, time] = {}
    for name in ("start", "end"):
        try:
            found[name] = read_clock(row.cells[name])
        except ValueError as fault:
            row.errors[name] = str(fault)
    if row.errors:
        return
    try:
        row.starts_at, row.ends_at = london_span(day, found["start"], found["end"], (fold, fold))
    except InvalidInput as fault:
        row.errors.update(fault.errors)


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        raise ValueError("Enter a real day, like 24/11/2026") from None
