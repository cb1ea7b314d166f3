"""How one kind of decision is taken, as data: who votes, how much must be there, how much must be for, what breaks a tie."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tenants import clock
from tenants.reading import Reader

KINDS = ("ordinary", "special", "constitutional", "election")
BASES = {
    "cast": "of votes cast for or against",
    "cast_with_abstentions": "of votes cast, abstentions among them",
    "eligible": "of all votes there are",
}
TIE_RULES = {
    "falls": "A motion with equal votes falls",
    "chair": "The chair has a casting vote",
    "lot": "A public lot decides",
}
ELECTORATES = {"delegates": "One or more delegates of each co-op"}


@dataclass(frozen=True)
class Threshold:
    """How much must be for: at least `percent` of the base, or more than it where `strictly`."""

    percent: str = "50"
    strictly: bool = True


@dataclass(frozen=True)
class Quorum:
    """What must take part: a share of the co-ops and a share of all votes, both."""

    coops_percent: str = "0"
    weight_percent: str = "0"


@dataclass(frozen=True)
class Rule:
    """A rule of decision. `second_majority`: also so many per cent of the co-ops, or of their members, must be for.

    `class_rule`: also a majority within each class of co-op, with this many per cent of the class's votes.
    """

    kind: str = "ordinary"
    electorate: str = "delegates"
    one_each: bool = False
    """One co-op, one vote, whatever the scheme: for changing the weights."""
    threshold: Threshold = field(default_factory=Threshold)
    base: str = "cast"
    second_majority: Mapping[str, Any] | None = None
    """{"of": "coops" | "members", "percent": "50"}"""
    class_rule: Mapping[str, Any] | None = None
    """{"percent": "50"}"""
    quorum: Quorum = field(default_factory=Quorum)
    notice_days: int = 14
    secret: bool = False
    may_change: bool = True
    """Whether a recorded vote may be changed until closing; a secret one never can."""
    proxy_cap: int = 1
    casting_vote: bool = False
    tie_rule: str = "falls"

    def as_json(self) -> dict[str, Any]:
        """Plain values, as a decision rule and a poll keep them."""
        return asdict(self)


def read_rule(raw: Any, path: str = "rule") -> Rule:
    """A rule from plain values. Raises: InvalidInput with the path of each wrong key."""
    reader = Reader()
    keys = tuple(Rule.__dataclass_fields__)
    found = reader.mapping(raw, path, optional=keys)
    rule = Rule()
    for name, choices in (("kind", KINDS), ("electorate", ELECTORATES), ("base", BASES), ("tie_rule", TIE_RULES)):
        if name in found:
            rule = replace(rule, **{name: _one_of(reader, found[name], f"{path}.{name}", tuple(choices))})
    for name in ("one_each", "secret", "may_change", "casting_vote"):
        if name in found:
            rule = replace(rule, **{name: _yes_or_no(reader, found[name], f"{path}.{name}")})
    for name, least, most in (("notice_days", 0, 90), ("proxy_cap", 0, 20)):
        if name in found:
            rule = replace(rule, **{name: reader.whole(found[name], f"{path}.{name}", least, most)})
    rule = replace(
        rule,
        threshold=_threshold(reader, found.get("threshold"), f"{path}.threshold"),
        quorum=_quorum(reader, found.get("quorum"), f"{path}.quorum"),
        second_majority=_second(reader, found.get("second_majority"), f"{path}.second_majority"),
        class_rule=_class_rule(reader, found.get("class_rule"), f"{path}.class_rule"),
    )
    if rule.tie_rule == "chair" and not rule.casting_vote:
        reader.wrong(f"{path}.casting_vote", "a tie can fall to the chair only where the chair has a casting vote")
    reader.finish()
    return rule


def last_day_for_notice(meets_at: datetime, clear_days: int) -> date:
    """The last day on which notice can go out: neither that day nor the day of the meeting counts.

    >>> from datetime import UTC
    >>> last_day_for_notice(datetime(2026, 11, 27, 9, 30, tzinfo=UTC), 14)
    datetime.date(2026, 11, 12)
    """
    return meets_at.astimezone(clock.LONDON).date() - timedelta(days=clear_days + 1)


def _one_of(reader: Reader, raw: Any, path: str, choices: tuple[str, ...]) -> str:
    if raw not in choices:
        reader.wrong(path, f"must be one of {', '.join(choices)}")
        return choices[0]
    return str(raw)


def _yes_or_no(reader: Reader, raw: Any, path: str) -> bool:
    if not isinstance(raw, bool):
        reader.wrong(path, "must be true or false")
    return raw is True


def _percent(reader: Reader, raw: Any, path: str, least: str = "0") -> str:
    try:
        if isinstance(raw, str) and float(least) <= float(raw) <= 100 and raw.replace(".", "", 1).isdecimal():
            return raw
    except ValueError:
        pass
    reader.wrong(path, f'must be a percentage as text, from {least} to 100, like "66.67"')
    return least


def _threshold(reader: Reader, raw: Any, path: str) -> Threshold:
    if raw is None:
        return Threshold()
    found = reader.mapping(raw, path, required=("percent",), optional=("strictly",))
    strictly = _yes_or_no(reader, found.get("strictly", False), f"{path}.strictly")
    return Threshold(_percent(reader, found.get("percent"), f"{path}.percent"), strictly)


def _quorum(reader: Reader, raw: Any, path: str) -> Quorum:
    if raw is None:
        return Quorum()
    found = reader.mapping(raw, path, optional=("coops_percent", "weight_percent"))
    return Quorum(
        _percent(reader, found.get("coops_percent", "0"), f"{path}.coops_percent"),
        _percent(reader, found.get("weight_percent", "0"), f"{path}.weight_percent"),
    )


def _second(reader: Reader, raw: Any, path: str) -> Mapping[str, Any] | None:
    if raw is None:
        return None
    found = reader.mapping(raw, path, required=("of", "percent"))
    of = _one_of(reader, found.get("of"), f"{path}.of", ("coops", "members"))
    return {"of": of, "percent": _percent(reader, found.get("percent"), f"{path}.percent")}


def _class_rule(reader: Reader, raw: Any, path: str) -> Mapping[str, Any] | None:
    if raw is None:
        return None
    found = reader.mapping(raw, path, required=("percent",))
    return {"percent": _percent(reader, found.get("percent"), f"{path}.percent")}


__all__ = ["BASES", "KINDS", "TIE_RULES", "Quorum", "Rule", "Threshold", "last_day_for_notice", "read_rule"]
