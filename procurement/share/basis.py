"""What sharing rules rest on, whether it was given as a table or worked out from an award."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from procurement.share.games import Game


@dataclass(frozen=True)
class Basis:
    """The joint cost, costs alone (None: could not buy), exact shares by price and value, the game of known costs.

    `proven` says that no coalition could buy for less than the game says.
    """

    joint_pence: int
    alone_pence: Mapping[str, int | None]
    by_price: Mapping[str, Fraction] | None
    by_value: Mapping[str, Fraction] | None
    game: Game
    reproducible: bool = True
    status: str = "optimal"
    proven: bool = True
