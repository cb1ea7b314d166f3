"""Count an election by any of its rules: who stands is settled first, then the ballots are counted, then it is told."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from federation.assembly.count.drawing import Lots
from federation.assembly.count.meek import MEEK_UNIT, count_meek
from federation.assembly.count.problem import Ballots, Election, in_order
from federation.assembly.count.room import Room
from federation.assembly.count.tally import Tally
from federation.assembly.count.transfer import SCOTTISH_UNIT, count_irv, count_scottish
from tenants.errors import InvalidInput

VACANCY_RULE = (
    "The ballots of the election are counted again by the same rule and for all its seats, as if those who left and "
    "those who can no longer serve had never stood. Whoever still sits keeps their seat: they are never excluded, and "
    "nobody may be elected to it. Whoever else is elected fills the vacancy."
)


@dataclass(frozen=True)
class Outcome:
    """A finished count. Places are those of `election.candidates`, among whom nobody is who did not stand.

    `blank` are ballots that name nobody who stands; `out` says of each candidate taken out beforehand why;
    `impossible` has the sentences why the class rules cannot be kept.
    """

    election: Election
    tally: Tally
    quota: int | None
    valid: int
    blank: int
    out: Mapping[str, str]
    sitting: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()


def count_approval(tally: Tally, ballots: Ballots) -> None:
    """Every candidate on a ballot has its votes, whatever their order; the most votes are elected."""
    tally.votes = [0] * len(tally.room.groups)
    for ranking, votes in ballots.grouped().items():
        for place in ranking:
            tally.votes[place] += votes
    # Approvals are not shares of a vote: none of them is lost without a further choice.
    tally.total = sum(tally.votes)
    tally.elect_at(0)
    tally.close_round(None)


RULES: dict[str, tuple[int, Callable[[Tally, Ballots], int | None]]] = {
    "scottish": (SCOTTISH_UNIT, count_scottish),
    "meek": (MEEK_UNIT, count_meek),
    "irv": (1, count_irv),
    "approval": (1, count_approval),
}
"""The unit of each rule (so many make one vote) and how it counts."""


def count_election(election: Election) -> Outcome:
    """Count; the order of candidates and ballots never matters, and a ballot of weight w is w ballots.

    >>> from federation.assembly.count.problem import Ballots, Candidate
    >>> ann, bo = Candidate("ann", "Ann"), Candidate("bo", "Bo")
    >>> outcome = count_election(Election("Chair", "irv", 1, (ann, bo), Ballots.of({b"\\0": 3, b"\\1": 2})))
    >>> [outcome.election.candidates[place].name for place in outcome.tally.elected], outcome.quota
    (['Ann'], 3)

    Raises: InvalidInput for a rule that cannot fill these seats, or a vacancy that is none.
    """
    if election.method == "irv" and election.seats != 1:
        raise InvalidInput({"seats": f"irv fills one seat, not {election.seats}: use scottish or meek"})
    whole = in_order(election)
    out = {candidate.id: "withdrawn" for candidate in whole.candidates if candidate.withdrawn}
    sitting: tuple[str, ...] = ()
    if vacancy := whole.vacancy:
        sitting = _sitting(whole) if vacancy.sitting is None else tuple(sorted(vacancy.sitting))
        out |= dict.fromkeys(vacancy.departed, "departed")
        out |= {name: "unavailable" for name in vacancy.unavailable if name not in out}
        for name in sorted(set(sitting) & set(out)):
            raise InvalidInput({"vacancy": f"{name} cannot both sit and be {out[name]}"})
        if len(sitting) >= whole.seats:
            raise InvalidInput({"vacancy": f"{len(sitting)} sit on {whole.seats} seats: there is none to fill"})
    return _count(_standing(whole, out), out, sitting)


def _sitting(election: Election) -> tuple[str, ...]:
    """Who was elected and has not left, found by counting the whole election first."""
    assert election.vacancy is not None
    first = count_election(replace(election, vacancy=None))
    elected = {first.election.candidates[place].id for place in first.tally.elected}
    for name in election.vacancy.departed:
        if name not in elected:
            raise InvalidInput({"vacancy.departed": f"{name} was not elected, so no seat fell free"})
    return tuple(sorted(elected.difference(election.vacancy.departed)))


def _standing(election: Election, out: Collection[str]) -> Election:
    """The same election with only those who stand, on the ballots too."""
    if not out:
        return election
    kept = [place for place, candidate in enumerate(election.candidates) if candidate.id not in out]
    gone = [place for place, candidate in enumerate(election.candidates) if candidate.id in out]
    table = bytearray(256)
    for new, old in enumerate(kept):
        table[old] = new
    ballots = election.ballots.renumbered(table, bytes(gone))
    return replace(election, candidates=tuple(election.candidates[place] for place in kept), ballots=ballots)


def _count(election: Election, out: Mapping[str, str], sitting: tuple[str, ...]) -> Outcome:
    ballots, blank = election.ballots.without_blank()
    valid = ballots.total()
    places = election.places()
    groups = [candidate.group for candidate in election.candidates]
    room = Room(groups, election.rules, election.seats, [places[name] for name in sitting])
    unit, rule = RULES[election.method]
    tally = Tally(room, Lots(election), election.seats, unit, valid, set(range(len(groups))))
    impossible = tuple(room.why_impossible())
    quota = None
    if not impossible and (valid or len(groups) <= room.seats):
        quota = rule(tally, ballots)
    return Outcome(election, tally, quota, valid, blank, out, sitting, impossible)
