"""Which players are dummies, told exactly at any size: sums that can be reached are bits of one large whole number."""

from collections.abc import Sequence

from federation.assembly.power.games import Game, Vector, is_small
from federation.assembly.power.small import count_all

Group = tuple[Vector, int]
"""Players of the same weights, and how many they are."""


def flags(game: Game) -> dict[str, list[str]]:
    """Per player what stands out: a `dummy` never decides, nothing passes without a `veto`, a `dictator` is all it needs.

    A dictator has a veto too; all others are dummies then.

    >>> from federation.assembly.power.games import simple_game
    >>> flags(simple_game({"a": 5, "b": 3, "c": 1}, 8))
    {'a': ['veto'], 'b': ['veto'], 'c': ['dummy']}
    """
    idle = dummies(game)
    found: dict[str, list[str]] = {}
    for place, player in enumerate(game.players):
        veto = any(condition.weights[place] > condition.slack for condition in game.conditions)
        dictator = veto and game.wins([place])
        marks = (("dummy", player in idle), ("veto", veto), ("dictator", dictator))
        found[player] = [mark for mark, holds in marks if holds]
    return found


def dummies(game: Game) -> frozenset[str]:
    """The players who decide in no coalition of the others.

    A player decides when the others who say no leave the motion passed, and would not if it said no with them.
    """
    lean = game.lean
    if is_small(game):
        swings = count_all(lean).swings
        return frozenset(player for player, many in zip(lean.players, swings, strict=True) if not many)
    counts: dict[Vector, int] = {}
    for vector in lean.vectors:
        counts[vector] = counts.get(vector, 0) + 1
    search = _Search(tuple(condition.slack for condition in lean.conditions), tuple(counts))
    search.split(list(counts.items()), 1)
    return frozenset(player for player, vector in zip(lean.players, lean.vectors, strict=True) if vector in search.idle)


class _Search:
    """Leaves out one kind of player after another by halves: each half is added before the other is split further."""

    def __init__(self, ends: Vector, vectors: Sequence[Vector]) -> None:
        self.ends = ends
        inside = [vector for vector in vectors if self._fits(vector)]
        # A step from the end of an axis must not run into the next row.
        room = [end + 1 + max((one[axis] for one in inside), default=0) for axis, end in enumerate(ends)]
        self.strides = [1] * len(ends)
        for axis in range(len(ends) - 2, -1, -1):
            self.strides[axis] = self.strides[axis + 1] * room[axis + 1]
        self.box = self._mask(ends)
        self.idle: set[Vector] = set()

    def split(self, groups: list[Group], reached: int) -> None:
        """Find the idle among groups, where `reached` holds the sums that all other groups can make."""
        if len(groups) == 1:
            ((vector, count),) = groups
            if not self._decides(vector, self._add(reached, vector, count - 1)):
                self.idle.add(vector)
            return
        half = len(groups) // 2
        for mine, others in ((groups[:half], groups[half:]), (groups[half:], groups[:half])):
            with_others = reached
            for vector, count in others:
                with_others = self._add(with_others, vector, count)
            self.split(mine, with_others)

    def _fits(self, vector: Vector) -> bool:
        return all(weight <= end for weight, end in zip(vector, self.ends, strict=True))

    def _add(self, reached: int, vector: Vector, count: int) -> int:
        """The sums within the box when `count` more players may say no."""
        if not self._fits(vector) or not any(vector):
            return reached
        step = sum(weight * stride for weight, stride in zip(vector, self.strides, strict=True))
        for _ in range(count):
            before = reached
            reached |= (reached << step) & self.box
            if reached == before:
                break
        return reached

    def _decides(self, vector: Vector, reached: int) -> bool:
        """Whether some sum lies in the box and leaves it with this player."""
        stays = 0
        if self._fits(vector):
            stays = self._mask(tuple(end - weight for weight, end in zip(vector, self.ends, strict=True)))
        return bool(reached & self.box & ~stays)

    def _mask(self, ends: Vector) -> int:
        """A bit for every sum up to `ends`."""
        mask = (1 << ends[-1] + 1) - 1
        for axis in range(len(ends) - 2, -1, -1):
            mask = _repeat(mask, ends[axis] + 1, self.strides[axis])
        return mask


def _repeat(pattern: int, times: int, stride: int) -> int:
    """The pattern so many times, `stride` bits apart.

    >>> bin(_repeat(0b11, 3, 4))
    '0b1100110011'
    """
    result, done = 0, 0
    for digit in f"{times:b}":
        result |= result << done * stride
        done *= 2
        if digit == "1":
            result = result << stride | pattern
            done += 1
    return result
