"""How well and how fast shifts are covered, beside first-to-accept and one weighted model on the same instances.

Run it as `python tests/bench/bench_match.py [--seeds 10] [--peers 3] [--size 300x1000x25]`. First-to-accept offers the
shifts in the order they came up, to lawful carers in the order they look at their phones. The weighted model is CP-SAT
with two workers, the same rows, all levels in one sum, and the time limit of the calculator.
"""

import argparse
import random
import statistics
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402
from ortools.sat.python import cp_model  # noqa: E402
from shifts import cover_problem  # noqa: E402

from staffbank.match.levels import aim_of, exact_value  # noqa: E402
from staffbank.match.model import Model, broken_sets, build, lawful_pairs  # noqa: E402
from staffbank.match.problem import Problem, parse_problem  # noqa: E402
from staffbank.match.rules import check, may_work, refusal_rows  # noqa: E402
from staffbank.match.solve import match_answer  # noqa: E402

LIMIT_SECONDS = 30
SHOWN = ("coverage", "continuity", "fairness")
Values = tuple[int, int, float]


def values_of(model: Model, chosen: set[tuple[int, int]]) -> Values:
    """Coverage, continuity and fairness of some placements."""
    columns = [int(pair in chosen) for pair in model.pairs] + [0] * len(model.groups)
    coverage, continuity, fairness = (exact_value(aim_of(model, name), columns) for name in SHOWN)
    return int(coverage), int(continuity), float(fairness)


def first_to_accept(problem: Problem, seed: int) -> set[tuple[int, int]]:
    """Groups of shifts in chance order; each seat to the first lawful carer in chance order, all seats or none."""
    dice = random.Random(seed)
    placed: dict[int, list[int]] = {}
    for group in dice.sample(problem.groups, len(problem.groups)):
        tried: dict[int, list[int]] = {w: list(shifts) for w, shifts in placed.items()}
        if all(_take(problem, s, tried, dice) for s in group for _ in range(problem.shifts[s].seats)):
            placed = tried
    return {(s, w) for w, shifts in placed.items() for s in shifts}


def _take(problem: Problem, s: int, placed: dict[int, list[int]], dice: random.Random) -> bool:
    for w in dice.sample(range(len(problem.workers)), len(problem.workers)):
        work = [problem.shifts[other] for other in placed.get(w, ())]
        if s not in placed.get(w, ()) and may_work(
            problem.shifts[s], problem.workers[w], problem.at, problem.numbers, work
        ):
            placed.setdefault(w, []).append(s)
            return True
    return False


def one_weighted_model(model: Model, seconds: float) -> tuple[set[tuple[int, int]] | None, str]:
    """All levels in one weighted sum, solved by CP-SAT until its time is over; and how it ended."""
    deadline, status = time.monotonic() + seconds, "UNKNOWN"
    while time.monotonic() < deadline:
        sat = cp_model.CpModel()
        x = [sat.new_bool_var("") for _ in range(model.count)]
        for row in model.rows:
            total = cp_model.LinearExpr.weighted_sum([x[c] for c in row.columns], list(row.values))
            low = cp_model.INT_MIN if row.lower is None else row.lower
            sat.add_linear_constraint(total, low, cp_model.INT_MAX if row.upper is None else row.upper)
        share = sat.new_int_var(0, 1_000_000, "share")
        for columns, seconds_lent, whole in aim_of(model, "fairness").loads:
            lent = cp_model.LinearExpr.weighted_sum([x[c] for c in columns], [v // 60 for v in seconds_lent])
            sat.add(1_000_000 * lent <= max(1, whole // 60) * share)
        terms: list[Any] = [-share]
        for name, weight in (("coverage", 10_000_000), ("continuity", 2_000_000), ("travel", -1), ("cost", -1)):
            aim = aim_of(model, name)
            terms += [x[c] * (weight * value // aim.unit) for c, value in aim.weights.items()]
        sat.maximize(sum(terms))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.random_seed = 1
        solver.parameters.max_time_in_seconds = max(0.1, deadline - time.monotonic())
        status = solver.status_name(solver.solve(sat))
        if status not in ("OPTIMAL", "FEASIBLE"):
            return None, status
        values = [int(solver.value(one)) for one in x]
        broken = broken_sets(model, values)
        if not broken:
            return set(model.chosen(values)), status
        for columns in broken:
            model.at_most_one(columns, len(columns) - 1)
    return None, status


def told(answer: dict[str, Any]) -> Values:
    """Coverage, continuity and fairness as an answer tells them."""
    row = {level["name"]: level["value"] for level in answer["levels"]}
    return row["coverage"], row["continuity"], float(row["fairness"])


def run_size(size: str, seeds: int, peers: int) -> tuple[list[float], list[dict[str, Any]], int]:
    """Solve the seeds of a size; seconds and answers, and how often a peer was no worse on its first difference."""
    seconds, answers, lost = [], [], 0
    for seed in range(seeds):
        sheet = cover_problem(*(int(part) for part in size.split("x")), seed)
        started = time.perf_counter()
        answer = match_answer(sheet, {})
        seconds.append(time.perf_counter() - started)
        answers.append(answer)
        gaps = " ".join(f"{row['name']} {row['value']} gap {row['gap']}" for row in answer["levels"])
        print(f"{size} seed {seed}: {seconds[-1]:.2f} s {gaps} reproducible {answer['reproducible']}", flush=True)
        if seed < peers:
            lost += _beside(sheet, answer, seed)
    return seconds, answers, lost


def _beside(sheet: dict[str, Any], answer: dict[str, Any], seed: int) -> int:
    problem = parse_problem(sheet)
    model = build(problem, lawful_pairs(problem))
    rows = [("ours", told(answer), "")]
    rows.append(("first to accept", values_of(model, first_to_accept(problem, seed)), ""))
    chosen, status = one_weighted_model(model, LIMIT_SECONDS)
    if chosen is not None:
        rows.append((f"weighted, {LIMIT_SECONDS} s", values_of(model, chosen), status))
    for name, (coverage, continuity, fairness), how in rows:
        print(f"    {name:<16} coverage {coverage:>5} continuity {continuity:>3} fairness {fairness:.5f} {how}")
    ours, others = rows[0][1], [row[1] for row in rows[1:]]
    return sum((-other[0], -other[1], other[2]) <= (-ours[0], -ours[1], ours[2]) for other in others)


def rule_figures(size: str) -> list[Figure]:
    """How fast single pairs are checked, every refusal told, and the whole matrix with its rows."""
    problem = parse_problem(cover_problem(*(int(part) for part in size.split("x")), 0))
    started = time.perf_counter()
    refusal_rows(problem)
    matrix = time.perf_counter() - started
    pairs = [(shift, worker) for shift in problem.shifts[:100] for worker in problem.workers]
    started = time.perf_counter()
    for shift, worker in pairs:
        check(shift, worker, problem.at, problem.numbers)
    each = (time.perf_counter() - started) / len(pairs) * 1e6
    return [
        Figure(f"match: one rule check ({1e6 / each:,.0f} a second)", each, "us", 20),
        Figure(f"match: refusal matrix of {size}", matrix, "s", 10),
    ]


def main() -> int:
    """Run all sizes and tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--peers", type=int, default=3, help="seeds on which the peers run too")
    parser.add_argument("--size", default="300x1000x25", help="shifts x workers x co-ops")
    parser.add_argument("--scarce", default="300x250x25", help="a size at which many shifts must stay open")
    asked = parser.parse_args()
    figures = rule_figures(asked.size)
    small, _, _ = run_size("40x120x6", asked.seeds, 0)
    _, _, lost = run_size(asked.scarce, min(1, asked.peers), asked.peers)
    seconds, answers, lost_more = run_size(asked.size, asked.seeds, asked.peers)
    levels = [{row["name"]: Fraction(row["gap"] or 0) for row in answer["levels"]} for answer in answers]
    figures += [
        Figure("match 40x120x6: all levels, median", statistics.median(small), "s", 1),
        Figure(f"match {asked.size}: all levels, median", statistics.median(seconds), "s", LIMIT_SECONDS),
        Figure("match: coverage and continuity, largest gap", _percent(levels, "coverage", "continuity"), "%", 0),
        Figure("match: fairness above its bound, largest", _percent(levels, "fairness"), "%", 10),
        Figure("match: fairness above its bound, median", _median(levels, "fairness"), "%"),
        Figure("match: travel above its bound, median", _median(levels, "travel"), "%"),
        Figure("match: cost above its bound, median", _median(levels, "cost"), "%"),
        Figure("match: times a peer was no worse", lost + lost_more, "", 0),
    ]
    return tell(figures)


def _percent(levels: list[dict[str, Fraction]], *names: str) -> float:
    return float(100 * max((row[name] for row in levels for name in names), default=Fraction(0)))


def _median(levels: list[dict[str, Fraction]], name: str) -> float:
    return float(100 * statistics.median(row[name] for row in levels)) if levels else 0.0


if __name__ == "__main__":
    sys.exit(main())
