"""Whole pence as `int`. The only place in the project that rounds money.

A price per pack may be finer than a penny, so prices are `Decimal` or `Fraction`; what anybody pays is whole pence.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

MAX_PENCE = 10**13
"""No single amount may reach a hundred thousand million pounds: larger ones are typing errors."""

_AMOUNT = re.compile(r"^(-?)£?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$")


def round_half_up(value: Fraction | Decimal | int) -> int:
    """Round to the nearest whole number; exact halves go up, away from zero for what is owed.

    >>> round_half_up(Fraction(5, 2)), round_half_up(Decimal("2.4999")), round_half_up(Fraction(-5, 2))
    (3, 2, -3)
    """
    exact = Fraction(value)
    sign = -1 if exact < 0 else 1
    return sign * ((2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator))


def format_pence(pence: int) -> str:
    """Write whole pence as pounds, the way people read them.

    >>> format_pence(199180), format_pence(-5), format_pence(0)
    ('£1,991.80', '−£0.05', '£0.00')
    """
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def format_price(pence_per_pack: Decimal) -> str:
    """Write a price per pack, which may be finer than a penny, in pounds with at least two places.

    >>> format_price(Decimal("412.5")), format_price(Decimal("371"))
    ('£4.125', '£3.71')
    """
    pounds = (pence_per_pack / 100).normalize()
    places = max(2, -int(pounds.as_tuple().exponent))
    return f"£{pounds:,.{places}f}"


def parse_pence(text: str) -> int:
    """Read an amount as people type it: "£1,234.50", "1234.5", "12".

    >>> parse_pence("£1,234.50"), parse_pence("12"), parse_pence("-0.05")
    (123450, 1200, -5)

    Raises: ValueError with a sentence that says what would be right.
    """
    match = _AMOUNT.match(text.strip())
    if not match:
        raise ValueError("Enter an amount in pounds and pence, like 1,234.50")
    sign, pounds, pence = match.groups()
    value = int(pounds.replace(",", "")) * 100 + int((pence or "").ljust(2, "0") or 0)
    if value >= MAX_PENCE:
        raise ValueError("That amount is too large")
    return -value if sign else value


def split_pence(total_pence: int, weights: Mapping[str, int | Fraction | Decimal]) -> dict[str, int]:
    """Split a total in proportion to weights, to the exact penny, by largest remainder; ties go to the lower key.

    With all weights nought the split is even. A negative total splits as its mirror image.

    >>> split_pence(100, {"a": 1, "b": 1, "c": 1})
    {'a': 34, 'b': 33, 'c': 33}
    >>> split_pence(5000, {"a": 1, "b": 1, "c": 1})
    {'a': 1667, 'b': 1667, 'c': 1666}

    Raises: ValueError when there is nobody to share a total, or a weight is negative.
    """
    if not weights:
        if total_pence:
            raise ValueError("there is nobody to share this between")
        return {}
    exact = {key: Fraction(weight) for key, weight in weights.items()}
    if any(weight < 0 for weight in exact.values()):
        raise ValueError("a weight is negative")
    if not sum(exact.values()):
        exact = dict.fromkeys(exact, Fraction(1))
    whole = sum(exact.values())
    sign, size = (-1, -total_pence) if total_pence < 0 else (1, total_pence)
    shares = {key: size * weight / whole for key, weight in exact.items()}
    floors = {key: int(share) for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: (floors[key] - shares[key], key))
    for key in by_remainder[: size - sum(floors.values())]:
        floors[key] += 1
    return {key: sign * pence for key, pence in floors.items()}


def vat_pence(net_pence: int, rate_percent: Decimal) -> int:
    """VAT on a net amount, rounded half up once; call it once per rate per invoice, never per line.

    >>> vat_pence(999180, Decimal("20")), vat_pence(2, Decimal("20")), vat_pence(3, Decimal("20"))
    (199836, 0, 1)

    Source: HMRC VAT Notice 700, section 17.5 (rounding per invoice).
    """
    return round_half_up(Fraction(net_pence) * Fraction(rate_percent) / 100)
