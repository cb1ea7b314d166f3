"""Pages of offers and placements: what a carer, a home co-op and a host see and do."""

import re
from html import unescape

import pytest

from staffbank.models import Timesheet
from staffbank.services import placements
from tenants import clock
from tenants.db import acting_for, db
from tests.factories.cover import make_client
from tests.factories.offers import confirmed, make_cover, make_offer, moved

pytestmark = pytest.mark.usefixtures("app")


def words(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


@pytest.fixture
def signed(client, sign_in):
    """`signed(person, tenant)` answers a function that posts as this person; the browser is `client`."""

    def enter(person, tenant):
        token = sign_in(client, person, tenant).csrf_token
        return lambda path, **fields: client.post(path, data={"csrf_token": token, **fields})

    return enter


def test_a_carer_sees_what_an_offer_earns_and_says_yes(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    post = signed(carer.person_id, carer.tenant_id)
    page = words(client.get("/my-offers"))
    for text in ("You have one offer to answer", "You earn", "14 min by car", "Medication", "Accept", "Decline"):
        assert text in page
    answer = post(f"/my-offers/{placement_id}/accept")
    assert answer.status_code == 303
    assert "Your co-op releases you next" in words(client.get("/my-offers"))
    assert client.get("/my-week").status_code == 200


def test_declining_asks_for_no_reason_and_shows_none(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    post = signed(carer.person_id, carer.tenant_id)
    assert post(f"/my-offers/{placement_id}/decline").status_code == 303
    page = words(client.get("/my-offers"))
    assert "nothing is held against you" in page and "No offers to answer" in page


def test_a_home_manager_releases_and_a_host_confirms_on_their_pages(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    moved(cover, placement_id, carer, "accept")
    post = signed(cover.manager_of(carer.tenant_id), carer.tenant_id)
    page = words(client.get("/lending"))
    assert "Whom do you release?" in page and carer.first_name in page
    assert post(f"/placements/{placement_id}/lender/release").status_code == 303
    post = signed(cover.manager, cover.host)
    assert "Confirm these" in words(client.get("/lending"))
    assert post(f"/placements/{placement_id}/host/confirm").status_code == 303
    assert "Confirmed" in words(client.get(f"/placements/{placement_id}"))


def test_refusing_without_a_reason_is_shown_beside_the_form(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    moved(cover, placement_id, carer, "accept")
    post = signed(cover.manager_of(carer.tenant_id), carer.tenant_id)
    answer = post(f"/placements/{placement_id}/lender/refuse")
    assert answer.status_code == 422 and "Say why" in words(answer)
    assert post(f"/placements/{placement_id}/lender/refuse", words="We need her that night").status_code == 303


def test_only_the_carer_sees_the_door_and_only_once_it_is_confirmed(client, signed) -> None:
    bank_cover = make_cover()
    client_id = make_client(bank_cover.host, "Mrs Secretname", address="7 Hidden Lane", notes="Key safe 4711")
    cover = make_cover(bank_cover.bank, client_id=client_id)
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    signed(carer.person_id, carer.tenant_id)
    assert "Secretname" not in client.get(f"/placements/{placement_id}").text
    moved(cover, placement_id, carer, "accept", "release", "confirm")
    page = words(client.get(f"/placements/{placement_id}"))
    assert "Mrs Secretname" in page and "7 Hidden Lane" in page and "Key safe 4711" in page
    signed(cover.manager_of(carer.tenant_id), carer.tenant_id)
    assert "Secretname" not in client.get(f"/placements/{placement_id}").text


def test_the_host_sees_the_checklist_and_the_carer_does_not_see_vat(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    signed(cover.manager, cover.host)
    page = words(client.get(f"/placements/{placement_id}"))
    assert "What the home co-op warrants" in page and "enhanced_adults" in page and "VAT" in page
    signed(carer.person_id, carer.tenant_id)
    page = words(client.get(f"/placements/{placement_id}"))
    assert "VAT" not in page and "warrants" not in page


def test_both_tick_the_briefing_and_the_carer_checks_in_and_out(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    with acting_for(cover.host):
        starts_at, ends_at = (
            getattr(placements.get_placement(placement_id, "host"), name) for name in ("starts_at", "ends_at")
        )
    post = signed(cover.manager, cover.host)
    assert "Tick everything" in words(client.get(post(f"/placements/{placement_id}/host/brief_host").location))
    post(f"/placements/{placement_id}/host/brief_host", told=["1", "2", "3", "4"])
    post = signed(carer.person_id, carer.tenant_id)
    assert post(f"/placements/{placement_id}/carer/brief_carer", read=["1"]).status_code == 422
    post(f"/placements/{placement_id}/carer/brief_carer", read=["1", "2", "3", "4"])
    with clock.stopped_at(starts_at):
        post = signed(carer.person_id, carer.tenant_id)
        assert "Check in" in words(client.get("/my-offers"))
        assert post(f"/placements/{placement_id}/carer/check_in").status_code == 303
        assert "Check out" in words(client.get("/my-offers"))
    with clock.stopped_at(ends_at):
        post = signed(carer.person_id, carer.tenant_id)
        assert post(f"/placements/{placement_id}/carer/check_out").status_code == 303
    with acting_for(cover.host):
        assert placements.get_placement(placement_id, "host").state == "worked"


def test_checking_in_tells_the_place_only_where_the_box_is_ticked_and_only_that_page_may_ask(client, signed) -> None:
    kept = []
    for told in ({}, {"tell_place": "1"}, {"tell_place": "1", "latitude": "53.8001", "longitude": "-1.5491"}):
        cover = make_cover()
        carer = cover.lent[0]
        placement_id = confirmed(cover)
        moved(cover, placement_id, carer, "brief_host", "brief_carer")
        with acting_for(carer.tenant_id):
            starts_at = placements.get_placement(placement_id, "home").starts_at
        path = f"/placements/{placement_id}"
        post = signed(carer.person_id, carer.tenant_id)
        assert "geolocation=()" in client.get(path).headers["Permissions-Policy"]
        with clock.stopped_at(starts_at):
            post = signed(carer.person_id, carer.tenant_id)
            page = client.get(path)
            assert "geolocation=(self)" in page.headers["Permissions-Policy"] and "place.js" in page.text
            assert "script-src 'self';" in page.headers["Content-Security-Policy"]
            assert 'id="tell-place" name="tell_place" type="checkbox" value="1" aria' in page.text
            assert "geolocation=()" in client.get("/my-offers").headers["Permissions-Policy"]
            wrong = post(f"{path}/carer/check_in", tell_place="1", latitude="91", longitude="0")
            assert wrong.status_code == 422
            without_tick = {"latitude": "53.8001", "longitude": "-1.5491"} if not told else {}
            assert post(f"{path}/carer/check_in", **without_tick, **told).status_code == 303
        with acting_for(carer.tenant_id):
            sheet = db.session.get(Timesheet, (carer.tenant_id, placement_id, "home"))
            kept.append(sheet.in_place if sheet else "none")
        with acting_for(cover.host):
            other = db.session.get(Timesheet, (cover.host, placement_id, "host"))
            assert other is not None and other.in_place is None
    assert kept == [None, None, {"latitude": "53.8001", "longitude": "-1.5491"}]


def test_a_stranger_and_another_carer_of_the_same_co_op_get_the_same_nothing(client, signed) -> None:
    from tests.factories.tenants import make_membership

    cover = make_cover()
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    third = cover.bank.coops[2]
    for person, tenant in (
        (cover.manager_of(third), third),
        (make_membership(carer.tenant_id, "carer"), carer.tenant_id),
    ):
        post = signed(person, tenant)
        assert client.get(f"/placements/{placement_id}").status_code == 404
        assert client.get(f"/placements/{placement_id}/schedule.pdf").status_code == 404
        assert post(f"/my-offers/{placement_id}/accept").status_code in (403, 404)


def test_offers_are_made_from_the_page_of_the_request(client, signed) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    post = signed(cover.manager, cover.host)
    fields = {"shift": str(cover.shift_id), "seat": "1", "home": str(carer.tenant_id), "carer": str(carer.id)}
    assert post(f"/cover/{cover.request_id}/offer", **fields).status_code == 303
    assert post(f"/cover/{cover.request_id}/offer", **fields).status_code == 303
    assert "has an offer of this cover already" in words(client.get(f"/cover/{cover.request_id}"))
    assert post(f"/cover/{cover.request_id}/offer-best", shift=str(cover.shift_id), count="2").status_code == 303
    with acting_for(cover.host):
        assert len(placements.list_for_request(cover.request_id)) == 3


def test_a_confirmed_seat_is_offered_to_somebody_else_from_its_page(client, signed) -> None:
    cover = make_cover()
    first, second = cover.lent
    placement_id = confirmed(cover, first)
    post = signed(cover.manager, cover.host)
    assert second.first_name in words(client.get(f"/placements/{placement_id}/swap"))
    post(f"/placements/{placement_id}/swap", home=str(second.tenant_id), carer=str(second.id))
    page = words(client.get(f"/placements/{placement_id}"))
    assert "is freed only when the other is confirmed" in page and "Confirmed" in page
