"""Files of catalogue rows and prices: looked at first, taken in as a whole or not at all, and undone as a whole."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.errors import ExclusionViolation, UniqueViolation
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from procurement.importing import MAX_ERRORS, CellError, ParsedTable, read_table
from procurement.models import BuyingRound, ImportBatch, Item, Offer, RoundItem, Supplier
from procurement.services.import_checks import EMPTY_CELLS, check_rows, ids_by_code, offer_values
from procurement.services.suppliers import fitted
from procurement.sheets import SHEETS
from tenants import audit, clock
from tenants.db import db
from tenants.errors import NotFound, RuleBroken
from tenants.fields import plain
from tenants.money import format_price
from tenants.scope import current_scope

KINDS = ("catalogue", "prices")
BATCHES_SHOWN = 10
_COLUMNS_OF_ITEM = {
    "code": "code",
    "name": "name",
    "unit": "unit",
    "packs_per_box": "packs_per_box",
    "gtin": "gtin",
    "cpv": "cpv",
    "standard": "standard",
    "vat_rate": "vat_rate_percent",
    "retail_price": "retail_pence",
}


def preview_import(kind: str, file_name: str, data: bytes) -> ImportBatch:
    """Read a file and keep what it would bring, with every error by row and column; nothing else changes.

    Raises: NotFound for an unknown kind · InvalidInput at "file" when it cannot be read at all.
    """
    if kind not in KINDS:
        raise NotFound("kind of file")
    table = read_table(data, SHEETS[kind])
    checked = check_rows(kind, _stored(table))
    errors = [*table.errors, *checked.errors][:MAX_ERRORS]
    batch = ImportBatch(
        kind=kind,
        file_name=_shown_name(file_name),
        rows=checked.rows,
        created_by=current_scope().person_id,
        created_at=clock.now(),
        errors={
            "list": [[error.row, error.column, error.text] for error in sorted(errors, key=lambda error: error.row)],
            "count": table.error_count + checked.error_count,
            "notes": [*table.notes, *checked.notes][:MAX_ERRORS],
        },
    )
    db.session.add(batch)
    db.session.flush()
    audit.record(
        "preview-import", "import", batch.id, {"kind": kind, "rows": len(checked.rows), "errors": batch.errors["count"]}
    )
    return batch


def apply_import(batch_id: UUID) -> ImportBatch:
    """Take in every row of a previewed file, all or none; the world is asked again whether they still fit.

    Raises: NotFound · RuleBroken when it was taken in or undone already, has errors, or no longer fits.
    """
    batch = get_batch(batch_id, lock=True)
    if batch.state != "previewed":
        raise RuleBroken(
            f"import-already-{batch.state}",
            f"This file was {STATE_WORDS[batch.state]} already, and nothing was done twice.",
        )
    if batch.errors["count"]:
        raise RuleBroken(
            "import-has-errors", "This file has errors: mend them and upload it again. Nothing was taken in."
        )
    checked = check_rows(batch.kind, batch.rows)
    if checked.error_count:
        raise _no_longer_fits(checked.errors[0])
    try:
        before = (
            _take_in_items(batch.id, checked.rows)
            if batch.kind == "catalogue"
            else _take_in_prices(batch.id, checked.rows)
        )
        db.session.flush()
    except IntegrityError as fault:
        if not isinstance(fault.orig, UniqueViolation | ExclusionViolation):
            raise
        db.session.rollback()
        raise RuleBroken(
            "import-no-longer-fits",
            "Somebody added the same at this moment. Nothing was taken in: upload the file again.",
        ) from fault
    batch.before, batch.state, batch.applied_at = before, "applied", clock.now()
    db.session.flush()
    audit.record("apply-import", "import", batch.id, {"kind": batch.kind, "rows": len(checked.rows)})
    return batch


def undo_import(batch_id: UUID) -> ImportBatch:
    """Take out again what a file brought in, and put back what it replaced.

    Raises: NotFound · RuleBroken when it is not in, or something of it is used or was changed since.
    """
    batch = get_batch(batch_id, lock=True)
    if batch.state != "applied":
        raise RuleBroken("import-not-applied", f"This file is {STATE_WORDS[batch.state]}: there is nothing to undo.")
    if batch.kind == "catalogue":
        _put_items_back(batch)
    else:
        _take_prices_out(batch)
    batch.state, batch.undone_at = "undone", clock.now()
    db.session.flush()
    audit.record("undo-import", "import", batch.id, {"kind": batch.kind, "rows": len(batch.rows)})
    return batch


def discard_import(batch_id: UUID) -> str:
    """Throw a preview away; answers its kind. Raises: NotFound, RuleBroken when it was taken in."""
    batch = get_batch(batch_id, lock=True)
    if batch.state != "previewed":
        raise RuleBroken(
            f"import-already-{batch.state}",
            f"This file was {STATE_WORDS[batch.state]} already. Undo it if it was wrong.",
        )
    db.session.delete(batch)
    db.session.flush()
    audit.record("discard-import", "import", batch_id, {"kind": batch.kind})
    return batch.kind


def get_batch(batch_id: UUID, *, lock: bool = False) -> ImportBatch:
    """One file of catalogue rows or prices. Raises: NotFound."""
    query = select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.kind.in_(KINDS))
    batch = db.session.scalar(query.with_for_update() if lock else query)
    if batch is None:
        raise NotFound("file")
    return batch


def list_batches(kind: str, limit: int = BATCHES_SHOWN) -> Sequence[Any]:
    """The newest files of a kind, without their rows: id, file_name, state, created_at, created_by."""
    columns = (ImportBatch.id, ImportBatch.file_name, ImportBatch.state, ImportBatch.created_at, ImportBatch.created_by)
    return db.session.execute(
        select(*columns)
        .where(ImportBatch.kind == kind)
        .order_by(ImportBatch.created_at.desc(), ImportBatch.id)
        .limit(limit)
    ).all()


def price_words(pence: str) -> str:
    """A stored price, in pence as text, the way people read it.

    >>> price_words("412.5")
    '£4.125'
    """
    return format_price(Decimal(pence))


STATE_WORDS = {"previewed": "only looked at", "applied": "taken in", "undone": "undone"}


def _no_longer_fits(error: CellError) -> RuleBroken:
    where = f"row {error.row}" + (f", {error.column}" if error.column else "")
    return RuleBroken(
        "import-no-longer-fits",
        f"Something changed since you looked at this file ({where}: {error.text}). Nothing was taken in: upload it again.",
        row=error.row,
        column=error.column,
    )


def _shown_name(file_name: str) -> str:
    name = "".join(letter for letter in file_name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable()).strip()
    return name[:200] or "file"


def _stored(table: ParsedTable) -> list[dict[str, Any]]:
    """Rows as JSON keeps them: decimals and days as text."""
    return [
        {"row": row.number, "values": {name: _as_json(value) for name, value in row.values.items()}}
        for row in table.rows
    ]


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _take_in_items(batch_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add and change items; answers, per item, its id, the version it has now, and what it was before."""
    have = {item.code.casefold(): item for item in db.session.scalars(select(Item))}
    touched: list[tuple[Item, dict[str, Any] | None]] = []
    for row in rows:
        values = _item_values(row["values"])
        item = have.get(values["code"].casefold())
        old = (
            None
            if item is None
            else {name: _as_json(getattr(item, name)) for name in values}
            | {
                "batch_id": str(item.batch_id) if item.batch_id else None,
                "retired_at": item.retired_at.isoformat() if item.retired_at else None,
            }
        )
        if item is None:
            item = Item()
            db.session.add(item)
        for name, value in values.items():
            setattr(item, name, value)
        item.batch_id, item.retired_at = batch_id, None
        touched.append((item, old))
    db.session.flush()
    return [{"id": str(item.id), "version": item.version, "old": old} for item, old in touched]


def _item_values(values: Mapping[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {
        name: value if value is not None else EMPTY_CELLS.get(name) for name, value in values.items()
    }
    made: dict[str, Any] = {field_name: filled[column] for column, field_name in _COLUMNS_OF_ITEM.items()}
    made["vat_rate_percent"] = Decimal(made["vat_rate_percent"])
    made["retail_pence"] = None if made["retail_pence"] is None else Decimal(made["retail_pence"])
    return made


def _take_in_prices(batch_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add price lines; answers the id and version of each."""
    used = {row["values"]["supplier"].casefold() for row in rows}
    # Nobody may change the suppliers' steps while prices are fitted to them.
    suppliers = {
        found.code.casefold(): found
        for found in db.session.scalars(
            select(Supplier).where(func.lower(Supplier.code).in_(used)).order_by(Supplier.id).with_for_update(read=True)
        )
    }
    items = ids_by_code(Item)
    offers = []
    for row in rows:
        supplier = suppliers[row["values"]["supplier"].casefold()]
        fields, _ = fitted(supplier, offer_values(supplier, row["values"]))
        offers.append(
            Offer(**fields, supplier_id=supplier.id, item_id=items[row["values"]["item"].casefold()], batch_id=batch_id)
        )
    db.session.add_all(offers)
    db.session.flush()
    return [{"id": str(offer.id), "version": offer.version} for offer in offers]


def _put_items_back(batch: ImportBatch) -> None:
    ids = [UUID(entry["id"]) for entry in batch.before]
    have = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(ids)).with_for_update())}
    new_ids = [UUID(entry["id"]) for entry in batch.before if entry["old"] is None]
    _check_untouched(
        batch, {item_id: item.version for item_id, item in have.items()}, {item.id: item.name for item in have.values()}
    )
    used = _first_round_item(or_(RoundItem.item_id.in_(new_ids), RoundItem.item_id.in_(ids) & _since(batch)))
    if used is not None:
        raise RuleBroken(
            "import-in-use",
            f"{used[0]} is in round {used[1]} since: nothing was undone. Take it out of the catalogue instead.",
        )
    priced = db.session.scalar(
        select(Item.name).join(Offer, Offer.item_id == Item.id).where(Item.id.in_(new_ids)).limit(1)
    )
    if priced is not None:
        raise RuleBroken(
            "import-in-use",
            f"{priced} has prices of suppliers since: nothing was undone. Undo or withdraw its prices first.",
        )
    for entry in batch.before:
        item = have[UUID(entry["id"])]
        if entry["old"] is None:
            db.session.delete(item)
            continue
        old = dict(entry["old"])
        old["vat_rate_percent"] = Decimal(old["vat_rate_percent"])
        old["retail_pence"] = None if old["retail_pence"] is None else plain(Decimal(old["retail_pence"]))
        old["batch_id"] = UUID(old["batch_id"]) if old["batch_id"] else None
        old["retired_at"] = datetime.fromisoformat(old["retired_at"]) if old["retired_at"] else None
        for name, value in old.items():
            setattr(item, name, value)


def _take_prices_out(batch: ImportBatch) -> None:
    ids = [UUID(entry["id"]) for entry in batch.before]
    rows = db.session.execute(
        select(Offer.id, Offer.version, Item.name, Offer.item_id)
        .join(Item, Item.id == Offer.item_id)
        .where(Offer.id.in_(ids))
        .with_for_update(of=Offer)
    ).all()
    _check_untouched(batch, {row[0]: row[1] for row in rows}, {row[0]: f"The price of {row[2]}" for row in rows})
    used = _first_round_item(
        RoundItem.item_id.in_({row[3] for row in rows})
        & BuyingRound.state.in_(("open", "closed", "awarded", "ordered"))
        & or_(BuyingRound.ordered_at.is_(None), BuyingRound.ordered_at > batch.applied_at)
    )
    if used is not None:
        raise RuleBroken(
            "import-in-use",
            f"{used[0]} is in round {used[1]}, which counts on these prices: nothing was undone. Withdraw single prices instead.",
        )
    db.session.execute(delete(Offer).where(Offer.id.in_(ids)))


def _check_untouched(batch: ImportBatch, versions: Mapping[UUID, int], names: Mapping[UUID, str]) -> None:
    for entry in batch.before:
        found = UUID(entry["id"])
        if found not in versions:
            raise RuleBroken(
                "import-changed-since", "Something that this file brought in was withdrawn since: nothing was undone."
            )
        if versions[found] != entry["version"]:
            raise RuleBroken("import-changed-since", f"{names[found]} was changed since: nothing was undone.")


def _since(batch: ImportBatch) -> Any:
    """Rounds that took the item as this file left it."""
    return or_(BuyingRound.opened_at.is_(None), BuyingRound.opened_at > batch.applied_at)


def _first_round_item(condition: Any) -> Any:
    query = select(RoundItem.name, BuyingRound.number).join(BuyingRound, BuyingRound.id == RoundItem.round_id)
    return db.session.execute(
        query.where(condition, BuyingRound.state != "cancelled").order_by(BuyingRound.number).limit(1)
    ).one_or_none()
