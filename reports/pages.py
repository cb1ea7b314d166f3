"""The reports as pages and files. Filters stand in the address, so that what one sees can be passed on."""

import calendar
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from reports import savings
from reports.bank import BANK
from reports.bank_pages import bp as bank_figures
from reports.savings import SAVINGS, Answer, Choice
from tenants import clock
from tenants.downloads import csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput
from tenants.money import format_pence
from tenants.permissions import OFFICE, may
from tenants.web import current_identity, needs

bp = Blueprint("reports", __name__)
BLUEPRINTS = (bp, bank_figures)

ALL = "all"
SHOWN_BARS = 12
_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@bp.get("/reports")
@needs("see-reports")
def index() -> str:
    """Which questions there are answers to."""
    reports = [
        {"name": "Savings from buying together", "question": SAVINGS.question, "href": url_for(".show_savings")},
        {"name": "Figures of the staff bank", "question": BANK.question, "href": url_for("bank_figures.show_bank")},
    ]
    return render_template("reports/index.html", reports=reports)


@bp.get("/reports/savings")
@needs("see-reports")
def show_savings() -> str:
    """What buying together saved. pandas is loaded by the first who asks, never at start."""
    choice, answer = _answered()
    kept = _address(choice)
    urls = {kind: url_for(".savings_file", kind=kind, **kept) for kind in _TYPES}
    return render_template("reports/savings.html", urls=urls, **savings_page(choice, answer))


@bp.get("/reports/savings.<any(csv, xlsx):kind>")
@needs("see-reports")
def savings_file(kind: str) -> Response:
    """The rows of the report, by co-op and round."""
    _, answer = _answered()
    made = (
        csv_bytes(SAVINGS.columns, answer.rows)
        if kind == "csv"
        else xlsx_bytes("Savings", SAVINGS.columns, answer.rows)
    )
    return Response(
        made, mimetype=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="savings.{kind}"'}
    )


def savings_page(choice: Choice, answer: Answer) -> dict[str, Any]:
    """What reports/savings.html shows, without the addresses of its files."""
    office = current_identity().kind == OFFICE
    who = (
        "The co-ops"
        if office and choice.coop_id is None
        else dict(answer.coops).get(choice.coop_id or "", current_identity().acting.name)
    )
    when = f"in {choice.year}" if choice.year else "so far"
    total, saved = answer.total, answer.total["saved_pence"]
    title = (
        f"{who} saved at least {format_pence(saved)} {when}"
        if saved is not None and saved > 0
        else f"What did buying together save {when}?"
    )
    return {
        "title": title,
        "about": f"{SAVINGS.question} Net of VAT.",
        "filters": _filters(choice, answer, office),
        "cards": _cards(total),
        "rounds": [
            row
            | {
                "name": f"{row['round_title']}, round {row['round_number']}",
                "at": row["on_date"],
                "href": _row_href(row, choice, office),
            }
            for row in answer.by_round
        ],
        "year": total
        | {
            "words": f"{choice.year}, as far as it has gone"
            if choice.year == clock.today().year
            else str(choice.year or "All years")
        },
        "chart": _chart(choice, answer),
        "bars": _bars(answer),
        "coops": [row | {"name": row["coop"]} for row in answer.by_coop] if office else None,
        "as_at": clock.now(),
        "how": _how(total),
    }


def _answered() -> tuple[Choice, Answer]:
    asked = _choice()
    answer = savings.run(asked)
    if "year" in request.args or asked.round_number is not None or not answer.years or asked.year in answer.years:
        return asked, answer
    newest = Choice(answer.years[0], asked.round_number, asked.coop_id)
    return newest, savings.run(newest)


def _choice() -> Choice:
    """The filters of the address. Raises: InvalidInput naming the filter."""
    year, number, coop = (request.args.get(name, "") for name in ("year", "round", "coop"))
    errors: dict[str, str] = {}
    if year not in ("", ALL) and not (year.isascii() and year.isdigit() and len(year) == 4):
        errors["year"] = "Choose a year like 2026, or all"
    if number and not (number.isascii() and number.isdigit() and len(number) <= 9):
        errors["round"] = "Choose the number of a round, like 14"
    try:
        coop_id = str(UUID(coop)) if coop else None
    except ValueError:
        errors["coop"], coop_id = "Choose a co-op from the list", None
    if errors:
        raise InvalidInput(errors)
    this_year = None if number else clock.today().year
    return Choice(
        this_year if year == "" else None if year == ALL else int(year), int(number) if number else None, coop_id
    )


def _address(choice: Choice) -> dict[str, Any]:
    kept = {"year": choice.year or ALL, "round": choice.round_number, "coop": choice.coop_id}
    return {name: value for name, value in kept.items() if value is not None}


def _filters(choice: Choice, answer: Answer, office: bool) -> dict[str, Any]:
    years = sorted({*answer.years, *([choice.year] if choice.year else [])}, reverse=True)
    return {
        "coop": choice.coop_id or "",
        "coops": [("", "All co-ops"), *answer.coops] if office else None,
        "year": choice.year or ALL,
        "years": [*((year, str(year)) for year in years), (ALL, "All years")],
    }


def _row_href(row: dict[str, Any], choice: Choice, office: bool) -> str:
    if office:
        return url_for(".show_savings", round=row["round_number"], coop=choice.coop_id)
    identity = current_identity()
    if not may("see-statement", identity.kind, identity.roles):
        return ""
    return f"/rounds/{row['round_id']}/statement"


def _cards(total: dict[str, Any]) -> list[dict[str, str]]:
    cards = [
        {
            "title": "Paid",
            "value": format_pence(total["paid_pence"] or 0),
            "small": "net of VAT; the ledger says the same, to the penny",
        }
    ]
    if total["alone_pence"] is not None:
        cards.append(
            {"title": "Alone, at least", "value": format_pence(total["alone_pence"]), "small": _compared(total)}
        )
    if total["saved_pence"] is not None:
        percent = "" if total["saved_percent"] is None else f"{total['saved_percent']}% of the price alone"
        cards.append({"title": "Saved, at least", "value": format_pence(total["saved_pence"]), "small": percent})
    return cards


def _compared(total: dict[str, Any]) -> str:
    known = total["rows"] - total["not_compared"]
    return "net of VAT" if not total["not_compared"] else f"known for {known} of {total['rows']} statements"


def _chart(choice: Choice, answer: Answer) -> dict[str, Any] | None:
    if choice.year is None or answer.total["saved_pence"] is None:
        return None
    by_month = {row[SAVINGS.chart.by]: row[SAVINGS.chart.value] or 0 for row in answer.by_month}
    highest = max(1, *by_month.values())
    cols = [
        {
            "label": calendar.month_abbr[month],
            "long": calendar.month_name[month],
            "value": f"{by_month.get(month, 0) // 100:,}",
            "full": format_pence(by_month.get(month, 0)),
            "pct": max(0.0, 100 * by_month.get(month, 0) / highest),
            "top": by_month.get(month) == highest,
        }
        for month in range(1, 13)
    ]
    return {"heading": SAVINGS.chart.heading, "about": SAVINGS.chart.about, "cols": cols}


def _bars(answer: Answer) -> dict[str, Any] | None:
    shown = answer.by_round[:SHOWN_BARS]
    if not shown:
        return None
    whole = max(1, *((row["paid_pence"] or 0) + max(0, row["saved_pence"] or 0) for row in shown))
    return {
        "rows": [
            {
                "label": row["round_title"],
                "small": f"round {row['round_number']}",
                "value": format_pence(row["paid_pence"] or 0),
                "vsmall": f"saved at least {format_pence(row['saved_pence'])}" if row["saved_pence"] else "",
                "parts": [
                    ["plum", 100 * (row["paid_pence"] or 0) / whole],
                    ["moss", 100 * max(0, row["saved_pence"] or 0) / whole],
                ],
            }
            for row in shown
        ]
    }


def _how(total: dict[str, Any]) -> list[str]:
    words = [
        "Paid is what each co-op was charged, net of VAT: its share of the goods and the delivery of a round. It is compared with the ledger, co-op by"
        " co-op and round by round, each time this page is shown; if they differed by a penny the page would say so and show nothing.",
        "Alone is the least that the same packs could have cost a co-op that bought for itself at the same price lists. It is a proven lower bound, so"
        " the true saving is at least what is shown.",
    ]
    if total["irrecoverable_vat_pence"]:
        words.append(
            f"Beside what is shown, {format_pence(total['irrecoverable_vat_pence'])} of the suppliers’ VAT was passed on, which the federation cannot"
            " recover."
        )
    if total["not_compared"]:
        words.append(
            f"{total['not_compared']} of {total['rows']} statements have no price to compare with, because it is still being worked out or nobody"
            " would have sold so little: they count in Paid, and not in Alone or Saved."
        )
    return words
