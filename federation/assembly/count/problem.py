"""An election as it is counted: who stands, the ballots with equal ones put together, and the rules for the seats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

METHODS = ("scottish", "meek", "irv", "approval", "yes_no")
MOST_CANDIDATES = 250
MOST_WEIGHT = 10**12
MOST_ROWS = 1_000_000


class Ballots:
    """Rankings and their votes. A ranking is one byte for each candidate (its place in `Election.candidates`).

    Bytes, because stripping candidates from the front and throwing them out of the middle are single steps for them.
    Kept in two ways, each made from the other when it is asked for: by how many votes a ranking has, where equal
    rankings may stand more than once, which costs nothing to make; and grouped, each ranking once with all its votes.
    """

    def __init__(self, by_votes: Mapping[int, Sequence[bytes]]) -> None:
        self._by_votes: Mapping[int, Sequence[bytes]] | None = by_votes
        self._grouped: dict[bytes, int] | None = None

    @classmethod
    def of(cls, grouped: Mapping[bytes, int]) -> "Ballots":
        """Ballots from votes by ranking."""
        made = cls({})
        made._by_votes, made._grouped = None, dict(grouped)
        return made

    def by_votes(self) -> Mapping[int, Sequence[bytes]]:
        """The rankings that have so many votes each."""
        if self._by_votes is None:
            found: dict[int, list[bytes]] = {}
            for ranking, votes in (self._grouped or {}).items():
                found.setdefault(votes, []).append(ranking)
            self._by_votes = found
        return self._by_votes

    def grouped(self) -> dict[bytes, int]:
        """All votes of each ranking.

        >>> group_ballots([(0, 1), (1,), (0, 1)]).grouped()
        {b'\\x00\\x01': 2, b'\\x01': 1}
        """
        if self._grouped is None:
            self._grouped = {}
            for votes, rankings in (self._by_votes or {}).items():
                for ranking, times in Counter(rankings).items():
                    self._grouped[ranking] = self._grouped.get(ranking, 0) + votes * times
        return self._grouped

    def renumbered(self, table: bytes | bytearray, gone: bytes = b"") -> "Ballots":
        """The same with other numbers for the candidates, and some taken out."""
        return Ballots(
            {votes: [one.translate(table, gone) for one in rankings] for votes, rankings in self.by_votes().items()}
        )

    def without_blank(self) -> tuple["Ballots", int]:
        """The ballots that name somebody, and the votes of those that name nobody."""
        blank = sum(votes * rankings.count(b"") for votes, rankings in self.by_votes().items())
        if not blank:
            return self, 0
        named = {votes: [one for one in rankings if one] for votes, rankings in self.by_votes().items()}
        return Ballots(named), blank

    def total(self) -> int:
        """All votes."""
        return sum(votes * len(rankings) for votes, rankings in self.by_votes().items())


@dataclass(frozen=True)
class Candidate:
    """One who stands. `id` is what an answer calls them, `group` the class that class rules speak of ("" for none)."""

    id: str
    name: str
    group: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class ClassRule:
    """At least and at most so many of a class hold a seat; `most` None is no upper bound."""

    group: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Draw:
    """What fixes the public order of lots: see `federation.assembly.lots`."""

    seed: str
    head: str = ""
    dice: str = ""


@dataclass(frozen=True)
class Vacancy:
    """Seats that fell free: who left, who can no longer serve, who sits (None: found by counting first)."""

    departed: tuple[str, ...]
    unavailable: tuple[str, ...] = ()
    sitting: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Election:
    """All that a count needs; the same election counts the same on every machine."""

    title: str
    method: str
    seats: int
    candidates: tuple[Candidate, ...]
    ballots: Ballots
    rules: tuple[ClassRule, ...] = ()
    draw: Draw | None = None
    vacancy: Vacancy | None = None
    notes: tuple[str, ...] = field(default=())

    def places(self) -> dict[str, int]:
        """The place of each candidate by id."""
        return {candidate.id: place for place, candidate in enumerate(self.candidates)}


def group_ballots(rankings: Iterable[Sequence[int]]) -> Ballots:
    """Ballots of one vote each: a sequence of candidates' places per ballot."""
    return Ballots({1: list(map(bytes, rankings))})


def in_order(election: Election) -> Election:
    """The same election with its candidates by id, so that the order in the file can change nothing."""
    order = sorted(range(len(election.candidates)), key=lambda place: election.candidates[place].id)
    if order == list(range(len(order))):
        return election
    table = bytearray(range(256))
    for new, old in enumerate(order):
        table[old] = new
    candidates = tuple(election.candidates[old] for old in order)
    return replace(election, candidates=candidates, ballots=election.ballots.renumbered(table))
