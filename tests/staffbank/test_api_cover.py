"""Cover by API: the same acts as on the pages, and nothing that another co-op could learn."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from tests.factories.api import Program, make_program, manager_program
from tests.factories.cover import in_hours, make_request
from tests.factories.staffbank import make_bank, make_block, make_carer
from tests.factories.tenants import make_coop

Jobs = Callable[[], list[str]]


def body(**more: Any) -> dict[str, Any]:
    """A request for cover in five hours."""
    plan = in_hours(5)
    shift = {"starts_at": plan.starts_at.isoformat(), "ends_at": plan.ends_at.isoformat(), "seats": 1}
    return {"reason": "sickness", "shifts": [shift], "needs": ["medication"], "outcode": "LS1", "risk": 5} | more


def asked(program: Program, **more: Any) -> str:
    """The path of a new draft."""
    answer = program.call("POST", "/cover", body(**more))
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].removeprefix("/api")


def test_a_request_goes_from_draft_to_matches_by_api(app, client: FlaskClient, run_jobs: Jobs) -> None:
    bank = make_bank(coops=2, carers_each=2)
    program = make_program(client, bank.managers[bank.coops[0]], bank.coops[0])
    path = asked(program)
    cost = program.get(path)["estimate"]["cost_pence"]
    assert cost > 0
    approved = program.call("POST", f"{path}/approve", {"cost_pence": cost})
    assert (approved.status_code, approved.get_json()["state"]) == (200, "shared")
    run_jobs()
    found = program.get(f"{path}/matches")
    shift = program.get(path)["shifts"][0]["id"]
    assert {row["carer"] for row in found["ranked"][shift]} == {str(carer.id) for carer in bank.all}
    again = program.call("POST", f"{path}/matches")
    assert again.status_code == 202
    assert [row["number"] for row in program.get("/cover?state=shared")["items"]] == [1]


def test_pinning_leaving_out_and_calling_off_by_api(app, client: FlaskClient, run_jobs: Jobs) -> None:
    bank = make_bank(coops=2, carers_each=1)
    program = make_program(client, bank.managers[bank.coops[0]], bank.coops[0])
    path = asked(program)
    program.call("POST", f"{path}/approve", {})
    run_jobs()
    shift = program.get(path)["shifts"][0]["id"]
    pins = [{"shift_id": shift, "carer_id": str(bank.all[1].id)}]
    answer = program.call("POST", f"{path}/choice", {"pinned": pins, "excluded": [str(bank.all[0].id)]})
    assert answer.status_code == 200, answer.text
    run_jobs()
    found = program.get(f"{path}/matches")["ranked"][shift]
    assert [(row["carer"], row["chosen"]) for row in found] == [(str(bank.all[1].id), True)]
    stranger = {"pinned": [{"shift_id": shift, "carer_id": str(uuid4())}]}
    assert program.call("POST", f"{path}/choice", stranger).status_code == 422
    ended = program.call("POST", f"{path}/cancel", {"reason": "She is back."})
    assert ended.get_json()["state"] == "cancelled"
    assert program.call("POST", f"{path}/matches").status_code == 409


def test_an_absence_becomes_one_request_by_api(app, client: FlaskClient) -> None:
    host = make_coop()
    program, absent = manager_program(client, host), make_carer(host)
    for day in (1, 2, 3):
        make_block(absent, in_hours(24 * day).starts_at, 6)
    days = [in_hours(24 * day).starts_at.date().isoformat() for day in (0, 5)]
    more = {"absent_carer_id": str(absent.id), "absent_from": days[0], "absent_until": days[1]}
    path = asked(program, shifts=[], reason="leave", **more)
    assert len(program.get(path)["shifts"]) == 3


def test_another_co_op_finds_neither_request_nor_client(app, client: FlaskClient) -> None:
    host, other = make_coop(), manager_program(client)
    request_id = make_request(host, approved=False)
    for method, path, sent in (
        ("GET", f"/cover/{request_id}", None),
        ("GET", f"/cover/{request_id}/matches", None),
        ("POST", f"/cover/{request_id}/approve", {}),
        ("POST", f"/cover/{request_id}/cancel", {"reason": "x"}),
        ("POST", f"/cover/{request_id}/choice", {}),
    ):
        known, random = (
            other.call(method, path, sent),
            other.call(method, path.replace(str(request_id), str(uuid4())), sent),
        )
        assert (known.status_code, random.status_code) == (404, 404)
        assert known.get_json()["detail"] == random.get_json()["detail"]
    assert other.get("/cover")["items"] == []
    assert other.get("/clients")["items"] == []


def test_what_cannot_be_asked_for_is_refused_with_its_path(app, client: FlaskClient) -> None:
    program = manager_program(client)
    start = in_hours(5).starts_at.isoformat()
    for shifts, path in (
        ([{"starts_at": start, "ends_at": in_hours(4).starts_at.isoformat()}], "shifts.0.ends_at"),
        ([{"starts_at": start, "ends_at": in_hours(31).starts_at.isoformat()}], "shifts.0.ends_at"),
        ([{"starts_at": in_hours(-5).starts_at.isoformat(), "ends_at": start}], "shifts.0.starts_at"),
        ([{"starts_at": start, "ends_at": in_hours(9).starts_at.isoformat()}] * 2, "shifts.0.starts_at"),
        ([], "shifts"),
    ):
        answer = program.call("POST", "/cover", body(shifts=shifts))
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [path])
