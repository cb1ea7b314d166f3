"""How long settlements take and how many payments they need, beside the greedy rule on the same debts.

Run it as `python tests/bench/bench_net.py [--seeds 12]`. Small: 14 co-ops × 95 debts, as a month of a federation. Large:
1,000 co-ops × 100,000 debts by hub, the whole calculator from CSV text to answer. The peer is the greedy rule, the
largest debtor pays the largest creditor.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402

from federation.calc import calculate  # noqa: E402
from staffbank.net.modes import greedy  # noqa: E402
from staffbank.net.problem import Debt, put_together  # noqa: E402
from staffbank.net.solve import net  # noqa: E402

BEST_OF = 3


def month(coops: int, debts: int, seed: int) -> list[Debt]:
    """Debts drawn from a seed: two different co-ops, up to a day of care at £24.50 an hour, in whole hours."""
    chance = random.Random(seed)
    names = [f"coop-{number:04}" for number in range(coops)]
    return [Debt(*chance.sample(names, 2), 2_450 * chance.randint(1, 24), f"SB-{n}") for n in range(debts)]


def seconds(work: Callable[[], Any]) -> float:
    """The shortest of three runs, since other work may be going on."""
    times = []
    for _ in range(BEST_OF):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def small(seeds: int) -> list[Figure]:
    """A month of 14 co-ops in every mode, the mean over seeds."""
    months = [month(14, 95, seed) for seed in range(seeds)]
    found = {mode: [net(debts, mode) for debts in months] for mode in ("hub", "least", "links")}
    peers = [len(greedy(put_together(debts).positions)) for debts in months]
    if not all(settlement.exact for settlements in found.values() for settlement in settlements):
        raise ArithmeticError("14 co-ops are not settled exactly")
    least = statistics.mean(len(settlement.payments) for settlement in found["least"])
    moved = statistics.mean(settlement.paid_pence / settlement.gross_pence for settlement in found["links"])
    return [
        Figure("net 14×95, payments: greedy rule (peer)", statistics.mean(peers), ""),
        Figure("net 14×95, payments: least, exact", least, "", statistics.mean(peers)),
        Figure("net 14×95, share of debts still moved by links", 100 * moved, "%"),
        Figure("net 14×95, least", seconds(lambda: net(months[0], "least")), "s", 1),
        Figure("net 14×95, links", seconds(lambda: net(months[0], "links")), "s", 1),
    ]


def large() -> list[Figure]:
    """A hundred thousand debts of a thousand co-ops, from text to answer."""
    debts = month(1_000, 100_000, 1)
    text = "from,to,pence,reference\n" + "".join(f"{a},{b},{pence},{ref}\n" for a, b, pence, ref in debts)
    peer = seconds(lambda: greedy(put_together(debts).positions))
    return [
        Figure("net 1,000×100,000 by hub, solving", seconds(lambda: net(debts, "hub")), "s", 1),
        Figure("net 1,000×100,000 by the greedy rule (peer)", peer, "s"),
        Figure("net 1,000×100,000 by hub, from text to answer", seconds(lambda: calculate("net", text)), "s", 1),
        Figure("net 1,000×100,000 by links", seconds(lambda: net(debts, "links")), "s"),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=12)
    sys.exit(tell(small(parser.parse_args().seeds) + large()))
