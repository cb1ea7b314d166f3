"""Offers, placements and the agreement by the API: the same acts, the same refusals."""

import pytest

from staffbank.models import Carer, Timesheet
from staffbank.services import placements
from tenants import clock
from tenants.db import acting_for, db
from tests.factories.api import make_program, officer_program
from tests.factories.offers import confirmed, make_cover, make_offer, moved
from tests.factories.tenants import make_manager

pytestmark = pytest.mark.usefixtures("app")


def test_a_whole_placement_by_programs(client) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    host = make_program(client, cover.manager, cover.host)
    home = make_program(client, cover.manager_of(carer.tenant_id), carer.tenant_id)
    own = make_program(client, carer.person_id, carer.tenant_id)
    wanted = {"shift_id": str(cover.shift_id), "home_id": str(carer.tenant_id), "carer_id": str(carer.id)}
    made = host.call("POST", f"/cover/{cover.request_id}/offers", wanted, Idempotency_Key="offer-1")
    assert made.status_code == 201
    placement = made.get_json()["items"][0]
    assert [row["id"] for row in own.get("/my-placements")["items"]] == [placement]
    for program, path, state in (
        (own, "carer/accept", "accepted"),
        (home, "lender/release", "released"),
        (host, "host/confirm", "confirmed"),
    ):
        answer = program.call("POST", f"/placements/{placement}/{path}", {})
        assert (answer.status_code, answer.get_json()) == (200, {"state": state})
    leg = host.get(f"/placements/{placement}")
    assert (leg["side"], leg["state"], leg["carer_name"]) == ("host", "confirmed", carer.first_name)
    assert host.get("/placements?side=host&state=confirmed")["total"] == 1


def test_the_wrong_side_and_a_third_co_op_are_refused(client) -> None:
    cover = make_cover()
    carer, third = cover.lent[0], cover.bank.coops[2]
    placement = make_offer(cover)
    host, home = (make_program(client, cover.manager_of(tenant), tenant) for tenant in (cover.host, carer.tenant_id))
    stranger = make_program(client, make_manager(third), third)
    assert host.call("POST", f"/placements/{placement}/carer/accept", {}).status_code == 403
    assert home.call("POST", f"/placements/{placement}/host/withdraw", {}).status_code == 404
    assert stranger.call("POST", f"/placements/{placement}/lender/refuse", {"words": "No"}).status_code == 404
    assert stranger.call("GET", f"/placements/{placement}").status_code == 404
    assert home.call("POST", f"/placements/{placement}/lender/refuse", {}).status_code == 422


def test_a_carer_tells_the_place_only_after_agreeing_to(client) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement = confirmed(cover)
    moved(cover, placement, carer, "brief_host", "brief_carer")
    with acting_for(carer.tenant_id):
        starts_at = placements.get_placement(placement, "home").starts_at
        shares = db.session.get(Carer, (carer.tenant_id, carer.id))
        assert shares is not None and not shares.shares_place
    place = {"place": {"latitude": "53.8", "longitude": "-1.55"}}
    with clock.stopped_at(starts_at):
        own = make_program(client, carer.person_id, carer.tenant_id)
        assert own.call("POST", f"/placements/{placement}/carer/check_in", place).status_code == 200
    with acting_for(carer.tenant_id):
        sheet = db.session.get(Timesheet, (carer.tenant_id, placement, "home"))
        assert sheet is not None and sheet.in_place is None and sheet.checked_in_at == starts_at


def test_an_officer_publishes_and_co_ops_sign(client) -> None:
    cover = make_cover()
    officer = officer_program(client)
    new = {"in_force_from": clock.today().isoformat(), "body": "We lend.", "resolution": "Assembly"}
    assert officer.call("POST", "/agreement", new, Idempotency_Key="v1").get_json()["number"] == 1
    host = make_program(client, cover.manager, cover.host)
    assert host.call("POST", "/agreement/1/sign").status_code == 201
    assert host.call("POST", "/agreement/1/sign").status_code == 409
    assert host.get("/agreement")["signed_by"] == [str(cover.host)]
    assert host.call("POST", "/agreement", new, Idempotency_Key="v2").status_code == 403
