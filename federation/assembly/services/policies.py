"""The register of what the assembly has decided: in force from when, what it replaces, what each co-op has done about it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from federation.assembly.models import Motion, Policy, PolicyReport
from federation.assembly.services import motion_letters
from federation.assembly.services.crossing import call
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.scope import FEDERATION, current_tenant_id
from tenants.services import mail

STATES = {
    "done": "Done",
    "begun": "Begun",
    "not_yet": "Not yet",
    "not_for_us": "Does not concern us",
}
"""What a co-op can say about a policy."""
REVIEW_KIND = "policy-review"
REVIEW_HOUR = time(8)


def register(motion: Motion, in_force_from: date, set_words: str = "") -> Policy:
    """Enter a carried motion, by its effect's review day and the policy it takes the place of. Office scope."""
    effect = motion.effect or {}
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("policy-number", 0))))
    number = (db.session.scalar(select(func.max(Policy.number))) or 0) + 1
    older = db.session.get(Policy, UUID(effect["supersedes"])) if effect.get("supersedes") else None
    review_on = date.fromisoformat(effect["review_on"]) if effect.get("review_on") else None
    row = Policy(
        number=number,
        title=motion.title,
        text=motion.text,
        motion_id=motion.id,
        in_force_from=in_force_from,
        review_on=review_on,
        supersedes_id=older.id if older else None,
        set_words=set_words,
    )
    db.session.add(row)
    if older is not None and older.in_force_until is None:
        older.in_force_until = max(older.in_force_from, in_force_from - timedelta(days=1))
    db.session.flush()
    audit.record("register-policy", "policy", row.id, {"number": number, "motion": motion.number})
    _remind_later(row)
    return row


def get_policy(policy_id: UUID) -> Policy:
    """One policy. Raises: NotFound."""
    found = db.session.get(Policy, policy_id)
    if found is None:
        raise NotFound("policy")
    return found


def list_in_force(day: date | None = None) -> Sequence[Policy]:
    """What is in force on a day, by default today; the newest first."""
    on = day or clock.today()
    chosen = select(Policy).where(
        Policy.in_force_from <= on, or_(Policy.in_force_until.is_(None), Policy.in_force_until >= on)
    )
    return db.session.scalars(chosen.order_by(Policy.number.desc())).all()


def list_policies() -> Sequence[Policy]:
    """All that was ever decided, the newest first."""
    return db.session.scalars(select(Policy).order_by(Policy.number.desc())).all()


def find_of_motion(motion_id: UUID) -> Policy | None:
    """The policy that a motion has made."""
    return db.session.scalar(select(Policy).where(Policy.motion_id == motion_id))


def find_successor(policy_id: UUID) -> Policy | None:
    """The policy that took the place of this one."""
    return db.session.scalar(select(Policy).where(Policy.supersedes_id == policy_id).order_by(Policy.number).limit(1))


def tell(policy_id: UUID, state: str, words: str = "") -> None:
    """Say what the acting co-op has done about a policy; saying it again replaces it. Raises: NotFound, InvalidInput."""
    get_policy(policy_id)
    said = words.strip()
    wrong = {}
    if state not in STATES:
        wrong["state"] = f"Choose one of: {', '.join(STATES)}"
    if len(said) > 2000:
        wrong["words"] = "Use at most 2,000 letters"
    if wrong:
        raise InvalidInput(wrong)
    call("policy_tell", of_policy=policy_id, its_state=state, its_words=said, at=clock.now())
    audit.record("tell-policy", "policy", policy_id, {"state": state})


def reports_of(policy_id: UUID) -> dict[UUID, PolicyReport]:
    """What the co-ops have said about a policy, by co-op."""
    rows = db.session.scalars(
        select(PolicyReport).where(PolicyReport.policy_id == policy_id).execution_options(populate_existing=True)
    )
    return {row.coop_id: row for row in rows}


def told_by_us() -> dict[UUID, str]:
    """What the acting co-op has said, by policy."""
    chosen = select(PolicyReport.policy_id, PolicyReport.state).where(PolicyReport.coop_id == current_tenant_id())
    return {policy_id: state for policy_id, state in db.session.execute(chosen)}


def count_reports() -> dict[UUID, int]:
    """How many co-ops have done what a policy asks, or are not concerned, by policy."""
    chosen = select(PolicyReport.policy_id, func.count()).where(PolicyReport.state.in_(("done", "not_for_us")))
    return {policy_id: count for policy_id, count in db.session.execute(chosen.group_by(PolicyReport.policy_id))}


def set_review(policy_id: UUID, review_on: date | None) -> Policy:
    """Say when a policy is looked at again. Office scope. Raises: NotFound, InvalidInput."""
    row = get_policy(policy_id)
    if review_on is not None and not clock.today() <= review_on <= date(2100, 12, 31):
        raise InvalidInput({"review_on": "Enter today or a later day"})
    row.review_on = review_on
    db.session.flush()
    audit.record("set-review", "policy", policy_id, {"review_on": review_on.isoformat() if review_on else None})
    _remind_later(row)
    return row


def list_due_for_review() -> Sequence[Policy]:
    """Policies in force whose day of review has come, the longest due first."""
    today = clock.today()
    chosen = select(Policy).where(
        Policy.review_on <= today, or_(Policy.in_force_until.is_(None), Policy.in_force_until >= today)
    )
    return db.session.scalars(chosen.order_by(Policy.review_on)).all()


def remind_of_review(policy_id: UUID) -> int:
    """Write to the officers and all delegates that a policy is to be looked at, when its day has come. Office scope."""
    row = db.session.get(Policy, policy_id)
    if row is None or row not in list_due_for_review():
        return 0
    subject = f"Policy {row.number} is due for review: {row.title}"
    body = f"The assembly decided to look at this again now:\n\n{row.text}\n\nA new motion can take its place."
    office = mail.write_to_roles(FEDERATION, ("officer",), subject, body)
    return office + motion_letters.write_to_all(subject, body, f"/policies/{policy_id}")


def _remind_later(row: Policy) -> None:
    if row.review_on is not None:
        at = datetime.combine(row.review_on, REVIEW_HOUR, tzinfo=clock.LONDON).astimezone(UTC)
        jobs.defer(
            REVIEW_KIND,
            {"policy_id": str(row.id)},
            label="Remind of a review",
            shown=False,
            run_at=max(at, clock.now()),
        )
