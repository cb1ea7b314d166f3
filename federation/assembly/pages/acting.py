"""What pages of the assembly do around an act: say that it is done, or why it is not; put a refusal beside its field."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect

from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.web import say
from tenants.web_forms import Form


def acted(act: Callable[[], object], said: str, back: str) -> Any:
    """Do it and say so, or say why not; then back to a page."""
    try:
        act()
    except (InvalidInput, RuleBroken) as error:
        texts = error.errors.values() if isinstance(error, InvalidInput) else [error.message]
        say(" ".join(texts), "bad")
    else:
        if said:
            say(said)
    return redirect(back, 303)


def show_refusal(form: Form, error: InvalidInput | RuleBroken | Conflict, field_of: Mapping[str, str]) -> None:
    """Put a refusal beside the field it belongs to: `field_of` names the field of a path, else its last part does."""
    if isinstance(error, InvalidInput):
        form.fail(
            InvalidInput({field_of.get(path, path.rsplit(".", 1)[-1]): text for path, text in error.errors.items()})
        )
    else:
        form.fail(InvalidInput({"": error.message}))


__all__ = ["acted", "show_refusal"]
