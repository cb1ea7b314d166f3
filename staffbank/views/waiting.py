"""What waits for this person, as rows of the home page and of the board: {title, text, href, act, label, kind, due}."""

from datetime import datetime
from typing import Any

from staffbank.models import Placement
from staffbank.services import waiting
from staffbank.views.cover_words import span_words
from tenants import clock
from tenants.clock import LONDON, day_words
from tenants.identity import Identity
from tenants.permissions import may
from tenants.services.coops import coop_names

_OFFICE_LINES = 3


def rows_for(identity: Identity) -> list[dict[str, Any]]:
    """Everything in the bank that waits for somebody who acts as this, the most pressing kind first."""

    def allowed(act: str) -> bool:
        return may(act, identity.kind, identity.roles)

    rows: list[dict[str, Any]] = []
    if allowed("request-cover") or allowed("lend-carers"):
        rows += _manager_rows()
    if allowed("own-work"):
        rows += _carer_rows(identity)
    if identity.kind != "coop" and allowed("see-bank"):
        rows += _gap_rows()[:_OFFICE_LINES]
    if allowed("run-settlement"):
        rows += [
            _row(f"Settle {cycle.month:%B %Y}", "The time for disputes is over.", "/settlement", "Settle", "", "")
            for cycle in waiting.list_cycles_due(clock.now())
        ]
    return rows


def day_span_words(starts_at: datetime, ends_at: datetime) -> str:
    """When work is, in London time.

    >>> from datetime import UTC
    >>> day_span_words(datetime(2026, 11, 24, 17, 30, tzinfo=UTC), datetime(2026, 11, 24, 21, tzinfo=UTC))
    'Tuesday 24 November 2026, 5:30pm to 9:00pm'
    """
    return f"{day_words(starts_at.astimezone(LONDON).date())}, {span_words(starts_at, ends_at)}"


def left_words(until: datetime, now: datetime) -> str:
    """How long there is still time, short enough for a tag.

    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    >>> [left_words(at + timedelta(hours=hours), at) for hours in (60, 24, 3.5, 0.5, 0)]
    ['2 days left', '24 hours left', '3 hours left', 'less than an hour left', 'the time is up']
    """
    hours = (until - now).total_seconds() / 3600
    if hours <= 0:
        return "the time is up"
    if hours < 1:
        return "less than an hour left"
    count, noun = (int(hours // 24), "day") if hours >= 48 else (int(hours), "hour")
    return f"{count} {noun}{'' if count == 1 else 's'} left"


def _manager_rows() -> list[dict[str, Any]]:
    found, names = waiting.for_manager(), coop_names()
    rows = [
        *(_leg_row(leg, names, "Release {who} to {other}", "Answer", _until(leg)) for leg in found.to_release),
        *(_leg_row(leg, names, "Confirm {who} of {other}", "Confirm", _until(leg)) for leg in found.to_confirm),
        *_gap_rows(found.gaps),
        *(_leg_row(leg, names, "Brief {who} of {other}", "Brief", "Before the start") for leg in found.to_brief),
        *(_hours_row(sheet.state, leg, names) for sheet, leg in found.hours),
    ]
    rows += [
        _row(
            f"Request {draft.number} is a draft", "Nobody is asked yet.", f"/cover/{draft.id}", "Go on", "Draft", "info"
        )
        for draft in found.drafts
    ]
    return rows


def _gap_rows(gaps: Any = None) -> list[dict[str, Any]]:
    own = gaps is not None
    rows = []
    for gap in waiting.list_gaps() if gaps is None else gaps:
        first, count = gap.first, f"{gap.seats} {'gap' if gap.seats == 1 else 'gaps'}"
        title = f"Cover for request {first.request_number}" if own else f"{first.coop} needs cover"
        text = (
            f"{first.outcode}, {day_span_words(first.starts_at, first.ends_at)}{' and later' if gap.seats > 1 else ''}"
        )
        href = f"/cover/{first.request_id}" if own else f"/staff-bank?week={first.starts_at.astimezone(LONDON).date()}"
        rows.append(_row(title, text, href, "Find cover" if own else "Look", count, "bad"))
    return rows


def _carer_rows(identity: Identity) -> list[dict[str, Any]]:
    offers, briefings, hours = waiting.for_carer(identity.person_id)
    names = coop_names()
    return [
        *(_leg_row(leg, names, "{other} asks for your help", "Answer", _until(leg), "/my-offers") for leg in offers),
        *(
            _leg_row(leg, names, "Read the briefing of {other}", "Read", "", f"/placements/{leg.id}")
            for leg in briefings
        ),
        *(_leg_row(leg, names, "Send your hours at {other}", "Send", "", f"/my-hours/{leg.id}") for _, leg in hours),
    ]


def _hours_row(state: str, leg: Placement, names: dict[str, str]) -> dict[str, Any]:
    words, act, due = {
        "sent": ("Agree the hours of {who} of {other}", "Agree", ""),
        "agreed": ("Accept the hours of {who} at {other}", "Accept", ""),
        "disputed": ("Hours of {who} of {other} are in dispute", "Look", "Dispute"),
    }[state]
    return _leg_row(leg, names, words, act, due, f"/hours/{leg.id}")


def _leg_row(
    leg: Placement, names: dict[str, str], words: str, act: str, due: str, href: str | None = None
) -> dict[str, Any]:
    own = leg.counterparty_id == leg.tenant_id
    other = "your own co-op" if own else names.get(str(leg.counterparty_id), "another co-op")
    title = words.format(who=leg.carer_name, other=other)
    text = f"{leg.outcode}, {day_span_words(leg.starts_at, leg.ends_at)}"
    return _row(title, text, href or f"/placements/{leg.id}", act, due, "warn")


def _until(leg: Placement) -> str:
    return left_words(leg.expires_at, clock.now())


def _row(title: str, text: str, href: str, act: str, due: str, kind: str) -> dict[str, Any]:
    return {
        "title": title,
        "text": text,
        "href": href,
        "act": act,
        "label": f"{act}: {title}",
        "kind": kind,
        "due": due,
    }
