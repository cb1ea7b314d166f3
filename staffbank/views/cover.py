"""What the list of requests, the forms, the approval and the page of one request show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.models import CoverRequest, CoverShift, Placement
from staffbank.pay.vat import TREATMENTS
from staffbank.services import carers, clients, cover_acts, cover_terms, estimates, requests, shifts
from staffbank.services.match_answers import passport_words
from staffbank.services.requests import RequestRow
from staffbank.views import cover_words as words
from tenants import audit, clock
from tenants.downloads import Column
from tenants.identity import Identity
from tenants.money import format_pence
from tenants.permissions import may
from tenants.web_forms import Form

MOST_OPTIONS = 500
COMMON = ("medication", "hoist", "moving_handling", "dementia", "peg", "driver")
"""Skills that are asked for most: these stand in the form, the others fold out."""
COLUMNS = [
    Column("number", "Number"),
    Column("state", "State"),
    Column("reason", "Reason"),
    Column("risk", "Risk"),
    Column("needs", "Needs"),
    Column("outcode", "Where"),
    Column("first_at", "From", "moment"),
    Column("last_at", "To", "moment"),
    Column("shifts", "Shifts"),
    Column("open", "Open"),
    Column("cost", "Estimate (£)", "pence"),
]


def list_row(row: RequestRow) -> dict[str, Any]:
    """A request in the list."""
    request = row.request
    state, kind = words.STATE_WORDS[request.state]
    needs = passport_words(request.needs) if request.needs else "No special needs"
    when = ""
    if row.first_at is not None:
        when = f"{words.day_of(row.first_at)}, {words.hour_words(row.first_at)}"
    return {
        "href": url_for("cover.show", request_id=request.id),
        "name": f"Request {request.number}",
        "about": f"{needs}, {request.outcode}",
        "state": state,
        "kind": kind,
        "when": when,
        "risk": words.risk_tag(request.risk),
        "shifts": words.plural(row.shifts, "shift"),
        "open": row.open_shifts if request.state in ("own_staff", "shared", "filled") else 0,
        "cost": request.estimate.get("cost_pence"),
    }


def download_row(row: RequestRow) -> dict[str, Any]:
    """A request as a line of the table to take away."""
    request = row.request
    return {
        "number": str(request.number),
        "state": words.STATE_WORDS[request.state][0],
        "reason": words.REASON_WORDS[request.reason],
        "risk": str(request.risk),
        "needs": ", ".join(request.needs),
        "outcode": request.outcode,
        "first_at": row.first_at,
        "last_at": row.last_at,
        "shifts": str(row.shifts),
        "open": str(row.open_shifts),
        "cost": request.estimate.get("cost_pence"),
    }


def form_options() -> dict[str, Any]:
    """What the two forms let people choose from."""
    known, _ = clients.list_clients(limit=MOST_OPTIONS)
    own = carers.list_carers()[:MOST_OPTIONS]
    needs = sorted(requests.known_needs().items(), key=lambda pair: pair[1])
    return {
        "clients": [(str(one.id), f"{one.name} ({one.outcode})") for one in known],
        "carers": [(str(one.id), f"{one.first_name} {one.last_name} ({one.reference})") for one in own],
        "needs": needs,
        "common": [pair for pair in needs if pair[0] in COMMON],
        "rare": [pair for pair in needs if pair[0] not in COMMON],
        "risks": [(number, f"{number}: {title}. {about}") for number, (title, about) in words.RISK_WORDS.items()],
        "reasons": list(words.REASON_WORDS.items()),
        "seats": [(1, "One carer"), (2, "Two carers at once (2:1)"), (3, "Three"), (4, "Four")],
        "repeats": [("", "Once"), ("daily", "Every day"), ("weekly", "Every week")],
        "treatments": [(one.key, one.title) for one in TREATMENTS.values()],
        "fallbacks": [(24, "a day before"), (168, "a week before"), (504, "three weeks before")],
        "folds": [("0", "The first time (summer time)"), ("1", "The second time, an hour later")],
    }


def draft_page(request: CoverRequest, form: Any, identity: Identity) -> dict[str, Any]:
    """What staffbank/cover_draft.html shows: what is asked for, what it would cost, and what must be set aside first."""
    rows = shifts.list_shifts(request.id)
    policy_hours = cover_acts.get_policy().own_first_hours
    until = cover_acts.own_staff_until(request.reason, rows[0].starts_at, clock.now(), policy_hours)
    return {
        **head(request, rows[0], rows, identity),
        "form": form,
        "warnings": cover_acts.open_warnings(request, rows),
        "set_aside": [(words.warning_words(row["rule"]), row["reason"]) for row in request.overrides],
        "cost": cost_panel(estimates.estimate_all(request, rows), len(rows)),
        "own_first": clock.moment_words(until) if until > clock.now() else "",
        "list": [shift_line(shift) for shift in rows],
        "change": needs_form(request, [], form),
        "may": may("request-cover", identity.kind, identity.roles),
    }


def head(request: CoverRequest, shift: CoverShift, rows: Sequence[CoverShift], identity: Identity) -> dict[str, Any]:
    """Title, tag and the panel of the request, which both its pages show."""
    state, kind = words.STATE_WORDS[request.state]
    client = clients.find_client(request.client_key) if identity.kind == "coop" else None
    where = f"{client.name}, {request.outcode}" if client else request.outcode
    facts = [
        ("When", f"{words.day_of(shift.starts_at)}, {words.span_words(shift.starts_at, shift.ends_at)}"),
        ("Where", where),
        ("Needs", passport_words(request.needs) if request.needs else "No special needs"),
        ("Carers at once", str(shift.seats)),
        ("Why", words.REASON_WORDS[request.reason]),
    ]
    if len(rows) > 1:
        facts.insert(1, ("In all", words.plural(len(rows), "shift")))
    if request.fallback_from is not None:
        less = passport_words(request.fallback_needs) if request.fallback_needs else "no special needs"
        facts.append(("Enough later", f"{less}, from {clock.moment_words(request.fallback_from)}"))
    return {
        "request": request,
        "number": request.number,
        "title": words.question(request, shift, rows),
        "state_word": state,
        "state_kind": kind,
        "request_facts": facts,
        "risk": words.risk_tag(request.risk),
        "asked_at": clock.moment_words(request.created_at),
        "history": words.timeline(list(audit.list_record(request.id, limit=12))),
    }


def needs_form(request: CoverRequest, legs: Sequence[Placement], form: Form) -> dict[str, Any] | None:
    """What the panel shows in which needs and risk are changed; None once somebody is bound, or the request is over."""
    if request.state not in cover_terms.CHANGEABLE or any(leg.state in cover_terms.BOUND for leg in legs):
        return None
    options = form_options()
    sent = "version" in form.values
    return {
        "form": form if sent else Form({"needs": list(request.needs), "risk": str(request.risk)}),
        "open": sent,
        "asked": sum(leg.state in cover_acts.OFFERED for leg in legs),
        **{name: options[name] for name in ("common", "rare", "risks")},
    }


def cost_panel(told: Mapping[str, Any], count: int) -> dict[str, Any]:
    """What an estimate says, for people."""
    rows = [
        (f"{line['what']}, {line['quantity']} {line['unit']}", format_pence(line["pence"])) for line in told["lines"]
    ]
    lost = told["irrecoverable_pence"]
    if told["vat_pence"]:
        rows.append(
            ("VAT you cannot reclaim", format_pence(lost)) if lost else ("VAT, which you reclaim", format_pence(0))
        )
    saved = told["cost_pence"] - told["exempt_pence"]
    return {
        "rows": rows,
        "total": format_pence(told["cost_pence"]),
        "cost_pence": told["cost_pence"],
        "exempt": format_pence(told["exempt_pence"]) if saved > 0 else "",
        "vat_title": TREATMENTS[told["vat_treatment"]].title,
        "vat_words": TREATMENTS[told["vat_treatment"]].words,
        "exempt_words": TREATMENTS["exempt_welfare"].words,
        "assumed": f"Reckoned with a journey of {estimates.ASSUMED_MINUTES} minutes and {estimates.ASSUMED_MILES} miles each way."
        if told.get("assumed")
        else "",
        "count": count,
        "card": told["rate_card_from"],
    }


def shift_line(shift: CoverShift) -> str:
    """A shift in words."""
    seats = f", {shift.seats} carers" if shift.seats > 1 else ""
    return f"{words.day_of(shift.starts_at)}, {words.span_words(shift.starts_at, shift.ends_at)}{seats}"


def shift_days(
    request: CoverRequest, rows: Sequence[CoverShift], legs: Sequence[Placement], at: UUID
) -> list[dict[str, Any]]:
    """The shifts of a request of several by day, each with how it stands."""
    days: dict[str, list[dict[str, Any]]] = {}
    for shift in rows:
        day = words.date_text(shift.starts_at.astimezone(clock.LONDON).date())
        days.setdefault(day, []).append(
            {
                "href": url_for("cover.show", request_id=request.id, shift=shift.id),
                "time": words.span_words(shift.starts_at, shift.ends_at),
                "current": shift.id == at,
                **slot_state(shift, legs, clock.now()),
            }
        )
    return [{"day": day, "slots": slots} for day, slots in days.items()]


def slot_state(shift: CoverShift, legs: Sequence[Placement], now: datetime) -> dict[str, str]:
    """How a shift stands: covered, offered, a gap, over, or called off; the kind is that of its slot."""
    if shift.state == "filled":
        return {"words": "Covered", "kind": ""}
    if shift.state == "cancelled":
        return {"words": "Called off", "kind": "none"}
    if shift.ends_at <= now:
        return {"words": "Not covered", "kind": "none"}
    live = sum(leg.shift_id == shift.id and leg.state in cover_acts.OFFERED for leg in legs)
    return {"words": f"{live} offered", "kind": "risk"} if live else {"words": "Gap", "kind": "gap"}


def need_words(needs: Sequence[str]) -> str:
    """Needs in a sentence, in small letters."""
    text = passport_words(needs)
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
