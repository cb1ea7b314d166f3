"""What the staff bank does later for cover: searches for carers, shares a request with the federation, opens the fallback."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from staffbank.services import cover_acts, cover_terms, match_answers, match_problems, matching, requests
from tenants import audit
from tenants.db import acting_for, acting_for_federation, db
from tenants.jobs import Cancelled, Task, job
from tenants.scope import FEDERATION

SECONDS = 20
"""For the levels of one request; the federation's whole search takes the calculator's own time."""


@job("match-cover", own_transaction=True)
def match_cover(task: Task, request_id: str) -> None:
    """Search carers for one request; no transaction is open while the solver works."""
    with task.transaction():
        request = requests.get_request(UUID(request_id))
        if request.state not in matching.SEARCHED:
            task.finish({"outcome": request.state})
            return
        host_id = request.tenant_id
    task.progress("Reading the bank", 2)
    began = time.monotonic()
    with acting_for_federation():
        asked = match_problems.load_asked(host_id, UUID(request_id))
        bank, raw = _read(asked)
    if raw is None:
        with task.transaction():
            task.finish({"outcome": "nothing-open"})
        return
    found = _solved(task, raw, SECONDS)
    with acting_for_federation():
        runs = match_answers.keep_answer(asked, bank, found, time.monotonic() - began)
    with task.transaction():
        run = matching.get_run(runs[UUID(request_id)])
        fit = len({row["carer"] for rows in run.ranked.values() for row in rows})
        facts = {"looked_at": run.looked_at, "fit": fit, "seconds": str(run.seconds)}
        audit.record("match-cover", "cover-request", UUID(request_id), {"run": str(run.id), **facts})
        task.finish(facts)


def _read(asked: match_problems.Asked) -> tuple[match_problems.Bank, dict[str, Any] | None]:
    """The bank and the problem, as they stand now, to be used after this transaction; no problem without an open shift."""
    bank = match_problems.load_bank(asked)
    raw = match_problems.build_problem(asked, bank) if asked.shifts else None
    db.session.expunge_all()
    return bank, raw


def _solved(task: Task, raw: dict[str, Any], seconds: int) -> match_answers.Found:
    from staffbank.match.problem import parse_problem  # noqa: PLC0415
    from staffbank.match.programme import Cancelled as Stopped  # noqa: PLC0415  (ortools: the web process must not pay for it)
    from staffbank.match.solve import match_answer  # noqa: PLC0415

    def progress(words: str, percent: int, facts: Any) -> None:
        task.should_stop(words, percent)

    options = {"seconds": seconds, "refusals": True, "progress": progress, "cancel": lambda: task.stopped}
    try:
        answer = match_answer(raw, options)
    except Stopped:
        raise Cancelled from None
    return match_answers.Found(raw, parse_problem(raw), answer)


@job("match-all", own_transaction=True, patient=True)
def match_all(task: Task) -> None:
    """Search for every shared request together, so that nobody is proposed twice and co-ops lend alike. The office's work."""
    if task.scope.tenant_id != FEDERATION:
        with task.transaction():
            task.finish({"outcome": "not-the-office"})
        return
    began = time.monotonic()
    with task.transaction():
        asked = match_problems.load_all_asked()
        bank, raw = _read(asked)
    if raw is None:
        with task.transaction():
            task.finish({"outcome": "nothing-open"})
        return
    found = _solved(task, raw, 2 * SECONDS)
    with task.transaction():
        runs = match_answers.keep_answer(asked, bank, found, time.monotonic() - began)
        task.finish({"requests": len(runs)})


@job("share-cover")
def share_cover(task: Task, request_id: str) -> dict[str, str]:
    """Share a request with the federation at its hour."""
    return {"outcome": cover_acts.share_when_due(UUID(request_id))}


@job("cover-changed", own_transaction=True)
def cover_changed(task: Task, request_id: str, at: str) -> None:
    """Once what is needed has changed: tell those who have offers, and withdraw those of carers who no longer fit."""
    with task.transaction():
        host_id = requests.get_request(UUID(request_id)).tenant_id
    with acting_for_federation():
        going, ended = cover_terms.rewrite_offers(host_id, UUID(request_id), datetime.fromisoformat(at))
    with acting_for(host_id):
        withdrawn = cover_terms.withdraw_unfit(ended)
    with task.transaction():
        task.finish({"told": len(going), "withdrawn": withdrawn})


@job("open-fallback")
def open_fallback(task: Task, request_id: str) -> dict[str, str]:
    """Ask for the fallback grade and search again, unless the request is over or asks for no less any more."""
    outcome = cover_terms.open_fallback(UUID(request_id))
    if outcome == "opened":
        matching.start_match(UUID(request_id))
    return {"outcome": outcome}


@job("close-cover")
def close_cover(task: Task, request_id: str) -> dict[str, str]:
    """A request whose last shift has gone by is past."""
    return {"outcome": cover_acts.close_when_over(UUID(request_id))}
