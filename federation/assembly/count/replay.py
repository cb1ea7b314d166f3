"""What is published with a result so that anybody can count again, and the counting again itself."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from federation.assembly.count.blt import ballot_lines
from federation.assembly.count.problem import Election
from tenants.errors import InvalidInput
from tenants.reading import Reader

NOT_RESULT = ("replay", "story", "calculator", "version", "seconds", "input_sha256")
"""What of an answer is no part of the result: what the calculator says about itself, and its words."""


def result_hash(answer: Mapping[str, Any]) -> str:
    """SHA-256 of a result over canonical JSON, in hex."""
    result = {key: value for key, value in answer.items() if key not in NOT_RESULT}
    return hashlib.sha256(_canonical(result).encode()).hexdigest()


def replay_of(problem: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """The problem, itself an input of the calculator, with the hash of its result."""
    return {"problem": dict(problem), "result_sha256": result_hash(answer)}


def problem_of(election: Election) -> dict[str, Any]:
    """An election as JSON, ballots as lines of a BLT file in a fixed order."""
    body: dict[str, Any] = {
        "method": election.method,
        "seats": election.seats,
        "candidates": [
            {"id": one.id, "name": one.name, "class": one.group or None, "withdrawn": one.withdrawn}
            for one in election.candidates
        ],
        "ballots": ballot_lines(election.ballots.grouped()),
    }
    if election.title:
        body["title"] = election.title
    if election.rules:
        body["constraints"] = [
            {"class": rule.group, "at_least": rule.least, "at_most": rule.most} for rule in election.rules
        ]
    if election.draw:
        body["lots"] = {"seed": election.draw.seed, "head": election.draw.head, "dice": election.draw.dice}
    if vacancy := election.vacancy:
        body["vacancy"] = {"departed": list(vacancy.departed), "unavailable": list(vacancy.unavailable)}
        if vacancy.sitting is not None:
            body["vacancy"]["sitting"] = list(vacancy.sitting)
    return body


def check(raw: Any, count: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Count an answer's (or a replay's) problem again, and say whether the result is the same.

    Raises: InvalidInput when there is no replay to be used.
    """
    shown = raw if isinstance(raw, dict) and "replay" in raw else None
    reader = Reader()
    path = "replay" if shown is not None else ""
    replay = reader.mapping(shown["replay"] if shown else raw, path, required=("problem", "result_sha256"))
    reader.finish()
    try:
        again = count(replay["problem"])
    except InvalidInput as refusal:
        prefix = f"{path}.problem." if path else "problem."
        raise InvalidInput({f"{prefix}{place}": words for place, words in refusal.errors.items()}) from None
    differences = _differences(shown, again) if shown is not None else []
    if not differences and replay["result_sha256"] != result_hash(again):
        differences = ["The result counted again is not the one that the replay was made with."]
    result = {key: again[key] for key in ("method", "status", "elected", "passed") if key in again}
    return {"check": "different" if differences else "same", "same": not differences, "differences": differences} | {
        "recounted": result
    }


def _differences(shown: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """What of the answer shown is not what counting again gives, in sentences."""
    keys = sorted(key for key in {*shown, *again} if key not in NOT_RESULT)
    return [
        f"{key} is not what the ballots give."
        for key in keys
        if _canonical(shown.get(key)) != _canonical(again.get(key))
    ]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
