"""A manager asks for cover on the pages: the short form, the approval with its cost, and who fits."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient

from staffbank.services import placements, shifts
from tenants import clock
from tenants.db import acting_for
from tests.factories.cover import first_shift, in_hours, make_client, make_request
from tests.factories.staffbank import make_bank, make_block, make_carer
from tests.factories.tenants import make_coop, make_manager, make_membership

Jobs = Callable[[], list[str]]


def manager_of(client: FlaskClient, sign_in, coop_id: UUID) -> str:
    """Signs a manager of a co-op in; the answer is the token of the forms."""
    return sign_in(client, make_manager(coop_id), coop_id).csrf_token


def typed(**more: str) -> dict[str, str]:
    """What a tired manager types at seven."""
    start = (clock.now() + timedelta(hours=3)).astimezone(clock.LONDON)
    return {
        "day-day": str(start.day), "day-month": str(start.month), "day-year": str(start.year),
        "start": f"{start:%H:%M}", "end": f"{start + timedelta(hours=4):%H:%M}",
        "needs": "medication", "risk": "4", "reason": "sickness", "seats": "1", "outcode": "LS6",
    } | more  # fmt: skip


def ask(client: FlaskClient, token: str, **more: str):
    return client.post("/cover/new", data={"csrf_token": token, **typed(**more)})


def test_a_manager_asks_sees_the_cost_approves_and_sees_who_fits(app, client, sign_in, run_jobs: Jobs) -> None:
    bank = make_bank(coops=3, carers_each=1)
    token = manager_of(client, sign_in, bank.coops[0])
    assert client.get("/cover/new").status_code == 200
    drafted = ask(client, token)
    assert drafted.status_code == 303
    path = drafted.headers["Location"].split("?")[0]
    draft = client.get(path).text
    assert "What it will cost" in draft
    assert "VAT you cannot reclaim" in draft
    assert "As a sub-contracted care package no VAT is due" in draft
    seen = re.search(r'name="cost_pence" value="(\d+)"', draft)
    assert seen
    approved = client.post(f"{path}/approve", data={"csrf_token": token, "cost_pence": seen[1]})
    assert approved.status_code == 303
    assert "failed" not in run_jobs()
    page = client.get(path).text
    assert "Who can cover " in page
    assert "3 carers fit" in page
    for carer in bank.all:
        assert carer.first_name in page


def test_the_cost_told_is_that_of_a_carer_who_is_lent_not_of_an_own_one(app, client, sign_in, run_jobs: Jobs) -> None:
    bank = make_bank(coops=2, carers_each=1)
    token = manager_of(client, sign_in, bank.coops[0])
    path = approved_path(client, token)
    run_jobs()
    page = client.get(path).text
    own, lent = (next(carer for carer in bank.all if carer.tenant_id == coop).first_name for coop in bank.coops)
    assert f"With {lent}, there and back." in page and f"With {own}," not in page
    assert "Your own carers make no recharge." in page


def test_the_cost_that_was_seen_is_the_cost_that_is_approved(app, client, sign_in) -> None:
    host = make_coop()
    token = manager_of(client, sign_in, host)
    path = ask(client, token).headers["Location"]
    refused = client.post(f"{path}/approve", data={"csrf_token": token, "cost_pence": "1"})
    assert refused.status_code == 409
    assert "The estimate has changed" in refused.text


def approved_path(client: FlaskClient, token: str, **more: str) -> str:
    """The path of a request that was asked for and approved on the pages."""
    path = ask(client, token, **more).headers["Location"]
    assert client.post(f"{path}/approve", data={"csrf_token": token}).status_code == 303
    return path


def test_a_form_with_faults_keeps_what_was_typed_and_names_each_field(app, client, sign_in) -> None:
    token = manager_of(client, sign_in, make_coop())
    answer = ask(client, token, start="", risk="9", repeat="daily")
    assert answer.status_code == 422
    for words in ("Enter a time", "Enter a whole number from 1 to 5"):
        assert words in answer.text
    assert 'value="LS6"' in answer.text
    assert "Enter the last day of the repetition" in ask(client, token, repeat="daily").text
    wide = {"until-day": "1", "until-month": "1", "until-year": "2099"}
    assert "One request has at most 200" in ask(client, token, repeat="daily", **wide).text


def test_the_hour_that_comes_twice_is_asked_about_on_the_form(app, client, sign_in) -> None:
    token = manager_of(client, sign_in, make_coop())
    sunday = {"day-day": "25", "day-month": "10", "day-year": "2026", "start": "01:30", "end": "06:00"}
    answer = ask(client, token, **sunday)
    assert answer.status_code == 422
    assert "Which of the two hours does it begin in?" in answer.text
    never = {"day-day": "28", "day-month": "3", "day-year": "2027", "start": "01:30", "end": "06:00"}
    assert "never comes" in ask(client, token, **never).text


def test_a_whole_absence_becomes_one_request_on_the_page(app, client, sign_in) -> None:
    host = make_coop()
    carer = make_carer(host)
    for day in (1, 2):
        make_block(carer, in_hours(24 * day).starts_at, 5)
    token = manager_of(client, sign_in, host)
    assert carer.first_name in client.get("/cover/absence").text
    last = clock.today() + timedelta(days=4)
    days = {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in (("first", clock.today()), ("last", last))
        for part in ("day", "month", "year")
    }
    sent = {"csrf_token": token, "absent_carer_id": str(carer.id), "risk": "3", "reason": "leave", **days}
    answer = client.post("/cover/absence", data=sent)
    assert answer.status_code == 303
    assert "Ask for cover: 2 shifts" in client.get(answer.headers["Location"]).text


def test_a_warning_is_set_aside_with_its_reason_while_approving(app, client, sign_in) -> None:
    token = manager_of(client, sign_in, make_coop())
    start = (clock.now() + timedelta(hours=3)).astimezone(clock.LONDON)
    path = ask(client, token, end=f"{start + timedelta(hours=7):%H:%M}").headers["Location"]
    page = client.get(path).text
    assert "A shift over 6 hours has a break of 20 minutes" in page
    assert client.post(f"{path}/approve", data={"csrf_token": token}).status_code == 409
    sent = {"csrf_token": token, "reason-breaks": "Twenty minutes at four."}
    assert client.post(f"{path}/approve", data=sent).status_code == 303
    assert "Twenty minutes at four." in client.get(path).text


def test_carers_are_chosen_left_out_and_let_in_again_by_buttons(app, client, sign_in, run_jobs: Jobs) -> None:
    bank = make_bank(coops=2, carers_each=1)
    token = manager_of(client, sign_in, bank.coops[0])
    path = approved_path(client, token)
    run_jobs()
    shift, _, _ = first_shift(bank.coops[0], UUID(path.rsplit("/", 1)[1]))
    other = bank.all[1]
    assert f'value="{other.id}"' in client.get(path).text

    def press(act: str) -> str:
        sent = {"csrf_token": token, "act": act, "carer": str(other.id), "shift": str(shift)}
        assert client.post(f"{path}/choose", data=sent).status_code == 303
        run_jobs()
        return client.get(path).text

    assert "Chosen by you" in press("pin")
    left_out = press("exclude")
    assert "Left out by you" in left_out and "1 carer fits" in left_out
    assert "2 carers fit" in press("include")
    assert client.post(f"{path}/choose", data={"csrf_token": token, "act": "pin"}).status_code == 422


def test_own_carers_stand_with_rule_and_number_and_others_as_counts(app, client, sign_in, run_jobs: Jobs) -> None:
    host, home = make_coop(), make_coop()
    own = make_carer(host, first_name="Olwen")
    make_block(own, in_hours(2).starts_at, 6)
    for _ in range(3):
        make_carer(home, skills=())
    token = manager_of(client, sign_in, host)
    path = approved_path(client, token)
    run_jobs()
    page = client.get(path).text
    assert "Nobody fits yet" in page and "Why not the other 4" in page
    assert "Olwen" in page and "At work on the home rota for" in page
    assert "No medication competence" in page and "fewer than 3" in page


def test_the_list_is_filtered_paged_and_taken_away(app, client, sign_in) -> None:
    host = make_coop()
    for number in range(26):
        make_request(host, [in_hours(20 + number)], approved=number == 0)
    manager_of(client, sign_in, host)
    page = client.get("/cover?page=2").text
    assert "Page 2 of 2" in page and ">Request 1<" in page
    assert ">Request 26<" not in client.get("/cover?state=shared").text
    table = client.get("/cover.csv?state=draft").get_data(as_text=True)
    assert len(table.splitlines()) == 26
    assert client.get("/cover?page=0").status_code == 404


def test_calling_off_asks_for_a_reason_and_sharing_ends_the_own_staffs_time(app, client, sign_in) -> None:
    host = make_coop()
    request_id = make_request(host, [in_hours(200)], reason="leave")
    token = manager_of(client, sign_in, host)
    path = f"/cover/{request_id}"
    assert "Your own staff only, until" in client.get(path).text
    assert client.post(f"{path}/share", data={"csrf_token": token}).status_code == 303
    assert client.post(f"{path}/share", data={"csrf_token": token}).status_code == 409
    assert client.post(f"{path}/cancel", data={"csrf_token": token, "reason": ""}).status_code == 422
    assert client.post(f"{path}/cancel", data={"csrf_token": token, "reason": "Back at work"}).status_code == 303
    assert "Called off" in client.get(path).text


def test_times_are_changed_on_the_page(app, client, sign_in) -> None:
    host = make_coop()
    request_id = make_request(host)
    shift, starts_at, _ = first_shift(host, request_id)
    token = manager_of(client, sign_in, host)
    later = (starts_at + timedelta(hours=1)).astimezone(clock.LONDON)
    sent = {
        "csrf_token": token, "shift": str(shift), "day-day": str(later.day), "day-month": str(later.month),
        "day-year": str(later.year), "start": f"{later:%H:%M}", "end": f"{later + timedelta(hours=2):%H:%M}",
    }  # fmt: skip
    assert client.post(f"/cover/{request_id}/move", data=sent).status_code == 303
    assert first_shift(host, request_id)[1] == starts_at + timedelta(hours=1)


def test_an_auditor_sees_cover_but_changes_nothing_and_a_carer_sees_none(app, client, sign_in) -> None:
    host = make_coop()
    request_id = make_request(host)
    token = sign_in(client, make_membership(host, "auditor"), host).csrf_token
    page = client.get(f"/cover/{request_id}")
    assert page.status_code == 200 and "Search again" not in page.text
    assert client.get("/cover/new").status_code == 403
    assert client.post(f"/cover/{request_id}/match", data={"csrf_token": token}).status_code == 403
    sign_in(client, make_membership(host, "carer"), host)
    assert client.get("/cover").status_code == 403


def test_people_cared_for_are_added_and_changed_and_stay_with_their_co_op(app, client, sign_in) -> None:
    host, other = make_coop(), make_coop()
    theirs = make_client(other, "Mr Lloyd")
    token = manager_of(client, sign_in, host)
    assert "Nobody is on the list yet" in client.get("/clients").text
    sent = {"csrf_token": token, "name": "Mrs Pugh", "outcode": "LS6", "address": "1 Mill Lane"}
    assert client.post("/clients/new", data=sent).status_code == 303
    listed = client.get("/clients").text
    found = re.search(r'href="(/clients/[0-9a-f-]{36})"', listed)
    assert found and "Mr Lloyd" not in listed
    assert client.post(found[1], data=sent | {"name": ""}).status_code == 422
    assert (
        client.post(found[1], data=sent | {"outcode": "ZE3", "latitude": "60.4", "longitude": "-1.1"}).status_code
        == 303
    )
    assert "60.4" in client.get(found[1]).text
    assert client.get(f"/clients/{theirs}").status_code == 404
    assert "Mrs Pugh (ZE3)" in client.get("/cover/new").text


def test_an_offer_is_made_from_the_page_and_withdrawn_when_cover_is_called_off(
    app, client, sign_in, run_jobs: Jobs
) -> None:
    bank = make_bank(coops=2, carers_each=1)
    host, other = bank.coops[0], bank.all[1]
    token = manager_of(client, sign_in, host)
    path = approved_path(client, token)
    run_jobs()
    request_id = UUID(path.rsplit("/", 1)[1])
    shift, _, _ = first_shift(host, request_id)
    sent = {"csrf_token": token, "shift": str(shift), "seat": "1", "carer": str(other.id), "home": str(other.tenant_id)}
    assert client.post(f"{path}/offer", data=sent).status_code == 303
    page = client.get(path).text
    assert "Offers for this shift" in page and "Offered" in page
    assert f'aria-label="Offer to {other.first_name}' not in page
    assert client.post(f"{path}/cancel", data={"csrf_token": token, "reason": "She is back"}).status_code == 303
    with acting_for(host):
        assert [leg.state for leg in shifts.list_legs(request_id)] == ["withdrawn"]
        assert [shift.state for shift in shifts.list_shifts(request_id)] == ["cancelled"]


def test_a_confirmed_carer_is_told_with_notice_when_cover_is_called_off(app, client, sign_in, run_jobs: Jobs) -> None:
    bank = make_bank(coops=2, carers_each=1)
    host, other = bank.coops[0], bank.all[1]
    request_id = make_request(host)
    run_jobs()
    shift, _, _ = first_shift(host, request_id)
    with acting_for(host, bank.managers[host]):
        leg = placements.offer(request_id, shift, 1, other.tenant_id, other.id)
    with acting_for(other.tenant_id, other.person_id):
        placements.move(leg, "accept")
    with acting_for(other.tenant_id, bank.managers[other.tenant_id]):
        placements.move(leg, "release")
    with acting_for(host, bank.managers[host]):
        placements.move(leg, "confirm")
    token = manager_of(client, sign_in, host)
    assert "Covered" in client.get(f"/cover/{request_id}").text
    sent = {"csrf_token": token, "reason": "The person is in hospital"}
    assert client.post(f"/cover/{request_id}/cancel", data=sent).status_code == 303
    with acting_for(other.tenant_id):
        home = placements.get_placement(leg, "home")
        assert (home.state, home.words) == ("cancelled", "The person is in hospital")
        assert home.notice_minutes is not None and home.notice_minutes > 60 * 19
