"""The award as a mixed-integer programme: total quantity discounts with exact tiers, minimums, capacities and limits.

Which tier applies follows from the quantity, so each tier is a slice of packs with both its bounds: a solver cannot
choose a cheap tier that was not reached, nor dodge a dear one that was. Source: Goossens, Maas, Spieksma and van de
Klundert, "Exact algorithms for procurement problems under a total quantity discount structure", EJOR 178(2), 2007.

Charges round to whole pence per line. A supplier named in `whole` gets a column of whole pence for each line that can
end in a fraction; the others count unrounded, with every bound on their goods widened by what rounding can do, so that
no award is lost and the solver's bound stays a bound.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from procurement.award.grid import INF, Grid
from procurement.award.problem import Offer, Problem, Supplier

Terms = list[tuple[int, float]]


@dataclass
class Line:
    """Columns of one offer: `pieces` are (column of units, its switch or None), a unit being `multiple` packs."""

    offer: Offer
    pieces: list[tuple[int, int | None]] = field(default_factory=list)
    goods: Terms = field(default_factory=list)
    down: Fraction = Fraction(0)
    up: Fraction = Fraction(0)

    def units(self) -> Terms:
        """All units of this line."""
        return [(column, 1.0) for column, _ in self.pieces]


@dataclass
class Award:
    """A built programme, with what is needed to read an answer out of it."""

    problem: Problem
    grid: Grid
    whole: frozenset[str]
    lines: list[Line] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    cover: dict[str, Terms] = field(default_factory=dict)
    rounding: Fraction = Fraction(0)
    """How far below the unrounded objective the objective as charged can lie, in pence."""
    keep: frozenset[tuple[str, int]] | None = None
    forbid: frozenset[str] | None = None
    strict: bool = False
    tier_switches: list[int] = field(default_factory=list)
    """Switches of suppliers and of their order tiers, not of single lines."""
    tops: dict[tuple[str, str], int] = field(default_factory=dict)
    cover_rows: dict[str, int] = field(default_factory=dict)
    used_rows: list[tuple[int, dict[int, float], float]] = field(default_factory=list)
    """Rows over the `used` columns only, as (row, coefficients, bound)."""

    def packs(self, values: list[float]) -> dict[tuple[str, str], int]:
        """Packs per line from a solver's values, each rounded to a whole number of units."""
        found = {}
        for line in self.lines:
            units = sum(round(values[column]) for column, _ in line.pieces)
            if units > 0:
                found[line.offer.key] = units * line.offer.multiple
        return found


def build(
    problem: Problem,
    *,
    whole: frozenset[str] = frozenset(),
    forbid: frozenset[str] | None = None,
    keep: frozenset[tuple[str, int]] | None = None,
    strict: bool = False,
) -> Award:
    """Build the programme.

    `forbid` is a set of suppliers that may not be exactly the ones used; `keep` names the order tiers (supplier,
    number) that take part, None for all. `strict` narrows bounds on goods by what rounding can do instead of widening
    them: every award it finds stands, but it proves no bound.
    """
    award = Award(problem, Grid(), whole, cover={item.id: [] for item in problem.items}, keep=keep, forbid=forbid)
    award.strict = strict
    top = _dearest_total(problem) if problem.allow_overbuy else Fraction(0)
    by_supplier = {s.id: _add_supplier(award, s, top, forbid is not None) for s in problem.suppliers}
    for item in problem.items:
        most = INF if problem.allow_overbuy else item.packs
        award.cover_rows[item.id] = award.grid.row(award.cover[item.id], item.packs, most)
    _limit_suppliers(award, by_supplier, forbid)
    _limit_share(award, by_supplier)
    return award


def most_packs(problem: Problem, supplier: Supplier, offer: Offer, dearest_total: Fraction = Fraction(0)) -> int:
    """More packs than this never help on a line: beyond it a multiple less breaks nothing and costs no more."""
    wanted = problem.packs[offer.item]
    most = wanted
    if problem.allow_overbuy:
        most = max(wanted, offer.minimum, offer.tiers[-1])
        if supplier.basis == "order_packs":
            most = max(most, supplier.tiers[-1])
        if supplier.basis == "order_pence" and offer.prices[0]:
            most = max(most, math.ceil(supplier.tiers[-1] / offer.prices[0]))
        cheapest = min((price for price in offer.prices if price), default=None)
        if cheapest:
            most = max(most, math.ceil(max(supplier.minimum_order, supplier.free_from or 0) / cheapest))
            share = problem.limits.max_share_percent
            if share is not None and share < 100:
                most += math.ceil(100 / share * dearest_total / cheapest)
        most = min(most, 10**9) + offer.multiple
    if offer.capacity is not None:
        most = min(most, offer.capacity)
    return most // offer.multiple * offer.multiple


def _dearest_total(problem: Problem) -> Fraction:
    """What the demand could cost at the worst prices with every minimum order: a scale for shares of value."""
    dearest: dict[str, Fraction] = {}
    for offer in problem.offers.values():
        packs = max(problem.packs[offer.item], offer.minimum, offer.tiers[-1]) + offer.multiple
        dearest[offer.item] = max(dearest.get(offer.item, Fraction(0)), max(offer.prices) * packs)
    return sum(dearest.values(), Fraction(0)) + sum(s.minimum_order + (s.free_from or 0) for s in problem.suppliers)


def _add_supplier(award: Award, supplier: Supplier, dearest_total: Fraction, need_used: bool) -> list[Line]:
    problem, grid = award.problem, award.grid
    tops = {offer.key: most_packs(problem, supplier, offer, dearest_total) for offer in supplier.offers}
    offers = [offer for offer in supplier.offers if tops[offer.key] >= offer.minimum]
    award.tops.update((offer.key, tops[offer.key]) for offer in offers)
    charged = supplier.delivery and supplier.free_from != 0
    used = None
    must = supplier.id in problem.pinned
    if need_used or must or charged or supplier.minimum_order or problem.limits.max_suppliers is not None:
        used = award.used[supplier.id] = grid.switch(float(supplier.delivery) if charged else 0.0)
    add = _add_order_lines if supplier.order_basis and len(supplier.tiers) > 1 else _add_own_lines
    lines = add(award, supplier, offers, tops, used)
    for line in lines:
        _add_goods(award, supplier, line)
    award.lines += lines
    goods = [term for line in lines for term in line.goods]
    up = sum((line.up for line in lines), Fraction(0))
    if used is not None:
        award.tier_switches.append(used)
    if used is not None and supplier.minimum_order:
        grid.row([*goods, (used, -float(supplier.minimum_order - up))], 0)
    if used is not None and charged and supplier.free_from:
        free = grid.switch(-float(supplier.delivery))
        grid.row([*goods, (free, -float(supplier.free_from - up))], 0)
        grid.row([(free, 1.0), (used, -1.0)], -INF, 0)
    if used is not None and must:
        least = {used: 1.0}
        award.used_rows.append((grid.row(least.items(), 1), least, 1))
    if used is not None and (need_used or must):
        grid.row([*(term for line in lines for term in line.units()), (used, -1.0)], 0)
    return lines


def _add_own_lines(award: Award, supplier: Supplier, offers: list[Offer], tops: dict, used: int | None) -> list[Line]:
    """Lines whose tier is set by their own packs (or that have one price): a slice of packs per tier."""
    grid, lines = award.grid, []
    for offer in offers:
        line = Line(offer)
        slices = slices_of(offer, tops[offer.key])
        plain = len(slices) == 1 and slices[0][0] <= 1 and not slices[0][3]
        switched = not plain or award.problem.limits.max_suppliers_per_item is not None
        for low, high, price, fixed in slices:
            units = grid.column(high)
            switch = grid.switch() if switched else None
            if switch is not None:
                grid.row([(units, 1.0), (switch, -float(high))], -INF, 0)
                grid.row([(units, 1.0), (switch, -float(low))], 0)
                if fixed:
                    line.goods.append((switch, float(fixed)))
            elif used is not None:
                grid.row([(units, 1.0), (used, -float(high))], -INF, 0)
            line.pieces.append((units, switch))
            line.goods.append((units, float(price) * offer.multiple))
            _cover(award, offer, units, switch if switched else used, low if switched else 0, high)
        if switched and slices:
            switches = [(switch, 1.0) for _, switch in line.pieces if switch is not None]
            grid.row([*switches, (used, -1.0)] if used is not None else switches, -INF, 0 if used is not None else 1)
        lines.append(line)
    return lines


def slices_of(offer: Offer, top: int) -> list[tuple[int, int, Fraction, Fraction]]:
    """The tiers of a line as (least units, most units, pence per pack, fixed pence), without those out of reach."""
    found, fixed = [], Fraction(0)
    for n, (start, price) in enumerate(zip(offer.tiers, offer.prices, strict=True)):
        end = offer.tiers[n + 1] if n + 1 < len(offer.tiers) else None
        # Incremental prices meet at the bound itself; under all units a bound already belongs to the tier it opens.
        low = max(offer.minimum, start + 1 if offer.incremental else start)
        high = top if end is None else min(top, end if offer.incremental else end - 1)
        units = (-(-low // offer.multiple), high // offer.multiple)
        if units[0] <= units[1]:
            found.append((*units, price, fixed - price * start if offer.incremental else Fraction(0)))
        if end is not None:
            fixed += price * (end - start)
    return found


def _add_order_lines(award: Award, supplier: Supplier, offers: list[Offer], tops: dict, used: int | None) -> list[Line]:
    """Lines priced by the tier of the whole order: a column per line and tier, and a switch per tier."""
    grid = award.grid
    lines = {offer.key: Line(offer) for offer in offers}
    spare = _spare_line(award.problem, supplier, offers)
    pence = supplier.basis == "order_pence"
    sizes = {offer.key: offer.prices[0] if pence else 1 for offer in offers}
    switches = []
    for tier, low, high in order_tiers(supplier, offers, tops):
        if award.keep is not None and (supplier.id, tier) not in award.keep:
            continue
        switch = grid.switch()
        award.tier_switches.append(switch)
        switches.append((switch, 1.0))
        counted: Terms = []
        for offer in offers:
            top = _tier_top(award.problem, offer, tops[offer.key], spare[tier])
            size = sizes[offer.key]
            if high is not None and size:
                top = min(top, int(high / size) if pence else int(high))
            most = top // offer.multiple
            if most < 1:
                continue
            units = grid.column(most)
            grid.row(((units, 1.0), (switch, -float(most))), -INF, 0)
            line = lines[offer.key]
            line.pieces.append((units, switch))
            line.goods.append((units, float(offer.prices[tier]) * offer.multiple))
            counted.append((units, float(size) * offer.multiple))
            _cover(award, offer, units, switch, 0, most)
        if low:
            grid.row([*counted, (switch, -float(low))], 0)
        if high is not None:
            grid.row([*counted, (switch, -float(high))], -INF, 0)
    if used is None:
        grid.row(switches, -INF, 1)
    else:
        grid.row([*switches, (used, -1.0)], 0, 0)
    for line in lines.values():
        _switch_line(award, line, tops[line.offer.key])
    return list(lines.values())


def _tier_top(problem: Problem, offer: Offer, top: int, spare: str | None) -> int:
    """The most packs of a line in a tier where `spare` names the line for packs beyond demand (None: any)."""
    if spare in (None, offer.item):
        return top
    # Packs beyond demand serve only to reach a bound, and the spare line reaches it no dearer.
    wanted = max(problem.packs[offer.item], offer.minimum)
    return min(top, -(-wanted // offer.multiple) * offer.multiple)


def order_tiers(supplier: Supplier, offers: list[Offer], tops: dict) -> list[tuple[int, int, Fraction | None]]:
    """Tiers within reach as (number, least, most) of what the tier counts; the last has no most."""
    pence = supplier.basis == "order_pence"
    weights = [offer.prices[0] * offer.multiple if pence else Fraction(offer.multiple) for offer in offers]
    # Goods at first-tier prices move in steps of this size, so "below a bound" is "at most one step below".
    step = Fraction(1, math.lcm(1, *(weight.denominator for weight in weights)))
    reach = sum((w * (tops[o.key] // o.multiple) for w, o in zip(weights, offers, strict=True)), Fraction(0))
    bounds = supplier.tiers
    return [
        (n, low, bounds[n + 1] - step if n + 1 < len(bounds) else None) for n, low in enumerate(bounds) if low <= reach
    ]


def _spare_line(problem: Problem, supplier: Supplier, offers: list[Offer]) -> list[str | None]:
    """Per tier the item whose packs are the cheapest way to more packs; None where any line may serve."""
    none: list[str | None] = [None] * len(supplier.tiers)
    limits = problem.limits
    if not problem.allow_overbuy or supplier.basis != "order_packs" or supplier.minimum_order:
        return none
    if (supplier.free_from and supplier.delivery) or limits.max_share_percent or limits.max_suppliers_per_item:
        return none

    def price_of(offer: Offer, tier: int) -> Fraction:
        return offer.prices[tier] * (1 + problem.quality_weight * (1 - offer.quality))

    for tier in range(len(supplier.tiers)):
        best = min(offers, key=lambda offer: (price_of(offer, tier), offer.item), default=None)
        if best and best.capacity is None and best.minimum == best.multiple == 1:
            none[tier] = best.item
    return none


def _switch_line(award: Award, line: Line, top: int) -> None:
    """A line of an order needs a switch of its own for a minimum, or where suppliers per item are limited."""
    offer = line.offer
    low = -(-offer.minimum // offer.multiple)
    if not line.pieces or (low <= 1 and award.problem.limits.max_suppliers_per_item is None):
        return
    switch = award.grid.switch()
    award.grid.row([*line.units(), (switch, -float(top // offer.multiple))], -INF, 0)
    award.grid.row([*line.units(), (switch, -float(low))], 0)
    line.pieces = [(column, switch) for column, _ in line.pieces]


def _cover(award: Award, offer: Offer, units: int, switch: int | None, low: int, high: int) -> None:
    """Say what a slice contributes to demand; packs beyond demand must not make a fraction of a switch look enough."""
    wanted = award.problem.packs[offer.item]
    terms = award.cover[offer.item]
    if not award.problem.allow_overbuy or switch is None or high * offer.multiple <= wanted:
        terms.append((units, float(offer.multiple)))
    elif low * offer.multiple >= wanted:
        terms.append((switch, float(wanted)))
    else:
        part = award.grid.column(wanted, whole=False)
        award.grid.row([(part, 1.0), (units, -float(offer.multiple))], -INF, 0)
        award.grid.row([(part, 1.0), (switch, -float(wanted))], -INF, 0)
        terms.append((part, 1.0))


def _add_goods(award: Award, supplier: Supplier, line: Line) -> None:
    """Give a line its cost; in whole pence where the supplier is in `whole` and the line can end in a fraction."""
    offer, grid = line.offer, award.grid
    weight = 1 + award.problem.quality_weight * (1 - offer.quality)
    parts = math.lcm(*(price.denominator // math.gcd(price.denominator, offer.multiple) for price in offer.prices))
    if offer.incremental:
        parts = math.lcm(parts, *(price.denominator for price in offer.prices))
    down, up = Fraction((parts - 1) // 2, parts), Fraction(parts // 2, parts)
    if parts > 1 and supplier.id in award.whole and line.pieces:
        charged = grid.column(INF, float(weight))
        grid.row([*((column, -value) for column, value in line.goods), (charged, 1.0)], -float(down), float(up))
        line.goods = [(charged, 1.0)]
        return
    share = float(weight)
    for column, value in line.goods:
        grid.cost[column] += value * share
    line.down, line.up = (-up, -down) if award.strict else (down, up)
    if parts > 1:
        award.rounding += down * weight


def _limit_suppliers(award: Award, by_supplier: dict[str, list[Line]], forbid: frozenset[str] | None) -> None:
    limits, grid = award.problem.limits, award.grid
    if limits.max_suppliers is not None:
        terms = dict.fromkeys(award.used.values(), 1.0)
        award.used_rows.append((grid.row(terms.items(), -INF, limits.max_suppliers), terms, limits.max_suppliers))
    if forbid is not None:
        terms = {column: -1.0 if name in forbid else 1.0 for name, column in award.used.items()}
        least = 1 - len(forbid & award.used.keys())
        award.used_rows.append((grid.row(terms.items(), least), terms, least))
    if limits.max_suppliers_per_item is not None:
        for item in award.problem.items:
            lines = [line for own in by_supplier.values() for line in own if line.offer.item == item.id]
            switches = {switch for line in lines for _, switch in line.pieces if switch is not None}
            grid.row([(switch, 1.0) for switch in sorted(switches)], -INF, limits.max_suppliers_per_item)


def _limit_share(award: Award, by_supplier: dict[str, list[Line]]) -> None:
    """No supplier's goods exceed their share of all goods; rounding may lower its own and raise the others'."""
    share = award.problem.limits.max_share_percent
    if share is None or share >= 100:
        return
    part = share / 100
    every = sum((line.up for own in by_supplier.values() for line in own), Fraction(0))
    total = award.grid.column(INF, whole=False)
    award.grid.row(
        [*((c, v) for own in by_supplier.values() for line in own for c, v in line.goods), (total, -1.0)], 0, 0
    )
    for own in by_supplier.values():
        slack = sum((line.down for line in own), Fraction(0)) + part * every
        goods = [term for line in own for term in line.goods]
        if goods:
            award.grid.row([*goods, (total, -float(part))], -INF, float(slack))
