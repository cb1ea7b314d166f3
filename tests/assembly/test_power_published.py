"""Calculator 7 against what others have published: councils, a county, and small games from textbooks."""

import pytest

from federation.assembly.power.solve import power_answer

pytestmark = pytest.mark.slow

COUNCILS = {
    "EEC 1958": ([4, 4, 4, 2, 2, 1], 12, {4: 10, 2: 6, 1: 0}),
    "EC 1973": ([10] * 4 + [5] * 2 + [3] * 2 + [2], 41, {10: 53, 5: 29, 3: 21, 2: 5}),
    "EC 1981": ([10] * 4 + [5] * 3 + [3] * 2 + [2], 45, {10: 100, 5: 52, 3: 26, 2: 26}),
    "EC 1986": ([10] * 4 + [8] + [5] * 4 + [3] * 2 + [2], 54, {10: 286, 8: 242, 5: 148, 3: 102, 2: 40}),
    "EU 1995": (
        [10] * 4 + [8] + [5] * 4 + [4] * 2 + [3] * 3 + [2],
        62,
        {10: 1849, 8: 1531, 5: 973, 4: 793, 3: 595, 2: 375},
    ),
    "EU 27 at Nice": (
        [29] * 4 + [27] * 2 + [14, 13] + [12] * 5 + [10] * 3 + [7] * 5 + [4] * 5 + [3],
        255,
        {29: 2193664, 27: 2091380, 14: 1200504, 13: 1120138, 12: 1038492, 10: 871654},
    ),
    "UN Security Council": ([7] * 5 + [1] * 10, 39, {7: 848, 1: 84}),
    "Nassau County 1958": ([9, 9, 7, 3, 1, 1], 16, {9: 16, 7: 16, 3: 0, 1: 0}),
    "Nassau County 1964": ([31, 31, 28, 21, 2, 2], 58, {31: 16, 28: 16, 21: 0, 2: 0}),
}
SHARES = {
    "EEC 1958": {4: 0.2381, 2: 0.1429, 1: 0.0},
    "EC 1973": {10: 0.1672, 5: 0.0915, 3: 0.0662, 2: 0.0158},
    "EC 1981": {10: 0.1577, 5: 0.0820, 3: 0.0410, 2: 0.0410},
    "EC 1986": {10: 0.1287, 8: 0.1089, 5: 0.0666, 3: 0.0459, 2: 0.0180},
    "EU 1995": {10: 0.1116, 8: 0.0924, 5: 0.0587, 4: 0.0479, 3: 0.0359, 2: 0.0226},
    "EU 27 at Nice": {
        29: 0.0778, 27: 0.0742, 14: 0.0426, 13: 0.0397, 12: 0.0368, 10: 0.0309, 7: 0.0218, 4: 0.0125, 3: 0.0094,
    },
    "UN Security Council": {7: 0.166929, 1: 0.016535},
}  # fmt: skip
SHAPLEY = {
    "EEC 1958": ({4: 14 / 60, 2: 9 / 60, 1: 0.0}, 1e-14),
    "EU 1995": ({10: 0.116667, 8: 0.09546, 5: 0.055175}, 2e-6),
    "UN Security Council": ({7: 421 / 2145, 1: 4 / 2145}, 1e-14),
}


def by_weight(weights: list[int], quota: int, key: str, only: str) -> dict[int, object]:
    """One figure of each distinct weight; equal weights must have equal figures."""
    rows = power_answer({"weights": weights, "quota": quota}, {"only": only})["players"]
    found = {row["weight"]: row[key] for row in rows}
    assert all(found[row["weight"]] == row[key] for row in rows)
    return found


@pytest.mark.parametrize("council", COUNCILS)
def test_swings_are_those_that_were_published(council: str) -> None:
    weights, quota, swings = COUNCILS[council]
    found = by_weight(weights, quota, "swings", "banzhaf")
    assert {weight: found[weight] for weight in swings} == {weight: str(count) for weight, count in swings.items()}


@pytest.mark.parametrize("council", SHARES)
def test_normalised_power_is_that_which_was_published(council: str) -> None:
    weights, quota, _ = COUNCILS[council]
    places = 6 if council.startswith("UN") else 4
    found = by_weight(weights, quota, "banzhaf", "banzhaf")
    assert {weight: round(float(str(share)), places) for weight, share in found.items()} == SHARES[council]


@pytest.mark.parametrize("council", SHAPLEY)
def test_shapley_shubik_power_is_that_which_was_published(council: str) -> None:
    weights, quota, _ = COUNCILS[council]
    shares, within = SHAPLEY[council]
    found = by_weight(weights, quota, "shapley", "shapley")
    assert {weight: found[weight] for weight in shares} == pytest.approx(shares, abs=within)


@pytest.mark.parametrize(
    ("weights", "quota", "shares"),
    [
        ([8, 6, 4, 2], 12, [0.625, 0.375, 0.375, 0.125]),
        ([50, 49, 1], 51, [0.75, 0.25, 0.25]),
        ([50, 30, 20], 67, [0.75, 0.25, 0.25]),
    ],
)
def test_power_before_it_is_normalised(weights: list[int], quota: int, shares: list[float]) -> None:
    answer = power_answer({"weights": weights, "quota": quota}, {})
    # A player decides in as many coalitions as it breaks: prevent times the winning ones, half of all being its own.
    assert [row["coleman_prevent"] * 2 * answer["coleman_act"] for row in answer["players"]] == shares


def test_double_majority_of_twelve_co_ops_is_that_of_the_study() -> None:
    sizes = [12, 18, 25, 30, 40, 55, 80, 120, 200, 350, 600, 1500]
    game = {"weights": [1] * 12, "quota": 7, "also": [{"weights": sizes, "quota": 1516}]}
    answer = power_answer(game, {"only": "banzhaf"})
    assert round(answer["coleman_act"], 3) == 0.25
    assert [round(answer["players"][place]["banzhaf"], 3) for place in (0, -1)] == [0.066, 0.268]
