"""Passwords: long, not common, kept as argon2id; chosen anew by a link that works once."""

import secrets
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.models import Person, ResetLink
from tenants.services import mail, sessions

SHORTEST, LONGEST = 12, 128
RESET_WITHIN = timedelta(minutes=20)
_HASHER = PasswordHasher()
_COMMON = Path(__file__).resolve().parent.parent / "common_passwords.txt"
_SAME_AS_NAME = 4
"""Parts of a name shorter than this turn up in honest passwords by chance."""


def check_choice(password: str, *, email: str, display_name: str, field: str = "password") -> None:
    """Refuse a password that is short, long, common, or made of one's own name. Raises: InvalidInput.

    >>> check_choice("three calm otters", email="ann@example.org", display_name="Ann Lee")
    >>> check_choice("password1234", email="ann@example.org", display_name="Ann Lee")
    Traceback (most recent call last):
    tenants.errors.InvalidInput: password: This password is on the list of common ones. Three words you can remember are better
    """
    if len(password) < SHORTEST:
        raise InvalidInput({field: f"Use at least {SHORTEST} characters; three words you can remember are good"})
    if len(password) > LONGEST:
        raise InvalidInput({field: f"Use at most {LONGEST} characters"})
    folded = password.casefold()
    if folded in common_passwords() or len(set(folded)) < 4:
        raise InvalidInput(
            {field: "This password is on the list of common ones. Three words you can remember are better"}
        )
    own = {email.casefold().partition("@")[0], "federation", *display_name.casefold().split()}
    if any(len(word) >= _SAME_AS_NAME and word in folded for word in own):
        raise InvalidInput(
            {field: "Leave out your own name, your address and the word federation: they are tried first"}
        )


@cache
def common_passwords() -> frozenset[str]:
    """The bundled list, folded to lower case."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n"))


def hash_password(password: str) -> str:
    """The password as argon2id with the library's present parameters. Source: RFC 9106."""
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def is_right(stored: str | None, password: str) -> bool:
    """Whether a password fits; takes as long for somebody who does not exist. Needs no scope."""
    try:
        return _HASHER.verify(stored or _nobody(), password[:1000]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def find_to_verify(email: str) -> tuple[UUID | None, str | None]:
    """The person at an address and the stored hash; nothing for an unknown address. Door scope."""
    row = db.session.execute(
        select(Person.id, Person.password_hash).where(Person.email == email.strip().lower(), Person.closed_at.is_(None))
    ).first()
    return (row[0], row[1]) if row else (None, None)


def renew_hash(person_id: UUID, password: str) -> None:
    """Store the hash again when the parameters have grown since. Door scope, with the right password only."""
    person = db.session.get_one(Person, person_id)
    if person.password_hash and _HASHER.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)


def set_password(person_id: UUID, password: str, *, field: str = "password") -> None:
    """Give a person a new password and end every session. Door scope. Raises: InvalidInput."""
    person = db.session.get_one(Person, person_id)
    check_choice(password, email=person.email, display_name=person.display_name, field=field)
    person.password_hash = hash_password(password)
    db.session.execute(
        update(ResetLink)
        .where(ResetLink.person_id == person_id, ResetLink.used_at.is_(None))
        .values(used_at=clock.now())
    )
    sessions.end_sessions(person_id)
    audit.record("set-password", "person", person_id)


def change_password(person_id: UUID, old: str, new: str) -> None:
    """Change one's own password, knowing the present one. Door scope. Raises: InvalidInput."""
    person = db.session.get_one(Person, person_id)
    if not is_right(person.password_hash, old):
        raise InvalidInput({"old_password": "This is not your present password"})
    set_password(person_id, new)


def send_reset(email: str, base_url: str) -> None:
    """Send a link for a new password, if there is such an account. Door scope; the caller's answer is the same either way."""
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower(), Person.closed_at.is_(None)))
    if person is None:
        return
    token = secrets.token_urlsafe(32)
    db.session.add(
        ResetLink(token_hash=sessions.digest(token), person_id=person.id, expires_at=clock.now() + RESET_WITHIN)
    )
    mail.write_letter(
        person.email,
        "Choose a new password",
        f"Hello {person.display_name},\n\nsomebody, probably you, asked for a new password. Choose it here within 20 minutes:\n\n"
        f"{base_url}/reset/{token}\n\nThe link works once. If it was not you, do nothing: your password stays as it is.\n",
        person_id=person.id,
    )
    audit.record("ask-reset", "person", person.id)


def find_reset(token: str) -> Person:
    """Whose password a link may set. Door scope. Raises: NotFound when it is unknown, used or too old."""
    person = db.session.scalar(
        select(Person)
        .join(ResetLink, ResetLink.person_id == Person.id)
        .where(
            ResetLink.token_hash == sessions.digest(token),
            ResetLink.used_at.is_(None),
            ResetLink.expires_at > clock.now(),
            Person.closed_at.is_(None),
        )
    )
    if person is None:
        raise NotFound("link; it may have been used, or be older than 20 minutes")
    return person


def use_reset(token: str, password: str) -> UUID:
    """Set a new password by a link, once. Door scope. Raises: NotFound, InvalidInput."""
    person = find_reset(token)
    used = db.session.execute(
        update(ResetLink)
        .where(ResetLink.token_hash == sessions.digest(token), ResetLink.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if not used.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise NotFound("link; it has just been used")
    set_password(person.id, password)
    return person.id
