"""Passwords, links, invitations, the second factor and tokens."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pyotp
import pytest
from flask.testing import FlaskClient

from tenants import clock
from tenants.db import at_the_door, db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.models import Mail, Person
from tenants.scope import FEDERATION
from tenants.services import invitations, mail, passwords, people, second_factor, sessions, tokens
from tenants.web import HouseFlask
from tests.factories.tenants import PASSWORD, make_coop, make_manager, make_membership, make_officer, make_person
from tests.tenants.forms import send

NEW = "four quiet herons"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def ann(app: HouseFlask) -> UUID:
    """A manager with a password."""
    return make_membership(
        make_coop("Afon Care"), "manager", make_person("Ann Lee", email="ann@example.org", password=PASSWORD)
    )


def newest_link(kind: str) -> str:
    """The path of the newest link of a kind in a letter."""
    with at_the_door():
        bodies = [letter.body for letter in mail.list_letters()[0]]
    found = next(re.search(rf"http://localhost(/{kind}/\S+)", body) for body in bodies if f"/{kind}/" in body)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "weak",
    ["short", "password1234", "PASSWORD1234", "aaaaaaaaaaaaaa", "ann example is me", "our federation rocks", "x" * 129],
)
def test_a_password_that_is_guessed_first_is_refused_in_words(weak: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.check_choice(weak, email="ann.lee@example.org", display_name="Ann Example")


def test_the_bundled_list_holds_only_what_the_length_rule_lets_through() -> None:
    listed = passwords.common_passwords() - {""}
    assert len(listed) > 1000 and all(len(word) >= passwords.SHORTEST and word == word.lower() for word in listed)


def test_a_reset_link_works_once_and_ends_every_session(
    client: FlaskClient, app: HouseFlask, ann: UUID, sign_in: Callable
) -> None:
    other = app.test_client()
    sign_in(other, ann)
    send(client, "/reset", email="ann@example.org")
    link = newest_link("reset")
    assert client.get(link).status_code == client.get(link).status_code == 200
    assert send(client, link, password="password1234", password_again="password1234").status_code == 422
    assert send(client, link, password=NEW, password_again=NEW).status_code == 303
    assert client.get(link).status_code == 404 and other.get("/").status_code == 303
    assert send(client, "/sign-in", email="ann@example.org", password=PASSWORD).status_code == 422
    assert send(client, "/sign-in", email="ann@example.org", password=NEW).status_code == 303


def test_asking_for_a_reset_tells_nobody_whether_an_address_is_known(client: FlaskClient, ann: UUID) -> None:
    known, unknown = send(client, "/reset", email="ann@example.org"), send(client, "/reset", email="who@example.org")
    assert known.status_code == unknown.status_code == 200 and known.text == unknown.text


def test_a_reset_link_is_too_old_after_twenty_minutes(client: FlaskClient, ann: UUID) -> None:
    with clock.stopped_at(NOON), at_the_door():
        passwords.send_reset("ann@example.org", "http://localhost")
    token = newest_link("reset").rpartition("/")[2]
    with clock.stopped_at(NOON + timedelta(minutes=20, seconds=1)), at_the_door(), pytest.raises(NotFound):
        passwords.use_reset(token, NEW)


def test_a_new_password_keeps_this_session_and_ends_the_others(
    client: FlaskClient, app: HouseFlask, ann: UUID, sign_in: Callable
) -> None:
    other = app.test_client()
    sign_in(other, ann)
    sign_in(client, ann)
    fields = {"old_password": PASSWORD, "password": NEW, "password_again": NEW}
    assert send(client, "/account/password", page="/account", **{**fields, "old_password": "wrong"}).status_code == 422
    assert other.get("/").status_code == 200
    assert send(client, "/account/password", page="/account", **fields).status_code == 303
    assert client.get("/").status_code == 200 and other.get("/").status_code == 303


def test_nobody_is_invited_where_letters_reach_nobody(client: FlaskClient, ann: UUID, sign_in: Callable) -> None:
    sign_in(client, ann)
    answer = send(client, "/people/invite", page="/people", email="bo@example.org", role="carer")
    assert answer.status_code == 422 and "SMTP_URL" in answer.text


def test_an_invitation_makes_one_account_with_that_role_and_works_once(
    client: FlaskClient, app: HouseFlask, ann: UUID, sign_in: Callable
) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    sign_in(client, ann)
    assert send(client, "/people/invite", page="/people", email="Bo@example.org", role="officer").status_code == 422
    assert send(client, "/people/invite", page="/people", email="Bo@example.org", role="carer").status_code == 303
    link, guest = newest_link("invitation"), app.test_client()
    assert "Afon Care" in guest.get(link).text
    assert send(guest, link, name="Bo Hill", password=NEW, password_again=NEW).status_code == 303
    assert "Afon Care: Care worker" in guest.get("/").text
    assert app.test_client().get(link).status_code == 404
    page = client.get("/people").text
    assert "Bo Hill" in page and "bo@example.org" in page


def test_somebody_with_an_account_joins_with_it_and_nobody_else_can(
    client: FlaskClient, app: HouseFlask, ann: UUID, sign_in: Callable
) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    coop = make_coop("Beacon Care")
    boss = make_manager(coop)
    with at_the_door():
        invitations.invite(coop, "ann@example.org", "delegate", by=boss, base_url="http://localhost")
    link = newest_link("invitation")
    assert client.get(link).location.startswith("/sign-in")
    thief = app.test_client()
    sign_in(thief, boss)
    assert send(thief, link).status_code == 404
    sign_in(client, ann)
    assert send(client, link).status_code == 303
    assert "Beacon Care: Delegate" in client.get("/").text


def test_an_invitation_ends_after_seven_days_or_when_withdrawn(
    app: HouseFlask, ann: UUID, client: FlaskClient, sign_in: Callable
) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    coop = make_coop()
    boss = make_manager(coop)
    with clock.stopped_at(NOON), at_the_door():
        invitations.invite(coop, "bo@example.org", "carer", by=boss, base_url="http://localhost")
        token = invitations.list_invitations(coop)[0][0].token_hash
    with clock.stopped_at(NOON + timedelta(days=7, seconds=1)), at_the_door(), pytest.raises(NotFound):
        invitations.find_invitation(newest_link_in_scope())
    with at_the_door(), pytest.raises(NotFound):
        invitations.withdraw(make_foreign(), token)


def newest_link_in_scope() -> str:
    """The token of the newest invitation's letter, where a scope is open already."""
    body = mail.list_letters()[0][0].body
    return body.split("/invitation/")[1].split()[0]


def make_foreign() -> UUID:
    """A tenant id that nobody has."""
    return UUID("00000000-0000-7000-8000-00000000ffff")


def test_the_first_officer_comes_by_a_printed_link_that_works_once(client: FlaskClient, app: HouseFlask) -> None:
    with at_the_door():
        old = invitations.first_invitation("http://localhost")
        link = invitations.first_invitation("http://localhost").removeprefix("http://localhost")
    assert client.get(old.removeprefix("http://localhost")).status_code == 404
    fields = {"name": "Olu Ade", "email": "olu@example.org", "password": NEW, "password_again": NEW}
    assert send(client, link, **fields).status_code == 303
    assert client.get("/").location == "/account/second-factor"
    with at_the_door(), pytest.raises(RuleBroken):
        invitations.first_invitation("http://localhost")


def test_the_last_officer_cannot_leave(app: HouseFlask) -> None:
    first, second = make_officer(), make_officer()
    with at_the_door():
        people.end_membership(first, FEDERATION)
    with at_the_door(), pytest.raises(RuleBroken, match="last officer"):
        people.end_membership(second, FEDERATION)


def test_the_directory_names_managers_and_no_carers(app: HouseFlask, database: str) -> None:
    coop = make_coop()
    both = make_membership(coop, "carer", make_manager(coop))
    make_membership(coop, "carer")
    with psycopg.connect(database) as superuser:
        assert superuser.execute("SELECT person_id, role FROM member_directory").fetchall() == [(both, "manager")]
        with at_the_door():
            people.take_role(both, coop, "manager")
        superuser.rollback()
        assert superuser.execute("SELECT count(*) FROM member_directory").fetchone() == (0,)


def turned_on(person_id: UUID) -> tuple[str, list[str]]:
    """Turn the second factor on at noon; the answer is its key and the recovery codes."""
    with clock.stopped_at(NOON), at_the_door():
        secret = second_factor.begin_setup(person_id)
        return secret, second_factor.confirm(person_id, pyotp.TOTP(secret).at(NOON))


def test_a_code_is_taken_once_and_only_near_its_own_time(ann: UUID) -> None:
    secret, _ = turned_on(ann)
    later = NOON + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later)
    with clock.stopped_at(later + timedelta(seconds=65)), at_the_door(), pytest.raises(InvalidInput):
        second_factor.check(ann, code)
    with clock.stopped_at(later + timedelta(seconds=20)), at_the_door():
        second_factor.check(ann, code)
    with clock.stopped_at(later + timedelta(seconds=21)), at_the_door(), pytest.raises(InvalidInput):
        second_factor.check(ann, code)


def test_a_recovery_code_is_taken_once(ann: UUID) -> None:
    _, codes = turned_on(ann)
    with at_the_door():
        second_factor.check(ann, codes[3].upper())
        assert second_factor.codes_left(ann) == 9
    with at_the_door(), pytest.raises(InvalidInput):
        second_factor.check(ann, codes[3])


def test_with_a_second_factor_the_password_alone_opens_nothing(client: FlaskClient, ann: UUID) -> None:
    _, codes = turned_on(ann)
    answer = send(client, "/sign-in", email="ann@example.org", password=PASSWORD)
    assert answer.location.startswith("/sign-in/second-step")
    assert client.get("/").location.startswith("/sign-in")
    assert send(client, "/sign-in/second-step", code="000000").status_code == 422
    waiting = client.get_cookie("fed_session")
    assert send(client, "/sign-in/second-step", code=codes[0]).status_code == 303
    opened = client.get_cookie("fed_session")
    assert client.get("/").status_code == 200 and waiting and opened and waiting.value != opened.value


def test_an_officer_sets_up_the_second_factor_before_anything_else(client: FlaskClient, app: HouseFlask) -> None:
    officer = make_officer()
    with at_the_door():
        client.set_cookie("fed_session", sessions.start_session(officer))
    assert client.get("/people").location == "/account/second-factor"
    page = client.get("/account/second-factor")
    secret = re.search(r'class="h-secret">([A-Z2-7 ]+)<', page.text)
    assert secret and client.get("/account/second-factor/qr.svg").mimetype == "image/svg+xml"
    answer = send(client, "/account/second-factor", code=pyotp.TOTP(secret[1].replace(" ", "")).now())
    assert answer.status_code == 200 and len(re.findall(r"<li>[a-z2-9]{5}-[a-z2-9]{5}</li>", answer.text)) == 10
    assert client.get("/people").status_code == 200
    with at_the_door(), pytest.raises(InvalidInput):
        second_factor.turn_off(officer, "no password", demo=False)


def test_an_officer_cannot_turn_it_off_and_a_manager_can_with_the_password(app: HouseFlask, ann: UUID) -> None:
    turned_on(ann)
    with at_the_door():
        people.grant_role(ann, FEDERATION, "officer")
    with at_the_door(), pytest.raises(RuleBroken):
        second_factor.turn_off(ann, PASSWORD, demo=False)
    make_officer()
    with at_the_door():
        people.end_membership(ann, FEDERATION)
    with at_the_door():
        second_factor.turn_off(ann, PASSWORD, demo=False)
        assert db.session.get_one(Person, ann).totp_secret is None


def test_a_token_works_for_one_coop_until_it_is_withdrawn_or_the_role_is_gone(app: HouseFlask, ann: UUID) -> None:
    home, other = make_coop(), make_coop()
    make_membership(home, "manager", ann)
    with at_the_door():
        made = tokens.make_token(ann, home, "Spreadsheet", "read")
        identity = sessions.find_token_identity(made)
        assert (
            identity
            and identity.acting.tenant_id == home
            and len(identity.standings) == 1
            and identity.token_scope == "read"
        )
    with at_the_door(), pytest.raises(NotFound):
        tokens.make_token(ann, other, "Spreadsheet", "read")
    with at_the_door():
        people.end_membership(ann, home)
        assert sessions.find_token_identity(made) is None
        people.grant_role(ann, home, "carer")
        found = sessions.find_token_identity(made)
        assert found and found.roles == {"carer"}
        tokens.withdraw_token(ann, tokens.list_tokens(ann)[0][0].id)
        assert sessions.find_token_identity(made) is None


def test_a_token_is_shown_once_and_opens_no_page(client: FlaskClient, ann: UUID, sign_in: Callable) -> None:
    identity = sign_in(client, ann)
    fields = {"token_name": "Till", "token_coop": str(identity.acting.tenant_id), "token_scopes": "write"}
    shown = re.search(r"fed_[\w-]{43}", send(client, "/account/tokens", page="/account", **fields).text)
    assert shown and shown[0] not in client.get("/account").text
    client.delete_cookie("fed_session")
    assert client.get("/people", headers={"Authorization": f"Bearer {shown[0]}"}).status_code == 403


def test_one_session_is_ended_by_its_owner_and_by_nobody_else(
    client: FlaskClient, app: HouseFlask, ann: UUID, sign_in: Callable
) -> None:
    other, stranger = app.test_client(), app.test_client()
    key = sign_in(other, ann).session_key
    sign_in(client, ann)
    sign_in(stranger, make_manager(make_coop()))
    assert send(stranger, f"/account/sessions/{key}/end", page="/account").status_code == 404
    assert send(client, f"/account/sessions/{key}/end", page="/account").status_code == 303
    assert other.get("/").status_code == 303


def test_a_letter_that_cannot_be_sent_is_tried_three_times_and_then_seen(
    app: HouseFlask, client: FlaskClient, sign_in: Callable, run_jobs: Callable
) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:9"
    officer = make_officer()
    with at_the_door():
        letter = mail.write_letter("bo@example.org", "Hello", "Words")
    start, ended = clock.now(), []
    for tries in range(3):
        with clock.stopped_at(start - timedelta(hours=1) + timedelta(minutes=10 * tries)):
            ended += run_jobs()
    assert "done" in ended
    with at_the_door():
        row = db.session.get_one(Mail, letter)
        assert (row.state, row.tries) == ("failed", 3) and "refused" in (row.problem or "")
    sign_in(client, officer, FEDERATION)
    assert "1 letters could not be sent" in client.get("/").text
    assert "could not be sent" in client.get("/people").text


def test_in_a_demo_letters_are_shown_and_not_sent(demo_app: HouseFlask, demo_settings) -> None:
    from tests.conftest import run_due

    with at_the_door():
        mail.write_letter("bo@example.org", "Hello Bo", "Look: http://localhost/x")
    assert run_due(demo_settings) == ["done"]
    page = demo_app.test_client().get("/outbox-mail").text
    assert "Hello Bo" in page and 'href="http://localhost/x"' in page
