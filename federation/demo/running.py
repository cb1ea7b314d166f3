"""Takes a closed round through award, approval and orders at once, without waiting for the worker."""

from collections.abc import Callable
from uuid import UUID

from procurement.services import awards, orders, problems, rounds, sharing
from tenants.db import acting_for_federation

Tell = Callable[[str], None]
ALONE_SECONDS = 5
ALONE_GAP = "0.001"


def order_round(
    round_id: UUID, officer: UUID | None, reason: str, *, story_seconds: float = 5, tell: Tell = lambda words: None
) -> None:
    """Work out, approve and order a closed round, and what each co-op would pay alone."""
    award_id = work_out(round_id, officer, story_seconds=story_seconds)
    tell("award: done")
    price_alone(round_id, officer, tell=tell)
    approve_and_order(round_id, award_id, officer, reason)
    tell("orders and recharges: done")


def work_out(round_id: UUID, officer: UUID | None, *, story_seconds: float = 5) -> UUID:
    """Work out the award of a closed round and keep the answer; the award's id."""
    from procurement.award.solve import award_answer

    with acting_for_federation(officer):
        award = awards.run_award(round_id)
        award_id, problem = award.id, awards.problem_of(award)
    answer = award_answer(problem, {"story_seconds": story_seconds})
    with acting_for_federation(officer):
        awards.keep_answer(awards.get_award(award_id), problem, answer)
    return award_id


def price_alone(
    round_id: UUID, officer: UUID | None, *, seconds: float = ALONE_SECONDS, tell: Tell = lambda words: None
) -> None:
    """Work out what each co-op would pay alone, one after the other; `seconds` at most for each."""
    from procurement.award.alone import coalition_cost
    from procurement.award.problem import parse_problem

    with acting_for_federation(officer):
        everything = problems.build_problem(rounds.get_round(round_id))
    parsed = parse_problem(everything)
    coops = sorted({coop for item in everything["items"] for coop in item["demand"]})
    for place, coop in enumerate(coops, start=1):
        found = coalition_cost(parsed, frozenset([coop]), time_limit_seconds=seconds, gap=ALONE_GAP)
        with acting_for_federation(officer):
            sharing.save_alone_price(round_id, UUID(coop), found)
        tell(f"prices alone: {place} of {len(coops)}")


def approve_and_order(round_id: UUID, award_id: UUID, officer: UUID | None, reason: str) -> None:
    """Approve an award and send out its orders and recharges."""
    with acting_for_federation(officer):
        awards.approve_award(award_id, reason)
    with acting_for_federation(officer):
        orders.place_orders(round_id)
