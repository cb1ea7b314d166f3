"""What the page of one request shows of a search: who fits and why, why not the others, and what would help."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.models import CoverRequest, CoverShift, MatchRun, Placement
from staffbank.models.cover import HELD
from staffbank.services import cover_acts, estimates, matching, shifts
from staffbank.views import cover as views
from staffbank.views import cover_words as words
from staffbank.views.placements import call_off_facts
from tenants import clock
from tenants.identity import Identity
from tenants.pages.work import job_view
from tenants.permissions import may
from tenants.web_forms import Form

MOST_SHOWN = 10
MOST_SHOWN_ALL = 50
OFFER_BEST = 3
LEG_WORDS = {
    "asked": ("Asked", "info"),
    "interested": ("Interested", "info"),
    "offered": ("Offered", "info"),
    "accepted": ("Said yes", "ok"),
    "released": ("Released", "ok"),
    "confirmed": ("Confirmed", "ok"),
    "started": ("At work", "ok"),
    "worked": ("Worked", "ok"),
}
"""State of a placement to its word and the kind of its tag, where it keeps the carer from being offered again."""
FEWEST_WORDS = "fewer than 3"


def request_page(
    request: CoverRequest, shift_id: UUID | None, form: Any, identity: Identity, *, show_all: bool = False
) -> dict[str, Any]:
    """What staffbank/cover_show.html shows of an approved request, at one of its shifts."""
    rows, legs = shifts.list_shifts(request.id), shifts.list_legs(request.id)
    shift = chosen_shift(rows, shift_id)
    run, work = matching.latest_run(request.id), matching.find_work(request.id)
    manager = may("request-cover", identity.kind, identity.roles)
    open_to_offers = (
        request.state in ("own_staff", "shared") and shift.state == "open" and shift.starts_at > clock.now()
    )
    entries = matching.eligible(run, shift.id) if run else []
    seat = free_seat(shift, legs)
    acts = manager and open_to_offers
    return {
        **views.head(request, shift, rows, identity),
        "form": form,
        "shift": shift,
        "sub": subtitle(request, shift, len(entries) if run else None, identity.acting.name),
        "slots": views.shift_days(request, rows, legs, shift.id) if len(rows) > 1 else [],
        "job": job_view(work) if work and work.state != "cancelled" else None,
        "run": run,
        "looked": looked_words(run, len(entries)) if run else "",
        "cands": candidates(
            request, shift, entries[: MOST_SHOWN_ALL if show_all else MOST_SHOWN], legs, seat if acts else 0
        ),
        "more": max(0, len(entries) - MOST_SHOWN) if not show_all else 0,
        "all_href": url_for("cover.show", request_id=request.id, shift=shift.id, rows="all"),
        "seat": seat,
        "acts": acts,
        "manager": manager,
        "live": request.state in cover_acts.LIVE_REQUESTS,
        "best": min(OFFER_BEST, sum(not matching.warnings_left(request, row) for row in entries)),
        "turned": why_not(run, shift.id, len(entries)) if run else None,
        "helps": [run.fixes[str(shift.id)]["words"]] if run and str(shift.id) in run.fixes else [],
        "pins_broken": bool(run) and pins_broken(request, run),
        "own": own_refusals(run, shift.id) if run and identity.kind == "coop" else [],
        "left_out": left_out(request, run),
        "cost": shift_cost(request, shift, entries),
        "set_aside": [(words.warning_words(row["rule"]), row["reason"]) for row in request.overrides],
        "legs": leg_rows(legs, shift.id),
        "change": views.needs_form(request, legs, form) if manager else None,
        "calling_off": call_off_facts(legs) if manager else None,
        "move_form": form if form.values.get("day-day") else move_form(shift),
    }


def move_form(shift: CoverShift) -> Form:
    """The times of a shift, to be changed."""
    return Form(
        {
            "day": shift.starts_at.astimezone(clock.LONDON).date(),
            "start": words.time_text(shift.starts_at),
            "end": words.time_text(shift.ends_at),
        }
    )


def chosen_shift(rows: Sequence[CoverShift], shift_id: UUID | None) -> CoverShift:
    """The shift that was asked for, else the first that is open and to come, else the first. Raises: NotFound."""
    if shift_id is not None:
        return shifts.get_shift(rows[0].request_id, shift_id)
    now = clock.now()
    return next((row for row in rows if row.state == "open" and row.starts_at > now), rows[0])


def free_seat(shift: CoverShift, legs: Sequence[Placement]) -> int:
    """The first seat for which nobody has said yes; the first of all when there is none."""
    taken = {leg.seat for leg in legs if leg.shift_id == shift.id and leg.state in HELD}
    return next((seat for seat in range(1, shift.seats + 1) if seat not in taken), 1)


def subtitle(request: CoverRequest, shift: CoverShift, fit: int | None, coop: str) -> str:
    """One sentence under the heading."""
    needs = f", with {views.need_words(request.needs)}" if request.needs else ""
    text = f"{coop}, {words.span_words(shift.starts_at, shift.ends_at)}{needs}."
    if fit is not None:
        text += f" {words.plural(fit, 'carer fits', 'carers fit')}." if fit else " Nobody fits yet."
    if request.own_staff_until > clock.now() and request.state == "own_staff":
        text += f" Your own staff only, until {clock.moment_words(request.own_staff_until)}."
    return text


def looked_words(run: MatchRun, fit: int) -> str:
    """How many were looked at."""
    return f"{words.plural(run.looked_at, 'carer')} in {words.plural(run.coops, 'co-op')} looked at, {fit} fit"


def candidates(
    request: CoverRequest, shift: CoverShift, entries: Sequence[Mapping[str, Any]], legs: Sequence[Placement], seat: int
) -> list[dict[str, Any]]:
    """Who fits, best first; `seat` 0 when nobody may be offered to."""
    standing = {
        str(leg.carer_id): LEG_WORDS[leg.state] for leg in legs if leg.shift_id == shift.id and leg.state in LEG_WORDS
    }
    pinned = {carer for of_shift, carer in request.pinned if of_shift == str(shift.id)}
    nearest = min((row["minutes"] for row in entries), default=0)
    return [
        {
            **row,
            "say": say_words(row, place, nearest),
            "why": [reason["words"] for reason in row["reasons"] if reason["kind"] == "good"],
            "but": [reason["words"] for reason in row["reasons"] if reason["kind"] == "warn"],
            "warned": [(rule, words.warning_words(rule)) for rule in matching.warnings_left(request, row)],
            "standing": standing.get(row["carer"]),
            "pinned": row["carer"] in pinned,
            "may_offer": bool(seat) and row["carer"] not in standing,
        }
        for place, row in enumerate(entries)
    ]


def say_words(row: Mapping[str, Any], place: int, nearest: int) -> str:
    """One sentence for a carer."""
    told = [reason["words"] for reason in row["reasons"]]
    if "Asked for by name" in told:
        return "The carer this person asked for."
    if any(text.startswith("Visited ") for text in told):
        return "Knows this person."
    if "Your own carer" in told:
        return "Works for your own co-op."
    if row["minutes"] == nearest:
        return "Fits every rule, with the shortest journey."
    return "Fits every rule." if place else "Fits every rule, and is next in turn."


def why_not(run: MatchRun, shift_id: UUID, fit: int) -> dict[str, Any] | None:
    """The bars of the rules that turned carers away; a count below three is told as such, and its bar is that of two."""
    counts: Mapping[str, int | None] = run.turned_away.get(str(shift_id), {})
    if not counts:
        return None
    most = max((count or 2) for count in counts.values())
    return {
        "others": run.looked_at - fit,
        "rows": [
            {
                "label": words.rule_title(rule),
                "value": f"{count:,}" if count is not None else FEWEST_WORDS,
                "parts": [["plum" if count is not None else "stone", 100 * (count or 2) / most]],
            }
            # PostgreSQL keeps the keys of an object in an order of its own.
            for rule, count in sorted(counts.items(), key=lambda row: (-(row[1] or 0), row[0]))
        ],
    }


def own_refusals(run: MatchRun, shift_id: UUID) -> list[dict[str, str]]:
    """The co-op's own carers who were turned away, with the rule and the number."""
    return [
        {
            "who": row.first_name,
            "href": f"/carers/{row.carer_id}",
            "rule": words.rule_title(row.rule),
            "words": words.refusal_text(row.rule, row.number),
        }
        for row in matching.list_own_refusals(run.id, shift_id)
    ]


def pins_broken(request: CoverRequest, run: MatchRun) -> bool:
    """Whether somebody whom the manager has chosen was not proposed: the choices cannot all be kept."""
    entries = {shift: {row["carer"]: row["chosen"] for row in rows} for shift, rows in run.ranked.items()}
    return any(shift in entries and not entries[shift].get(carer) for shift, carer in request.pinned)


def left_out(request: CoverRequest, run: MatchRun | None) -> list[dict[str, str]]:
    """Carers whom the manager has left out, by the name under which they were found."""
    known = {row["carer"]: row["first_name"] for rows in (run.ranked.values() if run else ()) for row in rows}
    return [{"carer": carer, "name": known.get(carer, "A carer left out before")} for carer in request.excluded]


def shift_cost(request: CoverRequest, shift: CoverShift, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the shift costs with the first carer of another co-op who fits, or with the journey assumed.

    A co-op's own carer is paid as ever and makes no recharge.
    """
    lent = [entry for entry in entries if entry["home"] != str(request.tenant_id)]
    own_fits = len(lent) < len(entries)
    if not lent:
        told = {
            **estimates.estimate(request, shift, minutes=estimates.ASSUMED_MINUTES, miles=estimates.ASSUMED_MILES),
            "assumed": True,
        }
        return {**views.cost_panel(told, 1), "who": "", "own_fits": own_fits}
    first = lent[0]
    told = estimates.estimate(request, shift, minutes=first["minutes"], miles=Decimal(str(first["miles"])))
    return {**views.cost_panel(told, 1), "who": first["first_name"], "own_fits": own_fits}


def leg_rows(legs: Sequence[Placement], shift_id: UUID) -> list[dict[str, Any]]:
    """What was offered for a shift and how it stands."""
    return [
        {
            "href": f"/placements/{leg.id}",
            "who": leg.carer_name,
            "state": LEG_WORDS.get(leg.state, (leg.state.replace("_", " ").capitalize(), ""))[0],
            "kind": LEG_WORDS.get(leg.state, ("", ""))[1],
            "at": clock.moment_words(leg.offered_at),
        }
        for leg in legs
        if leg.shift_id == shift_id
    ]
