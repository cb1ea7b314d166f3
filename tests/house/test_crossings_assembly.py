"""Each crossing of the assembly, called by the co-op it concerns, by others, by a former delegate and by the office, with real logins."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from federation.config import PROJECT
from tenants.db import Base
from tenants.scope import FEDERATION
from tests import servers
from tests.conftest import settings_for
from tests.house.rows import make_row

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
TODAY = date(2027, 3, 1)
FOREIGN = "42501"
"""What PostgreSQL raises for somebody who has no business here; the app makes "not found" of it."""


@dataclass
class Floor:
    """Three co-ops with a delegate each, one person who was a delegate once, and an open recorded poll on a motion."""

    superuser: psycopg.Connection
    logins: dict[str, psycopg.Connection]
    coops: dict[str, UUID] = field(default_factory=lambda: {name: uuid4() for name in ("first", "second", "third")})
    people: dict[str, UUID] = field(default_factory=dict)
    motion: UUID = field(default_factory=uuid4)
    draft: UUID = field(default_factory=uuid4)
    poll: UUID = field(default_factory=uuid4)

    @contextmanager
    def acting(self, actor: str, *, keep: bool = False) -> Iterator[psycopg.Connection]:
        """A transaction of an actor, undone at its end unless it is to be kept."""
        role = "office" if actor == "office" else "member"
        tenant = FEDERATION if actor == "office" else self.coops[actor.removeprefix("former of ")]
        connection = self.logins[role]
        with connection.transaction(force_rollback=not keep):
            connection.execute(
                "SELECT set_config('app.tenant', %s, true), set_config('app.person', %s, true)",
                [str(tenant), str(self.people[actor])],
            )
            yield connection

    def call(self, actor: str, function: str, *arguments: Any, keep: bool = True) -> Any:
        """What a crossing answers an actor: its value, or the code and message of its error."""
        places = ", ".join(["%s"] * len(arguments))
        given = [Jsonb(value) if isinstance(value, dict | list) else value for value in arguments]
        try:
            with self.acting(actor, keep=keep) as connection:
                rows = connection.execute(f"SELECT * FROM {function}({places})", given).fetchall()  # type: ignore[arg-type]
                return rows if len(rows) > 1 else rows[0] if rows and len(rows[0]) > 1 else rows[0][0] if rows else []
        except psycopg.Error as error:
            return error.diag.message_primary if error.sqlstate == "FD003" else error.sqlstate

    def put(self, table: str, tenant: UUID = FEDERATION, **columns: Any) -> None:
        """A whole row, put in by somebody who meets no wall; keys and triggers sleep."""
        row = make_row(Base.metadata.tables[table], tenant, "words") | columns
        row = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in row.items()}
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self.superuser.execute("SET session_replication_role = replica")
        self.superuser.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))  # type: ignore[arg-type]

    def read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What somebody sees who meets no wall."""
        return self.superuser.execute(query, values).fetchall()  # type: ignore[arg-type]

    def set_poll(self, **columns: Any) -> None:
        """Put the poll into a state, without any act."""
        names = ", ".join(f"{name} = %s" for name in columns)
        given = [Jsonb(value) if isinstance(value, dict | list) else value for value in columns.values()]
        self.superuser.execute(f"UPDATE poll SET {names} WHERE id = %s", [*given, self.poll])  # type: ignore[arg-type]

    def cast(self, actor: str, coop: str, parts: list[dict[str, Any]], at: datetime = NOW, *, keep: bool = True) -> Any:
        """Cast votes of a co-op."""
        return self.call(actor, "ballot_cast", self.poll, self.coops[coop], parts, at, keep=keep)


@pytest.fixture(scope="module")
def bare(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """Connections of one database for all tests of this module."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    url = servers.clone_database(template_database, name)
    urls = settings_for(url, tmp_path_factory.mktemp("crossings")).role_urls
    logins = {role: psycopg.connect(urls[role], autocommit=True) for role in ("member", "office", "door")}
    made = Floor(psycopg.connect(url, autocommit=True), logins)
    yield made
    for connection in (made.superuser, *logins.values()):
        connection.close()
    servers.drop_database(name)


@pytest.fixture
def floor(bare: Floor) -> Floor:
    """Co-ops, people, a draft, a motion and a poll of this test's own; 5, 3 and 2 votes."""
    made = Floor(bare.superuser, bare.logins)
    for name, coop in made.coops.items():
        made.put("tenant", coop, id=coop, name=str(coop), kind="coop", left_on=None)
        for actor in (name, f"former of {name}"):
            made.people[actor] = uuid4()
            made.put("person", id=made.people[actor], email=f"{uuid4()}@example.org", closed_at=None)
        made.put("membership", person_id=made.people[name], tenant_id=coop, role="delegate")
        made.put("membership", person_id=made.people[f"former of {name}"], tenant_id=coop, role="manager")
    made.people["office"] = uuid4()
    first = made.coops["first"]
    made.put("motion_draft", first, id=made.draft, kind="ordinary", title="Shall we?", text="We shall.", motion_id=None)
    made.put(
        "motion", id=made.motion, number=uuid4().int % 1_000_000_000, kind="ordinary", state="submitted", moved_by_coop=first,
        seconded_by_coop=None, text_version=1, text="We shall.", version=1,
    )  # fmt: skip
    weights = {str(made.coops[name]): votes for name, votes in (("first", 5), ("second", 3), ("third", 2))}
    made.put(
        "poll", id=made.poll, number=uuid4().int % 1_000_000_000, subject_kind="motion", subject_id=made.motion, method="yes_no",
        state="open", secret=False, by_hand=False, opens_at=NOW - timedelta(hours=1), closes_at=NOW + timedelta(hours=1),
        weights=weights, choices=[], rule={"may_change": True, "proxy_cap": 1}, version=1,
    )  # fmt: skip
    return made


def all_for(units: int) -> list[dict[str, Any]]:
    """All votes of a co-op for."""
    return [{"units": units, "vote": "for"}]


def test_a_draft_is_submitted_by_a_delegate_of_its_own_co_op_once(floor: Floor) -> None:
    assert floor.call("second", "motion_submit", floor.draft, NOW) == FOREIGN
    assert floor.call("former of first", "motion_submit", floor.draft, NOW) == "not-a-delegate"
    made = floor.call("first", "motion_submit", floor.draft, NOW)
    assert floor.read("SELECT state, text, text_version FROM motion WHERE id = %s", made) == [
        ("submitted", "We shall.", 1)
    ]
    assert floor.call("first", "motion_submit", floor.draft, NOW) == "submitted-already"


def test_a_motion_is_seconded_by_another_and_withdrawn_by_its_mover(floor: Floor) -> None:
    def move(actor: str, name: str) -> Any:
        return floor.call(actor, "motion_move", floor.motion, name, "", NOW)

    assert move("first", "second") == "own-motion"
    assert move("second", "withdraw") == "not-your-motion"
    assert move("former of second", "second") == "not-a-delegate"
    assert (move("second", "second"), move("third", "second")) == ("seconded", "no-such-move")
    assert move("first", "withdraw") == "withdrawn"
    assert floor.call("first", "motion_move", uuid4(), "withdraw", "", NOW) == FOREIGN


def test_an_amendment_is_merged_by_the_mover_alone_and_only_on_the_text_it_was_written_for(floor: Floor) -> None:
    ids = [floor.call("second", "amendment_submit", floor.motion, f"We shall {n}.", "", NOW) for n in (1, 2)]
    assert floor.call("second", "amendment_move", ids[0], "merge", NOW) == "not-your-motion"
    assert floor.call("first", "amendment_move", ids[0], "merge", NOW) == "merged"
    assert floor.call("first", "amendment_move", ids[1], "merge", NOW) == "text-moved-on"
    assert floor.call("third", "amendment_move", ids[1], "withdraw", NOW) == "not-your-motion"
    assert floor.call("second", "amendment_move", ids[1], "withdraw", NOW) == "withdrawn"
    assert floor.read("SELECT text, text_version FROM motion WHERE id = %s", floor.motion) == [("We shall 1.", 2)]
    floor.superuser.execute("UPDATE motion SET state = 'voting' WHERE id = %s", [floor.motion])
    assert floor.call("second", "amendment_submit", floor.motion, "Late", "", NOW) == "too-late-to-amend"


def test_the_debate_is_open_to_every_co_op_until_the_vote_is_over(floor: Floor) -> None:
    said = floor.call("third", "motion_say", floor.motion, "question", "Why now?", None, NOW)
    assert isinstance(floor.call("former of first", "motion_say", floor.motion, "remark", "Because.", said, NOW), UUID)
    assert floor.read(
        "SELECT by_coop, answers_id FROM motion_remark WHERE motion_id = %s ORDER BY id", floor.motion
    ) == [
        (floor.coops["third"], None),
        (floor.coops["first"], said),
    ]
    floor.superuser.execute("UPDATE motion SET state = 'carried' WHERE id = %s", [floor.motion])
    assert floor.call("third", "motion_say", floor.motion, "remark", "Late", None, NOW) == "debate-over"


def test_a_co_op_tells_of_itself_what_it_did_about_a_policy(floor: Floor) -> None:
    policy = uuid4()
    floor.put("policy", id=policy, motion_id=floor.motion, number=uuid4().int % 1_000_000_000, version=1)
    for state in ("begun", "done"):
        floor.call("second", "policy_tell", policy, state, "All carers told", NOW)
    assert floor.read("SELECT coop_id, state FROM policy_report WHERE policy_id = %s", policy) == [
        (floor.coops["second"], "done")
    ]


def test_a_candidate_stands_while_nominations_are_open_and_is_withdrawn_by_the_same_co_op(floor: Floor) -> None:
    election = uuid4()
    floor.put("election", id=election, state="nominations", nominations_until=NOW, classes=["workers"], version=1,
              method="scottish", seats=2, number=uuid4().int % 1_000_000_000)  # fmt: skip

    def stand(actor: str, name: str, of: str = "workers", at: datetime = NOW) -> Any:
        return floor.call(actor, "candidate_stand", election, name, of, "I would like to.", at)

    made = stand("second", "Ada")
    assert (stand("first", "ADA"), stand("first", "Bo", "nobody"), stand("first", "Bo", "")) == (
        "stands-already",
        "no-such-class",
        "no-such-class",
    )
    assert stand("first", "Bo", at=NOW + timedelta(seconds=1)) == "nominations-closed"
    assert floor.call("first", "candidate_withdraw", made, NOW) == FOREIGN
    floor.call("second", "candidate_withdraw", made, NOW)
    assert floor.read("SELECT state FROM candidate WHERE id = %s", made) == [("withdrawn",)]


def test_a_delegate_comes_to_a_meeting_and_leaves_it(floor: Floor) -> None:
    meeting = uuid4()
    floor.put("meeting", id=meeting, state="open", starts_at=NOW, ends_at=NOW + timedelta(hours=2), version=1, way="room",
              number=uuid4().int % 1_000_000_000)  # fmt: skip
    assert floor.call("former of first", "meeting_attend", meeting, "Old", "room", NOW) == "not-a-delegate"
    assert floor.call("first", "meeting_attend", meeting, "Ada", "room", NOW - timedelta(hours=3)) == "not-the-hour"
    floor.call("first", "meeting_attend", meeting, "Ada", "room", NOW)
    floor.call("second", "meeting_attend", meeting, "Ada", "leave", NOW + timedelta(hours=1))
    assert floor.read("SELECT left_at FROM attendance WHERE meeting_id = %s", meeting) == [(None,)]
    floor.call("first", "meeting_attend", meeting, "Ada", "leave", NOW + timedelta(hours=1))
    assert floor.read("SELECT left_at FROM attendance WHERE meeting_id = %s", meeting) == [(NOW + timedelta(hours=1),)]


def give(floor: Floor, giver: str, holder: str, until: date = TODAY) -> Any:
    """Give a proxy for today."""
    return floor.call(giver, "proxy_give", floor.coops[holder], None, TODAY, until, "Vote for it", 1, NOW)


def test_a_proxy_has_a_leg_on_each_side_a_cap_and_an_end(floor: Floor) -> None:
    made = give(floor, "second", "first")
    assert (give(floor, "second", "third"), give(floor, "third", "first"), give(floor, "third", "third")) == (
        "proxy-given-already",
        "proxy-cap",
        "no-such-holder",
    )
    assert floor.read("SELECT side, tenant_id FROM proxy WHERE id = %s ORDER BY side", made) == [
        ("giver", floor.coops["second"]),
        ("holder", floor.coops["first"]),
    ]
    assert floor.call("third", "proxy_end", made, NOW) == FOREIGN
    floor.call("first", "proxy_end", made, NOW)
    assert floor.cast("first", "second", all_for(3)) == "no-proxy"


def test_votes_are_cast_by_a_present_delegate_of_the_co_op_within_the_time_and_with_its_own_weight(
    floor: Floor,
) -> None:
    hour = timedelta(hours=1)
    assert floor.cast("former of first", "first", all_for(5)) == "not-a-delegate"
    assert floor.cast("second", "first", all_for(5)) == "no-proxy"
    assert floor.cast("first", "first", all_for(999)) == "wrong-parts"
    assert floor.cast("first", "first", all_for(5), NOW + hour + timedelta(microseconds=1)) == "poll-not-open"
    assert floor.cast("first", "first", all_for(5), NOW + hour)["units"] == 5
    changed = floor.cast("first", "first", [{"units": 3, "vote": "for"}, {"units": 2, "vote": "against"}])
    assert floor.read("SELECT units, changes, receipt FROM ballot WHERE poll_id = %s", floor.poll) == [
        (5, 1, changed["receipt"])
    ]
    assert floor.call("third", "poll_turnout", floor.poll) == (1, 5)
    floor.set_poll(rule={"may_change": False})
    assert floor.cast("first", "first", all_for(5)) == "already-voted"


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [{"units": 5}],
        [{"units": "5", "vote": "for"}],
        [{"units": -1, "vote": "for"}, {"units": 6, "vote": "against"}],
        [{"units": 2.5, "vote": "for"}, {"units": 2.5, "vote": "against"}],
        [{"units": 5, "vote": "maybe"}],
        [{"units": 5, "vote": "for", "weight": 999}],
        [{"units": 2, "vote": "for"}, {"units": 3, "vote": "for"}],
        {"units": 5, "vote": "for"},
    ],
)
def test_parts_that_do_not_fit_are_refused(floor: Floor, parts: Any) -> None:
    assert floor.cast("first", "first", parts, keep=False) == "wrong-parts"


def test_a_proxy_is_used_by_its_holder_alone_and_is_not_passed_on(floor: Floor) -> None:
    give(floor, "third", "second")
    give(floor, "second", "first")
    assert floor.cast("first", "third", all_for(2)) == "no-proxy"
    assert floor.cast("first", "second", all_for(3))["units"] == 3
    assert floor.cast("first", "second", all_for(3), NOW + timedelta(days=1)) == "poll-not-open"
    assert floor.cast("second", "second", [{"units": 3, "vote": "against"}])["units"] == 3
    assert floor.cast("first", "second", all_for(3)) == "delegate-has-voted"
    floor.set_poll(rule={"may_change": True, "proxy_cap": 0})
    assert floor.cast("second", "third", all_for(2)) == "proxy-cap"


def test_divided_votes_never_come_to_more_than_the_co_op_holds(floor: Floor) -> None:
    other = uuid4()
    floor.put("membership", person_id=other, tenant_id=floor.coops["first"], role="delegate")
    for person, units in ((floor.people["first"], 2), (other, 3)):
        floor.put("delegate_share", floor.coops["first"], poll_id=floor.poll, person_id=person, units=units)
    assert floor.cast("first", "first", all_for(5)) == "wrong-parts"
    assert floor.cast("first", "first", all_for(2))["units"] == 2
    floor.superuser.execute("DELETE FROM delegate_share WHERE poll_id = %s", [floor.poll])
    assert floor.cast("first", "first", all_for(5)) == "votes-divided"


def test_secret_votes_become_units_that_lose_every_trace_at_closing(floor: Floor) -> None:
    floor.set_poll(secret=True, state="planned")
    assert floor.call("first", "poll_act", floor.poll, "open", NOW) == FOREIGN
    floor.call("office", "poll_act", floor.poll, "open", NOW)
    told = floor.cast("first", "first", [{"units": 4, "vote": "for"}, {"units": 1, "vote": "against"}])
    floor.cast("second", "second", all_for(3))
    assert floor.cast("first", "first", all_for(5)) == "already-voted"
    box = f"ballot_box_{floor.poll.hex}"
    linked = f"SELECT count(*) FROM {{}} b JOIN turnout t ON t.xmin = b.xmin AND t.poll_id = b.poll_id WHERE b.poll_id = '{floor.poll}'"
    assert floor.read(linked.format(box)) == [(8,)]
    assert floor.call("office", "poll_ballots", floor.poll) == "poll-not-closed"
    for login in ("member", "office"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            floor.logins[login].execute(f"SELECT 1 FROM {box}")  # type: ignore[arg-type]
    assert floor.call("office", "poll_act", floor.poll, "close", NOW) == 8
    assert floor.read("SELECT to_regclass(%s)", box) == [(None,)]
    assert floor.read(linked.format("secret_ballot")) == [(0,)]
    rows = floor.call("office", "poll_ballots", floor.poll)
    assert {str(row[5]) for row in rows} > {one["id"] for one in told["ballots"]} and len(rows) == 8
    assert floor.call("first", "poll_ballots", floor.poll) == FOREIGN


def test_a_poll_begun_anew_forgets_its_votes_and_a_void_one_leaves_no_box(floor: Floor) -> None:
    floor.cast("first", "first", all_for(5))
    assert floor.call("office", "poll_act", floor.poll, "reopen", NOW) == 1
    assert floor.call("third", "poll_turnout", floor.poll) == (0, 0)
    floor.set_poll(secret=True, state="planned")
    floor.call("office", "poll_act", floor.poll, "open", NOW)
    floor.cast("first", "first", all_for(5))
    floor.call("office", "poll_act", floor.poll, "void", NOW)
    assert floor.read("SELECT count(*) FROM pg_class WHERE relname = %s", f"ballot_box_{floor.poll.hex}") == [(0,)]
    assert floor.call("office", "poll_act", floor.poll, "close", NOW) == "no-such-move"


def test_votes_taken_by_hand_are_written_by_the_office_alone_with_the_weights_of_the_poll(floor: Floor) -> None:
    lines = {str(floor.coops["first"]): all_for(5), str(floor.coops["third"]): all_for(2)}
    assert floor.call("office", "ballots_by_hand", floor.poll, lines, NOW) == "poll-not-open"
    floor.set_poll(by_hand=True)
    assert floor.cast("first", "first", all_for(5)) == "by-hand"
    assert floor.call("first", "ballots_by_hand", floor.poll, lines, NOW) == FOREIGN
    assert floor.call("office", "ballots_by_hand", floor.poll, {str(floor.coops["first"]): all_for(6)}, NOW) == (
        "wrong-parts"
    )
    assert floor.call("office", "ballots_by_hand", floor.poll, lines, NOW) == 2
    floor.call("office", "poll_act", floor.poll, "close", NOW)
    assert sum(row[2] for row in floor.call("office", "poll_ballots", floor.poll)) == 7


TRIED = {
    "acting_delegate": test_votes_are_cast_by_a_present_delegate_of_the_co_op_within_the_time_and_with_its_own_weight,
    "motion_submit": test_a_draft_is_submitted_by_a_delegate_of_its_own_co_op_once,
    "motion_move": test_a_motion_is_seconded_by_another_and_withdrawn_by_its_mover,
    "motion_say": test_the_debate_is_open_to_every_co_op_until_the_vote_is_over,
    "amendment_submit": test_an_amendment_is_merged_by_the_mover_alone_and_only_on_the_text_it_was_written_for,
    "amendment_move": test_an_amendment_is_merged_by_the_mover_alone_and_only_on_the_text_it_was_written_for,
    "policy_tell": test_a_co_op_tells_of_itself_what_it_did_about_a_policy,
    "candidate_stand": test_a_candidate_stands_while_nominations_are_open_and_is_withdrawn_by_the_same_co_op,
    "candidate_withdraw": test_a_candidate_stands_while_nominations_are_open_and_is_withdrawn_by_the_same_co_op,
    "meeting_attend": test_a_delegate_comes_to_a_meeting_and_leaves_it,
    "proxy_give": test_a_proxy_has_a_leg_on_each_side_a_cap_and_an_end,
    "proxy_end": test_a_proxy_has_a_leg_on_each_side_a_cap_and_an_end,
    "ballot_cast": test_votes_are_cast_by_a_present_delegate_of_the_co_op_within_the_time_and_with_its_own_weight,
    "poll_turnout": test_votes_are_cast_by_a_present_delegate_of_the_co_op_within_the_time_and_with_its_own_weight,
    "poll_act": test_secret_votes_become_units_that_lose_every_trace_at_closing,
    "poll_ballots": test_secret_votes_become_units_that_lose_every_trace_at_closing,
    "ballots_by_hand": test_votes_taken_by_hand_are_written_by_the_office_alone_with_the_weights_of_the_poll,
}
"""Each crossing of the assembly, and the test that calls it from every side."""


def test_every_crossing_of_the_assembly_is_tried_from_every_side() -> None:
    text = (PROJECT / "deploy" / "migrations" / "sql" / "0006_crossings.sql").read_text("utf-8")
    made = re.findall(r"CREATE FUNCTION (\w+)\([^;]*?SECURITY DEFINER", text, re.DOTALL)
    assert len(made) > 10 and set(made) <= set(TRIED)
