"""How far an item and its suppliers are from the next box, the next price and free delivery: the live demand page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from procurement.rules import Mode, TierBasis
from tenants.money import round_half_up

Key = TypeVar("Key")
"""What an item is known by: its id or its code."""


@dataclass(frozen=True)
class PriceList:
    """One supplier's price for one item: lower bounds from 0 and pence per pack of each tier.

    `order_reached` is what the supplier's whole order would reach today, in packs or pence as the basis says;
    it is not looked at for the basis item_packs.
    """

    supplier: str
    bounds: Sequence[int]
    pence_per_pack: Sequence[Decimal]
    basis: TierBasis = "item_packs"
    mode: Mode = "all_units"
    minimum_packs: int = 1
    multiple_packs: int = 1
    capacity_packs: int | None = None
    order_reached: int = 0


@dataclass(frozen=True)
class NextTier:
    """The next lower price: who offers it, the packs (or pence) still missing, where it starts, the price."""

    supplier: str
    basis: TierBasis
    missing: int
    starts_at: int
    pence_per_pack: Decimal


@dataclass(frozen=True)
class NextStep:
    """Where an item stands: packs wanted, packs missing to a full box, the best price today, the next lower one."""

    packs: int
    packs_to_box: int
    best_supplier: str | None
    best_pence_per_pack: Decimal | None
    next_tier: NextTier | None


@dataclass(frozen=True)
class SupplierTerms:
    """What a supplier asks of a whole order, in whole pence net."""

    supplier: str
    delivery_pence: int = 0
    free_delivery_from_pence: int | None = None
    minimum_order_pence: int = 0


@dataclass(frozen=True)
class SupplierStep:
    """How far an order is from a supplier's minimum and from free delivery; None where delivery is never free."""

    supplier: str
    goods_pence: int
    to_minimum_pence: int
    to_free_delivery_pence: int | None


def tier_reached(bounds: Sequence[int], amount: int) -> int:
    """The place, from 0, of the highest tier whose lower bound the amount reaches.

    >>> tier_reached([0, 100, 500], 99), tier_reached([0, 100, 500], 500)
    (0, 2)
    """
    return max(place for place, bound in enumerate(bounds) if amount >= bound)


def line_pence(offer: PriceList, packs: int) -> Fraction:
    """The exact goods value in pence of so many packs at the tier that is reached.

    >>> offer = PriceList("north", [0, 100], [Decimal("10"), Decimal("9")], mode="incremental")
    >>> line_pence(offer, 150)
    Fraction(1450, 1)
    """
    if offer.basis != "item_packs":
        return packs * Fraction(offer.pence_per_pack[tier_reached(offer.bounds, offer.order_reached)])
    if offer.mode == "all_units":
        return packs * Fraction(offer.pence_per_pack[tier_reached(offer.bounds, packs)])
    ends = [*offer.bounds[1:], packs]
    pieces = zip(offer.bounds, ends, offer.pence_per_pack, strict=True)
    return sum((max(0, min(packs, end) - start) * Fraction(price) for start, end, price in pieces), Fraction(0))


def next_step(packs: int, packs_per_box: int, offers: Sequence[PriceList]) -> NextStep:
    """Say where an item stands with so many packs wanted; an offer that cannot serve them is passed by.

    >>> offer = PriceList("north", [0, 100, 500], [Decimal("412.5"), Decimal("371"), Decimal("350")])
    >>> step = next_step(92, 10, [offer])
    >>> step.packs_to_box, step.best_pence_per_pack, step.next_tier.missing, step.next_tier.pence_per_pack
    (8, Decimal('412.5'), 8, Decimal('371'))
    """
    to_box = -packs % packs_per_box
    wanted = max(packs, 1)
    usable = [offer for offer in offers if _serves(offer, wanted)]
    if not usable:
        return NextStep(packs, to_box, None, None, None)
    best_price, best = min(((_average(offer, wanted), offer.supplier) for offer in usable), key=lambda pair: pair)
    steps = [step for offer in offers if (step := _next_lower(offer, packs, best_price))]
    nearest = min(
        steps,
        key=lambda step: (step.basis == "order_pence", step.missing, step.pence_per_pack, step.supplier),
        default=None,
    )
    return NextStep(packs, to_box, best, best_price, nearest)


def supplier_step(terms: SupplierTerms, goods_pence: int) -> SupplierStep:
    """Say how far an order of so many pence of goods is from the minimum order and from free delivery.

    >>> supplier_step(SupplierTerms("north", 4500, 50000, 10000), 9000)
    SupplierStep(supplier='north', goods_pence=9000, to_minimum_pence=1000, to_free_delivery_pence=41000)
    """
    free_from = 0 if not terms.delivery_pence else terms.free_delivery_from_pence
    return SupplierStep(
        terms.supplier,
        goods_pence,
        max(0, terms.minimum_order_pence - goods_pence),
        None if free_from is None else max(0, free_from - goods_pence),
    )


def order_reached(basis: TierBasis, first_prices: Mapping[str, Decimal], packs: Mapping[str, int]) -> int:
    """What a supplier's order would reach with all packs of its items: packs, or pence at first-tier prices.

    >>> order_reached("order_pence", {"gloves": Decimal("412.5")}, {"gloves": 3, "masks": 7})
    1238
    """
    offered = {item: count for item, count in packs.items() if item in first_prices}
    if basis == "order_pence":
        return round_half_up(
            sum((count * Fraction(first_prices[item]) for item, count in offered.items()), Fraction(0))
        )
    return sum(offered.values())


def lowest_first_prices(offers: Mapping[Key, Sequence[PriceList]]) -> dict[Key, Decimal]:
    """The lowest first-tier price of each item, pence per pack; items without an offer are left out."""
    return {item: min(offer.pence_per_pack[0] for offer in lists) for item, lists in offers.items() if lists}


def _serves(offer: PriceList, packs: int) -> bool:
    return (
        packs >= offer.minimum_packs and packs % offer.multiple_packs == 0 and (offer.capacity_packs or packs) >= packs
    )


def _average(offer: PriceList, packs: int) -> Decimal:
    exact = line_pence(offer, packs) / packs
    return Decimal(round_half_up(exact * 10_000)) / 10_000


def _next_lower(offer: PriceList, packs: int, best_price: Decimal) -> NextTier | None:
    have = packs if offer.basis == "item_packs" else offer.order_reached
    for bound, price in zip(offer.bounds, offer.pence_per_pack, strict=True):
        within = offer.basis != "item_packs" or offer.capacity_packs is None or bound <= offer.capacity_packs
        if bound > have and price < best_price and within:
            return NextTier(offer.supplier, offer.basis, bound - have, bound, price)
    return None
