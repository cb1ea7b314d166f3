"""Takes a closed round through award, approval and orders at once, without waiting for the worker."""

from collections.abc import Callable
from uuid import UUID

from procurement.services import awards, orders, problems, rounds, sharing
from tenants.db import acting_for_federation

Tell = Callable[[str], None]
ALONE_SECONDS = 5
ALONE_GAP = "0.001"


def order_round(round_id: UUID, officer: UUID | None, reason: str, *, story_seconds: float = 5, tell: Tell = lambda words: None) -> None:
    """Work out, approve and order a closed round, and what each co-op would pay alone."""
    from procurement.award.alone import coalition_cost  # noqa: PLC0415  (ortools: only where it works)
    from procurement.award.problem import parse_problem  # noqa: PLC0415
    from procurement.award.solve import award_answer  # noqa: PLC0415

    with acting_for_federation(officer):
        award_id = awards.run_award(round_id).id
    with acting_for_federation(officer):
        problem = awards.problem_of(awards.get_award(award_id))
        everything = problems.build_problem(rounds.get_round(round_id))
    answer = award_answer(problem, {"story_seconds": story_seconds})
    tell(f"award: {answer['status']}")
    parsed = parse_problem(everything)
    for coop in sorted({coop for item in everything["items"] for coop in item["demand"]}):
        found = coalition_cost(parsed, frozenset([coop]), time_limit_seconds=ALONE_SECONDS, gap=ALONE_GAP)
        with acting_for_federation(officer):
            sharing.save_alone_price(round_id, UUID(coop), found)
    tell("prices alone: done")
    with acting_for_federation(officer):
        awards.keep_answer(awards.get_award(award_id), problem, answer)
        awards.approve_award(award_id, reason)
    with acting_for_federation(officer):
        orders.place_orders(round_id)
    tell("orders and recharges: done")
