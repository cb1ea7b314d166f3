"""Secret calendars: what they show, to whom, and that they end."""

import re

import pytest

from staffbank.services import calendar_keys
from tenants.db import at_the_door, db
from tenants.models import Membership
from tests.factories.cover import make_client
from tests.factories.offers import MadeCover, confirmed, make_cover, moved
from tests.factories.staffbank import make_bank

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def cover() -> MadeCover:
    """A bank with cover for somebody whose name nobody else may learn."""
    bank = make_bank(3, 1)
    client_id = make_client(bank.coops[0], "Mrs Secretname", address="7 Hidden Lane")
    return make_cover(bank, client_id=client_id)


def key_for(person, tenant, kind: str) -> str:
    with at_the_door():
        return calendar_keys.make_key(person, tenant, kind)


def keys_of(cover: MadeCover) -> dict[str, str]:
    carer = cover.lent[0]
    return {
        "carer": key_for(carer.person_id, carer.tenant_id, "carer"),
        "home": key_for(cover.manager_of(carer.tenant_id), carer.tenant_id, "home"),
        "host": key_for(cover.manager, cover.host, "host"),
    }


def test_each_side_reads_its_own_placements_without_anybody_who_is_cared_for(cover: MadeCover, client) -> None:
    confirmed(cover)
    for secret in keys_of(cover).values():
        answer = client.get(f"/calendar/{secret}.ics")
        assert answer.status_code == 200 and answer.mimetype == "text/calendar"
        assert answer.text.count("BEGIN:VEVENT") == 1 and "LOCATION:LS1" in answer.text
        assert "Secretname" not in answer.text and "Hidden" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_another_carer_and_another_co_op_read_nothing_of_it(cover: MadeCover, client) -> None:
    confirmed(cover)
    other, third = cover.lent[1], cover.bank.coops[2]
    for secret in (
        key_for(other.person_id, other.tenant_id, "carer"),
        key_for(cover.manager_of(third), third, "home"),
        key_for(cover.manager_of(third), third, "host"),
    ):
        assert "BEGIN:VEVENT" not in client.get(f"/calendar/{secret}.ics").text


def test_a_cancelled_placement_is_told_as_cancelled(cover: MadeCover, client) -> None:
    placement_id = confirmed(cover)
    moved(cover, placement_id, cover.lent[0], "cancel")
    text = client.get(f"/calendar/{keys_of(cover)['carer']}.ics").text
    assert "STATUS:CANCELLED" in text and "SEQUENCE:4" in text


def test_an_ended_address_reads_nothing(cover: MadeCover, client, sign_in) -> None:
    carer = cover.lent[0]
    token = sign_in(client, carer.person_id, carer.tenant_id).csrf_token
    made = client.post("/my-calendars", data={"csrf_token": token, "kind": "carer"})
    address = re.search(r'value="http://localhost(/calendar/[^"]+)"', made.text)
    assert made.status_code == 200 and address is not None
    assert client.get(address[1]).status_code == 200
    listed = client.get("/my-calendars").text
    assert address[1] not in listed, "it is shown once"
    mark = re.search(r"/my-calendars/([0-9a-f]+)/end", listed)
    assert mark is not None
    assert client.post(f"/my-calendars/{mark[1]}/end", data={"csrf_token": token}).status_code == 303
    assert client.get(address[1]).status_code == 404


def test_an_address_ends_with_the_role_of_its_owner(cover: MadeCover, client) -> None:
    secret = keys_of(cover)["host"]
    with at_the_door():
        db.session.delete(db.session.get(Membership, (cover.manager, cover.host, "manager")))
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_a_guessed_address_and_another_roles_calendar_are_not_found(cover: MadeCover, client, sign_in) -> None:
    assert client.get("/calendar/guess.ics").status_code == 404
    carer = cover.lent[0]
    token = sign_in(client, carer.person_id, carer.tenant_id).csrf_token
    assert client.post("/my-calendars", data={"csrf_token": token, "kind": "host"}).status_code == 404
    assert client.post("/my-calendars", data={"csrf_token": token, "kind": "none"}).status_code == 422
    assert client.post("/my-calendars/0123456789abcdef/end", data={"csrf_token": token}).status_code == 404
