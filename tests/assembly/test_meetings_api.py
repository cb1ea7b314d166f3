"""A meeting by the API from its draft to its approved minutes: the same acts, the same refusals."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tenants import clock
from tenants.scope import FEDERATION
from tests.factories.api import make_program
from tests.factories.assembly import found_assembly
from tests.factories.meetings import STARTS, called, hands_poll
from tests.factories.tenants import make_officer

pytestmark = pytest.mark.usefixtures("app")
WANTED = {
    "title": "Spring meeting",
    "way": "room",
    "place": "Town hall, Leeds",
    "starts_at": STARTS.isoformat(),
    "ends_at": (STARTS + timedelta(hours=2)).isoformat(),
}


def test_a_meeting_is_called_by_programs_in_time_or_not_at_all(client: FlaskClient) -> None:
    found = found_assembly(notice_days=14)
    coop = found.coops["Afon Care"]
    office = make_program(client, found.officer, FEDERATION)
    member = make_program(client, found.delegates[coop], coop)
    made = office.call("POST", "/meetings", WANTED, Idempotency_Key="m")
    meeting = made.get_json()["id"]
    assert made.status_code == 201 and member.call("GET", f"/meetings/{meeting}").status_code == 404
    item = office.call("POST", f"/meetings/{meeting}/items", {"title": "Welcome"}, Idempotency_Key="i").get_json()
    assert office.call("POST", f"/meetings/{meeting}/items/{item['id']}/remove").status_code == 204
    assert office.call("POST", f"/meetings/{meeting}/call").get_json()["type"].endswith("no-agenda")
    office.call("POST", f"/meetings/{meeting}/items", {"title": "Report"}, Idempotency_Key="j")
    changed = office.call("PUT", f"/meetings/{meeting}", WANTED | {"title": "Spring"}, If_Match='"9"')
    assert changed.status_code in (409, 412)
    with clock.stopped_at(STARTS.replace(month=2, day=18)):
        assert office.call("POST", f"/meetings/{meeting}/call").get_json()["type"].endswith("notice-too-late")
    assert office.call("POST", f"/meetings/{meeting}/call").get_json()["state"] == "called"
    assert [row["title"] for row in member.get(f"/meetings/{meeting}")["items"]] == ["Report"]
    assert (
        member.call("POST", f"/meetings/{meeting}/come", {"way": "online"}).get_json()["type"].endswith("not-the-hour")
    )
    assert member.call("POST", f"/meetings/{meeting}/open").status_code == 403


def test_votes_by_hand_by_programs_need_two_people(client: FlaskClient) -> None:
    with clock.stopped_at(STARTS - timedelta(days=90)):
        found = found_assembly()
        meeting = called(found)
    coop = found.coops["Cwm Care"]
    with clock.stopped_at(STARTS):
        first = make_program(client, found.officer, FEDERATION)
        second = make_program(client, make_officer("Sioned Second"), FEDERATION)
        member = make_program(client, found.delegates[coop], coop)
        assert member.call("POST", f"/meetings/{meeting}/come", {"way": "room"}).status_code == 204
        assert first.call("POST", f"/meetings/{meeting}/open").get_json()["opening_quorum"]["weight"] == 5
        assert [seat["way"] for seat in member.get(f"/meetings/{meeting}/quorum")["seats"]] == ["", "", "room"]
        poll = hands_poll(found, meeting)
        line = {"coop_id": str(coop), "votes": {"for": 3, "against": 2}}
        twice = first.call("POST", f"/polls/{poll}/hands", {"lines": [line, line]}, Idempotency_Key="t")
        assert twice.status_code == 422
        odd = {"coop_id": str(coop), "votes": {"for": 5.0}}
        assert first.call("POST", f"/polls/{poll}/hands", {"lines": [odd]}, Idempotency_Key="o").status_code == 422
        entry = first.call("POST", f"/polls/{poll}/hands", {"lines": [line]}, Idempotency_Key="e").get_json()["id"]
        assert first.call("POST", f"/hands/{entry}/confirm").get_json()["type"].endswith("same-teller")
        assert member.call("POST", f"/hands/{entry}/confirm").status_code == 403
        assert second.call("POST", f"/hands/{entry}/confirm").get_json()["state"] == "confirmed"
