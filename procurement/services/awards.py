"""Working out, comparing, setting aside and approving awards."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from procurement import rules
from procurement.models import Award, BuyingRound, Demand
from procurement.services.problems import build_problem
from procurement.services.rounds import get_round
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.scope import current_scope


def run_award(round_id: UUID, *, pinned: Sequence[str] = (), barred: Sequence[str] = ()) -> Award:
    """Ask for an award to be worked out; earlier proposals stay, to be compared.

    `pinned` and `barred` are supplier codes that must be used, or must not.
    Raises: NotFound, RuleBroken, Conflict while one is under way, InvalidInput when a supplier is both.
    """
    buying_round = get_round(round_id, lock=True)
    wanted = db.session.scalar(select(Demand.packs).where(Demand.round_id == round_id).limit(1)) or 0
    rules.may_award(buying_round.state, wanted)
    both = sorted(set(pinned) & set(barred))
    if both:
        raise InvalidInput({"choice": f"{both[0]} cannot be both required and left out"})
    _set_aside_ended(round_id)
    award = Award(round_id=round_id, pinned=sorted(set(pinned)), barred=sorted(set(barred)), created_at=clock.now())
    db.session.add(award)
    db.session.flush()
    award.job_id = jobs.defer(
        "work-out-award",
        {"award_id": str(award.id)},
        label=f"Working out the award of round {buying_round.number}",
        link=f"/rounds/{round_id}/award",
        once_key=f"award:{award.id}",
    )
    audit.record(
        "run-award", "award", award.id, {"round": str(round_id), "pinned": award.pinned, "barred": award.barred}
    )
    return award


def _set_aside_ended(round_id: UUID) -> None:
    """Awards whose work failed or was stopped are set aside. Raises: Conflict while one is still being worked out."""
    for award in db.session.scalars(select(Award).where(Award.round_id == round_id, Award.state == "running")):
        if award.job_id is not None and jobs.get_work(award.job_id).state in ("waiting", "running"):
            raise Conflict(
                "award-under-way", "An award of this round is being worked out already. Wait for it, or stop it first."
            )
        award.state = "set_aside"


def problem_of(award: Award) -> dict[str, Any]:
    """The problem that an award solves, as the round stands now."""
    return build_problem(get_round(award.round_id), list(award.barred))


def keep_answer(award: Award, problem: dict[str, Any], answer: dict[str, Any]) -> None:
    """Keep what the calculator answered."""
    award.problem, award.answer = problem, answer
    award.state = "proposed" if answer["status"] in ("optimal", "feasible") else "infeasible"
    award.cost_pence, award.bound_pence = answer.get("cost_pence"), answer.get("bound_pence")
    audit.record(
        "work-out-award",
        "award",
        award.id,
        {"status": answer["status"], "cost_pence": award.cost_pence, "bound_pence": award.bound_pence},
    )


def approve_award(award_id: UUID, reason: str, *, cost_pence: int | None = None) -> BuyingRound:
    """Approve one proposal; the others of its round are set aside. `cost_pence` is what the officer saw on the button.

    Raises: NotFound, RuleBroken.
    """
    award = get_award(award_id)
    buying_round = get_round(award.round_id, lock=True)
    db.session.refresh(award, with_for_update=True)
    rules.may_approve(buying_round.state, (award.answer or {}).get("status", "running"), reason)
    if award.state != "proposed":
        raise RuleBroken("award-not-proposed", "This award can no longer be approved.")
    if cost_pence is not None and cost_pence != award.cost_pence:
        raise RuleBroken("not-the-cost-shown", "The cost has changed since you saw it. Load the page again and look.")
    db.session.execute(
        update(Award)
        .where(
            Award.round_id == award.round_id,
            Award.id != award.id,
            Award.state.in_(("proposed", "running", "infeasible")),
        )
        .values(state="set_aside")
    )
    award.state, award.reason = "approved", reason.strip()[:2000]
    award.decided_by, award.decided_at = current_scope().person_id, clock.now()
    buying_round.state, buying_round.awarded_at = "awarded", clock.now()
    audit.record("approve-award", "award", award.id, {"cost_pence": award.cost_pence, "reason": award.reason})
    return buying_round


def get_award(award_id: UUID) -> Award:
    """One award. Raises: NotFound."""
    award = db.session.get(Award, award_id)
    if award is None:
        raise NotFound("award")
    return award


def list_awards(round_id: UUID) -> list[Award]:
    """Awards of a round, newest first."""
    return list(db.session.scalars(select(Award).where(Award.round_id == round_id).order_by(Award.created_at.desc())))


def find_current_award(round_id: UUID) -> Award | None:
    """The approved award of a round, or the newest that was not set aside."""
    rows = [award for award in list_awards(round_id) if award.state != "set_aside"]
    return next((award for award in rows if award.state == "approved"), rows[0] if rows else None)
