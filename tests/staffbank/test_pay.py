"""Rates, recharge lines, backdating and the pay floor: to the penny, by the day, and never below the law."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from staffbank.pay.bands import BANDS, band_of, bank_holidays, easter_sunday, minutes_by_band, weighted_minutes
from staffbank.pay.floor import PayPeriod, minimum_wage_check, pay_period
from staffbank.pay.rates import (
    LIVING_WAGE_ENDS,
    MINIMUM_WAGE_ENDS,
    age_on,
    living_wage_pence,
    mileage_rate,
    miles_before,
    minimum_wage_pence,
    pay_floor_pence,
    split_miles,
    tax_year_start,
)
from staffbank.pay.recharge import (
    AREAS,
    RateCard,
    Worked,
    adjustments,
    approved_mileage,
    card_in_force,
    care_minutes,
    check_card,
    pay_of,
    recharge_of,
)
from staffbank.times import london_span
from tenants.errors import InvalidInput, RuleBroken

CARD = RateCard(
    "2026-1",
    date(2026, 4, 6),
    {"carer": 1400, "senior": 1550},
    {"urban": 1300, "rural": 1350, "super_rural": 1400},
    approved_mileage(date(2026, 4, 6), known_on=date(2026, 4, 6)),
    sleep_in=5000,
    on_costs_percent=Decimal("18.5"),
    margin_percent=Decimal(2),
    holidays=bank_holidays(2026),
)
BACKDATED = replace(CARD, version="2026-2", mileage=approved_mileage(date(2026, 4, 6)))


def shift(day: date, start: int, end: int, **facts) -> Worked:
    """Work in whole hours of London's clock."""
    return Worked("w", *london_span(day, time(start), time(end)), **facts)


@st.composite
def pieces(draw: st.DrawFn) -> Worked:
    """Any work of up to a day, with travel and miles."""
    start = datetime(2026, 4, 8, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 300_000)))
    end = start + timedelta(minutes=draw(st.integers(1, 24 * 60)))
    miles = st.decimals(0, 200, places=1)
    area, grade = draw(st.sampled_from(AREAS)), draw(st.sampled_from(sorted(CARD.pay)))
    before = draw(st.decimals(0, 11_000, places=1))
    return Worked("w", start, end, grade, None, (), draw(st.integers(0, 300)), area, draw(miles), "car", before)


def test_the_minimum_wage_is_that_of_the_day_and_of_the_age() -> None:
    days = [date(2025, 3, 31), date(2025, 4, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [minimum_wage_pence(day, 21) for day in days] == [1144, 1221, 1221, 1271]
    assert [minimum_wage_pence(days[3], age) for age in (16, 17, 18, 20, 21, 70)] == [800, 800, 1085, 1085, 1271, 1271]
    assert minimum_wage_pence(days[3], 25, apprentice=True) == 800


def test_a_rate_that_is_not_known_yet_is_never_guessed() -> None:
    for rate, day in ((minimum_wage_pence, MINIMUM_WAGE_ENDS), (minimum_wage_pence, date(2024, 3, 31))):
        with pytest.raises(RuleBroken, match="not known here"):
            rate(day, 30)
    with pytest.raises(RuleBroken, match="not known here"):
        living_wage_pence(LIVING_WAGE_ENDS)
    with pytest.raises(RuleBroken, match="under 16"):
        minimum_wage_pence(date(2026, 6, 1), 15)
    with pytest.raises(RuleBroken, match="No mileage rate for scooter"):
        mileage_rate(date(2026, 6, 1), "scooter")


def test_the_living_wage_is_the_floor_where_it_was_promised_and_never_lowers_it() -> None:
    day = date(2026, 11, 22)
    assert [pay_floor_pence(day, 19, signed=signed) for signed in ("", "uk", "london")] == [1085, 1345, 1480]
    assert pay_floor_pence(day, 17, signed="uk") == 800


def test_mileage_of_april_2026_was_45p_until_the_change_was_announced() -> None:
    april = date(2026, 4, 6)
    assert mileage_rate(april - timedelta(days=1)).first == 45 and mileage_rate(april).first == 55
    assert mileage_rate(april, known_on=date(2026, 5, 20)).first == 45
    assert mileage_rate(april, known_on=date(2026, 5, 21)).first == 55


@given(st.decimals(0, 30_000, places=1), st.decimals(0, 30_000, places=1))
def test_miles_split_at_ten_thousand_are_all_the_miles(miles: Decimal, before: Decimal) -> None:
    first, after = split_miles(miles, before)
    assert first + after == miles and min(first, after) >= 0
    assert first == 0 or before + first <= 10_000
    assert after == 0 or before + first >= 10_000


def test_miles_are_counted_from_the_sixth_of_april() -> None:
    journeys = [(date(2026, 4, 5), Decimal(9000)), (date(2026, 4, 6), Decimal(40)), (date(2026, 6, 1), Decimal(2))]
    assert miles_before(journeys, date(2026, 6, 1)) == 40 and miles_before(journeys, date(2026, 4, 5)) == 0
    assert tax_year_start(date(2027, 1, 1)) == date(2026, 4, 6)


@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)), st.integers(0, 70))
def test_a_birthday_makes_a_year_and_the_day_before_does_not(born: date, years: int) -> None:
    leap_day = (born.month, born.day) == (2, 29)
    birthday = date(born.year + years, 3, 1) if leap_day else born.replace(year=born.year + years)
    assert age_on(born, birthday) == years
    assert age_on(born, birthday - timedelta(days=2)) == years - 1


@pytest.mark.parametrize(
    ("day", "start", "end", "minutes"),
    [
        (date(2026, 11, 20), 7, 15, (480, 0, 0)),
        (date(2026, 11, 20), 22, 7, (0, 540, 0)),
        (date(2026, 11, 21), 22, 7, (0, 120, 420)),
        (date(2026, 11, 22), 20, 7, (60, 360, 240)),
        (date(2026, 10, 24), 22, 7, (0, 120, 480)),
        (date(2026, 3, 28), 22, 7, (0, 120, 360)),
        (date(2026, 12, 25), 8, 12, (0, 0, 240)),
    ],
)
def test_minutes_fall_into_bands_by_londons_clock(day: date, start: int, end: int, minutes: tuple[int, ...]) -> None:
    found = minutes_by_band(*london_span(day, time(start), time(end)), bank_holidays(day.year))
    assert tuple(found.values()) == minutes


@given(st.integers(0, 600_000), st.integers(1, 1440))
def test_every_minute_is_in_the_band_it_falls_in(offset: int, length: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    counted = dict.fromkeys(BANDS, 0)
    for minute in range(length):
        counted[band_of(start + timedelta(minutes=minute), CARD.holidays)] += 1
    assert minutes_by_band(start, start + timedelta(minutes=length), CARD.holidays) == counted


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
    ],
)
def test_bank_holidays_are_those_of_the_calendar(year: int, days: str) -> None:
    assert " ".join(f"{day:%m-%d}" for day in sorted(bank_holidays(year))) == days


@given(st.integers(1900, 2199))
def test_easter_is_the_one_that_another_reckoning_finds(year: int) -> None:
    assert easter_sunday(year) == easter(year)


def test_the_hours_account_weighs_unsocial_hours() -> None:
    assert weighted_minutes({"plain": 60, "unsocial": 60, "special": 60}) == Decimal(225)


def test_a_recharge_tells_each_part_in_whole_pence() -> None:
    work = shift(date(2026, 11, 20), 18, 22, travel_minutes=45, area="rural", miles=Decimal("12.3"))
    lines = {(line.kind, line.band): line for line in recharge_of(work, CARD)}
    assert {key: line.pence for key, line in lines.items()} == {
        ("care", "plain"): 3318,  # 2 h at 1,400 × 1.185
        ("care", "unsocial"): 4148,  # 2 h at 1,400 × 1.25 × 1.185 = 4,147.5
        ("travel", "rural"): 1200,  # 45 min at 1,350 × 1.185 = 1,199.8
        ("mileage", "first"): 554,  # 12.3 miles at 45p = 553.5, without on-costs
        ("margin", ""): 184,  # 2 % of 9,220 = 184.4
    }
    assert (lines["care", "unsocial"].rate, lines["care", "unsocial"].quantity) == (Decimal("2073.75"), 120)


def test_pay_is_the_recharge_without_on_costs_and_margin() -> None:
    work = shift(date(2026, 11, 20), 18, 22, travel_minutes=60, miles=Decimal(10), grade="senior")
    assert [(line.kind, line.pence) for line in pay_of(work, CARD)] == [
        ("care", 3100),
        ("care", 3875),
        ("travel", 1300),
        ("mileage", 450),
    ]


def test_a_sleep_in_is_paid_as_one_night_and_only_time_awake_as_hours() -> None:
    day = date(2026, 11, 23)
    asleep = london_span(day, time(22), time(6))
    awake = (asleep[0] + timedelta(hours=3), asleep[0] + timedelta(hours=4))
    work = shift(day, 20, 8, sleep_in=asleep, awake=(awake,))
    assert care_minutes(work) == {"plain": 120, "unsocial": 180, "special": 0}
    assert [line.pence for line in pay_of(work, CARD) if line.kind == "sleep_in"] == [5000]


def test_miles_past_ten_thousand_make_a_line_of_their_own() -> None:
    work = shift(date(2026, 11, 20), 9, 10, miles=Decimal(30), miles_before=Decimal(9_990))
    assert [(line.band, line.pence) for line in recharge_of(work, CARD) if line.kind == "mileage"] == [
        ("first", 450),
        ("after", 500),
    ]


@given(pieces())
def test_each_line_is_within_half_a_penny_of_the_exact_sum(work: Worked) -> None:
    lines = recharge_of(work, CARD)
    for line in lines[:-1]:
        exact = Fraction(line.quantity) * Fraction(line.rate) / (60 if line.unit == "minutes" else 1)
        assert abs(line.pence - exact) <= Fraction(1, 2)
    assert sum(line.quantity for line in lines if line.kind == "care") == (work.end - work.start) // timedelta(
        minutes=1
    )
    assert abs(lines[-1].pence - Fraction(sum(line.pence for line in lines[:-1]), 50)) <= Fraction(1, 2)


@given(st.lists(pieces(), max_size=6))
def test_what_was_charged_and_its_adjustments_come_to_the_new_charge(worked: list[Worked]) -> None:
    worked = [replace(one, id=str(number)) for number, one in enumerate(worked)]
    changed = adjustments(CARD, BACKDATED, worked)
    for one in worked:
        was, now = (sum(line.pence for line in recharge_of(one, card)) for card in (CARD, BACKDATED))
        assert was + sum(line.pence for line in changed if line.worked_id == one.id) == now
    assert {line.kind for line in changed} <= {"mileage", "margin"} and all(line.pence for line in changed)


def test_backdating_reaches_no_further_than_the_new_cards_first_day() -> None:
    later = replace(BACKDATED, starts=date(2026, 5, 1))
    worked = [shift(day, 9, 10, miles=Decimal(100)) for day in (date(2026, 4, 30), date(2026, 5, 1))]
    assert [line[1:] for line in adjustments(CARD, later, worked)] == [
        ("mileage", "first", 4500, 5500, 1000),
        ("margin", "", 123, 143, 20),
    ]


def test_the_rate_card_of_a_day_is_the_latest_that_holds() -> None:
    earlier = replace(CARD, version="2025-1", starts=date(2025, 4, 6))
    cards = [CARD, BACKDATED, earlier]
    assert card_in_force(cards, date(2026, 4, 5)) is earlier and card_in_force(cards, date(2026, 4, 6)) is BACKDATED
    with pytest.raises(RuleBroken, match="No rate card holds"):
        card_in_force(cards, date(2025, 4, 5))
    with pytest.raises(RuleBroken, match="holds from"):
        recharge_of(shift(date(2026, 4, 1), 9, 10), CARD)


def test_a_rate_card_below_the_floor_or_incomplete_is_refused() -> None:
    check_card(CARD)
    bad = replace(CARD, pay={"carer": 1270}, travel={"urban": 1}, weights={}, margin_percent=Decimal(101))
    with pytest.raises(InvalidInput) as refusal:
        check_card(bad)
    assert "below the floor of £12.71" in refusal.value.errors["pay.carer"]
    assert {"travel.rural", "weights.special", "margin_percent"} <= set(refusal.value.errors)
    with pytest.raises(InvalidInput, match=r"below the floor of £13\.45"):
        check_card(replace(CARD, starts=date(2026, 5, 1), pay={"carer": 1344}, signed="uk"))


NIGHT = london_span(date(2026, 11, 23), time(22), time(6))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"end": NIGHT[0] - timedelta(hours=3)}, "end"),
        ({"end": NIGHT[0] + timedelta(hours=24)}, "end"),
        ({"start": NIGHT[0].replace(second=5)}, "start"),
        ({"start": NIGHT[0].replace(tzinfo=None)}, "start"),
        ({"travel_minutes": -1}, "travel"),
        ({"awake": (NIGHT,)}, "awake"),
        ({"sleep_in": (NIGHT[0] - timedelta(hours=9), NIGHT[1])}, "sleep_in"),
        ({"sleep_in": NIGHT, "awake": (NIGHT, NIGHT)}, "awake"),
    ],
)
def test_times_that_cannot_be_are_refused(facts: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        recharge_of(replace(shift(date(2026, 11, 23), 20, 8), **facts), CARD)
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize("facts", [{"grade": "nurse"}, {"area": "moon"}, {"vehicle": "boat"}])
def test_a_rate_that_the_card_lacks_is_not_made_up(facts: dict) -> None:
    work = shift(date(2026, 11, 20), 9, 10, **{"travel_minutes": 5, "miles": Decimal(1), **facts})
    with pytest.raises(RuleBroken, match="has no rate for"):
        recharge_of(work, CARD)


WEEK = PayPeriod("amy", date(2026, 11, 2), date(2026, 11, 8), date(1990, 1, 1), 1200, 300, 31_775)


def test_travel_between_assignments_is_time_that_must_be_paid() -> None:
    paid, unpaid = minimum_wage_check([WEEK, replace(WEEK, basic_pence=28_000)])
    assert (paid.met, paid.hourly_pence, paid.minutes) == (True, 1271, 1500)
    assert (unpaid.met, unpaid.hourly_pence, unpaid.shortfall_pence) == (False, 1120, 3775)
    assert "£37.75 below the floor of £12.71" in unpaid.words


def test_the_rate_and_the_age_are_those_of_the_first_day_of_the_period() -> None:
    first = date(2026, 3, 30)
    period = replace(WEEK, first=first, last=first + timedelta(days=6), born=date(2005, 3, 31))
    assert minimum_wage_check([period])[0].floor_pence == 1000


def test_premiums_sleep_in_allowance_and_mileage_do_not_count_as_pay() -> None:
    low = replace(CARD, pay={"carer": 1271}, travel=dict.fromkeys(AREAS, 1271))
    day = date(2026, 11, 22)
    work = [
        shift(day, 8, 16, travel_minutes=60, miles=Decimal(50)),
        shift(day, 20, 8, sleep_in=london_span(day, time(22), time(6))),
    ]
    period = pay_period("amy", (day, day), date(1990, 1, 1), work, [low])
    assert (period.work_minutes, period.travel_minutes, period.basic_pence) == (720, 60, 13 * 1271)
    assert minimum_wage_check([period])[0].met
    assert not minimum_wage_check([replace(period, taken_pence=1)])[0].met


def test_a_period_across_two_rate_cards_takes_each_days_own() -> None:
    later = replace(CARD, starts=date(2026, 6, 2), pay={"carer": 1500}, signed="uk")
    work = [shift(date(2026, 6, day), 9, 10) for day in (1, 2, 20)]
    period = pay_period("amy", (date(2026, 6, 1), date(2026, 6, 7)), date(1990, 1, 1), work, [CARD, later])
    assert (period.basic_pence, period.work_minutes, period.signed) == (2900, 120, "")


@given(st.integers(0, 20_000), st.integers(0, 5_000), st.integers(0, 400_000), st.integers(0, 5_000))
def test_paying_the_shortfall_always_mends_it_and_a_penny_less_does_not(
    work: int, travel: int, pence: int, taken: int
) -> None:
    period = replace(WEEK, work_minutes=work, travel_minutes=travel, basic_pence=pence, taken_pence=taken)
    (check,) = minimum_wage_check([period])
    assert check.met == (check.shortfall_pence == 0)
    (mended,) = minimum_wage_check([replace(period, basic_pence=pence + check.shortfall_pence)])
    assert mended.met
    if check.shortfall_pence:
        (almost,) = minimum_wage_check([replace(period, basic_pence=pence + check.shortfall_pence - 1)])
        assert not almost.met and almost.shortfall_pence == 1


def test_a_period_over_a_month_or_turned_round_is_refused() -> None:
    for last in (WEEK.first + timedelta(days=31), WEEK.first - timedelta(days=1)):
        with pytest.raises(InvalidInput, match="1 to 31 days"):
            minimum_wage_check([replace(WEEK, last=last)])
