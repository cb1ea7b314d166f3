"""The savings report: its pure part on a frame, and its total against the ledger to the penny, in both scopes."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from reports import savings
from reports.declare import make_frame, records
from reports.savings import SAVINGS, Choice
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import RuleBroken
from tenants.ledger.services import reverse_act
from tenants.models import LedgerEntry, LedgerLine, Tenant
from tenants.scope import FEDERATION
from tests.factories.rounds import make_ordered_round
from tests.factories.tenants import make_manager, make_officer

NAMES = (
    "tenant_id",
    "coop",
    "round_id",
    "round_number",
    "round_title",
    "on_date",
    "paid_pence",
    "irrecoverable_vat_pence",
    "alone_pence",
    "ledger_pence",
)
ALONE = {"Afon Care": 60_000, "Beacon Care": 15_000, "Cwm Care": None}


def frame_of(*rows: tuple[str, int, int, int | None], on: date = date(2026, 11, 22)):
    """Rows of (co-op, round, paid, alone), which agree with the ledger."""
    ids = {name: UUID(int=place) for place, name in enumerate(sorted({row[0] for row in rows}), start=1)}
    table = [
        (ids[coop], coop, UUID(int=number), number, f"Round {number}", on, paid, 0, alone, paid)
        for coop, number, paid, alone in rows
    ]
    return make_frame(NAMES, table, SAVINGS.whole)


def ledger_supplies() -> int:
    query = select(func.sum(LedgerLine.pence)).join(Tenant, Tenant.id == LedgerLine.tenant_id)
    return int(db.session.scalar(query.where(LedgerLine.account == "supplies", Tenant.kind == "coop")) or 0)


def test_what_is_saved_is_alone_less_paid_where_alone_is_known() -> None:
    told = savings.savings(frame_of(("a", 1, 250, 300), ("b", 1, 100, None), ("c", 1, 90, 80)))
    assert [row["saved_pence"] for row in records(told)] == [50, None, -10]


def test_sums_leave_out_of_the_saving_what_has_nothing_to_compare_with() -> None:
    answer = savings.answer(frame_of(("a", 2, 250, 300), ("b", 2, 100, None), ("a", 1, 70, 100)), Choice())
    assert (
        answer.total["paid_pence"],
        answer.total["alone_pence"],
        answer.total["saved_pence"],
        answer.total["not_compared"],
    ) == (420, 400, 80, 1)
    assert [(row["round_number"], row["saved_pence"]) for row in answer.by_round] == [(2, 50), (1, 30)]
    assert [(row["coop"], row["saved_pence"]) for row in answer.by_coop] == [("a", 80), ("b", None)]


def test_the_year_to_date_counts_its_own_rounds_alone() -> None:
    frame = frame_of(("a", 1, 70, 100), on=date(2025, 12, 31))
    assert (
        savings.answer(frame, Choice(year=2026)).rows == []
        and savings.answer(frame, Choice(year=2025)).total["saved_pence"] == 30
    )
    assert savings.answer(frame, Choice(year=2026)).years == [2025]


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.integers(0, 10**15), st.none() | st.integers(0, 10**15)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)  # each example makes several frames
@given(ROWS)
def test_no_amount_passes_through_a_float_and_every_way_of_summing_agrees(rows: list[Any]) -> None:
    frame = frame_of(*rows)
    answer = savings.answer(frame, Choice())
    for told in (frame, savings.savings(frame)):
        assert {str(told[name].dtype) for name in told.columns if name.endswith("_pence")} == {"Int64"}
    paid = sum(row[2] for row in rows)
    saved = sum(row[3] - row[2] for row in rows if row[3] is not None)
    assert answer.total["paid_pence"] == answer.total["ledger_pence"] == paid
    for groups in (answer.by_round, answer.by_coop, answer.by_month):
        assert (
            sum(group["paid_pence"] for group in groups) == paid
            and sum(group["saved_pence"] or 0 for group in groups) == saved
        )


def test_a_penny_between_report_and_ledger_stops_the_report_and_says_where() -> None:
    frame = frame_of(("a", 1, 250, 300), ("b", 1, 100, None))
    frame.loc[1, "ledger_pence"] = 101
    with pytest.raises(RuleBroken) as caught:
        savings.answer(frame, Choice(coop_id=str(UUID(int=1))))
    assert (
        caught.value.code == "report-differs-from-ledger"
        and "b, Round 1" in caught.value.message
        and "£1.01" in caught.value.message
    )


def test_pence_that_are_no_whole_number_are_refused() -> None:
    with pytest.raises(TypeError, match=r"paid_pence holds 1\.5"):
        make_frame(("paid_pence",), [(1.5,)], ("paid_pence",))


def test_the_total_is_the_ledgers_for_the_office_and_for_a_co_op(app) -> None:
    made = make_ordered_round(alone_pence=ALONE)
    make_ordered_round(title="Spring PPE")
    with acting_for_federation():
        answer = savings.run(Choice())
        assert answer.total["paid_pence"] == ledger_supplies() > 0 and len(answer.rows) == 6
        assert [row["saved_pence"] for row in answer.by_round] == [None, 60_000 - 48_330 + 15_000 - 14_441]
    afon = made.coops["Afon Care"]
    with acting_for(afon):
        answer = savings.run(Choice())
        assert answer.total["paid_pence"] == ledger_supplies() == 48_330 and answer.total["saved_pence"] == 11_670
        assert {row["tenant_id"] for row in answer.rows} == {str(afon)}


def test_a_reversed_recharge_counts_no_more(app) -> None:
    made = make_ordered_round(alone_pence=ALONE)
    afon = made.coops["Afon Care"]
    with acting_for_federation():
        act_id = db.session.scalars(select(LedgerEntry.act_id).where(LedgerEntry.tenant_id == afon)).one()
        reverse_act(act_id, "Charged in error")
    with acting_for_federation():
        answer = savings.run(Choice())
        assert answer.total["paid_pence"] == ledger_supplies() and answer.total["alone_pence"] == 15_000
    with acting_for(afon):
        assert savings.run(Choice()).total["paid_pence"] == ledger_supplies() == 0


def test_the_page_says_what_was_saved_and_its_files_hold_the_rows(client: FlaskClient, sign_in) -> None:
    made = make_ordered_round(alone_pence=ALONE)
    sign_in(client, make_officer(), FEDERATION)
    page = client.get("/reports/savings").text
    assert "saved at least £122.29" in page and "the ledger says the same" in page and "net of VAT" in page
    assert client.get("/reports/savings.csv").text.count("\r\n") == 4 and client.get(
        "/reports/savings.xlsx"
    ).data.startswith(b"PK")
    only = client.get(f"/reports/savings.csv?coop={made.coops['Afon Care']}&round=1&year=all").text
    assert only.count("\r\n") == 2 and "483.30,600.00,116.70,19.5" in only
    assert (
        "Nothing saved yet" in client.get("/reports/savings?year=2020").text
        and "/reports/savings" in client.get("/reports").text
    )
    for wrong in ("year=x", "year=²026", "round=0x1", "coop=me"):
        assert client.get(f"/reports/savings?{wrong}").status_code == 422


def test_a_co_op_sees_its_own_savings_alone(client: FlaskClient, sign_in) -> None:
    made = make_ordered_round(alone_pence=ALONE)
    afon, beacon = made.coops["Afon Care"], made.coops["Beacon Care"]
    sign_in(client, make_manager(afon), afon)
    page = client.get("/reports/savings").text
    assert "saved at least £116.70" in page and "Beacon" not in page
    assert "Nothing saved yet" in client.get(f"/reports/savings?coop={beacon}").text


def test_a_report_that_differs_from_the_ledger_is_refused_on_the_page_too(
    client: FlaskClient, sign_in, database: str
) -> None:
    make_ordered_round(alone_pence=ALONE)
    sign_in(client, make_officer(), FEDERATION)
    with acting_for_federation():
        from procurement.models import Share

        db.session.execute(update(Share).values(net_pence=Share.net_pence + 1))
    answer = client.get("/reports/savings")
    assert answer.status_code == 409 and "do not agree" in answer.text
