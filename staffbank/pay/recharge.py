"""What a piece of work costs: lines in whole pence from the hours agreed and the rate card in force, each rounded once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeVar

from staffbank.pay.bands import BANDS, WEIGHTS, check_span, minutes_by_band
from staffbank.pay.rates import ADULT, mileage_rate, pay_floor_pence, split_miles
from staffbank.times import LONGEST_SHIFT
from tenants.clock import LONDON, day_words
from tenants.errors import InvalidInput, RuleBroken
from tenants.money import format_pence, round_half_up

AREAS = ("urban", "rural", "super_rural")
VEHICLES = ("car", "motorcycle", "cycle")
Span = tuple[datetime, datetime]
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class RateCard:
    """One version of the federation's rates, from a day on; money in pence, percentages as decimals.

    `pay`: an hour of plain time per grade. `travel`: an hour of travel per kind of area. `mileage`: pence a mile per
    vehicle, for the first 10,000 miles of a tax year and after. `on_costs_percent`: employer's national insurance,
    pension and holiday on top of pay. `signed`: "", or the real living wage promised, "uk" or "london".
    """

    version: str
    starts: date
    pay: Mapping[str, int]
    travel: Mapping[str, int]
    mileage: Mapping[str, tuple[int, int]]
    sleep_in: int
    on_costs_percent: Decimal = Decimal(0)
    margin_percent: Decimal = Decimal(0)
    weights: Mapping[str, Decimal] = field(default_factory=lambda: dict(WEIGHTS))
    holidays: Collection[date] = frozenset()
    signed: str = ""


@dataclass(frozen=True)
class Worked:
    """One agreed timesheet. Times are aware; a sleep-in lies inside the work, and time awake for work inside it.

    `travel_minutes`: between assignments, never from or to home. `miles_before`: driven in the tax year before this.
    """

    id: str
    start: datetime
    end: datetime
    grade: str = "carer"
    sleep_in: Span | None = None
    awake: Sequence[Span] = ()
    travel_minutes: int = 0
    area: str = "urban"
    miles: Decimal = Decimal(0)
    vehicle: str = "car"
    miles_before: Decimal = Decimal(0)

    @property
    def day(self) -> date:
        """The day on which the work began, in London: it decides the rate card."""
        return self.start.astimezone(LONDON).date()


class Line(NamedTuple):
    """One line of a recharge: `quantity` in minutes, nights or miles at `rate` (pence an hour, a night or a mile)."""

    kind: str
    band: str
    quantity: Decimal
    unit: str
    rate: Decimal
    pence: int


class Adjustment(NamedTuple):
    """What a line was under the rate card used then, what it is under the one that reaches back, and the difference."""

    worked_id: str
    kind: str
    band: str
    was_pence: int
    now_pence: int
    pence: int


def card_in_force(cards: Iterable[RateCard], day: date) -> RateCard:
    """The rate card of a day: the latest that starts on it or before; of two from one day the last given.

    Raises: RuleBroken when none holds on that day.
    """
    found = [card for card in cards if card.starts <= day]
    if not found:
        raise RuleBroken(
            "no-rate-card", f"No rate card holds on {day_words(day)}: the federation must agree one first."
        )
    latest = max(card.starts for card in found)
    return [card for card in found if card.starts == latest][-1]


def approved_mileage(day: date, known_on: date | None = None) -> dict[str, tuple[int, int]]:
    """The mileage part of a rate card from the approved rates of a day, as known on a day.

    >>> approved_mileage(date(2026, 4, 6))["car"], approved_mileage(date(2026, 4, 6), known_on=date(2026, 5, 20))["car"]
    ((55, 25), (45, 25))
    """
    rates = {vehicle: mileage_rate(day, vehicle, known_on) for vehicle in VEHICLES}
    return {vehicle: (rate.first, rate.after) for vehicle, rate in rates.items()}


def check_card(card: RateCard) -> None:
    """Raises: InvalidInput for a rate card that is not complete, or whose pay lies below the floor on its first day."""
    errors = {f"travel.{area}": "Enter a rate for this area" for area in AREAS if card.travel.get(area, 0) <= 0}
    errors |= {f"mileage.{one}": "Enter both rates" for one in VEHICLES if one not in card.mileage}
    errors |= {f"weights.{band}": "Enter 1 or more" for band in BANDS if card.weights.get(band, Decimal(0)) < 1}
    errors |= {
        key: "Enter a percentage from 0 to 100"
        for key, value in (("on_costs_percent", card.on_costs_percent), ("margin_percent", card.margin_percent))
        if not 0 <= value <= 100
    }
    if not card.pay:
        errors["pay"] = "Enter the pay of at least one grade"
    floor = pay_floor_pence(card.starts, ADULT, signed=card.signed)
    for grade, pence in card.pay.items():
        if pence < floor:
            errors[f"pay.{grade}"] = f"{format_pence(pence)} an hour is below the floor of {format_pence(floor)}"
    if card.sleep_in < 0:
        errors["sleep_in"] = "Enter nought or more"
    if errors:
        raise InvalidInput(errors)


def care_minutes(worked: Worked, holidays: Collection[date] = ()) -> dict[str, int]:
    """Minutes of care in each band: the work without its sleep-in, and the time awake for work within that.

    Raises: InvalidInput for times that cannot be: turned round, over 24 hours, or outside what they lie in.
    """
    _check_worked(worked)
    spans: list[Span] = [(worked.start, worked.end)]
    if worked.sleep_in:
        asleep, up = worked.sleep_in
        spans = [(worked.start, asleep), *worked.awake, (up, worked.end)]
    minutes = dict.fromkeys(BANDS, 0)
    for start, end in spans:
        if start < end:
            for band, count in minutes_by_band(start, end, holidays).items():
                minutes[band] += count
    return minutes


def pay_of(worked: Worked, card: RateCard) -> list[Line]:
    """What the carer is paid, without on-costs and margin: the lines for payroll.

    Raises: InvalidInput, RuleBroken as recharge_of.
    """
    return _lines(worked, card, Decimal(1))


def recharge_of(worked: Worked, card: RateCard) -> list[Line]:
    """What the host owes the home co-op: care per band, sleep-in, travel and mileage, and the agreed margin on all.

    >>> from datetime import UTC
    >>> card = RateCard("1", date(2026, 4, 6), {"carer": 1400}, dict.fromkeys(AREAS, 1300), {"car": (55, 25)}, 5000,
    ...                 on_costs_percent=Decimal(20))
    >>> work = Worked("w", datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC),
    ...               miles=Decimal("6.5"), travel_minutes=30)
    >>> [(line.kind, line.band, line.pence) for line in recharge_of(work, card)]
    [('care', 'plain', 3360), ('care', 'unsocial', 4200), ('travel', 'urban', 780), ('mileage', 'first', 358)]

    Raises: InvalidInput for facts that cannot be; RuleBroken where the card has no rate or did not hold yet.
    """
    return _with_margin(_lines(worked, card, _on_costs(card)), card)


def cancelled_of(planned: Worked, card: RateCard, percent: int) -> list[Line]:
    """What the host owes when it cancels late: so much of the hours agreed and the margin on it, for no journey was made.

    >>> from datetime import UTC
    >>> card = RateCard("1", date(2026, 4, 6), {"carer": 1400}, dict.fromkeys(AREAS, 1300), {"car": (55, 25)}, 5000,
    ...                 on_costs_percent=Decimal(20))
    >>> work = Worked("w", datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC),
    ...               miles=Decimal("6.5"), travel_minutes=30)
    >>> [(line.kind, line.band, line.pence) for line in cancelled_of(work, card, 50)]
    [('care', 'plain', 1680), ('care', 'unsocial', 2100)]

    Raises: InvalidInput, RuleBroken as recharge_of; ValueError for another percentage than 1 to 100.
    """
    return _with_margin(_part_of(_lines(_unmoved(planned), card, _on_costs(card)), percent), card)


def cancelled_pay_of(planned: Worked, card: RateCard, percent: int) -> list[Line]:
    """What the carer is still paid for work that the host cancelled late: the lines for payroll. Raises: as cancelled_of."""
    return _part_of(_lines(_unmoved(planned), card, Decimal(1)), percent)


def adjustments(old_card: RateCard, new_card: RateCard, worked: Iterable[Worked]) -> list[Adjustment]:
    """The difference lines that backdating makes: for work from the new card's first day on that was charged by the old.

    Raises: InvalidInput, RuleBroken as recharge_of.
    """
    found: list[Adjustment] = []
    for one in worked:
        if one.day < new_card.starts:
            continue
        was = {(line.kind, line.band): line.pence for line in recharge_of(one, old_card)}
        now = {(line.kind, line.band): line.pence for line in recharge_of(one, new_card)}
        for kind, band in [*was, *(key for key in now if key not in was)]:
            before, after = was.get((kind, band), 0), now.get((kind, band), 0)
            if before != after:
                found.append(Adjustment(one.id, kind, band, before, after, after - before))
    return found


def _on_costs(card: RateCard) -> Decimal:
    return 1 + card.on_costs_percent / 100


def _with_margin(lines: list[Line], card: RateCard) -> list[Line]:
    if not card.margin_percent:
        return lines
    base = sum(line.pence for line in lines)
    margin = round_half_up(Fraction(base) * Fraction(card.margin_percent) / 100)
    return [*lines, Line("margin", "", card.margin_percent, "%", Decimal(base), margin)]


def _unmoved(planned: Worked) -> Worked:
    return replace(planned, travel_minutes=0, miles=Decimal(0))


def _part_of(lines: Iterable[Line], percent: int) -> list[Line]:
    """So many percent of each line, rounded once, from the whole rate."""
    if not 0 < percent <= 100:
        raise ValueError(f"a part is from 1 to 100 percent, not {percent}")
    part = Fraction(percent, 100)
    return [
        line._replace(
            rate=line.rate * percent / 100,
            pence=round_half_up(
                Fraction(line.rate) * part * Fraction(line.quantity) / (60 if line.unit == "minutes" else 1)
            ),
        )
        for line in lines
    ]


def _lines(worked: Worked, card: RateCard, factor: Decimal) -> list[Line]:
    if worked.day < card.starts:
        raise RuleBroken("rate-card-too-late", f"Rate card {card.version} holds from {day_words(card.starts)} only.")
    hour = Decimal(_rate(card.pay, worked.grade, "grade"))
    lines = [
        _timed("care", band, count, hour * card.weights[band] * factor)
        for band, count in care_minutes(worked, card.holidays).items()
        if count
    ]
    if worked.sleep_in:
        rate = card.sleep_in * factor
        lines.append(Line("sleep_in", "", Decimal(1), "nights", rate, round_half_up(rate)))
    if worked.travel_minutes:
        rate = Decimal(_rate(card.travel, worked.area, "area")) * factor
        lines.append(_timed("travel", worked.area, worked.travel_minutes, rate))
    if worked.miles:
        # Mileage is money that the carer has spent, not pay: no on-costs lie on it.
        rates = _rate(card.mileage, worked.vehicle, "vehicle")
        split = split_miles(worked.miles, worked.miles_before)
        for band, miles, pence in zip(("first", "after"), split, rates, strict=True):
            if miles:
                lines.append(Line("mileage", band, miles, "miles", Decimal(pence), round_half_up(miles * pence)))
    return lines


def _timed(kind: str, band: str, minutes: int, rate: Decimal) -> Line:
    pence = round_half_up(Fraction(rate) * minutes / 60)
    return Line(kind, band, Decimal(minutes), "minutes", rate, pence)


def _rate(rates: Mapping[str, _Value], name: str, what: str) -> _Value:
    if name not in rates:
        raise RuleBroken("rate-not-known", f"The rate card has no rate for the {what} {name}.")
    return rates[name]


def _check_worked(worked: Worked) -> None:
    check_span(worked.start, worked.end)
    if worked.end - worked.start > LONGEST_SHIFT:
        raise InvalidInput({"end": "Work is at most 24 hours long: make it two"})
    if worked.travel_minutes < 0 or worked.miles < 0 or worked.miles_before < 0:
        raise InvalidInput({"travel": "Travel time and miles are nought or more"})
    if worked.awake and not worked.sleep_in:
        raise InvalidInput({"awake": "Time awake belongs to a sleep-in: enter the sleep-in too"})
    if not worked.sleep_in:
        return
    asleep, up = worked.sleep_in
    check_span(asleep, up)
    if asleep < worked.start or up > worked.end:
        raise InvalidInput({"sleep_in": "The sleep-in must lie inside the work"})
    edge = asleep
    for start, end in worked.awake:
        check_span(start, end)
        if start < edge or end > up:
            raise InvalidInput({"awake": "Times awake lie inside the sleep-in, in order, without overlap"})
        edge = end
