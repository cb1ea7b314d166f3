"""How weights come from sizes: six kinds of scheme, each with a floor and caps over it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tenants.errors import InvalidInput

Sizes = Mapping[str, int]
Weights = dict[str, int]

KINDS = ("one_each", "proportional", "square_root", "base_plus", "bands", "classes")
_FINE = 1 << 80
"""Divisors are looked for in steps of 2^-80, far finer than two divisors of different totals can lie apart."""


@dataclass(frozen=True)
class ClassShare:
    """The members of a class hold `percent` of all votes between them."""

    name: str
    percent: Fraction
    members: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A kind of scheme with what it needs; `floor`, `cap` and `cap_percent` hold for every kind.

    `bands` are pairs of the least size and the weight from there on, ascending from size 0.
    """

    kind: str
    base: int = 0
    total: int | None = None
    bands: tuple[tuple[int, int], ...] = ()
    classes: tuple[ClassShare, ...] = ()
    floor: int = 0
    cap: int | None = None
    cap_percent: Fraction | None = None


@dataclass(frozen=True)
class Weighed:
    """Weights by id in sorted order, and what people should know about how they came to be."""

    weights: Weights
    notes: tuple[str, ...] = ()


def weigh(sizes: Sizes, scheme: Scheme) -> Weighed:
    """Weights by a scheme, whole numbers.

    >>> weigh({"ash": 12, "elm": 1500}, Scheme("square_root")).weights
    {'ash': 346, 'elm': 3873}
    >>> weigh({"ash": 12, "elm": 60, "fir": 1500}, Scheme("bands", bands=((0, 1), (50, 2), (200, 3)))).weights
    {'ash': 1, 'elm': 2, 'fir': 3}

    Raises: InvalidInput when nobody gets a vote or a cap cannot be kept.
    """
    ordered = {coop: sizes[coop] for coop in sorted(sizes)}
    plain, notes = _BY_KIND[scheme.kind](ordered, scheme)
    bound = {coop: _bound(weight, scheme) for coop, weight in plain.items()}
    kept = cut_to_percent(bound, scheme.cap_percent) if scheme.cap_percent is not None else bound
    if not any(kept.values()):
        raise InvalidInput({"sizes": "nobody would have a vote: at least one weight must be more than nought"})
    return Weighed(kept, (*notes, *_moved(plain, kept, scheme)))


def apportion(total: int, shares: Mapping[str, Fraction | int]) -> Weights:
    """Split a whole total in proportion to shares by largest remainder, then by id.

    >>> apportion(10, {"ash": 1, "elm": 1, "fir": 1})
    {'ash': 4, 'elm': 3, 'fir': 3}

    Source: Hamilton's method.
    """
    whole = sum(shares.values())
    if not whole:
        return dict.fromkeys(shares, 0)
    exact = {name: Fraction(total) * share / whole for name, share in shares.items()}
    found = {name: math.floor(value) for name, value in exact.items()}
    left = total - sum(found.values())
    for name in sorted(exact, key=lambda name: (found[name] - exact[name], name))[:left]:
        found[name] += 1
    return found


def root_of_size(size: int) -> int:
    """100 × √size, rounded half up.

    >>> root_of_size(2)
    141
    """
    # floor(x + 1/2) = floor((2x + 1) / 2), and 2x = √(40,000 size).
    return (math.isqrt(40_000 * size) + 1) // 2


def cut_to_percent(weights: Weights, percent: Fraction) -> Weights:
    """Cut the largest weights to one level, the highest at which none exceeds so many percent of what is left.

    >>> cut_to_percent({"ash": 2, "elm": 3, "fir": 20}, Fraction(50))
    {'ash': 2, 'elm': 3, 'fir': 5}

    Raises: InvalidInput when no level is low enough.
    """

    def holds(level: int) -> bool:
        return level * 100 <= percent * sum(min(weight, level) for weight in weights.values())

    # What is allowed less what is taken is concave in the level and nought at level nought, so levels that hold come
    # before all that do not.
    low, high = 0, max(weights.values(), default=0)
    if not high or holds(high):
        return dict(weights)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    if not low:
        voters = sum(1 for weight in weights.values() if weight)
        raise InvalidInput(
            {
                "scheme.cap_percent": f"cannot be kept: with {voters} who vote, somebody always holds at least "
                f"{float(Fraction(100, voters)):.4g} percent; allow more"
            }
        )
    return {coop: min(weight, low) for coop, weight in weights.items()}


def _one_each(sizes: Sizes, scheme: Scheme) -> tuple[Weights, list[str]]:
    return dict.fromkeys(sizes, 1), []


def _proportional(sizes: Sizes, scheme: Scheme) -> tuple[Weights, list[str]]:
    return (dict(sizes) if scheme.total is None else apportion(scheme.total, sizes)), []


def _square_root(sizes: Sizes, scheme: Scheme) -> tuple[Weights, list[str]]:
    return {coop: root_of_size(size) for coop, size in sizes.items()}, []


def _bands(sizes: Sizes, scheme: Scheme) -> tuple[Weights, list[str]]:
    return {coop: [weight for least, weight in scheme.bands if size >= least][-1] for coop, size in sizes.items()}, []


def _base_plus(sizes: Sizes, scheme: Scheme) -> tuple[Weights, list[str]]:
    """The least divisor whose weights do not exceed the total; divisors downwards raise weights one by one.

    Source: the Cambridge Compromise, Grimmett et al. 2011, arXiv 1104.5213.
    """
    total = scheme.total or 0

    def weights(divisor: int) -> list[int]:
        return [_bound(scheme.base - (-size * _FINE // divisor), scheme) for size in sizes.values()]

    low, high = 0, max(1, *sizes.values()) * _FINE
    least = sum(weights(high))
    if least > total:
        raise InvalidInput({"scheme.total": f"must be at least {least:,}: the base, and one more for every size"})
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sum(weights(middle)) <= total else (middle, high)
    found = dict(zip(sizes, weights(high), strict=True))
    reached = sum(found.values())
    if reached == total:
        return found, []
    capped = all(weight == scheme.cap for coop, weight in found.items() if sizes[coop])
    why = "the cap allows no more" if capped else "co-ops tie there"
    return found, [f"A total of {total:,} is out of reach, because {why}: the nearest below is {reached:,}."]


def _classes(sizes: Sizes, scheme: Scheme) -> tuple[Weights, list[str]]:
    by_class = apportion(scheme.total or 0, {one.name: one.percent for one in scheme.classes})
    found: Weights = {}
    notes = []
    for one in scheme.classes:
        found |= apportion(by_class[one.name], dict.fromkeys(one.members, 1))
        if by_class[one.name] < len(one.members):
            notes.append(
                f"The class {one.name} has {_votes(by_class[one.name])} for {len(one.members):,} members: "
                "raise the total, so that each of them has a vote."
            )
    return {coop: found[coop] for coop in sizes}, notes


_BY_KIND: dict[str, Callable[[Sizes, Scheme], tuple[Weights, list[str]]]] = {
    "one_each": _one_each,
    "proportional": _proportional,
    "square_root": _square_root,
    "base_plus": _base_plus,
    "bands": _bands,
    "classes": _classes,
}


def _bound(weight: int, scheme: Scheme) -> int:
    lifted = max(weight, scheme.floor)
    return lifted if scheme.cap is None else min(lifted, scheme.cap)


def _moved(plain: Weights, kept: Weights, scheme: Scheme) -> Sequence[str]:
    """Say so when a floor or a cap moved the sum away from the total that was asked for."""
    if scheme.total is None or sum(plain.values()) == sum(kept.values()):
        return []
    return [
        f"The floor and the caps leave {_votes(sum(kept.values()))} in all where {sum(plain.values()):,} were dealt out."
    ]


def _votes(count: int) -> str:
    return "1 vote" if count == 1 else f"{count:,} votes"
