"""What a co-op publishes of a carer to the bank: made anew from the private record at each change, and no more than that."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from staffbank import rule_book
from staffbank.free_time import Span, expand_week, merged, minutes_in, without
from staffbank.models import BankEntry, Carer, CarerCheck, DayWindow, Placement, WeeklyWindow, WorkBlock
from staffbank.models.cover import HELD
from staffbank.passport import gives_tag, tags_of
from tenants import clock
from tenants.db import db
from tenants.errors import NotFound
from tenants.scope import current_tenant_id

AHEAD = timedelta(weeks=9)
"""How far ahead free and busy time is published; a job publishes anew each night, so that it moves on."""

BEHIND = timedelta(weeks=17)
"""How far back busy time is published: the matcher counts the 17 weeks that end with the last shift it places."""

ADULT_YEARS = 18
_MINUTES_IN_HOUR = Decimal(60)


def publish(carer_id: UUID) -> None:
    """Publish a carer's bank entry anew, or take it out when the carer may not be lent. Raises: NotFound."""
    carer = db.session.scalar(select(Carer).where(Carer.tenant_id == current_tenant_id(), Carer.id == carer_id))
    if carer is None:
        raise NotFound("carer")
    db.session.flush()
    if not carer.in_bank or why_not(carer):
        db.session.execute(
            delete(BankEntry).where(BankEntry.tenant_id == carer.tenant_id, BankEntry.carer_id == carer_id)
        )
        return
    values = entry_values(carer)
    entry = db.session.get(BankEntry, (carer.tenant_id, carer_id))
    if entry is None:
        db.session.add(BankEntry(tenant_id=carer.tenant_id, carer_id=carer_id, **values))
    else:
        for name, value in values.items():
            setattr(entry, name, value)
    db.session.flush()


def find_entry(carer_id: UUID) -> BankEntry | None:
    """What is published of a carer at this moment."""
    return db.session.get(BankEntry, (current_tenant_id(), carer_id))


def why_not(carer: Carer) -> list[str]:
    """Why a carer cannot be in the bank, in words; empty when nothing stands against it.

    Source: Working Time Regulations 1998 (nobody below 18), and the rules `young_workers` and `on_payroll` of the rule book.
    """
    today, reasons = clock.today(), []
    if carer.left_on is not None and carer.left_on <= today:
        reasons.append("The carer has left the co-op.")
    if carer.born_on is None:
        reasons.append("The date of birth is not on the record: nobody below 18 may be lent.")
    elif is_minor(carer.born_on, today):
        reasons.append("The carer is not 18 yet.")
    if not carer.on_payroll:
        reasons.append("The carer is not on the payroll: the bank lends employees only.")
    if carer.person_id is None:
        reasons.append("The carer has no account here, so nobody could answer an offer.")
    return reasons


def is_minor(born_on: date, today: date) -> bool:
    """Whether somebody is below 18 on a day.

    >>> is_minor(date(2008, 11, 23), date(2026, 11, 22)), is_minor(date(2008, 11, 22), date(2026, 11, 22))
    (True, False)
    """
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (0 if had_birthday else 1) < ADULT_YEARS


def entry_values(carer: Carer) -> dict[str, Any]:
    """Every column of a carer's bank entry, made from the private rows."""
    now = clock.now()
    checks = list_live_checks(carer.id)
    busy = busy_spans(carer.id, now - BEHIND, now + AHEAD)
    return {
        "person_id": carer.person_id,
        "first_name": carer.first_name,
        "outcode": carer.outcode,
        "latitude": carer.latitude,
        "longitude": carer.longitude,
        "mode": carer.mode,
        "languages": list(carer.languages),
        "tags": tags_of(checks),
        "free": written(free_spans(carer.id, now, now + AHEAD)),
        "busy": written(busy),
        "hours_17_weeks": hours_worked(carer.id, now),
        "opt_out_from": carer.opt_out_from,
        "opt_out_until": carer.opt_out_until,
        "sponsored": carer.sponsored,
        "warranty": [warranty_line(check) for check in checks if gives_tag(check)],
        "published_at": now,
    }


def warranty_line(check: CarerCheck) -> dict[str, Any]:
    """What the home co-op warrants of one check: the checklist a host may see, never a document.

    Source: Health and Social Care Act 2008 (Regulated Activities) Regulations 2014, Schedule 3.
    """
    return {
        "kind": check.kind,
        "level": check.level,
        "standard": check.standard,
        "issued_on": _day(check.issued_on),
        "until": _day(check.until),
        "checked_on": _day(check.checked_on),
        "checked_by_role": check.checked_by,
        "original_seen": check.original_seen,
        "status_checked_on": _day(check.status_checked_on),
        "evidence_hash": check.evidence_hash,
    }


def hours_worked(carer_id: UUID, until: datetime) -> Decimal:
    """Hours of every kind of work in the 17 weeks that end at a moment: rota, sleep-ins, other jobs, own placements.

    This is the figure of the moment, for people to read. The matcher counts the window that ends with the last shift it
    places, rota included: that window lies partly ahead, so it is counted from the busy time by `window_hours`.

    Source: Working Time Regulations 1998, regulation 4; a sleep-in counts whole.
    """
    return window_hours(busy_spans(carer_id, until - timedelta(weeks=52), until), until)


def window_hours(busy: Sequence[Span], last: datetime) -> Decimal:
    """Hours of merged busy time in the 17 weeks that end with a last shift: what the matcher calls hours_last_17_weeks.

    A window that ends ahead of today begins as much later, so what was worked before it no longer counts. Busy time is
    published 17 weeks back, so the count is whole for every last shift that lies ahead.

    Source: Working Time Regulations 1998, regulation 4(3).
    """
    weeks = int(rule_book.NUMBERS["averaging_weeks"].on(last.date()))
    minutes = minutes_in(busy, last - timedelta(weeks=weeks), last)
    return (Decimal(minutes) / _MINUTES_IN_HOUR).quantize(Decimal("0.01"))


def busy_spans(carer_id: UUID, start: datetime, end: datetime) -> list[Span]:
    """Work of every kind that touches a window, merged: blocks that are no leave, and placements the carer holds."""
    tenant = current_tenant_id()
    blocks = db.session.execute(
        select(WorkBlock.starts_at, WorkBlock.ends_at).where(
            WorkBlock.tenant_id == tenant,
            WorkBlock.carer_id == carer_id,
            WorkBlock.kind != "leave",
            WorkBlock.ends_at > start,
            WorkBlock.starts_at < end,
        )
    )
    legs = db.session.execute(
        select(Placement.starts_at, Placement.ends_at).where(
            Placement.tenant_id == tenant,
            Placement.side == "home",
            Placement.carer_id == carer_id,
            Placement.state.in_(HELD),
            Placement.ends_at > start,
            Placement.starts_at < end,
        )
    )
    return merged([(row[0], row[1]) for row in (*blocks, *legs)])


def free_spans(carer_id: UUID, start: datetime, end: datetime) -> list[Span]:
    """When a carer is glad to work elsewhere: the weekly pattern and further days, without days off and leave."""
    tenant = current_tenant_id()
    weekly = db.session.scalars(
        select(WeeklyWindow).where(WeeklyWindow.tenant_id == tenant, WeeklyWindow.carer_id == carer_id)
    )
    days = db.session.scalars(
        select(DayWindow).where(
            DayWindow.tenant_id == tenant,
            DayWindow.carer_id == carer_id,
            DayWindow.ends_at > start,
            DayWindow.starts_at < end,
        )
    ).all()
    leave = db.session.execute(
        select(WorkBlock.starts_at, WorkBlock.ends_at).where(
            WorkBlock.tenant_id == tenant,
            WorkBlock.carer_id == carer_id,
            WorkBlock.kind == "leave",
            WorkBlock.ends_at > start,
            WorkBlock.starts_at < end,
        )
    )
    pattern = [(row.weekday, row.from_minute, row.to_minute) for row in weekly]
    free = merged([*expand_week(pattern, start, end), *((d.starts_at, d.ends_at) for d in days if d.free)])
    off = merged([*((d.starts_at, d.ends_at) for d in days if not d.free), *((row[0], row[1]) for row in leave)])
    return without(free, off)


def list_live_checks(carer_id: UUID) -> Sequence[CarerCheck]:
    """A carer's checks that have not been ended, by kind."""
    return db.session.scalars(
        select(CarerCheck)
        .where(
            CarerCheck.tenant_id == current_tenant_id(),
            CarerCheck.carer_id == carer_id,
            CarerCheck.ended_at.is_(None),
        )
        .order_by(CarerCheck.kind, CarerCheck.until.desc().nulls_first(), CarerCheck.id)
    ).all()


def written(spans: Sequence[Span]) -> list[list[str]]:
    """Spans as they are published: pairs of ISO 8601 texts."""
    return [[start.isoformat(), end.isoformat()] for start, end in spans]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
