"""A weighted game as plain, checked values, read from decoded JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from federation.assembly.power.games import MOST_PLAYERS, Condition, Game
from tenants.errors import InvalidInput
from tenants.reading import Reader

MAX_WEIGHT = 1_000_000_000
MOST_FURTHER = 2
"""A game has at most three conditions: votes, members and co-ops."""
INDICES = ("all", "banzhaf", "shapley")


def read_game(raw: Any) -> Game:
    """Read `weights` (an object, or a list whose players are "0", "1", …), `quota` and further games under `also`.

    Players of an object are taken in sorted order.

    Raises: InvalidInput with the path of every key that is unknown, missing or wrong, and what would be right.
    """
    read = Reader()
    sheet = read.mapping(raw, "", required=("weights", "quota"), optional=("also",))
    read.finish()
    weights = _weights(read, sheet["weights"], "weights")
    read.finish()
    conditions = [_condition(read, weights, sheet["quota"], "")]
    further = read.rows(sheet["also"], "also", 0, MOST_FURTHER) if "also" in sheet else []
    for number, row in enumerate(further):
        conditions.append(_further(read, row, f"also[{number}]", weights, type(sheet["weights"])))
    read.finish()
    return Game(tuple(weights), tuple(conditions))


def read_only(options: Mapping[str, Any]) -> str:
    """Which indices are wanted: the option `only`, `all` without it.

    Raises: InvalidInput for another option or an unknown index.
    """
    for key in options:
        if key != "only":
            raise InvalidInput({str(key): "unknown option; use only"})
    only = options.get("only", "all")
    if only not in INDICES:
        raise InvalidInput({"only": f"must be one of {', '.join(INDICES)}"})
    return str(only)


def _weights(read: Reader, raw: Any, path: str) -> dict[str, int]:
    if not isinstance(raw, dict | list):
        read.wrong(path, "must be an object of whole numbers by id, or a list of whole numbers")
        return {}
    if not 1 <= len(raw) <= MOST_PLAYERS:
        read.wrong(path, f"must have 1 to {MOST_PLAYERS:,} players, not {len(raw):,}")
        return {}
    if isinstance(raw, list):
        return {str(n): read.whole(one, f"{path}[{n}]", 0, MAX_WEIGHT) for n, one in enumerate(raw)}
    return {
        read.name(player, f"{path}.{player[:60]}"): read.whole(raw[player], f"{path}.{player[:60]}", 0, MAX_WEIGHT)
        for player in sorted(raw)
    }


def _condition(read: Reader, weights: Mapping[str, int], raw_quota: Any, path: str) -> Condition:
    total = sum(weights.values())
    if not total:
        read.wrong(f"{path}weights", "at least one weight must be more than nought")
        return Condition((1,), 1)
    quota = read.whole(raw_quota, f"{path}quota", 1, 10**15)
    if quota > total:
        read.wrong(f"{path}quota", f"no motion could pass: all weights together are {total:,}, less than {quota:,}")
    return Condition(tuple(weights.values()), quota)


def _further(read: Reader, raw: Any, path: str, first: Mapping[str, int], kind: type) -> Condition:
    sheet = read.mapping(raw, path, required=("weights", "quota"))
    weights = _weights(read, sheet.get("weights"), f"{path}.weights")
    if weights and (not isinstance(sheet.get("weights"), kind) or weights.keys() != first.keys()):
        read.wrong(f"{path}.weights", f"must have the same players as weights{_differ(first, weights)}")
        return Condition((1,), 1)
    ordered = {player: weights[player] for player in first if player in weights}
    return _condition(read, ordered, sheet.get("quota"), f"{path}.")


def _differ(first: Mapping[str, int], second: Mapping[str, int]) -> str:
    odd: Sequence[str] = sorted(first.keys() ^ second.keys())
    if not odd:
        return ", in the same form"
    return f": {odd[0]!r} is only in one of them"
