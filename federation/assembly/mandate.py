"""Votes as a co-op's members gave them: how whole votes follow from a count of people, and what a ballot's parts are."""

from collections.abc import Mapping, Sequence
from typing import Any

SIDES = ("for", "against", "abstain")


def split_votes(votes: int, members: Mapping[str, int]) -> dict[str, int]:
    """A co-op's votes divided as its members voted, by largest remainder; equal remainders fall in the order of SIDES.

    >>> split_votes(23, {"for": 130, "against": 82, "abstain": 0})
    {'for': 14, 'against': 9, 'abstain': 0}
    >>> split_votes(3, {"for": 0, "against": 0, "abstain": 0})
    {'for': 0, 'against': 0, 'abstain': 0}
    """
    asked = {side: members.get(side, 0) for side in SIDES}
    people = sum(asked.values())
    if not people:
        return dict.fromkeys(SIDES, 0)
    found = {side: votes * count // people for side, count in asked.items()}
    rest = sorted(SIDES, key=lambda side: (-(votes * asked[side] % people), SIDES.index(side)))
    for side in rest[: votes - sum(found.values())]:
        found[side] += 1
    return found


def parts_of(split: Mapping[str, int]) -> list[dict[str, Any]]:
    """A split as the parts of a ballot.

    >>> parts_of({"for": 14, "against": 9, "abstain": 0})
    [{'units': 14, 'vote': 'for'}, {'units': 9, 'vote': 'against'}]
    """
    return [{"units": split[side], "vote": side} for side in SIDES if split.get(side)]


def split_of(parts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The parts of a ballot as votes for each side.

    >>> split_of([{"units": 14, "vote": "for"}, {"units": 9, "vote": "against"}])
    {'for': 14, 'against': 9, 'abstain': 0}
    """
    return {side: sum(part["units"] for part in parts if part["vote"] == side) for side in SIDES}


def split_words(split: Mapping[str, int]) -> str:
    """A split in words, sides without votes left out.

    >>> split_words({"for": 14, "against": 9, "abstain": 0}), split_words({"abstain": 1})
    ('14 for, 9 against', '1 abstaining')
    """
    words = {"for": "for", "against": "against", "abstain": "abstaining"}
    return ", ".join(f"{split[side]:,} {words[side]}" for side in SIDES if split.get(side)) or "no votes"
