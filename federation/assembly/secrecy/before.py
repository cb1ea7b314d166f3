"""Before a secret vote: which totals, if they came out, would tell how somebody voted, and how likely they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from federation.assembly.secrecy.examples import reach
from federation.assembly.secrecy.ways import without_one

ONE_SIDED = 0.8
TOO_RISKY = Fraction(1, 10)


@dataclass(frozen=True)
class Forecast:
    """What may be given away. Totals are of yes, nobody abstaining; a unanimous vote is left out everywhere.

    `possible`, `naming`: how many totals there can be, and how many of them would tell how somebody voted.
    `worst_total`, `worst_named`: a total that tells of the most voters, and of how many; None when no total tells.
    `risk`: for each weight the chance that the total tells how a voter of it voted, the greater of two: all toss fair
    coins, or four in five vote the same way.
    """

    possible: int
    naming: int
    worst_total: int | None
    worst_named: int
    risk: dict[int, float]


def forecast(weights: Sequence[int]) -> Forecast:
    """Look through every total that these weights can make.

    A total t tells that a voter of weight w said yes when the others cannot make t, and no when they cannot make t - w.

    >>> forecast([1, 1, 1]).risk, forecast([1, 1, 1]).naming
    ({1: 0.0}, 0)
    >>> round(forecast([1, 1, 1, 9]).risk[9], 2), round(forecast([1, 1, 1, 9]).risk[1], 3)
    (0.88, 0.125)
    """
    import numpy

    total = sum(weights)
    everything = reach(weights)
    inside = everything & ~(1 | 1 << total)
    evenly, one_sided = _likelihood(weights, 0.5), _likelihood(weights, ONE_SIDED)
    named = numpy.zeros(total + 1, dtype=numpy.int64)
    risk = {}
    classes = Counter(weights)
    for weight, others in without_one(sorted(classes.items()), 1, lambda bits, add: bits | bits << add):
        telling = _places(inside & ~(others & others << weight), total)
        named += classes[weight] * telling
        risk[weight] = float(max(evenly @ telling, one_sided @ telling))
    worst = int(named.argmax())
    most = int(named[worst])
    return Forecast(inside.bit_count(), int((named > 0).sum()), worst if most else None, most, dict(risk))


def _likelihood(weights: Sequence[int], yes: float):
    """The chance of each total when every voter says yes with this chance, by itself."""
    import numpy

    chances = numpy.zeros(sum(weights) + 1)
    chances[0] = 1.0
    for weight in weights:
        moved = chances * (1 - yes)
        moved[weight:] += chances[: len(chances) - weight] * yes
        chances = moved
    return chances


def _places(bits: int, most: int):
    """A number's bits 0 to `most` as an array of 0 and 1."""
    import numpy

    data = numpy.frombuffer(bits.to_bytes(most // 8 + 1, "little"), dtype=numpy.uint8)
    return numpy.unpackbits(data, bitorder="little")[: most + 1].astype(numpy.int64)
