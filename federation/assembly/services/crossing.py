"""Calling the crossings of the assembly, and what their refusals say to people."""

from typing import Any

from psycopg.errors import InsufficientPrivilege

from tenants.calling import call_crossing
from tenants.errors import NotFound, RuleBroken

REFUSED = "FD003"
WORDS = {
    "not-a-delegate": "Only a delegate of your co-op can do this. Ask your manager to give you that role.",
    "submitted-already": "This draft was submitted already.",
    "own-motion": "Another co-op must second it: yours has moved it.",
    "not-your-motion": "Only the co-op that wrote it can do this.",
    "no-such-move": "This cannot be done now: it has moved on. Load the page again.",
    "too-late-to-amend": "Voting has begun or is over, so the text can no longer be amended.",
    "notice-given": "Notice has been given, so the text stands. The amendment goes to its own vote.",
    "text-moved-on": "The motion has changed since this amendment was written. Write it again on the new text.",
    "debate-over": "The debate is over.",
    "nominations-closed": "Nominations are closed.",
    "no-such-class": "Choose one of the classes of this election.",
    "stands-already": "Somebody of this name stands already.",
    "voting-has-begun": "Voting has begun, so the list of candidates stands.",
    "not-the-hour": "You can sign in to a meeting from two hours before it starts until it closes.",
    "no-such-holder": "Choose another co-op of the federation.",
    "proxy-given-already": "Your co-op has given a proxy for that time already. End it first.",
    "proxy-cap": "That co-op holds as many proxies as the rules allow. Choose another.",
    "poll-not-open": "Voting is not open: it has closed, or has not begun.",
    "poll-not-closed": "Voting is not closed yet.",
    "by-hand": "This vote is taken by hand in the meeting.",
    "no-votes": "This co-op has no votes here.",
    "no-proxy": "Your co-op holds no proxy of theirs for this vote.",
    "votes-divided": "The votes of this co-op are divided among its delegates.",
    "no-share": "The votes of your co-op are divided among other delegates.",
    "wrong-parts": "The votes do not add up to what your co-op holds, or name something that is not on the ballot.",
    "already-voted": "These votes are cast already, and cannot be changed.",
    "delegate-has-voted": "A delegate of the co-op has voted already; that vote stands.",
}
"""Code of a refusal to the sentence that people read."""


def call(sql_function: str, **arguments: Any) -> Any:
    """Call a crossing by its parameters' names; dicts and lists go as JSON. The answer is its one value.

    Raises: NotFound for what is not one's own, RuleBroken by the code of the refusal.
    """
    return call_crossing(sql_function, _told, arguments)


def _told(cause: Any) -> Exception | None:
    if isinstance(cause, InsufficientPrivilege):
        return NotFound("motion or poll")
    if getattr(cause, "sqlstate", None) == REFUSED:
        code = cause.diag.message_primary
        return RuleBroken(code, WORDS.get(code, "This cannot be done now."))
    return None
