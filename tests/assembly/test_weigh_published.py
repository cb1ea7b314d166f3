"""Calculator 6 against what others have published, and the table of twelve co-ops."""

from fractions import Fraction

import pytest

from federation.assembly.power.banzhaf import banzhaf
from federation.assembly.power.games import simple_game
from federation.assembly.weigh.quotas import QuotaRule, SecondMajority, jagiellonian_share
from federation.assembly.weigh.schemes import Scheme, weigh
from federation.assembly.weigh.sheet import Rule, sheet

pytestmark = pytest.mark.slow

PEOPLE = {
    "DE": 81802257, "FR": 64714074, "UK": 62008048, "IT": 60340328, "ES": 45989016, "PL": 38167329, "RO": 21462186,
    "NL": 16574989, "EL": 11305118, "BE": 10839905, "PT": 10637713, "CZ": 10506813, "HU": 10014324, "SE": 9340682,
    "AT": 8375290, "BG": 7563710, "DK": 5534738, "SK": 5424925, "FI": 5351427, "IE": 4467854, "LT": 3329039,
    "LV": 2248374, "SI": 2046976, "EE": 1340127, "CY": 803147, "LU": 502066, "MT": 412970,
}  # fmt: skip
SEATS = [96, 85, 81, 79, 62, 52, 32, 26, 19, 19, 18, 18, 18, 17, 16, 15, 12, 12, 12, 11, 10, 8, 8, 7, 6, 6, 6]
SIZES = {f"c{size:04}": size for size in (12, 18, 25, 30, 40, 55, 80, 120, 200, 350, 600, 1500)}
THREE, FIVE = ((0, 1), (100, 2), (500, 3)), ((0, 1), (50, 2), (100, 3), (300, 4), (500, 5))
MAJORITY, OWN = QuotaRule(), QuotaRule("jagiellonian")
# Per scheme: rule, quota, total, chance to pass, (share, power) of the largest and of the smallest, dummies.
TWELVE = {
    "one each": (Rule(Scheme("one_each")), 7, 12, 0.387, (0.083, 0.083), (0.083, 0.083), ()),
    "proportional": (Rule(Scheme("proportional")), 1516, 3030, 0.5, (0.495, 0.981), (0.004, 0.0), ("c0012",)),
    "base and more, capped": (
        Rule(Scheme("base_plus", base=1, total=120, cap_percent=Fraction(15))),
        31,
        60,
        0.482,
        (0.15, 0.154),
        (0.033, 0.033),
        (),
    ),
    "bands of 1 to 3": (Rule(Scheme("bands", bands=THREE)), 10, 19, 0.5, (0.158, 0.165), (0.053, 0.051), ()),
    "bands of 1 to 5": (Rule(Scheme("bands", bands=FIVE)), 15, 29, 0.5, (0.172, 0.181), (0.034, 0.033), ()),
    "roots": (Rule(Scheme("square_root")), 7395, 14788, 0.5, (0.262, 0.313), (0.023, 0.022), ()),
    "roots, own quota": (Rule(Scheme("square_root"), OWN), 10146, 14788, 0.176, (0.262, 0.246), (0.023, 0.024), ()),
}


def test_cambridge_compromise_gives_every_state_its_seats() -> None:
    found = weigh(PEOPLE, Scheme("base_plus", base=5, cap=96, total=751))
    assert [found.weights[state] for state in PEOPLE] == SEATS
    assert found.notes == ()


def test_jagiellonian_quota_brings_power_to_weight() -> None:
    assert round(jagiellonian_share(PEOPLE.values()), 6) == Fraction(615763, 10**6)
    found = sheet(PEOPLE, Rule(Scheme("square_root"), OWN), with_shapley=False)
    apart = {line.coop: abs(line.banzhaf - line.weight_share) for line in found.lines}
    assert round(max(apart.values()), 5) == 0.00016
    assert found.largest.banzhaf == pytest.approx(0.09337, abs=2e-5)
    assert found.smallest.banzhaf == pytest.approx(0.0066, abs=5e-5)


@pytest.mark.parametrize(("percent", "apart"), [("50", 0.0035), ("60", 0.00076), ("70", 0.0073), ("80", 0.0209)])
def test_other_quotas_bring_power_less_near_to_weight(percent: str, apart: float) -> None:
    weights = {state: round(people**0.5) for state, people in PEOPLE.items()}
    total = sum(weights.values())
    shares = banzhaf(simple_game(weights, -(-total * int(percent) // 100))).shares
    found = max(abs(share - weight / total) for share, weight in zip(shares, weights.values(), strict=True))
    assert found == pytest.approx(apart, rel=0.02)


@pytest.mark.parametrize("name", TWELVE)
def test_twelve_co_ops_are_those_of_the_study(name: str) -> None:
    rule, quota, total, chance, large, small, dummies = TWELVE[name]
    found = sheet(SIZES, rule)
    assert (found.quota, found.total, round(found.pass_chance, 3)) == (quota, total, chance)
    assert [round(share, 3) for share in (found.largest.weight_share, found.largest.banzhaf)] == list(large)
    assert [round(share, 3) for share in (found.smallest.weight_share, found.smallest.banzhaf)] == list(small)
    assert found.flagged("dummy") == dummies


@pytest.mark.parametrize(
    ("quota", "act", "large", "small"), [(740, 0.499, 0.314, 0.0218), (1015, 0.175, 0.246, 0.0248)]
)
def test_twelve_co_ops_by_coarser_roots(quota: int, act: float, large: float, small: float) -> None:
    weights = {coop: round(10 * size**0.5) for coop, size in SIZES.items()}
    found = banzhaf(simple_game(weights, quota))
    assert sum(weights.values()) == 1478
    assert [round(found.act, 3), round(found.shares[-1], 3), round(found.shares[0], 4)] == [act, large, small]


def test_double_majority_of_twelve_co_ops() -> None:
    found = sheet(SIZES, Rule(Scheme("proportional"), MAJORITY, SecondMajority("coops", Fraction(50))))
    assert (found.quota, found.second_quota, round(found.pass_chance, 3)) == (1516, 7, 0.25)
    assert [round(line.banzhaf, 3) for line in (found.largest, found.smallest)] == [0.268, 0.066]
