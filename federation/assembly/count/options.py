"""Options of the count, as words of a command line or of a query: they overrule what the input says."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from federation.assembly.count.problem import METHODS, MOST_CANDIDATES, ClassRule, Draw, Election, Vacancy
from tenants.errors import InvalidInput

KNOWN = ("method", "seats", "constraints", "lots", "departed", "unavailable")
_RULE = re.compile(r"([^<>=:]{1,200})(>=|<=|=)(\d{1,3})(?::(.+))?", re.ASCII)


def apply_options(election: Election, options: Mapping[str, Any]) -> Election:
    """The election as the options want it counted.

    `constraints` is like `workers>=2;investors<=1`; where the input has no classes, their members follow, by number or
    name: `workers>=1:1+3`. `departed` and `unavailable` are names with a semicolon between them.

    Raises: InvalidInput by option.
    """
    if "method" in options:
        if options["method"] not in METHODS[:-1]:
            raise InvalidInput({"method": f"must be one of {', '.join(METHODS[:-1])} for an election"})
        election = replace(election, method=str(options["method"]))
    if "seats" in options:
        election = replace(election, seats=_seats(options["seats"]))
    if "lots" in options:
        seed = options["lots"]
        if not isinstance(seed, str) or not 0 < len(seed.strip()) <= 200:
            raise InvalidInput({"lots": "must be the public seed, 1 to 200 characters"})
        election = replace(election, draw=Draw(seed))
    if "constraints" in options:
        election = _with_rules(election, str(options["constraints"]))
    if "unavailable" in options and "departed" not in options:
        raise InvalidInput({"unavailable": "is used with --departed: who left a seat"})
    if "departed" in options:
        departed = _names(election, "departed", options["departed"])
        unavailable = _names(election, "unavailable", options["unavailable"]) if "unavailable" in options else ()
        election = replace(election, vacancy=Vacancy(departed, unavailable))
    return election


def _seats(raw: Any) -> int:
    text = str(raw)
    if text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= MOST_CANDIDATES:
        return int(text)
    raise InvalidInput({"seats": f"must be a whole number from 1 to {MOST_CANDIDATES}"})


def _names(election: Election, option: str, raw: Any) -> tuple[str, ...]:
    names = tuple(sorted({name.strip() for name in str(raw).split(";") if name.strip()}))
    for name in names:
        if name not in election.places():
            raise InvalidInput({option: f"{name[:60]!r} is not a candidate"})
    if not names:
        raise InvalidInput({option: "must name at least one candidate"})
    return names


def _with_rules(election: Election, text: str) -> Election:
    rules: dict[str, ClassRule] = {}
    candidates = list(election.candidates)
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = _RULE.fullmatch(part)
        if not found:
            raise InvalidInput({"constraints": f"{part[:60]!r} is no class rule; write workers>=2 or investors<=1"})
        group, sign, number, members = found[1].strip(), found[2], int(found[3]), found[4]
        for place in _members(election, members):
            if candidates[place].group not in ("", group):
                raise InvalidInput(
                    {"constraints": f"{candidates[place].id} is of class {candidates[place].group} already"}
                )
            candidates[place] = replace(candidates[place], group=group)
        if group not in {candidate.group for candidate in candidates}:
            raise InvalidInput({"constraints": f"nobody stands for {group!r}; name them, like {group}>=1:1+3"})
        rule = rules.get(group, ClassRule(group))
        least, most = (number if sign != "<=" else rule.least), (number if sign != ">=" else rule.most)
        if most is not None and most < least:
            raise InvalidInput({"constraints": f"{group} cannot be at least {least} and at most {most}"})
        rules[group] = ClassRule(group, least, most)
    return replace(election, candidates=tuple(candidates), rules=tuple(rules.values()))


def _members(election: Election, text: str | None) -> list[int]:
    places = election.places()
    found = []
    for word in (text or "").split("+") if text else []:
        name = word.strip()
        if name not in places and not (name.isascii() and name.isdigit() and 1 <= int(name[:6]) <= len(places)):
            raise InvalidInput({"constraints": f"{name[:60]!r} is not a candidate"})
        found.append(places[name] if name in places else int(name) - 1)
    return found
