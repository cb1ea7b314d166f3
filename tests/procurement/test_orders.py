"""From an approved award to purchase orders, recharges and the books: no penny and no pack is lost or invented."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from procurement.models import OrderAllocation, PurchaseOrder, Recharge, Share
from procurement.services import orders, rounds, suppliers
from procurement.views import orders as orders_view
from procurement.views import statements as statements_view
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import NotFound, RuleBroken
from tenants.ledger.services import balances, unmatched_dues
from tenants.scope import FEDERATION
from tenants.settings import set_setting
from tests.factories.rounds import (
    WANTED,
    make_closed_round,
    make_coop_with_address,
    make_market,
    make_ordered_round,
    order_round,
)
from tests.factories.tenants import make_manager, make_officer

pytestmark = pytest.mark.usefixtures("app")
XLSX_START = b"PK\x03\x04"


def total(column) -> int:
    return int(db.session.scalar(select(func.coalesce(func.sum(column), 0))) or 0)


def set_rule(name: str, value: object) -> None:
    with acting_for_federation():
        set_setting(name, value, clock.today(), "General meeting, item 4")


def test_what_co_ops_are_recharged_net_is_what_the_orders_cost_net() -> None:
    make_ordered_round()
    with acting_for_federation():
        ordered = total(PurchaseOrder.goods_pence) + total(PurchaseOrder.delivery_pence)
        assert ordered > 0 and total(Recharge.net_pence) == total(Share.net_pence) == ordered
        assert total(Share.goods_pence) + total(Share.delivery_pence) == ordered


def test_without_a_vat_number_the_suppliers_vat_is_passed_on_to_the_penny() -> None:
    made = make_ordered_round()
    with acting_for_federation():
        assert (
            total(Recharge.irrecoverable_vat_pence) == total(PurchaseOrder.vat_pence) > 0
            and total(Recharge.vat_pence) == 0
        )
    with acting_for(made.coops["Afon Care"]):
        page = statements_view.statement_page(made.round_id, "Afon Care")
        assert page["vat_rows"] == [] and "no VAT of its own" in page["pay_words"]


def test_a_registered_principal_charges_vat_per_rate_and_passes_none_on() -> None:
    set_rule("vat_number", "GB123456782")
    made = make_ordered_round()
    with acting_for(made.coops["Cwm Care"]):
        page = statements_view.statement_page(made.round_id, "Cwm Care")
        assert {row["rate"] for row in page["vat_rows"]} == {Decimal(0), Decimal(5), Decimal(20)}
        assert sum(row["vat_pence"] for row in page["vat_rows"]) == page["gross_pence"] - page["net_pence"] > 0
        assert sum(row["net_pence"] for row in page["vat_rows"]) == page["net_pence"]
    with acting_for_federation():
        assert total(Recharge.irrecoverable_vat_pence) == 0 and unmatched_dues() == []


@pytest.mark.parametrize("capacity", ["principal", "agent"])
def test_the_books_balance_and_what_is_due_to_meets_what_is_due_from(capacity: str) -> None:
    set_rule("capacity", capacity)
    made = make_ordered_round()
    with acting_for_federation():
        assert unmatched_dues() == []
        book, gross = (
            balances(),
            total(PurchaseOrder.goods_pence) + total(PurchaseOrder.delivery_pence) + total(PurchaseOrder.vat_pence),
        )
        assert (
            sum(book.values()) == 0 and book["due-from"] == total(Recharge.total_pence) == gross == -book["suppliers"]
        )
        assert (book.get("agency-clearing"), "recharge-income" in book) == (
            (None, True) if capacity == "principal" else (0, False)
        )
    for coop_id in made.coops.values():
        with acting_for(coop_id):
            book = balances()
            assert sum(book.values()) == 0 and -book["due-to"] == total(Recharge.total_pence)


@pytest.mark.parametrize("rule", ["proportional", "equal_percent"])
def test_another_rule_shares_the_same_total(rule: str) -> None:
    set_rule("share_rule", rule)
    made = make_ordered_round(alone_pence={"Afon Care": 60_000, "Beacon Care": 20_000, "Cwm Care": None})
    with acting_for_federation():
        assert total(Share.net_pence) == total(PurchaseOrder.goods_pence) + total(PurchaseOrder.delivery_pence)
        assert set(db.session.scalars(select(Share.rule))) == {rule} and unmatched_dues() == []
    with acting_for(made.coops["Afon Care"]):
        rows = statements_view.statement_file_rows(made.round_id, "Afon Care")
        assert sum(row.get("net_pence", 0) for row in rows) == total(Share.net_pence)


def test_the_co_ops_parts_of_a_line_add_up_to_the_line_and_to_what_they_needed() -> None:
    made = make_ordered_round()
    with acting_for_federation():
        for order in db.session.scalars(select(PurchaseOrder)).all():
            for line, parts in orders.order_lines(order.id):
                assert sum(part.packs for _, part in parts) == line.packs
    for name, coop_id in made.coops.items():
        with acting_for(coop_id):
            assert total(OrderAllocation.packs) == sum(WANTED[name])


def test_the_lines_of_an_order_and_its_file_add_up_to_its_total() -> None:
    make_ordered_round()
    with acting_for_federation():
        for row in orders_view.list_rows():
            page = orders_view.order_page(row["id"])
            assert sum(line["net_pence"] for line in page["lines"]) + page["delivery_pence"] == page["net_pence"]
            assert (
                sum(tax["vat_pence"] for tax in page["vat_rows"])
                == page["vat_pence"]
                == page["gross_pence"] - page["net_pence"]
            )
            assert sum(part["net_pence"] for part in orders_view.order_file_rows(row["id"])) == page["net_pence"]
            assert all(place["address"] == "1 Stryd Fawr, CF10 1AA, Ring twice" for place in page["places"])


def test_a_statement_file_adds_up_to_what_is_to_be_paid() -> None:
    made = make_ordered_round()
    for name, coop_id in made.coops.items():
        with acting_for(coop_id):
            rows = statements_view.statement_file_rows(made.round_id, name)
            paid = sum(row.get("net_pence", 0) + row.get("vat_pence", 0) for row in rows)
            assert (
                paid
                == statements_view.statement_page(made.round_id, name)["gross_pence"]
                == statements_view.statement_list()[0]["total_pence"]
            )


def test_orders_go_out_once() -> None:
    made = make_ordered_round()
    with pytest.raises(RuleBroken) as caught, acting_for_federation():
        orders.place_orders(made.round_id)
    assert caught.value.code == "round-already-ordered"
    with acting_for_federation():
        assert total(Recharge.total_pence) == balances()["due-from"]


def test_a_supplier_whose_code_was_changed_after_the_award_is_named_and_nothing_is_ordered() -> None:
    coop_id, items = make_coop_with_address("Dyfi Care"), make_market("x")
    round_id = make_closed_round(items, {coop_id: (5, 0, 0)})
    with pytest.raises(RuleBroken) as caught:
        order_round(
            round_id,
            before_ordering=lambda: [
                setattr(row.supplier, "code", f"{row.supplier.code}2") for row in suppliers.list_suppliers().rows
            ],
        )
    assert caught.value.code == "supplier-code-changed"
    with acting_for_federation():
        assert rounds.get_round(round_id).state == "awarded" and orders.list_orders(round_id) == []


def test_the_page_never_claims_a_saving_that_is_not_proven() -> None:
    made = make_ordered_round(alone_pence={"Afon Care": 60_000, "Beacon Care": 1, "Cwm Care": None})
    told = {}
    for name, coop_id in made.coops.items():
        with acting_for(coop_id):
            told[name] = statements_view.statement_page(made.round_id, name)["about"]
    assert told["Afon Care"].startswith("You saved at least £116.70")
    assert "more than you would have paid alone" in told["Beacon Care"] and told["Cwm Care"].startswith(
        "No supplier would have sold"
    )


def test_the_office_reads_orders_as_pages_and_files(client: FlaskClient, sign_in) -> None:
    make_ordered_round()
    sign_in(client, make_officer(), FEDERATION)
    with acting_for_federation():
        rows = orders_view.list_rows()
    page = client.get("/orders?q=northgate&state=coming").text
    assert rows[0]["number"] in page and rows[1]["number"] not in page
    assert "Where it goes" in client.get(f"/orders/{rows[0]['id']}").text
    assert client.get(f"/orders/{rows[0]['id']}.csv").text.count("\r\n") == 7
    assert client.get(f"/orders/{rows[0]['id']}.xlsx").data.startswith(XLSX_START) and client.get(
        "/orders.xlsx"
    ).data.startswith(XLSX_START)
    assert client.get(f"/orders/{rows[0]['id']}.pdf").data.startswith(b"%PDF")
    assert client.get("/orders?page=0").status_code == client.get("/orders?page=x").status_code == 404
    assert client.get(f"/orders/{FEDERATION}").status_code == client.get("/orders/none.pdf").status_code == 404


def test_a_co_op_reads_its_own_statement_and_nobody_elses(client: FlaskClient, sign_in) -> None:
    made = make_ordered_round(alone_pence={"Afon Care": 60_000})
    afon = made.coops["Afon Care"]
    sign_in(client, make_manager(afon), afon)
    page = client.get(f"/rounds/{made.round_id}/statement")
    assert "£575.92" in page.text and "RC-" not in page.text.replace("RC-0001-001", "") and "Beacon" not in page.text
    assert "£575.92" in client.get("/statements").text
    for kind, start in (("csv", "\ufeffStatement".encode()), ("xlsx", XLSX_START), ("pdf", b"%PDF")):
        assert client.get(f"/rounds/{made.round_id}/statement.{kind}").data.startswith(start)
    assert client.get(f"/rounds/{afon}/statement").status_code == 404 and client.get("/orders").status_code == 403


def test_a_co_op_without_statements_is_told_what_the_page_is_for(client: FlaskClient, sign_in) -> None:
    coop_id = make_coop_with_address("Newydd Care")
    sign_in(client, make_manager(coop_id), coop_id)
    assert "No statements yet" in client.get("/statements").text


def test_a_statement_is_for_those_who_were_in_the_round() -> None:
    made, other = make_ordered_round(), make_coop_with_address("Ystwyth Care")
    with pytest.raises(NotFound), acting_for(other):
        statements_view.statement_page(made.round_id, "Ystwyth Care")


def test_an_order_whose_delivery_day_has_passed_is_said_to_be_so() -> None:
    make_ordered_round()
    with clock.stopped_at(clock.now() + timedelta(days=60)), acting_for_federation():
        assert {row["state"] for row in orders_view.list_rows()} == {"past"} and orders_view.list_rows(
            state="coming"
        ) == []
