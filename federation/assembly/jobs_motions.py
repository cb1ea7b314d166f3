"""What the assembly does later for motions: letters about what a co-op did, amendments to a new wording, reviews that are due.

Whoever asked for it, the office does it, and only with what every co-op may read.
"""

from typing import Any
from uuid import UUID

from federation.assembly.models import Motion
from federation.assembly.services import amendments, motion_letters, policies
from tenants.db import acting_for_federation, db
from tenants.jobs import Task, job
from tenants.services.coops import coop_names


@job(motion_letters.KIND, own_transaction=True)
def motion_news(task: Task, motion_id: str, step: str) -> None:
    """Write to those who act next on a motion; after a merge, bring the other amendments to the new wording."""
    with acting_for_federation():
        motion = db.session.get(Motion, UUID(motion_id))
        if motion is None:
            letters = 0
        else:
            if step == "merged":
                amendments.carry_over(motion.id)
            mover = coop_names().get(str(motion.moved_by_coop), "")
            letters = motion_letters.news(
                motion, step, mover, {row.by_coop for row in amendments.list_amendments(motion.id)}
            )
    _finish(task, {"letters": letters})


@job(policies.REVIEW_KIND, own_transaction=True)
def policy_review(task: Task, policy_id: str) -> None:
    """Remind of a policy whose day of review has come."""
    with acting_for_federation():
        letters = policies.remind_of_review(UUID(policy_id))
    _finish(task, {"letters": letters})


def _finish(task: Task, result: dict[str, Any]) -> None:
    with task.transaction():
        task.finish(result)
