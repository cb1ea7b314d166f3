"""Writing a motion: a draft that is the co-op's own business, put to the assembly when it is ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly.models import Motion, MotionDraft, MotionText
from federation.assembly.services import motion_effects, motion_letters
from federation.assembly.services.crossing import call
from federation.assembly.wording import text_hash, tidy
from tenants import audit, clock
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound
from tenants.scope import FEDERATION, current_scope, current_tenant_id

KINDS = ("ordinary", "special", "constitutional")
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Wording:
    """Everything that is written of a motion; see `services.motion_effects` for what an effect may be."""

    title: str
    text: str
    kind: str = "ordinary"
    plain_words: str = ""
    if_passes: str = ""
    if_falls: str = ""
    effect: Mapping[str, Any] | None = None


def list_drafts() -> Sequence[MotionDraft]:
    """The acting co-op's drafts that have not been put to the assembly, newest first."""
    chosen = select(MotionDraft).where(MotionDraft.motion_id.is_(None))
    return db.session.scalars(chosen.order_by(MotionDraft.written_at.desc())).all()


def get_draft(draft_id: UUID) -> MotionDraft:
    """One of the acting co-op's drafts. Raises: NotFound, also once it has been submitted."""
    found = db.session.get(MotionDraft, (current_tenant_id(), draft_id))
    if found is None or found.motion_id is not None:
        raise NotFound("draft")
    return found


def write_draft(wording: Wording, draft_id: UUID | None = None, version: int | None = None) -> MotionDraft:
    """Write a draft, or write it again; nobody but the co-op sees it.

    Raises: InvalidInput, NotFound, Conflict when somebody wrote in it since `version` was read.
    """
    values = _checked(wording)
    if draft_id is None:
        row = MotionDraft(tenant_id=current_tenant_id(), **values)
        db.session.add(row)
    else:
        row = get_draft(draft_id)
        if version is not None and version != row.version:
            raise Conflict("changed-meanwhile", "Somebody else has written in this draft. Load the page again.")
        for name, value in values.items():
            setattr(row, name, value)
    row.written_by, row.written_at = current_scope().person_id, clock.now()
    db.session.flush()
    audit.record("write-motion", "motion-draft", row.id)
    return row


def drop_draft(draft_id: UUID) -> None:
    """Throw a draft away. Raises: NotFound."""
    db.session.delete(get_draft(draft_id))
    db.session.flush()
    audit.record("drop-motion", "motion-draft", draft_id)


def submit(draft_id: UUID) -> Motion:
    """Put a draft to the assembly: from now on all can read it. Raises: NotFound, RuleBroken."""
    row = get_draft(draft_id)
    motion_effects.check(row.effect, row.kind)
    motion_id = call("motion_submit", of_draft=draft_id, at=clock.now())
    motion = db.session.get_one(Motion, motion_id, populate_existing=True)
    audit.record("submit-motion", "motion", motion_id, {"number": motion.number})
    motion_letters.ask(motion_id, "submitted")
    return motion


def move_for_board(wording: Wording) -> Motion:
    """Put a motion to the assembly for the federation's board; a co-op seconds it. Office scope. Raises: InvalidInput."""
    values = _checked(wording)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("motion-number", 0))))
    number = (db.session.scalar(select(func.max(Motion.number))) or 0) + 1
    now, digest = clock.now(), text_hash(values["title"], values["text"])
    motion = Motion(
        number=number,
        moved_by_coop=FEDERATION,
        moved_by=current_scope().person_id,
        submitted_at=now,
        text_hash=digest,
        **values,
    )
    db.session.add(motion)
    db.session.flush()
    keep_text(motion, "As it was submitted")
    audit.record("submit-motion", "motion", motion.id, {"number": number})
    motion_letters.ask(motion.id, "submitted")
    return motion


def _checked(wording: Wording) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    title, words = " ".join(wording.title.split()), tidy(wording.text)
    if not 1 <= len(title) <= 200:
        wrong["title"] = "Put the question in one line, of at most 200 letters"
    if not 1 <= len(words) <= LONGEST_TEXT:
        wrong["text"] = f"Write what the assembly is to resolve, in at most {LONGEST_TEXT:,} letters"
    if wording.kind not in KINDS:
        wrong["kind"] = f"Choose one of: {', '.join(KINDS)}"
    values: dict[str, Any] = {"title": title, "text": words, "kind": wording.kind}
    for name in ("plain_words", "if_passes", "if_falls"):
        values[name] = getattr(wording, name).strip()
        if len(values[name]) > 2000:
            wrong[name] = "Use at most 2,000 letters"
    try:
        values["effect"] = motion_effects.check(wording.effect, wording.kind)
    except InvalidInput as error:
        wrong |= error.errors
    if wrong:
        raise InvalidInput(wrong)
    return values


def keep_text(motion: Motion, why: str) -> None:
    """Keep the present wording beside the older ones."""
    row = MotionText(
        motion_id=motion.id,
        version=motion.text_version or 1,
        text=motion.text,
        why=why,
        hash=motion.text_hash,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
