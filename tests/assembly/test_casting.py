"""Casting votes: who may, when, how many, once; and that nothing a client says of its weight is believed."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from federation.assembly.services import casting, polls, representation
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.identity import Identity
from tenants.services import people
from tenants.web import HouseFlask
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.polls import HOUR, close, declare, make_poll, vote
from tests.factories.tenants import make_membership

ALL_FOR = [{"units": 5, "vote": "for"}]


@pytest.fixture
def assembly(app: HouseFlask) -> Assembly:
    """Afon Care holds 1 vote, Beacon Care 2, Cwm Care 5."""
    return found_assembly()


def refused(code: str):
    """What a crossing refuses with this code."""
    return pytest.raises(RuleBroken, check=lambda error: error.code == code)


def test_a_vote_at_the_closing_second_counts_and_one_after_it_does_not(assembly: Assembly) -> None:
    poll_id = make_poll(assembly)
    with acting_for_federation():
        closes_at = polls.get_poll(poll_id).closes_at
    with clock.stopped_at(closes_at):
        assert vote(assembly, poll_id, "Cwm Care", for_=5)["units"] == 5
    with clock.stopped_at(closes_at + timedelta(microseconds=1)), refused("poll-not-open"):
        vote(assembly, poll_id, "Beacon Care", for_=2)
    close(assembly, poll_id)
    with clock.stopped_at(closes_at), refused("poll-not-open"):
        vote(assembly, poll_id, "Afon Care", for_=1)


def test_a_former_delegate_a_manager_and_a_stranger_cast_nothing(assembly: Assembly) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Cwm Care"]
    former = assembly.delegates[coop]
    with at_the_door():
        people.take_role(former, coop, "delegate")
    for person in (former, assembly.managers[coop], assembly.delegates[assembly.coops["Afon Care"]]):
        with acting_for(coop, person), refused("not-a-delegate"):
            casting.cast(poll_id, coop, ALL_FOR)
    other = assembly.coops["Afon Care"]
    with acting_for(other, assembly.delegates[other]), refused("no-proxy"):
        casting.cast(poll_id, coop, ALL_FOR)
    with acting_for(other, assembly.delegates[other]), pytest.raises(NotFound):
        casting.cast(uuid4(), other, ALL_FOR)


@pytest.mark.parametrize(
    "parts",
    [
        [{"units": 6, "vote": "for"}],
        [{"units": 4, "vote": "for"}],
        [{"units": 5, "vote": "for", "weight": 999}],
        [{"units": 3, "vote": "for"}, {"units": 2, "vote": "for"}],
        [{"units": 5, "vote": "perhaps"}],
        [{"units": 6, "vote": "for"}, {"units": -1, "vote": "against"}],
        [],
    ],
)
def test_parts_that_are_not_the_coops_own_votes_are_refused(assembly: Assembly, parts: list[dict[str, Any]]) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Cwm Care"]
    with acting_for(coop, assembly.delegates[coop]), refused("wrong-parts"):
        casting.cast(poll_id, coop, parts)
    with acting_for_federation():
        assert polls.turnout(poll_id).units == 0


def test_a_weight_in_a_form_is_overlooked_and_in_the_api_refused(
    assembly: Assembly, client: FlaskClient, sign_in: Callable[..., Identity]
) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Afon Care"]
    token = sign_in(client, assembly.delegates[coop], coop).csrf_token
    body = {"parts": [{"units": 1, "vote": "for"}], "weight": 999}
    answer = client.post(f"/api/polls/{poll_id}/cast", json=body, headers={"X-CSRF-Token": token})
    assert answer.status_code == 422 and "weight" in answer.get_data(as_text=True)
    form = {"csrf_token": token, "coop": str(coop), "vote": "for", "weight": "999", "units": "999", "ok": "1"}
    assert client.post(f"/polls/{poll_id}/cast", data=form).status_code == 303
    result = declare(assembly, poll_id)
    assert result["totals"] == {"for": 1, "against": 0, "abstain": 0, "not_cast": 7}


def test_votes_are_placed_step_by_step_without_javascript(
    assembly: Assembly, client: FlaskClient, sign_in: Callable[..., Identity]
) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Cwm Care"]
    form = {"csrf_token": sign_in(client, assembly.delegates[coop], coop).csrf_token, "coop": str(coop)}

    def post(where: str, **more: str) -> tuple[int, str]:
        answer = client.post(f"/polls/{poll_id}/{where}", data={**form, **more})
        return answer.status_code, answer.get_data(as_text=True)

    status, page = post("check", **{"members": "1", "members-for": "130", "members-against": "82"})
    assert status == 200 and "130 for, 82 against" in page and "3.1, 1.9 votes, rounded to 3, 2" in page
    split = {"vote": "split", "for": "3", "against": "1"}
    assert post("check", **split)[0] == 422
    assert 'value="2"' in post("check", **split, more="against")[1]
    assert "All 5 votes placed" in post("check", **split | {"against": "2"}, change="1")[1]
    assert "Cast 5 votes" in post("check", **split | {"against": "2"})[1]
    status, page = post("cast", **split | {"against": "2"})
    assert status == 422 and "told you to vote this way" in page
    assert post("cast", **split | {"against": "2", "ok": "1"})[0] == 303
    assert ": 3 for, 2 against." in client.get(f"/polls/{poll_id}").get_data(as_text=True)
    assert post("cast", **split | {"against": "2", "ok": "1", "seen": "an older vote"})[0] == 409


def test_of_two_tabs_the_second_must_look_first(assembly: Assembly) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Cwm Care"]
    first = vote(assembly, poll_id, "Cwm Care", for_=5)
    with acting_for(coop, assembly.delegates[coop]), pytest.raises(Conflict):
        casting.cast(poll_id, coop, [{"units": 5, "vote": "against"}], seen="")
    with acting_for(coop, assembly.delegates[coop]):
        mine = casting.standing(polls.get_poll(poll_id))
        assert (mine.seen, mine.ballot and mine.ballot.parts) == (first["receipt"], ALL_FOR)
        casting.cast(poll_id, coop, [{"units": 5, "vote": "against"}], seen=mine.seen)
    assert declare(assembly, poll_id)["totals"]["against"] == 5


def test_where_the_rule_says_so_a_recorded_vote_stands(app: HouseFlask) -> None:
    assembly = found_assembly(may_change=False)
    poll_id = make_poll(assembly)
    vote(assembly, poll_id, "Cwm Care", for_=5)
    with refused("already-voted"):
        vote(assembly, poll_id, "Cwm Care", against=5)


def test_votes_divided_among_delegates_are_cast_by_each_alone(assembly: Assembly) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Cwm Care"]
    first, second = assembly.delegates[coop], make_membership(coop, "delegate")
    third = make_membership(coop, "delegate")
    with acting_for(coop, first):
        for wrong in ({first: 5}, {first: 3, second: 1}, {first: 3, uuid4(): 2}):
            with pytest.raises(InvalidInput):
                representation.share_votes(poll_id, wrong)
        representation.share_votes(poll_id, {first: 3, second: 2, third: 0})
    with acting_for(coop, first):
        casting.cast(poll_id, coop, [{"units": 2, "vote": "for"}, {"units": 1, "vote": "abstain"}])
    with acting_for(coop, second), refused("wrong-parts"):
        casting.cast(poll_id, coop, ALL_FOR)
    with acting_for(coop, third), refused("no-share"):
        casting.cast(poll_id, coop, ALL_FOR)
    with acting_for(coop, first), refused("already-voted"):
        representation.share_votes(poll_id, {})
    with acting_for(coop, second):
        casting.cast(poll_id, coop, [{"units": 2, "vote": "against"}])
    result = declare(assembly, poll_id)
    assert result["lines"] == [
        {"coop": str(coop), "name": "Cwm Care", "units": 5, "for": 2, "against": 2, "abstain": 1}
    ]


def give(assembly: Assembly, giver: str, holder: str, days: int = 30, poll_id: UUID | None = None) -> UUID:
    """A proxy from today."""
    coop = assembly.coops[giver]
    with acting_for(coop, assembly.managers[coop]):
        until = clock.today() + timedelta(days=days)
        return representation.give_proxy(assembly.coops[holder], clock.today(), until, poll_id=poll_id)


def cast_for(assembly: Assembly, poll_id: UUID, holder: str, giver: str) -> dict[str, Any]:
    """All votes of one co-op for, cast by the delegate of another."""
    coop = assembly.coops[holder]
    with acting_for_federation():
        units = polls.get_poll(poll_id).weights[str(assembly.coops[giver])]
    with acting_for(coop, assembly.delegates[coop]):
        return casting.cast(poll_id, assembly.coops[giver], [{"units": units, "vote": "for"}])


def test_a_proxy_is_capped_not_passed_on_ends_and_yields_to_the_coop_itself(assembly: Assembly) -> None:
    poll_id = make_poll(assembly)
    give(assembly, "Cwm Care", "Beacon Care")
    with refused("proxy-cap"):
        give(assembly, "Afon Care", "Beacon Care")
    with refused("proxy-given-already"):
        give(assembly, "Cwm Care", "Afon Care")
    give(assembly, "Beacon Care", "Afon Care")
    with refused("no-proxy"):
        cast_for(assembly, poll_id, "Afon Care", "Cwm Care")
    assert cast_for(assembly, poll_id, "Beacon Care", "Cwm Care")["units"] == 5
    vote(assembly, poll_id, "Cwm Care", against=5)
    with refused("delegate-has-voted"):
        cast_for(assembly, poll_id, "Beacon Care", "Cwm Care")


def test_a_proxy_counts_on_its_last_day_and_not_on_the_next(assembly: Assembly) -> None:
    poll_id = make_poll(assembly, closes_at=clock.now() + timedelta(days=9))
    proxy_id = give(assembly, "Cwm Care", "Beacon Care", days=2)
    with clock.stopped_at(clock.now() + timedelta(days=3)), refused("no-proxy"):
        cast_for(assembly, poll_id, "Beacon Care", "Cwm Care")
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        cast_for(assembly, poll_id, "Beacon Care", "Cwm Care")
    stranger = assembly.coops["Afon Care"]
    with acting_for(stranger, assembly.managers[stranger]), pytest.raises(NotFound):
        representation.end_proxy(proxy_id)


def test_an_alternate_votes_only_where_no_full_delegate_has(assembly: Assembly) -> None:
    poll_id, coop = make_poll(assembly), assembly.coops["Cwm Care"]
    alternate = make_membership(coop, "delegate")
    with acting_for(coop, assembly.managers[coop]):
        representation.set_alternate(alternate, True)
        with refused("last-delegate"):
            representation.set_alternate(assembly.delegates[coop], True)
    with acting_for(coop, alternate):
        casting.cast(poll_id, coop, ALL_FOR)
    vote(assembly, poll_id, "Cwm Care", against=5)
    with acting_for(coop, alternate), refused("delegate-has-voted"):
        casting.cast(poll_id, coop, ALL_FOR)


@pytest.mark.parametrize("secret", [True, False])
def test_of_eight_who_race_for_one_coops_votes_one_casts_them(app: HouseFlask, secret: bool) -> None:
    assembly = found_assembly(may_change=False)
    poll_id, coop = make_poll(assembly, secret=secret), assembly.coops["Cwm Care"]
    delegates = [assembly.delegates[coop], *(make_membership(coop, "delegate") for _ in range(7))]
    start, told = threading.Barrier(8), []

    def race(person: UUID) -> None:
        with app.app_context():
            start.wait()
            try:
                with acting_for(coop, person):
                    told.append(casting.cast(poll_id, coop, ALL_FOR)["units"])
            except RuleBroken as error:
                told.append(error.code)

    threads = [threading.Thread(target=race, args=(person,)) for person in delegates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["5", *["already-voted"] * 7]
    with acting_for_federation():
        assert (polls.turnout(poll_id).coops, polls.turnout(poll_id).units) == (1, 5)
    close(assembly, poll_id)
    with acting_for_federation():
        from federation.assembly.services import outcomes

        assert outcomes.look(poll_id).answer["totals"]["for"] == 5


def test_a_cast_that_is_killed_half_way_leaves_nothing(assembly: Assembly, database: str) -> None:
    poll_id, coop = make_poll(assembly, secret=True), assembly.coops["Cwm Care"]
    box = f"ballot_box_{poll_id.hex}"
    with pytest.raises(psycopg.OperationalError), psycopg.connect(database) as superuser:
        superuser.execute("SET ROLE fedtest_member")
        superuser.execute(
            "SELECT set_config('app.tenant', %s, true), set_config('app.person', %s, true)",
            (str(coop), str(assembly.delegates[coop])),
        )
        parts = '[{"units": 5, "vote": "for"}]'
        superuser.execute("SELECT ballot_cast(%s, %s, %s::jsonb, %s)", (poll_id, coop, parts, clock.now()))
        superuser.execute("RESET ROLE")
        superuser.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with psycopg.connect(database) as superuser:
        left = superuser.execute(f"SELECT (SELECT count(*) FROM turnout), (SELECT count(*) FROM {box})").fetchone()
    assert left == (0, 0)
    assert len(vote(assembly, poll_id, "Cwm Care", for_=5)["ballots"]) == 5


def test_a_poll_opens_closes_and_reminds_by_itself_and_only_the_silent_ones(
    assembly: Assembly, run_jobs: Callable[[], list[str]], database: str
) -> None:
    start = clock.now()
    poll_id = make_poll(assembly, opened=False, opens_at=start + HOUR, closes_at=start + 4 * HOUR)

    def at(hours: int) -> None:
        # PostgreSQL has a clock of its own: what is due by ours is made due by its.
        with psycopg.connect(database) as superuser:
            superuser.execute("UPDATE outbox SET run_at = 'epoch' WHERE run_at <= %s", (start + hours * HOUR,))
        run_jobs()

    at(0)
    with acting_for_federation():
        assert polls.get_poll(poll_id).state == "planned"
    with clock.stopped_at(start + HOUR):
        at(1)
        vote(assembly, poll_id, "Beacon Care", for_=2)
    with clock.stopped_at(start + 3 * HOUR):
        at(3)
    with psycopg.connect(database) as superuser:
        told = superuser.execute(
            "SELECT m.tenant_id FROM mail l JOIN membership m USING (person_id) WHERE l.subject LIKE 'Your co-op has not%'"
        ).fetchall()
    assert {row[0] for row in told} == {assembly.coops["Afon Care"], assembly.coops["Cwm Care"]}
    with acting_for_federation():
        polls.move_closing(poll_id, start + 6 * HOUR, "The line was down")
    with clock.stopped_at(start + 5 * HOUR):
        at(5)
        vote(assembly, poll_id, "Cwm Care", against=5)
    with clock.stopped_at(start + 6 * HOUR):
        at(6)
    with acting_for_federation():
        assert polls.get_poll(poll_id).state == "closed"
