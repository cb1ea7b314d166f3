"""The Scottish and Meek rules once more, the slow way: one paper at a time, straight from the texts of the rules.

Only for elections in which no tie needs a lot; then `None` is the answer.
"""

from typing import NamedTuple

Rankings = list[tuple[int, ...]]


class Paper(NamedTuple):
    """A ballot paper and what it is worth, in hundred-thousandths of a vote."""

    ranking: tuple[int, ...]
    value: int


def scottish(count: int, seats: int, rankings: Rankings) -> tuple[set[int], list[list[int]]] | None:
    """Who is elected, and the votes in each round; None where a lot would be needed."""
    held: list[list[Paper]] = [[Paper(one, 100_000) for one in rankings if one[0] == place] for place in range(count)]
    votes = [sum(paper.value for paper in papers) for papers in held]
    quota = (len(rankings) // (seats + 1) + 1) * 100_000
    going, elected, rounds = set(range(count)), set(), [list(votes)]
    while True:
        for place in [place for place in going if votes[place] >= quota]:
            elected.add(place)
        going -= elected
        if len(going) <= seats - len(elected):
            return elected | going, rounds
        if len(elected) == seats:
            return elected, rounds
        over = [place for place in elected if votes[place] > quota]
        best = max((votes[place] for place in over), default=0)
        source = _apart([p for p in over if votes[p] == best], rounds, max) if over else None
        if not over:
            fewest = min(votes[place] for place in going)
            source = _apart([place for place in going if votes[place] == fewest], rounds, min)
        if source is None:
            return None
        going.discard(source)
        surplus, total = votes[source] - quota, votes[source]
        votes[source] = quota if over else 0
        for ranking, value in held[source]:
            new = value * surplus // total if over else value
            target = next((place for place in ranking if place in going), None)
            if target is not None:
                held[target].append(Paper(ranking, new))
                votes[target] += new
        held[source] = []
        rounds.append(list(votes))


def _apart(tied: list[int], rounds: list[list[int]], pick) -> int | None:
    for then in reversed(rounds):
        wanted = pick(then[place] for place in tied)
        tied = [place for place in tied if then[place] == wanted]
    return tied[0] if len(tied) == 1 else None


def meek(count: int, seats: int, rankings: Rankings) -> set[int] | None:
    """Who is elected by Meek's rule in billionths; None where a lot would be needed."""
    one = 10**9
    keep, going, elected = [one] * count, set(range(count)), set()
    while len(elected) < seats and len(elected) + len(going) > seats:
        last = None
        while True:
            votes = _shared_out(keep, rankings)
            quota = sum(votes) // (seats + 1) + 1
            new = {place for place in going if votes[place] >= quota}
            elected |= new
            going -= new
            surplus = max(0, sum(votes[place] - quota for place in elected))
            if new or surplus < 1000 or (last is not None and surplus >= last):
                break
            last = surplus
            for place in elected:
                keep[place] = _up(_up(keep[place] * quota, one) * one, votes[place])
        if new:
            continue
        fewest = min(votes[place] for place in going)
        tied = [place for place in going if votes[place] <= fewest + surplus]
        if len(tied) > 1:
            return None
        going.discard(tied[0])
        keep[tied[0]] = 0
    return elected if len(elected) == seats else elected | going


def _shared_out(keep: list[int], rankings: Rankings) -> list[int]:
    votes = [0] * len(keep)
    for ranking in rankings:
        left = 10**9
        for place in ranking:
            share = _up(left * keep[place], 10**9)
            votes[place] += share
            left -= share
    return votes


def _up(top: int, bottom: int) -> int:
    return -(-top // bottom)
