"""The record and the books: append only, checked by PostgreSQL itself, each co-op's its own."""

from argparse import Namespace
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from federation.config import Settings
from tenants import audit
from tenants.cli import check_ledger, verify_audit
from tenants.db import acting_for, acting_for_federation, db, insert_rows
from tenants.errors import NotFound, RuleBroken
from tenants.ledger.rules import Line
from tenants.ledger.services import Posting, balances, post_entries, reverse_act, unmatched_dues
from tenants.models import CoopAddress, LedgerEntry, LedgerLine
from tenants.scope import FEDERATION
from tenants.services.statement import read_statement
from tenants.web import HouseFlask
from tests.factories.tenants import make_coop, make_manager, make_membership


def write_three(coop: UUID) -> None:
    """Three rows of a co-op's record."""
    with acting_for(coop):
        for number in range(3):
            audit.record("try-out", "thing", uuid4(), {"number": number})


def tamper(database: str, statement: str) -> None:
    """Change the record as a superuser who has lifted the force of the wall."""
    with psycopg.connect(database) as superuser:
        superuser.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
        assert superuser.execute(statement.encode()).rowcount == 1
        superuser.execute("ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET facts = '{\"number\": 7}' WHERE number = 2 AND act = 'try-out'",
        "UPDATE audit_entry SET person_id = uuidv7() WHERE number = 2 AND act = 'try-out'",
        "UPDATE audit_entry SET at = at + interval '1 second' WHERE number = 2 AND act = 'try-out'",
        "DELETE FROM audit_entry WHERE number = 2 AND act = 'try-out'",
    ],
)
def test_a_row_that_was_edited_or_taken_out_of_the_record_is_found(
    app: HouseFlask, database: str, change: str, capsys
) -> None:
    coop = make_coop("Afon Care")
    write_three(coop)
    assert verify_audit(Namespace()) == 0
    tamper(database, change)
    assert verify_audit(Namespace()) == 1
    assert "Afon Care: BROKEN at entry" in capsys.readouterr().out


def test_a_coop_reads_its_own_record_and_no_other(app: HouseFlask) -> None:
    mine, other = make_coop(), make_coop()
    write_three(other)
    with acting_for(mine):
        audit.record("try-out", "thing", None)
        assert {row.act for row in audit.list_record()} == {"try-out"} and len(audit.list_record()) == 1
        with pytest.raises(DBAPIError, match="not the acting tenant"):
            audit.record("try-out", "thing", None, tenant_id=other)


def test_the_member_role_itself_may_not_touch_the_record(settings: Settings, app: HouseFlask) -> None:
    coop = make_coop()
    with psycopg.connect(settings.role_urls["member"]) as member:
        member.execute("SELECT set_config('app.tenant', %s, false)", [str(coop)])
        for statement in (
            "SELECT * FROM audit_entry",
            "DELETE FROM audit_entry",
            "SELECT * FROM outbox",
            "SELECT * FROM person",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                member.execute(statement.encode())
            member.rollback()


def test_without_a_scope_the_member_role_sees_no_row_but_an_error(settings: Settings, app: HouseFlask) -> None:
    with psycopg.connect(settings.role_urls["member"]) as member, pytest.raises(psycopg.Error):
        member.execute("SELECT * FROM ledger_line")


def deal(coop: UUID, pence: int) -> UUID:
    """A recharge in both books; the answer is its act."""
    act = uuid4()
    with acting_for_federation():
        post_entries(
            [
                Posting(
                    coop,
                    "recharge",
                    "Gloves",
                    [Line("supplies", pence), Line("due-to", -pence, FEDERATION)],
                    act_id=act,
                ),
                Posting(
                    FEDERATION,
                    "recharge",
                    "Gloves",
                    [Line("due-from", pence, coop), Line("recharge-income", -pence)],
                    act_id=act,
                ),
            ]
        )
    return act


def test_a_deal_stands_in_both_books_and_each_sees_its_own(app: HouseFlask) -> None:
    mine, other = make_coop(), make_coop()
    deal(mine, 1250)
    deal(other, 99)
    with acting_for(mine):
        assert balances() == {"due-to": -1250, "supplies": 1250}
        opening, lines = read_statement(date(2020, 1, 1), date(2099, 1, 1))
        assert opening == 0 and [(line.pence, line.balance_pence) for line in lines] == [(-1250, -1250)]
    with acting_for_federation():
        assert balances()["due-from"] == 1349 and unmatched_dues() == []
    assert check_ledger(Namespace()) == 0


def test_the_check_finds_books_that_disagree(app: HouseFlask, capsys) -> None:
    coop = make_coop("Afon Care")
    with acting_for_federation():
        post_entries([Posting(coop, "recharge", "Gloves", [Line("supplies", 500), Line("due-to", -500, FEDERATION)])])
    assert check_ledger(Namespace()) == 1
    assert "Afon Care and Federation of Tests differ by £5.00" in capsys.readouterr().out


def test_an_entry_that_does_not_balance_is_refused_by_the_rules_and_by_postgresql(app: HouseFlask) -> None:
    coop, entry = make_coop(), uuid4()
    with acting_for_federation(), pytest.raises(RuleBroken):
        post_entries([Posting(coop, "recharge", "Gloves", [Line("supplies", 500), Line("due-to", -499)])])
    with pytest.raises(DBAPIError, match="does-not-balance"), acting_for_federation():
        db.session.execute(
            insert(LedgerEntry),
            [
                {
                    "tenant_id": coop,
                    "id": entry,
                    "act_id": entry,
                    "on_date": date(2026, 1, 1),
                    "kind": "recharge",
                    "description": "Gloves",
                }
            ],
        )
        db.session.execute(
            insert(LedgerLine),
            [
                {"tenant_id": coop, "entry_id": entry, "line_number": number, "account": "supplies", "pence": pence}
                for number, pence in enumerate((500, -499), start=1)
            ],
        )
    with acting_for(coop):
        assert balances() == {}


def test_a_posted_entry_takes_no_later_line_and_no_change(app: HouseFlask) -> None:
    coop = make_coop()
    deal(coop, 1250)
    with acting_for_federation():
        entry = db.session.scalar(text("SELECT id FROM ledger_entry WHERE tenant_id = :coop"), {"coop": coop})
    lines = [
        {"tenant_id": coop, "entry_id": entry, "line_number": number, "account": "supplies", "pence": pence}
        for number, pence in ((3, 5), (4, -5))
    ]
    with pytest.raises(DBAPIError, match="ledger-entry-is-closed"), acting_for_federation():
        db.session.execute(insert(LedgerLine), lines)
    for verb in ("UPDATE ledger_line SET pence = 1", "DELETE FROM ledger_entry"):
        with pytest.raises(DBAPIError, match="permission denied"), acting_for_federation():
            db.session.execute(text(verb))


def test_a_deal_is_undone_in_every_book_once(app: HouseFlask) -> None:
    coop = make_coop()
    act = deal(coop, 1250)
    with acting_for_federation():
        assert len(reverse_act(act, "Sent twice")) == 2
    with acting_for(coop):
        assert set(balances().values()) == {0}
    with acting_for_federation(), pytest.raises(RuleBroken, match="reversed before"):
        reverse_act(act, "Again")
    with acting_for_federation(), pytest.raises(NotFound):
        reverse_act(uuid4(), "Never was")


def test_the_statement_page_and_its_files_say_what_is_owed(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    coop = make_coop("Afon Care")
    deal(coop, 123456)
    sign_in(client, make_manager(coop), coop)
    assert "We owe £1,234.56" in client.get("/money").text
    assert "-1234.56" in client.get("/money.csv").text
    assert client.get("/money.xlsx").data.startswith(b"PK")
    assert client.get("/money?from=2026-02-30").status_code == 422
    assert client.get("/money?account=nonsense").status_code == 422


def test_the_record_page_shows_ones_own_acts_and_a_download(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    coop = make_coop()
    write_three(coop)
    sign_in(client, make_manager(coop, "Ann Lee"), coop)
    page = client.get("/record").text
    assert "Try out" in page and "entries fit" in page and "Signed in" in page
    assert "Try out" not in client.get("/record?q=nothing-like-it").text.split('id="h-entries"')[1]
    assert "Try out" in client.get("/record.csv").text and client.get("/record.pdf").status_code == 404
    assert client.get("/record?page=0").status_code == client.get("/record?page=x").status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("manager", "/people", 200),
        ("carer", "/people", 403),
        ("carer", "/record", 403),
        ("carer", "/", 200),
        ("delegate", "/settings", 200),
        ("treasurer", "/money", 200),
        ("auditor", "/record", 200),
        ("auditor", "/people", 403),
        ("carer", "/work", 200),
        ("manager", "/account", 200),
    ],
)
def test_each_role_meets_the_pages_that_the_table_of_permissions_gives_it(
    client: FlaskClient, app: HouseFlask, sign_in: Callable, role: str, path: str, status: int
) -> None:
    coop = make_coop()
    sign_in(client, make_membership(coop, role), coop)
    assert client.get(path).status_code == status


def test_what_the_office_does_to_many_stands_in_the_record_of_each(app: HouseFlask) -> None:
    coops = [make_coop() for _ in range(3)]
    for coop in coops[:2]:
        write_three(coop)
    thing = uuid4()
    with acting_for_federation():
        audit.record_each("share-out", "thing", thing, {coop: {"part": n} for n, coop in enumerate(coops)})
    for n, coop in enumerate(coops):
        with acting_for(coop):
            assert [(row.act, row.facts) for row in audit.list_record(thing)] == [("share-out", {"part": n})]
            assert audit.first_broken_number() is None


def test_a_co_op_cannot_write_into_the_record_of_others_by_writing_to_many(app: HouseFlask) -> None:
    own, other = make_coop(), make_coop()
    with pytest.raises(DBAPIError, match="not the acting tenant"), acting_for(own):
        audit.record_each("share-out", "thing", None, {own: {}, other: {}})
    with acting_for(other):
        assert not [row for row in audit.list_record() if row.act == "share-out"]


def test_rows_inserted_together_meet_the_wall_each(app: HouseFlask) -> None:
    own, other = make_coop(), make_coop()
    addresses = [{"tenant_id": coop, "lines": "1 High Street", "postcode": "LL11 1AA"} for coop in (own, other)]
    with pytest.raises(DBAPIError, match="row-level security"), acting_for(own):
        insert_rows(CoopAddress, addresses)
    with acting_for(own):
        insert_rows(CoopAddress, addresses[:1])
