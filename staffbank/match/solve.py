"""The match calculator: shifts and carers in, placements out, with what is proven and the reasons for people."""

import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from staffbank.match import explain
from staffbank.match.levels import TRAVEL_UNIT, LevelFound, run_levels
from staffbank.match.model import build, lawful_pairs
from staffbank.match.problem import Problem, parse_problem
from staffbank.match.programme import Clock
from staffbank.match.rules import refusal_rows
from tenants.money import round_half_up
from tenants.reading import Reader

Progress = Callable[[str, int, Mapping[str, Any]], None]
OPTIONS = ("seconds", "ranked", "refusals", "progress", "cancel")
SECONDS = 28
"""Time for the levels unless asked otherwise; the explanations come after it."""
RANKED = 50
_STEPS = {
    "coverage": "Filling as many seats as can be",
    "continuity": "Sending people they know",
    "fairness": "Sharing the load between co-ops",
    "travel": "Shortening journeys",
    "cost": "Saving cost",
    "ties": "Settling ties",
}


def solve_match(
    problem: Problem,
    *,
    seconds: float = SECONDS,
    ranked: int = RANKED,
    refusals: bool = False,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Who covers which shift, level by level.

    `ranked` is how many carers are listed for each shift; `refusals` adds why each pair is unlawful;
    `progress(words, percent, facts)` hears of each step; `cancel()` answering True stops the work.

    Raises: Cancelled.
    """
    clock = Clock(time.monotonic() + seconds, cancel)
    facts = {"shifts": len(problem.shifts), "workers": len(problem.workers)}
    tell: Progress = progress or (lambda words, percent, facts: None)
    tell("Asking the rules of every carer and shift", 2, facts)
    pairs = lawful_pairs(problem, lambda _: clock.check())
    model = build(problem, pairs)
    facts = {**facts, "lawful_pairs": len(pairs)}
    found = run_levels(model, clock, lambda name, percent: tell(_STEPS[name], 15 + percent * 7 // 10, facts))
    placed: dict[int, list[int]] = {}
    for s, w in model.chosen(found.values or ()):
        placed.setdefault(w, []).append(s)
    tell("Writing down the reasons", 90, facts)
    done = found.values is not None
    answer: dict[str, Any] = {
        "status": _status(done, found.cut_short, found.levels),
        "placements": placement_rows(problem, placed),
        "levels": [level_row(level) for level in found.levels],
        "unfilled": explain.unfilled_rows(problem, placed) if done else [],
        "ranked": explain.ranked_rows(problem, pairs, placed, ranked),
        "why_not": [] if done else explain.broken_pins(problem),
        "reproducible": not found.cut_short,
    }
    if refusals:
        answer["refusals"] = refusal_rows(problem)
    tell("Done", 100, {**facts, "placements": len(answer["placements"]), "unfilled": len(answer["unfilled"])})
    return answer


def match_answer(problem: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the jobs call it: decoded JSON in, the answer out.

    `options` may hold `seconds` and `ranked` (numbers, or text of them), `refusals` (true or the like), `progress` and
    `cancel`.

    Raises: InvalidInput, Cancelled.
    """
    read = Reader()
    for key in options:
        if key not in OPTIONS:
            read.wrong(str(key), "unknown option; use seconds, ranked, refusals")
    seconds = read.number(options.get("seconds", SECONDS), "seconds", Fraction(1, 100), 3600)
    ranked = read.number(options.get("ranked", RANKED), "ranked", 0, 10_000)
    refusals = str(options.get("refusals", False)).lower()
    if refusals not in ("true", "false", "yes", "no", "1", "0", ""):
        read.wrong("refusals", "must be true or false")
    read.finish()
    return solve_match(
        parse_problem(problem),
        seconds=float(seconds),
        ranked=int(ranked),
        refusals=refusals in ("true", "yes", "1", ""),
        progress=options.get("progress"),
        cancel=options.get("cancel"),
    )


def placement_rows(problem: Problem, placed: Mapping[int, Sequence[int]]) -> list[dict[str, Any]]:
    """Who sits where: seats from 1, carers of one shift in order of id."""
    of_shift: dict[int, list[int]] = {}
    for w, shifts in placed.items():
        for s in shifts:
            of_shift.setdefault(s, []).append(w)
    return [
        {"shift": problem.shifts[s].id, "seat": seat, "worker": problem.workers[w].id}
        for s, workers in sorted(of_shift.items())
        for seat, w in enumerate(sorted(workers), 1)
    ]


def level_row(level: LevelFound) -> dict[str, Any]:
    """A level as written: counts and pence whole, ratios and minutes as decimal strings, the gap a share of the bound."""
    apart = abs(level.value - level.bound)
    gap = Fraction(0) if not apart else None if not level.bound else apart / abs(level.bound)
    return {
        "name": level.name,
        "value": _written(level.name, level.value),
        "bound": _written(level.name, level.bound),
        "gap": None if gap is None else decimal(gap, 6),
    }


def _written(name: str, value: Fraction) -> int | str:
    if name == "fairness":
        return decimal(value, 9)
    if name == "travel":
        return decimal(value / TRAVEL_UNIT, 3)
    return int(value)


def _status(done: bool, cut_short: bool, levels: Sequence[LevelFound]) -> str:
    if not done:
        return "unknown" if cut_short else "infeasible"
    return "optimal" if all(level.proven for level in levels) else "feasible"


def decimal(value: Fraction, places: int) -> str:
    """A number with so many places at most, half up, without idle noughts.

    >>> decimal(Fraction(2, 3), 4), decimal(Fraction(5), 4)
    ('0.6667', '5')
    """
    scaled = round_half_up(value * 10**places)
    text = f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"
    return text.rstrip("0").rstrip(".")
