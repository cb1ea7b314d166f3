"""Reads what a program sends, strictly: at most a mebibyte of JSON, no key twice, nothing that cannot be stored."""

import json
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from tenants.errors import InvalidInput

MAX_BODY_BYTES = 1024 * 1024


def read_body() -> bytes:
    """The body of the request. Raises: RequestEntityTooLarge above a mebibyte."""
    request.max_content_length = MAX_BODY_BYTES
    return request.get_data(cache=True)


def read_json() -> Any:
    """The body as JSON. Raises: UnsupportedMediaType, RequestEntityTooLarge, BadRequest, InvalidInput."""
    if not request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
    return decode(read_body())


def decode(body: bytes) -> Any:
    """Decode JSON: no key twice in an object, no NaN, no endless number, no bottomless nesting, no letter PostgreSQL refuses.

    >>> decode(b'{"packs": 3}')
    {'packs': 3}

    Raises: BadRequest for what is not JSON, InvalidInput for a letter that cannot be stored.
    """
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant)
        _check_letters(value, "")
    except json.JSONDecodeError as error:
        raise BadRequest(f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError:
        raise BadRequest("This is not text in UTF-8.") from None
    except RecursionError:
        raise BadRequest("This JSON is nested too deeply.") from None
    except ValueError as error:
        raise BadRequest(f"This JSON cannot be used: {str(error)[:120]}.") from None
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number that JSON knows")


def _check_letters(value: Any, path: str) -> None:
    if isinstance(value, str):
        if any(letter == "\0" or 0xD800 <= ord(letter) < 0xE000 for letter in value):
            raise InvalidInput({path: "There is a character in it that cannot be stored"})
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_letters(key, path or "a key")
            _check_letters(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            _check_letters(part, f"{path}.{place}" if path else str(place))
