"""How long counts take, beside PyPI `pyrankvote` on the same ballots, and whether both elect the same.

Run it as `python tests/bench/bench_count.py [--ballots 100000]`. Ballots are drawn from a seed: ten candidates of
different strength, rankings cut short, four seats. The peer is installed into a directory that is removed afterwards;
where that fails, this says so and measures the rest.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[2]
sys.path[:0] = [str(HOME), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402

from federation.assembly.count.blt import write_blt  # noqa: E402
from federation.assembly.count.problem import group_ballots  # noqa: E402
from federation.assembly.count.solve import count_rankings  # noqa: E402
from federation.calc import calculate  # noqa: E402

PEER = "pyrankvote==2.0.6"
CANDIDATES, SEATS = 10, 4
RUNS = 5
Rankings = Sequence[tuple[int, ...]]


def draw(ballots: int, seed: int) -> list[tuple[int, ...]]:
    """Rankings drawn from a seed: each voter leans to some candidates and stops after one to all of them."""
    chance = random.Random(seed)
    strength = [1 / (place + 2) for place in range(CANDIDATES)]
    found = []
    for _ in range(ballots):
        order = sorted(range(CANDIDATES), key=lambda place: -(chance.random() ** (1 / strength[place])))
        found.append(tuple(order[: chance.randint(1, CANDIDATES)]))
    return found


def seconds(work: Callable[[], Any], runs: int = RUNS) -> float:
    """The median of some runs, in seconds of this process's own work."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times)


def ours(names: Sequence[str], rankings: Rankings, method: str = "scottish") -> list[str]:
    """Who is elected, by our count."""
    outcome = count_rankings(names, rankings, SEATS, method)
    return sorted(outcome.election.candidates[place].id for place in outcome.tally.elected)


def install_peer(directory: str) -> bool:
    """Put the peer into a directory; whether it could be had."""
    uv = next((path for path in (HOME / ".tools" / "bin").glob("uv*") if path.stem == "uv"), Path("uv"))
    command = [str(uv), "pip", "install", "--quiet", "--python", sys.executable, "--target", directory, PEER]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as reason:
        print(f"{PEER} could not be installed ({reason}); only our own count is measured.", file=sys.stderr)
        return False
    if done.returncode:
        print(f"{PEER} could not be installed; only our own count is measured.\n{done.stderr}", file=sys.stderr)
    return done.returncode == 0


def against_peer(directory: str, names: Sequence[str], rankings: Rankings) -> list[Figure]:
    """Both counts from ballots in memory, turn by turn; ours groups them within its time, the peer's are built before."""
    sys.path.insert(0, directory)
    import pyrankvote  # pyright: ignore[reportMissingImports]

    candidates = [pyrankvote.Candidate(name) for name in names]
    ballots = [pyrankvote.Ballot(ranked_candidates=[candidates[place] for place in rank]) for rank in rankings]

    def peer() -> list[str]:
        result = pyrankvote.single_transferable_vote(candidates, ballots, number_of_seats=SEATS)
        return sorted(one.name for one in result.get_winners())

    same = peer() == ours(names, rankings)
    pairs = [(seconds(peer, 1), seconds(lambda: ours(names, rankings), 1)) for _ in range(RUNS)]
    theirs, mine = (statistics.median(column) for column in zip(*pairs, strict=True))
    size = f"{len(rankings):,}×{len(names)}"
    return [
        Figure(f"Scottish STV {size}, {PEER}", theirs, "s"),
        Figure("  our time, as a share of the peer's", mine / theirs, "", 0.25),
        Figure("  elections with other winners than the peer's", float(not same), "", 0),
    ]


def bench(ballots: int) -> list[Figure]:
    """All figures."""
    rankings = draw(ballots, 7)
    names = [f"Candidate {letter}" for letter in "ABCDEFGHIJ"]
    text = write_blt("Bench", SEATS, names, group_ballots(rankings).grouped())
    lines = [f"1 {' '.join(str(place + 1) for place in rank)} 0" for rank in rankings]
    single = "\n".join([f"{len(names)} {SEATS}", *lines, "0", *(f'"{name}"' for name in names), '"Bench"', ""])
    size = f"{ballots:,}×{len(names)}"
    found = [
        Figure(f"Scottish STV {size}, from ballots in memory", seconds(lambda: ours(names, rankings)), "s", 0.5),
        Figure(
            "  from BLT text to answer, a line for each ballot", seconds(lambda: calculate("count", single), 3), "s"
        ),
        Figure("  from BLT text to answer, equal ones together", seconds(lambda: calculate("count", text), 3), "s"),
        Figure(f"Meek {size}, from ballots in memory", seconds(lambda: ours(names, rankings, "meek"), 3), "s", 5),
        Figure("  different rankings among them", float(len(group_ballots(rankings).grouped())), ""),
    ]
    with tempfile.TemporaryDirectory() as directory:
        return [*found, *(against_peer(directory, names, rankings) if install_peer(directory) else [])]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=100_000)
    sys.exit(tell(bench(parser.parse_args().ballots)))
