"""What the board shows: the week as days and parts of days, the shifts of one of them, and where to go from here."""

from collections import defaultdict
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from staffbank.passport import KINDS
from staffbank.rules import PARTS, STANDINGS, Tally, monday_of, part_of_day, total
from staffbank.services import board
from staffbank.services.board import BoardShift
from staffbank.times import london_moment
from staffbank.views.board_map import bank_map
from staffbank.views.cover_words import plural
from staffbank.views.waiting import day_span_words, rows_for
from tenants import clock
from tenants.clock import day_words
from tenants.errors import InvalidInput
from tenants.identity import Identity
from tenants.permissions import may
from tenants.services.coops import list_coops

Slot = tuple[date, str]
WEEKS_BACK, WEEKS_ON = 4, 8
"""How many weeks can be chosen before and after this one; others by their address."""
WEEKEND_FROM = time(18)
"""On Saturday by London's clocks: from then on the board may open at the next week."""
WORDS = {"gap": ("gap", "gaps"), "risk": ("at risk",) * 2, "offered": ("offered",) * 2, "covered": ("covered",) * 2}
TAGS = {"gap": "bad", "risk": "warn", "offered": "info", "covered": "ok"}
PART_WORDS = {key: words for key, words, _ in PARTS}
_PLACES = (
    ("request-cover", "/cover/new", "Ask for cover", "One visit, a week of them, or somebody’s whole absence"),
    ("see-bank", "/cover", "Requests for cover", "What your co-op has asked for, and how each stands"),
    ("keep-carers", "/carers", "Carers", "Passports, rotas and who is in the bank"),
    ("request-cover", "/clients", "Clients", "The people your co-op cares for; nobody else reads their names"),
    ("lend-carers", "/lending", "Lending", "Carers whom others ask for, and whom you borrow"),
    ("see-hours", "/hours", "Hours", "Hours to agree and to accept"),
    ("see-settlement", "/settlement", "Settlement", "What co-ops owe each other, month by month"),
    ("see-agreement", "/rates", "Rates", "What an hour, a mile and a night cost, from which day"),
    ("see-agreement", "/agreement", "Agreement", "Under which carers are lent, and who has signed it"),
    ("keep-carers", "/bank-policy", "How we take part", "Time limits, what happens when one runs out, and VAT"),
    ("see-reports", "/staff-bank/figures", "Figures", "Fill rate, time to fill, agency spend avoided, who lends"),
)

_OWN_ONLY = ("/cover",)
"""Lists of a co-op's own: the office sees the same on the board."""


def chosen_week(asked: str, coop_id: UUID | None = None) -> date:
    """The Monday of the week asked for by any of its days; when nothing is asked, the one to act on. Raises: InvalidInput."""
    if not asked:
        return opening_week(coop_id)
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise InvalidInput({"week": "Choose a week by one of its days, like 2026-11-23"}) from None
    if not 2000 <= day.year < 2100:
        raise InvalidInput({"week": "Choose a week of this century"})
    return monday_of(day)


def opening_week(coop_id: UUID | None = None) -> date:
    """The Monday of the week that the board opens at: this week, unless it is nearly over and nothing of it is open any more.

    On Saturday evening or on Sunday, once every shift to come this week is covered, what is left to do is next week.
    """
    now, monday = clock.now(), monday_of(clock.today())
    if now < london_moment(monday + timedelta(days=5), WEEKEND_FROM):
        return monday
    to_come = (shift for shift in board.week_shifts(monday, coop_id) if shift.starts_at > now)
    open_still = any(shift.tally.gap + shift.tally.risk + shift.tally.offered for shift in to_come)
    return monday if open_still else monday + timedelta(days=7)


def chosen_slot(asked: str, monday: date) -> Slot | None:
    """The part of a day asked for, like 2026-11-24-evening, if it lies in the week. Raises: InvalidInput."""
    if not asked:
        return None
    day, _, part = asked.rpartition("-")
    try:
        slot = (date.fromisoformat(day), part)
    except ValueError:
        slot = None
    if slot is None or part not in PART_WORDS:
        raise InvalidInput({"slot": "Choose a part of a day, like 2026-11-24-evening"})
    return slot if monday <= slot[0] < monday + timedelta(days=7) else None


def chosen_coop(asked: str, identity: Identity) -> UUID | None:
    """The co-op that the office looks at; a co-op sees its own alone. Raises: InvalidInput."""
    if not asked or identity.kind == "coop":
        return None
    try:
        coop_id = UUID(asked)
    except ValueError:
        coop_id = None
    if coop_id is None or coop_id not in {coop.id for coop in list_coops()}:
        raise InvalidInput({"coop": "Choose a co-op from the list"})
    return coop_id


def board_page(
    identity: Identity, monday: date, slot: Slot | None, coop_id: UUID | None, *, asked: bool = True
) -> dict[str, Any]:
    """Everything that staffbank/board.html shows; `asked` is whether somebody has chosen this week."""
    own = identity.kind == "coop"
    shifts = board.week_shifts(monday, coop_id)
    rota = [part_of_day(moment) for moment in board.rota_starts(monday)] if own else []
    by_slot: dict[Slot, list[BoardShift]] = defaultdict(list)
    for shift in shifts:
        by_slot[part_of_day(shift.starts_at)].append(shift)
    tallies = {at: total(shift.tally for shift in found) for at, found in by_slot.items()}
    for at in rota:
        tallies[at] = tallies.get(at, Tally()) + Tally(covered=1)
    tally = total(tallies.values())
    kept: dict[str, Any] = {"coop": coop_id} if coop_id else {}
    this = monday_of(clock.today())
    this_href = url_for("board.index", week=this.isoformat(), **kept)
    return {
        "title": _title(tally, own),
        "week": f"Week of {day_words(monday)}",
        "week_value": monday.isoformat(),
        "weeks": _weeks(monday),
        "coops": None if own else [("", "All co-ops"), *((coop.id, coop.name) for coop in list_coops())],
        "coop": coop_id or "",
        "before": url_for("board.index", week=(monday - timedelta(days=7)).isoformat(), **kept),
        "after": url_for("board.index", week=(monday + timedelta(days=7)).isoformat(), **kept),
        "this": this_href,
        "moved_on": this_href if not asked and monday != this else None,
        "chips": chips(tally),
        "days": [_day(monday + timedelta(days=n), tallies, slot, kept) for n in range(7)],
        "counted": counted_words(own, len(rota)),
        "chosen": _chosen(slot, by_slot, tallies, own) if slot else None,
        "waiting": rows_for(identity),
        "map": bank_map(board.list_places(), shifts),
        "places": [
            {"href": href, "label": label, "text": text}
            for act, href, label, text in _PLACES
            if may(act, identity.kind, identity.roles) and (own or href not in _OWN_ONLY)
        ],
        "search_href": "/staff-bank/search" if may("search-all-cover", identity.kind, identity.roles) else None,
        "ask_href": "/cover/new" if may("request-cover", identity.kind, identity.roles) else None,
    }


def chips(tally: Tally) -> list[tuple[str, str]]:
    """Counts in words with the kind of their tag, the worst first.

    >>> chips(Tally(gap=2, risk=3, covered=21))
    [('2 gaps', 'bad'), ('3 at risk', 'warn'), ('21 covered', 'ok')]
    """
    return [(count_words(name, getattr(tally, name)), TAGS[name]) for name in STANDINGS if getattr(tally, name)]


def count_words(name: str, count: int) -> str:
    """A count of seats that stand in one way.

    >>> count_words("gap", 1), count_words("gap", 2), count_words("risk", 1)
    ('1 gap', '2 gaps', '1 at risk')
    """
    return f"{count:,} {WORDS[name][0 if count == 1 else 1]}"


def counted_words(own: bool, rota: int) -> str:
    """What the counts of the board are made of, for those who read them."""
    if own:
        return (
            f"Counted: the cover your co-op has asked for, and {plural(rota, 'piece', 'pieces')} of work of your own rota as covered."
            " At risk is what somebody has been asked for, is not confirmed, and starts within 48 hours."
        )
    return (
        "Counted: the cover that co-ops have asked for, and how its placements stand. Home rotas are private to each"
        " co-op and are not counted. At risk is what somebody has been asked for, is not confirmed, and starts within"
        " 48 hours."
    )


def _title(tally: Tally, own: bool) -> str:
    if tally.gap:
        return f"Who can cover {count_words('gap', tally.gap)}{'' if own else ' in the federation'}?"
    if tally.risk:
        return f"Nothing is open, {count_words('risk', tally.risk)}"
    if tally.offered:
        return "Everything is asked for or covered"
    return "Everything is covered" if tally.covered else "Is everybody’s care covered?"


def _weeks(monday: date) -> list[tuple[str, str]]:
    this = monday_of(clock.today())
    listed = {this + timedelta(days=7 * n) for n in range(-WEEKS_BACK, WEEKS_ON + 1)} | {monday}
    return [(one.isoformat(), f"{one.day} {one:%B %Y}{', this week' if one == this else ''}") for one in sorted(listed)]


def _day(day: date, tallies: dict[Slot, Tally], chosen: Slot | None, kept: dict[str, Any]) -> dict[str, Any]:
    slots = []
    for part, words, _ in PARTS:
        tally = tallies.get((day, part), Tally())
        worst = tally.worst
        rest = [count_words(name, getattr(tally, name)) for name in STANDINGS if name != worst and getattr(tally, name)]
        here = f"{day.isoformat()}-{part}"
        slots.append(
            {
                "part": words,
                "kind": {"covered": "", "": "none"}.get(worst, worst),
                "count": f"{getattr(tally, worst):,}" if worst else "",
                "word": WORDS[worst][0 if getattr(tally, worst) == 1 else 1] if worst else "",
                "rest": ", ".join(rest),
                "href": url_for("board.index", week=day.isoformat(), slot=here, _anchor="h-slot", **kept)
                if worst
                else None,
                "current": chosen == (day, part),
            }
        )
    return {"short": f"{day:%a}", "number": day.day, "long": day_words(day), "slots": slots}


def _chosen(slot: Slot, asked: dict[Slot, list[BoardShift]], tallies: dict[Slot, Tally], own: bool) -> dict[str, Any]:
    day, part = slot
    shifts = asked.get(slot, [])
    rota = tallies.get(slot, Tally()).covered - total(shift.tally for shift in shifts).covered
    return {
        "title": f"{day_words(day)}, {PART_WORDS[part].lower()}",
        "rota": f"{rota:,} {'piece' if rota == 1 else 'pieces'} of work of your own rota" if rota else "",
        "shifts": [_shift(shift, own) for shift in shifts],
    }


def _shift(shift: BoardShift, own: bool) -> dict[str, Any]:
    return {
        "name": f"Request {shift.request_number}" if own else f"{shift.coop}, request {shift.request_number}",
        "href": f"/cover/{shift.request_id}" if own else "",
        "when": day_span_words(shift.starts_at, shift.ends_at),
        "where": shift.outcode,
        "needs": ", ".join(KINDS[need].words if need in KINDS else need for need in shift.needs) or "Nothing special",
        "risk": f"{shift.risk} of 5",
        "chips": chips(shift.tally),
    }
