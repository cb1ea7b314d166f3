"""Files of catalogue rows and prices through the pages: looked at, taken in as a whole, undone as a whole, or refused."""

import csv
import io
import re
import threading
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from uuid import UUID, uuid4

import openpyxl
import pytest

from procurement.services import catalogue, imports, rounds, suppliers
from procurement.services.catalogue import Choice
from procurement.services.rounds import RoundPlan
from tenants import clock
from tenants.db import acting_for_federation, db
from tenants.errors import RuleBroken
from tenants.scope import FEDERATION
from tests.factories.procurement import item_values, make_item, make_offer, make_supplier
from tests.factories.tenants import make_coop, make_manager, make_officer

ITEMS = ["code", "name", "unit", "retail_price"]
PRICES = ["supplier", "item", "tier_1_price", "valid_from", "valid_to"]


def as_csv(*lines: list) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def words(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


@pytest.fixture
def officer(client, sign_in):
    """The form's token of an officer who is signed in at `client`."""
    return sign_in(client, make_officer(), FEDERATION).csrf_token


@pytest.fixture
def upload(client, officer):
    """`upload(kind, data, name)` answers the page that follows: the preview, or the form with the refusal."""

    def send(kind: str, data: bytes, name: str = "list.csv"):
        fields = {"csrf_token": officer, "file": (io.BytesIO(data), name)}
        answer = client.post(f"/imports/new/{kind}", data=fields)
        # The test client spools large bodies to a file, which nobody else closes.
        answer.request.environ["wsgi.input"].close()
        return client.get(answer.location) if answer.status_code == 303 else answer

    return send


@pytest.fixture
def act(client, officer):
    """`act(batch_id, "apply")` posts the button of a file's page."""
    return lambda batch_id, name: client.post(f"/imports/{batch_id}/{name}", data={"csrf_token": officer})


def batch_of(response) -> UUID:
    return UUID(response.request.path.rsplit("/", 1)[-1])


def names() -> list[str]:
    with acting_for_federation():
        return [row.item.name for row in catalogue.list_items().rows]


def test_a_catalogue_is_looked_at_taken_in_and_undone(client, upload, act) -> None:
    with acting_for_federation():
        old = make_item(code="B", name="Old name", retail_price="2").id
    page = upload("catalogue", as_csv(ITEMS, ["A", "Aprons", "roll", "4.125"], ["b", "Bags", "box", ""]))
    assert "All 2 rows can be taken in" in words(page) and "£4.125" in words(page) and "Changes" in words(page)
    assert names() == ["Old name"]
    batch = batch_of(page)
    assert act(batch, "apply").status_code == 303 and names() == ["Aprons", "Bags"]
    assert "Taken in on" in words(client.get(f"/imports/{batch}"))
    assert act(batch, "undo").status_code == 303 and names() == ["Old name"]
    with acting_for_federation():
        item = catalogue.get_item(old)
        assert (item.code, item.retail_pence, item.batch_id, item.version) == ("B", Decimal(200), None, 3)
    assert "Undone" in words(client.get("/imports/new/catalogue"))


def test_prices_are_taken_in_with_their_steps_and_undone(upload, act) -> None:
    with acting_for_federation():
        make_supplier(code="NORTH", tier_basis="order_packs", order_tiers=[0, 500])
        make_supplier(code="SOUTH")
        make_item(code="A")
    head = ["supplier", "item", "tier_1_price", "tier_2_from", "tier_2_price", "valid_from", "valid_to"]
    batch = batch_of(
        upload(
            "prices",
            as_csv(
                head,
                ["north", "a", 4.125, "", 3.71, "01/12/2026", "31/03/2027"],
                ["SOUTH", "A", 4.1, 50, 4, "2026-12-01", "2027-03-31"],
            ),
        )
    )
    assert act(batch, "apply").status_code == 303
    with acting_for_federation():
        held = [
            (row.supplier.code, row.offer.tiers, row.offer.pence_per_pack)
            for row in suppliers.list_offers(Choice(state="all", sort="supplier")).rows
        ]
        assert sorted(held) == [
            ("NORTH", [0, 500], [Decimal("412.5"), Decimal(371)]),
            ("SOUTH", [0, 50], [Decimal(410), Decimal(400)]),
        ]
    assert act(batch, "undo").status_code == 303
    with acting_for_federation():
        assert suppliers.list_offers(Choice(state="all")).total == 0


def test_two_clicks_at_once_take_a_file_in_once(app, officer, client, upload) -> None:
    batch = batch_of(upload("catalogue", as_csv(ITEMS, *[[f"A{n}", f"Item {n}", "box", ""] for n in range(50)])))
    cookies = client.get_cookie("fed_session")
    answers: list[int] = []
    both = threading.Barrier(2)

    def click() -> None:
        other = app.test_client()
        other.set_cookie("fed_session", cookies.value)
        both.wait()
        answers.append(other.post(f"/imports/{batch}/apply", data={"csrf_token": officer}).status_code)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [303, 409]
    with acting_for_federation():
        assert catalogue.list_items().total == 50


def test_one_bad_row_keeps_the_whole_file_out(client, upload, act) -> None:
    page = upload(
        "catalogue", as_csv(ITEMS, ["A", "Aprons", "roll", ""], ["B", "", "box", "x"], ["a", "Again", "box", ""])
    )
    said = words(page)
    assert (
        "2 of 3 rows need mending" in said
        and "Fill this in" in said
        and "Enter a price in pounds" in said
        and "This is in row 2 already" in said
    )
    assert "Take in 1" not in said
    batch = batch_of(page)
    assert act(batch, "apply").status_code == 409 and names() == []
    assert "B" not in words(client.get(f"/imports/{batch}?only=errors")).split()
    assert '3,name,"Fill this in' in client.get(f"/imports/{batch}/errors.csv").text


@pytest.mark.parametrize(
    ("kind", "head", "line", "said"),
    [
        (
            "catalogue",
            [*ITEMS, "gtin"],
            ["A", "n", "u", "", "5012345678901"],
            "The last digit of this GTIN should be 0",
        ),
        (
            "catalogue",
            [*ITEMS, "packs_per_box"],
            ["A", "n", "u", "", "1000000000"],
            "Enter whole packs from 1 to 100,000",
        ),
        ("catalogue", ITEMS, ["A", "n", "u", "200000"], "A price is at most £100,000 a pack"),
        ("prices", PRICES, ["WEST", "A", "1", "01/12/2026", "31/12/2026"], "No supplier has this code"),
        ("prices", PRICES, ["NORTH", "Z", "1", "01/12/2026", "31/12/2026"], "No item of the catalogue has this code"),
        ("prices", PRICES, ["GONE", "OUT", "1", "01/12/2026", "31/12/2026"], "is no longer asked"),
        ("prices", PRICES, ["GONE", "OUT", "1", "01/12/2026", "31/12/2026"], "has been taken out of the catalogue"),
        (
            "prices",
            PRICES,
            ["NORTH", "A", "1", "31/01/2027", "28/02/2027"],
            "already has a price for this item from Friday 1 January 2027 to Sunday 31",
        ),
        ("prices", PRICES, ["NORTH", "A", "200000", "01/12/2026", "31/12/2026"], "A price is at most £100,000 a pack"),
        ("prices", PRICES, ["WHOLE", "A", "1", "01/12/2026", "31/12/2026"], "give one price for each"),
        (
            "prices",
            [*PRICES, "tier_2_price"],
            ["NORTH", "A", "1", "01/12/2026", "31/12/2026", "0.9"],
            "Say from how many packs this price holds",
        ),
        (
            "prices",
            [*PRICES, "tier_2_price", "tier_2_from"],
            ["WHOLE", "A", "1", "01/12/2026", "31/12/2026", "0.9", "7"],
            "leave the bounds empty",
        ),
    ],
)
def test_what_the_database_knows_is_said_by_row_and_column(upload, kind, head, line, said) -> None:
    with acting_for_federation():
        north, item = make_supplier(code="NORTH"), make_item(code="A")
        make_supplier(code="WHOLE", tier_basis="order_packs", order_tiers=[0, 500])
        suppliers.retire_supplier(make_supplier(code="GONE").id)
        catalogue.retire_item(make_item(code="OUT").id)
        make_offer(north, item, valid_from=date(2027, 1, 1), valid_to=date(2027, 1, 31))
    said_there = words(upload(kind, as_csv(head, line)))
    assert "1 of 1 rows need mending" in said_there and said in said_there


def test_two_rows_of_a_file_that_share_a_day_are_refused(upload) -> None:
    with acting_for_federation():
        make_supplier(code="NORTH")
        make_item(code="A")
    page = upload(
        "prices",
        as_csv(
            PRICES, ["NORTH", "A", "1", "01/12/2026", "31/12/2026"], ["north", "a", "1", "31/12/2026", "31/01/2027"]
        ),
    )
    assert "Row 2 holds on the same days" in words(page)


def test_a_dearer_step_is_shown_but_does_not_keep_the_file_out(upload, act) -> None:
    with acting_for_federation():
        make_supplier(code="NORTH")
        make_item(code="A")
    head = [*PRICES, "tier_2_from", "tier_2_price"]
    page = upload("prices", as_csv(head, ["NORTH", "A", "1", "01/12/2026", "31/12/2026", "10", "2"]))
    assert "Row 2: Tier 2, from 10, costs more (£2.00) than tier 1 (£1.00)" in words(page)
    assert act(batch_of(page), "apply").status_code == 303


def formula() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in (ITEMS, ["A", '=HYPERLINK("x")', "box", ""]):
        book.worksheets[0].append(line)
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    return out.getvalue()


def test_a_formula_in_a_workbook_is_refused_naming_its_cell(upload) -> None:
    assert "Cell B2 holds a formula: paste its value instead" in words(upload("catalogue", formula(), "list.xlsx"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Choose a file first"),
        (b"\xd0\xcf\x11\xe0old", "This is an old .xls workbook"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"PK\x03\x04broken", "This workbook is damaged"),
        (b"a\0b", "zero bytes"),
        (b"x" * (10 * 1024 * 1024 + 1), "the limit is 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_form(upload, data, said) -> None:
    page = upload("catalogue", data, "" if not data else "list.csv")
    assert page.status_code == 422 and said in words(page)


def test_a_zip_bomb_is_refused_before_it_unpacks(upload) -> None:
    page = upload("catalogue", bomb(), "list.xlsx")
    assert page.status_code == 422 and "unpacks to more than we can read" in words(page)


class NeverRead(io.BytesIO):
    """A body of 200 MB of which nobody may read a byte."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """The place reached, counted from the start."""
        self.place = 200 * 1024 * 1024 if whence == io.SEEK_END else offset
        return self.place

    def tell(self) -> int:
        """The place reached last."""
        return getattr(self, "place", 0)

    def read(self, size: int | None = -1) -> bytes:
        """Never called: a refusal comes first."""
        raise AssertionError("the body was read")

    readline = readinto = read  # type: ignore[assignment]


def test_an_upload_of_200_mb_is_refused_before_it_is_read(client, officer) -> None:
    answer = client.post(
        "/imports/new/catalogue",
        input_stream=NeverRead(),
        headers={"X-CSRF-Token": officer},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.request.content_length == 200 * 1024 * 1024
    assert answer.status_code == 413 and "That file is too large" in words(answer)


def test_a_file_of_another_kind_or_nobodys_is_not_found(client, officer, act) -> None:
    for path in (
        "/imports/new/members",
        "/imports/template/demand.csv",
        f"/imports/{uuid4()}",
        f"/imports/{uuid4()}/errors.csv",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post("/imports/new/demand", data={"csrf_token": officer}).status_code == 404
    assert [act(uuid4(), name).status_code for name in ("apply", "undo", "discard")] == [404] * 3


def test_templates_can_be_sent_back_as_they_are(client, upload) -> None:
    for ext in ("csv", "xlsx"):
        data = client.get(f"/imports/template/catalogue.{ext}").data
        assert "All 1 rows can be taken in" in words(upload("catalogue", data, f"list.{ext}"))


def test_a_preview_can_be_thrown_away_but_what_is_in_cannot(client, upload, act) -> None:
    batch = batch_of(upload("catalogue", as_csv(ITEMS, ["A", "Aprons", "roll", ""])))
    assert act(batch, "discard").status_code == 303 and client.get(f"/imports/{batch}").status_code == 404
    batch = batch_of(upload("catalogue", as_csv(ITEMS, ["A", "Aprons", "roll", ""])))
    assert act(batch, "undo").status_code == 409
    act(batch, "apply")
    assert [act(batch, name).status_code for name in ("discard", "apply")] == [409, 409]


def test_the_name_of_a_file_is_shown_and_runs_nothing(upload) -> None:
    page = upload("catalogue", as_csv(ITEMS, ["A", "<b>Aprons</b>", "roll", ""]), "../../<script>x.csv")
    assert "&lt;script&gt;x.csv" in page.text and "<script>x" not in page.text and "&lt;b&gt;Aprons" in page.text


def test_a_manager_may_not_look_at_files(client, sign_in) -> None:
    coop = make_coop()
    token = sign_in(client, make_manager(coop), coop).csrf_token
    assert client.get("/imports/new/catalogue").status_code == 403
    assert client.post(f"/imports/{uuid4()}/apply", data={"csrf_token": token}).status_code == 403


def taken_in(kind: str, *lines: list) -> UUID:
    batch = imports.preview_import(kind, "list.csv", as_csv(*lines))
    return imports.apply_import(batch.id).id


def refusal(act, *args) -> str:
    with pytest.raises(RuleBroken) as caught, acting_for_federation():
        act(*args)
    return caught.value.message


def make_round(*item_ids: UUID) -> None:
    plan = RoundPlan("Winter", clock.now() + timedelta(days=7), clock.today() + timedelta(days=30), item_ids)
    rounds.open_round(rounds.draft_round(plan).id)


def test_undo_is_refused_once_an_item_is_in_a_round_priced_or_changed(app) -> None:
    with acting_for_federation():
        batch = taken_in("catalogue", ITEMS, ["A", "Aprons", "roll", ""])
        item = catalogue.list_items().rows[0].item
        item_id = item.id
        make_offer(item=item)
    assert "Aprons has prices of suppliers since" in refusal(imports.undo_import, batch)
    with acting_for_federation():
        make_round(item_id)
    assert "Aprons is in round 1 since" in refusal(imports.undo_import, batch)
    with acting_for_federation():
        item = catalogue.get_item(item_id)
        catalogue.change_item(item_id, item.version, item_values(code="A", name="Long aprons"))
    assert "Long aprons was changed since: nothing was undone" in refusal(imports.undo_import, batch)


def test_undo_of_prices_is_refused_once_changed_withdrawn_or_counted_on(app) -> None:
    line = ["NORTH", "A", "1", clock.today().isoformat(), (clock.today() + timedelta(days=90)).isoformat()]
    with acting_for_federation():
        item_id = make_item(code="A", name="Aprons").id
        make_supplier(code="NORTH")
        batch = taken_in("prices", PRICES, line)
        make_round(item_id)
    assert "Aprons is in round 1, which counts on these prices" in refusal(imports.undo_import, batch)
    with acting_for_federation():
        offer = suppliers.list_offers().rows[0].offer
        suppliers.withdraw_offer(offer.id)
    assert "was withdrawn since" in refusal(imports.undo_import, batch)


def test_a_file_that_no_longer_fits_when_taken_in_is_refused_as_a_whole(app) -> None:
    with acting_for_federation():
        north, item = make_supplier(code="NORTH"), make_item(code="A")
        other = make_item(code="B")
        lines = [["NORTH", code, "1", "2027-01-01", "2027-01-31"] for code in "BA"]
        batch = imports.preview_import("prices", "list.csv", as_csv(PRICES, *lines)).id
        make_offer(north, item, valid_from=date(2027, 1, 1), valid_to=date(2027, 1, 2))
        assert other.id
    assert "row 3, valid_from" in refusal(imports.apply_import, batch)
    with acting_for_federation():
        assert suppliers.list_offers(Choice(state="all")).total == 1


def test_of_two_files_at_once_with_the_same_new_code_the_second_is_refused_in_words(app) -> None:
    with acting_for_federation():
        batch = imports.preview_import("catalogue", "list.csv", as_csv(ITEMS, ["A", "Aprons", "roll", ""])).id
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(_apply_in_a_thread(app, batch)))
    with acting_for_federation():
        make_item(code="A")
        thread.start()
        _wait_for_a_blocked_insert()
    thread.join(10)
    assert "Somebody added the same at this moment" in said[0]


def _apply_in_a_thread(app, batch: UUID) -> str:
    with app.app_context():
        return refusal(imports.apply_import, batch)


def _wait_for_a_blocked_insert() -> None:
    for _ in range(500):
        if db.session.connection().exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one():
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waited")


def test_an_item_taken_out_comes_back_by_file_and_undo_takes_it_out_again(app) -> None:
    with acting_for_federation():
        item_id = make_item(code="A").id
        catalogue.retire_item(item_id)
        batch = taken_in("catalogue", ITEMS, ["A", "Aprons", "roll", ""])
        assert catalogue.get_item(item_id).retired_at is None
        imports.undo_import(batch)
        assert catalogue.get_item(item_id).retired_at is not None
