"""What the pages of carers show: one list, one record, and exactly what the bank knows of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for

from staffbank import rule_book
from staffbank.models import BankEntry, Carer, CarerCheck
from staffbank.passport import KINDS, ON_FILE, gives_tag, kind_words, level_words, standing
from staffbank.schemas.carers import MODE_WORDS
from staffbank.services import bank, carers, matching
from staffbank.services.rota import span_words
from staffbank.views.cover_words import rule_title
from tenants import audit, clock
from tenants.money import format_pence

HISTORY_ROWS = 12
NO_SKILLS = (*rule_book.PASSPORT_ALWAYS, *ON_FILE)
SPANS_SHOWN = 14
STANDING_WORDS = {
    "good": ("Valid", "ok"),
    "soon": ("Runs out soon", "warn"),
    "expired": ("Expired", "bad"),
    "missing": ("Does not suffice", "bad"),
    "ended": ("Ended", ""),
}
SHOWN_WORDS = (
    ("", "All who work here"),
    ("bank", "In the bank"),
    ("not_bank", "Not in the bank"),
    ("soon", "A check runs out within 60 days"),
    ("expired", "A check has expired"),
    ("left", "Those who have left"),
)
ACT_WORDS = {
    "add-carer": "Added",
    "change-carer": "Record changed",
    "end-carer": "Leaving noted",
    "enter-bank": "Entered the bank",
    "leave-bank": "Left the bank",
    "opt-out": "Opted out of the 48 hours",
    "end-opt-out": "Opt-out taken back",
    "link-account": "Account linked",
    "add-bar": "A person barred",
    "remove-bar": "A bar taken back",
    "add-check": "Check noted",
    "end-check": "Check ended",
    "ask-status": "DBS status asked",
    "add-block": "Time noted",
    "remove-block": "Time taken out",
    "set-week": "Weekly availability changed",
    "add-day": "Days changed",
    "remove-day": "Days changed back",
    "add-feed": "Rota calendar followed",
    "remove-feed": "Rota calendar no longer followed",
}


def list_row(carer: Carer, checks: Sequence[CarerCheck], today: date) -> dict[str, Any]:
    """One row of the list: the worst of a carer's checks tells the state."""
    missing = missing_always(checks)
    states = [standing(check, today) for check in checks]
    ends = min((check.until for check in checks if check.until is not None), default=None)
    word, kind = ("Passport complete", "ok")
    if missing:
        word, kind = f"{', '.join(kind_words(one) for one in missing)} missing", "bad"
    elif "expired" in states:
        word, kind = "A check has expired", "bad"
    elif "soon" in states:
        word, kind = "A check runs out soon", "warn"
    return {
        "href": url_for("carers.passports.show", carer_id=carer.id),
        "name": f"{carer.first_name} {carer.last_name}".strip(),
        "reference": carer.reference,
        "outcode": carer.outcode,
        "mode": MODE_WORDS[carer.mode],
        "bank": ("In the bank", "teal") if carer.in_bank else ("Not in the bank", ""),
        "state": (word, kind),
        "ends": ends,
        "skills": ", ".join(kind_words(check.kind) for check in checks if check.kind not in NO_SKILLS),
    }


def missing_always(checks: Sequence[CarerCheck]) -> list[str]:
    """Which of what every shift asks for no check gives."""
    given = {check.kind for check in checks if gives_tag(check)}
    return [kind for kind in rule_book.PASSPORT_ALWAYS if kind not in given]


def check_rows(carer: Carer, checks: Sequence[CarerCheck]) -> list[dict[str, Any]]:
    """The passport as a table: each check with how it stands, and each that is missing."""
    today = clock.today()
    rows: list[dict[str, Any]] = [
        {
            "kind": kind_words(kind),
            "detail": "Every shift asks for it",
            "until": "–",
            "checked": "–",
            "state": ("Missing", "bad"),
        }
        for kind in missing_always(checks)
        if not any(check.kind == kind for check in checks)
    ]
    rows += [
        {
            "kind": kind_words(kind),
            "detail": "The regulation asks for it on file; a host may see that it is there",
            "until": "–",
            "checked": "–",
            "state": ("Not noted", "warn"),
        }
        for kind in ON_FILE
        if not any(check.kind == kind for check in checks)
    ]
    for check in checks:
        parts = (level_words(check.kind, check.level), check.standard)
        rows.append(
            {
                "kind": kind_words(check.kind),
                "detail": ", ".join(part for part in parts if part),
                "until": clock.day_words(check.until) if check.until else "No expiry",
                "checked": f"{clock.day_words(check.checked_on)}, {check.checked_by}"
                + ("; original seen" if check.original_seen else ""),
                "status": clock.day_words(check.status_checked_on) if check.status_checked_on else "",
                "hash": check.evidence_hash,
                "state": STANDING_WORDS[standing(check, today)],
                "end_url": url_for("carers.passports.end_check", carer_id=carer.id, check_id=check.id),
                "status_url": url_for("carers.passports.ask_status", carer_id=carer.id, check_id=check.id)
                if check.kind == "dbs"
                else "",
            }
        )
    return rows


def record_facts(carer: Carer) -> list[tuple[str, str]]:
    """The private record."""
    return [
        ("Reference", carer.reference),
        ("Born", clock.day_words(carer.born_on) if carer.born_on else "–"),
        ("Home area", carer.outcode),
        ("Travels", MODE_WORDS[carer.mode]),
        ("Languages", ", ".join(carer.languages) or "–"),
        ("Pay", f"{format_pence(carer.pay_pence_per_hour)} an hour"),
        ("At most", f"{carer.week_minutes / 60:g} hours a week"),
        ("On the payroll", "Yes" if carer.on_payroll else "No"),
        ("Sponsored", "Yes: never matched" if carer.sponsored else "No"),
    ]


def opt_out_words(carer: Carer | BankEntry, today: date) -> str:
    """How the opt-out of the 48 hours stands."""
    if carer.opt_out_from is None or (carer.opt_out_until is not None and carer.opt_out_until < today):
        return "Keeps to 48 hours a week on average."
    start = "Has opted out" if carer.opt_out_from <= today else "Opts out"
    words = f"{start} of the 48 hours from {clock.day_words(carer.opt_out_from)}"
    return words + (f" to {clock.day_words(carer.opt_out_until)}." if carer.opt_out_until else ".")


def published(entry: BankEntry) -> dict[str, Any]:
    """Every fact of a bank entry in words: nothing else leaves the co-op."""
    weeks = int(rule_book.NUMBERS["averaging_weeks"].on(clock.today()))
    average = entry.hours_17_weeks / Decimal(weeks)
    ahead = [span for span in entry.busy if datetime.fromisoformat(span[1]) > clock.now()]
    return {
        "facts": [
            ("First name", entry.first_name),
            ("Area", f"{entry.outcode}, the middle of it"),
            ("Travels", MODE_WORDS[entry.mode]),
            ("Languages", ", ".join(entry.languages) or "–"),
            ("Hours of the last 17 weeks", f"{entry.hours_17_weeks:,} ({average:.1f} a week)"),
            ("Opt-out", opt_out_words(entry, clock.today())),
            ("Sponsored", "Yes" if entry.sponsored else "No"),
        ],
        "tags": [
            {
                "words": kind_words(tag),
                "until": "no expiry" if until is None else f"until {last_day_words(datetime.fromisoformat(until))}",
                "over": until is not None and datetime.fromisoformat(until) <= clock.now(),
            }
            for tag, until in entry.tags.items()
        ],
        "free": spans(entry.free),
        "free_more": max(0, len(entry.free) - SPANS_SHOWN),
        "busy": spans(ahead),
        "busy_more": len(entry.busy) - len(ahead[:SPANS_SHOWN]),
        "warranty": [
            {
                "words": kind_words(line["kind"]),
                "detail": ", ".join(
                    part
                    for part in (
                        level_words(line["kind"], line["level"]),
                        line["standard"],
                        f"checked on {clock.day_words(date.fromisoformat(line['checked_on']))}",
                        f"by {line['checked_by_role']}",
                        "original seen" if line["original_seen"] else "",
                    )
                    if part
                ),
            }
            for line in entry.warranty
        ],
        "at": clock.moment_words(entry.published_at),
        "average": f"{average:.1f}",
    }


def last_day_words(until: datetime) -> str:
    """The last day on which a tag holds, in London.

    >>> last_day_words(datetime.fromisoformat("2026-12-01T00:00:00+00:00"))
    'Monday 30 November 2026'
    """
    return clock.day_words((until - timedelta(seconds=1)).astimezone(clock.LONDON).date())


def spans(pairs: Sequence[Sequence[str]]) -> list[str]:
    """The first spans of a published list, in London time."""
    return [
        span_words(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in pairs[:SPANS_SHOWN]
    ]


def history(object_id: UUID) -> list[dict[str, Any]]:
    """What happened to a carer, newest first."""
    rows = audit.list_record(object_id, limit=HISTORY_ROWS)
    return [
        {
            "text": ACT_WORDS.get(row.act, row.act.replace("-", " ").capitalize()),
            "small": _small(row.facts),
            "at": clock.moment_words(row.at),
            "at_iso": row.at.isoformat(),
            "now": False,
        }
        for row in rows
    ]


def _small(facts: Mapping[str, Any]) -> str:
    if "kind" in facts:
        return kind_words(str(facts["kind"]))
    fields = facts.get("fields", [])
    return ", ".join(str(name).replace("_", " ") for name in fields) if len(fields) <= 5 else ""


def turned_away(carer_id: UUID) -> list[tuple[str, str]]:
    """What kept a carer from offers, in words, and for how many shifts; the home co-op and the carer read it."""
    counted = matching.count_refusals(carer_id)
    return [(rule_title(rule), f"{count:,} shift{'s' if count != 1 else ''}") for rule, count in counted]


def carer_page(carer: Carer, checks: Sequence[CarerCheck]) -> dict[str, Any]:
    """Everything the page of one carer shows, but for its forms."""
    entry = bank.find_entry(carer.id)
    today = clock.today()
    holds = carer.opt_out_from is not None and carer.opt_out_until is None
    return {
        "carer": carer,
        "name": f"{carer.first_name} {carer.last_name}".strip(),
        "row": list_row(carer, checks, today),
        "checks": check_rows(carer, checks),
        "record": record_facts(carer),
        "why_not": bank.why_not(carer),
        "turned_away": turned_away(carer.id),
        "entry": published(entry) if entry else None,
        "opt_out_words": opt_out_words(carer, today),
        "opt_out_holds": holds,
        "bars": [
            {
                "name": name or "Somebody at another co-op",
                "url": url_for("carers.passports.remove_bar", carer_id=carer.id, client_key=bar.client_key),
            }
            for bar, name in carers.list_bars(carer.id)
        ],
        "people": carers.list_people_to_bar(carer.id),
        "history": history(carer.id),
    }


def kind_options() -> list[tuple[str, str]]:
    """Kinds for a select, what every shift asks for first."""
    return [(kind.key, kind.words) for kind in KINDS.values()]


def level_options() -> list[tuple[str, str]]:
    """Levels of all kinds for a select."""
    return [(value, f"{kind.words}: {words}") for kind in KINDS.values() if kind.levels for value, words in kind.levels]
