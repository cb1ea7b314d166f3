"""Calling crossings by the names of their parameters; each package says what their refusals mean to people."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from tenants.db import db


def call_crossing(sql_function: str, told: Callable[[Any], Exception | None], arguments: dict[str, Any]) -> Any:
    """The one value that a crossing answers; dicts and lists go as JSON.

    `told` gets the driver's error and makes of it what people are told, or None for a fault of the program.
    Raises: what `told` makes, else the error as it came.
    """
    statement = text(f"SELECT {sql_function}({', '.join(f'{name} => :{name}' for name in arguments)})").bindparams(
        *(bindparam(name, type_=JSONB) for name, value in arguments.items() if isinstance(value, dict | list))
    )
    try:
        # A refusal undoes this call alone: the page can still say why, and a list of calls goes on with the next.
        with db.session.begin_nested():
            return db.session.execute(statement, arguments).scalar_one()
    except DBAPIError as error:
        refusal = told(error.orig)
        if refusal is None:
            raise
        raise refusal from error
