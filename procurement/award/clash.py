"""Why nothing fits: a smallest set of limits, minimums and capacities that clash.

Smallest means that with any one of them set aside the others can be kept. Found by halving: Junker, "QUICKXPLAIN:
preferred explanations and relaxations for over-constrained problems", AAAI 2004.
"""

from dataclasses import dataclass, replace
from typing import Any

from procurement.award.problem import Limits, Offer, Problem, Supplier
from procurement.award.search import Clock, possible


@dataclass(frozen=True)
class Rule:
    """One thing that could be set aside; supplier and item are empty where it is not about one."""

    rule: str
    supplier: str = ""
    item: str = ""


class _OutOfTime(Exception):
    """The clock ran out, or the solver could not tell."""


def why_not(problem: Problem, clock: Clock) -> dict[str, Any]:
    """A clash of an infeasible problem: `clash[] {rule, supplier, item, value, words}` and whether it is `proven`.

    Raises: Cancelled.
    """
    offered = {item for _, item in problem.offers}
    missing = [item for item, packs in problem.packs.items() if packs and item not in offered]
    if missing:
        words = f"Nobody offers {missing[0]}."
        return {"clash": [_row("no_offer", None, missing[0], problem.packs[missing[0]], words)], "proven": True}
    rules = list_rules(problem)
    found, proven = rules, True
    try:
        # Kinds first: a few solves set most rules aside before the halving starts.
        for kind in sorted({rule.rule for rule in rules}):
            without = [rule for rule in found if rule.rule != kind]
            if not _possible(problem, without, clock):
                found = without
        found = _halve(problem, [], False, found, clock)
    except _OutOfTime:
        proven = False
    rows = [_describe(problem, rule) for rule in sorted(found, key=lambda rule: (rule.rule, rule.item, rule.supplier))]
    return {"clash": rows, "proven": proven}


def list_rules(problem: Problem) -> list[Rule]:
    """Everything that may be set aside in a problem."""
    limits = problem.limits
    rules = [
        Rule(name)
        for name in ("max_suppliers", "max_suppliers_per_item", "max_share_percent")
        if getattr(limits, name) is not None
    ]
    rules += [Rule("must_be_used", supplier) for supplier in sorted(problem.pinned)]
    rules += [Rule("minimum_order_pence", s.id) for s in problem.suppliers if s.minimum_order]
    offers = problem.offers.values()
    rules += [Rule("minimum_packs", o.supplier, o.item) for o in offers if o.minimum > 1]
    rules += [Rule("multiple_packs", o.supplier, o.item) for o in offers if o.multiple > 1]
    rules += [Rule("capacity_packs", o.supplier, o.item) for o in offers if o.capacity is not None]
    return rules


def keeping(problem: Problem, rules: list[Rule]) -> Problem:
    """The problem with only these rules left in it."""
    kept = set(rules)
    limits = Limits(
        **{
            name: getattr(problem.limits, name)
            for name in ("max_suppliers", "max_suppliers_per_item", "max_share_percent")
            if Rule(name) in kept
        }
    )

    def offer_kept(offer: Offer) -> Offer:
        return replace(
            offer,
            minimum=offer.minimum if Rule("minimum_packs", *offer.key) in kept else 1,
            multiple=offer.multiple if Rule("multiple_packs", *offer.key) in kept else 1,
            capacity=offer.capacity if Rule("capacity_packs", *offer.key) in kept else None,
        )

    def supplier_kept(supplier: Supplier) -> Supplier:
        least = supplier.minimum_order if Rule("minimum_order_pence", supplier.id) in kept else 0
        return replace(supplier, minimum_order=least, offers=tuple(offer_kept(offer) for offer in supplier.offers))

    pinned = frozenset(supplier for supplier in problem.pinned if Rule("must_be_used", supplier) in kept)
    suppliers = tuple(supplier_kept(supplier) for supplier in problem.suppliers)
    return replace(problem, limits=limits, suppliers=suppliers, pinned=pinned)


def _possible(problem: Problem, rules: list[Rule], clock: Clock) -> bool:
    answer = possible(keeping(problem, rules), clock) if clock.left else None
    if answer is None:
        raise _OutOfTime
    return answer


def _halve(problem: Problem, kept: list[Rule], changed: bool, rules: list[Rule], clock: Clock) -> list[Rule]:
    """A smallest part of `rules` that, with `kept`, leaves no award."""
    if not rules or (changed and not _possible(problem, kept, clock)):
        return []
    if len(rules) == 1:
        return rules
    first, second = rules[: len(rules) // 2], rules[len(rules) // 2 :]
    later = _halve(problem, kept + first, True, second, clock)
    return _halve(problem, kept + later, bool(later), first, clock) + later


def _describe(problem: Problem, rule: Rule) -> dict[str, Any]:
    """One rule of a clash as a row with words."""
    if not rule.supplier:
        value = getattr(problem.limits, rule.rule)
        words = {
            "max_suppliers": f"At most {value} suppliers may be used.",
            "max_suppliers_per_item": f"At most {value} suppliers may share an item.",
            "max_share_percent": f"No supplier may have more than {float(value):g} percent of the goods.",
        }[rule.rule]
        return _row(rule.rule, None, None, value if isinstance(value, int) else f"{float(value):g}", words)
    if rule.rule == "must_be_used":
        return _row(rule.rule, rule.supplier, None, None, f"{rule.supplier} must get an order.")
    if not rule.item:
        least = next(supplier.minimum_order for supplier in problem.suppliers if supplier.id == rule.supplier)
        return _row(rule.rule, rule.supplier, None, least, f"{rule.supplier} takes no order below {least:,} pence.")
    offer = problem.offers[rule.supplier, rule.item]
    value, words = {
        "minimum_packs": (offer.minimum, f"{rule.supplier} sells {rule.item} from {offer.minimum:,} packs."),
        "multiple_packs": (
            offer.multiple,
            f"{rule.supplier} sells {rule.item} in multiples of {offer.multiple:,} packs.",
        ),
        "capacity_packs": (
            offer.capacity,
            f"{rule.supplier} has at most {offer.capacity or 0:,} packs of {rule.item}.",
        ),
    }[rule.rule]
    return _row(rule.rule, rule.supplier, rule.item, value, words)


def _row(rule: str, supplier: str | None, item: str | None, value: Any, words: str) -> dict[str, Any]:
    return {"rule": rule, "supplier": supplier, "item": item, "value": value, "words": words}
