"""What every rule of counting shares: who is in, who is out, the rounds so far, and how a tie falls."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from federation.assembly.count.drawing import Lots
from federation.assembly.count.room import Room


@dataclass(frozen=True)
class Transfer:
    """Votes that moved in a round: `reason` is surplus, fewest (votes) or class (no seat left for theirs).

    `moved` is what left the sources, `gains` who received how much, `lost` what found no further choice (with the
    fractions that rounding drops). All are in the rule's own units.
    """

    reason: str
    sources: tuple[int, ...]
    moved: int
    gains: Mapping[int, int]
    lost: int


@dataclass(frozen=True)
class Round:
    """A round as it ended; `votes` by place, `exhausted` are the votes with no further choice so far."""

    votes: tuple[int, ...]
    quota: int | None
    exhausted: int
    elected: tuple[int, ...]
    excluded: tuple[int, ...]
    transfer: Transfer | None


@dataclass(frozen=True)
class Tie:
    """Candidates with the same votes of whom one had to be chosen; `earlier` is the round that told them apart, or None."""

    round: int
    purpose: str
    tied: tuple[int, ...]
    chosen: int
    earlier: int | None


@dataclass
class Tally:
    """The state of a count. Votes are whole numbers of the rule's unit, `unit` of which are one vote.

    `seats` are all seats, by which a quota is found; `room.seats` are those that can be filled.
    """

    room: Room
    lots: Lots
    seats: int
    unit: int
    total: int
    hopeful: set[int]
    votes: list[int] = field(default_factory=list)
    elected: list[int] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    over: bool = False

    def doomed(self) -> set[int]:
        """Hopeful candidates whom the class rules leave no seat."""
        return self.room.doomed(self.elected, self.hopeful)

    def open(self) -> set[int]:
        """Hopeful candidates who can still be elected."""
        return self.hopeful - self.doomed()

    def elect_at(self, quota: int) -> bool:
        """Elect whoever has the quota, the most votes first, as far as the class rules leave room; whether any was."""
        before = len(self.elected)
        while reached := [place for place in self.open() if self.votes[place] >= quota]:
            best = max(self.votes[place] for place in reached)
            top = [place for place in reached if self.votes[place] == best]
            if self.room.holds([*self.elected, *top], self.hopeful.difference(top)):
                self.elect(top)
            else:
                self.elect([self.choose(top, "elect", most=True)])
        return len(self.elected) > before

    def elect(self, places: Iterable[int]) -> None:
        """Seat these, those with more votes first."""
        for place in sorted(places, key=lambda place: (-self.votes[place], place)):
            self.hopeful.discard(place)
            self.elected.append(place)
            self.new.append(place)

    def finish(self) -> None:
        """Fill the last seats when nobody is left to compete for them, and notice when the count is over.

        Source: rule 52, Scottish Local Government Elections Order 2007.
        """
        left, open_ = self.room.seats - len(self.elected), self.open()
        if left > 0 and len(open_) <= left:
            self.elect(open_)
        self.over = len(open_) <= left or left <= 0

    def lowest(self) -> tuple[int, str]:
        """Who leaves next, and why: somebody who can no longer be elected, else the fewest votes of those who may."""
        doomed = self.doomed()
        pool = doomed or self.hopeful - self.room.guarded(self.elected, self.hopeful)
        fewest = min(self.votes[place] for place in pool)
        chosen = self.choose([place for place in pool if self.votes[place] == fewest], "exclude", most=False)
        return chosen, "class" if doomed else "fewest"

    def close_round(self, quota: int | None, transfer: Transfer | None = None, excluded: Collection[int] = ()) -> None:
        """Write the round down, with those elected since the last one."""
        exhausted = self.total * self.unit - sum(self.votes)
        done = Round(tuple(self.votes), quota, exhausted, tuple(self.new), tuple(excluded), transfer)
        self.rounds.append(done)
        self.new.clear()

    def choose(self, tied: Collection[int], purpose: str, *, most: bool, look_back: bool = True) -> int:
        """One of those who tie: by the last round in which they differed, else by lot; the tie is written down.

        Source: rules 49(2) and (3) and 51(2), Scottish Local Government Elections Order 2007.
        """
        names = left = sorted(tied)
        if len(names) == 1:
            return names[0]
        earlier = None
        for number in range(len(self.rounds), 0, -1) if look_back else ():
            then = self.rounds[number - 1].votes
            wanted = (max if most else min)(then[place] for place in left)
            same = [place for place in left if then[place] == wanted]
            if len(same) < len(left):
                left, earlier = same, number
            if len(left) == 1:
                break
        if len(left) > 1:
            earlier = None
            left = self.lots.lucky(left)
        chosen = left[0] if most else left[-1]
        self.ties.append(Tie(len(self.rounds) + 1, purpose, tuple(names), chosen, earlier))
        return chosen
