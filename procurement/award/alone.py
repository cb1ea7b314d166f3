"""What a co-op, or some co-ops together, would pay without the others."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from procurement.award.model import most_packs
from procurement.award.problem import Item, Limits, Problem, Supplier
from procurement.award.search import Cancel, Clock, possible, search
from procurement.award.solve import whole_bound
from tenants.money import round_half_up


def coalition_cost(
    problem: Problem,
    coops: frozenset[str],
    *,
    time_limit_seconds: float = 10,
    gap: Fraction | str = "0.0001",
    cancel: Cancel | None = None,
) -> dict[str, Any]:
    """The least these co-ops pay for their own demand: same offers, overbuy allowed, limits dropped, capacities kept.

    Items that cannot be bought so are priced at retail; where such an item has no retail price the cost is None.
    Answers `cost_pence` (an award that stands), `bound_pence` (no award costs less), `proven` (they lie within the
    gap, or that there is no cost is certain), and `retail_items`.

    Raises: Cancelled.
    """
    clock = Clock.seconds(time_limit_seconds, cancel)
    own = replace(
        problem.for_coops(coops), limits=Limits(), pinned=frozenset(), allow_overbuy=True, quality_weight=Fraction(0)
    )
    if not own.items:
        return _answer(0, 0, True, [])
    found = search(own, clock, gap=Fraction(gap)) if _each_has_enough(own) else None
    if found is not None and found.status != "infeasible":
        return _bought(own, found, 0, [])
    at_retail = _out_of_reach(own, clock)
    if at_retail is None:
        return _answer(None, None, False, [])
    if any(item.retail is None for item in at_retail):
        return _answer(None, None, True, sorted(item.id for item in at_retail))
    pence = sum(round_half_up(item.retail * item.packs) for item in at_retail if item.retail is not None)
    names = sorted(item.id for item in at_retail)
    rest = own.with_items([item for item in own.items if item.id not in names])
    if not rest.items:
        return _answer(pence, pence, True, names)
    return _bought(rest, search(rest, clock, gap=Fraction(gap)), pence, names)


def _bought(problem: Problem, found: Any, retail_pence: int, names: list[str]) -> dict[str, Any]:
    bound = None if found.bound is None else whole_bound(problem, found.bound) + retail_pence
    cost = None if found.objective is None else int(found.objective) + retail_pence
    return _answer(cost, bound, found.status == "optimal", names)


def _answer(cost: int | None, bound: int | None, proven: bool, retail_items: list[str]) -> dict[str, Any]:
    return {"cost_pence": cost, "bound_pence": bound, "proven": proven, "retail_items": retail_items}


def _each_has_enough(problem: Problem) -> bool:
    """Whether each item, looked at alone, could be had in full."""
    return not any(_short(problem, item) for item in problem.items)


def _short(problem: Problem, item: Item) -> bool:
    tops = (
        most_packs(problem, s, o)
        for s in problem.suppliers
        for o in s.offers
        if o.item == item.id
        if o.capacity is None or o.capacity // o.multiple * o.multiple >= o.minimum
    )
    return sum(tops) < item.packs


def _out_of_reach(problem: Problem, clock: Clock) -> list[Item] | None:
    """The items that have to be bought at retail; None when that could not be settled.

    Without limits and with overbuy, items touch each other only through minimum orders: a supplier whose minimum is
    out of reach falls away, and an item falls away when the others have too little of it.
    """
    living = tuple(supplier for supplier in problem.suppliers if _can_sell(problem, supplier, clock))
    rest = replace(problem, suppliers=living)
    lost = [item for item in rest.items if _short(rest, item)]
    left = rest.with_items([item for item in rest.items if item not in lost])
    return lost if not left.items or possible(left, clock) else None


def _can_sell(problem: Problem, supplier: Supplier, clock: Clock) -> bool:
    """Whether any order reaches a supplier's minimum; without an end to some line, one does."""
    if not supplier.minimum_order or any(offer.capacity is None and min(offer.prices) for offer in supplier.offers):
        return True
    for offer in supplier.offers:
        wanted = [replace(item, demand={"": 1 if item.id == offer.item else 0}) for item in problem.items]
        if possible(replace(problem, items=tuple(wanted), suppliers=(supplier,)), clock) is not False:
            return True
    return False
