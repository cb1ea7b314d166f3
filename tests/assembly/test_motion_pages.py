"""Pages of motions and policies: each role sees its next step, forms keep what was typed, empty pages teach."""

import re
from datetime import timedelta
from html import unescape

import pytest

from federation.assembly.services import amendments, motions, policies
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.scope import FEDERATION
from tests.factories.assembly import found_assembly
from tests.factories.motions import PLAIN, Wording, admitted, carried, drafted, noticed, open_now, put, vote_all

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


def test_a_delegate_writes_a_draft_and_puts_it_to_the_assembly(client, signed) -> None:
    found = found_assembly()
    afon = found.coops["Afon Care"]
    post = signed(found.delegates[afon], afon)
    assert "Nothing is on the table" in words(client.get("/assembly"))
    typed = {"title": "Due in 14 days?", "text": "Due in 14 days.", "way": "set", "set_name": "payment_days"}
    answer = post("/motions", **typed, set_value="soon")
    assert answer.status_code == 422 and "Enter a whole number" in words(answer) and 'value="soon"' in answer.text
    kept = post("/motions", **typed, set_value="14", kind="ordinary")
    assert kept.status_code == 303 and "/drafts/" in kept.location
    page = client.get(kept.location)
    assert "Only your co-op sees it" in words(page) and "Due in 14 days." in page.text
    made = post(kept.location, **typed, set_value="14", version="1", act="submit")
    shown = words(client.get(made.location))
    assert "Looks for a second" in shown and "It sets “Days in which a recharge is due” to 14" in shown
    assert post(kept.location, **typed, version="2").status_code == 404


def test_the_first_page_shows_the_votes_that_wait_first(client, signed) -> None:
    found = found_assembly()
    poll = open_now(noticed(found, "Afon Care"))
    cwm = found.coops["Cwm Care"]
    signed(found.delegates[cwm], cwm)
    page = words(client.get("/assembly"))
    home = words(client.get("/"))
    assert "You hold 5 of 8 votes. It closes" in home and "One thing waits for you" in home
    assert "One vote waits for Cwm Care" in page and "Cwm Care holds 5 of 8 votes" in page and "Closes" in page
    vote_all(found, poll, "for", only=("Cwm Care",))
    page = words(client.get("/assembly"))
    assert "No vote waits for Cwm Care" in page and "All 5 of 8 votes are cast" in page
    signed(found.officer, FEDERATION)
    assert "1 of 3 co-ops have voted" in words(client.get("/assembly"))


def test_each_role_sees_its_next_step_and_no_other(client, signed) -> None:
    found = found_assembly()
    motion = put(found, "Afon Care")
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    post = signed(found.delegates[beacon], beacon)
    assert "Motion 1 looks for a second" in words(client.get("/assembly"))
    assert "Second it for Beacon Care" in words(client.get(f"/motions/{motion}"))
    assert post(f"/motions/{motion}/admit").status_code == 403
    signed(found.delegates[afon], afon)
    page = words(client.get(f"/motions/{motion}"))
    assert "Second it" not in page and "Take it back" in page
    post = signed(found.delegates[beacon], beacon)
    assert post(f"/motions/{motion}/second").status_code == 303
    post = signed(found.officer, FEDERATION)
    assert "Motion 1 is seconded" in words(client.get("/assembly"))
    refused = post(f"/motions/{motion}/refuse", why="")
    assert refused.status_code == 422 and "Fill this in" in words(refused)
    assert post(f"/motions/{motion}/admit").status_code == 303
    assert "Give notice" in words(client.get(f"/motions/{motion}"))


def test_notice_too_short_is_refused_beside_the_form_and_goes_out_in_time(client, signed) -> None:
    found = found_assembly(notice_days=14)
    motion = admitted(found, "Afon Care")
    post = signed(found.officer, FEDERATION)
    first = clock.today() + timedelta(days=15)
    assert clock.day_words(first) in words(client.get(f"/motions/{motion}/notice"))

    def hours(day):
        parts = {
            f"{name}-{part}": str(getattr(day, part)) for name in ("opens_on",) for part in ("day", "month", "year")
        }
        later = day + timedelta(days=3)
        parts |= {f"closes_on-{part}": str(getattr(later, part)) for part in ("day", "month", "year")}
        return parts | {"opens_time": "09:30", "closes_time": "17:00", "way": "as_rule"}

    answer = post(f"/motions/{motion}/notice", **hours(first - timedelta(days=1)))
    assert answer.status_code == 422 and "14 clear days of notice" in words(answer)
    assert post(f"/motions/{motion}/notice", **hours(first)).status_code == 303
    page = words(client.get(f"/motions/{motion}"))
    assert "Notice given" in page and "Fixed at notice" in page


def test_an_amendment_is_shown_as_a_difference_that_needs_no_colour(client, signed) -> None:
    found = found_assembly()
    motion = admitted(found, "Afon Care", Wording("A levy?", "Each co-op pays 1% of its turnover."))
    beacon, afon = found.coops["Beacon Care"], found.coops["Afon Care"]
    post = signed(found.delegates[beacon], beacon)
    assert post(f"/motions/{motion}/amend", text="Each co-op pays 2% of its turnover.", why="More").status_code == 303
    same = post(f"/motions/{motion}/amend", text="Each co-op pays 1% of its turnover.")
    assert same.status_code == 422 and "as it stands" in words(same)
    page = client.get(f"/motions/{motion}")
    assert "[taken out: 1% ]" in words(page) and "[put in: 2% ]" in words(page)
    assert "<del" in page.text and "<ins" in page.text
    with acting_for(afon):
        amendment = amendments.list_amendments(motion)[0].id
    post = signed(found.delegates[afon], afon)
    assert "An amendment to your motion 1 waits" in words(client.get("/assembly"))
    assert "Make it part of the motion" in words(client.get(f"/motions/{motion}/amendments/{amendment}"))
    assert post(f"/motions/{motion}/amendments/{amendment}/merge").status_code == 303
    assert "Each co-op pays 2%" in words(client.get(f"/motions/{motion}"))


def test_people_speak_and_answer_and_the_office_takes_words_off_the_page(client, signed) -> None:
    found = found_assembly()
    motion = admitted(found, "Afon Care")
    beacon = found.coops["Beacon Care"]
    post = signed(found.managers[beacon], beacon)
    bad = post(f"/motions/{motion}/say", leaning="for", words="")
    assert bad.status_code == 422 and "Fill this in" in words(bad)
    assert post(f"/motions/{motion}/say", leaning="against", words="Mrs Llewellyn would not like it").status_code == 303
    page = client.get(f"/motions/{motion}")
    assert "against it: 1" in words(page) and "Mair Beacon" in words(page)
    remark = re.findall(r'id="said-([0-9a-f-]+)"', page.text)[0]
    assert post(f"/motions/{motion}/say", leaning="remark", words="Why not?", answers=remark).status_code == 303
    post = signed(found.officer, FEDERATION)
    post(f"/motions/{motion}/remarks/{remark}/hide", why="It names somebody")
    page = words(client.get(f"/motions/{motion}"))
    assert "Llewellyn" not in page and "It names somebody" in page and "Why not?" in page


def test_a_changed_text_warns_on_the_page_that_voting_began_anew(client, signed) -> None:
    found = found_assembly()
    motion = noticed(found, "Afon Care")
    poll = open_now(motion)
    vote_all(found, poll, "for", only=("Cwm Care",))
    post = signed(found.officer, FEDERATION)
    assert "voting begins anew" in words(client.get(f"/motions/{motion}/text"))
    assert post(f"/motions/{motion}/text", text="Something else.", why="A slip").status_code == 303
    cwm = found.coops["Cwm Care"]
    signed(found.delegates[cwm], cwm)
    assert "Whoever had voted votes again" in words(client.get(f"/motions/{motion}"))
    assert "so all votes are cast anew" in words(client.get("/assembly"))


def test_the_register_shows_what_each_co_op_has_done_and_files_hold_it(client, signed) -> None:
    found = found_assembly()
    afon = found.coops["Afon Care"]
    post = signed(found.managers[afon], afon)
    assert "The register is empty" in words(client.get("/policies"))
    carried(found, "Afon Care", Wording(PLAIN.title, PLAIN.text, effect={"set": "payment_days", "value": 9}))
    with acting_for_federation():
        policy = policies.list_policies()[0].id
    assert "0 of 3 co-ops" in words(client.get("/policies"))
    assert post(f"/policies/{policy}/tell").status_code == 422
    assert post(f"/policies/{policy}/tell", state="done", words="Since May").status_code == 303
    page = words(client.get(f"/policies/{policy}"))
    assert "1 of 3" in page and "Since May" in page and "Motion 1" in page
    assert PLAIN.title in client.get("/policies/file.csv").get_data(as_text=True)
    assert client.get("/policies/file.xlsx").status_code == client.get("/motions/file.xlsx").status_code == 200
    assert "Carried" in client.get("/motions/file.csv?group=decided").get_data(as_text=True)
    post = signed(found.officer, FEDERATION)
    assert post(f"/policies/{policy}/review", **{"review_on-day": "1", "review_on-month": "2"}).status_code == 422


def test_the_page_of_a_scheme_begins_a_motion_that_changes_the_weights(client, signed) -> None:
    found = found_assembly()
    afon = found.coops["Afon Care"]
    with acting_for_federation(found.officer):
        scheme = motions.decision_rules.schemes.propose(
            "One each", {"kind": "one_each"}, {"kind": "majority"}, None, "Simple"
        ).id
    signed(found.delegates[afon], afon)
    page = words(client.get(f'/motions/new?kind=constitutional&effect={{"scheme":"{scheme}","from":"2099-01-01"}}'))
    assert "It changes the weights or the rules of decision" in page and "One each" in page
    assert client.get("/motions/new?effect=nonsense").status_code == 200


def test_drafts_order_and_lists_keep_to_their_own(client, signed) -> None:
    found = found_assembly()
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    draft = drafted(found, afon)
    ids = [admitted(found, "Afon Care", Wording(f"Question {n}?", "Yes.")) for n in (1, 2)]
    signed(found.delegates[beacon], beacon)
    assert client.get(f"/motions/drafts/{draft}").status_code == 404
    assert "Drafts of your co-op" not in words(client.get("/motions"))
    post = signed(found.officer, FEDERATION)
    post("/motions/order", **{f"place-{ids[1]}": "1", f"place-{ids[0]}": "2"})
    page = words(client.get("/motions?group=talked"))
    assert page.index("Question 2?") < page.index("Question 1?")
    assert "No motion fits" in words(client.get("/motions?words=zebra"))
    assert client.get("/motions?group=paint").status_code == 404
