"""Which order tiers can be part of a least-cost award: a proof by prices that leaves a small programme to the solver.

Charge every pack of demand at a price (the duals of the relaxed programme), and each supplier can be asked alone what
its best order is worth. The answers add up to a lower bound on every award, and say for each tier how far above that
bound any award is that uses it. Tiers too far above to matter need no columns. Rules that are left out here (minimums,
multiples, money thresholds) only make the bound lower, so it stays a bound. Source: Lagrangian relaxation as in
Geoffrion, "Lagrangean relaxation for integer programming", Mathematical Programming Study 2, 1974.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from procurement.award.model import Award, order_tiers, slices_of
from procurement.award.problem import Offer, Supplier

_SHARE_OF_ROUNDING = 1e-9


@dataclass(frozen=True)
class Sieve:
    """`bound` on every award, and per order tier (supplier, number) a bound on every award that uses it; pence."""

    bound: float
    tiers: dict[tuple[str, int], float]

    def keep(self, below: float) -> frozenset[tuple[str, int]]:
        """The tiers that an award cheaper than this could use."""
        return frozenset(key for key, bound in self.tiers.items() if bound < below)

    def least_dropped(self, kept: frozenset[tuple[str, int]]) -> float:
        """A bound on every award that uses a tier outside these."""
        return min((bound for key, bound in self.tiers.items() if key not in kept), default=math.inf)


def sieve(award: Award, duals: Mapping[int, float]) -> Sieve:
    """Bounds from the duals of the relaxed programme's rows (any duals give bounds, good ones high bounds)."""
    problem = award.problem
    price = {item: duals.get(row, 0.0) for item, row in award.cover_rows.items()}
    if problem.allow_overbuy:
        price = {item: max(0.0, value) for item, value in price.items()}
    total = [price[item] * packs for item, packs in problem.packs.items()]
    charge = dict.fromkeys(award.used.values(), 0.0)
    for row, terms, limit in award.used_rows:
        dual = duals.get(row, 0.0)
        # A dual of the wrong sign is noise of the solver's arithmetic; nought is always allowed.
        dual = min(0.0, dual) if math.isinf(award.grid.row_lower[row]) else max(0.0, dual)
        total.append(dual * limit)
        for column, value in terms.items():
            charge[column] -= dual * value
    tiers: dict[tuple[str, int], float] = {}
    best: dict[str, float] = {}
    for supplier in problem.suppliers:
        fee = charge.get(award.used.get(supplier.id, -1), 0.0)
        if supplier.free_from is None:
            fee += supplier.delivery
        offers = [offer for offer in supplier.offers if offer.key in award.tops]
        if supplier.order_basis and len(supplier.tiers) > 1:
            values = _order_values(award, supplier, offers, price)
            tiers.update(((supplier.id, tier), fee + value) for tier, value in values.items())
            best[supplier.id] = min(0.0, fee + min(values.values(), default=0.0))
        else:
            best[supplier.id] = min(0.0, fee + math.fsum(_line_value(award, offer, price) for offer in offers))
    bound = math.fsum([*total, *best.values()])
    slack = _SHARE_OF_ROUNDING * math.fsum(abs(value) for value in [*total, *best.values()])
    return Sieve(bound - slack, {key: bound - slack + value - best[key[0]] for key, value in tiers.items()})


def _order_values(
    award: Award, supplier: Supplier, offers: list[Offer], price: Mapping[str, float]
) -> dict[int, float]:
    """Per tier the least a supplier's order can be worth, charges less demand met, packs taken as fractions."""
    wanted, tops = award.problem.packs, award.tops
    values = {}
    for tier, low, high in order_tiers(supplier, offers, tops):
        if award.keep is not None and (supplier.id, tier) not in award.keep:
            continue
        rows = []
        for offer in offers:
            cost = float(offer.prices[tier]) * _weight(award, offer)
            size = 1.0 if supplier.basis == "order_packs" else float(offer.prices[0])
            most = min(wanted[offer.item], tops[offer.key])
            rows.append((cost - price[offer.item], size, most))
            if tops[offer.key] > most:
                rows.append((cost, size, tops[offer.key] - most))
        values[tier] = _least(rows, low, math.inf if high is None else float(high))
    return values


def _least(rows: list[tuple[float, float, int]], low: float, high: float) -> float:
    """The least sum of worth times packs, with low <= sum of size times packs <= high: greedy by worth per size.

    Rows are (worth, size, most packs).

    >>> _least([(-2.0, 1.0, 10), (-1.0, 1.0, 10), (3.0, 1.0, 10)], 0, 15)
    -25.0
    >>> _least([(-2.0, 1.0, 10), (-1.0, 1.0, 10), (3.0, 1.0, 10)], 22, 100)
    -24.0
    """
    total = sum(worth * most for worth, size, most in rows if not size and worth < 0)
    reached = 0.0
    for worth, size, most in sorted((row for row in rows if row[1]), key=lambda row: row[0] / row[1]):
        room = (high if worth < 0 else low) - reached
        if room <= 0:
            break
        packs = min(float(most), room / size)
        reached += packs * size
        total += packs * worth
    return total


def _line_value(award: Award, offer: Offer, price: Mapping[str, float]) -> float:
    """The least a line with tiers of its own can be worth; nought when it is not used."""
    wanted, worth = award.problem.packs[offer.item], price[offer.item]
    least = 0.0
    for low, high, pence, fixed in slices_of(offer, award.tops[offer.key]):
        ends = {float(low * offer.multiple), float(high * offer.multiple)}
        ends |= {float(wanted)} if min(ends) < wanted < max(ends) else set()
        for packs in ends:
            cost = (float(fixed) + float(pence) * packs) * _weight(award, offer)
            least = min(least, cost - worth * min(packs, wanted))
    return least


def _weight(award: Award, offer: Offer) -> float:
    return float(1 + award.problem.quality_weight * (1 - offer.quality))
