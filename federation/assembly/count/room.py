"""Class rules while counting: who can no longer be elected, and who can no longer be spared.

Source: I. D. Hill, STV with constraints, Voting matters 9 (1998): candidates are doomed or guarded as the count goes.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from federation.assembly.count.problem import ClassRule


class Room:
    """What the seats still have room for. `groups` is the class of each candidate by place.

    Those in `sitting` keep their seat whatever happens; they count as holding it from the start.

    >>> room = Room(["workers", "workers", "members"], [ClassRule("workers", 1, 1)], 2)
    >>> room.doomed({0}, {1, 2}), room.guarded({0}, {1, 2})
    ({1}, {2})
    """

    def __init__(
        self, groups: Sequence[str], rules: Sequence[ClassRule], seats: int, sitting: Collection[int] = ()
    ) -> None:
        self.groups = groups
        self.sitting = frozenset(sitting)
        self.rules = {rule.group: rule for rule in rules}
        _, most = self._bounds(Counter(), Counter(groups))
        self.seats = min(seats, sum(most.values()))
        self._kept = Counter(groups[place] for place in self.sitting)

    def why_impossible(self) -> list[str]:
        """Sentences that say why the seats cannot be filled by the rules at all; none when they can."""
        standing = Counter(self.groups)
        why = []
        for group, rule in self.rules.items():
            if standing[group] < rule.least:
                why.append(f"at least {rule.least} of {group} must be elected, but {standing[group]} stand")
            if rule.most is not None and self._kept[group] > rule.most:
                why.append(f"at most {rule.most} of {group} may be elected, but {self._kept[group]} already sit")
        least, _ = self._bounds(self._kept, standing - self._kept)
        if not why and sum(least.values()) > self.seats:
            why.append(f"{sum(least.values())} seats are promised, but there are {self.seats}")
        return why

    def holds(self, elected: Collection[int], hopeful: Collection[int]) -> bool:
        """Whether the rules can still be kept with these elected and those hopeful."""
        taken = Counter(self.groups[place] for place in {*elected, *self.sitting})
        return self._fits(taken, Counter(self.groups[place] for place in hopeful if place not in self.sitting))

    def doomed(self, elected: Collection[int], hopeful: Collection[int]) -> set[int]:
        """Hopeful candidates who cannot be elected any more."""
        taken, open_ = self._state(elected, hopeful)
        full = {group for group in open_ if not self._fits(taken + Counter([group]), open_ - Counter([group]))}
        return {place for place in hopeful if place not in self.sitting and self.groups[place] in full}

    def guarded(self, elected: Collection[int], hopeful: Collection[int]) -> set[int]:
        """Hopeful candidates who must not be excluded any more."""
        taken, open_ = self._state(elected, hopeful)
        needed = {group for group in open_ if not self._fits(taken, open_ - Counter([group]))}
        return {place for place in hopeful if place in self.sitting or self.groups[place] in needed}

    def _state(self, elected: Collection[int], hopeful: Collection[int]) -> tuple[Counter[str], Counter[str]]:
        taken = Counter(self.groups[place] for place in {*elected, *self.sitting})
        return taken, Counter(self.groups[place] for place in hopeful if place not in self.sitting)

    def _fits(self, taken: Mapping[str, int], open_: Mapping[str, int]) -> bool:
        least, most = self._bounds(taken, open_)
        within = all(least[group] <= most[group] for group in least)
        return within and sum(least.values()) <= self.seats <= sum(most.values())

    def _bounds(self, taken: Mapping[str, int], open_: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        """Per class the fewest and the most seats that it can end with."""
        least, most = {}, {}
        for group in {*self.groups, *self.rules}:
            rule = self.rules.get(group, ClassRule(group))
            now, end = taken.get(group, 0), taken.get(group, 0) + open_.get(group, 0)
            least[group] = max(now, rule.least)
            most[group] = end if rule.most is None else min(end, rule.most)
        return least, most
