"""The API as a whole: its description, who gets in, how it refuses, keys against doing things twice."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from federation.config import PROJECT
from federation.jobs_calc import MOST_SECONDS
from tenants.web import HouseFlask, access_of
from tests.factories.api import manager_program, officer_program
from tests.factories.tenants import make_coop, make_membership

PROBLEM = "application/problem+json"
ITEM = {"code": "G-1", "name": "Gloves", "unit": "Box of 100"}
SHARE = {"savings": {"a": 10}}


def test_the_description_is_openapi_and_names_every_route(client: FlaskClient, app: HouseFlask) -> None:
    description = client.get("/api/openapi.json").get_json()
    assert description["openapi"] == "3.1.0"
    described = {
        (path, method.upper())
        for path, operations in description["paths"].items()
        for method in operations
        if method != "parameters"
    }
    routes = {
        (re.sub(r"<(\w+(\([^)]*\))?:)?(\w+)>", r"{\3}", str(rule)), method)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api/") and rule.endpoint != "openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes
    assert all(access_of(app, rule.endpoint) for rule in app.url_map.iter_rules())


KEPT_NOWHERE = {"/api/polls/{poll_id}/cast"}
"""What answers a secret vote is kept nowhere, so no key is read; the row that says who has voted makes a second try safe."""


def test_every_post_takes_a_key_and_every_put_and_delete_an_if_match(client: FlaskClient) -> None:
    wanted = {"post": "Idempotency-Key", "put": "If-Match", "delete": "If-Match"}
    for path, operations in client.get("/api/openapi.json").get_json()["paths"].items():
        for method in operations.keys() & wanted.keys():
            names = {parameter.get("name") for parameter in operations[method].get("parameters", [])}
            assert (wanted[method] in names) != (path in KEPT_NOWHERE), (method, path)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}])
def test_without_a_token_that_works_the_answer_is_401_with_a_problem(
    client: FlaskClient, header: dict[str, str]
) -> None:
    answer = client.get("/api/me", headers=header)
    assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_may_read_changes_nothing(client: FlaskClient) -> None:
    program = officer_program(client, "read")
    assert program.get("/me")["token_scope"] == "read"
    answer = program.call("POST", "/items", ITEM)
    assert (answer.status_code, answer.get_json()["type"]) == (403, "urn:federation:token-reads-only")
    assert program.get("/items")["total"] == 0


def test_a_token_opens_the_api_and_no_page(client: FlaskClient) -> None:
    program = officer_program(client)
    assert client.get("/catalogue", headers={"Authorization": f"Bearer {program.token}"}).status_code == 403


def test_a_browser_session_needs_the_form_token_to_change_something(
    client: FlaskClient, sign_in: Callable[..., Any]
) -> None:
    program = officer_program(client)
    identity = sign_in(client, program.person_id, program.tenant_id)
    assert client.get("/api/me").get_json()["token_scope"] is None
    assert client.post("/api/items", json=ITEM).status_code == 403
    assert client.post("/api/items", json=ITEM, headers={"X-CSRF-Token": identity.csrf_token}).status_code == 201


def test_a_wrong_method_is_told_which_are_right(client: FlaskClient) -> None:
    answer = client.delete("/api/items")
    assert (answer.status_code, answer.mimetype) == (405, PROBLEM)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b'{"code": 1, "code": 2}', 400),
        (b'{"code": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"code": ' + b"9" * 5000 + b"}", 400),
        (b'{"code": "\\u0000"}', 422),
        (b'{"\\ud800": 1}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b'{"code": "x", "name": "y", "unit": "z", "colour": "red"}', 422),
        (b" " * 1_100_000, 413),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_in_words(client: FlaskClient, body: bytes, status: int) -> None:
    program = officer_program(client)
    answer = client.post(
        "/api/items",
        data=body,
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert answer.get_json()["detail"]
    assert program.get("/items")["total"] == 0


def test_wrong_fields_are_named_by_path(client: FlaskClient) -> None:
    answer = officer_program(client).call("POST", "/suppliers", {"code": "S", "name": "Sup", "order_tiers": [0, "x"]})
    assert answer.status_code == 422
    assert answer.get_json()["errors"].keys() == {"order_tiers.1"}


def test_a_body_that_is_not_json_is_415(client: FlaskClient) -> None:
    program = officer_program(client)
    answer = client.post("/api/items", data="code=1", headers={"Authorization": f"Bearer {program.token}"})
    assert (answer.status_code, answer.mimetype) == (415, PROBLEM)


def test_a_key_sent_twice_has_one_effect_and_one_answer(client: FlaskClient) -> None:
    program = officer_program(client)
    first = program.call("POST", "/items", ITEM, Idempotency_Key="k1")
    again = program.call("POST", "/items", ITEM, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_data() == again.get_data()
    assert (again.headers["Location"], again.headers["ETag"], again.headers["Idempotency-Replayed"]) == (
        first.headers["Location"],
        '"1"',
        "true",
    )
    assert program.get("/items")["total"] == 1


def test_a_key_with_another_body_or_place_is_422(client: FlaskClient) -> None:
    program = officer_program(client)
    program.call("POST", "/items", ITEM, Idempotency_Key="k1")
    for path, body in (("/items", ITEM | {"code": "G-2"}), ("/suppliers", ITEM)):
        answer = program.call("POST", path, body, Idempotency_Key="k1")
        assert (answer.status_code, answer.get_json()["type"]) == (422, "urn:federation:idempotency-key-reused")
    assert program.get("/items")["total"] == 1


def test_a_key_of_a_refused_request_is_free_again(client: FlaskClient) -> None:
    program = officer_program(client)
    assert program.call("POST", "/items", ITEM | {"gtin": "1"}, Idempotency_Key="k1").status_code == 422
    assert program.call("POST", "/items", ITEM, Idempotency_Key="k1").status_code == 201


def test_keys_of_two_people_are_two_keys(client: FlaskClient) -> None:
    one, other = officer_program(client), officer_program(client)
    assert one.call("POST", "/items", ITEM, Idempotency_Key="k").status_code == 201
    assert other.call("POST", "/items", ITEM | {"code": "G-2"}, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["", "with space", "é", "x" * 201])
def test_a_malformed_key_is_400(client: FlaskClient, key: str) -> None:
    answer = officer_program(client).call("POST", "/items", ITEM, Idempotency_Key=key)
    assert (answer.status_code, answer.get_json()["type"]) == (400, "urn:federation:bad-idempotency-key")


def test_a_calculation_is_a_job_and_its_answer_the_result(
    client: FlaskClient, run_jobs: Callable[[], list[str]]
) -> None:
    program = manager_program(client)
    problem = {
        "suppliers": [
            {"id": "n", "delivery_pence": 0, "offers": [{"item": "g", "pence_per_pack": ["100"], "tiers": [0]}]}
        ],
        "items": [{"id": "g", "demand": {"a": 3}}],
    }
    accepted = program.call("POST", "/calc/award?story_seconds=0", problem)
    assert accepted.status_code == 202, accepted.get_data()
    assert run_jobs() == ["done"]
    work = program.get(accepted.headers["Location"].removeprefix("/api"))
    assert (work["state"], work["result"]["calculator"], work["result"]["cost_pence"]) == ("done", "award", 300)


def test_a_calculation_that_cannot_be_done_says_why(client: FlaskClient, run_jobs: Callable[[], list[str]]) -> None:
    program = manager_program(client)
    accepted = program.call("POST", "/calc/award", {"items": []})
    assert run_jobs() == ["failed"]
    assert "items" in program.get(accepted.headers["Location"].removeprefix("/api"))["problem"]
    assert MOST_SECONDS <= 120


def test_a_calculator_of_text_takes_csv_and_nothing_else(
    client: FlaskClient, run_jobs: Callable[[], list[str]]
) -> None:
    program = manager_program(client)
    rows = "from,to,pence,reference\na,b,500,x\nb,a,200,y\n"
    head = {"Authorization": f"Bearer {program.token}"}
    accepted = client.post("/api/calc/net?mode=links", data=rows, content_type="text/csv", headers=head)
    assert accepted.status_code == 202, accepted.get_data()
    assert run_jobs() == ["done"]
    work = program.get(accepted.headers["Location"].removeprefix("/api"))
    assert work["result"]["positions"] == {"a": -300, "b": 300}
    assert program.call("POST", "/calc/net", {}).status_code == 415
    wrong = client.post("/api/calc/net", data=b"\xff\xfe", content_type="text/csv", headers=head)
    assert wrong.status_code == 400


def test_counting_takes_ballots_as_blt_and_as_json(client: FlaskClient, run_jobs: Callable[[], list[str]]) -> None:
    program = manager_program(client)
    examples = PROJECT / "deploy" / "examples"
    head = {"Authorization": f"Bearer {program.token}"}
    for file, kind in (("count.blt", "text/plain"), ("count.json", "application/json")):
        data = (examples / file).read_bytes()
        accepted = client.post("/api/calc/count?seats=1", data=data, content_type=kind, headers=head)
        assert accepted.status_code == 202, accepted.get_data()
        assert run_jobs() == ["done"]
        work = program.get(accepted.headers["Location"].removeprefix("/api"))
        assert len(work["result"]["elected"]) == 1


def test_calculations_are_limited_in_number_size_and_name(client: FlaskClient) -> None:
    program = manager_program(client)
    assert program.call("POST", "/calc/nonsense", {}).status_code == 404
    assert program.call("POST", "/calc/award?out=/tmp/x", {}).status_code == 422
    assert program.call("POST", "/calc/award", {"x": "y" * 1_100_000}).status_code == 413
    assert [program.call("POST", "/calc/award", {}).status_code for _ in range(4)] == [202, 202, 202, 429]


def test_the_result_of_a_calculation_is_for_who_asked(client: FlaskClient) -> None:
    coop_id = make_coop()
    asked, colleague, stranger = (
        manager_program(client, coop_id),
        manager_program(client, coop_id),
        manager_program(client),
    )
    location = asked.call("POST", "/calc/award", {}).headers["Location"].removeprefix("/api")
    assert [program.call("GET", location).status_code for program in (asked, colleague, stranger)] == [200, 404, 404]
    assert colleague.get("/jobs")["items"] == []


def test_work_can_be_called_off_and_tried_again(client: FlaskClient) -> None:
    program = manager_program(client)
    location = program.call("POST", "/calc/award", {}).headers["Location"].removeprefix("/api")
    assert program.call("POST", f"{location}/cancel").get_json()["state"] == "cancelled"
    assert program.call("POST", f"{location}/cancel").status_code == 409
    assert program.call("POST", f"{location}/retry").get_json()["state"] == "waiting"


def test_a_role_that_may_not_is_refused_and_named(client: FlaskClient) -> None:
    coop_id = make_coop()
    program = manager_program(client, coop_id)
    answer = program.call("POST", "/items", ITEM)
    assert (answer.status_code, answer.get_json()["type"]) == (403, "urn:federation:not-allowed")
    make_membership(coop_id, "auditor", program.person_id)
    assert program.call("POST", "/settings", {}).status_code == 403


def test_an_officer_sets_a_rule_that_all_read_in_the_record_too(client: FlaskClient) -> None:
    officer, manager = officer_program(client), manager_program(client)
    rule = {"name": "payment_days", "value": 14, "from_date": "2099-01-01", "resolution": "General meeting, item 4"}
    assert officer.call("POST", "/settings", rule).status_code == 201
    assert [row["value"] for row in manager.get("/settings")["history"]] == [14]
    assert officer.get("/record?page_size=1")["items"][0]["act"] == "set-rule"
    for value in ([], {}, True, None, 10**30, "x" * 300):
        assert officer.call("POST", "/settings", rule | {"value": value}).status_code in (400, 422)
