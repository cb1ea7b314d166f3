"""The statement of account: what the tenant acted for owes and is owed, line by line, from its own book."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

from tenants import clock
from tenants.downloads import Column, csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput, NotFound
from tenants.ledger.rules import ACCOUNTS
from tenants.ledger.services import balances
from tenants.money import format_pence
from tenants.pages.paging import page_number, pager
from tenants.pages.record import file_answer
from tenants.services.statement import DUES, StatementLine, read_statement
from tenants.web import current_identity, needs

money = Blueprint("money", __name__)
ROWS = 50
COLUMNS = [
    Column("at", "Day", "date"),
    Column("what", "Entry"),
    Column("reference", "Account"),
    Column("in_pence", "In (£)", "pence"),
    Column("out_pence", "Out (£)", "pence"),
    Column("balance_pence", "Balance (£)", "pence"),
]


@money.get("/money")
@needs("see-ledger")
def index():
    """How do we stand?"""
    from_day, to_day, account = _choice()
    opening, lines = read_statement(from_day, to_day, [account] if account else DUES)
    page = page_number()
    rows = [_row(line) for line in lines]
    closing = lines[-1].balance_pence if lines else opening
    chosen: dict[str, Any] = {"from": from_day.isoformat(), "to": to_day.isoformat(), "account": account}
    return render_template(
        "tenants/ledger.html",
        coop_name=current_identity().acting.name,
        title=_title(closing, account),
        cards=None,
        from_day=from_day,
        to_day=to_day,
        opening_pence=opening,
        closing_pence=closing,
        entries=rows[(page - 1) * ROWS : page * ROWS],
        in_total_pence=sum(row["in_pence"] or 0 for row in rows),
        out_total_pence=sum(row["out_pence"] or 0 for row in rows),
        filters=chosen | {"accounts": [("", "What is owed"), *ACCOUNTS.items()]},
        accounts=[{"name": ACCOUNTS.get(name, name), "balance_pence": pence} for name, pence in balances().items()],
        urls={
            "csv": url_for("money.download", suffix="csv", **chosen),
            "xlsx": url_for("money.download", suffix="xlsx", **chosen),
        },
        **pager(page, len(rows), ROWS),
    )


@money.get("/money.<suffix>")
@needs("see-ledger")
def download(suffix: str):
    """The statement as CSV or XLSX."""
    if suffix not in ("csv", "xlsx"):
        raise NotFound("file")
    from_day, to_day, account = _choice()
    _, lines = read_statement(from_day, to_day, [account] if account else DUES)
    rows = [_row(line) for line in lines]
    data = csv_bytes(COLUMNS, rows) if suffix == "csv" else xlsx_bytes("Statement of account", COLUMNS, rows)
    return file_answer(data, f"statement-{from_day:%Y%m%d}-{to_day:%Y%m%d}.{suffix}")


def _row(line: StatementLine) -> dict[str, Any]:
    return {
        "at": line.on_date,
        "what": line.description,
        "reference": ACCOUNTS.get(line.account, line.account),
        "href": None,
        "in_pence": line.pence if line.pence > 0 else None,
        "out_pence": -line.pence if line.pence < 0 else None,
        "balance_pence": line.balance_pence,
    }


def _title(closing: int, account: str) -> str:
    if account:
        return f"{ACCOUNTS[account]}: {format_pence(closing)}"
    if closing == 0:
        return "Nothing is owed"
    return f"We owe {format_pence(-closing)}" if closing < 0 else f"{format_pence(closing)} is owed to us"


def _choice() -> tuple[date, date, str]:
    account = request.args.get("account", "")
    if account and account not in ACCOUNTS:
        raise InvalidInput({"account": f"Choose one of: {', '.join(ACCOUNTS)}"})
    today = clock.today()
    first = date(today.year if today.month >= 4 else today.year - 1, 4, 1)
    return _day("from", first), _day("to", today), account


def _day(name: str, default: date) -> date:
    text = request.args.get(name, "")
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput({name: "Enter a day that exists, like 2026-11-27"}) from None
