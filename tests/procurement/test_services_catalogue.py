"""The catalogue, suppliers and price lists as the office keeps them."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from marshmallow import ValidationError
from sqlalchemy.exc import ProgrammingError

from procurement.models import Offer
from procurement.schemas.catalogue import ItemSchema, OfferSchema, SupplierSchema
from procurement.services import catalogue, suppliers
from procurement.services.catalogue import Choice
from tenants import audit, clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.fields import PenceField, PriceField, TextField, WholeField
from tests.factories.procurement import item_values, make_item, make_offer, make_supplier, offer_values, supplier_values


def refusals(call, *args) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        call(*args)
    return caught.value.errors


def test_an_item_is_added_found_and_on_the_record_without_its_words(app) -> None:
    with app.app_context(), acting_for_federation():
        item = make_item(code="GLV-M", name="Nitrile gloves", retail_price="6.50")
        assert catalogue.get_item(item.id).retail_pence == Decimal("650")
        newest = audit.list_record(item.id)[0]
        assert newest.act == "add-item" and "Nitrile" not in str(newest.facts)


def test_a_code_is_taken_once_capitals_aside(app) -> None:
    with app.app_context(), acting_for_federation():
        make_item(code="GLV-M", name="Nitrile gloves")
        assert "taken by Nitrile gloves" in refusals(catalogue.add_item, item_values(code="glv-m"))["code"]
        make_supplier(code="NORTH")
        assert "code" in refusals(suppliers.add_supplier, supplier_values(code="north"))


def test_of_two_people_who_changed_an_item_the_second_is_told(app) -> None:
    with app.app_context():
        with acting_for_federation():
            item = make_item()
            item_id, seen = item.id, item.version
        with acting_for_federation():
            catalogue.change_item(item_id, seen, item_values(name="First"))
        with pytest.raises(Conflict, match="Somebody else"), acting_for_federation():
            catalogue.change_item(item_id, seen, item_values(name="Second"))
        with acting_for_federation():
            assert catalogue.get_item(item_id).name == "First"


def test_a_change_that_changes_nothing_leaves_no_trace(app) -> None:
    with app.app_context():
        with acting_for_federation():
            item_id = make_item(code="A").id
        with acting_for_federation():
            item = catalogue.get_item(item_id)
            values = ItemSchema().load(ItemSchema().dump(item))
            assert isinstance(values, dict)
            catalogue.change_item(item_id, item.version, values)
            assert [row.act for row in audit.list_record(item_id)] == ["add-item"]


def test_an_item_taken_out_leaves_the_list_and_comes_back(app) -> None:
    with app.app_context(), acting_for_federation():
        item = make_item(name="Aprons")
        catalogue.retire_item(item.id)
        assert catalogue.list_items().total == 0 and catalogue.list_items(Choice(state="retired")).total == 1
        with pytest.raises(RuleBroken):
            catalogue.retire_item(item.id)
        catalogue.restore_item(item.id)
        assert catalogue.list_items(Choice(words="apr")).rows[0].item.id == item.id
        with pytest.raises(RuleBroken):
            catalogue.restore_item(item.id)


def test_lists_are_filtered_sorted_and_cut_into_pages(app) -> None:
    with app.app_context(), acting_for_federation():
        for letter in "CAB":
            make_item(code=f"X-{letter}", name=f"{letter} 100% cotton_mask")
        make_item(name="Gloves")
        found = catalogue.list_items(Choice(words="100% COTTON_", sort="name", rows=2))
        assert [row.item.name[0] for row in found.rows] == ["A", "B"] and (found.pages, found.total) == (2, 3)
        last = catalogue.list_items(Choice(words="x-", sort="name", descending=True, rows=2, page=99))
        assert [row.item.name[0] for row in last.rows] == ["A"] and last.number == 2
        assert catalogue.list_items(Choice(words="100_")).total == 0


def test_the_best_price_is_the_lowest_that_holds_today_at_a_supplier_still_asked(app) -> None:
    with app.app_context(), acting_for_federation():
        item, gone = make_item(), make_supplier()
        make_offer(item=item, prices=["4.00"])
        make_offer(item=item, prices=["1.00"], valid_from=clock.today() + timedelta(days=1))
        make_offer(gone, item, prices=["2.00"])
        suppliers.retire_supplier(gone.id)
        row = catalogue.list_items().rows[0]
        assert (row.offers, row.best_pence) == (1, Decimal("400"))


def test_prices_on_the_same_day_are_refused_naming_the_other_list(app) -> None:
    with app.app_context(), acting_for_federation():
        supplier, item = make_supplier(), make_item()
        make_offer(supplier, item, valid_from=date(2027, 1, 1), valid_to=date(2027, 3, 31))
        values = offer_values(supplier, item, valid_from=date(2027, 3, 31), valid_to=date(2027, 4, 30))
        words = refusals(suppliers.add_offer, values)["valid_from"]
        assert "Friday 1 January 2027 to Wednesday 31 March 2027" in words
        make_offer(supplier, item, valid_from=date(2027, 4, 1), valid_to=date(2027, 4, 30))
        other = make_offer(supplier, make_item(), valid_from=date(2027, 1, 1), valid_to=date(2027, 4, 30))
        assert other.id


def test_of_two_who_add_the_same_price_at_once_the_database_refuses_one_in_the_same_words(app) -> None:
    with app.app_context():
        with acting_for_federation():
            supplier, item = make_supplier(), make_item()
            values = offer_values(supplier, item)
        outcome: list[str] = []
        ready = threading.Event()

        def second() -> None:
            with app.app_context(), acting_for_federation():
                ready.set()
                try:
                    suppliers.add_offer(values)
                except InvalidInput as error:
                    outcome.append(error.errors["valid_from"])

        with acting_for_federation():
            suppliers.add_offer(values)
            thread = threading.Thread(target=second)
            thread.start()
            ready.wait(5)
            _wait_for_a_blocked_insert()
        thread.join(10)
        assert len(outcome) == 1 and "already has a price" in outcome[0]


def _wait_for_a_blocked_insert() -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(500):
        if db.session.connection().exec_driver_sql(waiting).scalar_one():
            return
        threading.Event().wait(0.01)
    raise AssertionError("the second insert never waited for the first")


def test_a_dearer_step_is_kept_with_a_warning(app) -> None:
    with app.app_context(), acting_for_federation():
        offer, warnings = suppliers.add_offer(
            offer_values(make_supplier(), make_item(), tiers=[0, 100], prices=["3.00", "3.50"])
        )
        assert offer.id and warnings == ["Tier 2, from 100, costs more (£3.50) than tier 1 (£3.00)"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"prices": ["3", "2"]}, "tiers[1]"),
        ({"tiers": [0, 5], "prices": ["3"]}, "prices"),
        ({"tiers": [5], "prices": ["3"]}, "tiers[0]"),
        ({"tiers": [0, 9, 9], "prices": ["3", "2", "1"]}, "tiers[2]"),
    ],
)
def test_steps_that_do_not_fit_are_refused_at_their_place(app, fields, path) -> None:
    with app.app_context(), acting_for_federation():
        assert path in refusals(suppliers.add_offer, offer_values(make_supplier(), make_item(), **fields))


def test_prices_of_a_supplier_with_steps_on_the_order_have_one_price_a_step(app) -> None:
    with app.app_context(), acting_for_federation():
        supplier = make_supplier(tier_basis="order_pence", order_tiers=[0, 50000, 250000])
        assert make_offer(supplier, prices=["3", "2.9", "2.8"]).tiers == [0, 50000, 250000]
        assert (
            "give one price for each"
            in refusals(suppliers.add_offer, offer_values(supplier, make_item(), prices=["3", "2"]))["prices"]
        )
        bounded = offer_values(supplier, make_item(), prices=["3", "2", "1"], tiers=[0, 1, 2])
        assert "tiers" in refusals(suppliers.add_offer, bounded)
        assert "mode" in refusals(
            suppliers.add_offer, offer_values(supplier, make_item(), prices=["3", "2", "1"], mode="incremental")
        )


def test_steps_of_a_supplier_stay_while_prices_are_made_for_them(app) -> None:
    with app.app_context(), acting_for_federation():
        supplier = make_supplier(tier_basis="order_packs", order_tiers=[0, 500])
        offer = make_offer(supplier, prices=["3", "2.9"])
        same = {"code": supplier.code, "name": supplier.name}
        fewer = supplier_values(**same, tier_basis="order_packs", order_tiers=[0])
        assert "order_tiers" in refusals(suppliers.change_supplier, supplier.id, supplier.version, fewer)
        assert "tier_basis" in refusals(
            suppliers.change_supplier, supplier.id, supplier.version, supplier_values(**same)
        )
        suppliers.change_supplier(
            supplier.id, supplier.version, supplier_values(**same, tier_basis="order_packs", order_tiers=[0, 800])
        )
        assert suppliers.get_offer(offer.id).offer.tiers == [0, 800]


def test_a_withdrawn_price_ends_yesterday_or_goes_when_it_had_not_begun(app) -> None:
    with app.app_context(), acting_for_federation():
        today = clock.today()
        running, coming = (
            make_offer(valid_from=today - timedelta(days=3)),
            make_offer(valid_from=today + timedelta(days=3)),
        )
        coming_id = coming.id
        suppliers.withdraw_offer(running.id)
        suppliers.withdraw_offer(coming_id)
        assert suppliers.get_offer(running.id).offer.valid_to == today - timedelta(days=1)
        with pytest.raises(NotFound):
            suppliers.get_offer(coming_id)
        with pytest.raises(RuleBroken):
            suppliers.withdraw_offer(running.id)


def test_a_changed_price_keeps_its_days_free_of_others(app) -> None:
    with app.app_context(), acting_for_federation():
        supplier, item = make_supplier(), make_item()
        first = make_offer(supplier, item, valid_from=date(2027, 1, 1), valid_to=date(2027, 1, 31))
        make_offer(supplier, item, valid_from=date(2027, 2, 1), valid_to=date(2027, 2, 28))
        values = OfferSchema().load({"prices": ["2.00"], "valid_from": "2027-01-01", "valid_to": "2027-02-01"})
        assert isinstance(values, dict)
        assert "valid_from" in refusals(suppliers.change_offer, first.id, first.version, values)
        offer, _ = suppliers.change_offer(first.id, first.version, {**values, "valid_to": date(2027, 1, 30)})
        assert (offer.version, offer.pence_per_pack, offer.tiers) == (2, [Decimal("200")], [0])


def test_nobody_offers_what_is_taken_out_or_for_whom_is_no_longer_asked(app) -> None:
    with app.app_context(), acting_for_federation():
        supplier, item, gone = make_supplier(), make_item(), make_item()
        catalogue.retire_item(gone.id)
        assert "item_id" in refusals(suppliers.add_offer, offer_values(supplier, gone))
        suppliers.retire_supplier(supplier.id)
        assert "supplier_id" in refusals(suppliers.add_offer, offer_values(supplier, item))


def test_a_coop_reads_the_catalogue_and_the_database_refuses_its_changes(app) -> None:
    with app.app_context():
        with acting_for_federation():
            make_offer()
        with acting_for(uuid4()):
            assert (
                catalogue.list_items().total == suppliers.list_suppliers().total == suppliers.list_offers().total == 1
            )
        for act in (make_item, make_supplier):
            with pytest.raises(ProgrammingError, match="permission denied"), acting_for(uuid4()):
                act()


@pytest.mark.parametrize(
    "typed", ["1.12345", "NaN", "Infinity", "1e2", "0", "-1", "100001", 4.1, 4, None, "1,00", "４"]
)
def test_a_price_is_never_rounded_or_guessed(typed) -> None:
    with pytest.raises(ValidationError):
        PriceField().deserialize(typed)


@pytest.mark.parametrize("typed", ["1.005", "-0", "-1", "NaN", 5, 1.5, True, "9" * 40, "", "12 pounds", "１２"])
def test_an_amount_is_never_rounded_or_guessed(typed) -> None:
    with pytest.raises(ValidationError):
        PenceField(most_pence=10**9).deserialize(typed)


@pytest.mark.parametrize("typed", [0, 11, True, 1.0, "1.5", "٣", "1,0", "9" * 5000])
def test_a_whole_number_is_whole_and_between_its_limits(typed) -> None:
    with pytest.raises(ValidationError):
        WholeField(1, 10).deserialize(typed)


@pytest.mark.parametrize("typed", ["a\0b", "a\nb", "\ud800", "x" * 11, 7, "  "])
def test_a_text_can_be_stored_and_is_not_too_long(typed) -> None:
    with pytest.raises(ValidationError):
        TextField(10, required=True).deserialize(typed)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("gtin", "5012345678901"),
        ("cpv", "18424"),
        ("vat_rate_percent", "17.5"),
        ("packs_per_box", "0"),
        ("packs_per_box", "1000000000"),
        ("code", "a b"),
    ],
)
def test_codes_rates_and_packs_of_an_item_are_checked(field, typed) -> None:
    assert list(ItemSchema().validate({"code": "A", "name": "n", "unit": "u", field: typed})) == [field]


@pytest.mark.parametrize(
    "fields",
    [
        {"tier_basis": "order_packs", "order_tiers": [5]},
        {"tier_basis": "order_packs", "order_tiers": [0, 7, 7]},
        {"order_tiers": [0, 5]},
        {"tier_basis": "order_packs", "order_tiers": []},
        {"tier_basis": "order_packs", "order_tiers": list(range(13))},
    ],
)
def test_steps_on_the_order_start_at_nought_and_rise(fields) -> None:
    assert list(SupplierSchema().validate({"code": "A", "name": "n"} | fields)) == ["order_tiers"]


def test_an_offer_that_could_never_be_bought_is_refused() -> None:
    base = {"prices": ["1"], "valid_from": "2027-01-01", "valid_to": "2027-01-02"}
    assert list(OfferSchema().validate(base | {"capacity_packs": 4, "multiple_packs": 5})) == ["capacity_packs"]
    assert list(OfferSchema().validate(base | {"valid_to": "2026-12-31"})) == ["valid_to"]
    assert list(OfferSchema().validate(base | {"valid_from": "2027-02-30"})) == ["valid_from"]


def test_the_offer_table_itself_refuses_overlaps(app) -> None:
    from sqlalchemy.exc import IntegrityError

    with app.app_context(), pytest.raises(IntegrityError, match="offer_no_overlap"), acting_for_federation():
        offer = make_offer()
        names = ("supplier_id", "item_id", "tiers", "pence_per_pack", "valid_from", "valid_to")
        db.session.add(Offer(**{name: getattr(offer, name) for name in names}))
        db.session.flush()
