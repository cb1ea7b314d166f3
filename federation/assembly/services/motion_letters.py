"""Letters about motions, amendments and policies: who is told of which step."""

from collections.abc import Iterable
from uuid import UUID

from flask import current_app

from federation.assembly.models import Motion, Poll
from tenants import clock, jobs
from tenants.scope import FEDERATION
from tenants.services import mail
from tenants.services.coops import list_coops

KIND = "motion-news"
ROLES = ("delegate", "manager")


def ask(motion_id: UUID, step: str) -> None:
    """Ask the office to write about what a co-op has done: a member cannot write to another co-op's people."""
    jobs.defer(KIND, {"motion_id": str(motion_id), "step": step}, label="Tell those it concerns", shown=False)


def write_to_all(subject: str, body: str, path: str, *, but: Iterable[UUID] = ()) -> int:
    """Write to the delegates and managers of every co-op but some. Office scope; answers how many letters."""
    left_out = set(but)
    return write_to((coop.id for coop in list_coops() if coop.id not in left_out), subject, body, path)


def write_to(coops: Iterable[UUID], subject: str, body: str, path: str) -> int:
    """Write to the delegates and managers of some co-ops. Office scope; answers how many letters."""
    whole = f"{body}\n\nSee it here: {current_app.config['BASE_URL']}{path}"
    letters = [(coop, subject, whole) for coop in sorted(set(coops))]
    return mail.write_to_each(ROLES, letters) if letters else 0


def tell_of_notice(motion: Motion, poll: Poll) -> int:
    """Notice to everybody: the text is fixed, and when the vote is. Office scope."""
    parts = [
        f"Notice is given of motion {motion.number}, “{motion.title}”.",
        motion.plain_words,
        f"The text:\n{motion.text}",
        f"Voting opens {clock.moment_words(poll.opens_at)} and closes {clock.moment_words(poll.closes_at)}.",
        f"The text is fixed now. Its fingerprint (SHA-256) is {motion.text_hash}",
    ]
    subject = f"Notice of motion {motion.number}: {motion.title}"
    return write_to_all(subject, "\n\n".join(part for part in parts if part), f"/motions/{motion.id}")


def tell_of_change(motion: Motion, why: str, voted: Iterable[UUID]) -> int:
    """The text has changed after the notice: told to all but those whom the poll asks to vote again. Office scope."""
    body = f"“{motion.title}” now reads:\n{motion.text}\n\nWhy it changed: {why}"
    subject = f"The text of motion {motion.number} has changed"
    return write_to_all(subject, body, f"/motions/{motion.id}", but=voted)


def news(motion: Motion, step: str, mover: str, amenders: Iterable[UUID]) -> int:
    """What a co-op did, told to those who act next. Office scope; answers how many letters."""
    path, what = f"/motions/{motion.id}", f"motion {motion.number}, “{motion.title}”"
    if step == "submitted":
        body = f"{mover} puts {what} to the assembly.\n\n{motion.text}\n\nIt needs a second by another co-op."
        return write_to_all(f"Who seconds motion {motion.number}?", body, path, but=[motion.moved_by_coop])
    if step == "seconded":
        body = f"{what[0].upper()}{what[1:]} has been seconded. Admit it, or refuse it and say why."
        whole = f"{body}\n\nSee it here: {current_app.config['BASE_URL']}{path}"
        return mail.write_to_roles(FEDERATION, ("officer",), f"Motion {motion.number} is seconded", whole)
    if step == "amended":
        body = f"Another wording is proposed for {what}. The mover can make it its own; else it goes to a vote."
        return write_to(_coops_only([motion.moved_by_coop]), f"An amendment to motion {motion.number}", body, path)
    if step == "merged":
        body = f"The mover of {what} has made an amendment its own. It now reads:\n\n{motion.text}"
        return write_to(_coops_only(amenders), f"Motion {motion.number} has a new wording", body, path)
    return 0


def _coops_only(tenants: Iterable[UUID]) -> list[UUID]:
    known = {coop.id for coop in list_coops()}
    return [tenant for tenant in tenants if tenant in known]
