"""What the staff bank adds to the home page: what waits for this person, and how this week's cover stands."""

from typing import Any

from staffbank.rules import Tally, monday_of, total
from staffbank.services import board
from staffbank.views.waiting import rows_for
from tenants import clock
from tenants.identity import Identity
from tenants.pages.home import HomeNews
from tenants.permissions import may

MOST_ROWS = 8
"""On the home page; the rest stands on the board."""


def bank_news(identity: Identity) -> HomeNews:
    """Offers, releases, confirmations, gaps and hours that wait, and a card of the week for those who see the bank."""
    sees = may("see-bank", identity.kind, identity.roles)
    if not sees and not may("own-work", identity.kind, identity.roles):
        return HomeNews()
    rows = rows_for(identity)
    shown = rows[:MOST_ROWS]
    if len(rows) > MOST_ROWS and sees:
        more = len(rows) - MOST_ROWS
        shown.append(
            {
                "title": f"{more} more in the staff bank",
                "text": "All of them stand under the week.",
                "href": "/staff-bank#h-wait",
                "act": "Look",
                "label": f"Look at {more} more in the staff bank",
                "kind": "",
                "due": "",
            }
        )
    return HomeNews(todo=shown, cards=_cards() if sees else [])


def _cards() -> list[dict[str, Any]]:
    shifts = board.week_shifts(monday_of(clock.today()))
    if not shifts:
        return []
    tally = total(shift.tally for shift in shifts)
    return [{"title": "Cover this week", "value": _covered(tally), "small": _open(tally)}]


def _covered(tally: Tally) -> str:
    seats = tally.covered + tally.offered + tally.risk + tally.gap
    return f"{tally.covered} of {seats}"


def _open(tally: Tally) -> str:
    parts = [
        f"{count} {words}"
        for count, words in (
            (tally.gap, "gap" if tally.gap == 1 else "gaps"),
            (tally.risk, "at risk"),
            (tally.offered, "offered"),
        )
        if count
    ]
    return ", ".join(parts) or "all of it is confirmed"
