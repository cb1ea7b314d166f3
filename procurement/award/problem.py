"""An award problem as plain, checked values: what JSON says, or a refusal that names each key that is wrong."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from procurement.award.reading import PriceReader

MAX_PACKS = 10_000_000
"""More packs than this of one item are a typing error; beyond it a solver's arithmetic would not be exact either."""
MAX_BOUND = 10**9
MAX_PRICE = 10**7
MAX_PENCE = 10**11
BASES = ("item_packs", "order_packs", "order_pence")
MODES = ("all_units", "incremental")


@dataclass(frozen=True)
class Item:
    """Something co-ops need: packs wanted per co-op, and a retail price per pack in pence where there is one."""

    id: str
    demand: dict[str, int]
    retail: Fraction | None = None

    @property
    def packs(self) -> int:
        """Packs wanted by all co-ops together."""
        return sum(self.demand.values())


@dataclass(frozen=True)
class Offer:
    """One item at one supplier. `tiers` are this line's own lower bounds (one tier at 0 on an order basis)."""

    supplier: str
    item: str
    prices: tuple[Fraction, ...]
    tiers: tuple[int, ...] = (0,)
    minimum: int = 1
    multiple: int = 1
    capacity: int | None = None
    incremental: bool = False
    quality: Fraction = Fraction(1)

    @property
    def key(self) -> tuple[str, str]:
        """Supplier and item: what tells lines apart."""
        return self.supplier, self.item


@dataclass(frozen=True)
class Supplier:
    """Someone who sells: charges in pence, what its tiers count, and its offers in order of item."""

    id: str
    offers: tuple[Offer, ...]
    delivery: int = 0
    free_from: int | None = None
    minimum_order: int = 0
    basis: str = "item_packs"
    tiers: tuple[int, ...] = (0,)

    @property
    def order_basis(self) -> bool:
        """Whether one tier is reached by the whole order and prices every line of it."""
        return self.basis != "item_packs"


@dataclass(frozen=True)
class Limits:
    """What the federation allows: None means no limit."""

    max_suppliers: int | None = None
    max_suppliers_per_item: int | None = None
    max_share_percent: Fraction | None = None


@dataclass(frozen=True)
class Problem:
    """Everything an award is made from, sorted by id so that the same input gives the same answer."""

    items: tuple[Item, ...]
    suppliers: tuple[Supplier, ...]
    limits: Limits = field(default_factory=Limits)
    quality_weight: Fraction = Fraction(0)
    allow_overbuy: bool = False
    time_limit: float = 30.0
    gap: Fraction = Fraction(1, 10_000)
    pinned: frozenset[str] = frozenset()
    """Suppliers that must get an order: the officer's wish, not part of the input format."""

    @cached_property
    def packs(self) -> dict[str, int]:
        """Packs wanted per item."""
        return {item.id: item.packs for item in self.items}

    @cached_property
    def offers(self) -> dict[tuple[str, str], Offer]:
        """Every offer by supplier and item, in sorted order."""
        return {offer.key: offer for supplier in self.suppliers for offer in supplier.offers}

    def for_coops(self, coops: frozenset[str]) -> "Problem":
        """The same offers for the demand of these co-ops only; items nobody of them wants are left out."""
        kept = [replace(i, demand={c: n for c, n in i.demand.items() if c in coops}) for i in self.items]
        return self.with_items([item for item in kept if item.packs])

    def with_items(self, items: list[Item]) -> "Problem":
        """The same problem for these items, with only the offers that name them."""
        ids = {item.id for item in items}
        suppliers = [replace(s, offers=tuple(o for o in s.offers if o.item in ids)) for s in self.suppliers]
        return replace(self, items=tuple(items), suppliers=tuple(s for s in suppliers if s.offers))


def parse_problem(raw: Any) -> Problem:
    """Read an award problem from decoded JSON.

    Raises: InvalidInput with the path of every key that is unknown, missing or wrong, and what would be right.
    """
    read = PriceReader()
    sheet = read.mapping(
        raw,
        "",
        required=("items", "suppliers"),
        optional=("limits", "quality_weight_percent", "allow_overbuy", "time_limit_seconds", "gap"),
    )
    items = [_item(read, row, f"items[{n}]") for n, row in enumerate(read.rows(sheet.get("items"), "items", 1, 5000))]
    read.distinct([item.id for item in items], "items", "id")
    known = {item.id for item in items}
    rows = read.rows(sheet.get("suppliers"), "suppliers", 0, 500)
    suppliers = [_supplier(read, row, f"suppliers[{n}]", known) for n, row in enumerate(rows)]
    read.distinct([supplier.id for supplier in suppliers], "suppliers", "id")
    problem = Problem(
        items=tuple(sorted(items, key=lambda item: item.id)),
        suppliers=tuple(sorted(suppliers, key=lambda supplier: supplier.id)),
        limits=_limits(read, sheet.get("limits", {})),
        quality_weight=read.number(sheet.get("quality_weight_percent", 0), "quality_weight_percent", 0, 1000) / 100,
        allow_overbuy=read.flag(sheet.get("allow_overbuy", False), "allow_overbuy"),
        time_limit=float(
            read.number(sheet.get("time_limit_seconds", 30), "time_limit_seconds", Fraction(1, 100), 3600)
        ),
        gap=read.number(sheet.get("gap", "0.0001"), "gap", 0, 1),
    )
    read.finish()
    return problem


def _item(read: PriceReader, raw: Any, path: str) -> Item:
    row = read.mapping(raw, path, required=("id", "demand"), optional=("retail_pence",))
    demand = row.get("demand")
    wanted = {}
    if isinstance(demand, dict):
        for coop, packs in sorted(demand.items()):
            read.name(coop, f"{path}.demand")
            wanted[coop] = read.whole(packs, f"{path}.demand.{coop}", 0, MAX_PACKS)
        if sum(wanted.values()) > MAX_PACKS:
            read.wrong(f"{path}.demand", f"all co-ops together may want at most {MAX_PACKS:,} packs of an item")
    elif "demand" in row:
        read.wrong(f"{path}.demand", 'an object of packs wanted per co-op, like {"coop-a": 120}')
    retail = row.get("retail_pence")
    return Item(
        read.name(row.get("id"), f"{path}.id"),
        wanted,
        None if retail is None else read.price(retail, f"{path}.retail_pence", MAX_PRICE),
    )


def _supplier(read: PriceReader, raw: Any, path: str, known: set[str]) -> Supplier:
    row = read.mapping(
        raw,
        path,
        required=("id", "offers"),
        optional=("delivery_pence", "free_delivery_from_pence", "minimum_order_pence", "tier_basis", "tiers"),
    )
    basis = read.choice(row.get("tier_basis", "item_packs"), f"{path}.tier_basis", BASES)
    tiers = (0,)
    if basis == "item_packs" and "tiers" in row:
        read.wrong(f"{path}.tiers", "leave out: with tier_basis item_packs each offer has tiers of its own")
    elif basis != "item_packs":
        tiers = read.bounds(row.get("tiers", [0]), f"{path}.tiers", MAX_PENCE)
    name = read.name(row.get("id"), f"{path}.id")
    rows = read.rows(row.get("offers"), f"{path}.offers", 0, 5000)
    own = None if basis == "item_packs" else len(tiers)
    offers = [_offer(read, offer, f"{path}.offers[{n}]", name, own) for n, offer in enumerate(rows)]
    read.distinct([offer.item for offer in offers], f"{path}.offers", "item")
    for n, offer in enumerate(offers):
        if offer.item and offer.item not in known:
            read.wrong(f"{path}.offers[{n}].item", f"no item has the id {offer.item!r}")
    free = row.get("free_delivery_from_pence")
    return Supplier(
        id=name,
        offers=tuple(sorted(offers, key=lambda offer: offer.item)),
        delivery=read.whole(row.get("delivery_pence", 0), f"{path}.delivery_pence", 0, MAX_PENCE),
        free_from=None if free is None else read.whole(free, f"{path}.free_delivery_from_pence", 0, MAX_PENCE),
        minimum_order=read.whole(row.get("minimum_order_pence", 0), f"{path}.minimum_order_pence", 0, MAX_PENCE),
        basis=basis,
        tiers=tiers,
    )


def _offer(read: PriceReader, raw: Any, path: str, supplier: str, order_tiers: int | None) -> Offer:
    row = read.mapping(
        raw,
        path,
        required=("item", "pence_per_pack"),
        optional=("minimum_packs", "multiple_packs", "capacity_packs", "tiers", "mode", "quality"),
    )
    tiers = (0,)
    if order_tiers is None:
        tiers = read.bounds(row.get("tiers", [0]), f"{path}.tiers", MAX_BOUND)
    elif "tiers" in row:
        read.wrong(f"{path}.tiers", "leave out: on an order basis the tiers stand at the supplier")
    mode = read.choice(row.get("mode", "all_units"), f"{path}.mode", MODES)
    if mode == "incremental" and order_tiers is not None:
        read.wrong(f"{path}.mode", "incremental goes with tier_basis item_packs only; an order basis prices all units")
    prices = read.prices(row.get("pence_per_pack"), f"{path}.pence_per_pack", order_tiers or len(tiers), MAX_PRICE)
    capacity = row.get("capacity_packs")
    return Offer(
        supplier=supplier,
        item=read.name(row.get("item"), f"{path}.item"),
        prices=prices,
        tiers=tiers,
        minimum=read.whole(row.get("minimum_packs", 1), f"{path}.minimum_packs", 1, MAX_PACKS),
        multiple=read.whole(row.get("multiple_packs", 1), f"{path}.multiple_packs", 1, MAX_PACKS),
        capacity=None if capacity is None else read.whole(capacity, f"{path}.capacity_packs", 0, MAX_BOUND),
        incremental=mode == "incremental",
        quality=read.number(row.get("quality", 1), f"{path}.quality", 0, 1),
    )


def _limits(read: PriceReader, raw: Any) -> Limits:
    row = read.mapping(raw, "limits", optional=("max_suppliers", "max_suppliers_per_item", "max_share_percent"))
    most, each = row.get("max_suppliers"), row.get("max_suppliers_per_item")
    share = row.get("max_share_percent")
    return Limits(
        None if most is None else read.whole(most, "limits.max_suppliers", 1, 500),
        None if each is None else read.whole(each, "limits.max_suppliers_per_item", 1, 500),
        None if share is None else read.number(share, "limits.max_share_percent", Fraction(1, 100), 100),
    )
