"""The live demand page: the next box, the next price, the minimum and free delivery."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.progress import (
    PriceList,
    SupplierTerms,
    line_pence,
    lowest_first_prices,
    next_step,
    order_reached,
    supplier_step,
)

NORTH = PriceList("north", [0, 100, 500], [Decimal("10"), Decimal("9"), Decimal("8")])


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_packs_to_the_next_box_fill_it_exactly(packs: int, box: int) -> None:
    missing = next_step(packs, box, []).packs_to_box
    assert 0 <= missing < box and (packs + missing) % box == 0


@given(st.integers(0, 499))
def test_buying_the_missing_packs_reaches_the_promised_price(packs: int) -> None:
    step = next_step(packs, 1, [NORTH])
    assert step.next_tier is not None
    reached = next_step(packs + step.next_tier.missing, 1, [NORTH])
    assert reached.best_pence_per_pack == step.next_tier.pence_per_pack
    assert (
        next_step(packs + step.next_tier.missing - 1, 1, [NORTH]).best_pence_per_pack != step.next_tier.pence_per_pack
    )


def test_at_the_last_tier_there_is_no_next_step() -> None:
    assert next_step(500, 1, [NORTH]).next_tier is None


def test_the_cheapest_supplier_today_is_named_and_the_nearest_lower_price_of_all() -> None:
    south = PriceList("south", [0, 150], [Decimal("9.5"), Decimal("7")])
    step = next_step(120, 1, [NORTH, south])
    assert (step.best_supplier, step.best_pence_per_pack) == ("north", Decimal("9"))
    assert step.next_tier and (step.next_tier.supplier, step.next_tier.missing) == ("south", 30)


def test_a_tier_that_is_no_cheaper_than_today_is_no_step() -> None:
    dear = PriceList("dear", [0, 130], [Decimal("12"), Decimal("9")])
    step = next_step(120, 1, [NORTH, dear])
    assert step.next_tier and step.next_tier.supplier == "north" and step.next_tier.missing == 380


def test_tiers_on_the_whole_order_use_what_the_order_reaches() -> None:
    offer = PriceList("east", [0, 1000], [Decimal("10"), Decimal("9")], basis="order_packs", order_reached=940)
    step = next_step(40, 1, [offer])
    assert step.best_pence_per_pack == Decimal("10")
    assert step.next_tier and (step.next_tier.basis, step.next_tier.missing) == ("order_packs", 60)


def test_an_offer_that_cannot_serve_the_quantity_is_passed_by() -> None:
    assert next_step(120, 1, [PriceList("small", [0], [Decimal("1")], capacity_packs=100)]).best_supplier is None
    assert next_step(3, 1, [PriceList("large", [0], [Decimal("1")], minimum_packs=5)]).best_supplier is None
    assert next_step(7, 1, [PriceList("dozens", [0], [Decimal("1")], multiple_packs=12)]).best_supplier is None


def test_a_tier_beyond_the_capacity_is_never_promised() -> None:
    capped = PriceList("capped", [0, 200], [Decimal("10"), Decimal("5")], capacity_packs=150)
    assert next_step(100, 1, [capped]).next_tier is None


def test_before_anybody_asks_the_price_of_one_pack_is_shown() -> None:
    step = next_step(0, 10, [NORTH])
    assert (step.packs_to_box, step.best_pence_per_pack) == (0, Decimal("10"))


@pytest.mark.parametrize(("packs", "pence"), [(0, 0), (100, 1000), (101, 1009), (500, 4600), (501, 4608)])
def test_incremental_prices_pay_each_piece_at_its_own_price(packs: int, pence: int) -> None:
    assert line_pence(PriceList("n", NORTH.bounds, NORTH.pence_per_pack, mode="incremental"), packs) == pence


def test_minimum_and_free_delivery_count_down_to_nought() -> None:
    terms = SupplierTerms("north", 4500, 50000, 10000)
    assert supplier_step(terms, 60000).to_minimum_pence == supplier_step(terms, 60000).to_free_delivery_pence == 0
    assert supplier_step(SupplierTerms("south", 4500), 60000).to_free_delivery_pence is None
    assert supplier_step(SupplierTerms("free"), 0).to_free_delivery_pence == 0


def test_an_order_reaches_packs_or_pence_of_the_items_offered() -> None:
    prices = {"gloves": Decimal("10.5"), "masks": Decimal("2")}
    packs = {"gloves": 3, "masks": 4, "aprons": 100}
    assert order_reached("order_packs", prices, packs) == 7
    assert order_reached("order_pence", prices, packs) == 40


def test_the_lowest_first_price_is_taken_per_item() -> None:
    assert lowest_first_prices({"gloves": [NORTH, PriceList("s", [0], [Decimal("9.9")])], "none": []}) == {
        "gloves": Decimal("9.9")
    }
