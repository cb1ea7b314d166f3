"""The API of carers: the same acts as the pages, with the same words, versions and refusals."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from staffbank.services import carers
from tenants import clock
from tenants.db import acting_for
from tests.factories.api import Program, make_program, manager_program
from tests.factories.staffbank import MadeCarer, make_carer
from tests.factories.tenants import make_coop

RECORD = {"reference": "F-1", "first_name": "Mair", "outcode": "LS1", "pay": "13.50", "on_payroll": True}
START = datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.fixture
def program(app, client: FlaskClient) -> Program:
    """A manager's program."""
    return manager_program(client)


def problem_of(answer, status: int) -> dict:
    """The problem an answer tells."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_carer_is_added_read_and_changed_with_the_version_that_was_read(program: Program) -> None:
    made = program.call("POST", "/carers", RECORD)
    assert made.status_code == 201, made.text
    here = made.location.removeprefix("/api")
    assert program.get(here)["week_minutes"] == 2400
    changed = program.call("PUT", here, RECORD | {"first_name": "Nia"}, If_Match=made.headers["ETag"])
    assert changed.get_json()["first_name"] == "Nia"
    assert problem_of(program.call("PUT", here, RECORD, If_Match=made.headers["ETag"]), 412)
    assert program.get("/carers?words=nia")["total"] == 1
    assert program.get("/carers?shown=bank")["total"] == 0


def test_faults_of_a_record_are_told_by_field(program: Program) -> None:
    told = problem_of(program.call("POST", "/carers", {"reference": "F-1", "outcode": "nowhere", "pay": "x"}), 422)
    assert set(told["errors"]) == {"first_name", "outcode", "pay"}
    far = problem_of(program.call("POST", "/carers", RECORD | {"outcode": "ZE3"}), 422)
    assert "latitude" in far["errors"]["outcode"]


def test_checks_and_the_bank_by_program(client: FlaskClient, program: Program) -> None:
    made = make_carer(program.tenant_id, skills=(), in_bank=False)
    here = f"/carers/{made.id}"
    day = clock.today().isoformat()
    check = program.call("POST", f"{here}/checks", {"kind": "hoist", "checked_on": day, "checked_by": "Manager"})
    assert check.status_code == 201, check.text
    assert check.get_json()["words"] == "Hoist"
    entered = program.call("POST", f"{here}/bank").get_json()
    assert set(entered["entry"]["tags"]) == {"hoist", "dbs", "right_to_work", "care_certificate"}
    assert program.call("POST", f"{here}/checks/{check.get_json()['id']}/end").status_code == 200
    assert "hoist" not in program.get(f"{here}/bank")["entry"]["tags"]
    assert program.call("POST", f"{here}/bank/leave").get_json()["entry"] is None
    assert len(program.get(f"{here}/checks")["items"]) == 4


def test_who_may_not_be_lent_is_refused_with_the_reasons(program: Program) -> None:
    made = make_carer(program.tenant_id, in_bank=False, account=False)
    told = problem_of(program.call("POST", f"/carers/{made.id}/bank"), 409)
    assert "no account" in told["detail"]
    assert program.get(f"/carers/{made.id}/bank")["why_not"]


def test_time_is_noted_listed_and_taken_out_and_never_twice(program: Program) -> None:
    with clock.stopped_at(START - timedelta(days=2)):
        made = make_carer(program.tenant_id)
        here = f"/carers/{made.id}/times"
        block = {"starts_at": START.isoformat(), "ends_at": (START + timedelta(hours=6)).isoformat()}
        noted = program.call("POST", here, block)
        assert noted.status_code == 201, noted.text
        assert problem_of(program.call("POST", here, block | {"kind": "sleep_in"}), 409)["type"].endswith(
            "already-booked"
        )
        assert problem_of(program.call("POST", here, block | {"ends_at": block["starts_at"]}), 422)["errors"] == {
            "end": "The end must be after the start"
        }
        assert [one["kind"] for one in program.get(f"{here}?from_day=2026-11-24&days=1")["items"]] == ["rota"]
        assert program.call("POST", f"{here}/{noted.get_json()['id']}/remove").status_code == 204
        assert program.get(f"{here}?from_day=2026-11-24")["items"] == []


def test_opt_out_leaving_bars_and_policy_by_program(program: Program) -> None:
    made = make_carer(program.tenant_id)
    here, day = f"/carers/{made.id}", clock.today().isoformat()
    assert program.call("POST", f"{here}/opt-out", {"from_day": day}).get_json()["opt_out_from"] == day
    assert program.call("POST", f"{here}/opt-out/end").get_json()["opt_out_until"]
    assert problem_of(program.call("POST", f"{here}/bars", {"client_key": str(uuid4())}), 404)
    assert problem_of(program.call("POST", f"{here}/bars/{uuid4()}/remove"), 404)
    policy = program.call("GET", "/bank-policy")
    values = {name: value for name, value in policy.get_json().items() if name != "version"} | {"answer_hours": 8}
    kept = program.call("PUT", "/bank-policy", values, If_Match=policy.headers["ETag"])
    assert kept.get_json()["answer_hours"] == 8
    assert program.call("POST", f"{here}/leaving", {"left_on": day}).get_json()["left_on"] == day


@pytest.fixture
def own(app, client: FlaskClient) -> tuple[MadeCarer, Program]:
    """A carer with a program of their own."""
    made = make_carer()
    return made, make_program(client, made.person_id, made.tenant_id)


def test_a_carer_reads_the_own_passport_and_sets_the_own_week(own: tuple[MadeCarer, Program]) -> None:
    made, program = own
    assert program.get("/my-passport")["entry"]["first_name"] == made.first_name
    assert len(program.get("/my-passport/checks")["items"]) == 4
    window = {"weekday": 1, "from_minute": 1080, "to_minute": 1320}
    assert program.call("POST", "/my-availability", {"windows": [window]}).get_json() == {"windows": [window]}
    assert program.get("/my-availability") == {"windows": [window]}
    assert problem_of(program.call("POST", "/my-availability", {"windows": [window | {"to_minute": 2}]}), 422)
    assert problem_of(program.call("GET", "/carers"), 403)


def test_another_coops_program_finds_nothing(own: tuple[MadeCarer, Program], client: FlaskClient) -> None:
    made, _ = own
    other = manager_program(client, make_coop())
    for method, path in (
        ("GET", ""), ("GET", "/checks"), ("GET", "/times"), ("GET", "/bank"), ("POST", "/bank"), ("POST", "/bank/leave")
    ):  # fmt: skip
        assert problem_of(other.call(method, f"/carers/{made.id}{path}"), 404)
    with acting_for(made.tenant_id):
        assert carers.get_carer(made.id).in_bank
