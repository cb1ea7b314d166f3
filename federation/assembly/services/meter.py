"""The secrecy meter: what the result of a secret vote would give away, looked at before it opens and before it is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from federation.assembly.models import DecisionRule, Poll
from federation.assembly.rule import read_rule
from federation.assembly.secrecy.solve import MOST_VOTERS, MOST_WEIGHT, secrecy_answer
from federation.assembly.services import schemes
from tenants.db import db
from tenants.errors import InvalidInput

SPLIT = "The totals cannot come of whole votes alone, so co-ops have split theirs, and nobody can be certain of one."
TOO_LARGE = "There are too many votes to measure what the exact totals give away: publish only whether it was carried."
RANKED = (
    "In a ranked vote a co-op that casts many ballots with one rare order can be known by their number. "
    "Every ballot is published, without a name."
)


def before(poll: Poll) -> dict[str, Any]:
    """What may come out: {"identified": [co-op's id], "advice": words, "may_publish_exactly": bool}. Office scope."""
    if poll.method != "yes_no":
        return {"identified": [], "advice": RANKED, "may_publish_exactly": True}
    weights, names = (poll.weights, poll.names) if poll.weights else _coming_weights(poll)
    return _asked({"weights": _named(names, weights)}) if _measurable(weights) else _unknown()


def after(poll: Poll, voted: Mapping[str, int], totals: Mapping[str, int]) -> dict[str, Any]:
    """The same once the totals are known: `voted` is the votes that each co-op has cast."""
    if poll.method != "yes_no":
        return {"identified": [], "advice": RANKED, "may_publish_exactly": True}
    cast = {coop: units for coop, units in voted.items() if units}
    if not cast:
        return {"identified": [], "advice": "Nobody has voted.", "may_publish_exactly": True}
    if not _measurable(cast):
        return _unknown()
    problem = {"weights": _named(poll.names, cast), "total_yes": totals["for"], "total_abstain": totals["abstain"]}
    try:
        return _asked(problem)
    except InvalidInput:
        return {"identified": [], "advice": SPLIT, "may_publish_exactly": True}


def _asked(problem: dict[str, Any]) -> dict[str, Any]:
    answer = secrecy_answer(problem, {})
    return {key: answer[key] for key in ("identified", "advice", "may_publish_exactly")}


def _unknown() -> dict[str, Any]:
    return {"identified": [], "advice": TOO_LARGE, "may_publish_exactly": False}


def _measurable(weights: Mapping[str, int]) -> bool:
    return len(weights) <= MOST_VOTERS and sum(weights.values()) <= MOST_WEIGHT


def _named(known: Mapping[str, str], weights: Mapping[str, int]) -> dict[str, int]:
    """Weights by the co-op's name, which the advice then says; by its id where two have one name."""
    names = [known.get(coop, coop) for coop in weights]
    use_names = len(set(names)) == len(names)
    return {name if use_names else coop: weight for (coop, weight), name in zip(weights.items(), names, strict=True)}


def _coming_weights(poll: Poll) -> tuple[dict[str, int], dict[str, str]]:
    """The weights as they would be if the poll opened now, and the co-ops' names."""
    rule_row = db.session.scalars(
        select(DecisionRule).where(DecisionRule.kind == poll.rule_kind, DecisionRule.version == poll.rule_version)
    ).one()
    weighed = schemes.weigh_for(rule_row, read_rule(poll.rule))
    return weighed.weights, weighed.names
