"""What a co-op needs in a round: entered by its manager, changed until closing, copied from last time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text

from procurement import rules
from procurement.models import BuyingRound, Demand, DemandAnswer, DemandImport, RoundItem
from procurement.services.rounds import get_round, list_round_items
from tenants import audit, clock
from tenants.db import db, insert_rows
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.scope import current_scope, current_tenant_id

MAX_NOTE = 1000


@dataclass(frozen=True)
class OwnDemand:
    """A co-op's own answer to a round: packs by item, the note, and when it was saved (None: not answered)."""

    packs: dict[UUID, int]
    note: str
    answer: DemandAnswer | None


def save_demand(round_id: UUID, packs: Mapping[UUID, int], note: str = "", *, version: int | None = None) -> OwnDemand:
    """Save the whole of a co-op's demand in a round, replacing what it said before. Nought packs is an answer too.

    `version` is that of the answer that was changed: somebody else's change meanwhile is not overwritten.
    Raises: NotFound, RuleBroken when the round takes no demand, InvalidInput by item id, Conflict.
    """
    tenant_id = current_tenant_id()
    buying_round = get_round(round_id)
    rules.may_answer(buying_round.state, buying_round.closes_at, clock.now())
    _check_packs(round_id, packs, note)
    answer = db.session.get(DemandAnswer, (tenant_id, round_id), with_for_update=True)
    if version is not None and version != (answer.version if answer else 0):
        raise Conflict(
            "changed-meanwhile", "Somebody else at your co-op changed this meanwhile. Load the page again and look."
        )
    before = _packs_of(tenant_id, round_id)
    if answer is None:
        answer = DemandAnswer(tenant_id=tenant_id, round_id=round_id, answered_at=clock.now())
        db.session.add(answer)
    answer.note = note.strip()
    answer.answered_by = current_scope().person_id
    answer.answered_at = clock.now()
    db.session.flush()
    wanted = {item_id: count for item_id, count in sorted(packs.items()) if count}
    if before:
        db.session.execute(delete(Demand).where(Demand.tenant_id == tenant_id, Demand.round_id == round_id))
    insert_rows(
        Demand,
        [
            {"tenant_id": tenant_id, "round_id": round_id, "item_id": item_id, "packs": count}
            for item_id, count in wanted.items()
        ],
    )
    changed = {
        str(item_id): [before.get(item_id, 0), wanted.get(item_id, 0)]
        for item_id in sorted(before.keys() | wanted.keys())
        if before.get(item_id, 0) != wanted.get(item_id, 0)
    }
    audit.record("save-demand", "round", round_id, {"packs": changed, "lines": len(wanted)})
    return OwnDemand(wanted, answer.note, answer)


def get_own_demand(round_id: UUID) -> OwnDemand:
    """The acting co-op's demand in a round."""
    tenant_id = current_tenant_id()
    answer = db.session.get(DemandAnswer, (tenant_id, round_id))
    return OwnDemand(_packs_of(tenant_id, round_id), answer.note if answer else "", answer)


def _packs_of(tenant_id: UUID, round_id: UUID) -> dict[UUID, int]:
    rows = db.session.execute(
        select(Demand.item_id, Demand.packs).where(Demand.tenant_id == tenant_id, Demand.round_id == round_id)
    )
    return {item_id: packs for item_id, packs in rows}


def last_demand(before_round: BuyingRound) -> dict[UUID, int]:
    """What the acting co-op needed in the last round before this one that it answered, by item."""
    tenant_id = current_tenant_id()
    last = db.session.scalar(
        select(BuyingRound.id)
        .join(DemandAnswer, DemandAnswer.round_id == BuyingRound.id)
        .where(
            DemandAnswer.tenant_id == tenant_id,
            BuyingRound.number < before_round.number,
            BuyingRound.state != "cancelled",
        )
        .order_by(BuyingRound.number.desc())
        .limit(1)
    )
    return get_own_demand(last).packs if last else {}


def copy_last_demand(round_id: UUID) -> OwnDemand:
    """Take over what was needed last time, for the items of this round. Raises: RuleBroken when there was no last time."""
    buying_round = get_round(round_id)
    here = {item.item_id for item in list_round_items(round_id)}
    last = {item_id: packs for item_id, packs in last_demand(buying_round).items() if item_id in here}
    if not last:
        raise RuleBroken("no-last-round", "There is no earlier round with these items to copy from.")
    return save_demand(round_id, last, get_own_demand(round_id).note)


def seen_totals(round_id: UUID) -> dict[UUID, int] | None:
    """Packs that all co-ops need by item; None for items that at least three other co-ops want; None when there are none."""
    rows = db.session.execute(text("SELECT item_id, packs FROM round_totals(:round)"), {"round": round_id}).all()
    return {item_id: int(packs) for item_id, packs in rows} or None


def preview_demand_file(
    round_id: UUID, file_name: str, rows: list[dict[str, Any]], errors: list[dict[str, Any]]
) -> DemandImport:
    """Keep a read file of demand for the manager to look at; nothing of it counts yet."""
    rules.check_act("answer", get_round(round_id).state)
    batch = DemandImport(
        tenant_id=current_tenant_id(),
        round_id=round_id,
        file_name=file_name[:200],
        rows=rows,
        errors=errors,
        created_by=current_scope().person_id,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def get_demand_import(import_id: UUID) -> DemandImport:
    """One of the acting co-op's own files. Raises: NotFound."""
    batch = db.session.get(
        DemandImport, (current_tenant_id(), import_id), with_for_update=not current_scope().read_only
    )
    if batch is None:
        raise NotFound("file")
    return batch


def list_demand_imports(round_id: UUID) -> list[DemandImport]:
    """The acting co-op's files for a round, newest first."""
    query = select(DemandImport).where(DemandImport.tenant_id == current_tenant_id(), DemandImport.round_id == round_id)
    return list(db.session.scalars(query.order_by(DemandImport.created_at.desc()).limit(20)))


def apply_demand_import(import_id: UUID) -> OwnDemand:
    """Save a previewed file as the co-op's demand, the whole of it. Raises: RuleBroken when it has errors or was used."""
    batch = get_demand_import(import_id)
    if batch.state != "previewed":
        raise RuleBroken("file-used-already", "This file has been used already.")
    if batch.errors:
        raise RuleBroken("file-has-errors", "Mend the file first: nothing is taken from a file with errors.")
    own = get_own_demand(batch.round_id)
    batch.before = {
        "packs": {str(item_id): packs for item_id, packs in own.packs.items()},
        "note": own.note,
        "answered": own.answer is not None,
    }
    batch.state, batch.applied_at = "applied", clock.now()
    return save_demand(batch.round_id, {UUID(row["item_id"]): row["packs"] for row in batch.rows}, own.note)


def undo_demand_import(import_id: UUID) -> None:
    """Put back what the co-op had said before the file. Raises: RuleBroken when the file is not in use."""
    batch = get_demand_import(import_id)
    if batch.state != "applied":
        raise RuleBroken("file-not-in-use", "Only a file that is in use can be undone.")
    now_packs = get_own_demand(batch.round_id).packs
    if now_packs != {UUID(row["item_id"]): row["packs"] for row in batch.rows if row["packs"]}:
        raise RuleBroken(
            "changed-since", "The demand was changed after the file was used, so undoing it would lose that change."
        )
    save_demand(
        batch.round_id, {UUID(key): packs for key, packs in batch.before["packs"].items()}, batch.before["note"]
    )
    batch.state, batch.undone_at = "undone", clock.now()


def _check_packs(round_id: UUID, packs: Mapping[UUID, int], note: str) -> None:
    known = set(db.session.scalars(select(RoundItem.item_id).where(RoundItem.round_id == round_id)))
    errors: dict[str, str] = {}
    for item_id, count in packs.items():
        if item_id not in known:
            errors[f"packs-{item_id}"] = "This item is not in the round"
        elif isinstance(count, bool) or not 0 <= count <= rules.MAX_PACKS:
            errors[f"packs-{item_id}"] = f"Enter a whole number from 0 to {rules.MAX_PACKS:,}"
    if len(note) > MAX_NOTE:
        errors["note"] = f"Use at most {MAX_NOTE:,} letters"
    if errors:
        raise InvalidInput(errors)
