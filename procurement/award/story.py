"""The story beside an award: what else could be done, what a few packs more would save, why nothing fits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from procurement.award import pricing
from procurement.award.clash import why_not
from procurement.award.problem import Limits, Offer, Problem, Supplier
from procurement.award.search import Clock, Found, search

Say = Callable[[str, int, Mapping[str, Any]], None]


def none() -> dict[str, Any]:
    """No story was asked for."""
    return {"alternatives": None, "next_tiers": None, "why_not": None, "cut_short": False}


def tell(problem: Problem, found: Found, clock: Clock, say: Say) -> dict[str, Any]:
    """The whole story within the clock's time; parts that time cut short say `proven` false.

    Raises: Cancelled.
    """
    story = none()
    if found.status == "infeasible":
        say("Finding out why nothing fits", 70, {})
        story["why_not"] = why_not(problem, clock)
        story["cut_short"] = not story["why_not"]["proven"]
        return story
    if found.objective is None:
        return story
    say("What a few packs more would save", 70, {})
    story["next_tiers"] = next_tiers(problem, found.packs)
    say("The best single supplier", 75, {})
    single, single_short = single_supplier(problem, found, clock)
    say("The second-best set of suppliers", 85, {})
    second, second_short = second_best(problem, found, clock)
    story["alternatives"] = {"single_supplier": single, "second_best": second}
    story["cut_short"] = single_short or second_short
    return story


def single_supplier(problem: Problem, found: Found, clock: Clock) -> tuple[dict[str, Any], bool]:
    """The least-cost award that buys all from one supplier, limits on shares set aside; and whether time ran out."""
    best: tuple[Fraction, Problem, Found] | None = None
    bound, short = None, False
    for supplier in problem.suppliers:
        alone = replace(problem, suppliers=(supplier,), limits=Limits(), pinned=frozenset())
        one = search(alone, clock, gap=problem.gap) if clock.left else Found("unknown", {}, cut_short=True)
        short = short or one.cut_short
        if one.status == "infeasible":
            continue
        least = one.bound or Fraction(0)
        bound = least if bound is None else min(bound, least)
        if one.objective is not None and (best is None or one.objective < best[0]):
            best = (one.objective, alone, one)
    if best is None:
        return _alternative(problem, found, None, None, proven=not short), short
    row = _alternative(problem, found, best[2].packs, bound, proven=not short)
    return {**row, "keeps_limits": not pricing.breaches(problem, best[2].packs)}, short


def second_best(problem: Problem, found: Found, clock: Clock) -> tuple[dict[str, Any], bool]:
    """The least-cost award by any other set of suppliers; and whether time ran out."""
    if not clock.left:
        return _alternative(problem, found, None, None, proven=False), True
    winners = frozenset(supplier for supplier, _ in found.packs)
    other = search(problem, clock, gap=problem.gap, forbid=winners)
    packs = other.packs if other.objective is not None else None
    proven = other.status in ("optimal", "infeasible")
    return _alternative(problem, found, packs, other.bound, proven=proven), other.cut_short


def _alternative(
    problem: Problem, found: Found, packs: pricing.Packs | None, bound: Fraction | None, *, proven: bool
) -> dict[str, Any]:
    """One alternative as a row: without packs there is none, or none was found in time."""
    if packs is None:
        return {
            "possible": False if proven else None,
            "suppliers": [],
            "cost_pence": None,
            "more_pence": None,
            "bound_pence": None if bound is None else int(bound),
            "proven": proven,
        }
    priced = pricing.price(problem, packs)
    cost = priced.cost_pence
    return {
        "possible": True,
        "suppliers": [order.supplier.id for order in priced.orders],
        "cost_pence": cost,
        "more_pence": cost - pricing.price(problem, found.packs).cost_pence,
        "bound_pence": None if bound is None else min(int(bound), cost),
        "proven": proven,
    }


def next_tiers(problem: Problem, packs: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Where some packs more than demand, all else equal, would cost less in all: exact, the largest saving first.

    Per supplier and thing reached (a tier, free delivery) only the line that saves most is told.
    """
    spare = replace(problem, allow_overbuy=True)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for supplier in problem.suppliers:
        own = {offer.item: packs[offer.key] for offer in supplier.offers if packs.get(offer.key, 0) > 0}
        if not own:
            continue
        now = pricing.price_order(supplier, own)
        for offer in supplier.offers:
            for reached, tier, more in _steps(supplier, offer, own, now):
                then = pricing.price_order(supplier, {**own, offer.item: own.get(offer.item, 0) + more})
                saves = now.goods_pence + now.delivery_pence - then.goods_pence - then.delivery_pence
                if saves <= 0 or pricing.breaches(spare, {**packs, offer.key: own.get(offer.item, 0) + more}):
                    continue
                row = {
                    "supplier": supplier.id,
                    "item": offer.item,
                    "packs_more": more,
                    "reaches": reached,
                    "tier": tier,
                    "saves_pence": saves,
                }
                key = (supplier.id, reached, tier, "" if supplier.order_basis else offer.item)
                if key not in found or saves > found[key]["saves_pence"]:
                    found[key] = row
    return sorted(
        found.values(), key=lambda row: (-row["saves_pence"], row["supplier"], row["item"], row["packs_more"])
    )


def _steps(
    supplier: Supplier, offer: Offer, own: Mapping[str, int], now: pricing.PricedOrder
) -> list[tuple[str, int | None, int]]:
    """Ways to reach something by more packs of one line: (what, which tier, how many packs more)."""
    have = own.get(offer.item, 0)
    steps: list[tuple[str, int | None, int]] = []
    if supplier.order_basis:
        weight = Fraction(1) if supplier.basis == "order_packs" else offer.prices[0]
        every = pricing.order_measure(supplier, own)
        for tier, start in enumerate(supplier.tiers):
            if start > every and weight:
                steps.append(("tier", tier, _up((start - every) / weight, offer, have)))
    elif have:
        steps += [
            ("tier", tier, _up(Fraction(start - have), offer, have))
            for tier, start in enumerate(offer.tiers)
            if start > have and not offer.incremental
        ]
    if now.delivery_pence and supplier.free_from is not None:
        tier = now.tier or 0
        pence = offer.prices[tier] if supplier.order_basis else offer.prices[pricing.tier_of(offer.tiers, have)]
        if pence:
            steps.append(("free_delivery", None, _up((supplier.free_from - now.goods_pence) / pence, offer, have)))
    return [step for step in steps if offer.capacity is None or have + step[2] <= offer.capacity]


def _up(packs: Fraction, offer: Offer, have: int) -> int:
    """So many packs more, rounded up to a quantity the line may have."""
    target = max(have + -(-packs.numerator // packs.denominator), offer.minimum)
    return -(-target // offer.multiple) * offer.multiple - have
