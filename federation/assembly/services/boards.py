"""The board of a poll as it is kept: rows are added one by one, read by all, proved whole, and packed to recount at home."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly import board
from federation.assembly.bundle import make_bundle
from federation.assembly.count.blt import write_blt
from federation.assembly.models import BoardRow, Poll
from tenants import clock
from tenants.db import acting_for_federation, db
from tenants.errors import NotFound

NEEDED = {"open": ("opened",), "closed": ("opened", "ballots", "closed")}
NEEDED["declared"] = (*NEEDED["closed"], "result")
"""What a board must hold in each state of its poll, so that rows cut off at the end are missed as well."""


def append(poll_id: UUID, kind: str, body: Any) -> str:
    """Add a row; the answer is the board's new head. Office scope. Raises: ValueError for a kind no board knows."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"board:{poll_id}", 0))))
    last = db.session.scalar(
        select(BoardRow).where(BoardRow.poll_id == poll_id).order_by(BoardRow.number.desc()).limit(1)
    )
    made = board.next_row([{"number": last.number, "hash": last.hash}] if last else [], kind, body)
    row = BoardRow(
        poll_id=poll_id,
        number=made["number"],
        kind=kind,
        body=board.canonical(body),
        hash=made["hash"],
        written_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.hash


def list_rows(poll_id: UUID) -> Sequence[BoardRow]:
    """The rows as they are kept, in order. Any scope."""
    chosen = select(BoardRow).where(BoardRow.poll_id == poll_id).order_by(BoardRow.number)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).all()


def decoded(rows: Sequence[BoardRow]) -> list[dict[str, Any]]:
    """Rows as `federation.assembly.board` takes them; a body that is not what was hashed, letter by letter, is None."""
    return [{"number": row.number, "kind": row.kind, "body": _body(row.body), "hash": row.hash} for row in rows]


def body_of(poll_id: UUID, kind: str) -> dict[str, Any] | None:
    """What the newest row of a kind says, or None."""
    found = db.session.scalar(
        select(BoardRow.body)
        .where(BoardRow.poll_id == poll_id, BoardRow.kind == kind)
        .order_by(BoardRow.number.desc())
        .limit(1)
    )
    return json.loads(found) if found is not None else None


def head(poll_id: UUID) -> str:
    """The hash of the last row, which seals the board; 64 zeros before the first."""
    return board.head([{"hash": row.hash} for row in list_rows(poll_id)])


def verify(poll_id: UUID) -> int | None:
    """The number of the first row that is not what was sealed, counted from 1; None when all are. Any scope."""
    return board.verify(decoded(list_rows(poll_id)))


def fault(poll: Poll) -> str:
    """What is wrong with a poll's board in one sentence, or nothing: broken rows, missing ones, other weights."""
    rows = decoded(list_rows(poll.id))
    broken = board.verify(rows)
    if broken is not None:
        return f"row {broken} was changed, or a row before it taken out"
    missing = [kind for kind in NEEDED.get(poll.state, ()) if kind not in {row["kind"] for row in rows}]
    if missing:
        return f"the row {missing[0]!r} is missing"
    opened = next((row["body"] for row in rows if row["kind"] == "opened"), None)
    if opened is not None and (opened["weights"] != poll.weights or opened["quota"] != poll.quota):
        return "the weights kept with the poll are not those on the board"
    result = next((row["body"] for row in reversed(rows) if row["kind"] == "result"), None)
    if result is not None and poll.result is not None and result["status"] != poll.result.get("status"):
        return "the result kept with the poll is not the one on the board"
    return ""


def report() -> tuple[list[str], int]:
    """A line for each poll that has opened, and how many boards are broken. Opens its own scope."""
    lines, broken = [], 0
    with acting_for_federation():
        polls = db.session.scalars(select(Poll).where(Poll.opened_at.is_not(None)).order_by(Poll.number)).all()
        for poll in polls:
            wrong = fault(poll)
            broken += bool(wrong)
            told = f"BROKEN: {wrong}" if wrong else f"whole, last code {head(poll.id)}"
            lines.append(f"Poll {poll.number}, {poll.title}: {told}")
    lines.append(f"{len(polls)} boards, {broken} broken." if polls else "No poll has opened yet.")
    return lines, broken


def bundle(poll_id: UUID) -> bytes:
    """What is downloaded to count a declared poll again at home, as a .zip. Any scope. Raises: NotFound before that."""
    poll = db.session.get(Poll, poll_id)
    rows = decoded(list_rows(poll_id))
    if poll is None or poll.state != "declared" or not rows or withheld(rows):
        raise NotFound("bundle")
    return make_bundle(rows, None if poll.method == "yes_no" else _blt(poll, rows))


def withheld(rows: Sequence[dict[str, Any]]) -> str:
    """Why the ballots of a secret poll stay with the tellers, or nothing where they are on the board."""
    return next((str(row["body"].get("withheld", "")) for row in rows if row["kind"] == "ballots" and row["body"]), "")


def _blt(poll: Poll, rows: Sequence[dict[str, Any]]) -> str:
    places = {choice["id"]: place for place, choice in enumerate(poll.choices)}
    grouped: dict[bytes, int] = {}
    for ballot in next(row["body"]["ballots"] for row in rows if row["kind"] == "ballots"):
        ranking = bytes(places[one] for one in ballot["ranking"])
        grouped[ranking] = grouped.get(ranking, 0) + ballot.get("units", 1)
    return write_blt(poll.title, poll.seats, [choice["name"] for choice in poll.choices], grouped)


def body_text(row: BoardRow) -> Any:
    """What a row says, decoded; as it stands where it is not what was hashed."""
    decoded_body = _body(row.body)
    return row.body if decoded_body is None else decoded_body


def _body(text: str) -> Any:
    try:
        body = json.loads(text)
        return body if board.canonical(body) == text else None
    except (ValueError, TypeError):
        return None
