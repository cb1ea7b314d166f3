"""Sizes, schemes and rules by the API: the same acts as on the pages, and nobody else's answers."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tenants import clock
from tests.factories.api import make_program, manager_program, officer_program
from tests.factories.assembly import found_assembly
from tests.factories.tenants import make_coop

pytestmark = pytest.mark.usefixtures("app")


def test_an_assembly_is_founded_by_programs(client: FlaskClient) -> None:
    officer, afon = officer_program(client), manager_program(client, make_coop("Afon", members=20))
    make_coop("Beacon", members=30)
    wanted = {"as_of_date": clock.today().isoformat(), "measure": "members", "source": "Registers"}
    made = officer.call("POST", "/assembly/sizes", wanted).get_json()["id"]
    assert afon.call("GET", f"/assembly/sizes/{made}").status_code == 404
    until = (clock.now() + timedelta(days=3)).isoformat()
    assert officer.call("POST", f"/assembly/sizes/{made}/ask", {"answer_by": until}).status_code == 200
    said = afon.call("POST", f"/assembly/sizes/{made}/answer", {"answer": "agree"}).get_json()
    assert [one["state"] for one in said["standings"]] == ["agreed"]
    early = officer.call("POST", f"/assembly/sizes/{made}/agree")
    assert early.status_code == 409 and early.get_json()["type"] == "urn:federation:time-to-answer"
    assert (
        officer.call("POST", "/assembly/schemes", {"name": "Each", "scheme": {"kind": "one_each"}}).status_code == 409
    )


def test_the_sheet_a_comparison_and_what_if_are_told_to_members(client: FlaskClient) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Afon Care"]
    program = make_program(client, assembly.delegates[coop], coop)
    told = program.get("/assembly/weights")
    assert told["scheme"]["id"] == str(assembly.scheme_id) and told["sheet"]["weights"][str(coop)] == 1
    assert told["warning"] == "Cwm Care decides everything alone: no other co-op can ever change a result."
    assert {"one-each", str(assembly.scheme_id)} <= {
        one["key"] for one in program.get("/assembly/weights/compare")["items"]
    }
    query = f"coop_id={coop}&scheme_id={assembly.scheme_id}&factor=10"
    assert program.get(f"/assembly/weights/what-if?{query}")["after"]["weights"][str(coop)] == 3
    assert len(program.get("/assembly/decision-rules")["items"]) == 4
    assert program.call("POST", "/assembly/decision-rules", {"preset": "german", "resolution": "Us"}).status_code == 403


def test_terms_are_kept_in_one_way_of_writing_and_refused_by_path(client: FlaskClient) -> None:
    found_assembly()
    officer = officer_program(client)
    wanted = {
        "name": "Each",
        "scheme": {"kind": "one_each", "floor": 0},
        "second_majority": {"of": "coops", "percent": 60.0},
    }
    made = officer.call("POST", "/assembly/schemes", wanted).get_json()
    assert (made["scheme"], made["second_majority"]) == ({"kind": "one_each"}, {"of": "coops", "percent": "60"})
    odd = officer.call("POST", "/assembly/schemes", {**wanted, "scheme": {"kind": "bands", "bands": [[0, -1]]}})
    assert odd.status_code == 422 and "scheme.bands[0][1]" in odd.get_json()["errors"]
    refused = officer.call("POST", f"/assembly/schemes/{made['id']}/adopt", {"resolution": "By hand"})
    assert refused.get_json()["type"] == "urn:federation:needs-motion"
