"""The ground of every API blueprint: strict reading, and refusals as errors of the house."""

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

import marshmallow as ma
from flask import Request
from flask_smorest import Blueprint
from marshmallow.exceptions import SCHEMA
from webargs.flaskparser import FlaskParser

from tenants.api.reading import read_json
from tenants.errors import InvalidInput


class StrictParser(FlaskParser):
    """Reads bodies and queries; an unknown field is refused, not overlooked."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": ma.RAISE,
        "query": ma.RAISE,
    }

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The body as JSON, read strictly."""
        return read_json()

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,
        schema: ma.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Raises: InvalidInput with the path of each wrong field."""
        found: dict[str, str] = {}
        for place in (error.messages if isinstance(error.messages, dict) else {"": error.messages}).values():
            found |= flat(place)
        raise InvalidInput(found) from error


class ApiBlueprint(Blueprint):
    """A blueprint of the API."""

    ARGUMENTS_PARSER = StrictParser()


def flat(messages: Any, path: str = "") -> dict[str, str]:
    """Messages of marshmallow as one text for each path.

    >>> flat({"items": {0: {"code": ["Fill this in"]}}})
    {'items.0.code': 'Fill this in'}
    """
    if isinstance(messages, dict):
        found: dict[str, str] = {}
        for key, part in messages.items():
            name = "" if key == SCHEMA else str(key)
            found |= flat(part, ".".join(step for step in (path, name) if step))
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return {path: " ".join(str(text).replace("Unknown field.", "There is no such field") for text in texts)}
