"""The agreement: versions, signatures, no lending without them, and the schedule that cites it."""

import io
from datetime import date, timedelta
from uuid import UUID

import pytest
from pypdf import PdfReader

from staffbank.services import agreement, placements, schedules
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.scope import FEDERATION
from tests.factories.offers import MadeCover, confirmed, make_cover, make_offer, moved
from tests.factories.tenants import make_officer

pytestmark = pytest.mark.usefixtures("app")


def publish(from_date: date | None = None, body: str = "We lend carers to each other.") -> int:
    with acting_for_federation():
        return agreement.publish(from_date or clock.today(), body, "Assembly of May").number


def sign(cover: MadeCover, *coops: UUID, number: int = 1) -> None:
    for coop in coops:
        with acting_for(coop, cover.manager_of(coop)):
            agreement.sign(number)


def test_once_a_version_is_in_force_only_those_who_signed_it_lend() -> None:
    cover = make_cover()
    home = cover.lent[0].tenant_id
    publish()
    with pytest.raises(RuleBroken, match="Your co-op has not signed version 1"):
        make_offer(cover)
    sign(cover, cover.host)
    with pytest.raises(RuleBroken, match="co-op that lends has not signed"):
        make_offer(cover)
    sign(cover, home)
    placement_id = make_offer(cover)
    with acting_for(home):
        terms = placements.get_placement(placement_id, "home").terms
    assert terms["framework"]["number"] == 1


def test_a_version_published_during_an_open_offer_is_signed_before_the_acceptance() -> None:
    cover = make_cover()
    placement_id = make_offer(cover)
    publish()
    with pytest.raises(RuleBroken) as refusal:
        moved(cover, placement_id, cover.lent[0], "accept")
    assert refusal.value.code == "agreement-not-signed"


def test_a_version_announced_for_later_binds_nobody_yet() -> None:
    cover = make_cover()
    publish(clock.today() + timedelta(days=30))
    assert make_offer(cover)


def test_versions_are_numbered_hashed_and_signed_once() -> None:
    cover = make_cover()
    assert (publish(), publish(body="Another text.")) == (1, 2)
    with acting_for_federation():
        first, second = agreement.get_version(1), agreement.get_version(2)
        assert first.hash != second.hash and len(second.hash) == 64
        with pytest.raises(InvalidInput):
            agreement.publish(clock.today() - timedelta(days=1), "Older", "None")
        with pytest.raises(NotFound):
            agreement.get_version(9)
    sign(cover, cover.host, number=2)
    with pytest.raises(Conflict):
        sign(cover, cover.host, number=2)
    with pytest.raises(RuleBroken, match="Version 2 has taken the place"):
        sign(cover, cover.bank.coops[1], number=1)


def test_a_member_learns_who_has_signed_and_nothing_else() -> None:
    cover = make_cover()
    publish()
    sign(cover, cover.bank.coops[1], cover.bank.coops[2])
    with acting_for(cover.host):
        assert set(agreement.signers(1)) == set(cover.bank.coops[1:])
        assert agreement.find_own_consent(1) is None


def test_both_sides_get_the_same_schedule_and_a_third_gets_none(run_jobs) -> None:
    cover = make_cover()
    home = cover.lent[0].tenant_id
    publish()
    sign(cover, cover.host, home)
    placement_id = confirmed(cover)
    run_jobs()
    with acting_for(cover.host):
        row = schedules.get_schedule(placement_id)
        own = row.pdf, row.sha256
        assert schedules.terms_hold(placements.get_placement(placement_id, "host"))
    with acting_for(home):
        theirs = schedules.get_schedule(placement_id)
        assert own == (theirs.pdf, theirs.sha256)
    with pytest.raises(NotFound), acting_for(cover.bank.coops[2]):
        schedules.get_schedule(placement_id)
    pages = PdfReader(io.BytesIO(own[0])).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for words in (
        "version 1",
        "The carer accepted",
        "The home co-op released",
        "The host confirmed",
        cover.lent[0].first_name,
    ):
        assert words in text
    assert len(pages) == 1


def test_a_schedule_is_made_once(run_jobs) -> None:
    cover = make_cover()
    placement_id = confirmed(cover)
    run_jobs()
    with acting_for_federation():
        assert schedules.read_data(placement_id) is None


def test_an_officer_publishes_and_a_manager_signs_on_the_page(client, sign_in) -> None:
    cover = make_cover()
    token = sign_in(client, make_officer(), FEDERATION).csrf_token
    day = {f"in_force_from-{part}": str(getattr(clock.today(), part)) for part in ("day", "month", "year")}
    fields = {"csrf_token": token, "body": "We lend.\n\nWe pay.", "resolution": "Assembly", **day}
    assert client.post("/agreement", data={**fields, "body": ""}).status_code == 422
    assert client.post("/agreement", data=fields).status_code == 303
    token = sign_in(client, cover.manager, cover.host).csrf_token
    assert "Does your co-op sign it?" in client.get("/agreement").text
    assert client.post("/agreement/1/sign", data={"csrf_token": token}).status_code == 303
    assert "Does your co-op sign it?" not in client.get("/agreement").text
    assert "We pay." in client.get("/agreement/1").text
    assert client.post("/agreement", data=fields | {"csrf_token": token}).status_code == 403


def test_the_schedule_is_downloaded_through_ones_own_leg(client, sign_in, run_jobs) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    run_jobs()
    for person, tenant in ((carer.person_id, carer.tenant_id), (cover.manager, cover.host)):
        sign_in(client, person, tenant)
        answer = client.get(f"/placements/{placement_id}/schedule.pdf")
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
