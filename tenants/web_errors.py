"""The one table from errors of the house to answers: pages in words, the API as problem details (RFC 9457)."""

import logging
import secrets
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tenants import clock
from tenants.errors import Conflict, HouseError, InvalidInput, NotAllowed, NotFound, NotSignedIn, RuleBroken, TooMany

logger = logging.getLogger(__name__)

STATUS: dict[type[HouseError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotSignedIn: 401,
    InvalidInput: 422,
    RuleBroken: 409,
    Conflict: 409,
    TooMany: 429,
}
PAGES = (400, 403, 404, 409, 413, 422, 429, 500)
_FROM_POSTGRES = {
    "FD001": RuleBroken("round-not-open", "This round is not open, so it takes no demand."),
    "FD002": RuleBroken("entry-does-not-balance", "The books would not balance, so nothing was posted."),
    "FD003": RuleBroken("entry-is-closed", "A posted ledger entry cannot be added to."),
}


def register_errors(app: Flask) -> None:
    """Answer every error that leaves a view."""
    app.register_error_handler(HouseError, answer_house_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(DBAPIError, answer_database_error)
    app.register_error_handler(StaleDataError, answer_stale)
    app.register_error_handler(Exception, answer_unexpected)


def answer_house_error(error: HouseError) -> Any:
    """An error of the house, by the table."""
    if isinstance(error, NotSignedIn) and not wants_json():
        return redirect(url_for("door.sign_in", next=request.full_path if request.method == "GET" else None), 303)
    if error.code == "second-factor-wanted" and not wants_json():
        return redirect(url_for("account.second_factor"), 303)
    return answer(
        STATUS[type(error)], error.code, error.message, errors=getattr(error, "errors", None), facts=error.facts
    )


def answer_http_error(error: HTTPException) -> Any:
    """What Flask and Werkzeug raise: no such page, wrong method, too large."""
    status = error.code or 500
    if status < 400:
        return error
    words = {404: "We could not find that page.", 413: "That file is too large.", 405: "That cannot be done here."}
    response = answer(
        status,
        (error.name or "error").lower().replace(" ", "-"),
        words.get(status, error.description or "Something was wrong with the request."),
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def answer_database_error(error: DBAPIError) -> Any:
    """What PostgreSQL refuses as the last word: rules of the house by their code, clashes, and values it cannot hold."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _FROM_POSTGRES:
        return answer_house_error(_FROM_POSTGRES[state])
    if isinstance(error.orig, pg.IntegrityError):
        logger.warning("clash in the database: %s", state)
        return answer(409, "clash", "This clashes with something that is there already. Load the page again and look.")
    if isinstance(error.orig, pg.DataError):
        return answer(
            422, "value-out-of-range", "A value is too large, too long or has a character that cannot be stored."
        )
    return answer_unexpected(error)


def answer_stale(error: StaleDataError) -> Any:
    """Two people changed the same thing: the second is told."""
    return answer_house_error(
        Conflict("changed-meanwhile", "Somebody else changed this meanwhile. Load the page again and look.")
    )


def answer_unexpected(error: Exception) -> Any:
    """A fault of ours: logged under a reference that the person can tell the office."""
    reference = f"HF-{clock.today():%d%m}-{secrets.token_hex(3).upper()}"
    logger.exception("reference %s", reference, exc_info=error)
    return answer(
        500, "our-fault", "Something went wrong on our side. Nothing was changed.", facts={"reference": reference}
    )


def wants_json() -> bool:
    """Whether the answer goes to a program."""
    return request.path.startswith("/api/")


def answer(
    status: int, code: str, message: str, *, errors: dict[str, str] | None = None, facts: dict[str, Any] | None = None
) -> Response:
    """An error as problem details or as a page."""
    if wants_json():
        body: dict[str, Any] = {
            "type": f"urn:federation:{code}",
            "title": code.replace("-", " "),
            "status": status,
            "detail": message,
        }
        if errors:
            body["errors"] = errors
        response = jsonify(body | {key: value for key, value in (facts or {}).items() if key not in body})
        response.mimetype = "application/problem+json"
    else:
        page = status if status in PAGES else (500 if status >= 500 else 400)
        response = Response(
            render_template(
                f"errors/{page}.html",
                message=message,
                errors=errors or {},
                status=status,
                reference=(facts or {}).get("reference"),
                now=clock.now(),
            )
        )
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
