"""Files of rota: looked at first, taken in as a whole or not at all, and undone as a whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from staffbank.calendars import read_calendar
from staffbank.models import Carer, RotaImport, WorkBlock
from staffbank.rota_sheet import SheetRow, read_rota
from staffbank.services import bank, rota
from staffbank.services.carers import list_carers
from tenants import audit, clock
from tenants.clock import LONDON
from tenants.db import db, insert_rows
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_scope, current_tenant_id

CALENDAR_BEHIND, CALENDAR_AHEAD = timedelta(weeks=17), timedelta(weeks=26)
MOST_ERRORS = 200
SHOWN = 20
STATE_WORDS = {"previewed": "not taken in", "applied": "taken in", "undone": "undone"}


def preview_import(file_name: str, data: bytes, carer_id: UUID | None = None) -> RotaImport:
    """Read a file of rota and keep what it would bring, with every error by row and column; nothing else changes.

    A calendar (.ics) holds the times of one carer, who is named beside it; a table names the carer in each row.

    Raises: InvalidInput at "file" or "carer".
    """
    known = {carer.reference.casefold(): carer for carer in list_carers()}
    if data.lstrip(b"\xef\xbb\xbf\r\n \t")[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        rows = _calendar_rows(data, carer_id, list(known.values()))
    else:
        rows = read_rota(data)
        _name_carers(rows, known)
    _examine(rows, known)
    batch = RotaImport(
        tenant_id=current_tenant_id(),
        file_name="".join(letter for letter in file_name if letter.isprintable())[-200:] or "file",
        rows=[_stored(row, known) for row in rows],
        errors=_errors(rows),
        created_by=current_scope().person_id,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    audit.record("preview-rota", "rota-import", batch.id, {"rows": len(rows), "errors": len(batch.errors)})
    return batch


def apply_import(import_id: UUID) -> RotaImport:
    """Take in every row of a previewed file, all or none, and publish the carers it names.

    Raises: NotFound · RuleBroken when it was taken in or undone already, has errors, or somebody works at that time by now.
    """
    batch = get_import(import_id, lock=True)
    if batch.state != "previewed":
        raise RuleBroken(
            f"import-already-{batch.state}", f"This file is {STATE_WORDS[batch.state]} already; nothing was done twice."
        )
    if batch.errors:
        raise RuleBroken(
            "import-has-errors", "This file has errors: mend them and upload it again. Nothing was taken in."
        )
    try:
        with db.session.begin_nested():
            insert_rows(WorkBlock, [_block_values(batch, row) for row in batch.rows])
    except IntegrityError as fault:
        if not isinstance(fault.orig, ExclusionViolation):
            raise
        raise RuleBroken(
            "import-no-longer-fits",
            "Somebody was given other work at one of these times meanwhile. Nothing was taken in: upload it again.",
        ) from fault
    batch.state, batch.applied_at = "applied", clock.now()
    db.session.flush()
    _publish(batch)
    audit.record("apply-rota", "rota-import", batch.id, {"rows": len(batch.rows)})
    return batch


def undo_import(import_id: UUID) -> RotaImport:
    """Take out again all that a file brought in. Raises: NotFound, RuleBroken when it is not in."""
    batch = get_import(import_id, lock=True)
    if batch.state != "applied":
        raise RuleBroken("import-not-applied", f"This file is {STATE_WORDS[batch.state]}: there is nothing to undo.")
    db.session.execute(
        delete(WorkBlock).where(WorkBlock.tenant_id == batch.tenant_id, WorkBlock.source == str(batch.id))
    )
    batch.state, batch.undone_at = "undone", clock.now()
    db.session.flush()
    _publish(batch)
    audit.record("undo-rota", "rota-import", batch.id, {"rows": len(batch.rows)})
    return batch


def discard_import(import_id: UUID) -> None:
    """Throw a preview away. Raises: NotFound, RuleBroken when it was taken in."""
    batch = get_import(import_id, lock=True)
    if batch.state != "previewed":
        raise RuleBroken("import-already-" + batch.state, "This file was taken in already. Undo it if it was wrong.")
    db.session.delete(batch)
    db.session.flush()
    audit.record("discard-rota", "rota-import", import_id)


def get_import(import_id: UUID, *, lock: bool = False) -> RotaImport:
    """One file of the acting co-op. Raises: NotFound."""
    batch = db.session.get(RotaImport, (current_tenant_id(), import_id), with_for_update=lock or None)
    if batch is None:
        raise NotFound("file")
    return batch


def list_imports() -> Sequence[RotaImport]:
    """The newest files."""
    return db.session.scalars(
        select(RotaImport)
        .where(RotaImport.tenant_id == current_tenant_id())
        .order_by(RotaImport.created_at.desc(), RotaImport.id.desc())
        .limit(SHOWN)
    ).all()


def _calendar_rows(data: bytes, carer_id: UUID | None, known: Sequence[Carer]) -> list[SheetRow]:
    carer = next((one for one in known if one.id == carer_id), None)
    if carer is None:
        raise InvalidInput({"carer": "Choose the carer whose calendar this is"})
    now = clock.now()
    try:
        found = read_calendar(data, now - CALENDAR_BEHIND, now + CALENDAR_AHEAD)
    except InvalidInput as fault:
        raise InvalidInput({"file": fault.message}) from fault
    if not found:
        raise InvalidInput({"file": "There is no busy time in this calendar from 17 weeks ago to 26 weeks ahead"})
    return [
        SheetRow(
            number,
            {
                "carer": carer.reference,
                "day": f"{busy.start.astimezone(LONDON):%d/%m/%Y}",
                "start": f"{busy.start.astimezone(LONDON):%H:%M}",
                "end": f"{busy.end.astimezone(LONDON):%H:%M}",
                "kind": "rota",
                "hour": "",
                "note": busy.summary[:200],
            },
            starts_at=busy.start,
            ends_at=busy.end,
        )
        for number, busy in enumerate(found, start=1)
    ]


def _name_carers(rows: Sequence[SheetRow], known: Mapping[str, Carer]) -> None:
    for row in rows:
        if row.cells["carer"] and row.cells["carer"].casefold() not in known:
            row.errors["carer"] = "No carer of this co-op has this reference"


def _examine(rows: Sequence[SheetRow], known: Mapping[str, Carer]) -> None:
    """Every row that cannot be: impossible times, overlaps within the file, and work that is there already."""
    spans: dict[UUID, list[tuple[datetime, datetime, str]]] = {}
    for row in rows:
        if row.errors or row.starts_at is None or row.ends_at is None:
            continue
        try:
            rota.check_block(rota.NewBlock(row.kind, row.starts_at, row.ends_at))
        except InvalidInput as fault:
            row.errors.update(fault.errors)
            continue
        carer = known[row.cells["carer"].casefold()]
        if row.kind == "leave":
            continue
        if carer.id not in spans:
            now = clock.now()
            taken = bank.busy_spans(carer.id, now - rota.FURTHEST_BACK, now + rota.FURTHEST_AHEAD)
            spans[carer.id] = [(start, end, "other work that is there already") for start, end in taken]
        for start, end, what in spans[carer.id]:
            if start < row.ends_at and row.starts_at < end:
                row.errors["start"] = f"This overlaps {what}: {rota.span_words(start, end)}"
                break
        else:
            spans[carer.id].append((row.starts_at, row.ends_at, f"row {row.number}"))


def _stored(row: SheetRow, known: Mapping[str, Carer]) -> dict[str, Any]:
    carer = known.get(row.cells["carer"].casefold())
    return {
        "row": row.number,
        "cells": row.cells,
        "kind": row.kind,
        "carer_id": str(carer.id) if carer else "",
        "start": row.starts_at.isoformat() if row.starts_at else "",
        "end": row.ends_at.isoformat() if row.ends_at else "",
    }


def _errors(rows: Sequence[SheetRow]) -> list[dict[str, Any]]:
    found = [{"row": row.number, "column": column, "text": text} for row in rows for column, text in row.errors.items()]
    return found[:MOST_ERRORS]


def _block_values(batch: RotaImport, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tenant_id": batch.tenant_id,
        "carer_id": UUID(row["carer_id"]),
        "kind": row["kind"],
        "starts_at": datetime.fromisoformat(row["start"]),
        "ends_at": datetime.fromisoformat(row["end"]),
        "words": row["cells"].get("note", "")[:200],
        "source": str(batch.id),
        "uid": "",
    }


def _publish(batch: RotaImport) -> None:
    for carer_id in sorted({row["carer_id"] for row in batch.rows if row["carer_id"]}):
        bank.publish(UUID(carer_id))
