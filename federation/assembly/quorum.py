"""Who must be there: a share of the co-ops and a share of all votes, both; what is there, and what is missing."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Reading:
    """Both heads of a quorum at one moment: how much is there, of how much, and how much must be."""

    coops: int
    coops_of: int
    coops_need: int
    weight: int
    weight_of: int
    weight_need: int

    @property
    def met(self) -> bool:
        """Whether both heads are met."""
        return self.coops >= self.coops_need and self.weight >= self.weight_need

    def as_json(self) -> dict[str, Any]:
        """Plain values, as a meeting keeps them."""
        return {**asdict(self), "met": self.met}


def read_quorum(quorum: Mapping[str, str], weights: Mapping[str, int], present: Collection[str]) -> Reading:
    """The quorum when these co-ops are represented; those without votes do not count. A share is to be reached.

    >>> weights = {"ash": 1, "beech": 2, "cedar": 5, "damson": 0}
    >>> half = {"coops_percent": "50", "weight_percent": "50"}
    >>> read_quorum(half, weights, ["ash", "beech"])
    Reading(coops=2, coops_of=3, coops_need=2, weight=3, weight_of=8, weight_need=4)
    >>> read_quorum(half, weights, ["ash", "beech"]).met, read_quorum(half, weights, ["ash", "cedar", "damson"]).met
    (False, True)
    """
    voters = {coop: weight for coop, weight in weights.items() if weight > 0}
    there = [coop for coop in voters if coop in present]
    total = sum(voters.values())
    return Reading(
        len(there),
        len(voters),
        needed(quorum.get("coops_percent", "0"), len(voters)),
        sum(voters[coop] for coop in there),
        total,
        needed(quorum.get("weight_percent", "0"), total),
    )


def needed(percent: str, of: int) -> int:
    """The least whole number that reaches a share; nothing where none is asked for.

    >>> needed("50", 5), needed("50", 4), needed("66.67", 3), needed("0", 9)
    (3, 2, 3, 0)
    """
    return -int(-Fraction(percent) * of // 100)


__all__ = ["Reading", "needed", "read_quorum"]
