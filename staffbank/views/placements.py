"""One placement as the carer, the home co-op and the host each see it, and what each may do next."""

from datetime import date
from typing import Any

from flask import url_for

from staffbank import passport
from staffbank import placement_rules as rules
from staffbank.models import Placement
from staffbank.pay.vat import TREATMENTS
from staffbank.services import cancellations, placements, recharges, schedules
from staffbank.services.notices import when_words
from staffbank.views.hours import charge_facts
from staffbank.views.offers import check_act, need_text
from staffbank.views.waiting import left_words
from tenants import clock
from tenants.errors import RuleBroken
from tenants.identity import Identity
from tenants.money import format_pence
from tenants.permissions import may
from tenants.services.coops import coop_names

STATE_WORDS = {
    "asked": ("Asked for interest", "info"),
    "interested": ("Interested", "info"),
    "offered": ("Offered", "warn"),
    "accepted": ("Carer said yes", "warn"),
    "released": ("Released", "warn"),
    "confirmed": ("Confirmed", "ok"),
    "started": ("At work", "ok"),
    "worked": ("Worked", "teal"),
    "declined": ("Carer cannot", ""),
    "refused": ("Not released", ""),
    "withdrawn": ("Taken back", ""),
    "expired": ("Time ran out", ""),
    "not_chosen": ("Somebody else chosen", ""),
    "given_back": ("Given back", "bad"),
    "cancelled": ("Cancelled", "bad"),
    "no_show": ("Did not come", "bad"),
    "swapped": ("Swapped", ""),
}
"""State of a placement to its word and the kind of its tag."""

STEPS = ("Offered", "Accepted", "Released", "Confirmed", "Worked")
_AT = {
    "asked": 0,
    "interested": 0,
    "offered": 1,
    "accepted": 2,
    "released": 3,
    "confirmed": 4,
    "started": 4,
    "worked": 5,
}

UNKNOWN_COST = "What cancelling costs cannot be told now."

HOST_BRIEFING = (
    "The care plan is open to the carer, on paper or on the phone",
    "The carer knows whom to ring when working alone, at any hour",
    "The medication policy and the record sheet are handed over",
    "Key safe, parking and the way in are told",
)
CARER_BRIEFING = (
    "I have read the care plan",
    "I know whom to ring when I work alone",
    "I have read the medication policy",
    "I know how to get in",
)


def sides_of(legs: list[Placement], identity: Identity) -> list[str]:
    """As whom somebody may look at a placement: carer, home, host; empty for nobody."""
    found = []
    for leg in legs:
        if (
            leg.side == "home"
            and leg.person_id == identity.person_id
            and may("own-work", identity.kind, identity.roles)
        ):
            found.append("carer")
        if may("see-bank", identity.kind, identity.roles):
            found.append(leg.side)
    return found


def placement_page(legs: list[Placement], sides: list[str], identity: Identity) -> dict[str, Any]:
    """What staffbank/placement.html shows."""
    leg = next((one for one in legs if one.side == "home"), legs[0]) if "carer" in sides else legs[0]
    names, now = coop_names(), clock.now()
    host_id = leg.tenant_id if leg.side == "host" else leg.counterparty_id
    home_id = leg.counterparty_id if leg.side == "host" else leg.tenant_id
    host, home = names.get(str(host_id), "A co-op"), names.get(str(home_id), "A co-op")
    schedule = schedules.find_schedule(leg.id)
    return {
        "leg": leg,
        "title": f"{leg.carer_name} at {host}" if "carer" not in sides else f"Work at {host}",
        "state": STATE_WORDS[leg.state],
        "about": when_words(leg),
        "left": left_words(leg.expires_at, now) if leg.state in rules.PENDING else "",
        "step_names": STEPS,
        "step_at": _AT.get(leg.state),
        "page_facts": fact_rows(leg, host, home, sides),
        "door": placements.find_door(leg.id) if "carer" in sides else None,
        "checks": check_rows(leg.id) if "host" in sides else None,
        "briefing": briefing(leg, sides),
        "acts": acts_of(leg, sides, identity),
        "check": check_act(leg, now, ready=bool(leg.host_briefed_at and leg.carer_briefed_at))
        if "carer" in sides
        else None,
        "cancelling": cancel_facts(leg) if "host" in sides else None,
        "charges": charge_rows(leg, sides),
        "shares_place": "carer" in sides and placements.shares_place(leg),
        "history": timeline_rows(leg, host, home),
        "terms_hold": schedules.terms_hold(leg),
        "schedule": {
            "href": url_for("offers.schedule", placement_id=leg.id),
            "sha256": schedule.sha256,
        }
        if schedule
        else None,
        "crumb": _crumb(leg, sides, identity),
    }


def _crumb(leg: Placement, sides: list[str], identity: Identity) -> tuple[str, str]:
    if "carer" in sides and not may("see-bank", identity.kind, identity.roles):
        return "Offers", "/my-offers"
    if leg.side == "host":
        return f"Request {leg.request_number}", f"/cover/{leg.request_id}"
    return "Lending", "/lending"


def fact_rows(leg: Placement, host: str, home: str, sides: list[str]) -> list[tuple[str, str]]:
    """What stands in the placement, in words."""
    version, card = leg.terms.get("framework"), leg.terms.get("rate_card_from")
    rows = [
        ("Host", host),
        ("Home co-op", home),
        ("Carer", leg.carer_name),
        ("Where", leg.outcode),
        ("Needs", need_text(leg.needs).rstrip(".")),
        ("Journey", f"{leg.minutes_away} minutes, {leg.miles:g} miles each way"),
        ("Agreement", f"Version {version['number']}" if version else "None in force when offered"),
        ("Rate card", f"From {clock.day_words(date.fromisoformat(card))}" if card else "None in force when offered"),
    ]
    if leg.sleep_in:
        rows.append(("Sleep-in", "Yes"))
    if "carer" not in sides or len(sides) > 1:
        rows.append(("VAT", TREATMENTS[leg.vat_treatment].title))
    if leg.notice_minutes is not None:
        rows.append(("Notice given", rules.notice_words(leg.notice_minutes)))
    if cancellations.percent_owed(leg):
        rows.append(("Still paid", f"{cancellations.percent_owed(leg)} % of the hours agreed"))
    if leg.words:
        rows.append(("Reason", leg.words))
    return rows


def check_rows(placement_id: Any) -> list[dict[str, str]] | None:
    """The checklist of Schedule 3, as the home co-op warrants it."""
    found = placements.find_checks(placement_id)
    if found is None:
        return None
    return [
        {
            "what": passport.KINDS[row["kind"]].words if row["kind"] in passport.KINDS else row["kind"],
            "level": row.get("level") or row.get("standard") or "",
            "checked": f"{row.get('checked_on') or ''}, by {row.get('checked_by_role') or 'the home co-op'}",
            "until": row.get("until") or "No end",
            "original": "Original seen" if row.get("original_seen") else "Copy seen",
        }
        for row in found
    ]


def briefing(leg: Placement, sides: list[str]) -> dict[str, Any] | None:
    """The two checklists, from the confirmation on."""
    if leg.confirmed_at is None or leg.state not in ("confirmed", "started", "worked"):
        return None
    return {
        "host": HOST_BRIEFING,
        "carer": CARER_BRIEFING,
        "host_at": clock.moment_words(leg.host_briefed_at) if leg.host_briefed_at else None,
        "carer_at": clock.moment_words(leg.carer_briefed_at) if leg.carer_briefed_at else None,
        "as_host": "host" in sides and leg.state == "confirmed" and leg.host_briefed_at is None,
        "as_carer": "carer" in sides and leg.state == "confirmed" and leg.carer_briefed_at is None,
    }


def acts_of(leg: Placement, sides: list[str], identity: Identity) -> dict[str, bool]:
    """Which buttons stand on the page."""
    now = clock.now()
    lends = "home" in sides and may("lend-carers", identity.kind, identity.roles)
    asks = "host" in sides and may("request-cover", identity.kind, identity.roles)
    carer = "carer" in sides
    answers = leg.expires_at > now
    return {
        "accept": carer and leg.state == "offered" and answers,
        "interest": carer and leg.state == "asked" and answers,
        "decline": carer and leg.state in ("asked", "interested", "offered"),
        "give_back": carer and leg.state in ("accepted", "released", "confirmed") and leg.starts_at > now,
        "not_checked": carer and leg.state in ("confirmed", "started") and leg.ends_at <= now,
        "release": lends and leg.state == "accepted" and answers,
        "refuse": lends and leg.state in ("asked", "interested", "offered", "accepted"),
        "recall": lends and leg.state in ("released", "confirmed") and leg.starts_at > now,
        "confirm": asks and leg.state == "released" and answers,
        "withdraw": asks and leg.state in rules.PENDING,
        "no_show": asks and leg.state == "confirmed" and leg.starts_at <= now,
        "cancel": asks and leg.state == "confirmed" and leg.ends_at > now,
        "swap": asks and leg.state == "confirmed" and leg.starts_at > now,
    }


def cancel_facts(leg: Placement) -> dict[str, Any] | None:
    """What the host reads before it cancels: what it costs now, and the sum that it must have seen; None when it cannot."""
    if not cancellations.confirmed_of([leg]):
        return None
    try:
        cost = cancellations.cost_now(leg)
    except RuleBroken as error:
        # The placement may still be cancelled; what it costs is told once the federation has a rate card for the day.
        return {"words": f"{UNKNOWN_COST} {error.message}", "pence": None}
    return {"words": cancel_words(cost), "pence": cost.gross_pence}


def call_off_facts(legs: list[Placement]) -> dict[str, Any] | None:
    """What the host reads before it calls a whole request off; None when nobody is confirmed."""
    found = cancellations.confirmed_of(legs)
    if not found:
        return None
    if len(found) == 1:
        return cancel_facts(found[0])
    try:
        pence = cancellations.cost_of_all(found)
    except RuleBroken as error:
        return {"words": f"{UNKNOWN_COST} {error.message}", "pence": None}
    costs = f"{format_pence(pence)} at the most, VAT included" if pence else "nothing"
    return {"words": f"Cancelling {len(found)} confirmed placements now costs {costs}.", "pence": pence}


def cancel_words(cost: cancellations.Cost) -> str:
    """What cancelling now costs, in words.

    >>> cancel_words(cancellations.Cost())
    'Cancelling now costs nothing.'
    >>> cancel_words(cancellations.Cost(50, 3906, 781, 781))
    'Cancelling now costs £39.06, 50 % of the hours agreed. With VAT it is £46.87 at the most.'
    """
    if not cost.percent:
        return "Cancelling now costs nothing."
    part = f"{cost.percent} %" if cost.percent < 100 else "all"
    vat = f" With VAT it is {format_pence(cost.gross_pence)} at the most." if cost.vat_pence else ""
    return f"Cancelling now costs {format_pence(cost.net_pence)}, {part} of the hours agreed.{vat}"


def charge_rows(leg: Placement, sides: list[str]) -> list[dict[str, Any]]:
    """What was charged for a placement that was cancelled late, to its two co-ops; hours worked stand under Hours."""
    if leg.state != "cancelled" or not {"host", "home"} & set(sides):
        return []
    return [charge_facts(row) for row in recharges.list_recharges(placement_id=leg.id) if row.side == leg.side]


def timeline_rows(leg: Placement, host: str, home: str) -> list[dict[str, Any]]:
    """What has happened, newest first, from the times on the leg."""
    moments = [
        (leg.offered_at, f"{host} offered it" if leg.state != "asked" else f"{host} asked"),
        (leg.answered_at, f"{leg.carer_name} answered"),
        (leg.released_at, f"{home} released {leg.carer_name}" if leg.released_by else "Released"),
        (leg.confirmed_at, f"{host} confirmed" if leg.confirmed_by else "Confirmed as the time ran out"),
        (leg.host_briefed_at, f"{host} ticked the briefing"),
        (leg.carer_briefed_at, f"{leg.carer_name} ticked the briefing"),
        (leg.ended_at, STATE_WORDS[leg.state][0]),
    ]
    known = sorted(((at, text) for at, text in moments if at is not None), key=lambda row: row[0], reverse=True)
    return [
        {"text": text, "small": "", "at": clock.moment_words(at), "at_iso": at.isoformat(), "now": place == 0}
        for place, (at, text) in enumerate(known)
    ]
