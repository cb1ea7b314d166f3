"""A sharing problem as plain, checked values: a table of costs or an award problem, and which rules are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from procurement.share.games import MOST_FOR_SHAPLEY, Game
from tenants.reading import Reader

RULES = ("equal_percent", "equal_price", "proportional", "shapley", "nucleolus")
PLAIN_RULES = RULES[:3]
NEED_EVERY_COALITION = ("shapley", "nucleolus")
MOST_FOR_NUCLEOLUS = 14
MOST_WITH_AWARDS = 10
MAX_PLAYERS = 2_000
MAX_PENCE = 10**11


@dataclass(frozen=True)
class Sharing:
    """What is asked: the players in sorted order, the rules, and either a game with weights or a raw award problem."""

    players: tuple[str, ...]
    rules: tuple[str, ...]
    game: Game | None = None
    weights: Mapping[str, Fraction] | None = None
    award: Mapping[str, Any] | None = None


def read_sharing(raw: Any) -> Sharing:
    """Read a sharing problem from decoded JSON; without "rules", the plain ones that the input allows.

    Raises: InvalidInput with the path of every key that is unknown, missing or wrong, and what would be right.
    """
    read = Reader()
    sheet = read.mapping(raw, "", required=("players",), optional=("costs", "weights", "award", "rules"))
    players = [
        read.name(name, f"players[{n}]")
        for n, name in enumerate(read.rows(sheet.get("players"), "players", 1, MAX_PLAYERS))
    ]
    for place, player in enumerate(players):
        if player in players[:place]:
            read.wrong(f"players[{place}]", f"{player!r} is already above; name each once")
        if "," in player:
            read.wrong(f"players[{place}]", "a player's id holds no comma: commas join ids in the table of costs")
    if isinstance(raw, dict) and ("costs" in sheet) == ("award" in sheet):
        read.wrong("costs", "give either a table of costs or an award problem, one of the two")
    if "award" in sheet and "weights" in sheet:
        read.wrong("weights", "leave out: with an award the demand itself is the weight")
    read.finish()
    ordered = tuple(sorted(players))
    rules = _rules(read, sheet)
    if "award" in sheet:
        sharing = Sharing(ordered, rules, award=sheet["award"])
        _check_award(read, sharing)
    else:
        game = _table(read, sheet["costs"], ordered)
        weights = _weights(read, sheet["weights"], ordered) if "weights" in sheet else None
        sharing = Sharing(ordered, rules, game=game, weights=weights)
        _check_table(read, sharing)
    read.finish()
    return sharing


def _rules(read: Reader, sheet: Mapping[str, Any]) -> tuple[str, ...]:
    if "rules" not in sheet:
        return PLAIN_RULES if "award" in sheet or "weights" in sheet else ("equal_percent",)
    rules = [
        read.choice(rule, f"rules[{n}]", RULES)
        for n, rule in enumerate(read.rows(sheet["rules"], "rules", 1, len(RULES)))
    ]
    for place, rule in enumerate(rules):
        if rule in rules[:place]:
            read.wrong(f"rules[{place}]", f"{rule!r} is already above; name each once")
    return tuple(rules)


def _table(read: Reader, raw: Any, players: tuple[str, ...]) -> Game:
    costs: dict[int, int] = {}
    if not isinstance(raw, dict):
        read.wrong("costs", 'must be an object of pence per coalition, like {"a": 4800, "b": 2700, "a,b": 6300}')
        raw = {}
    places = {player: place for place, player in enumerate(players)}
    for key, pence in raw.items():
        path, names = f"costs.{key[:200]}", key.split(",")
        unknown = [name for name in names if name not in places]
        if unknown:
            read.wrong(path, f"{unknown[0]!r} is no player")
        elif names != sorted(set(names)):
            read.wrong(path, f"join the ids in sorted order, each once: {','.join(sorted(set(names)))}")
        else:
            costs[sum(1 << places[name] for name in names)] = read.whole(pence, path, 0, MAX_PENCE)
    game = Game(players, costs)
    for mask in [1 << place for place in range(len(players))] + [game.everybody]:
        if mask not in costs:
            read.wrong(
                f"costs.{','.join(game.names(mask))}", "is missing: the cost alone and the cost together are needed"
            )
    return game


def _weights(read: Reader, raw: Any, players: tuple[str, ...]) -> dict[str, Fraction]:
    sheet = read.mapping(raw, "weights", required=players)
    weights = {player: read.number(sheet.get(player, 0), f"weights.{player}", 0, 10**12) for player in players}
    if not read.errors and not any(weights.values()):
        read.wrong("weights", "at least one weight must be more than nought")
    return weights


def _check_table(read: Reader, sharing: Sharing) -> None:
    for place, rule in enumerate(sharing.rules):
        path = f"rules[{place}]"
        if rule in ("equal_price", "proportional") and sharing.weights is None:
            read.wrong(path, f"{rule} needs weights beside a table of costs")
        if rule in NEED_EVERY_COALITION and sharing.game:
            most = MOST_FOR_SHAPLEY if rule == "shapley" else MOST_FOR_NUCLEOLUS
            if len(sharing.players) > most:
                read.wrong(path, f"{rule} is exact to {most} players; there are {len(sharing.players)}")
            elif not sharing.game.complete:
                missing = next(mask for mask in range(1, sharing.game.everybody) if mask not in sharing.game.costs)
                read.wrong(
                    f"costs.{','.join(sharing.game.names(missing))}", f"is missing: {rule} needs every coalition"
                )


def _check_award(read: Reader, sharing: Sharing) -> None:
    for place, rule in enumerate(sharing.rules):
        if rule in NEED_EVERY_COALITION and len(sharing.players) > MOST_WITH_AWARDS:
            read.wrong(
                f"rules[{place}]",
                f"{rule} of an award is exact to {MOST_WITH_AWARDS} players; there are {len(sharing.players)}",
            )
