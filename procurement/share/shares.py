"""The plain sharing rules, exact to the penny, and which co-op's packs stand on which line of an award."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tenants.money import split_pence

Weight = int | Fraction | Decimal


class ChargedLine(NamedTuple):
    """One line of an award as charged: whole packs and whole pence."""

    supplier: str
    item: str
    packs: int
    cost_pence: int


Demand = Mapping[str, Mapping[str, int]]
"""Packs wanted: item to co-op to packs."""


def equal_price(
    lines: Sequence[ChargedLine], delivery_by_supplier: Mapping[str, int], demand: Demand
) -> dict[str, int]:
    """Shares in pence when all pay the same price for a pack of an item, and delivery in proportion to goods.

    A line's price is what it is charged divided by its packs; packs beyond demand are paid by those who want the item.
    The sum is exact: it is rounded once, at the end, by largest remainder.

    >>> lines = [ChargedLine("north", "gloves", 100, 1000), ChargedLine("south", "masks", 10, 500)]
    >>> equal_price(lines, {"north": 100}, {"gloves": {"a": 75, "b": 25}, "masks": {"b": 10}})
    {'a': 825, 'b': 775}

    Raises: ValueError when a line's item is wanted by nobody, or delivery is charged where nothing was bought.
    """
    exact = equal_price_exact(lines, delivery_by_supplier, demand)
    total = sum(line.cost_pence for line in lines) + sum(delivery_by_supplier.values())
    return split_pence(total, exact)


def equal_price_exact(
    lines: Sequence[ChargedLine], delivery_by_supplier: Mapping[str, int], demand: Demand
) -> dict[str, Fraction]:
    """`equal_price` before it is rounded to the penny: co-op to exact pence."""
    goods: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for line in lines:
        wanted = {coop: packs for coop, packs in demand.get(line.item, {}).items() if packs}
        if not wanted:
            raise ValueError(f"nobody wants {line.item}, so its line has nobody to pay it")
        whole = sum(wanted.values())
        for coop, packs in wanted.items():
            goods[line.supplier][coop] += Fraction(line.cost_pence * packs, whole)
    exact = {coop: Fraction(0) for coops in demand.values() for coop in coops}
    for supplier, by_coop in goods.items():
        for coop, pence in by_coop.items():
            exact[coop] += pence
        for coop, pence in _spread(delivery_by_supplier.get(supplier, 0), by_coop).items():
            exact[coop] += pence
    idle = [supplier for supplier, pence in delivery_by_supplier.items() if pence and supplier not in goods]
    if idle:
        raise ValueError(f"{idle[0]} charges delivery but supplies nothing")
    return exact


def equal_percent(
    joint_pence: int, alone_pence: Mapping[str, int | None], equal_price_pence: Mapping[str, Weight] | None = None
) -> dict[str, int]:
    """Shares in pence in proportion to what each co-op would pay alone, so that all save the same percentage.

    A co-op that could not buy alone (None) pays its equal-price share; the others divide the rest.

    >>> equal_percent(7140, {"a": 4800, "b": 2700, "c": 800, "d": 400})
    {'a': 3939, 'b': 2216, 'c': 657, 'd': 328}
    >>> equal_percent(1000, {"a": 600, "b": None, "c": 200}, {"a": 500, "b": 300, "c": 200})
    {'a': 525, 'b': 300, 'c': 175}

    Raises: ValueError when a co-op could not buy alone and no equal-price shares are given.
    """
    return split_pence(joint_pence, equal_percent_exact(joint_pence, alone_pence, equal_price_pence))


def equal_percent_exact(
    joint_pence: int, alone_pence: Mapping[str, int | None], equal_price_pence: Mapping[str, Weight] | None = None
) -> dict[str, Fraction]:
    """`equal_percent` before it is rounded to the penny: co-op to exact pence."""
    unable = [coop for coop, pence in alone_pence.items() if pence is None]
    if unable and equal_price_pence is None:
        raise ValueError(f"{unable[0]} could not buy alone: give the equal-price shares")
    fixed = {coop: Fraction((equal_price_pence or {})[coop]) for coop in unable}
    alone = {coop: Fraction(pence) for coop, pence in alone_pence.items() if pence is not None}
    exact = _spread(joint_pence - sum(fixed.values()), alone) | fixed
    return {coop: exact[coop] for coop in alone_pence}


def proportional(joint_pence: int, demand_value: Mapping[str, Weight]) -> dict[str, int]:
    """Shares in pence in proportion to the value of each co-op's demand at the lowest first-tier prices.

    >>> proportional(1000, {"a": Decimal("412.5"), "b": Decimal("137.5")})
    {'a': 750, 'b': 250}
    """
    return split_pence(joint_pence, demand_value)


def allocate_packs(lines: Sequence[ChargedLine], demand: Demand) -> dict[tuple[str, str], dict[str, int]]:
    """Say whose packs stand on each line: {(supplier, item): {co-op: packs}}, whole packs, none lost, none invented.

    Packs beyond demand go to the co-ops that want the item, in proportion. Each line is divided in proportion to what
    is still to be placed; co-ops with no pack on a line are left out of it.

    >>> lines = [ChargedLine("n", "gloves", 7, 70), ChargedLine("s", "gloves", 3, 30)]
    >>> allocate_packs(lines, {"gloves": {"a": 5, "b": 5}})
    {('n', 'gloves'): {'a': 4, 'b': 3}, ('s', 'gloves'): {'a': 1, 'b': 2}}

    Raises: ValueError when lines do not cover the demand, are listed twice, or serve an item that nobody wants.
    """
    by_item: dict[str, list[ChargedLine]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.item, line.supplier)):
        by_item[line.item].append(line)
    missing = [item for item, coops in demand.items() if any(coops.values()) and item not in by_item]
    if missing:
        raise ValueError(f"no line supplies {missing[0]}")
    placed: dict[tuple[str, str], dict[str, int]] = {}
    for item, own in by_item.items():
        left = _entitled(item, sum(line.packs for line in own), demand.get(item, {}))
        for line in own:
            if (line.supplier, item) in placed:
                raise ValueError(f"{line.supplier} has two lines for {item}")
            got = split_pence(line.packs, left)
            placed[line.supplier, item] = {coop: packs for coop, packs in sorted(got.items()) if packs}
            left = {coop: packs - got[coop] for coop, packs in left.items()}
    return placed


def _entitled(item: str, packs: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """What each co-op gets of an item in all: its demand, and its part of the packs beyond demand."""
    wants = {coop: count for coop, count in wanted.items() if count}
    over = packs - sum(wants.values())
    if not wants:
        raise ValueError(f"nobody wants {item}, so its line has nobody to go to")
    if over < 0:
        raise ValueError(f"the lines of {item} are {-over} packs short of its demand")
    extra = split_pence(over, wants)
    return {coop: count + extra[coop] for coop, count in wants.items()}


def _spread(total: int | Fraction, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Divide in proportion to weights, exactly; evenly when all are nought."""
    whole = sum(weights.values())
    if not whole:
        return {key: Fraction(total) / len(weights) for key in weights}
    return {key: Fraction(total) * weight / whole for key, weight in weights.items()}
