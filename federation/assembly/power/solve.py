"""Calculator 7, complete: a weighted game in, the power of every player out."""

from collections.abc import Mapping
from typing import Any

from federation.assembly.power.banzhaf import Banzhaf, banzhaf
from federation.assembly.power.games import Game, check_size
from federation.assembly.power.reach import dummies
from federation.assembly.power.reading import read_game, read_only
from federation.assembly.power.shapley import Shapley, shapley


def power_answer(raw: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The calculator as the terminal, the API and the jobs call it; the option `only` is banzhaf, shapley or all.

    Raises: InvalidInput with the path of each wrong key, or when weights are too large to be counted out.
    """
    only = read_only(options)
    game = read_game(raw)
    check_size(game, "weights", shapley=only != "banzhaf")
    swings = banzhaf(game) if only != "shapley" else None
    joining = shapley(game) if only != "banzhaf" else None
    return told(game, swings, joining)


def told(game: Game, swings: Banzhaf | None, joining: Shapley | None) -> dict[str, Any]:
    """The answer from what was found; a dummy's power is nought exactly."""
    idle = dummies(game)
    players = []
    for place, player in enumerate(game.players):
        row: dict[str, Any] = {"id": player, "weight": game.conditions[0].weights[place]}
        still = player in idle
        if swings is not None:
            row["swings"] = None if swings.swings is None else str(swings.swings[place])
            row["banzhaf"] = 0.0 if still else swings.shares[place]
        if joining is not None:
            row["shapley"] = 0.0 if still else joining.shares[place]
        if swings is not None:
            row["coleman_prevent"] = 0.0 if still else swings.prevent[place]
            row["coleman_initiate"] = 0.0 if still else swings.initiate[place]
        players.append(row)
    answer: dict[str, Any] = {"players": players}
    if swings is not None:
        answer["coleman_act"] = swings.act
    answer["error_bound"] = max(found.error for found in (swings, joining) if found is not None)
    return answer
