"""Finding the least-cost award: run the solver, round, check every rule exactly, and say honestly what is proven."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from ortools.math_opt.python import mathopt

from procurement.award import pricing
from procurement.award.model import Award, build
from procurement.award.problem import Offer, Problem
from procurement.award.sift import sieve

Beat = Callable[[float], None]
Cancel = Callable[[], bool]

_SMALL = 120
"""Up to so many lines that can end in a fraction of a penny, charges are whole pence in the model from the start."""
_FEW_COLUMNS = 60
"""Up to so many columns the whole-pack programme is solved at once, without a relaxed one before it."""
_SHORTEST = 0.05
_POLISHED = Fraction(1, 10**6)
"""How near to the best the whole packs come that are found with switches held; the proof does not rest on them."""
_HARD_FROM = 2500
"""Sifted programmes of so many columns go to SCIP, whose probing pays there; others to HiGHS.

Where most switches belong to single lines SCIP is slow to find any award, so those go to HiGHS too.
"""
_SIFTED_FROM = 200
"""From so many columns on, order tiers that cannot matter are sifted out first."""
_FIRST_CEILING = 1.003
"""Awards are seldom further above the relaxed programme than this; if one is, the next sifting keeps more."""


class Cancelled(Exception):
    """Somebody asked to stop before there was an answer."""


@dataclass(frozen=True)
class Found:
    """What a search came to. `objective` and `bound` are exact pence of what is minimised, as charged."""

    status: str
    packs: dict[tuple[str, str], int]
    objective: Fraction | None = None
    bound: Fraction | None = None
    gap: Fraction | None = None
    cut_short: bool = False


@dataclass(frozen=True)
class _Run:
    """One run of the solver."""

    reason: str
    values: list[float] | None
    bound: float | None
    duals: dict[int, float]


@dataclass
class Clock:
    """Time left, who wants to hear about it, and who may call it off."""

    deadline: float
    cancel: Cancel | None = None
    beat: Beat | None = None

    @classmethod
    def seconds(cls, seconds: float, cancel: Cancel | None = None, beat: Beat | None = None) -> "Clock":
        """A clock that runs out in so many seconds."""
        return cls(time.monotonic() + seconds, cancel, beat)

    @property
    def left(self) -> float:
        """Seconds left, never below nought."""
        return max(0.0, self.deadline - time.monotonic())

    def check(self) -> None:
        """Raises: Cancelled when somebody asked to stop."""
        if self.cancel is not None and self.cancel():
            raise Cancelled


def search(problem: Problem, clock: Clock, *, gap: Fraction, forbid: frozenset[str] | None = None) -> Found:
    """The least-cost award within the clock's time; `forbid` is a set of suppliers not to be exactly the ones used.

    Raises: Cancelled.
    """
    if not any(problem.packs.values()) and forbid is None:
        return Found("optimal", {}, Fraction(0), Fraction(0), Fraction(0))
    fractional = [offer for offer in problem.offers.values() if _can_end_in_a_fraction(offer)]
    whole = frozenset(offer.supplier for offer in fractional) if len(fractional) <= _SMALL else frozenset()
    bound = Fraction(0)
    while True:
        award = build(problem, whole=whole, forbid=forbid)
        if any(not award.cover[item] for item, packs in problem.packs.items() if packs):
            return Found("infeasible", {})
        sifted = len(award.grid.cost) >= _SIFTED_FROM and any(len(s.tiers) > 1 for s in problem.suppliers)
        found, proven, wrong = (_sifted if sifted else _solve)(award, clock, gap)
        if proven is not None:
            bound = max(bound, proven - award.rounding)
        if found is not None and found.status == "infeasible":
            return found
        if found is not None and found.objective is not None:
            return _judged(problem, award, found, bound, gap)
        grown = whole | {offer.supplier for offer in fractional if not wrong or offer.supplier in wrong}
        if grown == whole or not clock.left:
            return _fallback(problem, award, bound, gap)
        whole = grown


def possible(problem: Problem, clock: Clock) -> bool | None:
    """Whether any award keeps all rules; None when that is not known in time.

    Raises: Cancelled.
    """
    fractional = {offer.supplier for offer in problem.offers.values() if _can_end_in_a_fraction(offer)}
    for whole in (frozenset[str](), frozenset(fractional)):
        award = build(problem, whole=whole)
        if any(not award.cover[item] for item, packs in problem.packs.items() if packs):
            return False
        award.grid.cost = [0.0] * len(award.grid.cost)
        run = _run(award, clock, Fraction(0))
        if run.reason == "infeasible":
            return False
        if run.values is not None and _whole_packs(award, clock, run.values)[0] is not None:
            return True
        if not clock.left or not fractional:
            break
    return None


def _can_end_in_a_fraction(offer: Offer) -> bool:
    return any(offer.multiple % price.denominator for price in offer.prices)


def _fallback(problem: Problem, award: Award, bound: Fraction, gap: Fraction) -> Found:
    """When time ran out without an award: the best of some plain ones that keeps every rule, if any does."""
    best: Found | None = None
    for packs in _plain_awards(problem):
        found, _ = _checked(award, packs)
        if found is not None and _cheaper(found, best):
            best = replace(found, cut_short=True)
    return _judged(problem, award, best, bound, gap) if best else Found("unknown", {}, bound=bound, cut_short=True)


def _plain_awards(problem: Problem) -> Iterator[dict[tuple[str, str], int]]:
    """Each item whole from its cheapest supplier by first or last price, or as much as can be from one supplier."""

    def packs_of(offer: Offer) -> int:
        least = max(problem.packs[offer.item], offer.minimum)
        return -(-least // offer.multiple) * offer.multiple if problem.allow_overbuy else least

    offers = list(problem.offers.values())
    for first in ["", *(supplier.id for supplier in problem.suppliers)]:
        for tier in (0, -1):
            chosen: dict[str, Offer] = {}
            for offer in sorted(offers, key=lambda o: (o.supplier != first, o.prices[tier], o.supplier)):
                enough = offer.capacity is None or offer.capacity >= packs_of(offer)
                if problem.packs[offer.item] and enough and packs_of(offer) % offer.multiple == 0:
                    chosen.setdefault(offer.item, offer)
            yield {offer.key: packs_of(offer) for offer in chosen.values()}


def _judged(problem: Problem, award: Award, found: Found, bound: Fraction, gap: Fraction) -> Found:
    """Turn a checked award and a bound into a status; the gap is that of the programme solved."""
    assert found.objective is not None
    charged = pricing.objective(problem, pricing.price(problem, found.packs))
    if not problem.quality_weight:
        # Charges are whole pence, so the least whole number not below a bound is a bound too.
        bound = Fraction(math.ceil(bound))
    apart = max(Fraction(0), found.objective - bound - award.rounding)
    near = apart <= gap * found.objective + _tolerance(found.objective)
    part = apart / found.objective if apart > _tolerance(found.objective) else Fraction(0)
    return Found(
        "optimal" if near else "feasible", found.packs, charged, min(bound, charged), part, found.cut_short and not near
    )


def _tolerance(objective: Fraction) -> Fraction:
    """What a solver's arithmetic cannot tell from nought, in pence: less than a penny on ten thousand pounds."""
    return objective / 10**8 + Fraction(1, 10**4)


def _sifted(award: Award, clock: Clock, gap: Fraction) -> tuple[Found | None, Fraction | None, set[str]]:
    """Solve with only the order tiers that can matter; the others are proven not to. Answers as `_solve` does."""
    linear = _run(award, clock, gap, kind="linear")
    if linear.reason == "infeasible":
        return Found("infeasible", {}), None, set()
    if linear.reason != "optimal" or linear.values is None:
        return _solve(award, clock, gap)
    bound, best = _safe(linear.bound or 0.0), None
    wrong: set[str] = set()
    if all(abs(v - round(v)) < 1e-6 for v, switch in zip(linear.values, award.grid.binary, strict=True) if switch):
        best, _, wrong = _whole_packs(award, clock, linear.values)
        if _close(best, bound, gap):
            return best, bound, wrong
    sieved = sieve(award, linear.duals)
    bound = max(bound, _safe(sieved.bound))
    ceiling = sieved.bound * _FIRST_CEILING
    while True:
        kept = sieved.keep(ceiling)
        everything = len(kept) == len(sieved.tiers)
        small = build(award.problem, whole=award.whole, forbid=award.forbid, keep=kept)
        hard = len(small.grid.cost) >= _HARD_FROM and sum(small.grid.binary) <= 2 * len(small.tier_switches)
        solver = mathopt.SolverType.GSCIP if hard else mathopt.SolverType.HIGHS
        found, proven, failed = _solve(small, clock, gap, solver=solver)
        wrong |= failed
        rest = _safe(sieved.least_dropped(kept)) if not everything else None
        impossible = found is not None and found.status == "infeasible"
        if impossible and everything:
            return found, None, set()
        parts = [part for part in (None if impossible else proven or Fraction(0), rest) if part is not None]
        bound = max(bound, min(parts))
        if found is not None and found.objective is not None and _cheaper(found, best):
            best = found
        if _close(best, bound, gap) or everything or not clock.left:
            return best, bound, wrong
        # Only a tier whose bound lies below what we have can still better it; without an award yet, look wider.
        ceiling = max(float(best.objective or 0), ceiling * 1.0001) if best else 2 * ceiling - sieved.bound * 0.99
        ceiling = math.inf if sieved.keep(ceiling) == kept else ceiling


def _cheaper(found: Found, best: Found | None) -> bool:
    return best is None or best.objective is None or (found.objective is not None and found.objective < best.objective)


def _close(best: Found | None, bound: Fraction, gap: Fraction) -> bool:
    """Whether an award is proven to lie within the gap."""
    if best is None or best.objective is None:
        return False
    return best.objective - bound <= gap * best.objective + _tolerance(best.objective)


def _solve(
    award: Award, clock: Clock, gap: Fraction, *, solver: mathopt.SolverType = mathopt.SolverType.HIGHS
) -> tuple[Found | None, Fraction | None, set[str]]:
    """Solve a built programme: relaxed packs first where there are many, whole packs where that leaves a gap.

    Answers a checked award (its objective in the programme's terms) or None, a proven bound, and whose charges failed
    the exact check.
    """
    grid = award.grid
    kinds = ["whole"]
    if len(grid.cost) > _FEW_COLUMNS and any(w and not b for b, w in zip(grid.binary, grid.whole, strict=True)):
        kinds = ["switches", "whole"]
    best: Found | None = None
    bound: Fraction | None = None
    hint: list[float] | None = None
    wrong: set[str] = set()
    for kind in kinds:
        if best is not None and not clock.left:
            break
        # Fractions of packs may use half of the time at most: whole packs, if they do not follow, need the rest.
        share = Clock(time.monotonic() + clock.left / 2, clock.cancel, clock.beat) if kind != kinds[-1] else clock
        run = _run(award, share, gap, kind=kind, hint=hint, solver=solver)
        if run.reason == "infeasible":
            return Found("infeasible", {}), None, set()
        if run.bound is not None:
            bound = max(bound or Fraction(0), _safe(run.bound))
        if run.values is not None:
            better, hint, failed = _whole_packs(award, clock, run.values)
            wrong |= failed
            if better is not None and _cheaper(better, best):
                best = better
        if bound is not None and _close(best, bound, gap):
            return best, bound, wrong
    if best is not None and not clock.left:
        best = replace(best, cut_short=True)
    return best, bound, wrong


def _safe(bound: float) -> Fraction:
    """A solver's bound, lowered by more than its arithmetic may be off."""
    return max(Fraction(0), Fraction(bound) - Fraction(abs(bound)) / 10**9 - Fraction(1, 10**5))


def _whole_packs(award: Award, clock: Clock, values: list[float]) -> tuple[Found | None, list[float] | None, set[str]]:
    """A checked award out of a solver's values: rounded if that stands, else solved again with switches held.

    First all switches are held; where whole packs do not fit them, only those of suppliers and their tiers.
    """
    grid = award.grid
    if all(abs(v - round(v)) < 1e-5 for v, whole in zip(values, grid.whole, strict=True) if whole):
        found, failed = _checked(award, award.packs(values))
        if found is not None:
            return found, values, failed
    wrong: set[str] = set()
    strict = award
    if award.rounding:
        strict = build(award.problem, whole=award.whole, forbid=award.forbid, keep=award.keep, strict=True)
    every = [n for n, switch in enumerate(grid.binary) if switch]
    for model, switches in [
        (award, every),
        *([(strict, every)] if strict is not award else []),
        (strict, award.tier_switches),
    ]:
        held = {n: float(round(values[n])) for n in switches}
        least = Clock(max(time.monotonic() + 1, time.monotonic() + clock.left / 3), clock.cancel)
        run = _run(model, least, _POLISHED, fixed=held)
        if run.values is not None:
            found, failed = _checked(award, award.packs(run.values))
            wrong |= failed
            if found is not None:
                return found, run.values, wrong
    return None, None, wrong


def _checked(award: Award, packs: dict[tuple[str, str], int]) -> tuple[Found | None, set[str]]:
    """The award if it keeps every rule to the pack and the penny; else whose charges fell on the wrong side."""
    broken = pricing.breaches(award.problem, packs)
    if broken:
        return None, {name for rule, name in broken if rule in ("minimum_order_pence", "max_share_percent")}
    priced = pricing.price(award.problem, packs)
    return Found("feasible", packs, pricing.objective(award.problem, priced, award.whole)), set()


def _run(
    award: Award,
    clock: Clock,
    gap: Fraction,
    *,
    kind: str = "whole",
    hint: list[float] | None = None,
    fixed: Mapping[int, float] | None = None,
    solver: mathopt.SolverType = mathopt.SolverType.HIGHS,
) -> _Run:
    model = award.grid.model(kind, fixed=fixed)
    params = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(_SHORTEST, clock.left)), relative_gap_tolerance=float(gap), random_seed=1
    )
    extra = None
    if hint is not None:
        values = {model.get_variable(n): round(v) if award.grid.whole[n] else v for n, v in enumerate(hint)}
        extra = mathopt.ModelSolveParameters(solution_hints=[mathopt.SolutionHint(variable_values=values)])
    result = _watched(lambda: mathopt.solve(model, solver, params=params, model_params=extra), clock)
    reason = result.termination.reason
    bound = result.termination.objective_bounds.dual_bound
    values = None
    if result.has_primal_feasible_solution():
        values = [0.0] * len(award.grid.cost)
        for variable, value in result.variable_values().items():
            values[variable.id] = value
    duals = {}
    if kind == "linear" and result.has_dual_feasible_solution():
        duals = {row.id: value for row, value in result.dual_values().items()}
    infeasible = (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED)
    return _Run(
        "infeasible" if reason in infeasible else reason.name.lower(),
        values,
        bound if math.isfinite(bound) else None,
        duals,
    )


def _watched(solve: Callable[[], Any], clock: Clock) -> Any:
    """Run the solver; where somebody watches, on a thread beside, so that they hear of the time and may stop waiting.

    The solver itself cannot be stopped: after a cancel it ends unheard, at its time limit at the latest.
    """
    clock.check()
    if clock.cancel is None and clock.beat is None:
        return solve()
    box: dict[str, Any] = {}

    def work() -> None:
        try:
            box["result"] = solve()
        except BaseException as error:  # handed over to the waiting thread, which raises it
            box["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.25)
        clock.check()
        if clock.beat is not None:
            clock.beat(clock.left)
    if "error" in box:
        raise box["error"]
    return box["result"]
