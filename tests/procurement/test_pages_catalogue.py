"""Pages of the catalogue, suppliers and prices: who may, what is kept, what is refused and in which words."""

import io
import re
from html import unescape
from uuid import UUID, uuid4

import openpyxl
import pytest

from procurement.services import catalogue, suppliers
from procurement.services.catalogue import Choice
from tenants.db import acting_for_federation
from tenants.scope import FEDERATION
from tests.factories.procurement import make_item, make_offer, make_supplier
from tests.factories.tenants import make_coop, make_manager, make_membership, make_officer

ITEM = {
    "code": "GLV-M",
    "name": "Nitrile gloves, medium",
    "unit": "Box of 100",
    "packs_per_box": "10",
    "vat_rate_percent": "20",
    "retail_price": "£6.50",
    "standard": "EN 455",
    "gtin": "5012345678900",
    "cpv": "18424300-0",
}
SUPPLIER = {
    "code": "NORTH",
    "name": "North Supplies",
    "email": "orders@north.example",
    "delivery_fee": "45",
    "free_delivery_from": "500",
    "minimum_order": "1,000.50",
    "lead_days": "5",
    "tier_basis": "item_packs",
    "steps": "",
}
DAYS = {
    "valid_from-day": "1",
    "valid_from-month": "12",
    "valid_from-year": "2026",
    "valid_to-day": "31",
    "valid_to-month": "3",
    "valid_to-year": "2027",
}


@pytest.fixture
def post(client, sign_in):
    """`post(path, fields)` as an officer; the answer's words are its text without marks."""
    token = sign_in(client, make_officer(), FEDERATION).csrf_token
    return lambda path, fields=None: client.post(path, data={"csrf_token": token, **(fields or {})})


def words(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def item_id() -> UUID:
    with acting_for_federation():
        return catalogue.list_items().rows[0].item.id


def supplier_id(**fields) -> UUID:
    with acting_for_federation():
        return make_supplier(**fields).id


def test_an_officer_adds_an_item_and_changes_it(client, post) -> None:
    assert "The catalogue is empty" in words(client.get("/catalogue"))
    assert post("/catalogue/new", ITEM).status_code == 303
    page = client.get("/catalogue")
    assert "Nitrile gloves, medium is in the catalogue." in words(page) and "EN 455" in words(page)
    path = f"/catalogue/{item_id()}"
    form = client.get(path)
    assert 'value="6.50"' in form.text and 'name="version" value="1"' in form.text
    assert post(path, {**ITEM, "name": "Gloves", "version": "1"}).status_code == 303
    assert "Gloves" in words(client.get("/catalogue"))
    assert post(path, {**ITEM, "name": "Late", "version": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("gtin", "5012345678901", "The last digit of this GTIN should be 0"),
        ("cpv", "9", "A CPV code is 8 digits"),
        ("packs_per_box", "0", "Enter a whole number from 1 to 100,000"),
        ("packs_per_box", "1000000000", "Enter a whole number from 1 to 100,000"),
        ("retail_price", "6.50001", "Use at most 4 places after the point"),
        ("retail_price", "NaN", "Enter a price in pounds"),
        ("vat_rate_percent", "17.5", "Enter 0, 5 or 20"),
        ("name", "", "Fill this in"),
        ("name", "x" * 201, "Use at most 200 characters"),
        ("code", "a\x00b", "there is a character in it that cannot be stored"),
    ],
)
def test_a_wrong_field_is_named_kept_and_changes_nothing(client, post, field, typed, said) -> None:
    answer = post("/catalogue/new", {**ITEM, field: typed})
    assert (
        answer.status_code == 422
        and said in words(answer)
        and f'href="#field-{field.replace("_", "-")}"' in answer.text
    )
    assert "EN 455" in answer.text
    with acting_for_federation():
        assert catalogue.list_items().total == 0


def test_a_code_that_is_taken_is_refused_on_the_form(client, post) -> None:
    post("/catalogue/new", ITEM)
    answer = post("/catalogue/new", {**ITEM, "code": "glv-m"})
    assert answer.status_code == 422 and "taken by Nitrile gloves, medium" in words(answer)


def test_an_item_is_taken_out_and_brought_back(client, post) -> None:
    post("/catalogue/new", ITEM)
    path = f"/catalogue/{item_id()}"
    assert post(f"{path}/retire").status_code == 303
    assert f'href="{path}"' not in client.get("/catalogue").text
    assert "Taken out" in words(client.get("/catalogue?state=retired"))
    assert post(f"{path}/restore").status_code == 303
    assert post(f"{path}/restore").status_code == 409


def test_an_officer_adds_a_supplier_with_money_as_people_type_it(client, post) -> None:
    answer = post("/suppliers/new", SUPPLIER)
    assert answer.status_code == 303
    with acting_for_federation():
        found = suppliers.list_suppliers().rows[0].supplier
        assert (found.delivery_pence, found.free_delivery_from_pence, found.minimum_order_pence) == (
            4500,
            50000,
            100050,
        )
    page = client.get(answer.location)
    assert "North Supplies is added" in words(page) and 'value="1000.50"' in page.text
    assert (
        post(answer.location, {**SUPPLIER, "name": "Norther", "free_delivery_from": "", "version": "1"}).status_code
        == 303
    )
    assert "£1,000.50" in words(client.get("/suppliers"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"minimum_order": "12.345"}, "Enter an amount in pounds and pence"),
        ({"delivery_fee": "-1"}, "An amount here is nought or more"),
        ({"email": "north"}, "Enter an email address"),
        ({"tier_basis": "guess"}, "Choose one of these"),
        ({"tier_basis": "order_packs", "steps": ""}, "Give from 1 to 12 steps"),
        ({"tier_basis": "order_packs", "steps": "0; 500; 500"}, "Each step starts above the one before it"),
        ({"tier_basis": "order_pence", "steps": "0; much"}, "Enter an amount in pounds and pence"),
    ],
)
def test_a_suppliers_wrong_terms_are_named(client, post, fields, said) -> None:
    answer = post("/suppliers/new", {**SUPPLIER, **fields})
    assert answer.status_code == 422 and said in words(answer) and "North Supplies" in answer.text


def test_steps_of_the_whole_order_are_typed_in_pounds_and_shown_so(client, post) -> None:
    answer = post("/suppliers/new", {**SUPPLIER, "tier_basis": "order_pence", "steps": "0; 500; 2500.50"})
    with acting_for_federation():
        assert suppliers.list_suppliers().rows[0].supplier.order_tiers == [0, 50000, 250050]
    assert 'value="0; 500; 2500.50"' in client.get(answer.location).text
    form = words(client.get(f"{answer.location}/offers/new"))
    assert "Step 2, from £500 on the whole order" in form and "From how many packs" not in form


def test_a_supplier_is_no_longer_asked_and_asked_again(client, post) -> None:
    path = post("/suppliers/new", SUPPLIER).location
    assert post(f"{path}/retire").status_code == 303 and "No longer asked" in words(client.get("/suppliers"))
    assert post(f"{path}/retire").status_code == 409
    assert post(f"{path}/restore").status_code == 303


def price(item: UUID, **fields: str) -> dict[str, str]:
    return {
        "item_id": str(item),
        "tiers.0.from_packs": "1",
        "tiers.0.price": "4.125",
        "tiers.1.from_packs": "100",
        "tiers.1.price": "3.71",
        "tiers.2.from_packs": "",
        "tiers.2.price": "",
        "mode": "all_units",
        "minimum_packs": "",
        "quality": "1",
        **DAYS,
        **fields,
    }


def test_an_officer_adds_a_price_changes_it_and_withdraws_it(client, post) -> None:
    post("/catalogue/new", ITEM)
    supplier = supplier_id(name="North")
    assert post(f"/suppliers/{supplier}/offers/new", price(item_id())).status_code == 303
    page = words(client.get("/offers"))
    assert "£4.125 from 1" in page and "£3.71 from 100" in page and "Wednesday 31 March 2027" in page
    with acting_for_federation():
        offer = suppliers.list_offers().rows[0].offer.id
    form = client.get(f"/offers/{offer}")
    assert (
        'value="4.125"' in form.text and 'name="valid_to-month" type="text" inputmode="numeric" value="3"' in form.text
    )
    changed = price(item_id(), **{"tiers.1.price": "3.60", "version": "1"})
    assert post(f"/offers/{offer}", changed).status_code == 303
    assert post(f"/offers/{offer}", changed).status_code == 409
    assert post(f"/offers/{offer}/withdraw").status_code == 303
    assert client.get(f"/offers/{offer}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "box", "said"),
    [
        ({"tiers.1.from_packs": ""}, "tiers-1-from-packs", "Say from how many packs this price holds"),
        ({"tiers.1.price": ""}, "tiers-1-price", "Enter a price in pounds"),
        ({"tiers.1.from_packs": "0"}, "tiers-1-from-packs", "must start above 0"),
        ({"tiers.0.price": "1.23456"}, "tiers-0-price", "Use at most 4 places"),
        ({"valid_to-day": "30", "valid_to-month": "2"}, "valid-to", "Enter a real day"),
        ({"valid_to-year": "2025"}, "valid-to", "The last day must not lie before the first"),
        ({"item_id": ""}, "item-id", "Fill this in"),
        ({"capacity_packs": "1000000000"}, "capacity-packs", "from 1 to 1,000,000"),
        ({"minimum_packs": "0"}, "minimum-packs", "from 1 to 1,000,000"),
    ],
)
def test_a_wrong_price_is_named_at_its_box(client, post, fields, box, said) -> None:
    post("/catalogue/new", ITEM)
    answer = post(f"/suppliers/{supplier_id()}/offers/new", price(item_id(), **fields))
    assert answer.status_code == 422 and said in words(answer)
    assert f'href="#field-{box}"' in answer.text and f'id="field-{box}"' in answer.text


def test_a_price_on_days_that_are_taken_names_the_other_list(client, post) -> None:
    post("/catalogue/new", ITEM)
    path = f"/suppliers/{supplier_id()}/offers/new"
    post(path, price(item_id()))
    answer = post(path, price(item_id(), **{"valid_from-month": "3", "valid_from-year": "2027"}))
    assert answer.status_code == 422 and "from Tuesday 1 December 2026 to Wednesday 31 March 2027" in words(answer)


def test_a_dearer_step_is_saved_and_people_are_warned(client, post) -> None:
    post("/catalogue/new", ITEM)
    answer = post(f"/suppliers/{supplier_id()}/offers/new", price(item_id(), **{"tiers.1.price": "9.99"}))
    assert answer.status_code == 303
    assert "Tier 2, from 100, costs more (£9.99) than tier 1 (£4.125)" in words(client.get(answer.location))


def test_another_step_keeps_what_was_typed(client, post) -> None:
    post("/catalogue/new", ITEM)
    answer = post(f"/suppliers/{supplier_id()}/offers/new", price(item_id(), more_tiers="1"))
    assert answer.status_code == 200 and 'name="tiers.3.price"' in answer.text and 'value="3.71"' in answer.text
    with acting_for_federation():
        assert suppliers.list_offers().total == 0


def test_lists_can_be_taken_away_and_no_cell_acts_as_a_formula(client, post) -> None:
    with acting_for_federation():
        make_offer(make_supplier(name="=1+1"), make_item(name="@SUM(A1)", retail_price="4.125"), prices=["4.125"])
    got = client.get("/catalogue.csv")
    assert got.headers["Content-Disposition"].startswith('attachment; filename="catalogue-')
    assert "'@SUM(A1)" in got.text and "4.125" in got.text
    assert "'=1+1" in client.get("/suppliers.csv").text and "'@SUM(A1)" in client.get("/offers.csv").text
    for path in ("/catalogue", "/suppliers", "/offers"):
        sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}.xlsx").data)).worksheets[0]
        assert sheet.max_row == 2 and all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue?page=0",
        "/catalogue?page=x",
        "/catalogue?sort=%27",
        "/offers?state=x",
        "/offers?supplier=7",
        "/suppliers?way=up",
    ],
)
def test_an_address_that_makes_no_sense_is_answered_in_words(client, post, path) -> None:
    assert client.get(path).status_code == 422
    assert client.get(path.replace("?", ".csv?")).status_code == 422


def test_odd_searches_find_nothing_and_break_nothing(client, post) -> None:
    post("/catalogue/new", ITEM)
    for odd in ("%", "_", "\\", "\0", "'", "x" * 5000, "\ud7ff", "%00"):
        assert client.get("/catalogue", query_string={"q": odd}).status_code == 200
    assert (
        "No item fits" in words(client.get("/catalogue?q=zebra"))
        and client.get("/catalogue?page=99999").status_code == 200
    )


@pytest.mark.parametrize("path", ["/catalogue/{}", "/suppliers/{}", "/offers/{}", "/suppliers/{}/offers/new"])
def test_what_is_not_there_is_not_found(client, post, path) -> None:
    assert client.get(path.format(uuid4())).status_code == 404
    assert client.get(path.format("7")).status_code == 404
    assert post(path.format(uuid4()), ITEM | SUPPLIER | {"version": "1"}).status_code == 404


def test_a_form_without_its_version_or_token_is_refused(client, post) -> None:
    post("/catalogue/new", ITEM)
    path = f"/catalogue/{item_id()}"
    assert post(path, ITEM).status_code == 422 and post(path, {**ITEM, "version": "x"}).status_code == 422
    assert client.post(path, data={**ITEM, "version": "1"}).status_code == 403
    assert client.put(path).status_code == 405


def test_a_manager_reads_everything_and_changes_nothing(client, sign_in) -> None:
    coop = make_coop()
    with acting_for_federation():
        offer = make_offer(make_supplier(name="North"), make_item(name="Gloves"))
        ids = {"item": offer.item_id, "supplier": offer.supplier_id, "offer": offer.id}
    token = sign_in(client, make_manager(coop), coop).csrf_token
    for path in (
        "/catalogue",
        "/suppliers",
        "/offers",
        f"/catalogue/{ids['item']}",
        f"/suppliers/{ids['supplier']}",
        f"/offers/{ids['offer']}",
    ):
        page = client.get(path)
        assert page.status_code == 200 and 'method="post" novalidate' not in page.text and "/new" not in page.text, path
        assert ("Gloves" if "supp" not in path else "North") in page.text
    for path in (
        "/catalogue/new",
        f"/catalogue/{ids['item']}/retire",
        f"/suppliers/{ids['supplier']}",
        f"/offers/{ids['offer']}/withdraw",
    ):
        assert client.post(path, data={"csrf_token": token, **ITEM, "version": "1"}).status_code == 403
    assert client.get("/catalogue/new").status_code == 403
    with acting_for_federation():
        assert suppliers.list_offers(Choice(state="now")).total == 1


def test_a_carer_and_a_stranger_do_not_read_the_catalogue(client, sign_in) -> None:
    assert client.get("/catalogue").status_code == 303
    coop = make_coop()
    sign_in(client, make_membership(coop, "carer"), coop)
    assert client.get("/catalogue").status_code == 403
