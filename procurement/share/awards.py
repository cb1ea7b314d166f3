"""The basis of a sharing worked out from an award: the joint award, and what coalitions would pay alone."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from procurement.award.alone import coalition_cost
from procurement.award.problem import Problem, parse_problem
from procurement.award.solve import solve_award
from procurement.rules import demand_value
from procurement.share.basis import Basis
from procurement.share.games import Game
from procurement.share.reading import NEED_EVERY_COALITION, Sharing
from procurement.share.shares import ChargedLine, equal_price_exact
from tenants.errors import InvalidInput

ALWAYS_EVERY_COALITION = 5
"""Up to so many co-ops every coalition is priced, so that the core is known; 31 small awards take a moment."""


def basis_of_award(sharing: Sharing, alone_seconds: float = 10) -> Basis | dict[str, Any]:
    """Solve the joint award, then price each co-op alone, and every coalition for some rules and for few co-ops.

    Answers the finished answer instead when the joint award cannot be made.

    Raises: InvalidInput with the path of each wrong key of the award problem.
    """
    problem = _problem(sharing)
    answer = solve_award(problem, story_seconds=0)
    if answer["cost_pence"] is None:
        nothing = {"joint_pence": None, "alone_pence": None, "rules": {}}
        return {"status": answer["status"], **nothing, "reproducible": answer["reproducible"]}
    joint: int = answer["cost_pence"]
    game, alone, proven = _priced(sharing, problem, joint, alone_seconds)
    by_price, by_value = _exact_shares(problem, answer)
    return Basis(
        joint,
        alone,
        {player: by_price.get(player, Fraction(0)) for player in sharing.players},
        {player: by_value[player] for player in sharing.players},
        game,
        reproducible=answer["reproducible"] and proven,
        status=answer["status"],
        proven=proven,
    )


def _problem(sharing: Sharing) -> Problem:
    try:
        problem = parse_problem(sharing.award)
    except InvalidInput as refusal:
        raise InvalidInput(
            {f"award.{path}" if path else "award": text for path, text in refusal.errors.items()}
        ) from None
    coops = {coop for item in problem.items for coop in item.demand}
    strangers = sorted(coops - set(sharing.players))
    if strangers:
        raise InvalidInput({"players": f"{strangers[0]!r} wants packs in the award but is no player: add it"})
    idle = sorted(set(sharing.players) - coops)
    if idle:
        raise InvalidInput(
            {"players": f"{idle[0]!r} wants nothing in the award: give it a demand (0 will do) or leave it out"}
        )
    return problem


def _priced(
    sharing: Sharing, problem: Problem, joint: int, alone_seconds: float
) -> tuple[Game, dict[str, int | None], bool]:
    """The game of priced coalitions, the costs alone, and whether all of them are proven."""
    count = len(sharing.players)
    every = count <= ALWAYS_EVERY_COALITION or any(rule in NEED_EVERY_COALITION for rule in sharing.rules)
    whole = (1 << count) - 1
    masks: Iterable[int] = range(1, max(whole, 2)) if every else (1 << place for place in range(count))
    proven = True
    found: dict[int, int | None] = {}
    for mask in masks:
        coops = frozenset(player for place, player in enumerate(sharing.players) if mask >> place & 1)
        told = coalition_cost(problem, coops, time_limit_seconds=alone_seconds)
        found[mask] = told["cost_pence"]
        proven = proven and told["proven"]
    alone = {player: found[1 << place] for place, player in enumerate(sharing.players)}
    game = Game(sharing.players, {mask: pence for mask, pence in found.items() if pence is not None} | {whole: joint})
    _refuse_gaps(sharing, game)
    return game, alone, proven


def _refuse_gaps(sharing: Sharing, game: Game) -> None:
    for place, rule in enumerate(sharing.rules):
        if rule in NEED_EVERY_COALITION and not game.complete:
            missing = next(mask for mask in range(1, game.everybody) if mask not in game.costs)
            names = ", ".join(game.names(missing))
            text = f"{rule} needs a price for every group; {names} could not buy alone: give retail_pence for its items"
            raise InvalidInput({f"rules[{place}]": text})


def _exact_shares(problem: Problem, answer: Mapping[str, Any]) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Exact pence of each co-op at equal prices, and in proportion to the value of its demand."""
    lines = [ChargedLine(line["supplier"], line["item"], line["packs"], line["cost_pence"]) for line in answer["lines"]]
    delivery = {supplier["id"]: supplier["delivery_pence"] for supplier in answer["suppliers"]}
    by_price = equal_price_exact(lines, delivery, {item.id: item.demand for item in problem.items})
    firsts: dict[str, Fraction] = {}
    for (_, item), offer in problem.offers.items():
        firsts[item] = min(firsts.get(item, offer.prices[0]), offer.prices[0])
    wants: dict[str, dict[str, int]] = {}
    for item in problem.items:
        for coop, packs in item.demand.items():
            wants.setdefault(coop, {})[item.id] = packs
    values = {coop: demand_value(own, firsts) for coop, own in wants.items()}
    total = sum(values.values())
    if not total:
        return by_price, dict.fromkeys(values, Fraction(answer["cost_pence"], len(values)))
    return by_price, {coop: answer["cost_pence"] * value / total for coop, value in values.items()}
