"""What can go wrong, in the words of the house. No HTTP here: `tenants.web` gives each kind its status."""

from collections.abc import Mapping
from typing import Any


class HouseError(Exception):
    """Something the caller should be told: a kebab-case `code`, a sentence for people, and facts for machines."""

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts


class NotFound(HouseError):
    """There is no such thing, or it is not yours to see: the two are never told apart."""

    def __init__(self, what: str = "page") -> None:
        super().__init__("not-found", f"We could not find that {what}.")


class NotAllowed(HouseError):
    """The person is known but may not do this."""


class NotSignedIn(HouseError):
    """Nobody is signed in, or the session has ended."""


class InvalidInput(HouseError):
    """What came in cannot be used. `errors` maps the path of each field to what is wrong and how to mend it."""

    def __init__(self, errors: Mapping[str, str], code: str = "invalid-input") -> None:
        super().__init__(code, "; ".join(f"{path}: {text}" if path else text for path, text in errors.items()))
        self.errors = dict(errors)


class RuleBroken(HouseError):
    """The act is well-formed, but a rule of the house forbids it in the present state."""


class Conflict(HouseError):
    """Somebody else changed the thing first, or the same act is already under way."""


class TooMany(HouseError):
    """Too many tries in a short time."""
