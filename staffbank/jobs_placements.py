"""What the staff bank does later for placements: time limits, the choice after a broadcast, letters, schedules.

Each begins by asking whether the co-op whose work this is has a part in the placement; then the office acts, or the host.
"""

from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from staffbank.models import CoverRequest, Placement
from staffbank.services import broadcasts, notices, offering, placements, schedules, timeouts
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.jobs import Cancelled, Task, job

CHOICE_SECONDS = 20


@job("expire-placements", own_transaction=True)
def expire_placements(task: Task, placement_id: str) -> None:
    """Do what is due when a time limit has passed, by the choice of the co-op that kept silent."""
    if _host_of(task, placement_id) is None:
        return
    with acting_for_federation():
        state = timeouts.run_out(UUID(placement_id))
    _finish(task, {"state": state})


@job("offer-next", own_transaction=True)
def offer_next(task: Task, placement_id: str) -> None:
    """Ask the next best carer, on behalf of the host that asked for the best."""
    host_id = _host_of(task, placement_id)
    if host_id is None:
        return
    with acting_for(host_id):
        made = offering.offer_next(UUID(placement_id))
    _finish(task, {"asked": int(made is not None)})


@job("withdraw-others", own_transaction=True)
def withdraw_others(task: Task, placement_id: str) -> None:
    """Take the other offers of a seat back once it is confirmed, on behalf of the host."""
    host_id = _host_of(task, placement_id)
    if host_id is None:
        return
    with acting_for(host_id):
        leg = placements.get_placement(UUID(placement_id), "host")
        count = placements.withdraw_others(leg.id) if leg.state == "confirmed" else 0
    _finish(task, {"withdrawn": count})


@job("placement-news", own_transaction=True)
def placement_news(task: Task, placement_id: str, step: str) -> None:
    """Write to all sides of a placement what has happened."""
    if _host_of(task, placement_id) is None:
        return
    with acting_for_federation():
        letters = notices.send(UUID(placement_id), step, current_app.config["BASE_URL"])
    _finish(task, {"letters": letters})


@job("placement-schedule", own_transaction=True)
def placement_schedule(task: Task, placement_id: str) -> None:
    """Set the schedule of a confirmed placement, the same page for both sides."""
    if _host_of(task, placement_id) is None:
        return
    from staffbank.documents.schedule import schedule_pdf  # noqa: PLC0415  (typst: the web process must not pay for it)

    with acting_for_federation():
        data = schedules.read_data(UUID(placement_id))
        sha256 = schedules.keep(UUID(placement_id), schedule_pdf(data)) if data is not None else None
    _finish(task, {"sha256": sha256})


@job("decide-broadcast", own_transaction=True)
def decide_broadcast(task: Task, request_id: str) -> None:
    """At the deadline, choose among the interested; no transaction is open while the solver works."""
    with task.transaction():
        own = db.session.scalar(select(CoverRequest.id).where(CoverRequest.id == UUID(request_id)))
        early = own is not None and any(leg.expires_at > clock.now() for leg in broadcasts.list_asked(own))
        if own is None or early:
            task.finish({"outcome": "not-due" if early else "unknown"})
            return
    with acting_for_federation():
        problem = broadcasts.read_problem(UUID(request_id))
    rows = _placed(task, problem) if problem is not None else []
    with acting_for_federation():
        counts = broadcasts.keep_choice(UUID(request_id), rows)
    _finish(task, counts)


def _placed(task: Task, problem: dict[str, Any]) -> list[dict[str, Any]]:
    from staffbank.match.programme import Cancelled as Stopped  # noqa: PLC0415  (ortools)
    from staffbank.match.solve import match_answer  # noqa: PLC0415

    def progress(words: str, percent: int, facts: Any) -> None:
        task.should_stop(words, percent)

    try:
        answer = match_answer(
            problem, {"seconds": CHOICE_SECONDS, "progress": progress, "cancel": lambda: task.stopped}
        )
    except Stopped:
        raise Cancelled from None
    return answer["placements"]


def _host_of(task: Task, placement_id: str) -> UUID | None:
    """The host of a placement in which the co-op whose work this is takes part; else the work ends here."""
    with task.transaction():
        leg = db.session.scalar(select(Placement).where(Placement.id == UUID(placement_id)).limit(1))
        if leg is None:
            task.finish({"outcome": "unknown"})
            return None
        return leg.tenant_id if leg.side == "host" else leg.counterparty_id


def _finish(task: Task, result: dict[str, Any]) -> None:
    with task.transaction():
        task.finish(result)
