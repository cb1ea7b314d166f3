"""Choices of what a list shows, kept under a name: one's own, for one co-op, for one list."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tenants.identity import Identity
from tests.factories.tenants import make_coop, make_manager, make_membership


def keep(client: FlaskClient, who: Identity, name: str, address: str):
    return client.post("/saved-choices", data={"name": name, "address": address, "csrf_token": who.csrf_token})


def test_a_choice_is_kept_found_above_its_list_and_forgotten(client: FlaskClient, sign_in: Callable) -> None:
    coop = make_coop()
    who = sign_in(client, make_manager(coop), coop)
    shown = client.get("/record?act=open&q=&page=2").text
    assert "/record?act=open" in shown
    assert keep(client, who, "Open ones", "/record?act=open").headers["Location"] == "/record?act=open"
    page = client.get("/record?act=closed").text
    assert 'href="/record?act=open">Open ones</a>' in page
    saved_id = page.split("/saved-choices/")[1].split("/")[0]
    assert client.post(f"/saved-choices/{saved_id}/forget", data={"csrf_token": who.csrf_token}).status_code == 303
    assert "Open ones" not in client.get("/record?act=closed").text


def test_a_name_that_is_there_takes_the_new_choice(client: FlaskClient, sign_in: Callable) -> None:
    coop = make_coop()
    who = sign_in(client, make_manager(coop), coop)
    keep(client, who, "Mine", "/record?act=open")
    keep(client, who, "Mine", "/record?act=ordered")
    page = client.get("/record?q=x").text
    assert 'href="/record?act=ordered">Mine</a>' in page and 'href="/record?act=open">Mine' not in page


def test_nobody_else_sees_or_forgets_it(client: FlaskClient, sign_in: Callable) -> None:
    coop = make_coop()
    who = sign_in(client, make_manager(coop), coop)
    keep(client, who, "Mine alone", "/record?act=open")
    saved_id = client.get("/record?q=x").text.split("/saved-choices/")[1].split("/")[0]
    who = sign_in(client, make_membership(coop, "auditor"), coop)
    assert "Mine alone" not in client.get("/record?q=x").text
    assert client.post(f"/saved-choices/{saved_id}/forget", data={"csrf_token": who.csrf_token}).status_code == 404


@pytest.mark.parametrize(
    ("name", "address", "says"),
    [
        ("", "/record?act=open", "Give the choice a name"),
        ("x" * 61, "/record?act=open", "Give the choice a name"),
        ("Mine", "https://elsewhere.example/?a=1", "from the list"),
        ("Mine", "//elsewhere.example/?a=1", "from the list"),
        ("Mine", "/record", "Choose what to show first"),
        ("Mine", "/record?q=" + "x" * 500, "Choose what to show first"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    client: FlaskClient, sign_in: Callable, name: str, address: str, says: str
) -> None:
    coop = make_coop()
    who = sign_in(client, make_manager(coop), coop)
    answer = keep(client, who, name, address)
    assert answer.status_code == 422 and says in answer.text
