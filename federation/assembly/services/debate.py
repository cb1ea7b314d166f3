"""The debate of a motion: what people say for and against it, what they ask, and the answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly.models import MotionRemark
from federation.assembly.services.crossing import call
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.models import MemberDirectory

LEANINGS = {"for": "For", "against": "Against", "question": "Question", "remark": "Remark"}
"""How somebody leans who speaks."""


@dataclass
class Thread:
    """A remark and what was answered to it, in order of time."""

    remark: MotionRemark
    answers: list["Thread"] = field(default_factory=list)


def say(motion_id: UUID, leaning: str, words: str, answers_id: UUID | None = None) -> UUID:
    """Say something in the debate, or answer somebody; the answer is the remark's id.

    Raises: InvalidInput, NotFound, RuleBroken once the debate is over.
    """
    said = words.replace("\r\n", "\n").strip()
    wrong = {}
    if leaning not in LEANINGS:
        wrong["leaning"] = f"Choose one of: {', '.join(LEANINGS)}"
    if not 1 <= len(said) <= 2000:
        wrong["words"] = "Say it in at most 2,000 letters"
    if wrong:
        raise InvalidInput(wrong)
    if answers_id is not None:
        answered = db.session.get(MotionRemark, answers_id)
        if answered is None or answered.motion_id != motion_id:
            raise NotFound("remark")
    remark_id = call(
        "motion_say", of_motion=motion_id, its_leaning=leaning, its_words=said, answers=answers_id, at=clock.now()
    )
    audit.record("say-in-debate", "motion", motion_id, {"leaning": leaning})
    return remark_id


def hide(remark_id: UUID, why: str) -> MotionRemark:
    """Take a remark off the page, and say why; the row stays. Office scope. Raises: NotFound, InvalidInput."""
    row = db.session.get(MotionRemark, remark_id)
    if row is None:
        raise NotFound("remark")
    reason = why.strip()
    if not 1 <= len(reason) <= 2000:
        raise InvalidInput({"why": "Say why it is taken off the page, in at most 2,000 letters"})
    row.hidden_why = reason
    db.session.flush()
    audit.record("hide-remark", "motion", row.motion_id, {"remark": str(remark_id)})
    return row


def list_threads(motion_id: UUID) -> list[Thread]:
    """The debate of a motion: remarks in order of time, answers under what they answer."""
    found: dict[UUID, Thread] = {}
    tops: list[Thread] = []
    for row in list_remarks(motion_id):
        thread = found[row.id] = Thread(row)
        above = found.get(row.answers_id) if row.answers_id else None
        (above.answers if above else tops).append(thread)
    return tops


def list_remarks(motion_id: UUID) -> Sequence[MotionRemark]:
    """Everything that was said about a motion, oldest first."""
    chosen = select(MotionRemark).where(MotionRemark.motion_id == motion_id)
    return db.session.scalars(chosen.order_by(MotionRemark.said_at, MotionRemark.id)).all()


def count_remarks(motion_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How much was said about each of these motions."""
    chosen = select(MotionRemark.motion_id, func.count()).where(MotionRemark.motion_id.in_(motion_ids))
    return {motion_id: count for motion_id, count in db.session.execute(chosen.group_by(MotionRemark.motion_id))}


def names_of_people() -> dict[UUID, str]:
    """Names of those who speak for the co-ops, from the directory that all may read."""
    return {
        person: name
        for person, name in db.session.execute(select(MemberDirectory.person_id, MemberDirectory.display_name))
    }
