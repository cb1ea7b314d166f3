"""Letters to delegates about a poll: it has opened, changed, closed; reminders; the result. Office scope, all of it."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app

from federation.assembly.models import Poll
from tenants import clock
from tenants.services import mail

KEEP = "Keep this letter: the code binds the board as it stands now. Whoever changes it later cannot match the code."


def opened(poll: Poll, head: str) -> None:
    """Voting has opened: how many votes each co-op holds, until when, and the head of the board."""
    votes = "in the meeting, by hand" if poll.by_hand else f"until {clock.moment_words(poll.closes_at)}"
    kind = "The vote is secret: it cannot be changed once it is cast." if poll.secret else "Votes are on the record."
    _write(
        poll,
        list(poll.weights),
        f"Voting is open: {poll.title}",
        f"voting has opened on “{poll.title}”. Your co-op votes {votes}. {kind}\n\n"
        f"{_at(poll)}\n\nThe board begins with the code\n{head}\n{KEEP}",
    )


def closed(poll: Poll, head: str) -> None:
    """Voting has closed; the head seals every ballot."""
    _write(
        poll,
        list(poll.weights),
        f"Voting has closed: {poll.title}",
        f"voting on “{poll.title}” has closed. The result is declared next; every ballot is sealed already.\n\n"
        f"{_at(poll, '/board')}\n\nThe board now ends with the code\n{head}\n{KEEP}",
    )


def moved(poll: Poll, why: str) -> None:
    """Voting closes at another hour."""
    _write(
        poll,
        list(poll.weights),
        f"Voting closes at another time: {poll.title}",
        f"voting on “{poll.title}” now closes {clock.moment_words(poll.closes_at)}.\n\nWhy: {why}\n\n{_at(poll)}",
    )


def reopened(poll: Poll, coops: Sequence[UUID], why: str, head: str) -> None:
    """The text has changed, so votes that were cast count no longer: to those who had voted."""
    _write(
        poll,
        [str(coop) for coop in coops],
        f"Please vote again: {poll.title}",
        f"the text of “{poll.title}” has changed after you voted, so your vote counts no longer. Read the new text and "
        f"vote again until {clock.moment_words(poll.closes_at)}.\n\nWhat changed: {why}\n\n{_at(poll)}\n\n"
        f"The board now ends with the code\n{head}",
    )


def given_up(poll: Poll, why: str) -> None:
    """The vote was given up."""
    _write(
        poll,
        list(poll.weights),
        f"The vote was given up: {poll.title}",
        f"the vote on “{poll.title}” was given up, and no ballot counts.\n\nWhy: {why}\n\n{_at(poll)}",
    )


def remind(poll: Poll, coops: Sequence[str]) -> None:
    """To co-ops that have not cast all their votes, and to nobody else."""
    _write(
        poll,
        coops,
        f"Your co-op has not voted yet: {poll.title}",
        f"voting on “{poll.title}” closes {clock.moment_words(poll.closes_at)}, and your co-op has not cast all its "
        f"votes. If somebody else is to vote for you, give them a proxy in time.\n\n{_at(poll)}",
    )


def declared(poll: Poll, words: Sequence[str], head: str) -> None:
    """The result in words, and the head of the finished board."""
    told = "\n".join(words)
    _write(
        poll,
        list(poll.weights),
        f"The result: {poll.title}",
        f"the result of “{poll.title}” is declared.\n\n{told}\n\n{_at(poll, '/result')}\n\n"
        f"The board ends with the code\n{head}",
    )


def _write(poll: Poll, coops: Sequence[str], subject: str, body: str) -> None:
    if coops:
        letters = [(UUID(coop), subject, f"Dear delegate,\n\n{body}\n") for coop in coops]
        mail.write_to_each(("delegate",), letters)


def _at(poll: Poll, more: str = "") -> str:
    return f"{current_app.config['BASE_URL']}/polls/{poll.id}{more}"
