"""Meek's rule: a candidate with more votes than needed keeps a share of each, so that every ballot counts in full.

Source: Hill, Wichmann, Woodall, Algorithm 123: Single Transferable Vote by Meek's Method, Computer Journal 30 (1987);
arithmetic, end of iteration and ties as in the Reference Meek Rule of the Proportional Representation Foundation:
whole billionths of a vote, keep factors and votes rounded up, quota down and one billionth more.
"""

from federation.assembly.count.problem import Ballots
from federation.assembly.count.tally import Tally, Transfer

MEEK_UNIT = 10**9
CLOSE = 1_000
"""Iteration ends when the surplus of all elected together is below this: a millionth of a vote."""


class Shares:
    """Keep factors by place, in billionths, and the ballots as far as they matter: to the first who keeps all."""

    def __init__(self, ballots: Ballots, candidates: int) -> None:
        self.ballots = ballots.grouped()
        self.keep = [MEEK_UNIT] * candidates
        self._short = self.ballots

    def exclude(self, place: int) -> None:
        """Take a candidate off every ballot."""
        self.keep[place] = 0
        out, left = bytes([place]), {}
        for ranking, votes in self.ballots.items():
            rest = ranking.translate(None, out)
            left[rest] = left.get(rest, 0) + votes
        self.ballots: dict[bytes, int] = left

    def shorten(self, elected: list[int]) -> None:
        """Cut every ballot after its first candidate who is not elected: that one keeps all there is left.

        Few different ballots remain, so that each iteration is short whatever the number of ballots.
        """
        passing = bytes(elected)
        short: dict[bytes, int] = {}
        for ranking, votes in self.ballots.items():
            rest = len(ranking.lstrip(passing))
            cut = ranking[: len(ranking) - rest + 1]
            short[cut] = short.get(cut, 0) + votes
        self._short = short

    def distribute(self) -> list[int]:
        """Votes by place, in billionths: each ballot gives each candidate their share of what is left, rounded up."""
        keep, votes = self.keep, [0] * len(self.keep)
        for ranking, papers in self._short.items():
            left = MEEK_UNIT
            for place in ranking:
                share = -(-left * keep[place] // MEEK_UNIT)
                votes[place] += share * papers
                left -= share
                if not left:
                    break
        return votes


def count_meek(tally: Tally, ballots: Ballots) -> int:
    """Count by Meek's rule; answers the last quota, in billionths."""
    shares = Shares(ballots, len(tally.room.groups))
    shares.shorten([])
    tally.votes = shares.distribute()
    quota = _quota(tally)
    tally.elect_at(quota)
    tally.finish()
    tally.close_round(quota)
    while not tally.over:
        before = list(tally.votes)
        surplus, newly = _surplus(tally, quota), bool(tally.rounds[-1].elected)
        if newly and surplus >= CLOSE and not tally.doomed():
            sources, reason, excluded = tuple(p for p in tally.elected if tally.votes[p] > quota), "surplus", ()
            _lower(tally, shares, quota)
        else:
            source, reason = _weakest(tally, surplus)
            sources, excluded = (source,), (source,)
            tally.hopeful.discard(source)
            shares.exclude(source)
        quota = _iterate(tally, shares)
        tally.finish()
        tally.close_round(quota, _transfer(tally, before, sources, reason), excluded)
    return quota


def _iterate(tally: Tally, shares: Shares) -> int:
    """Distribute and lower keep factors until somebody is elected or the surplus is gone; answers the quota."""
    shares.shorten(tally.elected)
    last: int | None = None
    while True:
        tally.votes = shares.distribute()
        quota = _quota(tally)
        if tally.elect_at(quota):
            return quota
        surplus = _surplus(tally, quota)
        if surplus < CLOSE or (last is not None and surplus >= last):
            return quota
        last = surplus
        _lower(tally, shares, quota)


def _lower(tally: Tally, shares: Shares, quota: int) -> None:
    """Let each elected candidate keep only what they need."""
    for place in tally.elected:
        scaled = -(-shares.keep[place] * quota // MEEK_UNIT)
        shares.keep[place] = min(MEEK_UNIT, -(-scaled * MEEK_UNIT // max(1, tally.votes[place])))


def _quota(tally: Tally) -> int:
    return sum(tally.votes) // (tally.seats + 1) + 1


def _surplus(tally: Tally, quota: int) -> int:
    return max(0, sum(tally.votes[place] - quota for place in tally.elected))


def _weakest(tally: Tally, surplus: int) -> tuple[int, str]:
    """Who leaves; those within the surplus still to be moved tie with the lowest, and a lot decides."""
    doomed = tally.doomed()
    pool = doomed or tally.hopeful - tally.room.guarded(tally.elected, tally.hopeful)
    lowest = min(tally.votes[place] for place in pool)
    tied = [place for place in pool if tally.votes[place] <= lowest + (0 if doomed else surplus)]
    return tally.choose(tied, "exclude", most=False, look_back=False), "class" if doomed else "fewest"


def _transfer(tally: Tally, before: list[int], sources: tuple[int, ...], reason: str) -> Transfer:
    change = [now - then for now, then in zip(tally.votes, before, strict=True)]
    gains = {place: gain for place, gain in enumerate(change) if gain > 0}
    moved = -sum(loss for loss in change if loss < 0)
    return Transfer(reason, sources, moved, gains, moved - sum(gains.values()))
