"""What is erased when its work is done: every table of retention "work" says in its model when that is, or why it is kept.

A model says `__done__ = Erased("made_at")` or `__done__ = Kept("…")` beside its `__isolation__`. Erasing goes through the
same wall as everything else: the office erases its own and both legs, the door letters, and each co-op's rows are erased
in that co-op's own scope. What is sealed goes through its own crossing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from tenants import clock
from tenants.db import Base, db
from tenants.isolation import Class, Isolation

DAYS = 90
"""As `tenants.isolation.RETENTION` promises of work."""
ERASED_BY: Mapping[Class, str] = {
    "private": "member",
    "published": "member",
    "leg": "office",
    "office": "office",
    "federation": "office",
    "door": "door",
}
"""In whose scope rows of each class are erased; the sealed ones in none."""


@dataclass(frozen=True)
class Erased:
    """Erased so many days after the work was done. `done_at` and `only` are SQL over the row's own columns.

    A row whose `done_at` is null, or for which `only` does not hold, is still at work.
    """

    done_at: str
    days: int = DAYS
    only: str = "true"
    crossing: str | None = None
    """For what is sealed: the function that erases it for the office, of all tenants, given the moment."""


@dataclass(frozen=True)
class Kept:
    """Not erased by the night's work, and why."""

    why: str


def work_tables() -> dict[str, tuple[Isolation, Erased | Kept | None]]:
    """Every table of retention "work", by name, with its class and what its model says of it."""
    found = {}
    for mapper in Base.registry.mappers:
        isolation = getattr(mapper.class_, "__isolation__", None)
        if isolation is not None and isolation.retention == "work":
            found[mapper.class_.__tablename__] = (isolation, getattr(mapper.class_, "__done__", None))
    return dict(sorted(found.items()))


def erase_old(role: str) -> dict[str, int]:
    """Erase what is due in the open scope, that of an `office`, a `door` or a `member`: rows by table, noughts left out."""
    erased: dict[str, int] = {}
    for table, (isolation, rule) in work_tables().items():
        if isinstance(rule, Erased) and _eraser(isolation, rule) == role:
            # Table, column, condition and function are constants of the models, never what somebody typed.
            due = f"DELETE FROM {table} WHERE ({rule.done_at}) < :before AND ({rule.only}) RETURNING 1"
            statement = text(
                f"SELECT {rule.crossing}(:before)"
                if rule.crossing
                else f"WITH gone AS ({due}) SELECT count(*) FROM gone"
            )
            rows = db.session.execute(statement, {"before": clock.now() - timedelta(days=rule.days)}).scalar_one()
            if rows:
                erased[table] = rows
    return erased


def _eraser(isolation: Isolation, rule: Erased) -> str | None:
    return "office" if rule.crossing else ERASED_BY.get(isolation.table_class)
