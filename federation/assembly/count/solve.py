"""Calculator 8, complete: ballots in, by BLT or JSON; the result out, round by round, with what recounts it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from federation.assembly.count.answer import told
from federation.assembly.count.blt import read_blt
from federation.assembly.count.decide import decide
from federation.assembly.count.elect import Outcome, count_election
from federation.assembly.count.motion import read_motion
from federation.assembly.count.options import KNOWN, apply_options
from federation.assembly.count.problem import Candidate, Election, group_ballots
from federation.assembly.count.reading import decode, read_election
from federation.assembly.count.replay import check, problem_of, replay_of
from federation.assembly.count.story import story_of_election, story_of_motion
from tenants.errors import InvalidInput


def count_answer(raw: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the jobs call it.

    `raw` is a BLT file or JSON. Options: method, seats, constraints, lots, departed, unavailable; or `check`, with which
    `raw` is an earlier answer (or its replay) that is counted again.

    Raises: InvalidInput by line, path or option.
    """
    for key in options:
        if key not in (*KNOWN, "check"):
            raise InvalidInput({str(key)[:60]: f"unknown option; use {', '.join((*KNOWN, 'check'))}"})
    text = raw.removeprefix("\ufeff")
    is_json = text.lstrip()[:1] in ("{", "[")
    if "check" in options:
        if str(options["check"]).casefold() not in ("true", "yes", "1") or len(options) > 1:
            raise InvalidInput({"check": "stands alone: the input is the answer, or its replay, to count again"})
        return check(decode(text), lambda problem: count_problem(problem, {}))
    return count_problem(decode(text), options) if is_json else answer_election(apply_options(read_blt(text), options))


def count_problem(raw: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The same from decoded JSON: an election, or a motion where the method is yes_no.

    Raises: InvalidInput by path or option.
    """
    if isinstance(raw, dict) and raw.get("method") == "yes_no":
        return _answer_motion(raw, options)
    if options.get("method") == "yes_no":
        raise InvalidInput({"method": 'yes_no decides a motion, not an election: its input has "method": "yes_no"'})
    return answer_election(apply_options(read_election(raw), options))


def answer_election(election: Election) -> dict[str, Any]:
    """Count an election and tell it, with its story and its replay."""
    answer = told(count_election(election), election)
    return {**answer, "story": story_of_election(answer), "replay": replay_of(problem_of(election), answer)}


def count_rankings(
    names: Sequence[str], rankings: Iterable[Sequence[int]], seats: int, method: str = "scottish"
) -> Outcome:
    """Count ballots that are in memory: each is the places of candidates in `names`, the first choice first.

    >>> outcome = count_rankings(["Ann", "Bo", "Cy"], [(0, 1), (0, 1), (1,), (2, 1)], 1)
    >>> [outcome.election.candidates[place].name for place in outcome.tally.elected]
    ['Ann']
    """
    candidates = tuple(Candidate(name, name) for name in names)
    return count_election(Election("", method, seats, candidates, group_ballots(rankings)))


def _answer_motion(raw: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    for key in options:
        if key not in ("method", "lots") or (key == "method" and options[key] != "yes_no"):
            raise InvalidInput({str(key): "is not an option of a motion; use lots"})
    problem = {**raw, "lots": options["lots"]} if "lots" in options else raw
    answer = decide(read_motion(problem))
    return {**answer, "story": story_of_motion(answer), "replay": replay_of(problem, answer)}
