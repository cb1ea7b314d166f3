"""When a carer is glad to work elsewhere: a weekly pattern, days that differ from it, and leave."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import delete, select

from staffbank.models import Carer, DayWindow, WeeklyWindow, WorkBlock
from staffbank.services import bank, rota
from staffbank.services.carers import get_carer
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.scope import current_tenant_id

MOST_WINDOWS = 40
LATEST_MINUTE = 2160
Window = tuple[int, int, int]
"""Weekday from 0 for Monday, first and last minute from midnight; beyond 1440 it is the next morning."""


def set_week(carer_id: UUID, windows: Sequence[Window]) -> None:
    """Put a carer's whole weekly pattern in place of the old one. Raises: NotFound, InvalidInput at "weekdayN"."""
    get_carer(carer_id)
    _check_week(windows)
    tenant = current_tenant_id()
    db.session.execute(delete(WeeklyWindow).where(WeeklyWindow.tenant_id == tenant, WeeklyWindow.carer_id == carer_id))
    for weekday, low, high in sorted(windows):
        db.session.add(
            WeeklyWindow(tenant_id=tenant, carer_id=carer_id, weekday=weekday, from_minute=low, to_minute=high)
        )
    db.session.flush()
    bank.publish(carer_id)
    audit.record("set-week", "carer", carer_id, {"windows": len(windows)})


def _check_week(windows: Sequence[Window]) -> None:
    errors: dict[str, str] = {}
    if len(windows) > MOST_WINDOWS:
        raise InvalidInput({"": f"Give at most {MOST_WINDOWS} times in a week"})
    for weekday, low, high in windows:
        if not 0 <= weekday <= 6 or not 0 <= low < 1440 or not low < high <= LATEST_MINUTE:
            errors[f"weekday{weekday}"] = "The end must be after the start, by noon of the next day at the latest"
    for weekday in range(7):
        rows = sorted((low, high) for day, low, high in windows if day == weekday)
        if any(later[0] < earlier[1] for earlier, later in pairwise(rows)):
            errors[f"weekday{weekday}"] = "Two times of this day overlap: make one of them"
    if errors:
        raise InvalidInput(errors)


def list_week(carer_id: UUID) -> list[Window]:
    """A carer's weekly pattern, in order."""
    rows = db.session.scalars(
        select(WeeklyWindow)
        .where(WeeklyWindow.tenant_id == current_tenant_id(), WeeklyWindow.carer_id == carer_id)
        .order_by(WeeklyWindow.weekday, WeeklyWindow.from_minute)
    )
    return [(row.weekday, row.from_minute, row.to_minute) for row in rows]


def add_day(carer_id: UUID, starts_at: datetime, ends_at: datetime, *, free: bool) -> DayWindow:
    """Note a stretch of time on which the pattern does not hold: also free, or not free. Raises: NotFound, InvalidInput."""
    get_carer(carer_id)
    rota.check_block(rota.NewBlock("leave", starts_at, ends_at))
    if ends_at <= clock.now():
        raise InvalidInput({"end": "This time has passed"})
    window = DayWindow(
        tenant_id=current_tenant_id(), carer_id=carer_id, starts_at=starts_at, ends_at=ends_at, free=free
    )
    db.session.add(window)
    db.session.flush()
    bank.publish(carer_id)
    audit.record("add-day", "carer", carer_id, {"free": free})
    return window


def remove_day(carer_id: UUID, window_id: UUID) -> None:
    """Take such a stretch back. Raises: NotFound."""
    window = db.session.get(DayWindow, (current_tenant_id(), window_id))
    if window is None or window.carer_id != carer_id:
        raise NotFound("time")
    db.session.delete(window)
    db.session.flush()
    bank.publish(carer_id)
    audit.record("remove-day", "carer", carer_id)


def list_days(carer_id: UUID) -> Sequence[DayWindow]:
    """Stretches that have not passed, in order."""
    return db.session.scalars(
        select(DayWindow)
        .where(
            DayWindow.tenant_id == current_tenant_id(),
            DayWindow.carer_id == carer_id,
            DayWindow.ends_at > clock.now(),
        )
        .order_by(DayWindow.starts_at, DayWindow.id)
    ).all()


def list_leave(carer_id: UUID) -> Sequence[WorkBlock]:
    """Leave that has not passed, in order."""
    now = clock.now()
    return rota.list_blocks(carer_id, now, now + rota.FURTHEST_AHEAD, kinds=("leave",))


def list_other_jobs(carer_id: UUID) -> Sequence[WorkBlock]:
    """Declared work elsewhere that has not passed, in order."""
    now = clock.now()
    return rota.list_blocks(carer_id, now, now + rota.FURTHEST_AHEAD, kinds=("other_job",))


def remove_own(carer_id: UUID, block_id: UUID) -> None:
    """Take back leave or another job that a carer has told. Raises: NotFound, also for the home rota, which is the manager's."""
    block = db.session.get(WorkBlock, (current_tenant_id(), block_id))
    if block is None or block.carer_id != carer_id or block.kind not in ("leave", "other_job"):
        raise NotFound("time")
    rota.remove_block(carer_id, block_id)


def share_place(carer_id: UUID, *, shares: bool) -> Carer:
    """Note whether a carer agrees that checking in tells the place. Raises: NotFound."""
    carer = get_carer(carer_id, lock=True)
    carer.shares_place = shares
    db.session.flush()
    audit.record("share-place", "carer", carer_id, {"shares": shares})
    return carer
