"""Suppliers and their price lists: kept by the office, read by everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from procurement.models import Item, Offer, Supplier
from procurement.rules import validate_tiers
from procurement.services.catalogue import (
    ALL_IN_USE,
    Choice,
    Page,
    change_fields,
    check_code,
    check_version,
    flush_code,
    get_item,
    holds,
    paged,
)
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken


@dataclass(frozen=True)
class SupplierRow:
    """A supplier with how many of its price lines hold today, and the last day of the one that ends first."""

    supplier: Supplier
    offers: int
    ends: date | None


@dataclass(frozen=True)
class OfferRow:
    """A price line with its item and supplier."""

    offer: Offer
    item: Item
    supplier: Supplier

    @property
    def state(self) -> str:
        """Whether it holds today: "now", "later" or "ended"."""
        today = clock.today()
        return "later" if self.offer.valid_from > today else "ended" if self.offer.valid_to < today else "now"


def add_supplier(values: Mapping[str, Any]) -> Supplier:
    """Add a supplier from the values of SupplierSchema. Raises: InvalidInput when its code is taken."""
    check_code(Supplier, values["code"])
    supplier = Supplier(**values)
    db.session.add(supplier)
    flush_code(Supplier, values["code"])
    audit.record(
        "add-supplier",
        "supplier",
        supplier.id,
        {"fields": sorted(name for name, value in values.items() if value is not None)},
    )
    return supplier


def change_supplier(supplier_id: UUID, version: int, values: Mapping[str, Any]) -> Supplier:
    """Change a supplier that nobody has changed since `version`; price lists that still hold must fit its steps.

    Raises: NotFound, Conflict, InvalidInput.
    """
    supplier = get_supplier(supplier_id, lock="change")
    check_version(supplier.version, version)
    check_code(Supplier, values["code"], supplier.id)
    _check_steps(supplier, values)
    if changed := change_fields(supplier, values):
        flush_code(Supplier, values["code"], supplier.id)
        audit.record("change-supplier", "supplier", supplier.id, {"fields": changed})
    return supplier


def _check_steps(supplier: Supplier, values: Mapping[str, Any]) -> None:
    """Prices of lists that still hold belong to the steps; new bounds for the same number of steps reach them."""
    if (supplier.tier_basis, supplier.order_tiers) == (values["tier_basis"], values["order_tiers"]):
        return
    holding = list(
        db.session.scalars(select(Offer).where(Offer.supplier_id == supplier.id, Offer.valid_to >= clock.today()))
    )
    if not holding:
        return
    if supplier.tier_basis != values["tier_basis"]:
        raise InvalidInput(
            {
                "tier_basis": f"{len(holding)} prices of this supplier still hold and count steps the present way: withdraw them first"
            }
        )
    if len(supplier.order_tiers) != len(values["order_tiers"]):
        raise InvalidInput(
            {
                "order_tiers": f"{len(holding)} prices of this supplier have {len(supplier.order_tiers)} steps each: withdraw them first"
            }
        )
    for offer in holding:
        offer.tiers = list(values["order_tiers"])


def retire_supplier(supplier_id: UUID, version: int | None = None) -> Supplier:
    """No longer ask a supplier: its prices take no part in later awards. Raises: NotFound, Conflict, RuleBroken."""
    supplier = get_supplier(supplier_id, lock="change")
    if version is not None:
        check_version(supplier.version, version)
    if supplier.retired_at is not None:
        raise RuleBroken("supplier-already-retired", "This supplier is no longer asked already.")
    supplier.retired_at = clock.now()
    db.session.flush()
    audit.record("retire-supplier", "supplier", supplier.id)
    return supplier


def restore_supplier(supplier_id: UUID) -> Supplier:
    """Ask a supplier again. Raises: NotFound, RuleBroken."""
    supplier = get_supplier(supplier_id, lock="change")
    if supplier.retired_at is None:
        raise RuleBroken("supplier-not-retired", "This supplier is asked already.")
    supplier.retired_at = None
    db.session.flush()
    audit.record("restore-supplier", "supplier", supplier.id)
    return supplier


def get_supplier(supplier_id: UUID, *, lock: Literal["", "share", "change"] = "") -> Supplier:
    """One supplier; with a lock nobody changes its steps while prices are written. Raises: NotFound."""
    locks: dict[str, Any] = {"": None, "share": {"read": True}, "change": True}
    supplier = db.session.get(Supplier, supplier_id, with_for_update=locks[lock])
    if supplier is None:
        raise NotFound("supplier")
    return supplier


def list_suppliers(choice: Choice = ALL_IN_USE) -> Page[SupplierRow]:
    """Suppliers whose name or code holds the words, those no longer asked included. Sorted by name, code, ends or offers."""
    today = clock.today()
    prices = (
        select(Offer.supplier_id, func.count().label("offers"), func.min(Offer.valid_to).label("ends"))
        .where(Offer.valid_from <= today, Offer.valid_to >= today)
        .group_by(Offer.supplier_id)
        .subquery()
    )
    count = func.coalesce(prices.c.offers, 0)
    query = select(Supplier, count, prices.c.ends).outerjoin(prices, prices.c.supplier_id == Supplier.id)
    query = query.where(*holds(choice.words, Supplier.name, Supplier.code))
    orders = {
        "name": func.lower(Supplier.name),
        "code": func.lower(Supplier.code),
        "ends": prices.c.ends,
        "offers": count,
    }
    return paged(query, choice, orders, "name", Supplier.id, lambda row: SupplierRow(row[0], row[1], row[2]))


def list_supplier_choices() -> list[tuple[str, str]]:
    """Id and name of every supplier that is asked, for a list to choose from."""
    rows = db.session.execute(
        select(Supplier.id, Supplier.name)
        .where(Supplier.retired_at.is_(None))
        .order_by(func.lower(Supplier.name), Supplier.id)
    )
    return [(str(supplier_id), name) for supplier_id, name in rows]


def add_offer(values: Mapping[str, Any]) -> tuple[Offer, list[str]]:
    """Add a price line from the values of NewOfferSchema; answers it and warnings in words.

    Raises: NotFound · InvalidInput when the steps do not fit, or another list of the supplier holds on one of these days.
    """
    supplier = get_supplier(values["supplier_id"], lock="share")
    item = get_item(values["item_id"])
    if item.retired_at is not None:
        raise InvalidInput({"item_id": "This item has been taken out of the catalogue"})
    if supplier.retired_at is not None:
        raise InvalidInput({"supplier_id": "This supplier is no longer asked"})
    fields, warnings = fitted(supplier, values)
    check_free_days(supplier.id, item.id, values["valid_from"], values["valid_to"])
    offer = Offer(**fields)
    db.session.add(offer)
    _flush_days(supplier.id, item.id, values, None)
    audit.record("add-offer", "offer", offer.id, {"supplier": str(supplier.id), "item": str(item.id)})
    return offer, warnings


def change_offer(offer_id: UUID, version: int, values: Mapping[str, Any]) -> tuple[Offer, list[str]]:
    """Change a price line that nobody has changed since `version`, from the values of OfferSchema.

    Raises: NotFound, Conflict, InvalidInput.
    """
    offer = get_offer(offer_id).offer
    check_version(offer.version, version)
    fields, warnings = fitted(get_supplier(offer.supplier_id, lock="share"), values)
    check_free_days(offer.supplier_id, offer.item_id, values["valid_from"], values["valid_to"], offer.id)
    supplier_id, item_id = offer.supplier_id, offer.item_id
    if changed := change_fields(offer, fields):
        _flush_days(supplier_id, item_id, values, offer_id)
        audit.record("change-offer", "offer", offer_id, {"fields": changed})
    return offer, warnings


def withdraw_offer(offer_id: UUID, version: int | None = None) -> None:
    """Withdraw a price line: one that holds ends yesterday, one that has not begun goes. Orders already made stay.

    Raises: NotFound, Conflict, RuleBroken.
    """
    offer = get_offer(offer_id).offer
    if version is not None:
        check_version(offer.version, version)
    today = clock.today()
    if offer.valid_to < today:
        raise RuleBroken("offer-has-ended", "These prices hold no longer, so there is nothing to withdraw.")
    facts = {
        "supplier": str(offer.supplier_id),
        "item": str(offer.item_id),
        "from": offer.valid_from.isoformat(),
        "to": offer.valid_to.isoformat(),
    }
    if offer.valid_from < today:
        offer.valid_to = today - timedelta(days=1)
    else:
        db.session.delete(offer)
    db.session.flush()
    audit.record("withdraw-offer", "offer", offer_id, facts)


def get_offer(offer_id: UUID) -> OfferRow:
    """One price line with its item and supplier. Raises: NotFound."""
    row = db.session.execute(_offers().where(Offer.id == offer_id)).one_or_none()
    if row is None:
        raise NotFound("offer")
    return OfferRow(*row)


def list_offers(
    choice: Choice = ALL_IN_USE, *, supplier_id: UUID | None = None, item_id: UUID | None = None
) -> Page[OfferRow]:
    """Price lines of items whose name or code holds the words; state "now", "later", "ended" or "" for all but ended."""
    today = clock.today()
    states = {
        "now": (Offer.valid_from <= today, Offer.valid_to >= today),
        "later": (Offer.valid_from > today,),
        "ended": (Offer.valid_to < today,),
        "all": (),
    }
    query = _offers().where(
        *states.get(choice.state, (Offer.valid_to >= today,)), *holds(choice.words, Item.name, Item.code)
    )
    if supplier_id is not None:
        query = query.where(Offer.supplier_id == supplier_id)
    if item_id is not None:
        query = query.where(Offer.item_id == item_id)
    orders = {
        "item": func.lower(Item.name),
        "supplier": func.lower(Supplier.name),
        "price": Offer.pence_per_pack[1],
        "ends": Offer.valid_to,
    }
    return paged(query, choice, orders, "item", Offer.id, lambda row: OfferRow(*row))


def fitted(supplier: Supplier, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Values with the steps they belong to, and warnings: for tiers on the whole order the supplier's, else the line's own.

    Raises: InvalidInput at tiers, prices or mode.
    """
    prices: Sequence[Any] = values["pence_per_pack"]
    tiers = values.get("tiers")
    if supplier.tier_basis == "item_packs":
        if tiers is None and len(prices) > 1:
            raise InvalidInput({"tiers[1]": "Say from how many packs this price holds"})
        tiers = list(tiers) if tiers else [0]
    else:
        if values["mode"] != "all_units":
            raise InvalidInput({"mode": "Steps on the whole order price all packs: choose all units"})
        if tiers is not None and list(tiers) != list(supplier.order_tiers):
            raise InvalidInput({"tiers": "This supplier’s steps are those of the whole order: leave them out here"})
        tiers = list(supplier.order_tiers)
        if len(prices) != len(tiers):
            raise InvalidInput(
                {
                    "prices": f"{supplier.name} has {len(tiers)} steps on the whole order: give one price for each, not {len(prices)}"
                }
            )
    try:
        warnings = validate_tiers(tiers, prices)
    except InvalidInput as fault:
        raise InvalidInput(
            {path.replace("pence_per_pack", "prices"): text for path, text in fault.errors.items()}
        ) from fault
    return {**values, "tiers": tiers, "pence_per_pack": list(prices)}, warnings


def check_free_days(supplier_id: UUID, item_id: UUID, first: date, last: date, own_id: UUID | None = None) -> None:
    """Raises: InvalidInput naming the days of the other list, when one of the same supplier and item shares a day."""
    query = select(Offer.valid_from, Offer.valid_to).where(
        Offer.supplier_id == supplier_id, Offer.item_id == item_id, Offer.valid_from <= last, Offer.valid_to >= first
    )
    if own_id is not None:
        query = query.where(Offer.id != own_id)
    with db.session.no_autoflush:
        other = db.session.execute(query.order_by(Offer.valid_from).limit(1)).one_or_none()
    if other is not None:
        raise InvalidInput({"valid_from": overlap_words(other[0], other[1])})


def overlap_words(first: date, last: date) -> str:
    """What to say when another list holds on the same days.

    >>> overlap_words(date(2026, 1, 1), date(2026, 3, 31))
    'This supplier already has a price for this item from Thursday 1 January 2026 to Tuesday 31 March 2026: choose other days'
    """
    return f"This supplier already has a price for this item from {clock.day_words(first)} to {clock.day_words(last)}: choose other days"


def _flush_days(supplier_id: UUID, item_id: UUID, values: Mapping[str, Any], own_id: UUID | None) -> None:
    """Two people at once: the database has the last word, and what it refuses is said in the same words."""
    try:
        db.session.flush()
    except IntegrityError as fault:
        db.session.rollback()
        if isinstance(fault.orig, ExclusionViolation):
            check_free_days(supplier_id, item_id, values["valid_from"], values["valid_to"], own_id)
        raise


def _offers() -> Any:
    return (
        select(Offer, Item, Supplier)
        .join(Item, Item.id == Offer.item_id)
        .join(Supplier, Supplier.id == Offer.supplier_id)
    )
