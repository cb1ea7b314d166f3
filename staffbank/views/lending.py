"""What a home co-op has to answer, and what it lends and borrows."""

from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.models import Placement
from staffbank.models.cover import HELD
from staffbank.services import placements
from staffbank.services.bank_policy import get_policy
from staffbank.services.notices import when_words
from staffbank.services.placements import LegFilter
from staffbank.views.placements import STATE_WORDS
from staffbank.views.waiting import left_words
from tenants import clock
from tenants.pages.paging import pager
from tenants.services.coops import coop_names

SIDES = [("", "Lent and borrowed"), ("home", "Lent"), ("host", "Borrowed")]
SHOWN = {
    "agreed": ("Agreed", HELD),
    "open": ("Not agreed yet", ("asked", "interested", "offered")),
    "ended": (
        "Came to nothing",
        ("declined", "refused", "withdrawn", "expired", "not_chosen", "given_back", "cancelled", "no_show", "swapped"),
    ),
}
"""Word of the filter to its words and states."""


def lending_page(side: str, shown: str, other: UUID | None, page: int, *, acts: bool) -> dict[str, Any]:
    """What staffbank/lending.html shows."""
    names, now = coop_names(), clock.now()
    chosen = LegFilter(side, SHOWN[shown][1] if shown in SHOWN else (), None, other)
    legs, total = placements.list_legs(chosen, offset=(page - 1) * placements.PAGE_ROWS)
    waiting, _ = placements.list_legs(LegFilter("home", ("accepted",)), limit=200)
    confirm, _ = placements.list_legs(LegFilter("host", ("released",)), limit=200)
    policy = get_policy()
    return {
        "acts": acts,
        "release": [answer_row(leg, names) for leg in reversed(waiting) if leg.expires_at > now],
        "confirm": [answer_row(leg, names) for leg in reversed(confirm) if leg.expires_at > now],
        "release_words": silence_words("release", policy.release_hours, acts=policy.releases_by_default),
        "confirm_words": silence_words("confirm", policy.confirm_hours, acts=policy.confirms_by_default),
        "rows": [list_row(leg, names) for leg in legs],
        "filters": {
            "side": side,
            "sides": SIDES,
            "shown": shown,
            "shown_options": [("", "All"), *((key, words) for key, (words, _) in SHOWN.items())],
            "other": str(other or ""),
            "others": [("", "Any co-op"), *sorted(names.items(), key=lambda row: row[1])],
        },
        **pager(page, total, placements.PAGE_ROWS),
    }


def silence_words(what: str, hours: int, *, acts: bool) -> str:
    """What happens when nobody answers.

    >>> silence_words("release", 12, acts=False)
    'Without an answer in 12 hours the offer runs out.'
    """
    then = f"your co-op {what}s" if acts else "the offer runs out"
    return f"Without an answer in {hours} hours {then}."


def answer_row(leg: Placement, names: dict[str, str]) -> dict[str, Any]:
    """One placement to be released or confirmed."""
    return {
        "id": leg.id,
        "who": leg.carer_name,
        "other": names.get(str(leg.counterparty_id), "A co-op"),
        "when": when_words(leg),
        "where": leg.outcode,
        "left": left_words(leg.expires_at, clock.now()),
        "href": url_for("offers.show", placement_id=leg.id),
    }


def list_row(leg: Placement, names: dict[str, str]) -> dict[str, Any]:
    """One line of what is lent and borrowed."""
    return {
        "who": leg.carer_name,
        "href": url_for("offers.show", placement_id=leg.id),
        "side": "Lent to" if leg.side == "home" else "Borrowed from",
        "other": names.get(str(leg.counterparty_id), "A co-op"),
        "when": when_words(leg),
        "where": leg.outcode,
        "state": STATE_WORDS[leg.state][0],
        "kind": STATE_WORDS[leg.state][1],
        "notice": leg.notice_minutes,
    }
