"""What goes on the board when a poll closes: all ballots in one row, in an order that tells nothing, then the turnout."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from federation.assembly import board
from federation.assembly.mandate import SIDES, split_of
from federation.assembly.models import Poll
from federation.assembly.services import boards, meter
from tenants.db import db

Ballots = list[dict[str, Any]]
WITHHELD = (
    "The exact totals of this secret vote would tell how single co-ops voted. What each ballot says stays with the "
    "tellers; the ids of all ballots are told, and the code binds what they say."
)


def publish(poll: Poll, voted: Mapping[str, int]) -> str:
    """Write the rows "ballots" and "closed"; the answer is the head. `voted`: votes cast by co-op. Office scope.

    Where the exact totals of a secret vote would identify somebody, the ballots are bound by a code and kept back.
    """
    ballots = read_ballots(poll)
    body: dict[str, Any] = {"ballots": ballots}
    if poll.secret and not meter.after(poll, voted, totals_of(ballots))["may_publish_exactly"]:
        ids = [ballot["id"] for ballot in ballots]
        body = {"ballots": [], "ids": ids, "withheld": WITHHELD, "sha256": seal_of(ballots)}
    boards.append(poll.id, "ballots", body)
    return boards.append(poll.id, "closed", {"coops": len(voted), "weight": sum(voted.values())})


def read_ballots(poll: Poll) -> Ballots:
    """The ballots of a closed poll, as the board has them. Office scope. Raises: RuleBroken before closing.

    Recorded: one entry for each co-op, or for each ranking of it. Secret: one for each unit, sorted by its random id.
    """
    rows = db.session.execute(
        text("SELECT coop, parts, receipt, id, vote FROM poll_ballots(:id)"), {"id": poll.id}
    ).all()
    if poll.secret:
        key = "choice" if poll.method == "yes_no" else "ranking"
        return sorted(({"id": str(row.id), key: row.vote} for row in rows), key=lambda ballot: ballot["id"])
    if poll.method == "yes_no":
        return _recorded_sides(poll, rows)
    return [
        {
            "coop": str(row.coop),
            "name": poll.names.get(str(row.coop), ""),
            "units": part["units"],
            "ranking": part["vote"],
            "receipt": row.receipt,
        }
        for row in rows
        for part in row.parts
    ]


def totals_of(ballots: Ballots) -> dict[str, int]:
    """Votes for, against and abstaining; nothing but zeros where choices were ranked.

    >>> totals_of([{"id": "a", "choice": "for"}, {"coop": "b", "parts": {"for": 2, "against": 1, "abstain": 0}}])
    {'for': 3, 'against': 1, 'abstain': 0}
    """
    found: dict[str, int] = dict.fromkeys(SIDES, 0)
    for ballot in ballots:
        if "choice" in ballot:
            found[ballot["choice"]] += 1
        for side, units in ballot.get("parts", {}).items():
            found[side] += units
    return found


def seal_of(ballots: Ballots) -> str:
    """SHA-256 of ballots that are kept back, in hex: their random ids keep anybody from guessing them."""
    return hashlib.sha256(board.canonical(ballots).encode()).hexdigest()


def _recorded_sides(poll: Poll, rows: Sequence[Any]) -> Ballots:
    """One entry for each co-op, also where its delegates divided its votes: how each delegate voted is its own affair."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        name = poll.names.get(str(row.coop), "")
        entry = found.setdefault(
            row.coop, {"coop": str(row.coop), "name": name, "parts": dict.fromkeys(SIDES, 0), "receipts": []}
        )
        for side, units in split_of(row.parts).items():
            entry["parts"][side] += units
        entry["receipts"].append(row.receipt)
    return list(found.values())
