"""The award calculator: an award problem in, who supplies what out, with what is proven and the story for people."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from procurement.award import pricing, story
from procurement.award.problem import Problem, parse_problem
from procurement.award.search import Cancel, Clock, Found, search
from tenants.money import round_half_up
from tenants.reading import Reader

Progress = Callable[[str, int, Mapping[str, Any]], None]


def solve_award(
    problem: Problem, *, progress: Progress | None = None, cancel: Cancel | None = None, story_seconds: float = 30
) -> dict[str, Any]:
    """Which suppliers get which packs at least cost.

    `progress(words, percent, facts)` hears of each step; `cancel()` answering True stops the work; `story_seconds` is
    the time for alternatives, next tiers and why not (0 for none).

    Raises: Cancelled.
    """
    tell: Progress = progress or (lambda words, percent, facts: None)
    facts = {"items": len(problem.items), "suppliers": len(problem.suppliers)}
    tell("Looking for the least-cost award", 5, facts)

    def beat(left: float) -> None:
        spent = 1 - left / problem.time_limit
        tell("Looking for the least-cost award", 5 + int(60 * max(0.0, min(1.0, spent))), facts)

    found = search(problem, Clock.seconds(problem.time_limit, cancel, beat if progress else None), gap=problem.gap)
    answer = describe(problem, found)
    tell("Comparing it with other awards", 65, {**facts, "status": found.status, "cost_pence": answer["cost_pence"]})
    told = story.tell(problem, found, Clock.seconds(story_seconds, cancel), tell) if story_seconds > 0 else story.none()
    answer["reproducible"] = not (found.cut_short or told.pop("cut_short"))
    tell("Done", 100, {**facts, "status": found.status, "cost_pence": answer["cost_pence"]})
    return {**answer, **told}


def award_answer(raw: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the jobs call it: decoded JSON in, the answer out.

    `options` may hold `story_seconds` (a number, or text of one), `progress`, `cancel` and `pinned` (suppliers that
    must get an order).

    Raises: InvalidInput.
    """
    read = Reader()
    for key in options:
        if key not in ("story_seconds", "progress", "cancel", "pinned"):
            read.wrong(str(key), "unknown option; use story_seconds")
    seconds = read.number(options.get("story_seconds", 30), "story_seconds", 0, 3600)
    read.finish()
    problem = parse_problem(raw)
    pinned = frozenset(options.get("pinned", ()))
    for supplier in sorted(pinned - {known.id for known in problem.suppliers}):
        read.wrong("pinned", f"{supplier} has no offer here")
    read.finish()
    return solve_award(
        replace(problem, pinned=pinned),
        progress=options.get("progress"),
        cancel=options.get("cancel"),
        story_seconds=float(seconds),
    )


def describe(problem: Problem, found: Found) -> dict[str, Any]:
    """The main part of the answer: pence and packs as whole numbers, decimals as strings."""
    empty: dict[str, Any] = {
        "status": found.status,
        "cost_pence": None,
        "bound_pence": None,
        "gap": None,
        "objective_pence": None,
        "lines": [],
        "suppliers": [],
        "overbuy": {},
    }
    if found.bound is not None:
        empty["bound_pence"] = whole_bound(problem, found.bound)
    if found.objective is None:
        return empty
    priced = pricing.price(problem, found.packs)
    got = dict.fromkeys(problem.packs, 0)
    for line in priced.lines:
        got[line.offer.item] += line.packs
    return {
        **empty,
        "cost_pence": priced.cost_pence,
        "bound_pence": min(empty["bound_pence"] or 0, priced.cost_pence),
        "gap": decimal(found.gap or Fraction(0), 8),
        "objective_pence": decimal(found.objective, 4),
        "lines": [line_row(line) for line in priced.lines],
        "suppliers": [
            {
                "id": order.supplier.id,
                "goods_pence": order.goods_pence,
                "delivery_pence": order.delivery_pence,
                "tier": order.tier,
            }
            for order in priced.orders
        ],
        "overbuy": {item: got[item] - wanted for item, wanted in problem.packs.items() if got[item] > wanted},
    }


def line_row(line: pricing.PricedLine) -> dict[str, Any]:
    """One line of the answer."""
    return {
        "supplier": line.offer.supplier,
        "item": line.offer.item,
        "packs": line.packs,
        "pence_per_pack": decimal(line.pence_per_pack, 4),
        "cost_pence": line.cost_pence,
    }


def whole_bound(problem: Problem, bound: Fraction) -> int:
    """A bound in whole pence that is still a bound.

    Charges are whole pence, so without a weight on quality the least whole number not below a bound is a bound too.
    """
    return int(bound // 1) if problem.quality_weight else int(-(-bound // 1))


def decimal(value: Fraction, places: int) -> str:
    """Write an exact number with at most so many places, half up, without idle noughts.

    >>> decimal(Fraction(825, 2), 4), decimal(Fraction(1, 3), 4), decimal(Fraction(371), 4)
    ('412.5', '0.3333', '371')
    """
    scaled = round_half_up(value * 10**places)
    text = f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"
    return text.rstrip("0").rstrip(".")
