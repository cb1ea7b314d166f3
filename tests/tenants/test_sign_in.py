"""Signing in: who gets a session, who does not, and what a session is worth."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from tenants import clock
from tenants.db import at_the_door
from tenants.scope import FEDERATION
from tenants.services import passwords, people, sessions
from tenants.web import COOKIE, HouseFlask
from tests.factories.tenants import PASSWORD, make_coop, make_manager, make_membership, make_person
from tests.tenants.forms import csrf_of, send


@pytest.fixture
def ann(app: HouseFlask) -> str:
    """The address of a manager with a password."""
    make_membership(make_coop(), "manager", make_person("Ann Lee", email="ann@example.org", password=PASSWORD))
    return "ann@example.org"


def test_the_right_password_opens_the_home_page_however_the_address_is_typed(client: FlaskClient, ann: str) -> None:
    answer = send(client, "/sign-in", email="Ann@Example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Nothing waits for you" in client.get("/").text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: FlaskClient, ann: str) -> None:
    wrong = send(client, "/sign-in", email=ann, password="not the password")
    unknown = send(client, "/sign-in", email="who@example.org", password="not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(ann, "") == unknown.text.replace("who@example.org", "")
    assert COOKIE not in "".join(wrong.headers.getlist("Set-Cookie"))


def test_too_many_tries_from_one_place_lock_nobody_out_elsewhere(
    client: FlaskClient, app: HouseFlask, ann: str
) -> None:
    answers = [send(client, "/sign-in", email=ann, password="not the password") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [422] * 8 + [429]
    assert send(client, "/sign-in", email=ann, password=PASSWORD).status_code == 429
    elsewhere = app.test_client()
    assert send(elsewhere, "/sign-in", place="10.9.9.9", email=ann, password=PASSWORD).status_code == 303


def test_after_a_quarter_of_an_hour_one_may_try_again(client: FlaskClient, ann: str) -> None:
    with clock.stopped_at(datetime(2026, 11, 27, 9, 0, tzinfo=UTC)):
        for _ in range(9):
            send(client, "/sign-in", email=ann, password="not the password")
    with clock.stopped_at(datetime(2026, 11, 27, 9, 16, tzinfo=UTC)):
        assert send(client, "/sign-in", email=ann, password=PASSWORD).status_code == 303


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(client: FlaskClient, ann: str) -> None:
    client.set_cookie(COOKIE, "planted")
    send(client, "/sign-in", email=ann, password=PASSWORD)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None and cookie.value != "planted" and cookie.http_only and cookie.same_site == "Lax"
    client.set_cookie(COOKIE, "planted")
    assert client.get("/").status_code == 303


def test_the_database_keeps_no_password_and_no_cookie(client: FlaskClient, ann: str, database: str) -> None:
    send(client, "/sign-in", email=ann, password=PASSWORD)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    with psycopg.connect(database) as superuser:
        stored = superuser.execute(
            "SELECT (SELECT string_agg(s::text, '') FROM sign_in_session s) || (SELECT string_agg(p::text, '') FROM person p)"
        ).fetchone()
    assert stored and cookie.value not in stored[0] and PASSWORD not in stored[0] and "$argon2id$" in stored[0]


def test_a_session_ends_after_eight_idle_hours_and_after_fourteen_days(app: HouseFlask, ann: str) -> None:
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with clock.stopped_at(start), at_the_door():
        person_id, _ = passwords.find_to_verify(ann)
        assert person_id is not None
        token = sessions.start_session(person_id)

    def found_after(**hours: float) -> bool:
        with clock.stopped_at(start + timedelta(**hours)), at_the_door():
            return sessions.find_identity(token) is not None

    assert found_after(hours=7.9) and found_after(hours=15.7) and not found_after(hours=24)
    assert not found_after(days=15)


def test_signing_out_ends_the_session_itself_not_only_the_cookie(client: FlaskClient, ann: str) -> None:
    send(client, "/sign-in", email=ann, password=PASSWORD)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    send(client, "/sign-out", page="/")
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/").location.startswith("/sign-in")


def test_a_form_without_its_token_or_from_another_site_is_refused(client: FlaskClient, ann: str) -> None:
    assert client.post("/sign-in", data={"email": ann, "password": PASSWORD}).status_code == 403
    token = csrf_of(client.get("/sign-in").text)
    fields = {"email": ann, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/sign-in", data=fields, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/sign-in", data=fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_after_signing_in_one_never_lands_on_another_site(client: FlaskClient, ann: str) -> None:
    answer = send(client, "/sign-in?next=//evil.example", email=ann, password=PASSWORD)
    assert answer.location == "/"


def test_without_the_mark_of_a_demo_there_is_no_signing_in_as_somebody(
    client: FlaskClient, app: HouseFlask, ann: str
) -> None:
    assert client.get("/outbox-mail").status_code == 404
    assert client.post("/sign-in-as", data={"person": "x"}).status_code == 404
    assert "sign-in-as" not in client.get("/sign-in").text


def test_in_a_demo_one_may_be_any_of_the_made_up_people(demo_app: HouseFlask) -> None:
    manager = make_manager(make_coop("Afon Care"), "Bea Jones")
    visitor = demo_app.test_client()
    page = visitor.get("/sign-in").text
    assert "Bea Jones" in page and "Afon Care" in page
    assert send(visitor, "/sign-in-as", page="/sign-in", person=str(manager)).status_code == 303
    assert "Afon Care" in visitor.get("/").text
    assert send(visitor, "/sign-in-as", page="/", person=str(FEDERATION)).status_code == 404


def test_a_person_of_two_coops_switches_between_them_and_to_no_third(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    first, second, third = make_coop("Afon"), make_coop("Beacon"), make_coop("Cwm")
    person = make_membership(second, "manager", make_manager(first))
    identity = sign_in(client, person, first)
    post = {"csrf_token": identity.csrf_token}
    assert client.post("/switch", data={**post, "tenant": str(second)}).status_code == 303
    assert "Beacon: Manager" in client.get("/").text
    for foreign in (str(third), "00000000-0000-7000-8000-00000000ffff", "nonsense"):
        answer = client.post("/switch", data={**post, "tenant": foreign})
        assert answer.status_code == 404
    assert "Cwm" not in client.get("/").text


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    coop = make_coop()
    person = make_manager(coop)
    sign_in(client, person, coop)
    with at_the_door():
        people.end_membership(person, coop)
    assert client.get("/").status_code == 303
