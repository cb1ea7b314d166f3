"""The smallest groups that stop a motion by saying no together, and how many such groups there are."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice

from federation.assembly.power.games import Condition, Game

MOST_SHOWN = 20
MOST_LISTED = 10_000
"""Where the groups of several conditions overlap they are counted one by one, to so many."""
MOST_BYTES = 20_000_000_000
MOST_COUNTS = 2_000_000
"""Beyond these a count would take more than some seconds."""


@dataclass(frozen=True)
class Blocking:
    """The least number of players who can stop a motion, such groups (at most 20), and how many there are.

    `count` is None where they are more than can be counted.
    """

    size: int
    groups: tuple[tuple[str, ...], ...]
    count: int | None


def smallest_blocking(game: Game) -> Blocking:
    """The smallest blocking groups, those with the heaviest players first.

    >>> from federation.assembly.power.games import simple_game
    >>> smallest_blocking(simple_game({"a": 4, "b": 4, "c": 2, "d": 1}, 8))
    Blocking(size=1, groups=(('a',), ('b',)), count=2)
    """
    lean = game.lean
    least = {condition: _least(condition) for condition in lean.conditions}
    size = min(least.values())
    able = [condition for condition in least if least[condition] == size]
    groups = _groups(lean.players, able, size)
    shown = tuple(islice(groups, MOST_SHOWN))
    return Blocking(size, shown, _count(lean, able, size))


def _least(condition: Condition) -> int:
    """How many players, the heaviest first, weigh more than may say no."""
    weight = 0
    for number, one in enumerate(sorted(condition.weights, reverse=True), start=1):
        weight += one
        if weight > condition.slack:
            return number
    raise ValueError("a quota of nought cannot be blocked")


def _groups(players: tuple[str, ...], able: list[Condition], size: int) -> Iterator[tuple[str, ...]]:
    """All groups of this size that weigh too much in one of the conditions, by the weight of their members.

    A beginning of a group is followed only where the heaviest players left can complete it: no step is in vain.
    """
    order = sorted(range(len(players)), key=lambda place: ([-c.weights[place] for c in able], players[place]))
    rest = [_heaviest_left([condition.weights[place] for place in order], size) for condition in able]

    waiting: list[tuple[tuple[int, ...], int, list[int]]] = [((), 0, [0] * len(able))]

    def can_end(weights: list[int], step: int, missing: int) -> bool:
        ends = zip(weights, rest, able, strict=True)
        return any(weight + tops[step][missing] > condition.slack for weight, tops, condition in ends)

    while waiting:
        chosen, step, weights = waiting.pop()
        missing = size - len(chosen)
        if not missing:
            yield tuple(players[order[place]] for place in chosen)
        elif step <= len(order) - missing and can_end(weights, step, missing):
            waiting.append((chosen, step + 1, weights))
            more = [weight + condition.weights[order[step]] for weight, condition in zip(weights, able, strict=True)]
            if can_end(more, step + 1, missing - 1):
                waiting.append(((*chosen, step), step + 1, more))


def _heaviest_left(weights: list[int], size: int) -> list[list[int]]:
    """For each place: what the 0, 1, … `size` heaviest players from there on weigh together."""
    found = [[0] * (size + 1)]
    kept: list[int] = []
    for weight in reversed(weights):
        kept = sorted([*kept, weight], reverse=True)[:size]
        sums = [0]
        for one in kept:
            sums.append(sums[-1] + one)
        found.append(sums + sums[-1:] * (size + 1 - len(sums)))
    return found[::-1]


def _count(game: Game, able: list[Condition], size: int) -> int | None:
    """How many groups of this size block; exact for one condition, and where every group blocks."""
    if any(sum(sorted(condition.weights)[:size]) > condition.slack for condition in able):
        return math.comb(len(game), size)
    if len(able) == 1 and (counted := _count_one(able[0], size)) is not None:
        return counted
    found = sum(1 for _ in islice(_groups(game.players, able, size), MOST_LISTED + 1))
    return found if found <= MOST_LISTED else None


def _count_one(condition: Condition, size: int) -> int | None:
    """Count groups by how far they fall short of the heaviest one, which is less than its lightest member weighs.

    The heaviest players form the best group; leaving one out costs what it weighs above the last of them, taking
    another in costs what that one weighs below. Coefficients are packed into whole numbers, one per number exchanged.
    """
    weights = sorted(condition.weights, reverse=True)
    last = weights[size - 1]
    spare = sum(weights[:size]) - condition.slack - 1
    width = len(weights) // 8 + 1
    least = min(size, len(weights) - size)
    if len(weights) * (least + 1) * (spare + 1) * width > MOST_BYTES or (least + 1) * (spare + 1) > MOST_COUNTS:
        return None
    out = _packed([weight - last for weight in weights[:size]], spare, width, least)
    taken = _packed([last - weight for weight in weights[size:]], spare, width, least)
    return sum(_fitting(one, other) for one, other in zip(out, taken, strict=True))


def _packed(costs: list[int], spare: int, width: int, least: int) -> list[list[int]]:
    """Per number of players exchanged: how many choices cost 0, 1, … `spare`; packed `width` bytes apart meanwhile."""
    box = (1 << 8 * width * (spare + 1)) - 1
    found = [1] + [0] * least
    for cost in costs:
        if cost <= spare:
            for many in range(least, 0, -1):
                found[many] += found[many - 1] << 8 * width * cost & box
    return [_unpacked(one, spare + 1, width) for one in found]


def _unpacked(packed: int, count: int, width: int) -> list[int]:
    data = packed.to_bytes(count * width, "little")
    return [int.from_bytes(data[start : start + width], "little") for start in range(0, count * width, width)]


def _fitting(one: list[int], other: list[int]) -> int:
    """How many pairs of choices cost no more together than is to spare."""
    return sum(many * up_to for many, up_to in zip(one, reversed(list(accumulate(other))), strict=True))
