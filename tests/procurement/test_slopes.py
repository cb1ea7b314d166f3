"""Made-up rounds: the same seed makes the same round, and what is made is fit to be bought."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement import slopes
from procurement.rules import check_cpv, check_gtin, validate_tiers


def whole_round(seed: int, coops: int = 12, items: int = 40, suppliers: int = 6) -> tuple:
    rng = Random(seed)
    made = slopes.make_coops(rng, coops)
    catalogue = slopes.make_catalogue(rng, items)
    offers = slopes.make_suppliers(rng, suppliers, catalogue)
    return (
        made,
        catalogue,
        offers,
        slopes.make_demand(rng, {coop["code"]: coop["care_staff"] for coop in made}, catalogue),
    )


def test_the_same_seed_makes_the_same_round_and_another_seed_another() -> None:
    assert whole_round(7) == whole_round(7) != whole_round(8)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 70), st.integers(1, 12))
def test_any_round_can_be_bought(seed: int, coops: int, items: int, suppliers: int) -> None:
    made, catalogue, offers, demand = whole_round(seed, coops, items, suppliers)
    assert (len(made), len(catalogue), len(offers)) == (coops, items, suppliers)
    assert {coop for wanted in demand.values() for coop in wanted} == {coop["code"] for coop in made}
    for item in catalogue:
        lists = [offer for supplier in offers for offer in supplier["offers"] if offer["item"] == item["code"]]
        assert len(lists) >= min(2, suppliers) and sum(demand[item["code"]].values()) > 0
        assert any(offer["capacity_packs"] is None and offer["minimum_packs"] == 1 for offer in lists)


def test_every_item_has_sound_codes_and_a_name_of_its_own() -> None:
    _, catalogue, _, _ = whole_round(3, items=300)
    assert len({item["name"] for item in catalogue}) == len({item["gtin"] for item in catalogue}) == 300
    for item in catalogue:
        assert check_gtin(item["gtin"]).startswith("952") and check_cpv(item["cpv"])
        assert item["retail_price"] > item["first_price"] > 0


def test_prices_fall_from_tier_to_tier_and_follow_the_slope_of_their_category() -> None:
    _, catalogue, suppliers, _ = whole_round(11)
    category = {item["code"]: item["category"] for item in catalogue}
    for supplier in suppliers:
        for offer in supplier["offers"]:
            assert validate_tiers(offer["tiers"], offer["pence_per_pack"]) == []
            first, second = offer["tiers"][1:3]
            expected = slopes.price_factor(category[offer["item"]], second, first)
            assert float(offer["pence_per_pack"][2] / offer["pence_per_pack"][1]) == pytest.approx(expected, abs=0.01)


def test_tiers_on_the_whole_order_are_the_suppliers_own() -> None:
    _, _, suppliers, _ = whole_round(5, suppliers=8)
    assert {supplier["tier_basis"] for supplier in suppliers} == {"item_packs", "order_packs", "order_pence"}
    for supplier in suppliers:
        if supplier["tier_basis"] != "item_packs":
            assert all(offer["tiers"] == supplier["order_tiers"] for offer in supplier["offers"])


def test_demand_follows_the_size_of_the_co_op() -> None:
    catalogue = slopes.make_catalogue(Random(1), 60)
    demand = slopes.make_demand(Random(1), {"small": 10, "large": 500}, catalogue)
    packs = {coop: sum(wanted.get(coop, 0) for wanted in demand.values()) for coop in ("small", "large")}
    assert 30 < packs["large"] / packs["small"] < 75


def test_sizes_are_as_unequal_as_in_a_real_federation() -> None:
    staff = sorted(coop["care_staff"] for coop in slopes.make_coops(Random(7), 97))
    assert staff[48] < 30 and staff[-1] > 10 * staff[48] and staff[0] >= 3


@pytest.mark.parametrize("count", [0, 10**4])
def test_numbers_beyond_what_can_be_made_are_refused(count: int) -> None:
    for make in (
        lambda: slopes.make_coops(Random(1), count),
        lambda: slopes.make_catalogue(Random(1), count),
        lambda: slopes.make_suppliers(Random(1), count, []),
    ):
        with pytest.raises(ValueError, match="choose 1 to"):
            make()


def test_the_rate_and_the_slopes_are_those_that_were_fitted() -> None:
    assert Decimal("0.8897") == slopes.GBP_PER_EUR
    assert slopes.SLOPES["gloves"] == slopes.Slope(-0.0975, Decimal("0.1023"), 1990)
    assert slopes.price_factor("apron", 1000, 10) == pytest.approx(100**slopes.WEAKEST_SLOPE)
