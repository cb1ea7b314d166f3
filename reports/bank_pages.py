"""The figures of the staff bank as a page and files. Filters stand in the address, so that what one sees can be passed on."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from reports import bank
from reports.bank import BANK, BankAnswer, BankChoice
from staffbank.rules import ENOUGH_CONTRIBUTORS
from tenants import clock
from tenants.downloads import csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput
from tenants.money import format_pence
from tenants.permissions import OFFICE
from tenants.web import current_identity, needs

bp = Blueprint("bank_figures", __name__)

ALL = "all"
_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MINUTES_A_DAY = 1440
CHART_MONTHS = 12


@bp.get("/reports/staff-bank")
@needs("see-reports")
def show_bank() -> str:
    """What the bank is good for. pandas is loaded by the first who asks, never at start."""
    choice, answer = _answered()
    kept: dict[str, Any] = {"year": choice.year or ALL} | ({"coop": choice.coop_id} if choice.coop_id else {})
    urls = {kind: url_for(".bank_file", kind=kind, **kept) for kind in _TYPES}
    return render_template("reports/bank.html", urls=urls, **bank_page(choice, answer))


@bp.get("/reports/staff-bank.<any(csv, xlsx):kind>")
@needs("see-reports")
def bank_file(kind: str) -> Response:
    """The rows of the report, by co-op and month."""
    _, answer = _answered()
    made = (
        csv_bytes(BANK.columns, answer.rows) if kind == "csv" else xlsx_bytes("Staff bank", BANK.columns, answer.rows)
    )
    return Response(
        made, mimetype=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="staff-bank.{kind}"'}
    )


def bank_page(choice: BankChoice, answer: BankAnswer) -> dict[str, Any]:
    """What reports/bank.html shows, without the addresses of its files."""
    office = current_identity().kind == OFFICE
    when = f"in {choice.year}" if choice.year else "so far"
    total = answer.total
    years = sorted({*answer.years, *([choice.year] if choice.year else [])}, reverse=True)
    return {
        "title": f"{total['fill_percent']}% of the cover asked for was found {when}"
        if total and total["fill_percent"] is not None
        else f"How well did the staff bank work {when}?",
        "about": BANK.question,
        "filters": {
            "coop": choice.coop_id or "",
            "coops": [("", "All co-ops"), *answer.coops] if office else None,
            "year": choice.year or ALL,
            "years": [*((year, str(year)) for year in years), (ALL, "All years")],
        },
        "cards": _cards(total, alone=not office or choice.coop_id is not None) if total else [],
        "withheld": total is None and bool(answer.rows),
        "enough": ENOUGH_CONTRIBUTORS,
        "chart": _chart(answer),
        "rows": [
            _shown(row, row["coop"] if office else f"{row['month']:%B %Y}")
            for row in (answer.by_coop if office else answer.by_month)
        ],
        "total": _shown(total, "Altogether") if total else None,
        "what": "Co-op" if office else "Month",
        "as_at": clock.now(),
        "how": _how(),
    }


def hours_words(minutes: int) -> str:
    """Minutes as hours.

    >>> hours_words(1290), hours_words(-150), hours_words(120)
    ('21 h 30 min', '−2 h 30 min', '2 h')
    """
    hours, rest = divmod(abs(minutes), 60)
    return f"{'−' if minutes < 0 else ''}{hours:,} h{f' {rest} min' if rest else ''}"


def wait_words(minutes: int | None) -> str:
    """How long something took, as roughly as people say it.

    >>> wait_words(35), wait_words(150), wait_words(4320), wait_words(None)
    ('35 min', '2 h 30 min', '3 days', '–')
    """
    if minutes is None:
        return "–"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2 * MINUTES_A_DAY:
        return hours_words(minutes)
    return f"{minutes // MINUTES_A_DAY} days"


def _answered() -> tuple[BankChoice, BankAnswer]:
    asked, office = _choice(), current_identity().kind == OFFICE
    answer = bank.run(asked, over_coops=office)
    if "year" in request.args or not answer.years or asked.year in answer.years:
        return asked, answer
    newest = BankChoice(answer.years[0], asked.coop_id)
    return newest, bank.run(newest, over_coops=office)


def _choice() -> BankChoice:
    """The filters of the address. Raises: InvalidInput naming the filter."""
    year, coop = request.args.get("year", ""), request.args.get("coop", "")
    errors: dict[str, str] = {}
    if year not in ("", ALL) and not (year.isascii() and year.isdigit() and len(year) == 4):
        errors["year"] = "Choose a year like 2026, or all"
    try:
        coop_id = str(UUID(coop)) if coop else None
    except ValueError:
        errors["coop"], coop_id = "Choose a co-op from the list", None
    if errors:
        raise InvalidInput(errors)
    return BankChoice(clock.today().year if year == "" else None if year == ALL else int(year), coop_id)


def _cards(total: dict[str, Any], *, alone: bool) -> list[dict[str, str]]:
    cards = [
        {
            "title": "Cover found",
            "value": "–" if total["fill_percent"] is None else f"{total['fill_percent']}%",
            "small": f"{total['filled_seats']:,} of {total['asked_seats']:,} visits",
        },
        {
            "title": "Median time to fill",
            "value": wait_words(total["median_fill_minutes"]),
            "small": "from the approval to the last confirmation",
        },
        {
            "title": "Agency spend avoided",
            "value": format_pence(total["avoided_pence"]),
            "small": f"{hours_words(total['filled_minutes'])} at the agency rate",
        },
    ]
    if alone:
        cards.append(
            {
                "title": "Lent less borrowed",
                "value": hours_words(total["balance_minutes"]),
                "small": f"{hours_words(total['lent_minutes'])} lent, {hours_words(total['borrowed_minutes'])} borrowed",
            }
        )
    else:
        cards.append(
            {
                "title": "Lent between co-ops",
                "value": hours_words(total["lent_minutes"]),
                "small": "confirmed or worked",
            }
        )
    if total["unsocial_percent"] is not None:
        cards.append(
            {
                "title": "Unsocial share",
                "value": f"{total['unsocial_percent']}%",
                "small": "of the hours lent: evenings, nights, weekends, bank holidays",
            }
        )
    return cards


def _shown(row: dict[str, Any], name: str) -> dict[str, Any]:
    return row | {
        "name": name,
        "found": f"{row['filled_seats']:,} of {row['asked_seats']:,}",
        "time": wait_words(row["median_fill_minutes"]),
        "lent": hours_words(row["lent_minutes"]),
        "borrowed": hours_words(row["borrowed_minutes"]),
        "balance": hours_words(row["balance_minutes"]),
    }


def _chart(answer: BankAnswer) -> dict[str, Any] | None:
    by_month = {row["month"]: row[BANK.chart.value] for row in answer.by_month}
    highest = max(by_month.values(), default=0)
    if not highest:
        return None
    shown = [(month, by_month.get(month)) for month in _months(min(by_month), max(by_month))][-CHART_MONTHS:]
    cols = [
        {
            "label": f"{month:%b}",
            "long": f"{month:%B %Y}",
            "value": "–" if minutes is None else f"{minutes // 60:,}",
            "full": "–" if minutes is None else hours_words(minutes),
            "pct": 100 * (minutes or 0) / highest,
            "top": minutes == highest,
        }
        for month, minutes in shown
    ]
    return {"heading": BANK.chart.heading, "about": f"{BANK.chart.about}, in hours", "cols": cols}


def _months(first: date, last: date) -> list[date]:
    """Every month from one to another, by its first day."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


def _how() -> list[str]:
    starts, pence = bank.agency_rates()[-1]
    source = (
        f"set by a vote from {clock.day_words(starts)}"
        if starts.year > 1
        else "the Homecare Association’s minimum price for an hour of homecare in England, 2025–26, until a vote sets another"
    )
    return [
        "Counted is cover whose start has come, and that was neither a draft nor called off. A visit that needs two carers"
        " counts twice. It is filled when a placement was confirmed; a carer who did not come, or a placement that was"
        " cancelled, does not count.",
        "The time to fill runs from the approval of the request to the confirmation of its last seat. The median is the"
        " middle one: half of the visits were filled sooner.",
        f"Agency spend avoided is the time worked or confirmed through the bank, also by the co-op’s own carers, at"
        f" {format_pence(pence)} an hour: {source}. What the co-ops paid each other instead is not taken off.",
        "Lent is what a co-op’s carers worked for other co-ops, borrowed what others’ carers worked for it. Unsocial is all"
        " time outside 6am to 8pm on weekdays, and bank holidays; its share is of the hours lent.",
        f"Totals over co-ops are shown when {ENOUGH_CONTRIBUTORS} or more of them stand behind them. A co-op sees its own"
        " figures alone.",
    ]
