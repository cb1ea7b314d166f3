"""The acts of joint procurement by API: a whole round, versions that guard changes, and whose is whose."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tenants import clock
from tests.factories.api import Program, manager_program, officer_program

ITEM = {"code": "G-1", "name": "Gloves", "unit": "Box of 100", "retail_price": "6.00"}
SUPPLIER = {"code": "N", "name": "Northgate", "delivery_fee": "15.01"}
REASON = {"reason": "The least cost."}


def add(program: Program, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a POST made, with its Location and ETag."""
    answer = program.call("POST", path, body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made = answer.get_json()
    return made | {"path": answer.headers.get("Location", "").removeprefix("/api"), "etag": answer.headers.get("ETag")}


def offer_of(supplier: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """A price list of two steps that holds from today."""
    today = clock.today()
    return {
        "supplier_id": supplier["id"],
        "item_id": item["id"],
        "tiers": [0, 100],
        "prices": ["4.125", "3.71"],
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=90)).isoformat(),
    }


def open_round(officer: Program) -> tuple[str, dict[str, Any]]:
    """A new open round of one item that one supplier offers: its path, and the item."""
    item, supplier = add(officer, "/items", ITEM), add(officer, "/suppliers", SUPPLIER)
    add(officer, "/offers", offer_of(supplier, item))
    plan = {
        "title": "Winter PPE",
        "closes_at": (clock.now() + timedelta(days=5)).isoformat(),
        "deliver_on": (clock.today() + timedelta(days=12)).isoformat(),
        "item_ids": [item["id"]],
    }
    path = add(officer, "/rounds", plan)["path"]
    assert officer.call("POST", f"{path}/open").status_code == 200
    return path, item


def answer_round(program: Program, path: str, packs: dict[str, Any], version: int = 0) -> Any:
    """Put a co-op's demand."""
    return program.call("PUT", f"{path}/demand", {"packs": packs}, If_Match=f'"{version}"')


def test_a_round_goes_from_draft_to_statements_by_api(client: FlaskClient, run_jobs: Callable[[], list[str]]) -> None:
    officer, managers = officer_program(client), [manager_program(client) for _ in range(3)]
    path, item = open_round(officer)
    for program, packs in zip(managers, (120, 7, 1), strict=True):
        assert answer_round(program, path, {item["id"]: packs}).status_code == 200
    assert officer.call("POST", f"{path}/close").get_json()["state"] == "closed"
    accepted = officer.call("POST", f"{path}/awards", {})
    assert accepted.status_code == 202
    run_jobs()
    assert officer.get(accepted.headers["Location"].removeprefix("/api"))["state"] == "done"
    award = officer.get(f"/awards/{accepted.get_json()['id']}")
    assert (award["state"], award["cost_pence"]) == ("proposed", 128 * 371 + 1501)
    assert (
        officer.call("POST", f"/awards/{award['id']}/approve", REASON, Idempotency_Key="a").get_json()["state"]
        == "awarded"
    )
    placed = officer.call("POST", f"{path}/orders", Idempotency_Key="o")
    assert placed.status_code == 201
    order = officer.get(f"/orders/{placed.get_json()['items'][0]['id']}")
    assert [line["packs"] for line in order["lines"]] == [128]
    assert sum(part["packs"] for part in order["lines"][0]["allocations"]) == 128
    statements = [program.get(f"{path}/statement") for program in managers]
    assert sum(told["recharge"]["net_pence"] for told in statements) == award["cost_pence"]
    assert managers[0].get("/ledger")["balances_pence"]["due-to"] == -statements[0]["recharge"]["total_pence"]
    assert [told["id"] for told in managers[1].get("/statements")["items"]] == [statements[1]["recharge"]["id"]]


def test_what_moves_money_needs_a_key_and_happens_once(client: FlaskClient, run_jobs: Callable[[], list[str]]) -> None:
    officer = officer_program(client)
    path, item = open_round(officer)
    answer_round(manager_program(client), path, {item["id"]: 5})
    officer.call("POST", f"{path}/close")
    award_id = officer.call("POST", f"{path}/awards", {}).get_json()["id"]
    run_jobs()
    for place, body in ((f"/awards/{award_id}/approve", REASON), (f"{path}/orders", None)):
        refused = officer.call("POST", place, body)
        assert (refused.status_code, refused.get_json()["type"]) == (400, "urn:federation:idempotency-key-required")
        first, again = (officer.call("POST", place, body, Idempotency_Key=place) for _ in range(2))
        assert first.status_code in (200, 201), first.get_data()
        assert (first.status_code, first.get_data()) == (again.status_code, again.get_data())
        assert officer.call("POST", place, body, Idempotency_Key="another").status_code == 409
    assert len(officer.get(f"{path}/orders")["items"]) == 1


@pytest.mark.parametrize(("path", "body"), [("/items", ITEM), ("/suppliers", SUPPLIER)])
def test_a_change_needs_the_version_that_was_read(client: FlaskClient, path: str, body: dict[str, Any]) -> None:
    officer = officer_program(client)
    made = add(officer, path, body)
    changed = body | {"name": "Another name"}
    assert officer.call("PUT", made["path"], changed).status_code == 428
    for tag in ("5", '"5"', 'W/"1"', "*", '"x"', '"1", "2"', '"' + "9" * 40 + '"'):
        assert officer.call("PUT", made["path"], changed, If_Match=tag).status_code == 412
    saved = officer.call("PUT", made["path"], changed, If_Match=made["etag"])
    assert (saved.status_code, saved.headers["ETag"], saved.get_json()["name"]) == (200, '"2"', "Another name")
    assert officer.call("PUT", made["path"], body, If_Match=made["etag"]).status_code == 412


def test_a_price_list_is_changed_and_withdrawn_by_version(client: FlaskClient) -> None:
    officer = officer_program(client)
    supplier, item = add(officer, "/suppliers", SUPPLIER), add(officer, "/items", ITEM)
    made = add(officer, "/offers", offer_of(supplier, item))
    body = {name: value for name, value in offer_of(supplier, item).items() if not name.endswith("_id")}
    dearer = officer.call("PUT", made["path"], body | {"prices": ["4.00", "4.50"]}, If_Match=made["etag"])
    assert (dearer.status_code, len(dearer.get_json()["warnings"])) == (200, 1)
    assert officer.call("POST", "/offers", offer_of(supplier, item)).status_code == 422
    assert officer.call("DELETE", made["path"]).status_code == 428
    assert officer.call("DELETE", made["path"], If_Match='"1"').status_code == 412
    assert officer.call("DELETE", made["path"], If_Match='"2"').status_code == 204
    assert officer.call("GET", made["path"]).status_code == 404


def test_two_people_of_a_coop_do_not_overwrite_each_other(client: FlaskClient) -> None:
    officer, one = officer_program(client), manager_program(client)
    other = manager_program(client, one.tenant_id)
    path, item = open_round(officer)
    assert one.call("GET", f"{path}/demand").headers["ETag"] == '"0"'
    assert answer_round(one, path, {item["id"]: 5}).headers["ETag"] == '"1"'
    assert answer_round(other, path, {item["id"]: 9}).status_code == 412
    assert answer_round(other, path, {item["id"]: 9}, 1).status_code == 200
    told = one.get(f"{path}/demand")
    assert (told["packs"], told["version"]) == ({item["id"]: 9}, 2)


@pytest.mark.parametrize("packs", [-1, 1.5, "x", True, 10**9, 10**30, None, [1]])
def test_packs_that_cannot_be_are_refused(client: FlaskClient, packs: Any) -> None:
    officer, manager = officer_program(client), manager_program(client)
    path, item = open_round(officer)
    assert answer_round(manager, path, {item["id"]: packs}).status_code == 422
    assert answer_round(manager, path, {str(uuid4()): 1}).status_code == 422
    assert manager.get(f"{path}/demand")["version"] == 0


def test_a_closed_round_takes_no_demand(client: FlaskClient) -> None:
    officer, manager = officer_program(client), manager_program(client)
    path, item = open_round(officer)
    answer_round(manager, path, {item["id"]: 5})
    officer.call("POST", f"{path}/close")
    refused = answer_round(manager, path, {item["id"]: 6}, 1)
    assert (refused.status_code, refused.get_json()["type"]) == (409, "urn:federation:round-already-closed")
    assert manager.get(f"{path}/demand")["packs"] == {item["id"]: 5}


def test_totals_are_told_once_three_others_have_answered(client: FlaskClient) -> None:
    officer, managers = officer_program(client), [manager_program(client) for _ in range(4)]
    path, item = open_round(officer)
    for program in managers[:3]:
        answer_round(program, path, {item["id"]: 2})
    assert managers[0].get(f"{path}/totals") == {"packs": None, "answered": 3, "coops": 4}
    assert managers[3].get(f"{path}/totals")["packs"] == {item["id"]: 6}


def test_a_coop_sees_no_draft_and_nothing_of_the_office(client: FlaskClient) -> None:
    officer, manager = officer_program(client), manager_program(client)
    item = add(officer, "/items", ITEM)
    plan = {
        "title": "Draft",
        "closes_at": (clock.now() + timedelta(days=5)).isoformat(),
        "deliver_on": (clock.today() + timedelta(days=12)).isoformat(),
        "item_ids": [item["id"]],
    }
    draft = add(officer, "/rounds", plan)["path"]
    assert [manager.call("GET", path).status_code for path in (draft, f"/rounds/{uuid4()}", f"{draft}/demand")] == [
        404
    ] * 3
    assert manager.get("/rounds")["total"] == 0
    assert [manager.call("GET", f"{draft}/{part}").status_code for part in ("awards", "orders")] == [403, 403]
    assert officer.call("GET", f"{draft}/demand").status_code == 404


def test_lists_are_cut_into_pages_with_limits(client: FlaskClient) -> None:
    officer = officer_program(client)
    for number in range(3):
        add(officer, "/items", ITEM | {"code": f"G-{number}"})
    pages = [officer.get(f"/items?page_size=2&page={page}&sort=code") for page in (1, 2, 3)]
    assert [[item["code"] for item in page["items"]] for page in pages] == [["G-0", "G-1"], ["G-2"], []]
    for query in ("page=0", "page_size=201", "page=x", "page=" + "9" * 30, "sort=secret", "unknown=1", "words=%00"):
        assert officer.call("GET", f"/items?{query}").status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"closes_at": "2026-01-01"},
        {"closes_at": "9999-12-31T23:59:59-12:00"},
        {"closes_at": "0001-01-01T00:00:00+12:00"},
        {"item_ids": []},
        {"item_ids": ["x"]},
        {"item_ids": [str(uuid4())]},
        {"title": "  "},
        {"deliver_to": "moon"},
        {"max_suppliers": 0},
        {"allow_overbuy": 1},
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_field(client: FlaskClient, change: dict[str, Any]) -> None:
    officer = officer_program(client)
    plan = {
        "title": "Draft",
        "closes_at": (clock.now() + timedelta(days=5)).isoformat(),
        "deliver_on": (clock.today() + timedelta(days=12)).isoformat(),
        "item_ids": [add(officer, "/items", ITEM)["id"]],
    }
    answer = officer.call("POST", "/rounds", plan | change)
    assert answer.status_code == 422
    assert next(iter(answer.get_json()["errors"])).partition(".")[0] in change


def test_a_round_is_extended_reminded_of_and_called_off(client: FlaskClient) -> None:
    officer = officer_program(client)
    manager_program(client)
    path, _ = open_round(officer)
    later = {"closes_at": (clock.now() + timedelta(days=9)).isoformat(), "reason": "Two co-ops were on leave"}
    assert officer.call("POST", f"{path}/extend", later).get_json()["reason"] == "Two co-ops were on leave"
    assert officer.call("POST", f"{path}/extend", later | {"closes_at": clock.now().isoformat()}).status_code == 409
    assert officer.call("POST", f"{path}/remind").get_json() == {"coops": 1}
    assert officer.call("POST", f"{path}/cancel", {"reason": ""}).status_code == 422
    assert officer.call("POST", f"{path}/cancel", {"reason": "Prices fell"}).get_json()["state"] == "cancelled"
