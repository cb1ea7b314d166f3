"""Warnings of the rule book: what a named manager may set aside with a reason, found for a shift or for a carer on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from staffbank import rule_book
from staffbank.free_time import Span, merged, minutes_in
from staffbank.rule_book import RULES, Kind
from tenants.clock import LONDON, day_words

NIGHT_BEGINS, NIGHT_ENDS = time(23), time(6)
NIGHT_MINUTES = 180
"""Work of so many minutes of the night makes it night work. Source: Working Time Regulations 1998, regulation 2."""
MEDICATION = frozenset({"medication", "eye_drops", "insulin", "buccal", "peg", "oxygen"})
MOVING = frozenset({"moving_handling", "hoist"})


@dataclass(frozen=True)
class Warning:
    """A warning: the rule of the book, and words for the manager."""

    rule: str
    words: str


@dataclass(frozen=True)
class BankFacts:
    """What a warning about a carer rests on: warranty lines as published, busy time, and whether the carer opted out."""

    warranty: Sequence[Mapping[str, Any]]
    busy: Sequence[Span]
    opted_out: bool


def may_set_aside(rule: str, role: str) -> bool:
    """Whether somebody of a role may set a rule aside: only a warning that names this role.

    >>> may_set_aside("breaks", "manager"), may_set_aside("rest", "manager"), may_set_aside("breaks", "carer")
    (True, False, False)
    """
    known = RULES.get(rule)
    return known is not None and known.kind is Kind.WARNING and known.override_role == role


def shift_warnings(spans: Iterable[Span]) -> list[Warning]:
    """What the rule book warns of when work is asked for at these times, each rule once.

    >>> from datetime import UTC
    >>> day = datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> [one.rule for one in shift_warnings([(day, day + timedelta(hours=7)), (day, day + timedelta(minutes=20))])]
    ['breaks', 'short_visits']
    """
    found: dict[str, Warning] = {}
    for start, end in spans:
        book = rule_book.numbers_on(start.astimezone(LONDON).date())
        hours = Decimal((end - start) // timedelta(minutes=1)) / 60
        if hours > book["break_after_hours"]:
            _note(found, "breaks", f"On {_day(start)} it lasts {_plain(hours)} hours: say when the break is.")
        if hours > book["night_hours"] and _night_minutes(start, end) >= NIGHT_MINUTES:
            _note(found, "night_work", f"The night of {_day(start)} lasts {_plain(hours)} hours.")
        if hours * 60 < book["shortest_visit_minutes"]:
            _note(found, "short_visits", f"On {_day(start)} it lasts {_plain(hours * 60)} minutes.")
    return list(found.values())


def carer_warnings(facts: BankFacts, span: Span, needs: Iterable[str], today: date) -> list[Warning]:
    """What the rule book warns of when this carer is asked today to work this shift; `facts.busy` is merged."""
    found: dict[str, Warning] = {}
    day = span[0].astimezone(LONDON).date()
    book = rule_book.numbers_on(today)
    asked = set(needs)
    checks = (
        ("dbs_recheck", {"dbs"}, "dbs_recheck_days"),
        ("medication_review", MEDICATION & asked, "medication_review_days"),
        ("moving_handling", MOVING & asked, "moving_handling_days"),
    )
    for rule, tags, number in checks:
        if any(_older(facts.warranty, tag, today, int(book[number])) for tag in sorted(tags)):
            _note(found, rule, "")
    if facts.opted_out:
        monday = datetime.combine(day - timedelta(days=day.weekday()), time(), LONDON)
        minutes = minutes_in(merged([*facts.busy, span]), monday, monday + timedelta(days=7))
        if Decimal(minutes) / 60 > book["opt_out_weekly_hours"]:
            _note(found, "opt_out_week", "")
    return list(found.values())


def not_set_aside(warnings: Iterable[Warning], overrides: Iterable[Mapping[str, Any]]) -> list[Warning]:
    """The warnings that nobody has set aside yet."""
    done = {row["rule"] for row in overrides}
    return [warning for warning in warnings if warning.rule not in done]


def _note(found: dict[str, Warning], rule: str, more: str) -> None:
    found.setdefault(rule, Warning(rule, f"{RULES[rule].words}. {more}".strip()))


def _older(warranty: Sequence[Mapping[str, Any]], tag: str, day: date, days: int) -> bool:
    """Whether the newest check of a kind was made or asked about more than so many days before a day."""
    dates = [
        date.fromisoformat(str(row[name]))
        for row in warranty
        if row["kind"] == tag
        for name in ("checked_on", "status_checked_on")
        if row.get(name)
    ]
    return bool(dates) and (day - max(dates)).days > days


def _night_minutes(start: datetime, end: datetime) -> int:
    first = start.astimezone(LONDON).date() - timedelta(days=1)
    nights = []
    for number in range(3):
        evening = first + timedelta(days=number)
        begins = datetime.combine(evening, NIGHT_BEGINS, LONDON)
        nights.append((begins, datetime.combine(evening + timedelta(days=1), NIGHT_ENDS, LONDON)))
    return minutes_in(nights, start, end)


def _day(moment: datetime) -> str:
    return day_words(moment.astimezone(LONDON).date())


def _plain(number: Decimal) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
