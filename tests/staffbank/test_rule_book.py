"""The rule book: complete, dated, and the only place the matcher takes its numbers from."""

from datetime import date
from decimal import Decimal

from staffbank import rule_book
from staffbank.match.problem import Numbers, parse_problem
from staffbank.rule_book import MATCHED, NUMBERS, RULES, Kind


def test_every_rule_says_what_it_asks_and_where_it_comes_from() -> None:
    assert len(RULES) == len({rule.words for rule in RULES.values()}) >= 30
    assert all(rule.words and (rule.statute or rule.source) and rule.source for rule in RULES.values())
    assert {number for rule in RULES.values() for number in rule.numbers} <= NUMBERS.keys()


def test_the_matcher_keeps_hard_rules_only_and_each_tells_why_it_refuses() -> None:
    assert {rule.kind for rule in MATCHED} == {Kind.HARD} and all(rule.refusal for rule in MATCHED)
    warnings = [rule for rule in RULES.values() if rule.kind is Kind.WARNING]
    assert warnings and all(rule.override_role for rule in warnings)


def test_a_number_holds_from_its_day_on() -> None:
    mileage, floor = NUMBERS["mileage_pence"], NUMBERS["adult_pay_pence"]
    assert (mileage.on(date(2026, 4, 5)), mileage.on(date(2026, 4, 6))) == (Decimal(45), Decimal(55))
    assert (floor.on(date(2026, 3, 31)), floor.on(date(2026, 4, 1))) == (Decimal(1221), Decimal(1271))


def test_the_matcher_reads_the_book() -> None:
    problem = parse_problem({"at": "2026-11-22T09:00:00Z", "shifts": [], "workers": []})
    assert problem.numbers == Numbers()
    book = rule_book.numbers_on(date(2026, 11, 22))
    assert problem.numbers.rest == book["rest_hours"] * 3600
    assert problem.numbers.most_worked == book["weekly_hours_average"] * book["averaging_weeks"] * 3600
