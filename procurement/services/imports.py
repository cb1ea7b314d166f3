"""Files of catalogue rows and prices: looked at first, taken in as a whole or not at all, and undone as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.errors import ExclusionViolation, UniqueViolation
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from procurement.importing import MAX_ERRORS, CellError, ParsedTable, read_table
from procurement.models import BuyingRound, ImportBatch, Item, Offer, RoundItem, Supplier
from procurement.services.suppliers import fitted, overlap_words
from procurement.sheets import SHEETS, price_tiers, tier_warnings
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.fields import plain
from tenants.money import format_price
from tenants.scope import current_scope

KINDS = ("catalogue", "prices")
HIGHEST_PRICE = Decimal(10**7)
BATCHES_SHOWN = 10
_COLUMNS_OF_ITEM = {
    "code": "code", "name": "name", "unit": "unit", "packs_per_box": "packs_per_box", "gtin": "gtin", "cpv": "cpv",
    "standard": "standard", "vat_rate": "vat_rate_percent", "retail_price": "retail_pence",
}
_EMPTY_CELLS = {"packs_per_box": 1, "vat_rate": Decimal(20), "minimum_packs": 1, "multiple_packs": 1, "quality": Decimal(1), "mode": "all_units"}


@dataclass
class Checked:
    """Rows that may be taken in with what becomes of each ("new" or "change"), and what stands against the others."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    notes: list[str] = field(default_factory=list)

    def refuse(self, row: int, column: str, text: str) -> None:
        """Count an error, and keep it while there are few enough to read."""
        self.error_count += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(CellError(row, column, text))


def preview_import(kind: str, file_name: str, data: bytes) -> ImportBatch:
    """Read a file and keep what it would bring, with every error by row and column; nothing else changes.

    Raises: NotFound for an unknown kind · InvalidInput at "file" when it cannot be read at all.
    """
    if kind not in KINDS:
        raise NotFound("kind of file")
    table = read_table(data, SHEETS[kind])
    checked = _check(kind, _stored(table))
    errors = [*table.errors, *checked.errors][:MAX_ERRORS]
    batch = ImportBatch(
        kind=kind, file_name=_shown_name(file_name), rows=checked.rows, created_by=current_scope().person_id, created_at=clock.now(),
        errors={"list": [[error.row, error.column, error.text] for error in sorted(errors, key=lambda error: error.row)],
                "count": table.error_count + checked.error_count, "notes": [*table.notes, *checked.notes][:MAX_ERRORS]},
    )
    db.session.add(batch)
    db.session.flush()
    audit.record("preview-import", "import", batch.id, {"kind": kind, "rows": len(checked.rows), "errors": batch.errors["count"]})
    return batch


def apply_import(batch_id: UUID) -> ImportBatch:
    """Take in every row of a previewed file, all or none; the world is asked again whether they still fit.

    Raises: NotFound · RuleBroken when it was taken in or undone already, has errors, or no longer fits.
    """
    batch = get_batch(batch_id, lock=True)
    if batch.state != "previewed":
        raise RuleBroken(f"import-already-{batch.state}", f"This file was {STATE_WORDS[batch.state]} already, and nothing was done twice.")
    if batch.errors["count"]:
        raise RuleBroken("import-has-errors", "This file has errors: mend them and upload it again. Nothing was taken in.")
    checked = _check(batch.kind, batch.rows)
    if checked.error_count:
        raise _no_longer_fits(checked.errors[0])
    try:
        before = _take_in_items(batch.id, checked.rows) if batch.kind == "catalogue" else _take_in_prices(batch.id, checked.rows)
        db.session.flush()
    except IntegrityError as fault:
        if not isinstance(fault.orig, UniqueViolation | ExclusionViolation):
            raise
        db.session.rollback()
        raise RuleBroken("import-no-longer-fits", "Somebody added the same at this moment. Nothing was taken in: upload the file again.") from fault
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
        raise RuleBroken(f"import-already-{batch.state}", f"This file was {STATE_WORDS[batch.state]} already. Undo it if it was wrong.")
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
    return db.session.execute(select(*columns).where(ImportBatch.kind == kind).order_by(ImportBatch.created_at.desc(), ImportBatch.id).limit(limit)).all()


def price_words(pence: str) -> str:
    """A stored price, in pence as text, the way people read it.

    >>> price_words("412.5")
    '£4.125'
    """
    return format_price(Decimal(pence))


STATE_WORDS = {"previewed": "only looked at", "applied": "taken in", "undone": "undone"}


def _no_longer_fits(error: CellError) -> RuleBroken:
    where = f"row {error.row}" + (f", {error.column}" if error.column else "")
    return RuleBroken("import-no-longer-fits", f"Something changed since you looked at this file ({where}: {error.text}). "
                      "Nothing was taken in: upload it again.", row=error.row, column=error.column)


def _shown_name(file_name: str) -> str:
    name = "".join(letter for letter in file_name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable()).strip()
    return name[:200] or "file"


def _stored(table: ParsedTable) -> list[dict[str, Any]]:
    """Rows as JSON keeps them: decimals and days as text."""
    return [{"row": row.number, "values": {name: _as_json(value) for name, value in row.values.items()}} for row in table.rows]


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _check(kind: str, rows: Iterable[Mapping[str, Any]]) -> Checked:
    checked = Checked()
    (_check_items if kind == "catalogue" else _check_prices)(rows, checked)
    return checked


def _check_items(rows: Iterable[Mapping[str, Any]], checked: Checked) -> None:
    """Every good row is new or changes the item that has its code."""
    rows = list(rows)
    have = _ids_by_code(Item)
    for row in rows:
        code, price = row["values"]["code"], row["values"].get("retail_price")
        if price is not None and Decimal(price) > HIGHEST_PRICE:
            checked.refuse(row["row"], "retail_price", "A price is at most £100,000 a pack")
            continue
        found = have.get(code.casefold())
        checked.rows.append({"row": row["row"], "values": row["values"], "act": "change" if found else "new"})


def _ids_by_code(model: type[Item] | type[Supplier]) -> dict[str, UUID]:
    return {code.casefold(): found for found, code in db.session.execute(select(model.id, model.code))}


def _check_prices(rows: Iterable[Mapping[str, Any]], checked: Checked) -> None:
    """Supplier and item are known and in use, steps fit the supplier, and no two lists share a day."""
    rows = list(rows)
    suppliers = {supplier.code.casefold(): supplier for supplier in db.session.scalars(select(Supplier))}
    items = {code.casefold(): (item_id, retired_at) for item_id, code, retired_at in db.session.execute(select(Item.id, Item.code, Item.retired_at))}
    taken = _days_taken({suppliers[code].id for row in rows if (code := row["values"]["supplier"].casefold()) in suppliers})
    for row in rows:
        values = row["values"]
        supplier, item = suppliers.get(values["supplier"].casefold()), items.get(values["item"].casefold())
        errors = dict(_price_errors(values, supplier, item))
        if not errors and supplier and item:
            first, last = date.fromisoformat(values["valid_from"]), date.fromisoformat(values["valid_to"])
            days = taken.setdefault((supplier.id, item[0]), [])
            if clash := next((held for held in days if held[0] <= last and first <= held[1]), None):
                errors["valid_from"] = overlap_words(*clash[:2]) if clash[2] is None else f"Row {clash[2]} holds on the same days: choose other days"
            days.append((first, last, row["row"]))
        for column, text in errors.items():
            checked.refuse(row["row"], column, text)
        if not errors and supplier and item:
            checked.notes += [f"Row {row['row']}: {text}" for text in tier_warnings(_parsed(values))]
            checked.rows.append({"row": row["row"], "values": values, "act": "new"})


def _price_errors(values: Mapping[str, Any], supplier: Supplier | None, item: tuple[UUID, Any] | None) -> Iterable[tuple[str, str]]:
    if supplier is None:
        yield "supplier", "No supplier has this code: add the supplier first, or mend the code"
    elif supplier.retired_at is not None:
        yield "supplier", f"{supplier.name} is no longer asked"
    else:
        yield from _step_errors(supplier, values)
    if item is None:
        yield "item", "No item of the catalogue has this code: add the item first, or mend the code"
    elif item[1] is not None:
        yield "item", "This item has been taken out of the catalogue"


def _step_errors(supplier: Supplier, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    tiers, prices = price_tiers(_parsed(values))
    if supplier.tier_basis == "item_packs" and tiers is None:
        yield "tier_2_from", "Say from how many packs this price holds: this supplier counts steps line by line"
        return
    if supplier.tier_basis != "item_packs" and tiers is not None and len(prices) > 1 and tiers != list(supplier.order_tiers):
        yield "tier_2_from", f"{supplier.name} counts steps on the whole order: leave the bounds empty, and give {len(supplier.order_tiers)} prices"
        return
    for place, price in enumerate(prices, start=1):
        if price > HIGHEST_PRICE:
            yield f"tier_{place}_price", "A price is at most £100,000 a pack"
    try:
        fitted(supplier, _offer_values(supplier, values))
    except InvalidInput as fault:
        columns = {"mode": "mode", "prices": f"tier_{len(prices)}_price"}
        yield from ((columns.get(path, "tier_1_from"), text) for path, text in fault.errors.items())


def _days_taken(supplier_ids: set[UUID]) -> dict[tuple[UUID, UUID], list[tuple[date, date, int | None]]]:
    taken: dict[tuple[UUID, UUID], list[tuple[date, date, int | None]]] = {}
    found = select(Offer.supplier_id, Offer.item_id, Offer.valid_from, Offer.valid_to).where(Offer.supplier_id.in_(supplier_ids))
    for supplier_id, item_id, first, last in db.session.execute(found):
        taken.setdefault((supplier_id, item_id), []).append((first, last, None))
    return taken


def _parsed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row of prices as the sheet's reader made them."""
    decimals = {name: Decimal(text) for name, text in values.items() if name.endswith("_price") and text is not None}
    return {**values, **decimals}


def _offer_values(supplier: Supplier, values: Mapping[str, Any]) -> dict[str, Any]:
    tiers, prices = price_tiers(_parsed(values))
    filled = {name: value if value is not None else _EMPTY_CELLS.get(name) for name, value in values.items()}
    return {
        "mode": filled["mode"], "tiers": tiers if supplier.tier_basis == "item_packs" else None, "pence_per_pack": prices,
        "minimum_packs": filled["minimum_packs"], "multiple_packs": filled["multiple_packs"], "capacity_packs": filled["capacity_packs"],
        "quality": Decimal(filled["quality"]), "valid_from": date.fromisoformat(values["valid_from"]),
        "valid_to": date.fromisoformat(values["valid_to"]),
    }


def _take_in_items(batch_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add and change items; answers, per item, its id, the version it has now, and what it was before."""
    have = {item.code.casefold(): item for item in db.session.scalars(select(Item))}
    touched: list[tuple[Item, dict[str, Any] | None]] = []
    for row in rows:
        values = _item_values(row["values"])
        item = have.get(values["code"].casefold())
        old = None if item is None else {name: _as_json(getattr(item, name)) for name in values} | {
            "batch_id": str(item.batch_id) if item.batch_id else None, "retired_at": item.retired_at.isoformat() if item.retired_at else None}
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
    filled = {name: value if value is not None else _EMPTY_CELLS.get(name) for name, value in values.items()}
    made = {field_name: filled[column] for column, field_name in _COLUMNS_OF_ITEM.items()}
    made["vat_rate_percent"] = Decimal(made["vat_rate_percent"])
    made["retail_pence"] = None if made["retail_pence"] is None else Decimal(made["retail_pence"])
    return made


def _take_in_prices(batch_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add price lines; answers the id and version of each."""
    used = {row["values"]["supplier"].casefold() for row in rows}
    # Nobody may change the suppliers' steps while prices are fitted to them.
    suppliers = {found.code.casefold(): found for found in db.session.scalars(
        select(Supplier).where(func.lower(Supplier.code).in_(used)).order_by(Supplier.id).with_for_update(read=True))}
    items = _ids_by_code(Item)
    offers = []
    for row in rows:
        supplier = suppliers[row["values"]["supplier"].casefold()]
        fields, _ = fitted(supplier, _offer_values(supplier, row["values"]))
        offers.append(Offer(**fields, supplier_id=supplier.id, item_id=items[row["values"]["item"].casefold()], batch_id=batch_id))
    db.session.add_all(offers)
    db.session.flush()
    return [{"id": str(offer.id), "version": offer.version} for offer in offers]


def _put_items_back(batch: ImportBatch) -> None:
    ids = [UUID(entry["id"]) for entry in batch.before]
    have = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(ids)).with_for_update())}
    new_ids = [UUID(entry["id"]) for entry in batch.before if entry["old"] is None]
    _check_untouched(batch, {item_id: item.version for item_id, item in have.items()}, {item.id: item.name for item in have.values()})
    used = _first_round_item(or_(RoundItem.item_id.in_(new_ids), RoundItem.item_id.in_(ids) & _since(batch)))
    if used is not None:
        raise RuleBroken("import-in-use", f"{used[0]} is in round {used[1]} since: nothing was undone. Take it out of the catalogue instead.")
    priced = db.session.scalar(select(Item.name).join(Offer, Offer.item_id == Item.id).where(Item.id.in_(new_ids)).limit(1))
    if priced is not None:
        raise RuleBroken("import-in-use", f"{priced} has prices of suppliers since: nothing was undone. Undo or withdraw its prices first.")
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
    rows = db.session.execute(select(Offer.id, Offer.version, Item.name, Offer.item_id).join(Item, Item.id == Offer.item_id)
                              .where(Offer.id.in_(ids)).with_for_update(of=Offer)).all()
    _check_untouched(batch, {row[0]: row[1] for row in rows}, {row[0]: f"The price of {row[2]}" for row in rows})
    used = _first_round_item(RoundItem.item_id.in_({row[3] for row in rows}) & BuyingRound.state.in_(("open", "closed", "awarded", "ordered"))
                             & or_(BuyingRound.ordered_at.is_(None), BuyingRound.ordered_at > batch.applied_at))
    if used is not None:
        raise RuleBroken("import-in-use", f"{used[0]} is in round {used[1]}, which counts on these prices: nothing was undone. "
                         "Withdraw single prices instead.")
    db.session.execute(delete(Offer).where(Offer.id.in_(ids)))


def _check_untouched(batch: ImportBatch, versions: Mapping[UUID, int], names: Mapping[UUID, str]) -> None:
    for entry in batch.before:
        found = UUID(entry["id"])
        if found not in versions:
            raise RuleBroken("import-changed-since", "Something that this file brought in was withdrawn since: nothing was undone.")
        if versions[found] != entry["version"]:
            raise RuleBroken("import-changed-since", f"{names[found]} was changed since: nothing was undone.")


def _since(batch: ImportBatch) -> Any:
    """Rounds that took the item as this file left it."""
    return or_(BuyingRound.opened_at.is_(None), BuyingRound.opened_at > batch.applied_at)


def _first_round_item(condition: Any) -> Any:
    query = select(RoundItem.name, BuyingRound.number).join(BuyingRound, BuyingRound.id == RoundItem.round_id)
    return db.session.execute(query.where(condition, BuyingRound.state != "cancelled").order_by(BuyingRound.number).limit(1)).one_or_none()
