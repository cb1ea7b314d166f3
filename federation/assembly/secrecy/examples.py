"""What totals give away when there are too many ways to count them all: examples for, proofs against.

Two exact arguments and nothing else. An example of a way to vote shows that a choice is possible. Looking at one total
alone may show that it is not. What neither decides is called open, and open counts as unsafe.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from federation.assembly.secrecy.ways import without_one

TRIES, TRIES_FOR_ONE = 60, 12


@dataclass
class Shown:
    """For voters of one weight: the choices shown possible and those shown impossible (0 yes, 1 abstain, 2 no)."""

    possible: set[int] = field(default_factory=set)
    impossible: set[int] = field(default_factory=set)

    @property
    def open(self) -> set[int]:
        """Choices of which neither is known."""
        return {0, 1, 2} - self.possible - self.impossible


def reach(weights: Sequence[int]) -> int:
    """The totals that some of these weights make, as the bits of a number.

    >>> bin(reach([1, 3]))
    '0b11011'
    """
    bits = 1
    for weight in weights:
        bits |= bits << weight
    return bits


def show(weights: Sequence[int], totals: Sequence[int]) -> dict[int, Shown]:
    """For each weight, what can be shown of its voters' choices from the totals (yes, abstain, no).

    The examples come from a fixed seed, so that the same question has the same answer.
    """
    shown = {weight: Shown() for weight in weights}
    for weight, others in without_one(sorted(Counter(weights).items()), 1, lambda bits, add: bits | bits << add):
        for choice, total in enumerate(totals):
            if weight > total or not others >> (total - weight) & 1:
                shown[weight].impossible.add(choice)
            if not others >> total & 1:
                shown[weight].impossible |= {0, 1, 2} - {choice}
    chance = random.Random(1)
    for _ in range(TRIES):
        _try(list(weights), list(totals), None, shown, chance)
    for weight, choice in [(weight, choice) for weight, one in shown.items() for choice in sorted(one.open)]:
        for _ in range(TRIES_FOR_ONE):
            if choice in shown[weight].open:
                _try(list(weights), list(totals), (weight, choice), shown, chance)
    return shown


def _try(
    weights: list[int],
    totals: list[int],
    forced: tuple[int, int] | None,
    shown: dict[int, Shown],
    chance: random.Random,
) -> None:
    """Look for one way to vote; if it meets all totals, everybody's choice in it is possible."""
    made: list[tuple[int, int]] = []
    if forced:
        weights.remove(forced[0])
        totals[forced[1]] -= forced[0]
        made.append(forced)
    chance.shuffle(weights)
    left = weights
    smallest, middle, largest = sorted(range(3), key=lambda one: totals[one])
    for choice in (smallest, middle):
        taken = _some_that_make(left, totals[choice], chance)
        if taken is None:
            return
        made += [(left[n], choice) for n in taken]
        left = [weight for n, weight in enumerate(left) if n not in taken]
    for weight, choice in made + [(weight, largest) for weight in left]:
        shown[weight].possible.add(choice)


def _some_that_make(weights: Sequence[int], total: int, chance: random.Random) -> set[int] | None:
    """The places of some weights that add up to a total, drawn at random, or None when no weights do."""
    mask = (1 << (total + 1)) - 1
    reached = [1]
    for weight in weights:
        reached.append((reached[-1] | reached[-1] << weight) & mask)
    if not reached[-1] >> total & 1:
        return None
    taken: set[int] = set()
    for n in range(len(weights) - 1, -1, -1):
        can_take = weights[n] <= total and reached[n] >> (total - weights[n]) & 1
        can_leave = reached[n] >> total & 1
        if can_take and (not can_leave or chance.random() < 0.5):
            taken.add(n)
            total -= weights[n]
    return taken
