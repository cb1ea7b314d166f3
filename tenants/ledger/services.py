"""Posting to the books and reading them. Entries are never edited: `reverse_entry` posts the mirror image."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select

from tenants import clock
from tenants.db import db, insert_rows
from tenants.errors import NotFound, RuleBroken
from tenants.ledger.rules import Line, check_entry
from tenants.models import LedgerEntry, LedgerLine
from tenants.scope import current_scope, current_tenant_id


@dataclass(frozen=True)
class Posting:
    """An entry to be posted in one book."""

    tenant_id: UUID
    kind: str
    description: str
    lines: list[Line]
    source_id: UUID | None = None
    act_id: UUID | None = None
    on_date: date | None = None
    reverses_id: UUID | None = None


def post_entries(postings: Sequence[Posting]) -> list[UUID]:
    """Post entries, each in its own book, in two statements however many they are; the answer is their ids.

    Raises: RuleBroken when one does not balance.
    """
    ids: list[UUID] = []
    entries: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    for posting in postings:
        check_entry(posting.lines)
        entry_id = uuid4()
        ids.append(entry_id)
        entries.append(
            {
                "tenant_id": posting.tenant_id,
                "id": entry_id,
                "act_id": posting.act_id or entry_id,
                "on_date": posting.on_date or clock.today(),
                "kind": posting.kind,
                "description": posting.description,
                "source_id": posting.source_id,
                "reverses_id": posting.reverses_id,
                "posted_by": current_scope().person_id,
                "posted_at": clock.now(),
            }
        )
        lines.extend(
            {
                "tenant_id": posting.tenant_id,
                "entry_id": entry_id,
                "line_number": number,
                "account": line.account,
                "pence": line.pence,
                "counterparty_id": line.counterparty_id,
                "memo": line.memo,
            }
            for number, line in enumerate(posting.lines, start=1)
        )
    if entries:
        insert_rows(LedgerEntry, entries)
        insert_rows(LedgerLine, lines)
    return ids


def reverse_act(act_id: UUID, reason: str) -> list[UUID]:
    """Undo an act in every book it touched, by mirror entries on today's date.

    Raises: NotFound, RuleBroken when it has been reversed before.
    """
    entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.act_id == act_id)).all()
    if not entries:
        raise NotFound("ledger entry")
    if db.session.scalar(
        select(LedgerEntry.id).where(LedgerEntry.reverses_id.in_([entry.id for entry in entries])).limit(1)
    ):
        raise RuleBroken("already-reversed", "This has been reversed before.")
    new_act = uuid4()
    postings = []
    for entry in entries:
        lines = db.session.scalars(
            select(LedgerLine)
            .where(LedgerLine.tenant_id == entry.tenant_id, LedgerLine.entry_id == entry.id)
            .order_by(LedgerLine.line_number)
        ).all()
        postings.append(
            Posting(
                entry.tenant_id,
                "reversal",
                f"{reason} (reverses: {entry.description})"[:200],
                [Line(line.account, -line.pence, line.counterparty_id, line.memo) for line in lines],
                source_id=entry.source_id,
                act_id=new_act,
                reverses_id=entry.id,
            )
        )
    return post_entries(postings)


def list_entries(*, limit: int = 50, offset: int = 0) -> list[tuple[LedgerEntry, list[LedgerLine]]]:
    """The acting tenant's own book, newest first, each entry with its lines."""
    tenant_id = current_tenant_id()
    entries = db.session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.tenant_id == tenant_id)
        .order_by(LedgerEntry.on_date.desc(), LedgerEntry.posted_at.desc(), LedgerEntry.id)
        .limit(limit)
        .offset(offset)
    ).all()
    lines: dict[UUID, list[LedgerLine]] = {entry.id: [] for entry in entries}
    for line in db.session.scalars(
        select(LedgerLine)
        .where(LedgerLine.tenant_id == tenant_id, LedgerLine.entry_id.in_(lines))
        .order_by(LedgerLine.entry_id, LedgerLine.line_number)
    ):
        lines[line.entry_id].append(line)
    return [(entry, lines[entry.id]) for entry in entries]


def balances() -> dict[str, int]:
    """Balance of each account in the acting tenant's own book, in pence."""
    rows = db.session.execute(
        select(LedgerLine.account, func.sum(LedgerLine.pence))
        .where(LedgerLine.tenant_id == current_tenant_id())
        .group_by(LedgerLine.account)
        .order_by(LedgerLine.account)
    )
    return {account: int(pence) for account, pence in rows}


def unmatched_dues() -> list[tuple[UUID, UUID, int]]:
    """Pairs of tenants whose books disagree: (who owes, to whom, pence the debtor's book says more). Office scope.

    What one book says is due to another must be what that book says is due from it.
    """
    owed = db.session.execute(
        select(LedgerLine.account, LedgerLine.tenant_id, LedgerLine.counterparty_id, func.sum(LedgerLine.pence))
        .where(LedgerLine.account.in_(("due-to", "due-from")), LedgerLine.counterparty_id.is_not(None))
        .group_by(LedgerLine.account, LedgerLine.tenant_id, LedgerLine.counterparty_id)
    )
    difference: dict[tuple[UUID, UUID], int] = {}
    for account, tenant_id, counterparty_id, pence in owed:
        assert counterparty_id is not None  # the statement asks for no other
        pair = (tenant_id, counterparty_id) if account == "due-to" else (counterparty_id, tenant_id)
        difference[pair] = difference.get(pair, 0) - int(pence)
    return [(debtor, creditor, pence) for (debtor, creditor), pence in sorted(difference.items()) if pence]
