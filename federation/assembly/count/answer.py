"""An outcome as the calculator tells it: by candidates' ids, votes as strings with the decimals of the rule."""

from typing import Any

from federation.assembly.count.elect import VACANCY_RULE, Outcome
from federation.assembly.count.problem import Election
from federation.assembly.count.tally import Round, Tie

DECIMALS = {"scottish": 5, "meek": 9, "irv": 0, "approval": 0}


def shown(units: int, decimals: int) -> str | int:
    """Votes from a rule's units: a plain number where the rule divides no vote, else text with all its decimals.

    >>> shown(118494784, 5), shown(-5, 5), shown(37, 0)
    ('1184.94784', '-0.00005', 37)
    """
    if not decimals:
        return units
    whole, part = divmod(abs(units), 10**decimals)
    return f"{'-' if units < 0 else ''}{whole}.{part:0{decimals}d}"


def told(outcome: Outcome, original: Election) -> dict[str, Any]:
    """The answer without its story and its replay; `original` has all candidates, those who withdrew too."""
    names = [candidate.id for candidate in outcome.election.candidates]
    tally, method = outcome.tally, outcome.election.method
    rounds = [_round(done, number, names, method) for number, done in enumerate(tally.rounds, 1)]
    elected = [names[place] for place in tally.elected]
    quota = outcome.quota
    answer: dict[str, Any] = {
        "method": method,
        "title": original.title,
        "status": _status(outcome),
        "seats": original.seats,
        "seats_empty": original.seats - len(elected),
        "quota": None if quota is None else shown(quota, 9) if method == "meek" else quota,
        "elected": elected,
        "ballots": {"cast": outcome.valid + outcome.blank, "valid": outcome.valid, "blank": outcome.blank},
        "candidates": _candidates(outcome, original),
        "rounds": rounds,
        "ties": [_tie(tie, names) for tie in tally.ties],
        "lots": tally.lots.told(any(tie.earlier is None for tie in tally.ties)),
        "notes": _notes(outcome, len(elected)),
    }
    if original.vacancy:
        filled = [name for name in elected if name not in outcome.sitting]
        kept = list(outcome.sitting)
        answer["vacancy"] = {"filled": filled, "kept": kept, "rule": VACANCY_RULE}
    return answer


def _status(outcome: Outcome) -> str:
    if outcome.impossible:
        return "infeasible"
    return "complete" if outcome.tally.rounds else "no_ballots"


def _round(done: Round, number: int, names: list[str], method: str) -> dict[str, Any]:
    decimals = DECIMALS[method]
    moved = done.transfer
    told: dict[str, Any] = {
        "number": number,
        "votes": {name: shown(done.votes[place], decimals) for place, name in enumerate(names)},
        "elected": [names[place] for place in done.elected],
        "excluded": [names[place] for place in done.excluded],
        "transferred": None,
        "no_further_choice": shown(done.exhausted, decimals),
    }
    if moved is not None:
        gains = sorted(moved.gains.items(), key=lambda gain: (-gain[1], gain[0]))
        told["transferred"] = {
            "from": [names[place] for place in moved.sources],
            "reason": moved.reason,
            "votes": shown(moved.moved, decimals),
            "to": {names[place]: shown(gain, decimals) for place, gain in gains if gain},
            "lost": shown(moved.lost, decimals),
        }
    if done.quota is not None:
        told["quota"] = shown(done.quota, decimals)
    return told


def _tie(tie: Tie, names: list[str]) -> dict[str, Any]:
    return {
        "round": tie.round,
        "purpose": tie.purpose,
        "candidates": [names[place] for place in tie.tied],
        "chosen": names[tie.chosen],
        "by": "lot" if tie.earlier is None else "earlier_round",
        "earlier_round": tie.earlier,
    }


def _candidates(outcome: Outcome, original: Election) -> list[dict[str, Any]]:
    """Everybody who was named, by id, with how it ended for them and in which round."""
    ends: dict[str, tuple[str, int | None]] = {name: (why, None) for name, why in outcome.out.items()}
    names = [candidate.id for candidate in outcome.election.candidates]
    for number, done in enumerate(outcome.tally.rounds, 1):
        ends |= {names[place]: ("elected", number) for place in done.elected}
        ends |= {names[place]: ("excluded", number) for place in done.excluded}
    rows = []
    for candidate in sorted(original.candidates, key=lambda one: one.id):
        result, number = ends.get(candidate.id, ("not_elected", None))
        row = {"id": candidate.id, "name": candidate.name, "class": candidate.group or None}
        rows.append({**row, "result": result, "round": number})
    return rows


def _notes(outcome: Outcome, elected: int) -> list[str]:
    """What a returning officer should know, in sentences."""
    election = outcome.election
    notes = [*election.notes, *(f"The class rules cannot be kept: {why}." for why in outcome.impossible)]
    if outcome.impossible:
        return notes
    if not outcome.tally.rounds:
        return [*notes, "No ballot names anybody who stands, so nobody is elected."]
    empty = election.seats - elected
    if empty and len(election.candidates) <= election.seats:
        notes.append(
            f"{len(election.candidates)} stand for {election.seats} seats: all are elected, {empty} stay empty."
        )
    elif empty:
        notes.append(f"The class rules leave {empty} of {election.seats} seats empty.")
    if outcome.blank:
        notes.append(f"{outcome.blank} ballots name nobody who stands; they are not part of the quota.")
    if any(tie.earlier is None for tie in outcome.tally.ties) and not outcome.tally.lots.given:
        notes.append("A lot was needed, and no public seed was given: the seed is made from the ballots themselves.")
    return notes
