"""The share calculator: a sharing problem in, what each co-op pays under each rule out."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from procurement.share.basis import Basis
from procurement.share.games import CoreCheck, Game, check_core, shapley
from procurement.share.reading import MOST_FOR_NUCLEOLUS, RULES, Sharing, read_sharing
from procurement.share.shares import equal_percent_exact
from tenants.errors import InvalidInput
from tenants.money import round_half_up, split_pence


def share_costs(problem: Any, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Share a joint cost by each rule asked for, and say whether any group would be better off without the others.

    Pence are whole numbers and sum exactly; percentages are strings. An award that cannot be made is an answer.

    Raises: InvalidInput with the path of each wrong key.
    """
    for name in options or {}:
        raise InvalidInput({name: "the share calculator has no such option"})
    sharing = read_sharing(problem)
    if sharing.award is None:
        basis = _basis_of_table(sharing)
    else:
        # Solvers are heavy; whoever shares by a table of costs does not wait for them.
        from procurement.share.awards import basis_of_award

        found = basis_of_award(sharing)
        if isinstance(found, dict):
            return found
        basis = found
    return _answer(sharing, basis)


def _basis_of_table(sharing: Sharing) -> Basis:
    game = sharing.game
    if game is None:
        raise ValueError("a table of costs is needed")
    joint = game.costs[game.everybody]
    alone = {player: game.costs[1 << place] for place, player in enumerate(game.players)}
    spread = None
    if sharing.weights:
        whole = sum(sharing.weights.values())
        spread = {player: joint * weight / whole for player, weight in sharing.weights.items()}
    return Basis(joint, alone, spread, spread, game)


def _answer(sharing: Sharing, basis: Basis) -> dict[str, Any]:
    exact: dict[str, dict[str, Fraction]] = {}
    excess: Fraction | None = None
    for rule in RULES:
        if rule in sharing.rules and rule != "nucleolus":
            exact[rule] = _exact_shares(rule, basis)
    solvable = basis.game.complete and len(basis.game.players) <= MOST_FOR_NUCLEOLUS
    outside = any(check_core(basis.game, shares).in_core is False for shares in exact.values())
    if solvable and ("nucleolus" in sharing.rules or outside):
        # Linear programmes are heavy; most sharings need none.
        from procurement.share.nucleolus import nucleolus

        found = nucleolus(basis.game)
        excess = found.excess
        if "nucleolus" in sharing.rules:
            exact["nucleolus"] = found.shares
    answer: dict[str, Any] = {
        "status": basis.status,
        "joint_pence": basis.joint_pence,
        "alone_pence": dict(basis.alone_pence),
        "rules": {rule: _told(basis, exact[rule]) for rule in RULES if rule in exact},
        "reproducible": basis.reproducible,
    }
    if excess is not None and excess > 0:
        answer["least_core_excess_pence"] = round_half_up(excess)
    return answer


def _exact_shares(rule: str, basis: Basis) -> dict[str, Fraction]:
    if rule == "equal_percent":
        return equal_percent_exact(basis.joint_pence, basis.alone_pence, basis.by_price)
    if rule == "shapley":
        return shapley(basis.game)
    shares = basis.by_price if rule == "equal_price" else basis.by_value
    if shares is None:
        raise ValueError(f"{rule} needs weights")
    return dict(shares)


def _told(basis: Basis, exact: Mapping[str, Fraction]) -> dict[str, Any]:
    """One rule's part of the answer. The core is judged on exact shares: rounding to the penny decides nothing."""
    shares = _to_the_penny(basis.joint_pence, exact)
    core = check_core(basis.game, exact)
    return {
        "shares_pence": shares,
        "saving_percent": {player: _saving(basis.alone_pence[player], pence) for player, pence in shares.items()},
        "in_core": core.in_core if core.in_core is False or (core.in_core and basis.proven) else "not proven",
        "worst_coalition": _worst(basis.game, core),
    }


def _to_the_penny(total: int, exact: Mapping[str, Fraction]) -> dict[str, int]:
    """Round shares that sum to a whole total by largest remainder; one may be negative (who lowers the cost)."""
    floors = {player: share.numerator // share.denominator for player, share in sorted(exact.items())}
    odd = split_pence(total - sum(floors.values()), {player: exact[player] - floor for player, floor in floors.items()})
    return {player: pence + odd[player] for player, pence in floors.items()}


def _saving(alone: int | None, pays: int) -> str | None:
    if not alone:
        return None
    hundredths = round_half_up(Fraction((alone - pays) * 10_000, alone))
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def _worst(game: Game, core: CoreCheck) -> dict[str, Any] | None:
    if core.worst is None:
        return None
    return {"players": game.names(core.worst), "gain_pence": round_half_up(core.gain)}
