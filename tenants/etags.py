"""What is changed through the API is changed as it was read: an ETag is a version number, `If-Match` brings it back."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask_smorest import Blueprint
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from tenants.errors import Conflict

CHANGED = "Somebody else changed this meanwhile, or it is not what you read. Read it again, then change it."
_TAG = re.compile(r'^"([0-9]{1,9})"$')
_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag of what you read, in quotes. Missing: 428. Changed since: 412.",
}


def etag(version: int) -> dict[str, str]:
    """The header that says which version an answer is.

    >>> etag(3)
    {'ETag': '"3"'}
    """
    return {"ETag": f'"{version}"'}


def if_match(view: Callable[..., Any]) -> Callable[..., Any]:
    """For PUT, PATCH and DELETE: gives the view `version`, from If-Match, and answers 412 when it changed since.

    Raises: PreconditionRequired, PreconditionFailed.
    """

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not request.headers.get("If-Match"):
            raise PreconditionRequired(
                "Send the header If-Match with the ETag of what you read, so that nobody's change is lost."
            )
        try:
            return view(*args, version=_version(), **kwargs)
        except StaleDataError as error:
            raise PreconditionFailed(CHANGED) from error
        except Conflict as error:
            if error.code != "changed-meanwhile":
                raise
            raise PreconditionFailed(CHANGED) from error

    return Blueprint.doc(parameters=[_PARAMETER])(checked)


def _version() -> int:
    tag = _TAG.match(request.headers["If-Match"].strip())
    if tag is None:
        raise PreconditionFailed(CHANGED)
    return int(tag[1])
