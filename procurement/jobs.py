"""What joint procurement does later, on the worker: awards, prices of buying alone, closing on time, reminders."""

from typing import Any
from uuid import UUID

from procurement.services import awards, problems, rounds, sharing
from tenants.jobs import Cancelled, Task, job

STORY_SECONDS = 30
ALONE_SECONDS = 5
ALONE_GAP = "0.001"


@job("work-out-award", own_transaction=True)
def work_out_award(task: Task, award_id: str) -> None:
    """Solve the award of a round; no transaction is open while the solver works."""
    from procurement.award.search import Cancelled as Stopped  # noqa: PLC0415  (ortools: the web process must not pay for it)
    from procurement.award.solve import award_answer  # noqa: PLC0415

    with task.transaction():
        award = awards.get_award(UUID(award_id))
        if award.state != "running":
            task.finish({"status": "overtaken"})
            return
        problem, pinned = awards.problem_of(award), list(award.pinned)

    def progress(words: str, percent: int, facts: Any) -> None:
        task.should_stop(words, percent)

    try:
        answer = award_answer(
            problem,
            {
                "story_seconds": STORY_SECONDS,
                "progress": progress,
                "cancel": lambda: task.stopped,
                "pinned": pinned,
            },
        )
    except Stopped:
        raise Cancelled from None
    with task.transaction():
        award = awards.get_award(UUID(award_id))
        if award.state == "running":
            awards.keep_answer(award, problem, answer)
        task.finish({"status": answer["status"]})


@job("alone-prices", own_transaction=True, patient=True)
def work_out_alone_prices(task: Task, round_id: str) -> None:
    """Work out what each co-op would pay alone, one after the other; each price is kept as soon as it is known."""
    from procurement.award.alone import coalition_cost  # noqa: PLC0415  (ortools)
    from procurement.award.problem import parse_problem  # noqa: PLC0415

    with task.transaction():
        raw = problems.build_problem(rounds.get_round(UUID(round_id)))
        done = sharing.alone_prices(UUID(round_id))
    problem = parse_problem(raw)
    coops = sorted({coop for item in raw["items"] for coop in item["demand"]})
    for place, coop in enumerate(coops):
        task.progress(f"What each co-op would pay alone: {place} of {len(coops)}", 100 * place // len(coops))
        if coop in done:
            continue
        found = coalition_cost(problem, frozenset([coop]), time_limit_seconds=ALONE_SECONDS, gap=ALONE_GAP)
        with task.transaction():
            sharing.save_alone_price(UUID(round_id), UUID(coop), found)
    with task.transaction():
        task.finish({"coops": len(coops)})


@job("close-round")
def close_round_on_time(task: Task, round_id: str, closes_at: str) -> dict[str, str]:
    """Close a round at its hour; one that was extended meanwhile is left to its later hour."""
    return {"outcome": rounds.close_when_due(UUID(round_id))}


@job("remind-round")
def remind_missing(task: Task, round_id: str, closes_at: str) -> dict[str, int]:
    """Remind the co-ops that have not answered, unless the round has closed or been extended meanwhile."""
    buying_round = rounds.get_round(UUID(round_id))
    if buying_round.state != "open" or buying_round.closes_at.isoformat() != closes_at:
        return {"coops": 0}
    return {"coops": rounds.remind_round(UUID(round_id))}
