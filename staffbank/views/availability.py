"""What a carer's own pages show: the passport with its expiries, what the bank shows, and when the carer is free."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from staffbank.models import BankEntry, Carer, CarerCheck
from staffbank.services import availability, bank
from staffbank.services.rota import span_words
from staffbank.views.carers import check_rows, opt_out_words, published, turned_away
from staffbank.views.rota import WEEKDAYS, window_words
from tenants import clock
from tenants.web_forms import Form

WHAT_WORDS = (
    ("leave", "I am on leave"),
    ("not_free", "I am not free, although my week says so"),
    ("free", "I am also free"),
    ("other_job", "I work in another job"),
)


def passport_facts(carer: Carer, checks: Sequence[CarerCheck], entry: BankEntry | None) -> dict[str, Any]:
    """The carer's own checks and exactly what the bank shows."""
    rows = [row for row in check_rows(carer, checks) if row["state"][0] != "Not noted"]
    bad = [row for row in rows if row["state"][1] == "bad"]
    soon = [row for row in rows if row["state"][1] == "warn"]
    if bad:
        heading = "Something is missing on your passport"
    elif soon:
        heading = "Something on your passport runs out soon"
    else:
        heading = "Your passport is complete"
    holds = [row for row in rows if row["state"][1] not in ("bad", "warn")]
    return {
        "heading": heading,
        "to_mend": [mend_row(row) for row in (*bad, *soon)],
        "checks": holds,
        "entry": published(entry) if entry else None,
        "why_not": bank.why_not(carer),
        "turned_away": turned_away(carer.id),
        "opt_out_words": opt_out_words(carer, clock.today()),
        "opt_out_holds": carer.opt_out_from is not None and carer.opt_out_until is None,
    }


def mend_row(row: dict[str, Any]) -> dict[str, Any]:
    """A check that is missing, has run out or soon will, with what the carer can do about it."""
    word, kind = row["state"]
    if word == "Missing":
        about = "Not noted yet. Show the original to your manager."
    elif kind == "bad":
        about = f"Held until {row['until']}. Show the new one to your manager."
    else:
        about = f"Holds until {row['until']}. Ask your manager how to renew it."
    return {"kind": row["kind"], "about": about, "tag": (word, "warn" if kind == "bad" else "info")}


def availability_facts(carer: Carer, form: Form) -> dict[str, Any]:
    """The weekly pattern in boxes, the times that differ from it, leave and other jobs."""
    held: dict[int, list[tuple[str, str]]] = {}
    for weekday, low, high in availability.list_week(carer.id):
        held.setdefault(weekday, []).append(window_words(low, high))
    typed = any(name.startswith("from-") for name in form.values)
    if not typed:
        for weekday, rows in held.items():
            for row, (start, end) in enumerate(rows):
                form.values[f"from-{weekday}-{row}"], form.values[f"to-{weekday}-{row}"] = [start], [end]
    times = [
        {
            "words": span_words(day.starts_at, day.ends_at),
            "kind": ("Also free", "ok") if day.free else ("Not free", "warn"),
            "url": url_for("availability.remove_day", window_id=day.id),
        }
        for day in availability.list_days(carer.id)
    ]
    for kind, blocks in (
        ("Leave", availability.list_leave(carer.id)),
        ("Other job", availability.list_other_jobs(carer.id)),
    ):
        times += [
            {
                "words": span_words(block.starts_at, block.ends_at),
                "kind": (kind, ""),
                "url": url_for("availability.remove_block", block_id=block.id),
            }
            for block in blocks
        ]
    return {"weekdays": list(enumerate(WEEKDAYS)), "times": times, "whats": list(WHAT_WORDS)}
