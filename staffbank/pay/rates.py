"""Rates that others set, by the day from which they hold: minimum wage, real living wage, approved mileage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from tenants.clock import day_words
from tenants.errors import RuleBroken

SCHOOL_LEAVER = 16
ADULT = 21
FULL_RATE_MILES = 10_000
"""Miles in a tax year at the first rate, per carer and employer; further ones are paid the second."""


@dataclass(frozen=True)
class MinimumWage:
    """Pence an hour from a day on: 21 and over, 18 to 20, under 18, and apprentices under 19 or in their first year."""

    starts: date
    adult: int
    young: int
    under_18: int
    apprentice: int


@dataclass(frozen=True)
class LivingWage:
    """The real living wage, pence an hour, from the day by which employers who signed up must pay it."""

    starts: date
    uk: int
    london: int


@dataclass(frozen=True)
class MileageRate:
    """Pence a mile for the first 10,000 miles of a tax year and after; `announced` may be later than `starts`."""

    vehicle: str
    starts: date
    announced: date
    first: int
    after: int


_Dated = TypeVar("_Dated", MinimumWage, LivingWage)

MINIMUM_WAGE: Sequence[MinimumWage] = (
    MinimumWage(date(2024, 4, 1), 1144, 860, 640, 640),
    MinimumWage(date(2025, 4, 1), 1221, 1000, 755, 755),
    MinimumWage(date(2026, 4, 1), 1271, 1085, 800, 800),
)
"""Source: National Minimum Wage Regulations 2015 (SI 2015/621), regs 4 and 4A, as amended each April."""
MINIMUM_WAGE_ENDS = date(2027, 4, 1)
"""From this day another rate holds, which is not in the table yet."""

LIVING_WAGE: Sequence[LivingWage] = (
    LivingWage(date(2025, 5, 1), 1260, 1385),
    LivingWage(date(2026, 5, 1), 1345, 1480),
)
"""Source: Living Wage Foundation, rates announced in October 2024 and October 2025."""
LIVING_WAGE_ENDS = date(2027, 5, 1)

MILEAGE: Sequence[MileageRate] = (
    MileageRate("car", date(2011, 4, 6), date(2011, 3, 23), 45, 25),
    MileageRate("car", date(2026, 4, 6), date(2026, 5, 21), 55, 25),
    MileageRate("motorcycle", date(2002, 4, 6), date(2002, 4, 6), 24, 24),
    MileageRate("cycle", date(2002, 4, 6), date(2002, 4, 6), 20, 20),
)
"""Source: Income Tax (Earnings and Pensions) Act 2003, s.230; the car rate of 2026 was announced after it took effect."""


def age_on(born: date, day: date) -> int:
    """Whole years of age on a day; somebody born on 29 February is a year older on 1 March of other years.

    >>> age_on(date(2004, 2, 29), date(2025, 2, 28)), age_on(date(2004, 2, 29), date(2025, 3, 1))
    (20, 21)
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def minimum_wage_pence(day: date, age: int, *, apprentice: bool = False) -> int:
    """The least lawful pay for an hour, in pence; `apprentice` for those under 19 or in their first year.

    >>> [minimum_wage_pence(date(2026, 4, 1), age) for age in (21, 20, 17)], minimum_wage_pence(date(2026, 3, 31), 21)
    ([1271, 1085, 800], 1221)

    Raises: RuleBroken for somebody under 16, or a day for which no rate is in the table.

    Source: National Minimum Wage Regulations 2015, regs 4, 4A and 5.
    """
    if age < SCHOOL_LEAVER:
        raise RuleBroken("too-young", f"Nobody under {SCHOOL_LEAVER} works in the staff bank.", age=age)
    rate = _in_force(MINIMUM_WAGE, day, MINIMUM_WAGE_ENDS, "minimum wage")
    if apprentice:
        return rate.apprentice
    return rate.adult if age >= ADULT else rate.young if age >= 18 else rate.under_18


def living_wage_pence(day: date, *, london: bool = False) -> int:
    """The real living wage for an hour, in pence, which co-ops pay that have signed up to it.

    >>> living_wage_pence(date(2026, 11, 22)), living_wage_pence(date(2026, 4, 30), london=True)
    (1345, 1385)

    Raises: RuleBroken for a day for which no rate is in the table.
    """
    rate = _in_force(LIVING_WAGE, day, LIVING_WAGE_ENDS, "real living wage")
    return rate.london if london else rate.uk


def pay_floor_pence(day: date, age: int, *, apprentice: bool = False, signed: str = "") -> int:
    """The least pay for an hour: the minimum wage, or the living wage ("uk" or "london") where the co-op has signed up.

    >>> pay_floor_pence(date(2026, 11, 22), 30), pay_floor_pence(date(2026, 11, 22), 30, signed="uk")
    (1271, 1345)

    Raises: RuleBroken as minimum_wage_pence; ValueError for another word than those.
    """
    least = minimum_wage_pence(day, age, apprentice=apprentice)
    if signed not in ("", "uk", "london"):
        raise ValueError(f"the living wage is that of uk or london, not {signed!r}")
    # The living wage is promised to everybody of 18 and over who is not an apprentice.
    if not signed or age < 18 or apprentice:
        return least
    return max(least, living_wage_pence(day, london=signed == "london"))


def mileage_rate(day: date, vehicle: str = "car", known_on: date | None = None) -> MileageRate:
    """The approved rate for a day; with `known_on`, as it was known on that day, before a later change reached back.

    >>> mileage_rate(date(2026, 4, 20)).first, mileage_rate(date(2026, 4, 20), known_on=date(2026, 5, 1)).first
    (55, 45)

    Raises: RuleBroken for an unknown vehicle, or a day before the table.
    """
    found = [
        rate
        for rate in MILEAGE
        if rate.vehicle == vehicle and rate.starts <= day and (known_on is None or rate.announced <= known_on)
    ]
    if not found:
        raise RuleBroken("rate-not-known", f"No mileage rate for {vehicle} on {day_words(day)} is known here.")
    return max(found, key=lambda rate: rate.starts)


def tax_year_start(day: date) -> date:
    """The 6 April from which a carer's miles are counted.

    >>> tax_year_start(date(2026, 4, 5)), tax_year_start(date(2026, 4, 6))
    (datetime.date(2025, 4, 6), datetime.date(2026, 4, 6))
    """
    start = date(day.year, 4, 6)
    return start if day >= start else date(day.year - 1, 4, 6)


def miles_before(journeys: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    """The miles a carer has driven in the tax year of a day, before that day; journeys are (day, miles).

    >>> miles_before([(date(2026, 4, 5), Decimal(90)), (date(2026, 4, 6), Decimal(7))], date(2026, 6, 1))
    Decimal('7')
    """
    start = tax_year_start(day)
    return sum((miles for driven, miles in journeys if start <= driven < day), Decimal(0))


def split_miles(miles: Decimal, before: Decimal) -> tuple[Decimal, Decimal]:
    """Miles at the first rate and miles after it, for somebody who has driven so many before in the tax year.

    >>> split_miles(Decimal(30), Decimal(9980))
    (Decimal('20'), Decimal('10'))

    Raises: ValueError for negative miles.
    """
    if miles < 0 or before < 0:
        raise ValueError("miles are not negative")
    first = min(miles, max(Decimal(0), FULL_RATE_MILES - before))
    return first, miles - first


def _in_force(table: Sequence[_Dated], day: date, ends: date, what: str) -> _Dated:
    found = [rate for rate in table if rate.starts <= day]
    if not found or day >= ends:
        raise RuleBroken(
            "rate-not-known", f"The {what} for {day_words(day)} is not known here: it must be entered first."
        )
    return found[-1]
