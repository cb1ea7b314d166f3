"""Calculator 9, complete: what a result gives away of single votes, before and after the vote.

Whole votes: every co-op puts its whole weight on one choice. When weights are secret but totals are published, whoever
knows the weights can often work out single votes: with weights 1, 1, 1 and 9 a total of 10 tells how the 9 voted. Here
every way of voting that makes the published totals is taken to be as likely as every other.

Unit ballots: in a secret vote a co-op of weight w casts w ballots of one unit each, so that no ballot shows a weight.
The total of the ballots is the same number, and tells the same as long as co-ops vote whole, which everybody expects
of them. A co-op may split its units, and then no total proves anything of it; but nobody can rely on others to split.
So this is the measure for both, and for unit ballots it errs on the careful side. Ranked unit ballots leak in one more
way, which is not measured here: a co-op that casts many units with one rare ranking can be known by their number.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.assembly.secrecy.before import TOO_RISKY, forecast
from federation.assembly.secrecy.examples import show
from federation.assembly.secrecy.ways import CHOICES, MOST_STEPS, count_ways, steps
from tenants.errors import InvalidInput
from tenants.reading import Reader

MOST_VOTERS, MOST_WEIGHT, FEW = 500, 100_000, 3
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Ballots:
    """Who voted with which weight; the published totals (yes, abstain, no), or None before the vote."""

    voters: dict[str, int]
    totals: tuple[int, int, int] | None


def secrecy_answer(raw: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the pages call it.

    Raises: InvalidInput by path, also when no way of voting makes the totals.
    """
    for key in options:
        raise InvalidInput({str(key): "unknown option; this calculator has none"})
    ballots = read_ballots(raw)
    classes = Counter(ballots.voters.values())
    small = [
        {"weight": weight, "voters": sorted(one for one, w in ballots.voters.items() if w == weight)}
        for weight, voters in sorted(classes.items())
        if voters < FEW
    ]
    answer = _before(ballots) if ballots.totals is None else _after(ballots, ballots.totals)
    return {**answer, "small_classes": small}


def read_ballots(raw: Any) -> Ballots:
    """Read and check the input.

    Raises: InvalidInput by path.
    """
    reader = Reader()
    given = reader.mapping(raw, "", required=["weights"], optional=["voted", "total_yes", "total_abstain"])
    weights = given.get("weights")
    if not isinstance(weights, dict) or not 1 <= len(weights) <= MOST_VOTERS:
        raise InvalidInput({**reader.errors, "weights": f"must be an object of 1 to {MOST_VOTERS} ids with weights"})
    known = {
        reader.name(one, f"weights.{one[:60]}"): reader.whole(weight, f"weights.{one[:60]}", 0, MOST_WEIGHT)
        for one, weight in weights.items()
    }
    if sum(known.values()) > MOST_WEIGHT:
        reader.wrong("weights", f"must add up to at most {MOST_WEIGHT:,}, not {sum(known.values()):,}")
    voted = sorted(known)
    if "voted" in given:
        rows = reader.rows(given["voted"], "voted", 1, MOST_VOTERS)
        voted = [reader.name(one, f"voted[{n}]") for n, one in enumerate(rows)]
        for n, one in enumerate(voted):
            if one and one not in known:
                reader.wrong(f"voted[{n}]", f"{one!r} has no weight; use the ids of weights")
            if one in voted[:n]:
                reader.wrong(f"voted[{n}]", f"{one!r} stands in the list twice; name each once")
    reader.finish()
    voters = {one: known[one] for one in sorted(voted)}
    return Ballots(voters, _read_totals(reader, given, sum(voters.values())))


def _read_totals(reader: Reader, given: Mapping[str, Any], cast: int) -> tuple[int, int, int] | None:
    if "total_yes" not in given:
        if "total_abstain" in given:
            reader.wrong("total_yes", "is missing; give both totals, or none before the vote")
        reader.finish()
        return None
    yes = reader.whole(given["total_yes"], "total_yes", 0, cast)
    abstain = reader.whole(given.get("total_abstain", 0), "total_abstain", 0, cast)
    if yes + abstain > cast:
        reader.wrong("total_abstain", f"with total_yes it must be at most the weight that voted, {cast:,}")
    reader.finish()
    return (yes, abstain, cast - yes - abstain)


def _after(ballots: Ballots, totals: tuple[int, int, int]) -> dict[str, Any]:
    weights = list(ballots.voters.values())
    chances: dict[int, tuple[float | None, ...]] = {}
    unclear: set[int] = set()
    if steps(weights, totals) <= MOST_STEPS:
        found = count_ways(weights, totals)
        if any(ways.yes + ways.abstain + ways.no == 0 for ways in found.values()):
            raise _impossible(totals)
        chances = {weight: ways.chances for weight, ways in found.items()}
    else:
        for weight, one in show(weights, totals).items():
            if len(one.impossible) == 3:
                raise _impossible(totals)
            sure = next(iter({0, 1, 2} - one.impossible)) if len(one.impossible) == 2 else None
            chances[weight] = tuple(
                0.0 if choice in one.impossible else 1.0 if choice == sure else None for choice in range(3)
            )
            if 0 in one.open or 2 in one.open:
                unclear.add(weight)
    known = {weight: _known(one, totals) for weight, one in chances.items()}
    identified = [one for one, weight in ballots.voters.items() if known[weight]]
    open_ = [one for one, weight in ballots.voters.items() if weight in unclear and not known[weight]]
    voters: dict[str, Any] = {}
    for one, weight in ballots.voters.items():
        three = dict(zip((f"chance_{choice}" for choice in CHOICES), chances[weight], strict=True))
        shown = three if totals[1] else {"chance_yes": three["chance_yes"]}
        voters[one] = {**shown, **({"known": known[weight]} if known[weight] else {})}
    return {
        "totals": dict(zip(CHOICES, totals, strict=True)),
        "voters": voters,
        "identified": identified,
        "not_proven": open_,
        "may_publish_exactly": not identified and not open_,
        "advice": _advice_after(identified, open_, totals),
    }


def _known(chances: Sequence[float | None], totals: Sequence[int]) -> str | None:
    """What the totals tell for certain of a voter, or None; what an empty or a unanimous choice tells is no leak."""
    cast = sum(totals)
    for choice, words in enumerate(("yes", "abstained", "no")):
        if chances[choice] == 1 and totals[choice] < cast:
            return words
    for choice, words in ((0, "not yes"), (2, "not no")):
        if chances[choice] == 0 and 0 < totals[choice] < cast:
            return words
    return None


def _impossible(totals: tuple[int, int, int]) -> InvalidInput:
    words = f"no way of casting these weights whole gives {totals[0]:,} for"
    if totals[1]:
        words += f" and {totals[1]:,} abstaining"
    return InvalidInput({"total_yes": f"{words}; a total is wrong, or a weight was split"})


def _advice_after(identified: Sequence[str], open_: Sequence[str], totals: Sequence[int]) -> str:
    if sum(1 for total in totals if total) < 2:
        return "The vote was unanimous: whoever learns that knows every vote, and the totals add nothing."
    instead = "Publish only whether it was carried, and leave the exact totals with the tellers."
    if identified:
        return f"{_so_many(identified)} can be identified from the exact totals: {_list(identified)}. {instead}"
    if open_:
        return f"It is not proven that the exact totals hide the votes of {_list(open_)}. {instead}"
    return "From the exact totals nobody can be certain how any one co-op voted: they may be published."


def _before(ballots: Ballots) -> dict[str, Any]:
    seen = forecast(list(ballots.voters.values()))
    risky = [one for one, weight in ballots.voters.items() if seen.risk[weight] >= TOO_RISKY]
    return {
        "voters": {
            one: {"chance_yes": None, "risk": round(seen.risk[weight], 6)} for one, weight in ballots.voters.items()
        },
        "possible_totals": {
            "count": seen.possible,
            "that_identify": seen.naming,
            "worst": None if seen.worst_total is None else {"total_yes": seen.worst_total, "voters": seen.worst_named},
        },
        "rule": (
            "A voter counts as identified when the chance that the totals tell its vote is 1 in 10 or more, the greater"
            " of two: each votes yes or no as by a coin, or four in five vote the same way. Unanimous votes are left"
            " out."
        ),
        "identified": risky,
        "not_proven": [],
        "may_publish_exactly": not risky,
        "advice": _advice_before(risky, len(ballots.voters)),
    }


def _advice_before(risky: Sequence[str], voters: int) -> str:
    if not risky:
        return "The result would hardly tell how any single co-op voted; the totals are looked at again before they are published."
    words = f"{_so_many(risky)} could be identified from the result: {_list(risky)}."
    if len(risky) == voters:
        return f"{words} Their votes would be secret in name only: vote on the record, or publish only whether it was carried."
    return f"{words} Weights shared by three co-ops or more, such as bands, hide votes better; or publish only whether it was carried."


def _so_many(ids: Sequence[str]) -> str:
    number = NUMBERS[len(ids)].capitalize() if len(ids) < len(NUMBERS) else f"{len(ids)}"
    return f"{number} co-op{'' if len(ids) == 1 else 's'}"


def _list(ids: Sequence[str]) -> str:
    """At most five names, then how many more."""
    if len(ids) > 5:
        return f"{', '.join(ids[:5])} and {len(ids) - 5} more"
    return ids[0] if len(ids) == 1 else f"{', '.join(ids[:-1])} and {ids[-1]}"
