"""Debts between co-ops, read from CSV: every row checked, every fault named by line and column with its remedy."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import eq
from typing import NamedTuple

from tenants.errors import InvalidInput
from tenants.money import MAX_PENCE, parse_pence

HUB = "federation"
"""Who pays and is paid in the hub's settlement; no co-op may have this id."""

COLUMNS = ("from", "to", "pence", "reference")
MAX_DEBTS = 1_000_000
MAX_ERRORS = 25
AT_ONCE = 5_000
"""Rows read together: column by column is quicker than row by row, and few at a time leave little in memory."""
MAX_ID = 200
MAX_REFERENCE = 1_000
Places = tuple[int, int, int, int]
_IS_HUB = f"“{HUB}” stands for the hub and is not a co-op: use the co-op's own id"
_WHOLE = re.compile(r"\d{1,13}", re.ASCII)


class Debt(NamedTuple):
    """One co-op (`debtor`) owes another (`creditor`) so many pence."""

    debtor: str
    creditor: str
    pence: int
    reference: str = ""


@dataclass(frozen=True)
class Book:
    """Debts with what they add up to: per co-op the position, what is owed to it minus what it owes, in pence."""

    debts: Sequence[Debt]
    positions: Mapping[str, int]
    gross_pence: int

    def links(self) -> dict[tuple[str, str], int]:
        """Pence per (debtor, creditor), in sorted order, without links that come to nought.

        >>> put_together([Debt("elm", "ash", 5), Debt("ash", "elm", 0), Debt("elm", "ash", 1)]).links()
        {('elm', 'ash'): 6}
        """
        links: dict[tuple[str, str], int] = {}
        for debtor, creditor, pence, _ in self.debts:
            links[debtor, creditor] = links.get((debtor, creditor), 0) + pence
        return {link: pence for link, pence in sorted(links.items()) if pence}


def read_debts(text: str) -> list[Debt]:
    """The debts of a CSV text whose first line names `from,to,pence,reference`; the reference may be left out.

    >>> read_debts("from,to,pence,reference\\nash,elm,1250,INV-1\\n")
    [Debt(debtor='ash', creditor='elm', pence=1250, reference='INV-1')]

    Raises: InvalidInput by line and column.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    debts: list[Debt] = []
    try:
        places = _places(next(reader, []))
        while rows := list(islice(reader, AT_ONCE)):
            found = _all_at_once([row for row in rows if row], places)
            if found is None:
                raise InvalidInput(_faults(text, places))
            debts += found
            if len(debts) > MAX_DEBTS:
                raise InvalidInput({"": f"there are more than {MAX_DEBTS:,} debts: settle them in parts"})
    except csv.Error as fault:
        raise InvalidInput({f"line {reader.line_num}": _not_csv(fault)})
    return debts


def put_together(debts: Iterable[Debt]) -> Book:
    """Add up debts by co-op, in sorted order, so that the order of rows changes nothing.

    >>> put_together([Debt("elm", "ash", 5), Debt("ash", "elm", 3), Debt("elm", "ash", 1)]).positions
    {'ash': 3, 'elm': -3}

    Raises: InvalidInput for a debt to oneself, a negative one, or one of the federation itself.
    """
    kept = list(debts)
    positions: dict[str, int] = {}
    gross = 0
    for place, (debtor, creditor, pence, _) in enumerate(kept):
        if debtor == creditor or pence < 0:
            raise InvalidInput({f"debts[{place}]": _unusable(debtor, creditor)})
        positions[debtor] = positions.get(debtor, 0) - pence
        positions[creditor] = positions.get(creditor, 0) + pence
        gross += pence
    if HUB in positions:
        raise InvalidInput({"debts": _IS_HUB})
    return Book(kept, dict(sorted(positions.items())), gross)


def _unusable(debtor: str, creditor: str) -> str:
    if debtor == creditor:
        return f"{debtor} cannot owe itself: leave this debt out"
    return "a debt is not negative: turn from and to round instead"


def _places(head: Sequence[str]) -> Places:
    """Where from, to, pence and reference stand; the reference at -1 when there is none."""
    names = [name.strip().casefold() for name in head]
    wanted = "the first line names the columns: from,to,pence,reference"
    if not any(names):
        raise InvalidInput({"line 1": f"{wanted}; there is nothing here"})
    unknown = [name for name in head if name.strip().casefold() not in COLUMNS]
    if unknown:
        raise InvalidInput({"line 1": f"{wanted}; there is no column {unknown[0][:60]!r}"})
    twice = [name for name in COLUMNS if names.count(name) > 1]
    missing = [name for name in COLUMNS[:3] if name not in names]
    if twice or missing:
        raise InvalidInput(
            {"line 1": f"{wanted}; {f'{twice[0]} stands twice' if twice else f'{missing[0]} is missing'}"}
        )
    reference = names.index("reference") if "reference" in names else -1
    return names.index("from"), names.index("to"), names.index("pence"), reference


def _all_at_once(rows: Sequence[Sequence[str]], places: Places) -> list[Debt] | None:
    """Rows as debts, column by column because there may be many; None when there is a fault in any."""
    if not rows:
        return []
    if {len(row) for row in rows} != {max(places) + 1}:
        return None
    columns = list(zip(*rows, strict=True))
    debtors, creditors, pence = ([cell.strip() for cell in columns[place]] for place in places[:3])
    references = columns[places[3]] if places[3] >= 0 else [""] * len(rows)
    if any(map(_id_fault, {*debtors, *creditors})) or not all(map(_WHOLE.fullmatch, pence)):
        return None
    if any(map(eq, debtors, creditors)) or max(map(len, references)) > MAX_REFERENCE:
        return None
    make = partial(tuple.__new__, Debt)
    return list(map(make, zip(debtors, creditors, map(int, pence), references, strict=True)))


def _faults(text: str, places: Places) -> dict[str, str]:
    """Read the rows once more, to name what is wrong by line and column."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    next(reader)
    errors: dict[str, str] = {}
    try:
        for row in reader:
            if row:
                errors.update(_faults_of_row(row, places, f"line {reader.line_num}"))
            if len(errors) >= MAX_ERRORS:
                break
    except csv.Error as fault:
        errors[f"line {reader.line_num}"] = _not_csv(fault)
    return errors


def _not_csv(fault: csv.Error) -> str:
    return f"this is not CSV ({fault}): look at the quotation marks"


def _faults_of_row(row: Sequence[str], places: Places, line: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a row, and how to mend it."""
    if len(row) != max(places) + 1:
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        yield line, f"has {cells} instead of {max(places) + 1}: put a text with a comma in quotation marks"
        return
    debtor, creditor, pence = (row[place].strip() for place in places[:3])
    for column, coop in (("from", debtor), ("to", creditor)):
        if fault := _id_fault(coop):
            yield f"{line}, {column}", fault
    if debtor and debtor == creditor:
        yield f"{line}, to", _unusable(debtor, creditor)
    if not _WHOLE.fullmatch(pence):
        yield f"{line}, pence", _pence_fault(pence)
    if places[3] >= 0 and len(row[places[3]]) > MAX_REFERENCE:
        yield f"{line}, reference", f"use at most {MAX_REFERENCE:,} characters"


def _id_fault(coop: str) -> str:
    if not coop:
        return "is empty: write the id of a co-op"
    if coop.casefold() == HUB:
        return _IS_HUB
    if len(coop) > MAX_ID or not coop.isprintable():
        return f"write the id of a co-op in at most {MAX_ID} ordinary characters"
    return ""


def _pence_fault(text: str) -> str:
    if not text:
        return "is empty: write whole pence, like 1250"
    try:
        if not text.isascii() and not text.startswith("£"):
            raise ValueError
        pence = int(text) if re.fullmatch(r"-\d{1,13}", text, re.ASCII) else parse_pence(text)
    except ValueError:
        return f"write whole pence below {MAX_PENCE:,}, like 1250, not {text[:40]!r}"
    if pence < 0:
        return f"a debt is not negative: turn from and to round and write {-pence}"
    return (
        f"write whole pence: {text} pounds are {pence}"
        if "." in text or "£" in text
        else f"write {text} without commas"
    )
