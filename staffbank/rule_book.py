"""The rule book of the staff bank: every rule once, with its words, its numbers by date, its statute and its source.

The matcher, the pages and the verify command read it here; nobody else keeps such a number. It is planning input for
a federation's own advisers, not legal advice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

WTR = "Working Time Regulations 1998"
HSCA = "Health and Social Care Act 2008 (Regulated Activities) Regulations 2014"
ALWAYS = date(1998, 10, 1)
"""The day the Working Time Regulations came into force; older numbers are never asked for."""


class Kind(Enum):
    """What follows when a rule is not kept."""

    HARD = "hard"
    WARNING = "warning"
    RECORDING = "recording"


@dataclass(frozen=True)
class Number:
    """A number of a rule: what it counts, its values by the day they began, and what a federation may set it to."""

    key: str
    words: str
    unit: str
    dated: tuple[tuple[date, Decimal], ...]
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(1000)

    def on(self, day: date) -> Decimal:
        """The value in force on a day; before the first day, the first."""
        return max((row for row in self.dated if row[0] <= day), default=self.dated[0])[1]


@dataclass(frozen=True)
class Rule:
    """A rule: what it asks, its kind, the keys of its numbers, where it comes from, and who may set a warning aside.

    `refusal` says to people why a carer was turned away; {number} stands for the number of the refusal.
    """

    id: str
    words: str
    source: str
    statute: str = ""
    kind: Kind = Kind.HARD
    numbers: tuple[str, ...] = ()
    refusal: str = ""
    override_role: str | None = None


def _number(key: str, words: str, unit: str, value: str, *, low: str = "0", high: str = "1000") -> Number:
    return Number(key, words, unit, ((ALWAYS, Decimal(value)),), Decimal(low), Decimal(high))


def _dated(key: str, words: str, unit: str, *values: str) -> Number:
    """A number of pence that changes: each value after the day it began."""
    rows = (value.split() for value in values)
    return Number(key, words, unit, tuple((date.fromisoformat(day), Decimal(pence)) for day, pence in rows))


_HOUR, _MILE = "pence an hour", "pence a mile"

NUMBERS: Mapping[str, Number] = {
    number.key: number
    for number in (
        _number("rest_hours", "rest between one spell of work and the next", "hours", "11", low="1", high="23"),
        _number("weekly_rest_hours", "rest in one piece each week", "hours", "24", low="1", high="96"),
        _number("weekly_hours_average", "average working hours in a week", "hours", "48", low="1", high="168"),
        _number("averaging_weeks", "weeks the average is taken over", "weeks", "17", low="1", high="52"),
        _number("opt_out_weekly_hours", "hours in any week above which an opted-out carer is warned", "hours", "60"),
        _number("opt_out_notice_days", "notice to cancel an opt-out", "days", "7"),
        _number("records_years", "years that working time records are kept", "years", "2"),
        _number("break_minutes", "break in a shift", "minutes", "20"),
        _number("break_after_hours", "hours of a shift after which there is a break", "hours", "6"),
        _number("night_hours", "average hours of night work in 24", "hours", "8"),
        _number("young_day_hours", "hours a day below 18 years of age", "hours", "8"),
        _number("young_week_hours", "hours a week below 18 years of age", "hours", "40"),
        _number("rota_travel_minutes", "travel to or from a piece of the home rota", "minutes", "30", high="240"),
        _number("circuity", "miles by road for each mile as the crow flies", "times", "1.3", low="1", high="5"),
        _number("mph_car", "speed by car, door to door", "miles an hour", "22", low="1", high="80"),
        _number("mph_cycle", "speed by bicycle", "miles an hour", "9", low="1", high="40"),
        _number("mph_bus", "speed by bus", "miles an hour", "8", low="1", high="60"),
        _number("mph_walk", "speed on foot", "miles an hour", "3", low="1", high="8"),
        _number("door_minutes", "parking and the door, each journey", "minutes", "4", high="60"),
        _number("bus_minutes", "waiting for a bus, each journey", "minutes", "10", high="120"),
        _number("continuity_days", "days in which the last visit counts as continuity", "days", "28", high="366"),
        _number("sponsored_week_hours", "supplementary work of a sponsored worker", "hours", "20"),
        _number("dbs_recheck_days", "days after which a status check is due again", "days", "365"),
        _number("moving_handling_days", "days after which moving and handling is refreshed", "days", "365"),
        _number("medication_review_days", "days after which medication competence is reviewed", "days", "365"),
        _number("shortest_visit_minutes", "shortest visit without a named agreement", "minutes", "30"),
        _number("agency_weeks", "weeks in one role with one hirer before equal terms are due", "weeks", "12"),
        _number("vat_threshold_pounds", "taxable turnover in 12 months from which VAT is due", "pounds", "90000"),
        _dated("adult_pay_pence", "pay floor from 21 years of age", _HOUR, "2025-04-01 1221", "2026-04-01 1271"),
        _dated("young_adult_pay_pence", "pay floor from 18 to 20", _HOUR, "2025-04-01 1000", "2026-04-01 1085"),
        _dated("youth_pay_pence", "pay floor below 18, and of apprentices", _HOUR, "2025-04-01 755", "2026-04-01 800"),
        _dated("mileage_pence", "mileage free of tax, first 10,000 miles", _MILE, "2011-04-06 45", "2026-04-06 55"),
        _dated("mileage_above_pence", "mileage free of tax beyond", _MILE, "2011-04-06 25"),
        _dated("mileage_cycle_pence", "mileage free of tax by bicycle", _MILE, "2011-04-06 20"),
        _dated("mileage_motorcycle_pence", "mileage free of tax by motorcycle", _MILE, "2011-04-06 24"),
    )
}

_GOV_HOURS = "gov.uk/maximum-weekly-working-hours"
_GOV_REST = "gov.uk/rest-breaks-work"
_GOV_DBS = "gov.uk/guidance/dbs-update-service-employer-guide"
_CQC19 = "cqc.org.uk, Regulation 19: fit and proper persons employed"
_HOUSE = "Rule of the house"

MATCHED: tuple[Rule, ...] = (
    Rule(
        "right_to_work",
        "The carer has the right to work here until the end of the shift, and the home co-op has checked it",
        "gov.uk/check-job-applicant-right-to-work",
        "Immigration, Asylum and Nationality Act 2006 s.15; Border Security, Asylum and Immigration Act 2025 s.48",
        refusal="No right to work that lasts to the end of the shift",
    ),
    Rule(
        "dbs",
        "There is an enhanced DBS check with the adults' barred list, valid to the end of the shift",
        _GOV_DBS,
        f"Safeguarding Vulnerable Groups Act 2006; {HSCA}, Schedule 3",
        refusal="No DBS check that lasts to the end of the shift",
    ),
    Rule(
        "care_certificate",
        "The Care Certificate (15 or 16 standards) or its equal is complete",
        "Skills for Care, Care Certificate standards, March 2025",
        f"{HSCA}, regulation 18",
        refusal="No Care Certificate on the passport",
    ),
    Rule(
        "refuses",
        "A carer is not sent to a person they have said they cannot care for",
        _HOUSE,
        refusal="The carer is not to care for this person",
    ),
    Rule(
        "excluded",
        "A person is not sent a carer they do not want",
        "cqc.org.uk, Regulation 9: person-centred care",
        "Health and Social Care Act 2008 (Regulated Activities) Regulations 2014, regulation 9",
        refusal="The person is not to be cared for by this carer",
    ),
    Rule(
        "sponsored",
        "A sponsored worker is not lent: supplementary work has limits that only the sponsor can judge",
        "gov.uk/guidance/sponsor-a-skilled-worker",
        "Immigration Rules, Appendix Skilled Worker",
        numbers=("sponsored_week_hours",),
        refusal="The carer is sponsored, and sponsored workers are not lent",
    ),
    Rule(
        "distance",
        "The journey from home is no longer than the federation allows, where it has set a limit",
        _HOUSE,
        refusal="The journey from home takes {number} minutes, longer than allowed",
    ),
    Rule(
        "available",
        "The shift lies inside the time the carer has offered",
        _HOUSE,
        refusal="Not offered as free time",
    ),
    Rule(
        "rota",
        "The shift does not overlap the home rota",
        _HOUSE,
        refusal="At work on the home rota for {number} minutes of it",
    ),
    Rule(
        "placed",
        "Nobody is placed twice at one time",
        _HOUSE,
        refusal="Placed elsewhere for {number} minutes of it",
    ),
    Rule(
        "travel",
        "Between two pieces of work there is time for the journey, at least half an hour to or from the home rota",
        "gov.uk/minimum-wage-different-types-work",
        f"{WTR}, regulation 2 (travel between assignments is working time); National Minimum Wage Regulations 2015",
        numbers=(
            "rota_travel_minutes",
            "circuity",
            "mph_car",
            "mph_cycle",
            "mph_bus",
            "mph_walk",
            "door_minutes",
            "bus_minutes",
        ),
        refusal="Only {number} minutes for the journey to or from other work",
    ),
    Rule(
        "rest",
        "There are 11 hours of rest in each 24: work with shorter rest in it forms one spell, of 13 hours at most",
        _GOV_REST,
        f"{WTR}, regulation 10",
        numbers=("rest_hours",),
        refusal="With it, {number} hours would pass from first start to last end without the daily rest",
    ),
    Rule(
        "weekly_rest",
        "Each week from Monday with a placement keeps 24 hours of rest in one piece",
        _GOV_REST,
        f"{WTR}, regulation 11",
        numbers=("weekly_rest_hours",),
        refusal="With it, the longest rest of the week would be {number} hours",
    ),
    Rule(
        "weekly_hours",
        "Over 17 weeks a carer works 48 hours a week on average at most, all jobs counted, unless they opted out",
        _GOV_HOURS,
        f"{WTR}, regulations 4 and 5",
        numbers=("weekly_hours_average", "averaging_weeks", "opt_out_notice_days", "records_years"),
        refusal="With it, the hours of 17 weeks would be {number}",
    ),
)
"""The rules the matcher keeps, in the order it tells of them; each tag a shift needs is one more."""

OTHERS: tuple[Rule, ...] = (
    Rule(
        "opt_out_week",
        "An opted-out carer who would pass 60 hours in a week is confirmed by a named person with a reason",
        _HOUSE,
        f"{WTR}, regulation 5",
        kind=Kind.WARNING,
        numbers=("opt_out_weekly_hours",),
        override_role="manager",
    ),
    Rule(
        "counted_hours",
        "All jobs count, and training, journeys on duty and working lunches; the way to a fixed base does not",
        _GOV_HOURS,
        f"{WTR}, regulation 2",
        kind=Kind.RECORDING,
    ),
    Rule(
        "breaks",
        "A shift over 6 hours has a break of 20 minutes",
        _GOV_REST,
        f"{WTR}, regulation 12",
        kind=Kind.WARNING,
        numbers=("break_minutes", "break_after_hours"),
        override_role="manager",
    ),
    Rule(
        "night_work",
        "A night worker averages 8 hours in 24 at most, and nobody can opt out of that",
        "gov.uk/night-working-hours",
        f"{WTR}, regulations 6 and 7",
        kind=Kind.WARNING,
        numbers=("night_hours",),
        override_role="manager",
    ),
    Rule(
        "young_workers",
        "Nobody below 18 years of age enters the bank",
        "gov.uk/child-employment",
        f"{WTR}, regulations 5A, 6A, 7, 10 and 11",
        numbers=("young_day_hours", "young_week_hours"),
    ),
    Rule(
        "dbs_recheck",
        "The DBS status was checked within 12 months",
        _GOV_DBS,
        f"{HSCA}, Schedule 3",
        kind=Kind.WARNING,
        numbers=("dbs_recheck_days",),
        override_role="manager",
    ),
    Rule(
        "schedule_3",
        "The host can see the checklist of Schedule 3 before the carer starts",
        _CQC19,
        f"{HSCA}, regulation 19 and Schedule 3",
    ),
    Rule(
        "medication_review",
        "Medication competence was reviewed within a year, each technique apart",
        "NICE NG67",
        f"{HSCA}, regulation 12",
        kind=Kind.WARNING,
        numbers=("medication_review_days",),
        override_role="manager",
    ),
    Rule(
        "moving_handling",
        "Moving and handling was refreshed within a year; a visit for two is never cut to one",
        "hse.gov.uk/healthservices/moving-handling.htm",
        "Manual Handling Operations Regulations 1992",
        kind=Kind.WARNING,
        numbers=("moving_handling_days",),
        override_role="manager",
    ),
    Rule(
        "pay_floor",
        "Pay over the reference period, journeys between visits included, reaches the minimum wage",
        "gov.uk/national-minimum-wage-rates",
        "National Minimum Wage Act 1998; National Minimum Wage Regulations 2015",
        numbers=("adult_pay_pence", "young_adult_pay_pence", "youth_pay_pence"),
    ),
    Rule(
        "sleep_in",
        "A sleep-in counts whole as working time; for the minimum wage only the hours awake for work count",
        "gov.uk/minimum-wage-different-types-work",
        "Royal Mencap Society v Tomlinson-Blake [2021] UKSC 8",
        kind=Kind.RECORDING,
    ),
    Rule(
        "mileage",
        "Mileage up to these rates is free of tax; the first 10,000 miles of a tax year count for each employer",
        "gov.uk/expenses-and-benefits-business-travel-mileage",
        "Income Tax (Earnings and Pensions) Act 2003 ss.229 to 236",
        kind=Kind.RECORDING,
        numbers=("mileage_pence", "mileage_above_pence", "mileage_cycle_pence", "mileage_motorcycle_pence"),
    ),
    Rule(
        "short_visits",
        "A visit is 30 minutes or longer unless the co-op has agreed a shorter one",
        "UNISON Ethical Care Charter, stage 1",
        kind=Kind.WARNING,
        numbers=("shortest_visit_minutes",),
        override_role="manager",
    ),
    Rule(
        "agency_weeks",
        "After 12 weeks in one role with one hirer a decision on equal terms is recorded",
        "gov.uk/agency-workers-your-rights",
        "Agency Workers Regulations 2010, regulation 5",
        kind=Kind.RECORDING,
        numbers=("agency_weeks",),
    ),
    Rule(
        "employed_only",
        "The bank lends people on the payroll of their home co-op, and nobody else",
        _HOUSE,
        "Income Tax (Earnings and Pensions) Act 2003 Part 2 Chapter 10",
    ),
    Rule(
        "vat_recorded",
        "The VAT treatment of each placement is recorded, never guessed",
        "HMRC manual VATWELF5000; VAT Notice 701/2",
        "Value Added Tax Act 1994, Schedule 9 Groups 7 and 16",
        kind=Kind.RECORDING,
        numbers=("vat_threshold_pounds",),
    ),
    Rule(
        "notice_logged",
        "Every offer, the notice it gave and every cancellation are logged with their times",
        "gov.uk/government/collections/employment-rights-act-2025",
        "Employment Rights Act 2025, Part 1",
        kind=Kind.RECORDING,
    ),
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*MATCHED, *OTHERS)}
PASSPORT_ALWAYS = ("right_to_work", "dbs", "care_certificate")
"""What every shift needs of a passport, whatever else it asks for."""


def numbers_on(day: date) -> dict[str, Decimal]:
    """Every number as it stands on a day.

    >>> book = numbers_on(date(2026, 4, 6))
    >>> book["rest_hours"], book["mileage_pence"], numbers_on(date(2026, 4, 5))["mileage_pence"]
    (Decimal('11'), Decimal('55'), Decimal('45'))
    """
    return {key: number.on(day) for key, number in NUMBERS.items()}


def refusal_words(rule: str, number: str | None) -> str:
    """Why a carer was turned away, for people; a rule that is not in the book is a tag of the passport.

    >>> refusal_words("rest", "14.5")
    'With it, 14.5 hours would pass from first start to last end without the daily rest'
    >>> refusal_words("hoist", None)
    '“hoist” is missing on the passport, or ends before the shift does'
    """
    known = RULES.get(rule)
    if known is None:
        return f"“{rule}” is missing on the passport, or ends before the shift does"
    return known.refusal.format(number=number) if known.refusal else known.words
