"""How long `./fed up` takes to its first page: on a new data directory with the demo filled in, and the second time.

Run it as `python tests/bench/bench_up.py`. The packages are installed already: the cache is warm.
"""

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402
from real_up import free_port, running_up  # noqa: E402


def main() -> int:
    """Start twice and print."""
    with tempfile.TemporaryDirectory(prefix="fed-up-") as directory:
        port, seconds = free_port(), []
        for _ in range(2):
            with running_up(Path(directory), port) as took:
                seconds.append(took)
    return tell(
        [
            Figure("up: new data directory, demo filled in, first page", seconds[0], "s", 15),
            Figure("up: second time, first page", seconds[1], "s", 5),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
