"""How much weight a decision needs."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

KINDS = ("majority", "percent", "jagiellonian")
_DIGITS = 60
_SAME = Decimal("1e-40")
"""What lies nearer to a whole number than this is that number: roots are worked out to 60 digits."""


@dataclass(frozen=True)
class QuotaRule:
    """More than half, a percentage, or the quota that suits square-root weights best."""

    kind: str = "majority"
    percent: Fraction | None = None


@dataclass(frozen=True)
class SecondMajority:
    """A majority of the co-ops, or of all their members, that is needed besides the weight."""

    of: str
    percent: Fraction


def quota_for(rule: QuotaRule, total: int, sizes: Iterable[int]) -> int:
    """The weight needed of a total.

    >>> quota_for(QuotaRule("majority"), 100, []), quota_for(QuotaRule("percent", Fraction("66.67")), 12, [])
    (51, 9)
    """
    if rule.kind == "majority":
        return more_than_half(total)
    if rule.kind == "percent":
        return math.ceil(total * (rule.percent or 0) / 100)
    with localcontext() as context:
        context.prec = _DIGITS
        value = total * jagiellonian_share(sizes)
        near = value.to_integral_value()
        return int(near) if abs(value - near) < _SAME else math.ceil(value)


def jagiellonian_share(sizes: Iterable[int]) -> Decimal:
    """½ (1 + √(sum of sizes) / sum of √size): with it power comes nearest to weight when weights are roots of sizes.

    >>> round(jagiellonian_share([4, 4, 4, 4]), 6)
    Decimal('0.750000')

    Source: Słomczyński and Życzkowski 2006, Penrose voting system and optimal quota.
    """
    known = [Decimal(size) for size in sizes]
    with localcontext() as context:
        context.prec = _DIGITS
        return (1 + sum(known, Decimal(0)).sqrt() / sum((size.sqrt() for size in known), Decimal(0))) / 2


def second_quota(second: SecondMajority, total: int) -> int:
    """What the second majority needs: the least whole number not below the percentage, and always more than half.

    >>> second_quota(SecondMajority("coops", Fraction(50)), 12), second_quota(SecondMajority("coops", Fraction(55)), 27)
    (7, 15)
    """
    return max(math.ceil(total * second.percent / 100), more_than_half(total))


def more_than_half(total: int) -> int:
    """The least whole number above half of a total."""
    return total // 2 + 1
