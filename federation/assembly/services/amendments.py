"""Other wordings for a motion: made its own by the mover, or put to a vote each; competing ones in order, until one is carried."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from federation.assembly.models import Amendment, Motion, MotionText, Poll
from federation.assembly.services import motion_drafts, motion_letters, motions, polls
from federation.assembly.services.crossing import call
from federation.assembly.wording import merge as merged
from federation.assembly.wording import text_hash, tidy
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken

WAITING = ("submitted", "admitted")
RULE_KIND = "ordinary"
"""An amendment is decided like an ordinary motion, whatever the motion itself needs."""


def get_amendment(amendment_id: UUID) -> Amendment:
    """One amendment, as the database has it now. Raises: NotFound."""
    found = db.session.get(Amendment, amendment_id, populate_existing=True)
    if found is None:
        raise NotFound("amendment")
    return found


def list_amendments(motion_id: UUID) -> Sequence[Amendment]:
    """The amendments of a motion: those in the order of their votes first, then by number."""
    chosen = select(Amendment).where(Amendment.motion_id == motion_id)
    order = (Amendment.voting_order == 0, Amendment.voting_order, Amendment.number)
    return db.session.scalars(chosen.order_by(*order).execution_options(populate_existing=True)).all()


def base_text(amendment: Amendment) -> str:
    """The wording of the motion that an amendment was written against."""
    row = db.session.get_one(MotionText, (amendment.motion_id, amendment.on_version))
    return row.text


# -- acts of the co-ops


def submit(motion_id: UUID, words: str, why: str = "") -> Amendment:
    """Propose another wording of the whole text, until voting opens. Raises: NotFound, InvalidInput, RuleBroken."""
    motion = motions.get_motion(motion_id)
    text, reason = tidy(words), why.strip()
    wrong = {}
    if not 1 <= len(text) <= motion_drafts.LONGEST_TEXT:
        wrong["text"] = f"Write the whole text as it should read, in at most {motion_drafts.LONGEST_TEXT:,} letters"
    elif text == motion.text:
        wrong["text"] = "This is the text as it stands: change what should read otherwise"
    if len(reason) > 2000:
        wrong["why"] = "Use at most 2,000 letters"
    if wrong:
        raise InvalidInput(wrong)
    amendment_id = call("amendment_submit", of_motion=motion_id, its_text=text, its_why=reason, at=clock.now())
    audit.record("amend-motion", "motion", motion_id, {"amendment": str(amendment_id)})
    motion_letters.ask(motion_id, "amended")
    return get_amendment(amendment_id)


def merge(amendment_id: UUID) -> Amendment:
    """Make an amendment to the own motion its text, before notice. Raises: NotFound, RuleBroken."""
    call("amendment_move", of_amendment=amendment_id, move="merge", at=clock.now())
    row = get_amendment(amendment_id)
    audit.record("merge-amendment", "motion", row.motion_id, {"amendment": row.number})
    motion_letters.ask(row.motion_id, "merged")
    return row


def withdraw(amendment_id: UUID) -> Amendment:
    """Take the own amendment back, until its vote. Raises: NotFound, RuleBroken."""
    call("amendment_move", of_amendment=amendment_id, move="withdraw", at=clock.now())
    row = get_amendment(amendment_id)
    audit.record("withdraw-amendment", "motion", row.motion_id, {"amendment": row.number})
    return row


# -- acts of the returning officer


def order(motion_id: UUID, places: Sequence[tuple[UUID, int | None]]) -> None:
    """Say in which order amendments are voted on, and which compete: those with the same number of rivals.

    `places`: each amendment that waits, in the order of the votes, with its group of rivals or None. Office scope.
    Raises: NotFound, InvalidInput.
    """
    motion = motions.get_motion(motion_id)
    waiting = {row.id: row for row in list_amendments(motion_id) if row.state in WAITING}
    asked = [amendment_id for amendment_id, _ in places]
    if sorted(asked, key=str) != sorted(waiting, key=str):
        raise InvalidInput({"places": "Name each amendment that waits for its vote once"})
    for place, (amendment_id, rivals) in enumerate(places, 1):
        if rivals is not None and not 1 <= rivals <= 99:
            raise InvalidInput({"places": "A group of competing amendments has a number from 1 to 99"})
        row = waiting[amendment_id]
        row.voting_order, row.rivals, row.state = place, rivals, "admitted"
    db.session.flush()
    audit.record("order-amendments", "motion", motion.id, {"order": [waiting[one].number for one in asked]})


def put_to_vote(amendment_id: UUID, opens_at: datetime, closes_at: datetime) -> Poll:
    """Plan the vote on an amendment. Of competing ones the next follows when the one before it has fallen. Office scope.

    Raises: NotFound, InvalidInput, RuleBroken.
    """
    row, motion = _locked(amendment_id)
    if row.state not in WAITING or motion.state not in ("admitted", "noticed"):
        raise RuleBroken("no-such-move", "Only an amendment that waits can be voted on, once its motion is admitted.")
    if opens_at < clock.now() or closes_at <= opens_at:
        raise InvalidInput({"closes_at": "Voting opens later than now, and closes after it opens"})
    _carry_over_one(row, motion)
    if row.state == "overtaken":
        raise RuleBroken("text-moved-on", "The motion reads otherwise by now, so this amendment has no place in it.")
    _check_others(row, motion)
    digest = text_hash(motion.title, row.text)
    poll = polls.plan(
        "amendment",
        row.id,
        f"Amendment {row.number} to motion {motion.number}: {motion.title}"[:200],
        rule_kind=RULE_KIND,
        method="yes_no",
        opens_at=opens_at,
        closes_at=closes_at,
        text_hash=digest,
    )
    row.state, row.poll_id = "voting", poll.id
    db.session.flush()
    audit.record("vote-on-amendment", "motion", motion.id, {"amendment": row.number, "hash": digest})
    times = f"Voting opens {clock.moment_words(opens_at)} and closes {clock.moment_words(closes_at)}."
    body = f"“{motion.title}” would read:\n{row.text}\n\n{times}"
    motion_letters.write_to_all(
        f"A vote on amendment {row.number} to motion {motion.number}", body, f"/polls/{poll.id}"
    )
    return poll


def settle(amendment_id: UUID, poll: Poll) -> Amendment:
    """Take over the declared result: a carried amendment changes the motion, and its competitors fall. Office scope."""
    row, motion = _locked(amendment_id)
    if row.state != "voting" or poll.result is None:
        raise RuleBroken("no-such-move", "This amendment is not at its vote.")
    carried = poll.result["outcome"] == "carried"
    row.state = "carried" if carried else "lost"
    db.session.flush()
    if carried and motion.state in ("admitted", "noticed", "voting"):
        text = row.text if row.on_version == motion.text_version else merged(base_text(row), row.text, motion.text)
        if text is None:
            row.state = "overtaken"
        elif text != motion.text:
            motions.change_text(motion.id, text, f"Amendment {row.number}, carried")
        for rival in list_amendments(motion.id):
            if row.rivals is not None and rival.rivals == row.rivals and rival.state in WAITING:
                rival.state = "overtaken"
        db.session.flush()
        carry_over(motion.id)
    audit.record("settle-amendment", "motion", motion.id, {"amendment": row.number, "state": row.state})
    return row


def carry_over(motion_id: UUID) -> int:
    """Bring amendments that wait to the present wording of their motion; what no longer fits is overtaken. Office scope.

    The answer is how many were overtaken.
    """
    motion = motions.get_motion(motion_id)
    waiting = [row for row in list_amendments(motion_id) if row.state in WAITING]
    for row in waiting:
        _carry_over_one(row, motion)
    return sum(row.state == "overtaken" for row in waiting)


def _carry_over_one(row: Amendment, motion: Motion) -> None:
    if row.on_version == motion.text_version:
        return
    text = merged(base_text(row), row.text, motion.text)
    if text is None or text == motion.text:
        row.state = "overtaken"
    else:
        row.text, row.on_version = text, motion.text_version
    db.session.flush()


def _check_others(row: Amendment, motion: Motion) -> None:
    """Rivals that come before must be decided, and what is at its vote now must fit beside this. Raises: RuleBroken."""
    for other in list_amendments(motion.id):
        if other.id == row.id:
            continue
        rival = row.rivals is not None and other.rivals == row.rivals
        earlier = (other.voting_order, other.number) < (row.voting_order, row.number)
        if rival and (other.state == "voting" or (earlier and other.state in WAITING)):
            raise RuleBroken("rival-first", f"Amendment {other.number} competes with this one and is decided first.")
        if other.state == "voting" and merged(motion.text, row.text, other.text) is None:
            raise RuleBroken(
                "touches-the-same",
                f"Amendment {other.number} is at its vote and changes the same words. Let the two compete, in order.",
            )


def _locked(amendment_id: UUID) -> tuple[Amendment, Motion]:
    """An amendment and its motion, the motion locked first as the crossings do. Raises: NotFound."""
    row = get_amendment(amendment_id)
    motion = db.session.get_one(Motion, row.motion_id, populate_existing=True, with_for_update=True)
    return get_amendment(amendment_id), motion
