"""Lots for a count: the public order is made only when it is needed, from the seed given or from the ballots."""

import hashlib
import json
from collections.abc import Collection

from federation.assembly import lots
from federation.assembly.count.problem import Draw, Election


class Lots:
    """The order of lots among all who stand, by place; whoever stands first in it is the luckier."""

    def __init__(self, election: Election) -> None:
        self.names = [candidate.id for candidate in election.candidates]
        self.given = election.draw is not None
        self._election = election
        self._draw = election.draw
        self._order: list[str] = []

    def order(self) -> list[str]:
        """All candidates, the luckiest first."""
        if not self._order:
            self._draw = self._draw or Draw(seed_of_ballots(self._election))
            self._order = lots.order(self.names, self._draw.seed, self._draw.head, self._draw.dice)
        return self._order

    def lucky(self, tied: Collection[int]) -> list[int]:
        """Those who tie, the luckiest first."""
        rank = {name: number for number, name in enumerate(self.order())}
        return sorted(tied, key=lambda place: rank[self.names[place]])

    def told(self, used: bool) -> dict[str, object] | None:
        """What is published about the lots; nothing when none was given and none was needed."""
        if not used and not self.given:
            return None
        order = self.order()
        assert self._draw is not None
        return tell_lots(self._draw, self.given, used, order)


def tell_lots(draw: Draw, given: bool, used: bool, order: list[str]) -> dict[str, object]:
    """What is published about lots: what they follow from, whether they decided anything, and the whole order."""
    how = (
        "The order follows from the public seed."
        if given
        else "No public seed was given: the seed is made from the votes themselves, so that everybody who counts again "
        "finds the same order. For a binding vote, commit to a seed before it and throw dice after it."
    )
    drawn = {"seed": draw.seed, "head": draw.head, "dice": draw.dice}
    return {**drawn, "given": given, "used": used, "order": order, "words": how}


def seed_of_ballots(election: Election) -> str:
    """A seed that follows from who stands and how was voted, whatever the order of either: SHA-256, in hex."""
    names = [candidate.id for candidate in election.candidates]
    ballots = sorted([[names[place] for place in rank], votes] for rank, votes in election.ballots.grouped().items())
    body = {"method": election.method, "seats": election.seats, "names": sorted(names), "ballots": ballots}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
