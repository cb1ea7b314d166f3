"""Secret votes: nothing that is left anywhere leads from a voter to a ballot once voting has closed."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from federation.assembly.services import boards, casting, closing, meter, outcomes, polls
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import RuleBroken
from tenants.identity import Identity
from tenants.web import HouseFlask
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.polls import close, declare, make_poll, vote

TWELVE = {f"Co-op {letter}": 700 for letter in "ABCDEFGHIJKL"}
LINKED = (
    "SELECT count(*) FROM (SELECT DISTINCT t.tenant_id, b.vote FROM turnout t JOIN {table} b"
    " ON b.xmin = t.xmin AND b.poll_id = t.poll_id) AS found"
)


@pytest.fixture
def assembly(app: HouseFlask) -> Assembly:
    """Twelve co-ops with five votes each."""
    return found_assembly(TWELVE)


def cast_all(assembly: Assembly, poll_id: UUID) -> list[str]:
    """Every co-op votes, one for, the next against; the answer is the sides in the order in which they were cast."""
    sides = []
    for place, name in enumerate(assembly.coops):
        side = ("for_", "against")[place % 2]
        vote(assembly, poll_id, name, **{side: 5})
        sides += [side.rstrip("_")] * 5
    return sides


def test_after_closing_neither_transaction_nor_order_leads_from_a_voter_to_a_ballot(
    assembly: Assembly, database: str
) -> None:
    poll_id = make_poll(assembly, secret=True)
    sides, box = cast_all(assembly, poll_id), f"ballot_box_{poll_id.hex}"
    with psycopg.connect(database) as superuser:
        # Until closing a database administrator could do this; were it not so, the second half would prove nothing.
        assert superuser.execute(LINKED.format(table=box)).fetchone() == (12,)  # pyright: ignore[reportArgumentType]
        kept = superuser.execute(f"SELECT vote FROM {box} ORDER BY ctid").fetchall()  # pyright: ignore[reportArgumentType]
        assert [row[0] for row in kept] == sides
    close(assembly, poll_id)
    with psycopg.connect(database) as superuser:
        assert superuser.execute(LINKED.format(table="secret_ballot")).fetchone() == (0,)
        assert superuser.execute("SELECT count(DISTINCT xmin::text) FROM secret_ballot").fetchone() == (1,)
        for order in ("ctid", "id"):
            found = superuser.execute(f"SELECT vote FROM secret_ballot ORDER BY {order}").fetchall()  # pyright: ignore[reportArgumentType]
            assert sorted(row[0] for row in found) == sorted(sides)
            assert [row[0] for row in found] != sides
        assert superuser.execute("SELECT to_regclass(%s)", (box,)).fetchone() == (None,)
        columns = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'secret_ballot'::regclass AND attnum > 0"
        assert superuser.execute(columns).fetchone() == ("tenant_id id poll_id vote",)


def everything(database: str) -> dict[str, int]:
    """Rows of every table but those of ballots and turnout."""
    with psycopg.connect(database) as superuser:
        names = superuser.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname <> 'turnout' AND relname NOT LIKE 'ballot_box%' ORDER BY 1"
        ).fetchall()
        count = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in names)
        return dict(superuser.execute(count).fetchall())  # pyright: ignore[reportArgumentType]


def test_casting_in_secret_writes_only_turnout_and_ballots_and_a_retry_is_refused(
    assembly: Assembly,
    client: FlaskClient,
    sign_in: Callable[..., Identity],
    database: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    poll_id = make_poll(assembly, secret=True)
    coop = assembly.coops["Co-op A"]
    token = sign_in(client, assembly.delegates[coop], coop).csrf_token
    before = everything(database)
    headers = {"X-CSRF-Token": token, "Idempotency-Key": "once"}
    body = {"parts": [{"units": 4, "vote": "against"}, {"units": 1, "vote": "abstain"}]}
    with caplog.at_level(logging.DEBUG):
        first = client.post(f"/api/polls/{poll_id}/cast", json=body, headers=headers)
        again = client.post(f"/api/polls/{poll_id}/cast", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (200, 409)
    assert len({ballot["id"] for ballot in first.json["ballots"]}) == 5
    assert everything(database) == before
    assert "against" not in caplog.text and first.json["ballots"][0]["id"] not in caplog.text
    assert client.get(f"/polls/{poll_id}/receipt").status_code == 404


def test_the_page_of_a_receipt_is_as_long_whatever_was_voted(
    assembly: Assembly, client: FlaskClient, sign_in: Callable[..., Identity]
) -> None:
    poll_id, lengths = make_poll(assembly, secret=True), set()
    for name, side in (("Co-op A", "for"), ("Co-op B", "against"), ("Co-op C", "abstain")):
        coop = assembly.coops[name]
        token = sign_in(client, assembly.delegates[coop], coop).csrf_token
        form = {"csrf_token": token, "coop": str(coop), "vote": side, "ok": "1"}
        review = client.post(f"/polls/{poll_id}/check", data=form).get_data(as_text=True)
        assert "cannot be changed once it is cast" in review and "to whom you show it" in review
        answer = client.post(f"/polls/{poll_id}/cast", data=form)
        assert answer.status_code == 200 and "receipt.txt" in answer.get_data(as_text=True)
        lengths.add(len(answer.data))
    assert len(lengths) == 1


def test_a_fault_while_casting_in_secret_does_not_tell_the_vote_to_the_log(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll_id, coop = make_poll(assembly, secret=True), assembly.coops["Co-op A"]

    def broken(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT ballot_cast", {"its_parts": "against"}, Exception("the server went away"))

    monkeypatch.setattr(casting, "call", broken)
    with acting_for(coop, assembly.delegates[coop]), pytest.raises(OperationalError) as caught:
        casting.cast(poll_id, coop, [{"units": 5, "vote": "against"}])
    assert "against" not in str(caught.value)


def test_the_meter_speaks_before_opening_and_keeps_back_what_would_give_votes_away(app: HouseFlask) -> None:
    assembly = found_assembly({"Ash": 20, "Elm": 30, "Fir": 40, "Oak": 120, "Yew": 700})
    poll_id = make_poll(assembly, secret=True, opened=False)
    with acting_for_federation(assembly.officer):
        said = meter.before(polls.get_poll(poll_id))
    assert "Yew" in said["identified"] and "could be identified from the result" in said["advice"]
    with acting_for_federation(assembly.officer):
        polls.open_poll(poll_id)
    for name, side, units in (("Ash", "for_", 1), ("Elm", "against", 1), ("Yew", "for_", 5)):
        vote(assembly, poll_id, name, **{side: units})
    close(assembly, poll_id)
    with acting_for_federation(assembly.officer):
        look = outcomes.look(poll_id)
        assert look.answer["totals"]["for"] == 6 and look.secrecy and not look.secrecy["may_publish_exactly"]
        result = outcomes.declare(poll_id).result
        assert result and result["outcome"] == "carried" and result["totals"]["for"] is None
        rows = boards.decoded(boards.list_rows(poll_id))
        ballots = closing.read_ballots(polls.get_poll(poll_id))
        sealed = rows[1]["body"]
        assert sealed["sha256"] == closing.seal_of(ballots) and len(sealed["ids"]) == 7
        assert not {"for", "against"} & set(json.dumps([row["body"] for row in rows[1:]]).split('"'))


def test_a_secret_vote_with_a_second_majority_is_not_planned(app: HouseFlask) -> None:
    assembly = found_assembly(ordinary={"second_majority": {"of": "coops", "percent": "50"}})
    with pytest.raises(RuleBroken, check=lambda error: error.code == "secret-with-second-majority"):
        make_poll(assembly, secret=True)


def test_a_changed_text_throws_the_ballots_away_and_tells_those_who_had_voted(
    assembly: Assembly, database: str
) -> None:
    poll_id = make_poll(assembly, secret=True)
    vote(assembly, poll_id, "Co-op B", for_=5)
    with acting_for_federation(assembly.officer):
        voted = polls.reopen(poll_id, "f" * 64, "The day was wrong")
        assert voted == [assembly.coops["Co-op B"]] and polls.turnout(poll_id).coops == 0
    vote(assembly, poll_id, "Co-op B", against=5)
    with psycopg.connect(database) as superuser:
        told = superuser.execute("SELECT count(*) FROM mail WHERE subject LIKE 'Please vote again%'").fetchone()
    assert told == (1,)
    assert declare(assembly, poll_id)["outcome"] == "not_quorate"


def test_a_voter_finds_the_ballots_of_a_receipt_on_the_board_and_the_bundle_recounts(
    assembly: Assembly, tmp_path: Path
) -> None:
    from federation.assembly import recount

    poll_id = make_poll(assembly, secret=True)
    cast_all(assembly, poll_id)
    with clock.stopped_at(clock.now()):
        result = declare(assembly, poll_id, casting_vote=None)
    assert result["exact"] and result["totals"] == {"for": 30, "against": 30, "abstain": 0, "not_cast": 0}
    with acting_for_federation():
        data, one = boards.bundle(poll_id), closing.read_ballots(polls.get_poll(poll_id))[0]["id"]
        assert db.session is not None
    (tmp_path / "bundle.zip").write_bytes(data)
    assert recount.main([str(tmp_path / "bundle.zip")]) == 0
    assert recount.main([str(tmp_path / "bundle.zip"), "--receipt", one]) == 0
