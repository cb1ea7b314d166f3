"""What an election is about and how it is held, as the returning officer writes it, and what would be wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from federation.assembly.models import Meeting
from federation.assembly.services import polls
from tenants import clock
from tenants.db import db
from tenants.errors import InvalidInput

METHODS = ("scottish", "meek", "irv", "approval")
MOST_SEATS = 50
LONGEST_WHAT = 2000
MOST_CLASSES = 12


@dataclass(frozen=True)
class Terms:
    """What an election is about and how it is held, as the returning officer writes it."""

    title: str
    nominations_until: datetime
    what: str = ""
    seats: int = 1
    method: str = "scottish"
    classes: Sequence[str] = ()
    constraints: Sequence[Mapping[str, Any]] = field(default=())
    """[{"class": "workers", "least": 2}, {"class": "community", "most": 1}]"""
    secret: bool = True
    meeting_id: UUID | None = None


def columns(terms: Terms) -> dict[str, Any]:
    """The columns of an election from its terms."""
    return {
        "title": " ".join(terms.title.split()),
        "what": terms.what.strip(),
        "seats": terms.seats,
        "method": terms.method,
        "classes": _classes(terms),
        "constraints": polls.bounds(terms.constraints),
        "secret": terms.secret,
        "nominations_until": terms.nominations_until,
        "meeting_id": terms.meeting_id,
    }


def _classes(terms: Terms) -> list[str]:
    return list(dict.fromkeys(" ".join(name.split()) for name in terms.classes if name.strip()))


def check(terms: Terms) -> None:
    """Raises: InvalidInput by field for what could never be held."""
    errors, title = {}, " ".join(terms.title.split())
    if not 1 <= len(title) <= 200 or not title.isprintable():
        errors["title"] = "Say what is elected, in at most 200 letters"
    if len(terms.what.strip()) > LONGEST_WHAT:
        errors["what"] = f"Use at most {LONGEST_WHAT:,} letters"
    if not 1 <= terms.seats <= MOST_SEATS:
        errors["seats"] = f"Enter a whole number from 1 to {MOST_SEATS}"
    if wrong := _wrong_method(terms):
        errors["method"] = wrong
    if terms.nominations_until <= clock.now():
        errors["nominations_until"] = "Nominations must end in the future"
    if terms.meeting_id is not None and db.session.get(Meeting, terms.meeting_id) is None:
        errors["meeting_id"] = "Choose a meeting of this federation"
    classes = _classes(terms)
    if len(classes) > MOST_CLASSES or any(len(name) > 60 or not name.isprintable() for name in classes):
        errors["classes"] = f"Name at most {MOST_CLASSES} classes, each in at most 60 letters"
    elif wrong := _wrong_bounds(terms, classes):
        errors["constraints"] = wrong
    if errors:
        raise InvalidInput(errors)


def _wrong_method(terms: Terms) -> str:
    if terms.method not in METHODS:
        return f"must be one of {', '.join(METHODS)}"
    if terms.method == "irv" and terms.seats > 1:
        return "The alternative vote fills one seat. For several choose a single transferable vote"
    return ""


def _wrong_bounds(terms: Terms, classes: Sequence[str]) -> str:
    """Why rules on classes cannot be kept whoever stands, or nothing."""
    rules = polls.bounds(terms.constraints)
    for rule in rules:
        least, most = rule.get("at_least", 0), rule.get("at_most", terms.seats)
        if rule["class"] not in classes:
            return f"{rule['class']} is not one of the classes"
        if not 0 <= least <= most:
            return f"{rule['class']}: cannot be at least {least} and at most {most}"
    promised = sum(rule.get("at_least", 0) for rule in rules)
    if promised > terms.seats:
        return f"{promised} seats are promised to classes, but there are {terms.seats}"
    return ""
