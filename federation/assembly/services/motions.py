"""Motions from the draft to the result: who moves, who seconds, what the officer admits, when notice is given."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from federation.assembly.models import Amendment, Meeting, Motion, MotionText, Poll
from federation.assembly.rule import Rule, last_day_for_notice
from federation.assembly.services import decision_rules, motion_effects, motion_letters, policies, polls
from federation.assembly.services.crossing import call
from federation.assembly.services.motion_drafts import (
    KINDS,
    LONGEST_TEXT,
    Wording,
    drop_draft,
    get_draft,
    keep_text,
    list_drafts,
    move_for_board,
    submit,
    write_draft,
)
from federation.assembly.wording import text_hash, tidy
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import FEDERATION, current_tenant_id

GROUPS: dict[str, tuple[str, ...]] = {
    "talked": ("submitted", "seconded", "admitted"),
    "noticed": ("noticed",),
    "voting": ("voting",),
    "decided": ("carried", "lost"),
    "ended": ("refused", "withdrawn"),
}
"""States as people choose among them."""
PAGE_ROWS = 25


# -- reading


def get_motion(motion_id: UUID) -> Motion:
    """One motion, as the database has it now. Raises: NotFound."""
    found = db.session.get(Motion, motion_id, populate_existing=True)
    if found is None:
        raise NotFound("motion")
    return found


def list_motions(
    group: str | None = None, words: str = "", *, limit: int = PAGE_ROWS, offset: int = 0
) -> tuple[Sequence[Motion], int]:
    """Motions, those talked about in reading order first, then the newest; and how many there are."""
    chosen = select(Motion)
    if group in GROUPS:
        chosen = chosen.where(Motion.state.in_(GROUPS[group]))
    if words.strip():
        like = "%" + words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        chosen = chosen.where(or_(Motion.title.ilike(like), Motion.text.ilike(like)))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    order = (Motion.reading_order, Motion.number) if group == "talked" else (Motion.number.desc(),)
    return db.session.scalars(chosen.order_by(*order).limit(limit).offset(offset)).all(), total


def list_texts(motion_id: UUID) -> Sequence[MotionText]:
    """Every wording of a motion, oldest first."""
    return db.session.scalars(
        select(MotionText).where(MotionText.motion_id == motion_id).order_by(MotionText.version)
    ).all()


# -- acts of the co-ops


def second(motion_id: UUID) -> Motion:
    """Second a motion of another co-op. Raises: NotFound, RuleBroken."""
    call("motion_move", of_motion=motion_id, move="second", its_words="", at=clock.now())
    audit.record("second-motion", "motion", motion_id)
    motion_letters.ask(motion_id, "seconded")
    return get_motion(motion_id)


def withdraw(motion_id: UUID, words: str = "") -> Motion:
    """Take the own motion back, until notice is given; the office does it for the board's. Raises: NotFound, RuleBroken."""
    reason = words.strip()[:2000]
    if current_tenant_id() == FEDERATION:
        motion = get_motion(motion_id)
        if motion.moved_by_coop != FEDERATION or motion.state not in GROUPS["talked"]:
            raise RuleBroken("not-your-motion", "Only its mover can take it back, and only until notice is given.")
        motion.state, motion.state_words, motion.ended_at = "withdrawn", reason, clock.now()
        db.session.flush()
    else:
        call("motion_move", of_motion=motion_id, move="withdraw", its_words=reason, at=clock.now())
    audit.record("withdraw-motion", "motion", motion_id)
    return get_motion(motion_id)


# -- acts of the returning officer


def admit(motion_id: UUID) -> Motion:
    """Admit a seconded motion to the agenda, last in reading order. Office scope. Raises: NotFound, RuleBroken."""
    motion = _in_state(motion_id, "seconded")
    last = db.session.scalar(select(func.max(Motion.reading_order)).where(Motion.state.in_(GROUPS["talked"]))) or 0
    motion.state, motion.admitted_at, motion.reading_order = "admitted", clock.now(), last + 1
    db.session.flush()
    audit.record("admit-motion", "motion", motion_id, {"number": motion.number})
    motion_letters.write_to_all(
        f"Motion {motion.number} is admitted",
        f"“{motion.title}” is open for debate and amendments.",
        f"/motions/{motion_id}",
    )
    return motion


def refuse(motion_id: UUID, why: str) -> Motion:
    """Refuse a motion that is not in order, and say why. Office scope. Raises: NotFound, InvalidInput, RuleBroken."""
    motion = _in_state(motion_id, "submitted", "seconded")
    reason = why.strip()
    if not 1 <= len(reason) <= 2000:
        raise InvalidInput({"why": "Say why it is refused, in at most 2,000 letters: the co-ops read it"})
    motion.state, motion.state_words, motion.ended_at = "refused", reason, clock.now()
    db.session.flush()
    audit.record("refuse-motion", "motion", motion_id, {"number": motion.number})
    motion_letters.write_to_all(
        f"Motion {motion.number} is refused",
        f"“{motion.title}” is not put to the vote: {reason}",
        f"/motions/{motion_id}",
    )
    return motion


def set_reading_order(motion_ids: Sequence[UUID]) -> None:
    """Say in which order motions are read and debated; others follow. Office scope. Raises: InvalidInput."""
    rows, _ = list_motions("talked", limit=1000)
    known = {row.id: row for row in rows}
    if len(set(motion_ids)) != len(motion_ids) or any(one not in known for one in motion_ids):
        raise InvalidInput({"order": "Name each motion that is talked about once"})
    following = [row.id for row in rows if row.id not in motion_ids]
    for place, motion_id in enumerate([*motion_ids, *following], 1):
        known[motion_id].reading_order = place
    db.session.flush()
    audit.record("order-motions", "motion", None, {"motions": [str(one) for one in motion_ids]})


def rule_of(motion: Motion) -> Rule:
    """How a motion of this kind is decided by the rules of today. Raises: RuleBroken without a rule."""
    return decision_rules.rule_for(motion.kind)[1]


def earliest_opening(rule: Rule) -> date:
    """The first day on which voting can open when notice goes out today: the clear days lie between the two."""
    return clock.today() + timedelta(days=rule.notice_days + 1)


def give_notice(
    motion_id: UUID,
    *,
    opens_at: datetime,
    closes_at: datetime,
    meeting_id: UUID | None = None,
    by_hand: bool = False,
    secret: bool | None = None,
) -> Poll:
    """Fix the text, plan the vote and write to every co-op, in time by the rule's clear days. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken.
    """
    motion = _in_state(motion_id, "admitted")
    if closes_at <= opens_at:
        raise InvalidInput({"closes_at": "Voting closes after it opens"})
    if meeting_id is not None and db.session.get(Meeting, meeting_id) is None:
        raise InvalidInput({"meeting_id": "Choose a meeting of this federation"})
    rule = rule_of(motion)
    if clock.today() > last_day_for_notice(opens_at, rule.notice_days):
        raise RuleBroken(
            "notice-too-short",
            f"This needs {rule.notice_days} clear days of notice: voting can open on"
            f" {clock.day_words(earliest_opening(rule))} at the earliest.",
        )
    motion_effects.check_entrenched(motion.effect, rule.one_each)
    _no_amendment_at_vote(motion_id)
    motion.text_hash = text_hash(motion.title, motion.text)
    poll = polls.plan(
        "motion",
        motion.id,
        motion.title,
        rule_kind=motion.kind,
        method="yes_no",
        opens_at=opens_at,
        closes_at=closes_at,
        secret=secret,
        meeting_id=meeting_id,
        by_hand=by_hand,
        text_hash=motion.text_hash,
    )
    motion.state, motion.noticed_at, motion.poll_id, motion.meeting_id = "noticed", clock.now(), poll.id, meeting_id
    db.session.flush()
    facts = {"number": motion.number, "hash": motion.text_hash, "opens_at": opens_at.isoformat()}
    audit.record("give-notice", "motion", motion_id, facts)
    motion_letters.tell_of_notice(motion, poll)
    return poll


def change_text(motion_id: UUID, words: str, why: str) -> Motion:
    """Change the text; after the notice the vote begins anew, and those who had voted are told. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken.
    """
    motion = _in_state(motion_id, "admitted", "noticed", "voting")
    changed, reason = tidy(words), why.strip()
    wrong = {}
    if not 1 <= len(changed) <= LONGEST_TEXT or changed == motion.text:
        wrong["text"] = f"Write the new text, in at most {LONGEST_TEXT:,} letters"
    if not 1 <= len(reason) <= 2000:
        wrong["why"] = "Say why the text changes, in at most 2,000 letters"
    if wrong:
        raise InvalidInput(wrong)
    motion.text, motion.text_version = changed, motion.text_version + 1
    motion.text_hash = text_hash(motion.title, changed)
    db.session.flush()
    keep_text(motion, reason)
    facts = {"number": motion.number, "version": motion.text_version, "hash": motion.text_hash}
    audit.record("change-text", "motion", motion_id, facts)
    if motion.poll_id is not None:
        # The poll writes to those whose votes are thrown away; everybody else hears of the new text from here.
        voted = polls.reopen(motion.poll_id, motion.text_hash, reason)
        motion_letters.tell_of_change(motion, reason, voted)
    return motion


def settle(motion_id: UUID, poll: Poll) -> Motion:
    """Take over the declared result: carry out what a carried motion does, and register it. Office scope."""
    motion = get_motion(motion_id)
    if motion.state not in ("noticed", "voting") or poll.result is None:
        raise RuleBroken("no-such-move", "This motion is not at its vote.")
    day = clock.today()
    motion.ended_at = clock.now()
    if poll.result["outcome"] == "carried":
        motion.state = "carried"
        start, done = motion_effects.carry_out(motion, day)
        policies.register(motion, start, done)
    else:
        motion.state = "lost"
        if poll.result["outcome"] == "not_quorate":
            motion.state_words = "Too few took part."
    for row in db.session.scalars(
        select(Amendment).where(Amendment.motion_id == motion_id, Amendment.state.in_(("submitted", "admitted")))
    ):
        row.state = "overtaken"
    db.session.flush()
    audit.record("settle-motion", "motion", motion_id, {"number": motion.number, "state": motion.state})
    return motion


def _in_state(motion_id: UUID, *states: str) -> Motion:
    """The motion, locked. Raises: NotFound, RuleBroken when it has moved on."""
    motion = db.session.get(Motion, motion_id, populate_existing=True, with_for_update=True)
    if motion is None:
        raise NotFound("motion")
    if motion.state not in states:
        raise RuleBroken("no-such-move", "This cannot be done now: it has moved on. Load the page again.")
    return motion


def _no_amendment_at_vote(motion_id: UUID) -> None:
    voting = select(Amendment.number).where(Amendment.motion_id == motion_id, Amendment.state == "voting")
    if numbers := db.session.scalars(voting.order_by(Amendment.number)).all():
        raise RuleBroken(
            "amendments-at-vote",
            f"Amendment {', '.join(map(str, numbers))} is at its vote. Give notice once that is decided.",
        )


__all__ = [
    "GROUPS",
    "KINDS",
    "LONGEST_TEXT",
    "PAGE_ROWS",
    "Wording",
    "admit",
    "change_text",
    "drop_draft",
    "earliest_opening",
    "get_draft",
    "get_motion",
    "give_notice",
    "list_drafts",
    "list_motions",
    "list_texts",
    "move_for_board",
    "refuse",
    "rule_of",
    "second",
    "set_reading_order",
    "settle",
    "submit",
    "withdraw",
    "write_draft",
]
