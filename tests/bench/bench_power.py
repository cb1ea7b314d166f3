"""How long voting power takes to count out, beside `powerindex` on the same weights in the same run.

Run it as `python tests/bench/bench_power.py [--seed 1] [--without-peer]`. The peer is put into a directory of its own
for the run and away again; where its registry is out of reach, that is said and ours is measured alone. Weights are
drawn from 1 to 100, the quota is more than half. The peer's Banzhaf shares must agree with ours; at 200 players its
Shapley-Shubik overflows, so that the two are compared at 50, where it still answers.
"""

import argparse
import contextlib
import importlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[2]
sys.path[:0] = [str(HOME), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402

from federation.assembly.power.banzhaf import banzhaf  # noqa: E402
from federation.assembly.power.games import Game, simple_game  # noqa: E402
from federation.assembly.power.shapley import shapley  # noqa: E402

PEER = "powerindex==0.3.5"
AT_LEAST = 5
"""How many times as fast as the peer Banzhaf power must be."""
BEST_OF = 3


def draw(players: int, seed: int) -> Game:
    """A game of so many players with weights from 1 to 100, which needs more than half."""
    chance = random.Random(seed)
    weights = {f"coop-{number:04}": chance.randint(1, 100) for number in range(players)}
    return simple_game(weights, sum(weights.values()) // 2 + 1)


def seconds(work: Callable[[], Any], times: int = BEST_OF) -> float:
    """The shortest of some runs, since other work may be going on."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


@contextlib.contextmanager
def peer(wanted: bool) -> Iterator[Any]:
    """The peer's module, put into a temporary directory; None when it cannot be had."""
    with tempfile.TemporaryDirectory(prefix="bench-power-") as place:
        uv = HOME / ".tools" / "bin" / "uv"
        ways = [[sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place, PEER]]
        if uv.exists():
            ways.insert(0, [str(uv), "pip", "install", "--quiet", "--no-deps", "--target", place, PEER])
        if not wanted or not any(subprocess.run(way, capture_output=True).returncode == 0 for way in ways):
            print(f"The peer {PEER} is {'out of reach' if wanted else 'left out'}: ours is measured alone.")
            yield None
            return
        sys.path.insert(0, place)
        try:
            yield importlib.import_module("powerindex")
        finally:
            sys.path.remove(place)


def theirs(module: Any, game: Game, index: str) -> list[float]:
    """The peer's shares."""
    (condition,) = game.conditions
    other = module.Game(condition.quota, weights=list(condition.weights))
    if index == "banzhaf":
        other.calc_banzhaf()
        return list(other.banzhaf)
    other.calc_shapley_shubik()
    return list(other.shapley_shubik)


def agree(name: str, ours: tuple[float, ...], others: list[float]) -> Figure:
    """The largest difference of shares, which must be next to nothing."""
    apart = max(abs(a - b) for a, b in zip(ours, others, strict=True))
    return Figure(f"{name}: furthest from the peer's, in 10^-9", apart * 1e9, "", 1)


def of_banzhaf(module: Any, seed: int) -> list[Figure]:
    """Five hundred co-ops."""
    game = draw(500, seed)
    ours = seconds(lambda: banzhaf(game))
    figures = [
        Figure("Banzhaf 500, weights to 100", ours, "s", 1),
        Figure("Banzhaf 500: bound on the error, in 10^-12", banzhaf(game).error * 1e12, ""),
    ]
    if module is None:
        return figures
    found: list[float] = []
    other = seconds(lambda: found.extend(theirs(module, game, "banzhaf")), 1)
    print(f"Banzhaf 500: {other / ours:.0f} times as fast as the peer ({ours:.3f} s against {other:.3f} s)")
    return [
        *figures,
        Figure("Banzhaf 500: peer", other, "s"),
        Figure(f"Banzhaf 500: our share of the peer's time, at most 1/{AT_LEAST}", ours / other, "", 1 / AT_LEAST),
        agree("Banzhaf 500", banzhaf(game).shares, found),
    ]


def of_shapley(module: Any, seed: int) -> list[Figure]:
    """Two hundred co-ops, where the peer overflows, and fifty, where it does not."""
    game, small = draw(200, seed), draw(50, seed)
    ours, alone = seconds(lambda: shapley(game)), seconds(lambda: shapley(small))
    figures = [
        Figure("Shapley-Shubik 200, weights to 100", ours, "s", 2),
        Figure("Shapley-Shubik 200: bound on the error, in 10^-12", shapley(game).error * 1e12, ""),
        Figure("Shapley-Shubik 50, weights to 100", alone, "s"),
    ]
    if module is None:
        return figures
    try:
        theirs(module, game, "shapley")
        print("Shapley-Shubik 200: the peer answers too")
    except OverflowError as error:
        print(f"Shapley-Shubik 200: the peer ends with OverflowError ({error})")
    found: list[float] = []
    other = seconds(lambda: found.extend(theirs(module, small, "shapley")), 1)
    print(f"Shapley-Shubik 50: {other / alone:.0f} times as fast as the peer ({alone:.3f} s against {other:.3f} s)")
    return [
        *figures,
        Figure("Shapley-Shubik 50: peer", other, "s"),
        agree("Shapley-Shubik 50", shapley(small).shares, found),
    ]


def exact() -> list[Figure]:
    """Sixty co-ops in whole numbers, swings and all."""
    game = draw(60, 60)
    swings = banzhaf(game).swings
    if swings is None or max(swings) < 2**53:
        raise ArithmeticError("sixty players are not counted in whole numbers beyond those of a double")
    return [Figure("Banzhaf 60 in whole numbers", seconds(lambda: banzhaf(game)), "s", 1)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-peer", action="store_true", help="measure ours alone, without the network")
    chosen = parser.parse_args()
    with peer(not chosen.without_peer) as module:
        table = of_banzhaf(module, chosen.seed) + of_shapley(module, chosen.seed) + exact()
    sys.exit(tell(table))
