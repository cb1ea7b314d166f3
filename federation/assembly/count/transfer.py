"""Counting by transfers of papers: the Scottish rules of the single transferable vote, and the alternative vote.

Source: rules 45 to 52, Schedule 1, Scottish Local Government Elections Order 2007 (SSI 2007/42): weighted inclusive
Gregory method, one stage for each transfer, values to five decimals with any remainder ignored.
"""

from collections import defaultdict
from collections.abc import Sequence

from federation.assembly.count.problem import Ballots
from federation.assembly.count.tally import Tally, Transfer

SCOTTISH_UNIT = 100_000


Kind = tuple[int, int]
"""What all papers of a pile have alike: the value of a vote, and how many votes each paper is."""


class Papers:
    """Who holds which papers: for each candidate a pile of each kind; a paper is what is left of a ranking."""

    def __init__(self, ballots: Ballots, candidates: int, unit: int) -> None:
        self.piles: list[dict[Kind, list[bytes]]] = [{} for _ in range(candidates)]
        self.votes = [0] * candidates
        for votes, rankings in ballots.by_votes().items():
            for place, pile in _sorted_out(rankings).items():
                self._receive(place, (unit, votes), pile)

    def move(self, source: int, gone: bytes, surplus: int | None) -> dict[int, int]:
        """Move what a candidate holds to the next choices not in `gone`; answers what each of them gains.

        All of it at its value when `surplus` is None; else each paper at its value times surplus over votes.
        """
        gains: dict[int, int] = {}
        held = self.votes[source]
        for (value, votes), papers in self.piles[source].items():
            new = value if surplus is None else value * surplus // held
            for place, pile in _sorted_out([paper.lstrip(gone) for paper in papers]).items():
                gains[place] = gains.get(place, 0) + self._receive(place, (new, votes), pile)
        self.piles[source] = {}
        self.votes[source] = 0 if surplus is None else held - surplus
        return gains

    def _receive(self, place: int, kind: Kind, pile: list[bytes]) -> int:
        """Take a pile; answers what it adds to the votes."""
        mine = self.piles[place].setdefault(kind, pile)
        if mine is not pile:
            mine.extend(pile)
        gain = kind[0] * kind[1] * len(pile)
        self.votes[place] += gain
        return gain


def _sorted_out(rankings: Sequence[bytes]) -> dict[int, list[bytes]]:
    """A pile for each first choice; rankings with none left are in no pile. Here a count spends most of its time."""
    piles: defaultdict[int, list[bytes]] = defaultdict(list)
    for ranking in rankings:
        if ranking:
            piles[ranking[0]].append(ranking)
    return piles


def count_scottish(tally: Tally, ballots: Ballots) -> int:
    """Count by the Scottish rules; answers the quota in votes."""
    papers = Papers(ballots, len(tally.room.groups), tally.unit)
    tally.votes = papers.votes
    votes_needed = tally.total // (tally.seats + 1) + 1
    quota = votes_needed * tally.unit
    _end_round(tally, quota, None, ())
    while not tally.over:
        over = [place for place in tally.elected if tally.votes[place] > quota]
        if over and not tally.doomed():
            largest = max(tally.votes[place] for place in over)
            source = tally.choose([place for place in over if tally.votes[place] == largest], "surplus", most=True)
            _end_round(tally, quota, _move(tally, papers, source, "surplus", tally.votes[source] - quota), ())
        else:
            source, reason = tally.lowest()
            _end_round(tally, quota, _move(tally, papers, source, reason, None), (source,))
    return votes_needed


def count_irv(tally: Tally, ballots: Ballots) -> int:
    """Count for one seat: the fewest leave until one has more than half of the votes still in the count.

    Answers that majority in the last round. Nothing is divided, so the unit is a vote.
    """
    papers = Papers(ballots, len(tally.room.groups), tally.unit)
    tally.votes = papers.votes
    majority = sum(tally.votes) // 2 + 1
    _end_round(tally, majority, None, ())
    while not tally.over:
        source, reason = tally.lowest()
        transfer = _move(tally, papers, source, reason, None)
        majority = sum(tally.votes) // 2 + 1
        _end_round(tally, majority, transfer, (source,))
    return majority


def _move(tally: Tally, papers: Papers, source: int, reason: str, surplus: int | None) -> Transfer:
    tally.hopeful.discard(source)
    open_ = tally.open()
    moved = tally.votes[source] if surplus is None else surplus
    gains = papers.move(source, bytes(place for place in range(len(tally.votes)) if place not in open_), surplus)
    return Transfer(reason, (source,), moved, gains, moved - sum(gains.values()))


def _end_round(tally: Tally, quota: int, transfer: Transfer | None, excluded: tuple[int, ...]) -> None:
    tally.elect_at(quota)
    tally.finish()
    tally.close_round(quota, transfer, excluded)
