"""Schemes of weights as rows: one, all, and the one in force."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from federation.assembly.models import WeightScheme
from tenants import clock
from tenants.db import db
from tenants.errors import NotFound


def get_scheme(scheme_id: UUID) -> WeightScheme:
    """One scheme. Any scope. Raises: NotFound."""
    row = db.session.get(WeightScheme, scheme_id)
    if row is None:
        raise NotFound("scheme")
    return row


def list_schemes() -> Sequence[WeightScheme]:
    """Every scheme ever proposed, newest first. Any scope."""
    return db.session.scalars(select(WeightScheme).order_by(WeightScheme.number.desc())).all()


def current(day: date | None = None) -> WeightScheme | None:
    """The scheme in force on a day, by default today. Any scope."""
    chosen = select(WeightScheme).where(WeightScheme.adopted_on <= (day or clock.today()))
    # Of two that were adopted for one day the later has taken the place of the earlier.
    order = (WeightScheme.adopted_on.desc(), (WeightScheme.state == "adopted").desc(), WeightScheme.number.desc())
    return db.session.scalar(chosen.order_by(*order).limit(1))


def terms_of(scheme: WeightScheme) -> dict[str, Any]:
    """A scheme's terms as the calculator's input has them."""
    return {"scheme": scheme.scheme, "quota": scheme.quota, "second_majority": scheme.second_majority}
