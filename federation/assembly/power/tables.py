"""Counting coalitions by their sums: a table of corner sums, and how one player is taken out of it again.

Every player multiplies the generating function by 1 + ratio·x^weight. The table starts with ones everywhere, so that
each cell holds the sum over all cells up to it and nothing has to be added up afterwards: in floating point a cell
carries one rounding per player and multiplication, nothing else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from federation.assembly.power.games import Vector

if TYPE_CHECKING:
    import numpy as np

UNIT = 2.0**-53
"""The largest relative error of one operation in double precision."""


def corner_sums(vectors: Sequence[Vector], ends: Vector, ratios: "np.ndarray | None") -> "np.ndarray":
    """The weight of coalitions whose sums are at most (t, …), for every cell (t, …) up to `ends`.

    A coalition of k players weighs ratio^k. The first axis has one entry per ratio; with `ratios` None coalitions are
    counted in whole numbers (fewer than 2^63 of them), and it has one entry.

    >>> corner_sums([(2,), (1,), (1,)], (4,), None).tolist()
    [[1, 3, 5, 7, 8]]
    """
    import numpy as np

    shape = (1 if ratios is None else len(ratios), *(end + 1 for end in ends))
    table: Any = np.ones(shape, dtype=np.int64 if ratios is None else np.float64)
    moved: Any = np.empty_like(table)
    for vector in vectors:
        if any(weight > end for weight, end in zip(vector, ends, strict=True)):
            continue
        upper = (slice(None), *(slice(weight, None) for weight in vector))
        lower = (slice(None), *(slice(0, end + 1 - weight) for weight, end in zip(vector, ends, strict=True)))
        if ratios is None:
            np.copyto(moved[lower], table[lower])
        else:
            np.multiply(table[lower], ratios.reshape(-1, *(1 for _ in ends)), out=moved[lower])
        table[upper] += moved[lower]
    return table


def take_out(table: "np.ndarray", vector: Vector, powers: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
    """What a player of these weights decides: the sum over the box less the sum over the box moved down by them.

    With G the corner sums without the player, F(b) = G(b) + r·G(b - w), so that G(b) - G(b - w) is the sum over j of
    (-r)^j (F(b - jw) - F(b - (j + 1)w)). `powers` holds r^j for j = 0, 1, … Answers that sum, and the sum of r^j times
    the size of both corner sums, to which the rounding errors are in proportion; both with one entry per ratio.
    """
    import numpy as np

    corners = _diagonal(table, vector)
    if corners is None:
        return np.zeros(len(table), table.dtype), np.zeros(len(table))
    between = corners.copy()
    between[:, :-1] -= corners[:, 1:]
    between[:, 1::2] *= -1
    weights = powers[:, : corners.shape[1]]
    if table.dtype != np.float64:
        return between.sum(axis=1), np.zeros(len(table))
    value = (between * weights).sum(axis=1)
    return value, 2 * (np.abs(corners) * weights).sum(axis=1)


def most_steps(vectors: Sequence[Vector], ends: Vector) -> int:
    """The most steps down that any player's weights make inside the box."""
    return max((_steps(vector, ends) for vector in vectors), default=1)


def _steps(vector: Vector, ends: Vector) -> int:
    return min((end // weight for weight, end in zip(vector, ends, strict=True) if weight), default=0) + 1


def _diagonal(table: "np.ndarray", vector: Vector) -> "np.ndarray | None":
    """The cells b, b - w, b - 2w, … for each ratio; None for a player without weight, who decides nothing."""
    import numpy as np

    if not any(vector):
        return None
    ends = tuple(length - 1 for length in table.shape[1:])
    if len(vector) == 1:
        return table[:, :: -vector[0]]
    count = _steps(vector, ends)
    index = tuple(end - weight * np.arange(count) for weight, end in zip(vector, ends, strict=True))
    return table[(slice(None), *index)]
