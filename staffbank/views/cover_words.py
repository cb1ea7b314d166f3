"""Words that the pages of a request share: its state, risk and reason, its times, what has happened to it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from staffbank import passport
from staffbank.models import CoverRequest, CoverShift
from staffbank.rule_book import RULES, refusal_words
from tenants import clock
from tenants.audit import RecordRow
from tenants.clock import LONDON, day_words

STATE_WORDS = {
    "draft": ("Not approved yet", "warn"),
    "own_staff": ("Own staff first", "info"),
    "shared": ("Gap", "bad"),
    "filled": ("Covered", "ok"),
    "cancelled": ("Called off", ""),
    "past": ("Past", ""),
}
"""State of a request to its word and the kind of its tag."""
REASON_WORDS = {
    "sickness": "Sickness",
    "leave": "Leave",
    "vacancy": "A vacancy",
    "extra_need": "Somebody needs more care",
    "training": "Training",
    "other": "Something else",
}
RISK_WORDS = {
    1: ("Low", "It can be moved to another day"),
    2: ("Some", "Better not missed"),
    3: ("Middle", "The person would go without something"),
    4: ("High", "The person may come to harm"),
    5: ("Highest", "Life or safety depends on it"),
}
RULE_TITLES = {
    "available": "Not available then",
    "rota": "At work on the home rota",
    "placed": "Placed elsewhere then",
    "travel": "Too little time for the journey",
    "rest": "Would break the daily rest of 11 hours",
    "weekly_rest": "Would break the weekly rest of 24 hours",
    "weekly_hours": "Over 48 hours a week on average",
    "sponsored": "Sponsored, and not lent",
    "refuses": "Cannot care for this person",
    "excluded": "Left out, or not wanted by the person",
    "distance": "Too far away",
    "right_to_work": "No right to work to the end of the shift",
    "dbs": "No DBS check to the end of the shift",
    "care_certificate": "No Care Certificate",
}
"""Rule to what a bar of the chart says; any other is a skill that is missing."""
_ACT_WORDS = {
    "ask-for-cover": "Request written down",
    "approve-cover": "Request approved",
    "share-cover": "Shared with the federation",
    "open-fallback": "Fallback grade opened",
    "cover-past": "The time went by",
    "cancel-cover": "Called off",
    "set-warning-aside": "Warning set aside",
    "choose-carers": "Carers chosen or left out",
    "move-shift": "Times changed",
    "change-needs": "Needs or risk changed",
}


def rule_title(rule: str) -> str:
    """What a rule turned somebody away for, in few words.

    >>> rule_title("rest"), rule_title("hoist")
    ('Would break the daily rest of 11 hours', 'No hoist competence')
    """
    if rule in RULE_TITLES:
        return RULE_TITLES[rule]
    words = passport.kind_words(rule)
    return f"No {words if words[:2].isupper() else words.lower()} competence"


def refusal_text(rule: str, number: str) -> str:
    """Why an own carer was turned away, with the number; moments as people say them."""
    if rule not in RULES or rule in passport.KINDS:
        ended = f", it ended {clock.moment_words(datetime.fromisoformat(number))}" if number else ""
        return f"{rule_title(rule)}{ended}"
    return refusal_words(rule, number or None)


def warning_words(rule: str) -> str:
    """A warning of the rule book in words."""
    return RULES[rule].words if rule in RULES else rule


def part_of_day(moment: datetime) -> str:
    """The part of the day in which something begins.

    >>> from datetime import UTC
    >>> [part_of_day(datetime(2026, 11, 24, hour, tzinfo=UTC)) for hour in (7, 12, 15, 18, 23)]
    ['morning', 'lunchtime', 'afternoon', 'evening', 'night']
    """
    hour = moment.astimezone(LONDON).hour
    parts = (
        (5, "early morning"),
        (12, "morning"),
        (14, "lunchtime"),
        (17, "afternoon"),
        (22, "evening"),
        (24, "night"),
    )
    return next(words for until, words in parts if hour < until)


def hour_words(moment: datetime) -> str:
    """The hour of a moment in London.

    >>> from datetime import UTC
    >>> hour_words(datetime(2026, 11, 24, 17, 30, tzinfo=UTC))
    '5:30pm'
    """
    return clock.moment_words(moment).rsplit(", ", 1)[1]


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    """From when to when, with the day of the end where it is another."""
    same = starts_at.astimezone(LONDON).date() == ends_at.astimezone(LONDON).date()
    end = hour_words(ends_at) if same else f"{hour_words(ends_at)} on {ends_at.astimezone(LONDON):%A}"
    return f"{hour_words(starts_at)} to {end}"


def day_of(moment: datetime) -> str:
    """The day of a moment in London, in full."""
    return day_words(moment.astimezone(LONDON).date())


def risk_tag(risk: int) -> tuple[str, str]:
    """Words and kind of the tag of a risk.

    >>> risk_tag(4)
    ('High: 4 of 5', 'bad')
    """
    return f"{RISK_WORDS[risk][0]}: {risk} of 5", "bad" if risk >= 4 else "warn" if risk == 3 else ""


def question(request: CoverRequest, shift: CoverShift, shifts: Sequence[CoverShift]) -> str:
    """The heading of a request's page."""
    local = shift.starts_at.astimezone(LONDON)
    if request.state == "draft":
        return (
            f"Ask for cover: {len(shifts)} shifts"
            if len(shifts) > 1
            else f"Ask for cover on {local:%A} {part_of_day(local)}"
        )
    near = (local.date() - clock.today()).days < 7
    when = f"{local:%A} {part_of_day(local)}" if near else f"{part_of_day(local)} of {local.day} {local:%B}"
    return f"Who can cover {'the ' if not near else ''}{when}?"


def timeline(rows: Sequence[RecordRow]) -> list[dict[str, Any]]:
    """What has happened to a request, newest first."""
    return [
        {
            "text": _told(row),
            "small": str(row.facts.get("reason", "")),
            "at": clock.moment_words(row.at),
            "at_iso": row.at.isoformat(),
            "now": place == 0,
        }
        for place, row in enumerate(rows)
    ]


def _told(row: RecordRow) -> str:
    if row.act == "match-cover":
        return f"Matched in {row.facts.get('seconds', '?')} seconds"
    return _ACT_WORDS.get(row.act, row.act.replace("-", " ").capitalize())


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun.

    >>> plural(1, "carer"), plural(5, "carer")
    ('1 carer', '5 carers')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def time_text(moment: datetime) -> str:
    """An hour as a time field takes it."""
    return f"{moment.astimezone(LONDON):%H:%M}"


def date_text(day: date) -> str:
    """A day in few letters: Tue 24 Nov.

    >>> date_text(date(2026, 11, 24))
    'Tue 24 Nov'
    """
    return f"{day:%a} {day.day} {day:%b}"
