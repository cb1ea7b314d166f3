"""Pages of elections: from the officer's form to the ballot without JavaScript, the count in the look of the house, and the API."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from federation.assembly.services import elections, nominations, polls
from tenants import clock
from tenants.db import acting_for_federation
from tenants.scope import FEDERATION
from tenants.web import HouseFlask
from tests.factories.api import make_program
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.elections import declare, list_now, make_election, nominate, plan_vote, rank

AFON, BEACON, CWM = "Afon Care", "Beacon Care", "Cwm Care"
Post = Callable[..., Any]


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


@pytest.fixture
def assembly(app: HouseFlask) -> Assembly:
    """Afon Care holds 1 vote, Beacon Care 2, Cwm Care 5."""
    return found_assembly()


@pytest.fixture
def signed(client: FlaskClient, sign_in: Callable[..., Any]) -> Callable[[UUID, UUID], Post]:
    """`signed(person, tenant)` answers a function that posts as this person; the browser is `client`."""

    def enter(person: UUID, tenant: UUID) -> Post:
        token = sign_in(client, person, tenant).csrf_token
        return lambda path, **fields: client.post(path, data={"csrf_token": token, **fields})

    return enter


def delegate(assembly: Assembly, coop: str) -> tuple[UUID, UUID]:
    tenant = assembly.coops[coop]
    return assembly.delegates[tenant], tenant


def voted_on(assembly: Assembly, **terms: Any) -> tuple[UUID, UUID, list[UUID]]:
    """An election whose vote is open: Ada, Bo and Cy stand. Its id, the poll's, and theirs."""
    election_id = make_election(assembly, **terms)
    three = [nominate(assembly, election_id, coop, name) for coop, name in ((AFON, "Ada"), (BEACON, "Bo"), (CWM, "Cy"))]
    list_now(assembly, election_id)
    return election_id, plan_vote(assembly, election_id), three


def opening(poll_id: UUID) -> Any:
    with acting_for_federation():
        return polls.get_poll(poll_id).opens_at


def test_an_officer_writes_an_election_and_a_delegate_nominates(
    assembly: Assembly, client: FlaskClient, signed: Any
) -> None:
    post = signed(assembly.officer, FEDERATION)
    until = clock.today() + timedelta(days=9)
    form = {"nominations_on-day": until.day, "nominations_on-month": until.month, "nominations_on-year": until.year}
    form |= {"title": "Board 2026", "method": "irv", "seats": "2", "nominations_time": "17:00", "class_1": "workers"}
    answer = post("/elections", **form, least_1="3")
    assert answer.status_code == 422 and "fills one seat" in words(answer)
    answer = post("/elections", **form | {"method": "scottish"}, least_1="1")
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert post(f"{page}/call").status_code == 303
    post = signed(*delegate(assembly, AFON))
    assert "At least 1 from workers" in words(client.get(page))
    answer = post(f"{page}/stand", name="Ada Ash", class_name="workers")
    assert answer.status_code == 422 and "Nobody stands without having agreed" in words(answer)
    assert (
        post(f"{page}/stand", name="Ada Ash", class_name="workers", statement="I ask.", agreed="1").status_code == 303
    )
    seen = words(client.get(page))
    assert "Ada Ash" in seen and "I ask." in seen and "Take the nomination back" in seen
    signed(*delegate(assembly, BEACON))
    assert "Take the nomination back" not in words(client.get(page))


def test_with_few_candidates_the_page_offers_the_choice_and_declares_nobody_by_itself(
    assembly: Assembly, client: FlaskClient, signed: Any
) -> None:
    election_id = make_election(assembly, seats=3)
    nominate(assembly, election_id, AFON, "Ada")
    list_now(assembly, election_id)
    post = signed(assembly.officer, FEDERATION)
    page = f"/elections/{election_id}"
    seen = words(client.get(page))
    for text in ("2 seats would stay empty", "You choose what happens", "Give nominations more time", "Plan the vote"):
        assert text in seen
    assert "Who holds the seats" not in seen
    assert post(f"{page}/unopposed").status_code == 303
    assert "Who holds the seats" in words(client.get(page))


def test_a_ballot_is_ranked_with_buttons_alone_checked_in_words_and_cast(
    assembly: Assembly, client: FlaskClient, signed: Any
) -> None:
    _, poll_id, (ada, bo, _cy) = voted_on(assembly)
    person, tenant = delegate(assembly, CWM)
    page, fields = f"/polls/{poll_id}", {"coop": str(tenant), "seen": ""}
    with clock.stopped_at(opening(poll_id)):
        post = signed(person, tenant)
        answer = post(f"{page}/check", **fields, rank=f"up:1:{bo}")
        assert "Bo is now 1st" in words(answer)
        answer = post(f"{page}/check", **fields, rank=f"up:1:{ada}", **{f"rank-{bo}": "1"})
        assert "Ada is now 2nd" in words(answer)
        both = {f"rank-{bo}": "1", f"rank-{ada}": "1"}
        assert "Bo and Ada are both 1st" in words(post(f"{page}/check", **fields, **both))
        order = {f"rank-{bo}": "1", f"rank-{ada}": "2"}
        seen = words(post(f"{page}/check", **fields, **order))
        assert "1st Bo 2nd Ada" in seen and "Not ranked: Cy" in seen
        stranger = {f"rank-{assembly.officer}": "1"}
        assert "does not stand" in words(post(f"{page}/check", **fields, **stranger))
        assert post(f"{page}/cast", **fields, **order, ok="1").status_code == 303
    assert declare(assembly, poll_id)["elected"] == [str(bo)]


def test_one_choice_at_a_time_ends_with_no_further_choice(assembly: Assembly, client: FlaskClient, signed: Any) -> None:
    _, poll_id, (_ada, bo, _cy) = voted_on(assembly)
    person, tenant = delegate(assembly, CWM)
    page, fields = f"/polls/{poll_id}", {"coop": str(tenant), "seen": "", "way": "one"}
    with clock.stopped_at(opening(poll_id)):
        post = signed(person, tenant)
        assert "Who is your 1st choice?" in words(post(f"{page}/check", **{**fields, "way": ""}, rank="one"))
        seen = words(post(f"{page}/check", **fields, rank="next", pick=str(bo)))
        assert "1st Bo" in seen and "Who is your 2nd choice?" in seen
        seen = words(post(f"{page}/check", **fields, rank="next", pick="none", **{f"rank-{bo}": "1"}))
        assert "Check your vote" in seen and "Not ranked: Ada, Cy" in seen


def test_votes_of_a_co_op_go_in_two_orders_and_must_all_be_placed(
    assembly: Assembly, client: FlaskClient, signed: Any
) -> None:
    _, poll_id, (ada, bo, cy) = voted_on(assembly)
    person, tenant = delegate(assembly, CWM)
    page, fields = f"/polls/{poll_id}", {"coop": str(tenant), "seen": ""}
    two = {"votes": "3", f"rank-{ada}": "1", "votes2": "1", f"rank2-{bo}": "1", f"rank2-{cy}": "2"}
    with clock.stopped_at(opening(poll_id)):
        post = signed(person, tenant)
        assert "Order 2" in words(post(f"{page}/check", **fields, rank="split", **{f"rank-{ada}": "1"}))
        assert "Place all 5 votes: 1 are still to be placed" in words(post(f"{page}/check", **fields, **two))
        two["votes2"] = "2"
        seen = words(post(f"{page}/check", **fields, **two))
        assert "3 votes in this order 1st Ada" in seen and "2 votes in this order 1st Bo 2nd Cy" in seen
        assert post(f"{page}/cast", **fields, **two, ok="1").status_code == 303
    assert declare(assembly, poll_id)["answer"]["rounds"][0]["votes"][str(bo)] == "2.00000"


def test_approval_is_boxes_to_tick(assembly: Assembly, client: FlaskClient, signed: Any) -> None:
    _, poll_id, (ada, _bo, cy) = voted_on(assembly, method="approval", seats=2)
    person, tenant = delegate(assembly, CWM)
    with clock.stopped_at(opening(poll_id)):
        post = signed(person, tenant)
        assert client.get(f"/polls/{poll_id}").text.count('type="checkbox"') == 3
        ticked = {f"rank-{cy}": "1", f"rank-{ada}": "1", "coop": str(tenant), "seen": ""}
        assert "Not ticked: Bo" in words(post(f"/polls/{poll_id}/check", **ticked))
        assert post(f"/polls/{poll_id}/cast", **ticked, ok="1").status_code == 303
    assert set(declare(assembly, poll_id)["elected"]) == {str(ada), str(cy)}


def test_the_result_tells_each_round_in_words_as_a_chart_as_a_table_and_as_files(
    assembly: Assembly, client: FlaskClient, signed: Any
) -> None:
    election_id, poll_id, (ada, bo, cy) = voted_on(assembly, seats=2)
    rank(assembly, poll_id, CWM, (4, [ada, bo]), (1, [cy]))
    rank(assembly, poll_id, BEACON, (2, [bo]))
    rank(assembly, poll_id, AFON, (1, [cy]))
    assert client.get(f"/elections/{election_id}/ballots.blt").status_code in (302, 303, 401)
    declare(assembly, poll_id)
    signed(*delegate(assembly, AFON))
    page = client.get(f"/polls/{poll_id}/result")
    for text in (
        "Ada and Bo win the two seats",
        "4 first preferences",
        "The same as a table",
        "No further choice",
        "Round 2",
    ):
        assert text in words(page)
    assert page.text.count('class="g-quota"') > 3 and "<strong>3 votes</strong>" in page.text
    blt = client.get(f"/elections/{election_id}/ballots.blt").text
    assert blt.startswith("3 2\n") and '"Ada"' in blt
    assert "Ada" in client.get(f"/polls/{poll_id}/result.csv").text
    assert client.get(f"/polls/{poll_id}/result.json").get_json()["elected"] == [str(ada), str(bo)]


def test_a_vacancy_is_looked_at_before_it_is_filled(assembly: Assembly, client: FlaskClient, signed: Any) -> None:
    election_id, poll_id, (ada, bo, _cy) = voted_on(assembly)
    rank(assembly, poll_id, CWM, (5, [ada, bo]))
    declare(assembly, poll_id)
    post = signed(assembly.officer, FEDERATION)
    page = f"/elections/{election_id}/vacancy"
    assert "Say who left" in words(post(page, act="look"))
    assert "Bo is elected to the free seat" in words(post(page, act="look", departed=str(ada)))
    with acting_for_federation():
        assert elections.get_election(election_id).vacancy is None
    assert post(page, act="fill", departed=str(ada)).status_code == 303
    assert "Bo is elected to the free seat" in words(client.get(f"/elections/{election_id}"))


def test_programs_hold_an_election_too(assembly: Assembly, client: FlaskClient) -> None:
    officer = make_program(client, assembly.officer, FEDERATION)
    until = clock.now() + timedelta(days=2)
    wanted = {"title": "Chair", "seats": 1, "method": "irv", "nominations_until": until.isoformat(), "secret": False}
    made = officer.call("POST", "/elections", wanted, Idempotency_Key="one").get_json()
    assert officer.call("POST", f"/elections/{made['id']}/call", {}).status_code == 200
    person, tenant = delegate(assembly, AFON)
    member = make_program(client, person, tenant)
    body = {"name": "Ada", "class": "", "agreed": False}
    refusal = member.call("POST", f"/elections/{made['id']}/candidates", body, Idempotency_Key="two")
    assert refusal.status_code == 422 and "agreed" in refusal.get_data(as_text=True)
    body["agreed"] = True
    stands = member.call("POST", f"/elections/{made['id']}/candidates", body, Idempotency_Key="three").get_json()
    other = make_program(client, *delegate(assembly, BEACON))
    assert other.call("POST", f"/candidates/{stands['id']}/withdraw", {}).status_code == 404
    told = other.get(f"/elections/{made['id']}")
    assert [one["name"] for one in told["candidates"]] == ["Ada"] and told["seated"] == []
    with acting_for_federation():
        assert nominations.get_candidate(UUID(stands["id"])).state == "nominated"
