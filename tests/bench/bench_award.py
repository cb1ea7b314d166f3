"""How long an award takes beside the solver alone on the textbook programme of the same instance.

Run it as `python tests/bench/bench_award.py [--seeds 10] [--large 5] [--size 8x50 …]`. The peer is the total quantity
discount programme as the literature writes it, with packs as fractions, handed to the same solver with the same gap;
its time is the solver's own, without building. Ours is the whole calculator without the story: reading, building,
solving, rounding, the exact check and the answer.
"""

import argparse
import math
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from instances import order_discounts  # noqa: E402
from ortools.math_opt.python import mathopt  # noqa: E402

from procurement.award.problem import parse_problem  # noqa: E402
from procurement.award.solve import solve_award  # noqa: E402


def textbook(sheet: dict[str, Any]) -> mathopt.Model:
    """The textbook programme: x packs per supplier, item and tier, y a switch per supplier and tier."""
    wanted = {item["id"]: sum(item["demand"].values()) for item in sheet["items"]}
    model = mathopt.Model()
    cover: dict[str, list[Any]] = {item: [] for item in wanted}
    cost = []
    for supplier in sheet["suppliers"]:
        bounds = supplier["tiers"]
        every = sum(wanted[offer["item"]] for offer in supplier["offers"])
        switches = [model.add_binary_variable() for _ in bounds]
        model.add_linear_constraint(mathopt.fast_sum(switches) <= 1)
        for k, low in enumerate(bounds):
            high = bounds[k + 1] - 1 if k + 1 < len(bounds) else every
            columns = []
            for offer in supplier["offers"]:
                packs = wanted[offer["item"]]
                column = model.add_variable(lb=0, ub=packs)
                model.add_linear_constraint(column - packs * switches[k] <= 0)
                columns.append(column)
                cover[offer["item"]].append(column)
                cost.append(float(offer["pence_per_pack"][k]) * column)
            model.add_linear_constraint(mathopt.fast_sum(columns) - low * switches[k] >= 0)
            model.add_linear_constraint(mathopt.fast_sum(columns) - high * switches[k] <= 0)
    for item, columns in cover.items():
        model.add_linear_constraint(mathopt.fast_sum(columns) == wanted[item])
    model.minimize(mathopt.fast_sum(cost))
    return model


def peer_seconds(sheet: dict[str, Any]) -> tuple[float, float, str]:
    """The solver's own time on the textbook programme, its value and how it ended."""
    model = textbook(sheet)
    params = mathopt.SolveParameters(time_limit=timedelta(seconds=120), relative_gap_tolerance=1e-4, random_seed=1)
    started = time.perf_counter()
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params)
    return (
        time.perf_counter() - started,
        result.termination.objective_bounds.primal_bound,
        result.termination.reason.name,
    )


def our_seconds(sheet: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """The calculator's time for the main award, and its answer."""
    started = time.perf_counter()
    answer = solve_award(parse_problem(sheet), story_seconds=0)
    return time.perf_counter() - started, answer


def compare(suppliers: int, items: int, seeds: int) -> None:
    """Print ours beside the peer's, per seed and as a geometric mean of the ratios."""
    logs = []
    for seed in range(seeds):
        sheet = order_discounts(suppliers, items, seed)
        ours, answer = our_seconds(sheet)
        peers, value, reason = peer_seconds(sheet)
        logs.append(math.log(ours / peers))
        print(
            f"{suppliers}x{items} seed {seed}: ours {ours:.2f} s {answer['status']} {answer['cost_pence']} gap "
            f"{answer['gap']}; textbook {peers:.2f} s {reason} {value:.0f}; ratio {ours / peers:.2f}",
            flush=True,
        )
    print(f"{suppliers}x{items}: geometric mean of {seeds} ratios {math.exp(statistics.mean(logs)):.2f}", flush=True)


def main() -> None:
    """Run the comparison and the large instances."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--large", type=int, default=5, help="seeds of 50x100")
    parser.add_argument("--size", action="append", help="suppliers x items, like 8x50; may be given again")
    asked = parser.parse_args()
    for size in asked.size or ["8x50", "20x100", "10x300"]:
        suppliers, items = (int(part) for part in size.split("x"))
        compare(suppliers, items, asked.seeds)
    times = []
    for seed in range(asked.large):
        seconds, answer = our_seconds(order_discounts(50, 100, seed))
        times.append(seconds)
        print(f"50x100 seed {seed}: {seconds:.2f} s {answer['status']} gap {answer['gap']}", flush=True)
    if times:
        print(f"50x100: median of {len(times)} seeds {statistics.median(times):.2f} s")


if __name__ == "__main__":
    main()
