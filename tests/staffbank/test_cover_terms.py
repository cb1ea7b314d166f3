"""What is needed is changed while nobody is confirmed: who still fits is told, who does not is let go, and the search is new."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from staffbank.models import CoverRequest
from staffbank.services import cover_terms, matching, placements, requests, schedules
from tenants import audit, clock, jobs
from tenants.db import acting_for, db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tests.factories.cover import in_hours, make_request
from tests.factories.offers import MadeCover, confirmed, make_cover, make_offer, moved
from tests.factories.staffbank import MadeBank, make_bank, make_carer
from tests.factories.tenants import make_coop, make_manager

pytestmark = pytest.mark.usefixtures("app")
Jobs = Callable[[], list[str]]


@pytest.fixture
def cover() -> MadeCover:
    """Cover for medication; the second co-op's carer can use a hoist, the third's cannot."""
    coops = tuple(make_coop() for _ in range(3))
    skills = (("medication",), ("medication", "hoist"), ("medication",))
    carers = {coop: (make_carer(coop, skills=one),) for coop, one in zip(coops, skills, strict=True)}
    return make_cover(MadeBank(coops, {coop: make_manager(coop) for coop in coops}, carers))


def change(cover: MadeCover, needs: list[str], risk: int = 3) -> None:
    with acting_for(cover.host, cover.manager):
        version = requests.get_request(cover.request_id).version
        cover_terms.change_needs(cover.request_id, needs, risk, version)


def test_who_still_fits_keeps_the_offer_on_new_terms_and_who_does_not_loses_it(
    cover: MadeCover, run_jobs: Jobs
) -> None:
    able, unable = cover.lent
    kept, lost = make_offer(cover, able), make_offer(cover, unable)
    moved(cover, kept, able, "accept")
    run_jobs()
    change(cover, ["medication", "hoist"], 5)
    assert "failed" not in run_jobs()
    with acting_for(able.tenant_id):
        leg = placements.get_placement(kept, "home")
        assert (leg.state, leg.needs, leg.risk) == ("accepted", ["hoist", "medication"], 5)
        assert schedules.terms_hold(leg) and leg.terms["needs"] == ["hoist", "medication"]
    with acting_for(unable.tenant_id):
        gone = placements.get_placement(lost, "home")
        assert gone.state == "withdrawn" and "passport does not hold" in gone.words
    assert moved(cover, kept, able, "release", "confirm") == "confirmed"
    with acting_for(cover.host):
        run = matching.latest_run(cover.request_id)
        assert run is not None and str(unable.id) not in json.dumps(run.ranked)
        (noted,) = [row for row in audit.list_record(cover.request_id) if row.act == "change-needs"]
        assert set(noted.facts["fields"]) == {"needs", "risk"}


def test_nothing_is_changed_once_somebody_is_confirmed(cover: MadeCover) -> None:
    confirmed(cover, cover.lent[0])
    with pytest.raises(RuleBroken, match="confirmed"):
        change(cover, ["hoist"])


def test_a_confirmation_waits_until_the_offer_has_been_looked_at_again(cover: MadeCover, run_jobs: Jobs) -> None:
    able = cover.lent[0]
    offer = make_offer(cover, able)
    moved(cover, offer, able, "accept", "release")
    change(cover, ["medication", "hoist"])
    with pytest.raises(RuleBroken, match="try in a minute"):
        moved(cover, offer, able, "confirm")
    run_jobs()
    assert moved(cover, offer, able, "confirm") == "confirmed"


def test_an_old_page_a_wrong_need_and_another_co_op_change_nothing(cover: MadeCover) -> None:
    change(cover, ["medication"], 4)
    with acting_for(cover.host, cover.manager):
        version = requests.get_request(cover.request_id).version
        with pytest.raises(Conflict):
            cover_terms.change_needs(cover.request_id, [], 4, version - 1)
        for needs, risk in ((["dbs"], 3), (["no such skill"], 3), ([], 6)):
            with pytest.raises(InvalidInput):
                cover_terms.change_needs(cover.request_id, needs, risk, version)
    with acting_for(cover.bank.coops[1]), pytest.raises(NotFound):
        cover_terms.change_needs(cover.request_id, [], 3, version)


def test_a_fallback_that_asks_for_no_less_any_more_is_dropped() -> None:
    bank = make_bank(1, 1)
    host = bank.coops[0]
    more = {"needs": ("medication", "hoist"), "fallback_hours": 24, "fallback_needs": ("medication",)}
    request_id = make_request(host, [in_hours(200)], **more)
    with acting_for(host):
        request = cover_terms.change_needs(request_id, ["medication"], 3, requests.get_request(request_id).version)
        assert (request.fallback_from, request.fallback_needs) == (None, [])
        assert cover_terms.open_fallback(request_id) == "not-due"


def test_once_the_fallback_is_open_a_carer_with_less_can_say_yes(run_jobs: Jobs) -> None:
    bank = make_bank(2, 1)
    host, carer = bank.coops[0], bank.all[1]
    more = {"needs": ("medication", "hoist"), "fallback_hours": 24, "fallback_needs": ("medication",)}
    cover = make_cover(bank, [in_hours(30)], carers=[carer], **more)
    with acting_for(host):
        assert cover_terms.open_fallback(cover.request_id) == "not-due"
        db.session.get_one(CoverRequest, (host, cover.request_id)).fallback_from = clock.now() - timedelta(minutes=1)
    with acting_for(host):
        assert cover_terms.open_fallback(cover.request_id) == "opened"
    assert moved(cover, make_offer(cover, carer), carer, "accept") == "accepted"


def test_it_is_changed_on_the_page_and_by_the_api(cover: MadeCover, client, sign_in) -> None:
    token = sign_in(client, cover.manager, cover.host).csrf_token
    path = f"/cover/{cover.request_id}"
    seen = re.search(r'name="version" value="(\d+)"', client.get(path).text)
    assert seen is not None
    sent = {"csrf_token": token, "needs": ["medication", "hoist"], "risk": "5", "version": seen[1]}
    assert client.post(f"{path}/needs", data=sent).status_code == 303
    page = client.get(path).text
    assert "Hoist and medication" in page and "Needs or risk changed" in page
    assert client.post(f"{path}/needs", data=sent).status_code == 409
    assert client.post(f"{path}/needs", data=sent | {"risk": "9"}).status_code == 422


def test_a_strangers_job_changes_nothing(cover: MadeCover, run_jobs: Jobs) -> None:
    offer = make_offer(cover, cover.lent[0])
    run_jobs()
    stranger: UUID = make_coop()
    with acting_for(stranger):
        payload = {"request_id": str(cover.request_id), "at": clock.now().isoformat()}
        jobs.defer("cover-changed", payload, label="Not mine")
    assert run_jobs() == ["failed"]
    with acting_for(cover.host):
        assert placements.get_placement(offer, "host").state == "offered"
