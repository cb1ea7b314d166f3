"""Calling the crossings of the staff bank, and what their refusals say to people."""

from typing import Any

from psycopg.errors import ExclusionViolation, InsufficientPrivilege, UniqueViolation
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from tenants.db import db
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
    statement = text(f"SELECT {sql_function}({', '.join(f'{name} => :{name}' for name in arguments)})").bindparams(
        *(bindparam(name, type_=JSONB) for name, value in arguments.items() if isinstance(value, dict | list))
    )
    try:
        # A refusal undoes this call alone: the page can still say why, and a list of offers goes on with the next.
        with db.session.begin_nested():
            return db.session.execute(statement, arguments).scalar_one()
    except DBAPIError as error:
        told = _told(error)
        if told is error:
            raise
        raise told from error


def _told(error: DBAPIError) -> Exception:
    cause: Any = error.orig
    if isinstance(cause, InsufficientPrivilege):
        return NotFound("placement")
    if isinstance(cause, ExclusionViolation):
        return RuleBroken("already-booked", "This carer is booked at that time already.")
    if isinstance(cause, UniqueViolation):
        return Conflict("seat-taken", "Somebody else has just been confirmed for this.")
    if getattr(cause, "sqlstate", None) == REFUSED:
        code = cause.diag.message_primary
        return RuleBroken(code, WORDS.get(code, "This cannot be done now."))
    return error
