"""Motions, amendments and policies by the API: the same acts, the same refusals."""

from datetime import timedelta

import pytest

from tenants import clock
from tenants.scope import FEDERATION
from tests.factories.api import make_program
from tests.factories.assembly import found_assembly
from tests.factories.motions import carried

pytestmark = pytest.mark.usefixtures("app")
WANTED = {"title": "Due in 14 days?", "text": "Due in 14 days.", "effect": {"set": "payment_days", "value": 14}}


def test_a_motion_from_its_draft_to_its_notice_by_programs(client) -> None:
    found = found_assembly()
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    mover, other = (make_program(client, found.delegates[coop], coop) for coop in (afon, beacon))
    office = make_program(client, found.officer, FEDERATION)
    made = mover.call("POST", "/motion-drafts", WANTED, Idempotency_Key="d")
    assert made.status_code == 201
    draft = made.get_json()["id"]
    assert other.call("GET", f"/motion-drafts/{draft}").status_code == 404
    assert mover.call("PUT", f"/motion-drafts/{draft}", WANTED, If_Match='"9"').status_code == 412
    changed = mover.call("PUT", f"/motion-drafts/{draft}", WANTED | {"title": "In 14 days?"}, If_Match='"1"')
    assert changed.status_code == 200 and changed.headers["ETag"] == '"2"'
    motion = mover.call("POST", f"/motion-drafts/{draft}/submit", Idempotency_Key="s").get_json()["id"]
    assert mover.call("POST", f"/motions/{motion}/second").get_json()["type"].endswith("own-motion")
    assert other.call("POST", f"/motions/{motion}/second").get_json()["state"] == "seconded"
    assert other.call("POST", f"/motions/{motion}/admit").status_code == 403
    assert office.call("POST", f"/motions/{motion}/admit").get_json()["state"] == "admitted"
    change = {"text": "Due in 21 days.", "why": "Banks are slow"}
    amendment = other.call("POST", f"/motions/{motion}/amendments", change, Idempotency_Key="a").get_json()["id"]
    assert mover.call("POST", f"/amendments/{amendment}/merge").get_json()["state"] == "merged"
    opens = clock.now() + timedelta(days=2)
    hours = {"opens_at": opens.isoformat(), "closes_at": (opens + timedelta(days=1)).isoformat()}
    poll = office.call("POST", f"/motions/{motion}/notice", hours, Idempotency_Key="n")
    row = mover.get(f"/motions/{motion}")
    assert poll.status_code == 201 and poll.get_json()["text_hash"] == row["text_hash"]
    assert (row["state"], row["text"], row["text_version"]) == ("noticed", "Due in 21 days.", 2)
    assert mover.get("/motions?group=noticed&words=14")["total"] == 1


def test_the_debate_and_the_register_by_programs(client) -> None:
    found = found_assembly()
    policy_motion = carried(found, "Afon Care")
    beacon = found.coops["Beacon Care"]
    program = make_program(client, found.managers[beacon], beacon)
    office = make_program(client, found.officer, FEDERATION)
    late = {"leaning": "for", "words": "Late"}
    assert program.call("POST", f"/motions/{policy_motion}/remarks", late, Idempotency_Key="l").status_code == 409
    policy = program.get("/policies")["items"][0]["id"]
    assert program.call("POST", f"/policies/{policy}/report", {"state": "begun"}).status_code == 204
    assert program.call("POST", f"/policies/{policy}/report", {"state": "perhaps"}).status_code == 422
    assert [row["state"] for row in office.get(f"/policies/{policy}")["reports"]] == ["begun"]
    review = {"review_on": (clock.today() + timedelta(days=9)).isoformat()}
    assert program.call("POST", f"/policies/{policy}/review", review).status_code == 403
    assert office.call("POST", f"/policies/{policy}/review", review).get_json()["review_on"] == review["review_on"]
    board = office.call("POST", "/motions", {"title": "Twice?", "text": "Twice."}, Idempotency_Key="b").get_json()
    assert (board["moved_by_coop"], board["state"]) == (str(FEDERATION), "submitted")
    said = program.call("POST", f"/motions/{board['id']}/remarks", late, Idempotency_Key="m").get_json()["id"]
    assert [row["id"] for row in office.get(f"/motions/{board['id']}/remarks")["items"]] == [said]
