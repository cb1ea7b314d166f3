"""A request with an `Idempotency-Key` has one effect however often it is sent; the key is kept for 24 hours.

The key is written in the transaction of the act itself, so that it stands exactly when the effect does: a request that
was refused leaves its key free.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint
from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from tenants.api.reading import read_body
from tenants.db import db
from tenants.web_errors import answer

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_KEY = re.compile(r"^[\x21-\x7e]{1,200}$")
_BEGIN = text("SELECT request_hash, status, headers, body FROM idempotency_begin(:key, :hash)")
_STORE = text("SELECT idempotency_store(:key, :status, :headers, :body)").bindparams(bindparam("headers", type_=JSONB))


def idempotent(*, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """For every POST of the API: a key seen before gets the stored answer. `required` where money or orders move.

    Answers 400 when a required key is missing or a key is malformed, 422 when it came with another request.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def once(*args: Any, **kwargs: Any) -> Any:
            key = request.headers.get(HEADER)
            if key is None and required:
                return answer(
                    400,
                    "idempotency-key-required",
                    f"Send the header {HEADER} with a value of your own, so that this happens once.",
                )
            if key is None:
                return view(*args, **kwargs)
            if not _KEY.match(key):
                return answer(
                    400, "bad-idempotency-key", f"{HEADER} is 1 to 200 visible ASCII characters, without spaces."
                )
            asked = fingerprint(request.method, request.full_path, read_body())
            stored = db.session.execute(_BEGIN, {"key": key, "hash": asked}).first()
            if stored is not None:
                return _replay(stored, asked)
            response = current_app.make_response(view(*args, **kwargs))
            if response.status_code < 400:
                _store(key, response)
            return response

        parameter = {
            "in": "header",
            "name": HEADER,
            "required": required,
            "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
            "description": "A value of your own: sent again with the same body, it gets the first answer and changes nothing.",
        }
        return Blueprint.doc(parameters=[parameter])(once)

    return decorate


def fingerprint(method: str, path: str, body: bytes) -> str:
    """SHA-256 of what was asked: method, path with its query, and body.

    >>> fingerprint("POST", "/api/items", b"{}") == fingerprint("POST", "/api/items", b"{ }")
    False
    """
    return hashlib.sha256(b"\x00".join((method.encode(), path.encode(), body))).hexdigest()


def _replay(stored: Row[Any], asked: str) -> Response:
    if stored.request_hash != asked:
        return answer(
            422, "idempotency-key-reused", f"This {HEADER} was sent before with another request. Use a new one."
        )
    response = Response(stored.body, status=stored.status)
    for name, value in stored.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _store(key: str, response: Response) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    db.session.execute(
        _STORE,
        {"key": key, "status": response.status_code, "headers": headers, "body": response.get_data(as_text=True)},
    )
