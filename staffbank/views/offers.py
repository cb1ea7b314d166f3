"""What a carer sees on the phone: the next visit, offers, the next seven days, and the hours of the week."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import select

from staffbank import passport
from staffbank.models import BankEntry, Carer, Placement, WorkBlock
from staffbank.models.cover import HELD
from staffbank.pay.recharge import Worked, pay_of
from staffbank.services import bank, payroll, placements, rota
from staffbank.times import london_midnight
from staffbank.views.cover_words import day_of, plural, span_words
from staffbank.views.waiting import left_words
from tenants import clock
from tenants.clock import LONDON
from tenants.db import db
from tenants.money import format_pence
from tenants.services.coops import coop_names

DAYS = 7
SOON = timedelta(hours=1)
"""So long before the start a carer can check in."""
ANSWERABLE = ("asked", "offered")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
BY = {"car": "by car", "cycle": "by bicycle", "bus": "by bus", "walk": "on foot"}
BLOCK_WORDS = {"rota": "Your own co-op", "sleep_in": "Your own co-op, sleep-in", "other_job": "Other job"}


def offers_page(carer: Carer | None, person_id: Any) -> dict[str, Any]:
    """What staffbank/offers.html shows; `carer` is None for an account that no record is linked to."""
    if carer is None:
        return {"heading": "Your offers", "carer": None}
    now, names = clock.now(), coop_names()
    legs = placements.list_own(person_id)
    waiting = [leg for leg in legs if leg.state in ANSWERABLE and leg.expires_at > now]
    agreed = [leg for leg in legs if leg.state in ("confirmed", "started")]
    entry = db.session.get(BankEntry, (carer.tenant_id, carer.id))
    return {
        "heading": heading(len(waiting)),
        "carer": carer,
        "next": next_visit(agreed[0], names, now) if agreed else None,
        "offers": [offer_row(leg, carer, entry, names) for leg in waiting],
        "pending": [pending_row(leg, names) for leg in legs if leg.state in ("interested", "accepted", "released")],
        "days": day_rows(carer, legs, names, clock.today(), DAYS),
        # The week of the first offer is the one to decide on.
        "hours": week_hours(carer, legs, waiting[0].starts_at.astimezone(LONDON).date() if waiting else clock.today()),
    }


def heading(count: int) -> str:
    """The heading of the page.

    >>> heading(2), heading(1), heading(0)
    ('You have two offers to answer', 'You have one offer to answer', 'No offers to answer')
    """
    if not count:
        return "No offers to answer"
    word = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"You have {word} {'offer' if count == 1 else 'offers'} to answer"


def next_visit(leg: Placement, names: dict[str, str], now: datetime) -> dict[str, Any]:
    """The first placement to come, or the one under way."""
    local = leg.starts_at.astimezone(LONDON).date()
    day = "today" if local == clock.today() else "tomorrow" if local == clock.today() + timedelta(days=1) else ""
    start = span_words(leg.starts_at, leg.ends_at)
    title = f"{day}, {start}" if day else f"{day_of(leg.starts_at)}, {start}"
    ready = leg.host_briefed_at is not None and leg.carer_briefed_at is not None
    return {
        "id": leg.id,
        "title": f"Now, to {span_words(leg.starts_at, leg.ends_at).split(' to ', 1)[1]}"
        if leg.state == "started"
        else title,
        "tag": starts_words(leg.starts_at, now) if leg.state == "confirmed" else ("At work", "ok"),
        "about": f"{names.get(str(leg.counterparty_id), 'A co-op')}, {leg.outcode}. {need_text(leg.needs)}",
        "href": url_for("offers.show", placement_id=leg.id),
        "act": check_act(leg, now, ready=ready),
        "carer_briefed": leg.carer_briefed_at is not None,
        "ready": ready,
    }


def check_act(leg: Placement, now: datetime, *, ready: bool) -> str | None:
    """Which check the carer can make now, if any."""
    if leg.state == "started":
        return "check_out"
    if leg.state == "confirmed" and ready and leg.starts_at - SOON <= now <= leg.ends_at:
        return "check_in"
    return None


def starts_words(starts_at: datetime, now: datetime) -> tuple[str, str]:
    """How soon it starts, with the kind of the tag.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 22, 13, 48, tzinfo=UTC)
    >>> starts_words(at + timedelta(minutes=12), at), starts_words(at + timedelta(hours=30), at)
    (('Starts in 12 min', 'warn'), ('Starts in 30 hours', ''))
    """
    minutes = int((starts_at - now).total_seconds() // 60)
    if minutes <= 0:
        return "Should have begun", "bad"
    if minutes < 120:
        return f"Starts in {minutes} min", "warn"
    return (f"Starts in {minutes // 60} hours" if minutes < 72 * 60 else f"Starts in {minutes // 1440} days"), ""


def offer_row(leg: Placement, carer: Carer, entry: BankEntry | None, names: dict[str, str]) -> dict[str, Any]:
    """One offer: when, what it earns, how far it is, what it needs, and what speaks for it."""
    left = leg.expires_at - clock.now()
    return {
        "id": leg.id,
        "coop": names.get(str(leg.counterparty_id), "A co-op"),
        "by": f"Answer by {by_words(leg.expires_at)}",
        "kind": "warn" if left < timedelta(hours=12) else "",
        "day": day_of(leg.starts_at),
        "time": span_words(leg.starts_at, leg.ends_at),
        "pay": pay_text(leg, carer),
        "far": f"{leg.minutes_away} min {BY.get(carer.mode, 'away')}, in {leg.outcode}",
        "needs": need_text(leg.needs).rstrip("."),
        "why": reasons(leg, carer, entry),
        "asked": leg.state == "asked",
        "href": url_for("offers.show", placement_id=leg.id),
    }


def by_words(moment: datetime) -> str:
    """By when, short: the hour today, else the day."""
    local, today = moment.astimezone(LONDON), clock.today()
    hour = clock.moment_words(moment).rsplit(", ", 1)[1]
    if local.date() == today:
        return f"{hour} today"
    if local.date() == today + timedelta(days=1):
        return f"{hour} tomorrow"
    return f"{local:%A}, {hour}"


def pay_text(leg: Placement, carer: Carer) -> str:
    """What the carer earns for the work, and for the journey there and back."""
    worked = Worked(
        str(leg.id),
        leg.starts_at,
        leg.ends_at,
        sleep_in=(leg.starts_at, leg.ends_at) if leg.sleep_in else None,
        travel_minutes=2 * leg.minutes_away,
        miles=Decimal(2) * leg.miles if carer.mode == "car" else Decimal(0),
    )
    lines = pay_of(worked, payroll.own_card(carer, worked.day))
    travel = sum(line.pence for line in lines if line.kind in ("travel", "mileage"))
    care = sum(line.pence for line in lines) - travel
    return f"{format_pence(care)} and {format_pence(travel)} travel" if travel else format_pence(care)


def need_text(needs: Sequence[str]) -> str:
    """Needs in words, as a sentence.

    >>> need_text(["hoist", "medication"]).endswith(".")
    True
    """
    words = [passport.SKILLS.get(tag, tag.replace("_", " ")) for tag in needs]
    return f"{', '.join(words)}." if words else "No special skill."


def reasons(leg: Placement, carer: Carer, entry: BankEntry | None) -> list[str]:
    """What speaks for an offer, from the carer's own week."""
    found = []
    if leg.client_key is not None:
        visited = db.session.scalar(
            select(Placement.starts_at)
            .where(
                Placement.tenant_id == leg.tenant_id,
                Placement.side == "home",
                Placement.carer_id == leg.carer_id,
                Placement.client_key == leg.client_key,
                Placement.state.in_(("worked", "started")),
            )
            .order_by(Placement.starts_at.desc())
            .limit(1)
        )
        if visited is not None:
            local = visited.astimezone(LONDON)
            found.append(f"You visited on {local.day} {local:%B}")
    before = [span[1] for span in bank.busy_spans(carer.id, leg.starts_at - timedelta(days=3), leg.starts_at)]
    rest = (leg.starts_at - max(before)) if before else None
    if rest is None:
        found.append("You are free in the days before it")
    elif rest > timedelta(0):
        found.append(f"You rest {int(rest.total_seconds() // 3600)} h before it")
    if entry is not None and any(
        datetime.fromisoformat(start) <= leg.starts_at and leg.ends_at <= datetime.fromisoformat(end)
        for start, end in entry.free
    ):
        found.append("In the time you said you can work")
    return found


def pending_row(leg: Placement, names: dict[str, str]) -> dict[str, Any]:
    """An offer that the carer has answered and that others decide on."""
    words = {
        "interested": "The choice is made when the time to answer is over",
        "accepted": "Your co-op releases you next",
        "released": "The host confirms next",
    }[leg.state]
    return {
        "href": url_for("offers.show", placement_id=leg.id),
        "text": f"{names.get(str(leg.counterparty_id), 'A co-op')}, {day_of(leg.starts_at)}",
        "small": f"{words}, {left_words(leg.expires_at, clock.now())}",
    }


def day_rows(
    carer: Carer, legs: Sequence[Placement], names: dict[str, str], first: date, days: int
) -> list[dict[str, Any]]:
    """Work of the next days, with offers among it; a day without any says so."""
    start, end = london_midnight(first), london_midnight(first + timedelta(days=days))
    blocks = rota.list_blocks(carer.id, start, end, kinds=("rota", "sleep_in", "other_job"))
    pieces = [*((block.starts_at, block.ends_at, block) for block in blocks)]
    pieces += [(leg.starts_at, leg.ends_at, leg) for leg in legs if leg.starts_at < end and leg.ends_at > start]
    rows = []
    for begins, ends, piece in sorted(pieces, key=lambda row: (row[0], row[1])):
        local = max(begins, start).astimezone(LONDON)
        rows.append(
            {
                "d": f"{local:%a}",
                "n": local.day,
                "today": local.date() == clock.today(),
                "time": span_words(begins, ends),
                "words": _piece_words(piece, names),
                "tag": _piece_tag(piece, local.date() == clock.today()),
                "href": url_for("offers.show", placement_id=piece.id) if isinstance(piece, Placement) else None,
            }
        )
    return rows


def _piece_words(piece: Placement | WorkBlock, names: dict[str, str]) -> str:
    if isinstance(piece, Placement):
        return f"{names.get(str(piece.counterparty_id), 'A co-op')}, {piece.outcode}"
    return BLOCK_WORDS[piece.kind]


def _piece_tag(piece: Placement | WorkBlock, today: bool) -> tuple[str, str] | None:
    if isinstance(piece, Placement):
        if piece.state in ANSWERABLE:
            return "Offer", "warn"
        if piece.state in ("interested", "accepted", "released"):
            return "Not confirmed yet", "info"
    return ("Today", "info") if today else None


def week_hours(carer: Carer, legs: Sequence[Placement], day: date) -> dict[str, Any]:
    """Hours of the London week that holds a day: booked, offered, and the most the carer wants."""
    monday = day - timedelta(days=day.weekday())
    start, end = london_midnight(monday), london_midnight(monday + timedelta(days=7))
    booked = sum(_minutes(span[0], span[1], start, end) for span in bank.busy_spans(carer.id, start, end))
    offered = sum(_minutes(leg.starts_at, leg.ends_at, start, end) for leg in legs if leg.state not in HELD)
    most = max(carer.week_minutes, 60)
    scale = max(most, booked + offered)
    over = booked + offered > most
    return {
        "title": f"Hours, week of {clock.day_words(monday).rsplit(' ', 1)[0]}",
        "booked": hours_text(booked),
        "offered": hours_text(offered),
        "most": hours_text(most),
        "parts": [["plum", 100 * booked / scale], ["mid", 100 * offered / scale]],
        "foot": (
            f"With every offer you would work more than the {hours_text(most)} you want."
            if over
            else f"With every offer you stay within the {hours_text(most)} you want."
        ),
    }


def _minutes(begins: datetime, ends: datetime, start: datetime, end: datetime) -> int:
    return max(0, int((min(ends, end) - max(begins, start)).total_seconds() // 60))


def hours_text(minutes: int) -> str:
    """Minutes as hours.

    >>> hours_text(1080), hours_text(90)
    ('18 h', '1.5 h')
    """
    return f"{minutes / 60:.1f}".removesuffix(".0") + " h"


def week_page(carer: Carer | None, person_id: Any, first: date) -> dict[str, Any]:
    """What staffbank/my_week.html shows: a week from its Monday."""
    monday = first - timedelta(days=first.weekday())
    links = {
        "before": url_for("offers.week", week=(monday - timedelta(days=7)).isoformat()),
        "after": url_for("offers.week", week=(monday + timedelta(days=7)).isoformat()),
    }
    title = f"Your week of {clock.day_words(monday)}"
    if carer is None:
        return {"carer": None, "title": title, "links": links}
    legs = week_legs(carer, monday)
    rows = day_rows(carer, legs, coop_names(), monday, DAYS)
    return {
        "carer": carer,
        "title": title,
        "links": links,
        "days": rows,
        "about": plural(len(rows), "piece of work", "pieces of work") if rows else "Nothing is booked.",
        "hours": week_hours(carer, legs, monday),
    }


def week_legs(carer: Carer, monday: date) -> list[Placement]:
    """A carer's placements that touch a week, but for those that came to nothing."""
    start, end = london_midnight(monday), london_midnight(monday + timedelta(days=7))
    chosen = select(Placement).where(
        Placement.tenant_id == carer.tenant_id,
        Placement.side == "home",
        Placement.carer_id == carer.id,
        Placement.ends_at > start,
        Placement.starts_at < end,
        Placement.state.in_((*HELD, "offered", "asked", "interested")),
    )
    return list(db.session.scalars(chosen.order_by(Placement.starts_at)))
