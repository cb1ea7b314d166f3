"""What an award costs, exactly: tiers, lines, goods as charged, delivery. No solver here; it checks what a solver says.

Packs are a mapping of (supplier, item) to a whole number; absent lines are nought.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from procurement.award.problem import Offer, Problem, Supplier
from tenants.money import round_half_up

Packs = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class PricedLine:
    """One line as charged: `exact` pence before, `cost_pence` after rounding half up once."""

    offer: Offer
    packs: int
    exact: Fraction
    cost_pence: int

    @property
    def pence_per_pack(self) -> Fraction:
        """The average price of a pack, in pence."""
        return self.exact / self.packs


@dataclass(frozen=True)
class PricedOrder:
    """One supplier's order as charged; `tier` counts from 0, None where each line has its own."""

    supplier: Supplier
    tier: int | None
    lines: tuple[PricedLine, ...]
    goods_pence: int
    delivery_pence: int


@dataclass(frozen=True)
class Priced:
    """A whole award as charged."""

    orders: tuple[PricedOrder, ...]

    @property
    def lines(self) -> list[PricedLine]:
        """Every line, by supplier and item."""
        return [line for order in self.orders for line in order.lines]

    @property
    def goods_pence(self) -> int:
        """Goods as charged."""
        return sum(order.goods_pence for order in self.orders)

    @property
    def cost_pence(self) -> int:
        """Goods and delivery."""
        return sum(order.goods_pence + order.delivery_pence for order in self.orders)


def tier_of(bounds: Iterable[int], quantity: int | Fraction) -> int:
    """The highest tier whose lower bound is reached, from 0.

    >>> tier_of((0, 100, 500), 99), tier_of((0, 100, 500), 100), tier_of((0, 100, 500), 10_000)
    (0, 1, 2)
    """
    return bisect_right(tuple(bounds), quantity) - 1


def order_measure(supplier: Supplier, packs: Mapping[str, int]) -> Fraction:
    """What the tiers of an order basis count: all its packs, or its goods at first-tier prices in exact pence."""
    if supplier.basis == "order_packs":
        return Fraction(sum(packs.get(offer.item, 0) for offer in supplier.offers))
    return sum((offer.prices[0] * packs.get(offer.item, 0) for offer in supplier.offers), Fraction(0))


def order_tier(supplier: Supplier, packs: Mapping[str, int]) -> int:
    """The tier an order reaches on an order basis."""
    return tier_of(supplier.tiers, order_measure(supplier, packs))


def line_cost(offer: Offer, packs: int, tier: int = 0) -> Fraction:
    """What a line costs in exact pence; `tier` is the order's on an order basis, else the line finds its own.

    >>> offer = Offer("north", "gloves", (Fraction(400), Fraction(350)), (0, 100))
    >>> int(line_cost(offer, 99)), int(line_cost(offer, 100)), int(line_cost(offer, 120))
    (39600, 35000, 42000)
    >>> int(line_cost(Offer("north", "gloves", offer.prices, (0, 100), incremental=True), 120))
    47000
    """
    if len(offer.tiers) == 1:
        return offer.prices[tier if len(offer.prices) > 1 else 0] * packs
    if not offer.incremental:
        return offer.prices[tier_of(offer.tiers, packs)] * packs
    ends = [*offer.tiers[1:], None]
    cost = Fraction(0)
    for start, end, price in zip(offer.tiers, ends, offer.prices, strict=True):
        cost += price * max(0, (packs if end is None else min(packs, end)) - start)
    return cost


def price_order(supplier: Supplier, packs: Mapping[str, int]) -> PricedOrder:
    """Price one supplier's order; `packs` is by item."""
    tier = order_tier(supplier, packs) if supplier.order_basis else None
    lines = []
    for offer in supplier.offers:
        if packs.get(offer.item, 0) > 0:
            exact = line_cost(offer, packs[offer.item], tier or 0)
            lines.append(PricedLine(offer, packs[offer.item], exact, round_half_up(exact)))
    goods = sum(line.cost_pence for line in lines)
    free = supplier.free_from is not None and goods >= supplier.free_from
    return PricedOrder(supplier, tier, tuple(lines), goods, supplier.delivery if lines and not free else 0)


def price(problem: Problem, packs: Packs) -> Priced:
    """Price an award; suppliers without a pack are left out."""
    orders = []
    for supplier in problem.suppliers:
        own = {offer.item: packs[offer.key] for offer in supplier.offers if packs.get(offer.key, 0) > 0}
        if own:
            orders.append(price_order(supplier, own))
    return Priced(tuple(orders))


def objective(problem: Problem, priced: Priced, whole: frozenset[str] | None = None) -> Fraction:
    """What is minimised, in pence: goods, delivery, and the weight of missing quality.

    `whole` names the suppliers whose lines count as charged, in whole pence; the lines of others count unrounded.
    """
    total = Fraction(0)
    for order in priced.orders:
        total += order.delivery_pence
        for line in order.lines:
            cost = line.cost_pence if whole is None or order.supplier.id in whole else line.exact
            total += cost * (1 + problem.quality_weight * (1 - line.offer.quality))
    return total


def breaches(problem: Problem, packs: Packs) -> list[tuple[str, str]]:
    """Every rule of the problem that an award breaks, as (rule, what); empty when it may stand."""
    found: list[tuple[str, str]] = []
    offers = problem.offers
    got = dict.fromkeys(problem.packs, 0)
    for key, count in packs.items():
        offer = offers.get(key)
        if offer is None or count < 0:
            found.append(("offer", f"{key[0]}: {key[1]}"))
            continue
        got[offer.item] += count
        if count and count < offer.minimum:
            found.append(("minimum_packs", f"{key[0]}: {key[1]}"))
        if count % offer.multiple:
            found.append(("multiple_packs", f"{key[0]}: {key[1]}"))
        if offer.capacity is not None and count > offer.capacity:
            found.append(("capacity_packs", f"{key[0]}: {key[1]}"))
    for item, wanted in problem.packs.items():
        if got[item] < wanted or (got[item] > wanted and not problem.allow_overbuy):
            found.append(("demand", item))
    return found + _breached_limits(problem, packs)


def _breached_limits(problem: Problem, packs: Packs) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    priced = price(problem, {key: count for key, count in packs.items() if count > 0})
    limits = problem.limits
    for order in priced.orders:
        if order.goods_pence < order.supplier.minimum_order:
            found.append(("minimum_order_pence", order.supplier.id))
        most = limits.max_share_percent
        if most is not None and order.goods_pence * 100 > most * priced.goods_pence:
            found.append(("max_share_percent", order.supplier.id))
    used = {order.supplier.id for order in priced.orders}
    found += [("must_be_used", supplier) for supplier in sorted(problem.pinned - used)]
    if limits.max_suppliers is not None and len(priced.orders) > limits.max_suppliers:
        found.append(("max_suppliers", ""))
    if limits.max_suppliers_per_item is not None:
        for item in problem.packs:
            if sum(line.offer.item == item for line in priced.lines) > limits.max_suppliers_per_item:
                found.append(("max_suppliers_per_item", item))
    return found
