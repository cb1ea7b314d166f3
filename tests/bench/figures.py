"""How benchmarks tell what they found: one line for each figure, with its limit and whether it is met."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

COLLECT = "FED_BENCH_FIGURES"
"""Names the file in which `./fed bench` gathers the figures of all benchmarks for its last table."""


@dataclass(frozen=True)
class Figure:
    """One thing measured; without a limit it is only told."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def met(self) -> bool:
        """Whether it keeps to its limit."""
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        """One line of the table.

        >>> Figure("round, demand to recharges", 8.125, "s", 10).line()
        'round, demand to recharges                                    8.12 s         10 s       yes'
        """
        limit = "" if self.limit is None else f"{self.limit:g} {self.unit}"
        verdict = "" if self.limit is None else "yes" if self.met else "NO"
        return f"{self.name:<54} {self.value:>11.2f} {self.unit:<5} {limit:>8}       {verdict}".rstrip()


def print_table(figures: Sequence[Figure]) -> None:
    """The figures as a table."""
    print(f"\n{'name':<54} {'figure':>11} {'':<5} {'limit':>8}       met?")
    for figure in figures:
        print(figure.line())


def tell(figures: Sequence[Figure]) -> int:
    """Print the figures, hand them on to `./fed bench`, and answer 1 when one misses its limit."""
    print_table(figures)
    if os.environ.get(COLLECT):
        with Path(os.environ[COLLECT]).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)
    return int(not all(figure.met for figure in figures))


if __name__ == "__main__":
    print_table([Figure(**json.loads(line)) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()])
