"""The versions of the rules of decision as rows: read and written, never edited. What may be written is decided elsewhere."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly.models import DecisionRule, Motion
from federation.assembly.rule import Rule
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken


def any_rules() -> bool:
    """Whether the assembly has been founded: its rules stand, and only a vote changes them. Any scope."""
    return db.session.scalar(select(DecisionRule.id).limit(1)) is not None


def version_in_force(kind: str, day: date | None = None) -> DecisionRule | None:
    """The version of a kind that holds on a day, by default today: of those that have begun, the one that began last."""
    chosen = select(DecisionRule).where(DecisionRule.kind == kind, DecisionRule.in_force_from <= (day or clock.today()))
    return db.session.scalar(chosen.order_by(DecisionRule.in_force_from.desc(), DecisionRule.version.desc()).limit(1))


def list_versions(kind: str | None = None) -> Sequence[DecisionRule]:
    """Every version, newest first; of one kind, or of all."""
    chosen = select(DecisionRule).order_by(DecisionRule.kind, DecisionRule.version.desc())
    return db.session.scalars(chosen if kind is None else chosen.where(DecisionRule.kind == kind)).all()


def write_version(
    rule: Rule, scheme_id: UUID, from_date: date, resolution: str, motion_id: UUID | None, source: str
) -> DecisionRule:
    """Write the next version of a kind. Office scope. Raises: InvalidInput without a resolution."""
    if not resolution.strip() or len(resolution) > 2000:
        raise InvalidInput(
            {"resolution": "Say which resolution set this, like “General meeting, 3 March 2026, item 4”"}
        )
    lock_rules()
    newest = db.session.scalar(select(func.max(DecisionRule.version)).where(DecisionRule.kind == rule.kind)) or 0
    row = DecisionRule(
        kind=rule.kind,
        version=newest + 1,
        rule=rule.as_json(),
        scheme_id=scheme_id,
        source=source,
        in_force_from=from_date,
        resolution=resolution.strip(),
        motion_id=motion_id,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    facts = {"kind": row.kind, "version": row.version, "from": from_date.isoformat()}
    audit.record("set-decision-rule", "decision-rule", row.id, facts)
    return row


def lock_rules() -> None:
    """Let nobody else found, adopt or set anything until this transaction ends: what is checked first still holds then."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("decision-rule"))))


def check_mandate(motion_id: UUID | None) -> None:
    """Whether rules or weights may change now: while there are no rules, or by a constitutional motion.

    Raises: RuleBroken, NotFound for a motion that there is not.
    """
    if motion_id is None:
        if any_rules():
            raise RuleBroken(
                "needs-motion",
                "The assembly has rules, so only a constitutional motion changes them: one co-op, one vote.",
            )
        return
    motion = db.session.get(Motion, motion_id)
    if motion is None:
        raise NotFound("motion")
    if motion.kind != "constitutional":
        raise RuleBroken(
            "needs-constitutional", "Rules and weights are changed by a constitutional motion: one co-op, one vote."
        )
