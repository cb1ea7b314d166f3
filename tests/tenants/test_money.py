"""Money: no penny is lost or invented, whatever is split."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.money import format_pence, format_price, parse_pence, round_half_up, split_pence, vat_pence

WEIGHTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 10**6), min_size=1, max_size=20)
TOTALS = st.integers(-(10**12), 10**12)


@given(TOTALS, WEIGHTS)
def test_a_split_sums_to_the_total(total: int, weights: dict[str, int]) -> None:
    assert sum(split_pence(total, weights).values()) == total


@given(TOTALS, WEIGHTS, st.randoms(use_true_random=False))
def test_a_split_does_not_depend_on_the_order_of_the_weights(total: int, weights: dict[str, int], random) -> None:
    keys = list(weights)
    random.shuffle(keys)
    assert split_pence(total, {key: weights[key] for key in keys}) == split_pence(total, weights)


@given(TOTALS, WEIGHTS)
def test_nobody_is_more_than_a_penny_from_the_exact_share(total: int, weights: dict[str, int]) -> None:
    whole = sum(weights.values())
    exact = {key: Fraction(total * (w if whole else 1), whole or len(weights)) for key, w in weights.items()}
    assert all(abs(exact[key] - share) < 1 for key, share in split_pence(total, weights).items())


@given(TOTALS, WEIGHTS)
def test_a_negative_split_is_the_mirror_image(total: int, weights: dict[str, int]) -> None:
    assert split_pence(-total, weights) == {key: -pence for key, pence in split_pence(total, weights).items()}


@given(TOTALS, WEIGHTS)
def test_who_weighs_more_never_pays_less(total: int, weights: dict[str, int]) -> None:
    shares = split_pence(abs(total), weights)
    assert all(shares[a] >= shares[b] for a in weights for b in weights if weights[a] > weights[b])


@given(TOTALS, WEIGHTS, st.integers(1, 1000))
def test_the_unit_of_the_weights_does_not_matter(total: int, weights: dict[str, int], factor: int) -> None:
    finer = {key: Fraction(weight, factor) for key, weight in weights.items()}
    assert split_pence(total, finer) == split_pence(total, weights)


def test_a_split_among_nobody_or_by_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        split_pence(1, {})
    with pytest.raises(ValueError, match="negative"):
        split_pence(1, {"a": -1, "b": 2})
    assert split_pence(0, {}) == {}


@given(st.integers(-(10**12), 10**12))
def test_an_amount_reads_back_as_it_was_written(pence: int) -> None:
    assert parse_pence(format_pence(pence).replace("−", "-")) == pence


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1,23", "£", "1e5", "--1", "1,2345", "nan", "9" * 14])
def test_an_amount_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse_pence(text)


def test_halves_go_up_and_vat_rounds_once() -> None:
    assert [round_half_up(Decimal(text)) for text in ("0.5", "1.5", "-0.5", "0.49999")] == [1, 2, -1, 0]
    assert vat_pence(1250, Decimal("5")) == 63
    assert vat_pence(0, Decimal("20")) == 0


def test_a_price_finer_than_a_penny_keeps_its_places() -> None:
    assert [format_price(Decimal(text)) for text in ("412.5", "0.25", "100", "123456")] == [
        "£4.125", "£0.0025", "£1.00", "£1,234.56",
    ]  # fmt: skip
