"""The board of a poll: its public record, in which every row seals all rows before it.

A row is `{"number": 1, 2, …, "kind": …, "body": {…}, "hash": 64 hex digits}`. Its hash covers the hash of the row
before, its own kind and its own body, so that no row can be changed, dropped or put between later without every hash
after it changing; whoever kept the last hash ("the head") from the time of closing would notice.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

FIRST = "0" * 64
KINDS = ("opened", "changed", "ballots", "closed", "lots", "result")


def canonical(body: Any) -> str:
    """A body as the one text that is hashed: JSON with sorted keys, no spaces, and nothing but ASCII.

    >>> canonical({"weight": 3, "co-op": "Ashby é"})
    '{"co-op":"Ashby \\\\u00e9","weight":3}'

    Raises: TypeError for a fraction as a JSON number (databases write those in more than one way: use text), for a
    key that is not text and for what JSON does not know.
    """
    _refuse_what_may_be_written_twice(body)
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def row_hash(previous: str, kind: str, body: Any) -> str:
    """The hash of a row: SHA-256 of the hash before it, its kind and its canonical body, a line each, in hex.

    >>> row_hash(FIRST, "closed", {"weight": 12})
    '8289fc798d6fdddb4526f4cd8c606f3d32cd46f31323524ebfe5265219f774e4'
    """
    return hashlib.sha256(f"{previous}\n{kind}\n{canonical(body)}".encode()).hexdigest()


def next_row(rows: Sequence[Mapping[str, Any]], kind: str, body: Any) -> dict[str, Any]:
    """The row that would follow these, of which the last alone is enough, with its number and hash.

    >>> rows = [next_row([], "opened", {"poll": "p-1"})]
    >>> rows.append(next_row(rows, "closed", {"coops": 2}))
    >>> rows[1]["number"], rows[1]["hash"] == row_hash(rows[0]["hash"], "closed", {"coops": 2}), verify(rows)
    (2, True, None)

    Raises: ValueError for a kind no board knows.
    """
    if kind not in KINDS:
        raise ValueError(f"a board has no rows of kind {kind!r}; there are {', '.join(KINDS)}")
    number = rows[-1]["number"] + 1 if rows else 1
    return {"number": number, "kind": kind, "body": body, "hash": row_hash(head(rows), kind, body)}


def head(rows: Sequence[Mapping[str, Any]]) -> str:
    """The hash of the last row, which seals the whole board; 64 zeros for an empty one.

    >>> head([]) == "0" * 64
    True
    """
    return str(rows[-1]["hash"]) if rows else FIRST


def verify(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """The number of the first row that is not what was sealed (counted from 1), or None when every row is.

    Rows dropped from the end leave a sound chain: compare `head` with the one sent round at closing as well.

    >>> rows = [next_row([], "opened", {"quota": 7})]
    >>> rows.append(next_row(rows, "closed", {"coops": 2}))
    >>> verify(rows), verify([{**rows[0], "body": {"quota": 6}}, rows[1]]), verify(rows[1:])
    (None, 1, 1)
    """
    previous = FIRST
    for number, row in enumerate(rows, start=1):
        if not _is_sealed(row, number, previous):
            return number
        previous = row["hash"]
    return None


def _is_sealed(row: Any, number: int, previous: str) -> bool:
    """Whether a row is in its place; a row that cannot be hashed at all was not written here."""
    if not isinstance(row, Mapping) or not {"number", "kind", "body", "hash"} <= set(row):
        return False
    try:
        return row["number"] == number and row["hash"] == row_hash(previous, str(row["kind"]), row["body"])
    except TypeError:
        return False


def _refuse_what_may_be_written_twice(body: Any) -> None:
    if isinstance(body, float):
        raise TypeError(f"{body!r}: a number with a fraction goes on the board as text")
    if isinstance(body, Mapping):
        for key, value in body.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r}: a key on the board is text")
            _refuse_what_may_be_written_twice(value)
    elif isinstance(body, list | tuple):
        for value in body:
            _refuse_what_may_be_written_twice(value)
