"""What can stand on a carer's passport: kinds of checks, their levels, and the tag that a check gives in the bank."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Protocol

from staffbank import rule_book
from staffbank.times import london_midnight

Standing = Literal["missing", "ended", "expired", "soon", "good"]
SOON_DAYS = 60
REMIND_DAYS = (60, 30, 7)
"""Days before the last day at which people are reminded, once each."""

MOST_KIND = 40


@dataclass(frozen=True)
class CheckKind:
    """A kind of check: its words, the levels it may have (value, words), those that suffice, and whether it must expire."""

    key: str
    words: str
    levels: tuple[tuple[str, str], ...] = ()
    enough: tuple[str, ...] = ()
    always: bool = False
    """Every shift asks for it."""
    on_file: bool = False
    """The regulation asks the employer to hold it: it stands on the checklist for a host, and is no tag in the bank."""


DBS_LEVELS = (
    ("enhanced_adults", "Enhanced, with the adults’ barred list"),
    ("enhanced", "Enhanced, without the barred list"),
    ("standard", "Standard"),
    ("basic", "Basic"),
)
RIGHT_TO_WORK_LEVELS = (
    ("unlimited", "No time limit: British or Irish citizen, or settled"),
    ("limited", "For a limited time"),
)
CERTIFICATE_LEVELS = (
    ("16", "16 standards, as from March 2025"),
    ("15", "15 standards, as before March 2025"),
    ("equal", "Its equal: a level 2 qualification"),
    ("started", "Begun, not complete"),
)

KINDS: Mapping[str, CheckKind] = {
    kind.key: kind
    for kind in (
        CheckKind("right_to_work", "Right to work", RIGHT_TO_WORK_LEVELS, ("unlimited", "limited"), always=True),
        CheckKind("dbs", "DBS check", DBS_LEVELS, ("enhanced_adults",), always=True),
        CheckKind("care_certificate", "Care Certificate", CERTIFICATE_LEVELS, ("16", "15", "equal"), always=True),
        CheckKind("identity", "Proof of identity with a photograph", on_file=True),
        CheckKind("conduct", "Conduct in earlier work with people, and why it ended", on_file=True),
        CheckKind("work_history", "Full employment history, gaps explained", on_file=True),
        CheckKind("qualifications", "Evidence of qualifications", on_file=True),
        CheckKind("fitness", "Satisfactory information on fitness for the work", on_file=True),
        CheckKind("medication", "Medication"),
        CheckKind("eye_drops", "Eye drops"),
        CheckKind("insulin", "Insulin"),
        CheckKind("buccal", "Buccal midazolam"),
        CheckKind("peg", "PEG feeding"),
        CheckKind("catheter", "Catheter care"),
        CheckKind("stoma", "Stoma care"),
        CheckKind("oxygen", "Oxygen"),
        CheckKind("moving_handling", "Moving and handling"),
        CheckKind("hoist", "Hoist"),
        CheckKind("dementia", "Dementia care"),
        CheckKind("learning_disability", "Learning disability and autism"),
        CheckKind("end_of_life", "End of life care"),
        CheckKind("mental_health", "Mental health"),
        CheckKind("first_aid", "First aid"),
        CheckKind("food_hygiene", "Food hygiene"),
        CheckKind("driver", "Driver, with business insurance"),
    )
}
"""Every kind the project knows; a co-op may add skills of its own under names of its own."""

SKILLS: Mapping[str, str] = {key: kind.words for key, kind in KINDS.items() if not (kind.always or kind.on_file)}
"""Tags a request may ask for beside what every shift asks for."""


ON_FILE = tuple(key for key, kind in KINDS.items() if kind.on_file)
"""What Schedule 3 asks for beside the DBS check. Source: HSCA (Regulated Activities) Regulations 2014, Schedule 3."""


class CheckRow(Protocol):
    """What the passport reads of a check."""

    kind: Any
    level: Any
    until: Any
    ended_at: Any


def kind_words(kind: str) -> str:
    """The words of a tag, also of one that only this co-op knows.

    >>> kind_words("dbs"), kind_words("sign_language")
    ('DBS check', 'Sign language')
    """
    known = KINDS.get(kind)
    return known.words if known else kind.replace("_", " ").capitalize()


def level_words(kind: str, level: str) -> str:
    """The words of a level; as it stands where the kind has no levels."""
    known = KINDS.get(kind)
    return dict(known.levels).get(level, level) if known else level


def read_kind(text: str) -> str:
    """A tag as it is kept: small letters, digits and underscores.

    >>> read_kind("Sign language")
    'sign_language'

    Raises: ValueError for what cannot be a tag.
    """
    tag = "_".join(text.strip().lower().replace("-", " ").replace("_", " ").split())
    if not (tag.isascii() and tag.replace("_", "").isalnum() and len(tag) <= MOST_KIND):
        raise ValueError(f"Use at most {MOST_KIND} letters, digits and spaces, like sign language")
    if tag in rule_book.RULES and tag not in KINDS:
        raise ValueError("This is the name of a rule: call the skill something else")
    return tag


def until_moment(until: date | None) -> datetime | None:
    """When a check that holds to the end of a day runs out, in UTC; nothing when it does not.

    >>> until_moment(date(2026, 11, 30)).isoformat()
    '2026-12-01T00:00:00+00:00'
    """
    return None if until is None else london_midnight(until + timedelta(days=1))


def gives_tag(check: CheckRow) -> bool:
    """Whether a check counts for its tag: it has not been ended, and its level suffices."""
    known = KINDS.get(check.kind)
    return check.ended_at is None and (known is None or not known.enough or check.level in known.enough)


def tags_of(checks: Iterable[CheckRow]) -> dict[str, str | None]:
    """Tag to the moment until which it holds, as ISO 8601 text, or None; of several checks of a kind the longest counts."""
    held: dict[str, datetime | None] = {}
    for check in checks:
        if gives_tag(check) and check.kind not in ON_FILE:
            until = until_moment(check.until)
            if check.kind not in held or until is None:
                held[check.kind] = until
            else:
                before = held[check.kind]
                held[check.kind] = None if before is None else max(before, until)
    return {tag: None if until is None else until.astimezone(UTC).isoformat() for tag, until in sorted(held.items())}


def standing(check: CheckRow, today: date) -> Standing:
    """How a check stands on a day."""
    if check.ended_at is not None:
        return "ended"
    if not gives_tag(check):
        return "missing"
    if check.until is None or check.until >= today + timedelta(days=SOON_DAYS):
        return "good"
    return "expired" if check.until < today else "soon"


def reminder_due(until: date | None, reminded: int | None, today: date) -> int | None:
    """Which reminder is due, in days before the last day; nothing when none is, or it was sent already.

    >>> day = date(2026, 12, 1)
    >>> [reminder_due(day, sent, today) for sent, today in
    ...  [(None, date(2026, 10, 1)), (None, date(2026, 10, 2)), (60, date(2026, 10, 3)), (60, date(2026, 11, 26))]]
    [None, 60, None, 7]
    """
    if until is None or until < today:
        return None
    due = [days for days in REMIND_DAYS if until - today <= timedelta(days=days)]
    if not due or (reminded is not None and reminded <= min(due)):
        return None
    return min(due)
