"""Elections as JSON, read strictly: every fault named by its path, with what would be right.

    {"title": "Board", "method": "scottish" | "meek" | "irv" | "approval", "seats": 3,
     "candidates": [{"id": "ann", "name": "Ann Ash", "class": "workers", "withdrawn": false}],
     "ballots": [{"weight": 3, "ranking": ["ann", "bo"]}, "2 1 3 0"],      an object, or a line as in a BLT file
     "constraints": [{"class": "workers", "at_least": 1, "at_most": 2}],
     "lots": "seed" or {"seed": "…", "head": "…", "dice": "4 1 6"},
     "vacancy": {"departed": ["cy"], "unavailable": [], "sitting": ["ann"]}}

Only candidates, ballots and seats are required.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from federation.assembly.count.blt import ballot_fault
from federation.assembly.count.problem import (
    METHODS,
    MOST_CANDIDATES,
    MOST_ROWS,
    MOST_WEIGHT,
    Ballots,
    Candidate,
    ClassRule,
    Draw,
    Election,
    Vacancy,
)
from tenants.errors import InvalidInput
from tenants.reading import Reader

ELECTIVE = METHODS[:-1]
"""The rules that elect candidates; yes_no decides a motion."""


def decode(text: str) -> Any:
    """JSON with no key twice in an object and no number that is none.

    Raises: InvalidInput with line and column.
    """
    try:
        return json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_not_a_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput({place: f"this is not JSON: {error.msg}"}) from None
    except RecursionError:
        raise InvalidInput({"": "this JSON is nested too deeply; an election is a few levels deep"}) from None
    except ValueError as error:
        raise InvalidInput({"": f"this JSON cannot be used: {str(error)[:120]}"}) from None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = sorted({key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1})
        raise ValueError(f"the key {twice[0][:60]!r} stands twice in one object")
    return found


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number that JSON knows")


def read_election(raw: Any) -> Election:
    """An election from decoded JSON.

    Raises: InvalidInput by path.
    """
    reader = Reader()
    body = reader.mapping(
        raw,
        "",
        required=("candidates", "ballots", "seats"),
        optional=("title", "method", "constraints", "lots", "vacancy"),
    )
    method = reader.choice(body.get("method", "scottish"), "method", ELECTIVE)
    seats = reader.whole(body.get("seats", 1), "seats", 1, MOST_CANDIDATES)
    candidates = _candidates(reader, body.get("candidates", []))
    places = {candidate.id: place for place, candidate in enumerate(candidates)}
    groups = {candidate.group for candidate in candidates if candidate.group}
    ballots = _ballots(reader, body.get("ballots", []), places)
    election = Election(
        read_title(reader, body.get("title", "")),
        method,
        seats,
        candidates,
        Ballots.of(ballots),
        read_rules(reader, body.get("constraints", []), groups),
        read_draw(reader, body.get("lots")),
        read_vacancy(reader, body.get("vacancy"), places),
    )
    reader.finish()
    return election


def read_title(reader: Reader, raw: Any) -> str:
    """A title: up to 200 printable characters, or none."""
    return reader.name(raw, "title") if raw != "" else ""


def read_rules(reader: Reader, raw: Any, groups: set[str]) -> tuple[ClassRule, ...]:
    """Class rules: `[{"class": "workers", "at_least": 2, "at_most": 3}]`."""
    rules = []
    for n, row in enumerate(reader.rows(raw, "constraints", 0, MOST_CANDIDATES)):
        path = f"constraints[{n}]"
        found = reader.mapping(row, path, required=("class",), optional=("at_least", "at_most"))
        group = reader.name(found.get("class"), f"{path}.class")
        if group and group not in groups:
            reader.wrong(f"{path}.class", f"nobody stands for {group!r}; the classes are {', '.join(sorted(groups))}")
        least = reader.whole(found.get("at_least", 0), f"{path}.at_least", 0, MOST_CANDIDATES)
        most = found.get("at_most")
        if most is not None:
            most = reader.whole(most, f"{path}.at_most", 0, MOST_CANDIDATES)
            if most < least:
                reader.wrong(f"{path}.at_most", f"must not be below at_least, {least}")
        elif "at_least" not in found:
            reader.wrong(path, "must say at_least, at_most or both")
        rules.append(ClassRule(group, least, most))
    reader.distinct([rule.group for rule in rules], "constraints", "class")
    return tuple(rules)


def read_draw(reader: Reader, raw: Any) -> Draw | None:
    """The public lots: a seed, or `{"seed": …, "head": …, "dice": …}` as the board of a poll has them."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return Draw(reader.name(raw, "lots"))
    body = reader.mapping(raw, "lots", required=("seed",), optional=("head", "dice"))
    parts = {"head": "", "dice": ""}
    for key in parts:
        if body.get(key, "") != "":
            parts[key] = reader.name(body[key], f"lots.{key}")
    return Draw(reader.name(body.get("seed"), "lots.seed"), **parts)


def read_vacancy(reader: Reader, raw: Any, places: Mapping[str, int]) -> Vacancy | None:
    """Who left a seat, who can no longer serve, and who sits."""
    if raw is None:
        return None
    body = reader.mapping(raw, "vacancy", required=("departed",), optional=("unavailable", "sitting"))
    names = {
        key: reader.names(body[key], f"vacancy.{key}", MOST_CANDIDATES) if key in body else ()
        for key in ("departed", "unavailable", "sitting")
    }
    for key, found in names.items():
        for name in found:
            if name not in places:
                reader.wrong(f"vacancy.{key}", f"{name!r} is not a candidate")
    if not names["departed"]:
        reader.wrong("vacancy.departed", "must name at least one who left")
    return Vacancy(names["departed"], names["unavailable"], names["sitting"] if "sitting" in body else None)


def _candidates(reader: Reader, raw: Any) -> tuple[Candidate, ...]:
    found = []
    for n, row in enumerate(reader.rows(raw, "candidates", 1, MOST_CANDIDATES)):
        path = f"candidates[{n}]"
        body = reader.mapping(row, path, required=("id",), optional=("name", "class", "withdrawn"))
        one = reader.name(body.get("id"), f"{path}.id")
        name = reader.name(body["name"], f"{path}.name") if "name" in body else one
        group = body.get("class")
        found.append(
            Candidate(
                one,
                name,
                "" if group is None else reader.name(group, f"{path}.class"),
                reader.flag(body.get("withdrawn", False), f"{path}.withdrawn"),
            )
        )
    reader.distinct([candidate.id for candidate in found], "candidates", "id")
    if len({candidate.id for candidate in found}) == len(found):
        reader.distinct([candidate.name for candidate in found], "candidates", "name")
    return tuple(found)


def _ballots(reader: Reader, raw: Any, places: Mapping[str, int]) -> dict[bytes, int]:
    """Votes by ranking; what is wrong is looked for only in a row that cannot be used."""
    ballots: dict[bytes, int] = {}
    for n, row in enumerate(reader.rows(raw, "ballots", 0, MOST_ROWS)):
        ranking, weight = _ballot(reader, row, f"ballots[{n}]", places)
        ballots[ranking] = ballots.get(ranking, 0) + weight
    return ballots


def _ballot(reader: Reader, row: Any, path: str, places: Mapping[str, int]) -> tuple[bytes, int]:
    if isinstance(row, str):
        return _line(reader, row, path, len(places))
    body = reader.mapping(row, path, required=("ranking",), optional=("weight",))
    weight = reader.whole(body.get("weight", 1), f"{path}.weight", 1, MOST_WEIGHT)
    names = body.get("ranking")
    if not isinstance(names, list):
        reader.wrong(f"{path}.ranking", "must be a list of candidates' ids, the first choice first")
        return b"", weight
    found: list[int] = []
    for k, name in enumerate(names):
        place = places.get(name) if isinstance(name, str) else None
        if place is None:
            reader.wrong(f"{path}.ranking[{k}]", f"{str(name)[:60]!r} is not a candidate")
        elif place in found:
            reader.wrong(f"{path}.ranking[{k}]", f"{name} stands twice on this ballot; rank each once")
        else:
            found.append(place)
    return bytes(found), weight


def _line(reader: Reader, row: str, path: str, count: int) -> tuple[bytes, int]:
    """A ballot as a line of a BLT file: its weight, the candidates' numbers in this file, and 0."""
    fault = ballot_fault(row, count) if row.strip() else "must be a ballot, not an empty text"
    if fault:
        reader.wrong(path, fault)
        return b"", 1
    weight, *words = row.split()
    return bytes(int(word) - 1 for word in words[:-1]), int(weight)
