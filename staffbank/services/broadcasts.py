"""The choice after a broadcast: the optimiser decides among the interested, for the whole request together."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from staffbank.free_time import merged
from staffbank.models import CoverRequest, Placement
from staffbank.models.cover import HELD
from staffbank.services import fitness, match_problems, placements
from tenants.db import db
from tenants.errors import Conflict, NotFound, RuleBroken


def read_problem(request_id: UUID) -> dict[str, Any] | None:
    """The calculator's problem of a request, of the interested carers alone, each only at the times of interest.

    Office scope. None when nobody is interested or nothing is open.
    """
    request = db.session.scalar(select(CoverRequest).where(CoverRequest.id == request_id))
    interested = [leg for leg in list_asked(request_id) if leg.state == "interested"]
    if request is None or not interested:
        return None
    try:
        asked = match_problems.load_asked(request.tenant_id, request_id)
    except NotFound:
        return None
    bank = match_problems.load_bank(asked)
    wanted: dict[str, list[Any]] = {}
    for leg in interested:
        wanted.setdefault(str(leg.carer_id), []).append((leg.starts_at, leg.ends_at))
    bank.entries = {carer: entry for carer, entry in bank.entries.items() if str(carer) in wanted}
    if not asked.shifts or not bank.entries:
        return None
    problem = match_problems.build_problem(asked, bank)
    for worker in problem["workers"]:
        worker["available"] = [
            [start.isoformat(timespec="seconds"), end.isoformat(timespec="seconds")]
            for start, end in merged(wanted[worker["id"]])
        ]
    return problem


def keep_choice(request_id: UUID, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Choose whom the calculator placed and pass the others over; every one is told. Office scope.

    `rows` are {shift, worker}. Who was booked elsewhere meanwhile, or does not fit any more, is passed over.
    """
    placed = {(row["shift"], row["worker"]) for row in rows}
    counts = {"chosen": 0, "passed_over": 0}
    for leg in list_asked(request_id):
        if leg.state == "interested" and (str(leg.shift_id), str(leg.carer_id)) in placed and _choose(leg):
            counts["chosen"] += 1
        else:
            placements.move(leg.id, "pass_over")
            counts["passed_over"] += 1
    return counts


def _choose(leg: Placement) -> bool:
    placements.hold_time_of(leg.person_id)
    try:
        fitness.check_fit(leg)
        return placements.move(leg.id, "choose") in HELD
    except (RuleBroken, Conflict):
        return False


def list_asked(request_id: UUID) -> list[Placement]:
    """Host legs of those who were asked for their interest and wait for the decision."""
    chosen = select(Placement).where(
        Placement.side == "host", Placement.request_id == request_id, Placement.state.in_(("asked", "interested"))
    )
    return list(db.session.scalars(chosen.order_by(Placement.offered_at, Placement.id)))
