"""What the pages of hours show: a carer's week, what waits for host and home co-op, one placement's hours with its thread."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from staffbank.models import Carer
from staffbank.pay.vat import TREATMENTS
from staffbank.recharge_sums import is_late
from staffbank.services import hours, payroll, recharges
from staffbank.services.hours import Sheet
from staffbank.worked_hours import Hours, month_of, next_month
from tenants import clock
from tenants.clock import LONDON
from tenants.errors import NotFound
from tenants.services.coops import coop_names

STATES = {
    "not_begun": ("Not begun", ""),
    "open": ("Not sent yet", "warn"),
    "sent": ("Waits for the host", "info"),
    "agreed": ("Agreed by the host", "teal"),
    "accepted": ("Accepted", "ok"),
    "disputed": ("In dispute", "bad"),
    "no_show": ("Did not come", "bad"),
}
"""Where hours stand, to the words and the kind of the tag."""
SPEAKERS = {"carer": "Care worker", "host": "Host", "home": "Home co-op"}
SIDES = ("host", "home")
VEHICLE_WORDS = (("car", "Car"), ("motorcycle", "Motorcycle"), ("cycle", "Bicycle"))
PAY_WORDS = {"care": "Care", "sleep_in": "Sleep-in", "travel": "Travel time", "mileage": "Mileage"}


def minutes_words(minutes: int) -> str:
    """Minutes as people say them.

    >>> minutes_words(240), minutes_words(95), minutes_words(-30), minutes_words(0)
    ('4 h', '1 h 35 min', '−30 min', '0 min')
    """
    sign, size = ("−", -minutes) if minutes < 0 else ("", minutes)
    parts = ([f"{size // 60} h"] if size >= 60 else []) + ([f"{size % 60} min"] if size % 60 or size < 60 else [])
    return sign + " ".join(parts)


def span_words(sheet: Sheet) -> str:
    """The planned hours of a placement by London's clocks."""
    start, end = (moment.astimezone(LONDON) for moment in (sheet.placement.starts_at, sheet.placement.ends_at))
    return f"{clock.moment_words(start)} to {clock.moment_words(end).rsplit(', ', 1)[1]}"


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def own_week(carer: Carer | None, person_id: UUID, week: date) -> dict[str, Any]:
    """What staffbank/my_hours.html shows: the hours and pay of a week, and what waits to be sent whenever it was."""
    week = monday_of(week)
    names = coop_names()
    waiting = hours.list_sheets("home", states=("open", "disputed"), person_id=person_id)
    sheets = hours.list_sheets("home", first=week, last=week + timedelta(days=6), person_id=person_id)
    rows = [_own_row(sheet, carer, names) for sheet in reversed(sheets)]
    return {
        "week": week,
        "before": week - timedelta(days=7),
        "after": week + timedelta(days=7),
        "rows": rows,
        "waiting": [_own_row(sheet, carer, names) for sheet in waiting if sheet.placement.state == "worked"],
        "hours_words": minutes_words(sum(row["minutes"] for row in rows)),
        "pay_pence": sum(row["pay_pence"] for row in rows),
        "travel_words": minutes_words(sum(row["travel_minutes"] for row in rows)),
        "miles": sum((row["miles"] for row in rows), Decimal(0)),
        "month": payroll.list_month(month_of(week), carer_id=carer.id) if carer else [],
        "month_words": f"{week:%B %Y}",
    }


def own_sheet(sheet: Sheet, carer: Carer | None) -> dict[str, Any]:
    """What staffbank/my_hours_one.html shows of one's own hours."""
    may_send = sheet.placement.state == "worked" and sheet.state in ("open", "disputed")
    stated = sheet.agreed or sheet.claimed or hours.prefilled(sheet)
    return {
        **_sheet_facts(sheet, coop_names()),
        "may_send": may_send,
        "thread": _thread(sheet, "home"),
        "pay": _pay(carer, sheet, stated) if carer else [],
        "vehicles": VEHICLE_WORDS,
    }


def form_values(stated: Hours) -> dict[str, Any]:
    """Hours as the boxes of the form show them."""
    return {
        "start": f"{stated.start.astimezone(LONDON):%H:%M}",
        "end": f"{stated.end.astimezone(LONDON):%H:%M}",
        "break_minutes": stated.break_minutes,
        "awake_minutes": stated.awake_minutes,
        "travel_minutes": stated.travel_minutes,
        "miles": stated.miles,
        "vehicle": stated.vehicle,
    }


def coop_month(month: date) -> dict[str, Any]:
    """What staffbank/hours.html shows: what waits for this co-op, and every placement's hours of a month, lent and borrowed."""
    month = month_of(month)
    names, last = coop_names(), next_month(month) - timedelta(days=1)
    return {
        "month": month,
        "month_words": f"{month:%B %Y}",
        "before": month - timedelta(days=1),
        "after": next_month(month) if next_month(month) <= clock.today() else None,
        "to_agree": [_row(sheet, names) for sheet in hours.list_sheets("host", states=("sent",))],
        "to_accept": [_row(sheet, names) for sheet in hours.list_sheets("home", states=("agreed",))],
        "in_dispute": [_row(sheet, names) for side in SIDES for sheet in hours.list_sheets(side, states=("disputed",))],
        "lent": [_row(sheet, names) for sheet in hours.list_sheets("home", first=month, last=last)],
        "borrowed": [_row(sheet, names) for sheet in hours.list_sheets("host", first=month, last=last)],
    }


def own_sides(placement_id: UUID) -> dict[str, Sheet]:
    """The acting co-op's legs of a placement by side. Raises: NotFound without any."""
    found: dict[str, Sheet] = {}
    for side in SIDES:
        try:
            found[side] = hours.get_sheet(placement_id, side)
        except NotFound:
            continue
    if not found:
        raise NotFound("timesheet")
    return found


def coop_sheet(placement_id: UUID) -> dict[str, Any]:
    """What staffbank/hours_one.html shows to host and home co-op. Raises: NotFound."""
    sides = own_sides(placement_id)
    side, sheet = next(iter(sides.items()))
    names = coop_names()
    return {
        **_sheet_facts(sheet, names),
        "sides": list(sides),
        "side_words": "You borrow this carer" if side == "host" else "You lend this carer",
        "may_agree": "host" in sides and sheet.state in ("sent", "disputed") and sheet.claimed is not None,
        "may_dispute": ("host" in sides and sheet.state == "sent") or ("home" in sides and sheet.state == "agreed"),
        "may_accept": "home" in sides and sheet.state == "agreed",
        "thread": _thread(sheet, side),
        "charges": [
            charge_facts(row) for row in recharges.list_recharges(placement_id=placement_id) if row.side == side
        ],
        "vehicles": VEHICLE_WORDS,
    }


def charge_facts(row: Any) -> dict[str, Any]:
    """One recharge or adjustment as a table of lines with its sums."""
    return {
        "kind_words": charge_words(row),
        "lines": [{**line, "quantity_words": _quantity(line)} for line in row.lines],
        "net_pence": row.net_pence,
        "vat_pence": row.vat_pence,
        "vat_words": TREATMENTS[row.vat_treatment].title if row.vat_treatment in TREATMENTS else row.vat_treatment,
        "gross_pence": row.gross_pence,
        "card_from": row.rate_card_from,
        "state": row.state,
    }


def charge_words(row: Any) -> str:
    """What a recharge is for."""
    if row.kind == "adjustment":
        return "Adjustment"
    return "Late cancellation" if is_late(row.lines) else "Recharge"


def payroll_month(month: date) -> dict[str, Any]:
    """What staffbank/payroll.html shows: each carer's hours, pay and pay floor in a month."""
    month = month_of(month)
    rows = [
        {
            "reference": held.carer.reference,
            "name": held.carer.first_name,
            "hours_words": minutes_words(sum(held.minutes.values())),
            "unsocial_words": minutes_words(held.minutes["unsocial"] + held.minutes["special"]),
            "travel_words": minutes_words(sum(one.travel_minutes for one in held.worked)),
            "sleep_ins": sum(1 for one in held.worked if one.sleep_in),
            "miles": sum((one.miles for one in held.worked), Decimal(0)),
            "pay_pence": held.pay_pence,
            "floor": held.floor,
        }
        for held in payroll.list_month(month)
    ]
    return {
        "month": month,
        "month_words": f"{month:%B %Y}",
        "before": month - timedelta(days=1),
        "after": next_month(month) if next_month(month) <= clock.today() else None,
        "rows": rows,
        "total_pence": sum(row["pay_pence"] for row in rows),
        "short": [row for row in rows if row["floor"] and not row["floor"].met],
    }


def _quantity(line: dict[str, Any]) -> str:
    if not line["quantity"]:
        return ""
    if line["unit"] == "minutes":
        return minutes_words(int(Decimal(line["quantity"])))
    number = f"{Decimal(line['quantity']):f}"
    return f"{number}%" if line["unit"] == "%" else f"{number} {line['unit']}"


def _own_row(sheet: Sheet, carer: Carer | None, names: dict[str, str]) -> dict[str, Any]:
    stated = sheet.agreed or sheet.claimed or (hours.prefilled(sheet) if sheet.placement.state == "worked" else None)
    pay = _pay(carer, sheet, stated) if carer and stated else []
    return {
        **_row(sheet, names),
        "minutes": stated.minutes if stated else 0,
        "travel_minutes": stated.travel_minutes if stated else 0,
        "miles": stated.miles if stated else Decimal(0),
        "pay_pence": sum(line["pence"] for line in pay),
        "sure": sheet.state == "accepted",
        "day": sheet.placement.starts_at.astimezone(LONDON),
    }


def _pay(carer: Carer, sheet: Sheet, stated: Hours) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for line in payroll.own_pay(carer, sheet, stated):
        sums[line.kind] = sums.get(line.kind, 0) + line.pence
    return [{"words": PAY_WORDS[kind], "pence": pence} for kind, pence in sums.items()]


def _row(sheet: Sheet, names: dict[str, str]) -> dict[str, Any]:
    words, kind = STATES[sheet.state]
    stated = sheet.agreed or sheet.claimed
    return {
        "id": sheet.placement.id,
        "when": span_words(sheet),
        "carer": sheet.placement.carer_name,
        "coop": names.get(str(sheet.placement.counterparty_id), ""),
        "request": sheet.placement.request_number,
        "state_word": words,
        "state_kind": kind,
        "stated_words": minutes_words(stated.minutes) if stated else "–",
        "tags": _tags(sheet),
    }


def _tags(sheet: Sheet) -> Sequence[tuple[str, str]]:
    late = sheet.hours.late_minutes if sheet.hours else 0
    return [
        *([(f"{late} min late", "warn")] if late else []),
        *([(f"Ended {minutes_words(sheet.curtailed_minutes)} early", "warn")] if sheet.curtailed_minutes else []),
        *([("Agreed in part", "warn")] if sheet.partly else []),
        *([("Sleep-in", "")] if sheet.placement.sleep_in else []),
    ]


def _sheet_facts(sheet: Sheet, names: dict[str, str]) -> dict[str, Any]:
    seen = sheet.hours
    compared: list[dict[str, Any]] = []
    claimed, agreed = sheet.claimed, sheet.agreed
    if claimed:
        for label, tell in _COMPARED:
            said, held = tell(claimed), tell(agreed) if agreed else None
            if said or held:
                compared.append(
                    {"label": label, "claimed": said or "–", "agreed": held, "less": held not in (None, said)}
                )
    return {
        **_row(sheet, names),
        "sleep_in": sheet.placement.sleep_in,
        "checked_in_at": seen.checked_in_at if seen else None,
        "checked_out_at": seen.checked_out_at if seen else None,
        "compared": compared,
        "rest_words": minutes_words(claimed.minutes - agreed.minutes) if claimed and agreed and sheet.partly else "",
    }


def _at(moment: Any) -> str:
    return clock.moment_words(moment).rsplit(", ", 1)[1]


_COMPARED = (
    ("Start", lambda stated: _at(stated.start)),
    ("End", lambda stated: _at(stated.end)),
    ("Break", lambda stated: minutes_words(stated.break_minutes) if stated.break_minutes else ""),
    ("Awake for work", lambda stated: minutes_words(stated.awake_minutes) if stated.awake_minutes else ""),
    ("Travel", lambda stated: minutes_words(stated.travel_minutes) if stated.travel_minutes else ""),
    ("Miles", lambda stated: f"{stated.miles:f}" if stated.miles else ""),
)


def _thread(sheet: Sheet, side: str) -> list[dict[str, Any]]:
    return [
        {"who": SPEAKERS.get(said.by_words, said.by_words), "words": said.words, "at": said.said_at}
        for said in hours.list_words(sheet.placement.id, side)
    ]
