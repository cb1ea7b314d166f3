"""What did each co-op pay, what would it have paid alone at least, and what did it save?

All amounts are net of VAT. What a co-op would have paid alone is a proven lower bound, so each saving is "at least".
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from reports.declare import WHOLE, Chart, Report, read_frame, records
from tenants.downloads import Column
from tenants.errors import RuleBroken
from tenants.money import format_pence

if TYPE_CHECKING:
    from pandas import DataFrame

_SUMS = ("paid_pence", "compared_pence", "alone_pence", "saved_pence", "irrecoverable_vat_pence", "ledger_pence")


@dataclass(frozen=True)
class Choice:
    """Which rows to look at: a calendar year, a round's number, a co-op's id as text; None for all."""

    year: int | None = None
    round_number: int | None = None
    coop_id: str | None = None


@dataclass(frozen=True)
class Answer:
    """The report answered: rows by co-op and round, and their sums by round, co-op, month and in all (plain values)."""

    rows: list[dict[str, Any]]
    by_round: list[dict[str, Any]]
    by_coop: list[dict[str, Any]]
    by_month: list[dict[str, Any]]
    total: dict[str, Any]
    years: list[int]
    coops: list[tuple[str, str]]
    rounds: list[tuple[int, str]]


def savings(frame: "DataFrame") -> "DataFrame":
    """Saved at least, per co-op and round: what buying alone costs at least, less what was paid; missing where it is not known.

    `frame` has the columns of sql/savings.sql. Adds `compared_pence` (paid, where there is a price to compare with) and
    `saved_pence`. Pure.

    Raises: RuleBroken when a row does not agree with the ledger to the penny.
    """
    check_against_ledger(frame)
    told = frame.copy()
    told["compared_pence"] = told["paid_pence"].where(told["alone_pence"].notna())
    told["saved_pence"] = told["alone_pence"] - told["paid_pence"]
    return told


def check_against_ledger(frame: "DataFrame") -> None:
    """Raises: RuleBroken naming the first co-op and round in which the report and the ledger differ."""
    differs = frame.loc[frame["paid_pence"].isna() | (frame["paid_pence"] != frame["ledger_pence"]).fillna(True)]
    if len(differs):
        first = records(differs.head(1))[0]
        paid = "nothing" if first["paid_pence"] is None else format_pence(first["paid_pence"])
        raise RuleBroken(
            "report-differs-from-ledger",
            f"The shares and the ledger do not agree, so this report is not shown. {first['coop']}, {first['round_title'] or 'no round'}:"
            f" the share is {paid}, the ledger says {format_pence(first['ledger_pence'])}. Tell the federation office.",
            rows=len(differs),
        )


def summed(told: "DataFrame", by: list[str]) -> "DataFrame":
    """Sums of the amounts over groups, in the order in which the groups first appear; an amount nobody knows stays missing."""
    groups = told.loc[:, [*by, *_SUMS]].groupby(by, sort=False, dropna=False)
    made = groups.sum(min_count=1).astype(WHOLE)
    made.insert(0, "rows", groups.size())
    return made.reset_index()


def answer(frame: "DataFrame", choice: Choice) -> Answer:
    """Answer the question for the rows chosen. Every row is checked against the ledger first, chosen or not.

    Raises: RuleBroken.
    """
    told = savings(frame)
    told["year"] = [_year(day) for day in told["on_date"]]
    told["month"] = [day.month if day else None for day in told["on_date"]]
    told["tenant_id"] = [str(tenant_id) for tenant_id in told["tenant_id"]]
    everything = records(told)
    chosen = told.loc[[_chosen(row, choice) for row in everything]]
    return Answer(
        rows=[with_percent(row) for row in records(chosen)],
        by_round=[
            with_percent(row) for row in records(summed(chosen, ["round_id", "round_number", "round_title", "on_date"]))
        ],
        by_coop=sorted(
            (with_percent(row) for row in records(summed(chosen, ["tenant_id", "coop"]))),
            key=lambda row: row["coop"].casefold(),
        ),
        by_month=records(summed(chosen, ["month"])),
        total=with_percent(_total(records(chosen))),
        years=sorted({row["year"] for row in everything if row["year"]}, reverse=True),
        coops=sorted({(row["tenant_id"], row["coop"]) for row in everything}, key=lambda pair: pair[1].casefold()),
        rounds=sorted({(row["round_number"], row["round_title"]) for row in everything}, reverse=True),
    )


def with_percent(row: dict[str, Any]) -> dict[str, Any]:
    """A row with what was saved in per cent of the price alone, to one place half up; None where that is not known.

    >>> with_percent({"alone_pence": 30000, "saved_pence": 5000})["saved_percent"]
    Decimal('16.7')
    """
    alone, saved = row["alone_pence"], row["saved_pence"]
    percent = (
        None if saved is None or not alone else (Decimal(100 * saved) / alone).quantize(Decimal("0.1"), ROUND_HALF_UP)
    )
    return row | {"saved_percent": percent}


def run(choice: Choice) -> Answer:
    """Read the rows of the open scope and answer. Raises: RuleBroken when they do not agree with the ledger."""
    return answer(read_frame(SAVINGS), choice)


def _chosen(row: dict[str, Any], choice: Choice) -> bool:
    return (
        choice.year in (None, row["year"])
        and choice.round_number in (None, row["round_number"])
        and choice.coop_id in (None, row["tenant_id"])
    )


def _year(day: date | None) -> int | None:
    return day.year if day else None


def _total(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = {name: [row[name] for row in rows if row[name] is not None] for name in _SUMS}
    total: dict[str, Any] = {name: sum(values) if values else None for name, values in known.items()}
    return total | {"rows": len(rows), "not_compared": sum(1 for row in rows if row["alone_pence"] is None)}


SAVINGS = Report(
    name="savings",
    question="What did each co-op pay, what would it have paid alone, and what did it save?",
    columns=(
        Column("coop", "Co-op"),
        Column("round_number", "Round", "packs"),
        Column("round_title", "Name of the round"),
        Column("on_date", "Date", "date"),
        Column("paid_pence", "Paid, net (£)", "pence"),
        Column("alone_pence", "Alone, at least, net (£)", "pence"),
        Column("saved_pence", "Saved, at least, net (£)", "pence"),
        Column("saved_percent", "Saved, at least (%)", "percent"),
        Column("irrecoverable_vat_pence", "VAT passed on, not in Paid (£)", "pence"),
        Column("ledger_pence", "Supplies in the ledger (£)", "pence"),
    ),
    sql_file="savings.sql",
    whole=("paid_pence", "irrecoverable_vat_pence", "alone_pence", "ledger_pence", "round_number"),
    compute=savings,
    chart=Chart("Saved month by month", "At least, net of VAT, in pounds", by="month", value="saved_pence"),
)
