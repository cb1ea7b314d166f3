"""A motion as it is decided: the co-ops with their weights and votes, and the rule it must pass. Read strictly.

    {"method": "yes_no", "title": "…", "base": "cast" | "cast_with_abstentions" | "eligible",
     "threshold": {"percent": "75", "at_least": true} or {"share": "2/3"} or {"weight": 31},
     "votes": [{"id": "ash", "weight": 6, "for": 4, "against": 2, "abstain": 0, "class": "workers", "members": 60,
                "present": true}],                       every co-op that may vote, those that did not too
     "secret": [{"for": 40, "against": 20, "abstain": 3, "class": "workers"}],      then votes have "cast" alone
     "quorum": {"coops": 4 or "coops_percent": "50", "weight": 50 or "weight_percent": "50"},
     "second_majority": {"of": "coops" | "members", "percent": "50", "base": "eligible"},
     "classes": [{"class": "workers", "percent": "50"}],
     "tie": "fails" | "casting_vote" | "lot", "casting_vote": "for", "lots": "seed"}

A share is to be exceeded unless `at_least` says that reaching it is enough. Only method, votes and threshold are
required.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from federation.assembly.count.problem import MOST_WEIGHT, Draw
from federation.assembly.count.reading import read_draw, read_title
from tenants.reading import Reader

BASES = ("cast", "cast_with_abstentions", "eligible")
TIE_RULES = ("fails", "casting_vote", "lot")
SIDES = ("for", "against", "abstain")
MOST_COOPS = 10_000
_SHARE = re.compile(r"\d{1,6}/\d{1,6}", re.ASCII)


@dataclass(frozen=True)
class Part:
    """Votes for, against and abstaining, in weight."""

    yes: int = 0
    no: int = 0
    abstain: int = 0

    def of(self, base: str, eligible: int) -> int:
        """What a majority is reckoned from."""
        if base == "eligible":
            return eligible
        return self.yes + self.no + (self.abstain if base == "cast_with_abstentions" else 0)

    @property
    def cast(self) -> int:
        """All that was cast, abstentions too."""
        return self.yes + self.no + self.abstain


@dataclass(frozen=True)
class Voter:
    """A co-op that may vote: its weight, what it cast (`cast` in a secret vote, else `part`), and its members."""

    id: str
    weight: int
    part: Part
    cast: int
    group: str = ""
    members: int | None = None
    present: bool = False


@dataclass(frozen=True)
class Hurdle:
    """A share to reach or, unless `at_least`, to exceed; or a fixed weight to reach."""

    share: Fraction | None
    at_least: bool = False
    weight: int | None = None

    def needed(self, of: int) -> int:
        """The least whole number that passes; never nothing.

        >>> Hurdle(Fraction(1, 2)).needed(8), Hurdle(Fraction(2, 3), True).needed(87), Hurdle(None, weight=31).needed(60)
        (5, 58, 31)
        """
        if self.share is None:
            return self.weight or 1
        exact = self.share * of
        return max(1, -(-exact.numerator // exact.denominator) if self.at_least else int(exact) + 1)


@dataclass(frozen=True)
class Motion:
    """Who could vote, how they did, and the rule; `secret` has the totals by class where votes are not told by co-op."""

    title: str
    voters: Sequence[Voter]
    threshold: Hurdle
    base: str = "cast"
    secret: dict[str, Part] | None = None
    quorum_coops: Hurdle | None = None
    quorum_weight: Hurdle | None = None
    second: Hurdle | None = None
    second_of: str = "coops"
    second_base: str = "eligible"
    classes: dict[str, Hurdle] = field(default_factory=dict)
    tie: str = "fails"
    casting_vote: str | None = None
    draw: Draw | None = None


def read_motion(raw: Any) -> Motion:
    """A motion from decoded JSON.

    Raises: InvalidInput by path.
    """
    reader = Reader()
    optional = ("title", "base", "quorum", "second_majority", "classes", "tie", "casting_vote", "secret", "lots")
    body = reader.mapping(raw, "", required=("method", "votes", "threshold"), optional=optional)
    secret = _secret(reader, body["secret"]) if "secret" in body else None
    voters = _voters(reader, body.get("votes", []), secret is not None)
    second = reader.mapping(
        body.get("second_majority", {"of": "coops", "percent": "50"}),
        "second_majority",
        required=("of",),
        optional=("percent", "share", "at_least", "base"),
    )
    quorum = reader.mapping(
        body.get("quorum", {}), "quorum", optional=("coops", "coops_percent", "weight", "weight_percent")
    )
    vote = body.get("casting_vote")
    motion = Motion(
        title=read_title(reader, body.get("title", "")),
        voters=voters,
        threshold=_hurdle(reader, body.get("threshold"), "threshold", fixed=True),
        base=reader.choice(body.get("base", "cast"), "base", BASES),
        secret=secret,
        quorum_coops=_least(reader, quorum, "coops"),
        quorum_weight=_least(reader, quorum, "weight"),
        second=_hurdle_of(reader, second, "second_majority") if "second_majority" in body else None,
        second_of=reader.choice(second.get("of", "coops"), "second_majority.of", ("coops", "members")),
        second_base=reader.choice(second.get("base", "eligible"), "second_majority.base", BASES),
        classes=_classes(reader, body.get("classes", []), {voter.group for voter in voters}),
        tie=reader.choice(body.get("tie", "fails"), "tie", TIE_RULES),
        casting_vote=None if vote is None else reader.choice(vote, "casting_vote", ("for", "against")),
        draw=read_draw(reader, body.get("lots")),
    )
    _check_together(reader, motion)
    reader.finish()
    return motion


def _check_together(reader: Reader, motion: Motion) -> None:
    """What can only be seen when all is read."""
    if motion.second is not None and motion.second_of == "members":
        for n, voter in enumerate(motion.voters):
            if voter.members is None:
                reader.wrong(f"votes[{n}].members", "is missing: the second majority is of members")
    if motion.casting_vote is not None and motion.tie != "casting_vote":
        reader.wrong("casting_vote", 'is only used when "tie" is "casting_vote"')
    if motion.secret is not None:
        _check_box(reader, motion, motion.secret)


def _check_box(reader: Reader, motion: Motion, secret: dict[str, Part]) -> None:
    """A secret vote: as many votes are in the box as were handed in, and nothing is asked that it cannot tell."""
    if motion.second is not None:
        reader.wrong("second_majority", "cannot be found in a secret vote, which does not tell how each co-op voted")
    for group in secret:
        voters = [voter for voter in motion.voters if group in ("", voter.group)]
        cast, counted = sum(voter.cast for voter in voters), secret[group].cast
        if cast != counted:
            reader.wrong("secret", f"{counted} votes are in the box{_in(group)}, but {cast} were handed in")
    groups = {voter.group for voter in motion.voters}
    if "" not in secret and groups != set(secret):
        reader.wrong("secret", "must have the totals of every class, or one row without a class")
    if motion.classes and "" in secret:
        reader.wrong("classes", "a majority in each class needs the secret totals by class")


def _in(group: str) -> str:
    return f" of {group}" if group else ""


def _voters(reader: Reader, raw: Any, secret: bool) -> list[Voter]:
    votes = ("cast",) if secret else SIDES
    found = []
    for n, row in enumerate(reader.rows(raw, "votes", 1, MOST_COOPS)):
        path = f"votes[{n}]"
        body = reader.mapping(row, path, required=("id", "weight"), optional=("class", "members", "present", *votes))
        weight = reader.whole(body.get("weight"), f"{path}.weight", 0, MOST_WEIGHT)
        counts = [reader.whole(body.get(key, 0), f"{path}.{key}", 0, MOST_WEIGHT) for key in votes]
        if sum(counts) > weight:
            reader.wrong(path, f"casts {sum(counts):,} votes, but its weight is {weight:,}")
        group, members = body.get("class"), body.get("members")
        found.append(
            Voter(
                reader.name(body.get("id"), f"{path}.id"),
                weight,
                Part() if secret else Part(*counts),
                sum(counts),
                "" if group is None else reader.name(group, f"{path}.class"),
                None if members is None else reader.whole(members, f"{path}.members", 0, MOST_WEIGHT),
                reader.flag(body.get("present", False), f"{path}.present"),
            )
        )
    reader.distinct([voter.id for voter in found], "votes", "id")
    return found


def _secret(reader: Reader, raw: Any) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for n, row in enumerate(reader.rows(raw, "secret", 1, MOST_COOPS)):
        path = f"secret[{n}]"
        body = reader.mapping(row, path, required=("for", "against"), optional=("abstain", "class"))
        group = body.get("class")
        name = "" if group is None else reader.name(group, f"{path}.class")
        if name in found or (found and "" in (name, *found)):
            reader.wrong(f"{path}.class", "each class has one row; a row without a class stands alone")
        found[name] = Part(*(reader.whole(body.get(key, 0), f"{path}.{key}", 0, MOST_WEIGHT) for key in SIDES))
    return found


def _classes(reader: Reader, raw: Any, groups: set[str]) -> dict[str, Hurdle]:
    found: dict[str, Hurdle] = {}
    for n, row in enumerate(reader.rows(raw, "classes", 0, 100)):
        path = f"classes[{n}]"
        body = reader.mapping(row, path, required=("class",), optional=("percent", "share", "at_least"))
        name = reader.name(body.get("class"), f"{path}.class")
        if name and (name not in groups or name in found):
            reader.wrong(f"{path}.class", f"{name!r} must be a class of some co-op, named once")
        found[name] = _hurdle_of(reader, body, path)
    return found


def _hurdle(reader: Reader, raw: Any, path: str, *, fixed: bool) -> Hurdle:
    keys = ("percent", "share", "at_least", "weight") if fixed else ("percent", "share", "at_least")
    return _hurdle_of(reader, reader.mapping(raw, path, optional=keys), path)


def _hurdle_of(reader: Reader, body: dict[str, Any], path: str) -> Hurdle:
    """One of percent, share or weight; `at_least` makes reaching it enough."""
    given = [key for key in ("percent", "share", "weight") if key in body]
    if len(given) != 1:
        reader.wrong(path, 'must have one of "percent" ("75"), "share" ("2/3") and, for the threshold, "weight" (31)')
        return Hurdle(Fraction(1))
    at_least = reader.flag(body.get("at_least", False), f"{path}.at_least")
    if given == ["weight"]:
        if "at_least" in body:
            reader.wrong(f"{path}.at_least", "a weight is always to be reached")
        return Hurdle(None, True, reader.whole(body["weight"], f"{path}.weight", 1, MOST_WEIGHT))
    if given == ["percent"]:
        return Hurdle(reader.number(body["percent"], f"{path}.percent", 0, 100) / 100, at_least)
    text = body["share"]
    if isinstance(text, str) and _SHARE.fullmatch(text) and int(text.partition("/")[2]):
        share = Fraction(text)
        if share <= 1:
            return Hurdle(share, at_least)
    reader.wrong(f"{path}.share", 'must be a fraction of one, like "2/3"')
    return Hurdle(Fraction(1))


def _least(reader: Reader, quorum: dict[str, Any], what: str) -> Hurdle | None:
    """A head of the quorum: a number or a percentage that must be reached."""
    number, percent = quorum.get(what), quorum.get(f"{what}_percent")
    if number is not None and percent is not None:
        reader.wrong(f"quorum.{what}", f"give {what} or {what}_percent, not both")
    if number is not None:
        return Hurdle(None, True, reader.whole(number, f"quorum.{what}", 1, MOST_WEIGHT))
    if percent is not None:
        return Hurdle(reader.number(percent, f"quorum.{what}_percent", 0, 100) / 100, True)
    return None
