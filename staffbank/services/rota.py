"""The home rota of a carer, other jobs and leave: typed one by one, each piece booked so that nobody works twice at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from staffbank.models import WorkBlock
from staffbank.models.carers import BLOCK_KINDS
from staffbank.services import bank
from staffbank.services.carers import get_carer
from staffbank.times import LONGEST_SHIFT
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_tenant_id

LONGEST_LEAVE = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=800)
FURTHEST_BACK = timedelta(days=731)
"""Working time is kept for two years. Source: Working Time Regulations 1998, regulation 9."""

TYPED = "typed"


@dataclass(frozen=True)
class NewBlock:
    """A piece of time to be taken in: aware moments, a kind of BLOCK_KINDS, and where it comes from."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    words: str = ""
    source: str = TYPED
    uid: str = ""


def add_block(carer_id: UUID, kind: str, starts_at: datetime, ends_at: datetime, words: str = "") -> WorkBlock:
    """Note time at which a carer works, or is on leave, and publish it to the bank.

    Raises: NotFound, InvalidInput at "kind", "start" or "end", RuleBroken when the carer works at that time already.
    """
    get_carer(carer_id)
    block = keep_block(carer_id, NewBlock(kind, starts_at, ends_at, words))
    bank.publish(carer_id)
    audit.record("add-block", "carer", carer_id, {"kind": kind, "block": str(block.id)})
    return block


def keep_block(carer_id: UUID, new: NewBlock) -> WorkBlock:
    """Write one block and no more: for those who take in many and publish once. Raises as add_block."""
    check_block(new)
    block = WorkBlock(
        tenant_id=current_tenant_id(),
        carer_id=carer_id,
        kind=new.kind,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        words=new.words[:200],
        source=new.source,
        uid=new.uid[:300],
    )
    try:
        with db.session.begin_nested():
            db.session.add(block)
    except IntegrityError as fault:
        if not isinstance(fault.orig, ExclusionViolation):
            raise
        raise RuleBroken(
            "already-booked",
            f"The carer works at that time already: {span_words(new.starts_at, new.ends_at)}. "
            "Change or remove that work first.",
        ) from fault
    return block


def check_block(new: NewBlock) -> None:
    """Refuse what is no possible piece of time. Raises: InvalidInput."""
    if new.kind not in BLOCK_KINDS:
        raise InvalidInput({"kind": f"Choose one of: {', '.join(BLOCK_KINDS)}"})
    if new.starts_at.tzinfo is None or new.ends_at.tzinfo is None:
        raise InvalidInput({"start": "A time needs its zone"})
    if new.ends_at <= new.starts_at:
        raise InvalidInput({"end": "The end must be after the start"})
    longest = LONGEST_LEAVE if new.kind == "leave" else LONGEST_SHIFT
    if new.ends_at - new.starts_at > longest:
        hours = (new.ends_at - new.starts_at) / timedelta(hours=1)
        most = "a year" if new.kind == "leave" else "24 hours"
        raise InvalidInput({"end": f"This is longer than {most} ({hours:g} hours): split it"})
    now = clock.now()
    if new.starts_at < now - FURTHEST_BACK or new.ends_at > now + FURTHEST_AHEAD:
        raise InvalidInput({"start": "Enter a time from two years ago to two years ahead"})


def remove_block(carer_id: UUID, block_id: UUID) -> None:
    """Take a block out and free its time. Raises: NotFound."""
    block = db.session.get(WorkBlock, (current_tenant_id(), block_id))
    if block is None or block.carer_id != carer_id:
        raise NotFound("piece of work")
    kind = block.kind
    db.session.delete(block)
    db.session.flush()
    bank.publish(carer_id)
    audit.record("remove-block", "carer", carer_id, {"kind": kind, "block": str(block_id)})


def list_blocks(
    carer_id: UUID, start: datetime, end: datetime, *, kinds: Sequence[str] = BLOCK_KINDS
) -> Sequence[WorkBlock]:
    """A carer's blocks that touch a window, in order."""
    return db.session.scalars(
        select(WorkBlock)
        .where(
            WorkBlock.tenant_id == current_tenant_id(),
            WorkBlock.carer_id == carer_id,
            WorkBlock.kind.in_(kinds),
            WorkBlock.ends_at > start,
            WorkBlock.starts_at < end,
        )
        .order_by(WorkBlock.starts_at, WorkBlock.id)
    ).all()


def span_words(start: datetime, end: datetime) -> str:
    """A span in London time, for people.

    >>> from datetime import UTC
    >>> span_words(datetime(2026, 11, 27, 9, 30, tzinfo=UTC), datetime(2026, 11, 27, 14, tzinfo=UTC))
    'Friday 27 November 2026, 9:30am to 2:00pm'
    """
    first, last = clock.moment_words(start), clock.moment_words(end)
    same_day = start.astimezone(clock.LONDON).date() == end.astimezone(clock.LONDON).date()
    return f"{first} to {last.rpartition(', ')[2] if same_day else last}"
