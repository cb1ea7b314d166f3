"""What is downloaded to count a poll again at home: one .zip with the board, the ballots and the script that recounts.

Bodies of the board's rows, as they are decoded (`canonical` gives the text that was hashed); co-ops by id:

opened   {"poll", "title", "method", "seats", "secret", "text_hash", "rule": {…}, "weights": {co-op: votes},
          "sizes": {co-op: members}, "names": {co-op: name}, "classes": {co-op: class}, "quota", "lots_commitment",
          "opens_at", "closes_at", "choices": [{"id", "name", "coop", "class"}, …],
          "constraints": [{"class", "at_least", "at_most"}, …]}
changed  what was changed: {"closes_at"} or {"text_hash"}, with a reason
ballots  {"ballots": […]}: recorded {"coop", "name", "parts": {"for", "against", "abstain"}} or {"coop", "name",
         "units", "ranking": [choice's id, …]}; secret {"id", "choice"} or {"id", "ranking"}, one unit each.
         {"withheld": why} where the tellers keep them: then nobody can count again at home
closed   {"coops", "weight"}, the turnout
lots     {"seed", "head", "dice", "order"}: the head is the hash of the row before this one
result   {"status", "casting_vote", "totals": {"for", "against", "abstain"}} or {"elected": [choice's id, …], "quota",
         "quorate", "rounds": [{"votes": {choice's id: votes}}, …]}
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.assembly.board import head
from tenants.errors import InvalidInput

BOARD, BALLOTS, SCRIPT, READ_ME = "board.json", "ballots.blt", "recount.py", "READ-ME.txt"
MOST_BYTES = 100_000_000
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_WORDS = f"""This folder lets you count a poll again on your own computer, without trusting whoever counted it first.

  {BOARD}   every step of the poll as it was published, each sealed by the one after it
  {BALLOTS}  the ranked ballots in the usual format, for other counting programs (elections only)
  {SCRIPT}   counts again; it is short, needs nothing but Python 3.8 or newer, and can be read first

Unpack the folder, open a terminal in it, and type

  python {SCRIPT} .

or leave it packed and give the name of the .zip instead of the dot. It ends with SAME or with what DIFFERS.
To see that the board is the one you were told of when voting opened and closed, add the code from those messages:

  python {SCRIPT} . --head CODE

In a secret vote you alone know the ids of your ballots. To look for one on the board:

  python {SCRIPT} . --receipt ID

Whoever sees you do that learns how that ballot was marked.

The last code of this board: """


@dataclass(frozen=True)
class Bundle:
    """A bundle taken apart: the board's rows, and the ballots in BLT where choices were ranked."""

    rows: list[dict[str, Any]]
    blt: str | None


def make_bundle(rows: Sequence[Mapping[str, Any]], blt: str | None) -> bytes:
    """Pack a board and its ballots; the same board makes the same bytes.

    `rows`: {"number", "kind", "body", "hash"} with decoded bodies; whatever else a row has stays out.
    """
    board = [{key: row[key] for key in ("number", "kind", "body", "hash")} for row in rows]
    files = {
        READ_ME: _WORDS + head(rows) + "\n",
        BOARD: json.dumps(board, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        SCRIPT: Path(__file__).with_name(SCRIPT).read_text("utf-8"),
    }
    if blt is not None:
        files[BALLOTS] = blt
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            # The same on every system: a plain file that its owner writes and all read.
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return packed.getvalue()


def read_bundle(data: bytes) -> Bundle:
    """Take a bundle apart. What its script says is not looked at: the house has its own.

    Raises: InvalidInput when it is not a bundle.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            rows = json.loads(_text(archive, BOARD))
            blt = _text(archive, BALLOTS) if BALLOTS in archive.namelist() else None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError):
        raise InvalidInput({"": "this is not a bundle: it is no .zip that can be read"}) from None
    except KeyError:
        raise InvalidInput({"": f"this is not a bundle: it has no {BOARD}"}) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise InvalidInput({BOARD: "this is not JSON in UTF-8"}) from None
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise InvalidInput({BOARD: "must be a list of rows with number, kind, body and hash"})
    return Bundle(rows, blt)


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and {"number", "kind", "body", "hash"} <= set(row) and isinstance(row["hash"], str)


def _text(archive: zipfile.ZipFile, name: str) -> str:
    """A file of the archive, but no more of it than a board can have."""
    with archive.open(name) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInput({name: f"is larger than {MOST_BYTES // 1_000_000} MB"})
    return data.decode()
