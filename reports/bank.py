"""How well does the staff bank find cover, how fast, what does it save, and who lends to whom?

Times are whole minutes, amounts whole pence. Only work whose time has come is counted: what is asked for next week may
still be filled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median_low
from typing import TYPE_CHECKING, Any

from reports.declare import WHOLE, Chart, Report, read_frame, records
from staffbank.pay.bands import PLAIN, bank_holidays, minutes_by_band
from staffbank.rules import ENOUGH_CONTRIBUTORS
from tenants import clock
from tenants.clock import LONDON
from tenants.downloads import Column
from tenants.money import round_half_up
from tenants.settings import KNOWN, list_settings

if TYPE_CHECKING:
    from pandas import DataFrame

RATE = "agency_pence_per_hour"
Rates = Sequence[tuple[date, int]]
"""From which day an hour of agency work is taken to cost how many pence, earliest first."""


@dataclass(frozen=True)
class BankChoice:
    """Which rows to look at: a calendar year, a co-op's id as text; None for all."""

    year: int | None = None
    coop_id: str | None = None


@dataclass(frozen=True)
class BankAnswer:
    """Rows by co-op and month, their sums, and how many co-ops stand behind them (plain values).

    `total` is None where fewer co-ops than three stand behind a total over co-ops.
    """

    rows: list[dict[str, Any]]
    by_coop: list[dict[str, Any]]
    by_month: list[dict[str, Any]]
    total: dict[str, Any] | None
    contributors: int
    years: list[int]
    coops: list[tuple[str, str]]


def bank_rows(frame: "DataFrame") -> "DataFrame":
    """Adds to the rows of sql/bank.sql their London day, minutes, unsocial minutes, and minutes from asking to filling. Pure."""
    import pandas as pd  # noqa: PLC0415  (heavy: see reports/declare.py)

    told = frame.copy()
    spans = [(_whole(start), _whole(end)) for start, end in zip(frame["starts_at"], frame["ends_at"], strict=True)]
    told["tenant_id"] = [str(tenant_id) for tenant_id in frame["tenant_id"]]
    told["day"] = [start.astimezone(LONDON).date() for start, _ in spans]
    told["minutes"] = [int((end - start).total_seconds()) // 60 for start, end in spans]
    told["unsocial_minutes"] = [_unsocial(start, end) for start, end in spans]
    taken = [
        _fill_minutes(kind, asked, filled)
        for kind, asked, filled in zip(frame["kind"], frame["asked_at"], frame["filled_at"], strict=True)
    ]
    told["fill_minutes"] = pd.array(taken, dtype=WHOLE)  # pyright: ignore[reportArgumentType]
    return told


def answer(
    frame: "DataFrame", choice: BankChoice, rates: Rates, now: datetime, *, over_coops: bool = False
) -> BankAnswer:
    """Answer for the rows chosen that have begun by `now`. `over_coops`: totals are over co-ops and need three of them. Pure."""
    past = [row for row in records(bank_rows(frame)) if row["starts_at"] <= now]
    chosen = [
        row for row in past if choice.year in (None, row["day"].year) and choice.coop_id in (None, row["tenant_id"])
    ]
    enough = ENOUGH_CONTRIBUTORS if over_coops and choice.coop_id is None else 1
    contributors = len({row["tenant_id"] for row in chosen})
    return BankAnswer(
        rows=_grouped(chosen, ("tenant_id", "coop", "month"), rates),
        by_coop=_grouped(chosen, ("tenant_id", "coop"), rates),
        by_month=[row for row in _grouped(chosen, ("month",), rates) if row["contributors"] >= enough],
        total=figures(chosen, rates) if contributors >= enough else None,
        contributors=contributors,
        years=sorted({row["day"].year for row in past}, reverse=True),
        coops=sorted({(row["tenant_id"], row["coop"]) for row in past}, key=lambda pair: pair[1].casefold()),
    )


def figures(rows: Iterable[dict[str, Any]], rates: Rates) -> dict[str, Any]:
    """The figures of some rows: seats, rates in per cent to one place, minutes and pence."""
    by_kind: dict[str, list[dict[str, Any]]] = {"asked": [], "host": [], "home": [], "borrowed": []}
    coops = set()
    for row in rows:
        by_kind[row["kind"]].append(row)
        coops.add(row["tenant_id"])
    asked = sum(row["seats"] for row in by_kind["asked"])
    filled = sum(row["filled"] for row in by_kind["asked"])
    times = [row["fill_minutes"] for row in by_kind["asked"] if row["fill_minutes"] is not None]
    minutes = {kind: sum(row["minutes"] for row in found) for kind, found in by_kind.items()}
    unsocial = sum(row["unsocial_minutes"] for row in by_kind["home"])
    return {
        "contributors": len(coops),
        "asked_seats": asked,
        "filled_seats": filled,
        "fill_percent": percent_of(filled, asked),
        "median_fill_minutes": median_low(times) if times else None,
        "filled_minutes": minutes["host"],
        "avoided_pence": sum(avoided_pence(row["minutes"], rate_on(row["day"], rates)) for row in by_kind["host"]),
        "lent_minutes": minutes["home"],
        "borrowed_minutes": minutes["borrowed"],
        "balance_minutes": minutes["home"] - minutes["borrowed"],
        "unsocial_minutes": unsocial,
        "unsocial_percent": percent_of(unsocial, minutes["home"]),
    }


def avoided_pence(minutes: int, pence_per_hour: int) -> int:
    """What an agency would have charged for a piece of work, to the nearest penny.

    >>> avoided_pence(240, 3214), avoided_pence(20, 3214)
    (12856, 1071)
    """
    return round_half_up(Fraction(minutes * pence_per_hour, 60))


def rate_on(day: date, rates: Rates) -> int:
    """The pence an hour in force on a day.

    >>> rate_on(date(2026, 5, 1), [(date.min, 3214), (date(2026, 5, 1), 3400)])
    3400
    """
    return [pence for starts, pence in rates if starts <= day][-1]


def percent_of(part: int, whole: int) -> Decimal | None:
    """A share in per cent to one place, half up; None of nothing.

    >>> percent_of(1, 3), percent_of(0, 0)
    (Decimal('33.3'), None)
    """
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def agency_rates() -> Rates:
    """The agency rate since ever: the default, and what votes have set."""
    voted = sorted((row.from_date, int(row.value)) for row in list_settings() if row.name == RATE)
    return [(date.min, KNOWN[RATE].default), *voted]


def run(choice: BankChoice, *, over_coops: bool) -> BankAnswer:
    """Read the rows of the open scope and answer."""
    return answer(read_frame(BANK), choice, agency_rates(), clock.now(), over_coops=over_coops)


def _grouped(rows: Iterable[dict[str, Any]], by: tuple[str, ...], rates: Rates) -> list[dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        known = row | {"month": row["day"].replace(day=1)}
        groups.setdefault(tuple(known[name] for name in by), []).append(row)
    made = [dict(zip(by, key, strict=True)) | figures(found, rates) for key, found in groups.items()]
    return sorted(made, key=lambda row: (str(row.get("coop", "")).casefold(), row.get("month", date.min)))


def _whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _unsocial(start: datetime, end: datetime) -> int:
    years = {start.astimezone(LONDON).year, end.astimezone(LONDON).year}
    holidays = frozenset[date]().union(*(bank_holidays(year) for year in years))
    return sum(count for band, count in minutes_by_band(start, end, holidays).items() if band != PLAIN)


def _fill_minutes(kind: str, asked: datetime | None, filled: datetime | None) -> int | None:
    if kind != "asked" or asked is None or filled is None:
        return None
    return max(0, int((filled - asked).total_seconds()) // 60)


BANK = Report(
    name="staff-bank",
    question="How much of the cover asked for is found, how fast, what does it save, and who lends to whom?",
    columns=(
        Column("coop", "Co-op"),
        Column("month", "Month", "date"),
        Column("asked_seats", "Visits asked for", "packs"),
        Column("filled_seats", "Visits filled", "packs"),
        Column("fill_percent", "Filled (%)", "percent"),
        Column("median_fill_minutes", "Median time to fill (minutes)", "packs"),
        Column("filled_minutes", "Worked or confirmed (minutes)", "packs"),
        Column("avoided_pence", "Agency spend avoided (£)", "pence"),
        Column("lent_minutes", "Lent (minutes)", "packs"),
        Column("borrowed_minutes", "Borrowed (minutes)", "packs"),
        Column("balance_minutes", "Lent less borrowed (minutes)", "packs"),
        Column("unsocial_percent", "Lent at unsocial times (%)", "percent"),
    ),
    sql_file="bank.sql",
    whole=("seats", "filled"),
    compute=bank_rows,
    chart=Chart(
        "Hours filled month by month", "Confirmed or worked through the bank", by="month", value="filled_minutes"
    ),
)
