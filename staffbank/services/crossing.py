"""Calling the crossings of the staff bank, and what their refusals say to people."""

from typing import Any

from psycopg.errors import ExclusionViolation, InsufficientPrivilege, UniqueViolation

from tenants.calling import call_crossing
from tenants.errors import Conflict, NotFound, RuleBroken

REFUSED = "FD002"
WORDS = {
    "cover-not-open": "This cover is not open any more.",
    "carer-does-not-fit": "This carer does not fit the cover now: search again.",
    "already-offered": "This carer has an offer of this cover already.",
    "no-such-move": "This cannot be done now: somebody was faster, or it is done already. Load the page again.",
    "not-your-move": "This is for somebody else to do.",
    "too-late": "The time to answer has run out.",
    "not-briefed": "The briefing comes first: both sides tick it.",
    "not-the-hour": "This cannot be done at this hour.",
}
"""Code of a refusal to the sentence that people read."""


def call(sql_function: str, **arguments: Any) -> Any:
    """Call a crossing by its parameters' names; dicts and lists go as JSON. The answer is its one value.

    Raises: NotFound for what is not one's own, RuleBroken by the code of the refusal, Conflict where a seat is taken.
    """
    return call_crossing(sql_function, _told, arguments)


def _told(cause: Any) -> Exception | None:
    if isinstance(cause, InsufficientPrivilege):
        return NotFound("placement")
    if isinstance(cause, ExclusionViolation):
        return RuleBroken("already-booked", "This carer is booked at that time already.")
    if isinstance(cause, UniqueViolation):
        return Conflict("seat-taken", "Somebody else has just been confirmed for this.")
    if getattr(cause, "sqlstate", None) == REFUSED:
        code = cause.diag.message_primary
        return RuleBroken(code, WORDS.get(code, "This cannot be done now."))
    return None
