"""The minimum-wage check: what counts as pay against what counts as time, over one pay reference period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from staffbank.pay.rates import age_on, pay_floor_pence
from staffbank.pay.recharge import RateCard, Worked, card_in_force, care_minutes, pay_of
from tenants.errors import InvalidInput
from tenants.money import format_pence, round_half_up

LONGEST_PERIOD = 31


@dataclass(frozen=True)
class PayPeriod:
    """One carer's pay reference period, both days included, with all work in it, for every co-op through the home payroll.

    `basic_pence`: pay for time at the plain rate; premiums for unsocial hours, the sleep-in allowance and repaid
    expenses are not in it. `travel_minutes`: between assignments. `taken_pence`: deductions and the carer's own costs
    of the work, such as a uniform, that were not repaid.
    """

    carer: str
    first: date
    last: date
    born: date
    work_minutes: int
    travel_minutes: int
    basic_pence: int
    training_minutes: int = 0
    taken_pence: int = 0
    apprentice: bool = False
    signed: str = ""


@dataclass(frozen=True)
class FloorCheck:
    """Whether a period's pay reaches the floor; pence an hour as it comes out, and what is missing in all."""

    carer: str
    met: bool
    floor_pence: int
    hourly_pence: Decimal
    minutes: int
    counted_pence: int
    shortfall_pence: int
    words: str


def minimum_wage_check(periods: Iterable[PayPeriod]) -> list[FloorCheck]:
    """Check each period: pay that counts over time that counts, travel between assignments included.

    The rate and the age are those of the first day of the period.

    >>> short = PayPeriod("amy", date(2026, 11, 2), date(2026, 11, 8), date(1990, 1, 1), 600, 120, 14_000)
    >>> [(check.met, check.floor_pence, check.shortfall_pence) for check in minimum_wage_check([short])]
    [(False, 1271, 1252)]

    Raises: InvalidInput for a period that cannot be; RuleBroken where no rate is known for it.

    Source: National Minimum Wage Regulations 2015, regs 4 to 8, 10 (premiums and allowances do not count), 12 to 13
    (deductions), 34 (travel between assignments) and 6 (a period is at most a month).
    """
    return [_check(period) for period in periods]


def pay_period(
    carer: str, days: tuple[date, date], born: date, worked: Sequence[Worked], cards: Sequence[RateCard]
) -> PayPeriod:
    """A period from what was worked in it, each by the rate card of its day.

    Plain pay counts without its unsocial premium, and of a sleep-in only the time awake for work.

    Raises: InvalidInput, RuleBroken as recharge_of, and where no rate card holds.

    Source: Royal Mencap Society v Tomlinson-Blake [2021] UKSC 8, on sleep-ins.
    """
    work_minutes = travel_minutes = travel_pence = 0
    plain = Fraction(0)
    for one in worked:
        if not days[0] <= one.day <= days[1]:
            continue
        card = card_in_force(cards, one.day)
        travel_pence += sum(line.pence for line in pay_of(one, card) if line.kind == "travel")
        minutes = sum(care_minutes(one, card.holidays).values())
        plain += Fraction(card.pay[one.grade] * minutes, 60)
        work_minutes += minutes
        travel_minutes += one.travel_minutes
    basic = round_half_up(plain) + travel_pence
    signed = card_in_force(cards, days[0]).signed
    return PayPeriod(carer, *days, born, work_minutes, travel_minutes, basic, signed=signed)


def _check(period: PayPeriod) -> FloorCheck:
    _check_period(period)
    floor = pay_floor_pence(
        period.first, age_on(period.born, period.first), apprentice=period.apprentice, signed=period.signed
    )
    minutes = period.work_minutes + period.travel_minutes + period.training_minutes
    counted = period.basic_pence - period.taken_pence
    missing = Fraction(floor * minutes, 60) - counted
    if missing <= 0:
        short = 0
    else:
        # Whatever is missing must be made good in full: a part of a penny is a penny.
        short = round_half_up(missing)
        short += short < missing
    hourly = Decimal(round_half_up(Fraction(counted * 6000, minutes))) / 100 if minutes else Decimal(0)
    told = f"{format_pence(counted)} for {minutes // 60} h {minutes % 60:02d} min"
    words = f"{told} reaches the floor of {format_pence(floor)} an hour."
    if short:
        words = (
            f"{told} is {format_pence(short)} below the floor of {format_pence(floor)} an hour: pay it before this run."
        )
    return FloorCheck(period.carer, not short, floor, hourly, minutes, counted, short, words)


def _check_period(period: PayPeriod) -> None:
    errors: dict[str, str] = {}
    if not 1 <= (period.last - period.first).days + 1 <= LONGEST_PERIOD:
        errors["last"] = f"A pay reference period has 1 to {LONGEST_PERIOD} days"
    for name in ("work_minutes", "travel_minutes", "training_minutes", "basic_pence", "taken_pence"):
        if getattr(period, name) < 0:
            errors[name] = "Enter nought or more"
    if errors:
        raise InvalidInput(errors)
