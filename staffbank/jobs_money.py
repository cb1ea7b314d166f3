"""Recharges, adjustments, hours agreed by default, and the settlement's sums.

What touches both co-ops is done by the office. Each job first makes sure, in the scope of whoever asked, that the thing
is theirs: what stands in a member's outbox opens nothing of another co-op.
"""

from uuid import UUID

from staffbank.models import Placement
from staffbank.services import cancellations, disputes, hours, notices, placements, rates, recharges, settlement
from staffbank.services.crossing import call
from staffbank.worked_hours import write_hours
from tenants import audit, clock
from tenants.db import acting_for, acting_for_federation
from tenants.errors import NotAllowed, NotFound, RuleBroken
from tenants.jobs import Task, job
from tenants.services import mail

NEWS = {
    "sent": (
        "host",
        "Hours wait for you",
        "A care worker has sent hours of request {number}. Agree to them, or say what is not right, under Hours.",
    ),
    "agreed": (
        "home",
        "Hours are agreed",
        "The host has agreed to hours of request {number}. The home co-op accepts them under Hours.",
    ),
    "disputed": ("both", "Hours are in dispute", "The hours of request {number} are in dispute. Read why under Hours."),
}
"""What happened to hours, to: which side is told, the subject, the words."""


@job("recharge-placement", own_transaction=True)
def recharge_placement(task: Task, placement_id: str) -> None:
    """Work out what the host owes for accepted hours, on both sides and in both books, once."""
    with task.transaction():
        if hours.get_sheet(UUID(placement_id), "home").state != "accepted":
            raise RuleBroken("hours-not-accepted", "These hours are not accepted yet.")
    with acting_for_federation(task.scope.person_id):
        outcome = recharges.post_recharge(UUID(placement_id))
    with task.transaction():
        task.finish({"outcome": outcome})


@job("recharge-cancellation", own_transaction=True)
def recharge_cancellation(task: Task, placement_id: str) -> None:
    """Work out what the host still owes for a placement that it has cancelled late, on both sides and in both books, once."""
    with task.transaction():
        if not cancellations.percent_owed(placements.get_placement(UUID(placement_id), "host")):
            raise RuleBroken("nothing-owed", "Nothing is owed for this placement.")
    with acting_for_federation(task.scope.person_id):
        outcome = recharges.post_recharge(UUID(placement_id))
    with task.transaction():
        task.finish({"outcome": outcome})


@job("rate-adjustments", own_transaction=True)
def adjust_to_rate_card(task: Task, card_id: str) -> None:
    """Charge or give back what a rate card that reaches back makes of each placement; each in a transaction of its own."""
    _office_only(task)
    with task.transaction():
        found = recharges.placements_charged_from(rates.get_row(UUID(card_id)).from_date)
    posted = 0
    for place, placement_id in enumerate(found):
        task.progress(f"Placement {place + 1} of {len(found)}", 100 * place // len(found))
        with task.transaction():
            posted += recharges.post_adjustment(placement_id) == "posted"
    with task.transaction():
        task.finish({"placements": len(found), "adjusted": posted})


@job("dispute-recharge", own_transaction=True)
def dispute_recharge(task: Task, recharge_id: str, words: str) -> None:
    """Put a line in dispute on both sides."""
    with task.transaction():
        disputes.check_may_dispute(UUID(recharge_id))
    with acting_for_federation(task.scope.person_id):
        disputes.dispute(UUID(recharge_id), words)
    with task.transaction():
        task.finish({})


@job("answer-dispute", own_transaction=True)
def answer_dispute(task: Task, recharge_id: str, answer: str) -> None:
    """End a dispute on both sides."""
    with task.transaction():
        disputes.check_may_answer(UUID(recharge_id), answer)
    with acting_for_federation(task.scope.person_id):
        disputes.answer_dispute(UUID(recharge_id), answer)
    with task.transaction():
        task.finish({})


@job("agree-by-default", own_transaction=True)
def agree_by_default(task: Task, placement_id: str) -> None:
    """Agree for a host that has not answered in time, where both a check-in and a check-out were seen."""
    with task.transaction():
        sheet = hours.get_sheet(UUID(placement_id), "home")
        host_id, claimed = sheet.placement.counterparty_id, sheet.claimed
        due = hours.agreed_by_default(sheet, clock.now())
    if due and claimed:
        with acting_for(host_id):
            call(
                "timesheet_move",
                of_placement=UUID(placement_id),
                move="agree",
                facts=write_hours(claimed),
                at=clock.now(),
            )
            audit.record("agree-hours-by-default", "placement", UUID(placement_id))
    with task.transaction():
        task.finish({"agreed": due})


@job("hours-news", own_transaction=True)
def tell_hours_news(task: Task, placement_id: str, news: str) -> None:
    """Write to the managers of the co-op whose turn it is, and to the carer of what others did."""
    side, subject, words = NEWS[news]
    with task.transaction():
        placement = _own_placement(UUID(placement_id))
        number, mine, other = placement.request_number, placement.tenant_id, placement.counterparty_id
        carer_id = placement.carer_id
        host, home = (mine, other) if placement.side == "host" else (other, mine)
    told = {"host": (host,), "home": (home,), "both": (host, home)}[side]
    with acting_for_federation(task.scope.person_id):
        letter = f"{words.format(number=number)}\n"
        mail.write_to_each(["manager"], [(coop, subject, letter) for coop in dict.fromkeys(told)])
        if news != "sent":
            notices.write_to_carer(carer_id, subject, letter)
    with task.transaction():
        task.finish({})


@job("net-settlement", own_transaction=True)
def net_settlement(task: Task, cycle_id: str) -> None:
    """Work out who pays whom in a month, and write it into every book."""
    _office_only(task)
    with task.transaction():
        settled = settlement.net_cycle(UUID(cycle_id))
        task.finish({"payments": len(settled.payments), "exact": settled.exact})


def _own_placement(placement_id: UUID) -> Placement:
    try:
        return hours.get_sheet(placement_id, "home").placement
    except NotFound:
        return hours.get_sheet(placement_id, "host").placement


def _office_only(task: Task) -> None:
    if task.scope.role != "office":
        raise NotAllowed("office-only", "This is work of the federation office.")
