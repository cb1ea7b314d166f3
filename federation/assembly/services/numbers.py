"""Numbers that people call things by, given in the order in which they are written."""

from typing import Any

from sqlalchemy import func, select

from tenants.db import db


def next_number(model: type[Any]) -> int:
    """The number of the next row of a table; two who ask at once wait for each other, until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"number:{model.__tablename__}"))))
    return (db.session.scalar(select(func.max(model.number))) or 0) + 1
