"""Each crossing of the staff bank, called by both sides, by the carer, by a third co-op and by the office, with real logins."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from federation.config import PROJECT
from tenants.db import Base
from tests import servers
from tests.conftest import settings_for
from tests.house.rows import make_row

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
END = START + timedelta(hours=8)
EARLIER = START - timedelta(days=2)
FOREIGN = "42501"
"""What PostgreSQL raises for somebody who has no business here; the app makes "not found" of it."""


@dataclass
class Stage:
    """A host with a request, a home co-op with a carer, a third co-op, and one placement of the carer at the host."""

    superuser: psycopg.Connection
    logins: dict[str, psycopg.Connection]
    host: UUID = field(default_factory=uuid4)
    home: UUID = field(default_factory=uuid4)
    third: UUID = field(default_factory=uuid4)
    carer: UUID = field(default_factory=uuid4)
    person: UUID = field(default_factory=uuid4)
    client: UUID = field(default_factory=uuid4)
    request: UUID = field(default_factory=uuid4)
    shift: UUID = field(default_factory=uuid4)
    placement: UUID = field(default_factory=uuid4)

    def who(self, actor: str) -> tuple[str, UUID | None, UUID | None]:
        """Role, tenant and person of an actor."""
        return {
            "host": ("member", self.host, uuid4()),
            "home": ("member", self.home, uuid4()),
            "carer": ("member", self.home, self.person),
            "third": ("member", self.third, uuid4()),
            # The same person may work for a third co-op too: acting for that one, the placement is none of theirs.
            "carer at the third": ("member", self.third, self.person),
            "office": ("office", UUID("00000000-0000-0000-0000-000000000001"), uuid4()),
        }[actor]

    @contextmanager
    def acting(self, actor: str, *, keep: bool = False) -> Iterator[psycopg.Connection]:
        """A transaction of an actor, undone at its end unless it is to be kept."""
        role, tenant, person = self.who(actor)
        connection = self.logins[role]
        with connection.transaction(force_rollback=not keep):
            connection.execute(
                "SELECT set_config('app.tenant', %s, true), set_config('app.person', %s, true)",
                [str(tenant), str(person)],
            )
            yield connection

    def call(self, actor: str, function: str, *arguments: Any, keep: bool = False) -> Any:
        """What a crossing answers an actor: its value, or the code and message of its error."""
        places = ", ".join(["%s"] * len(arguments))
        try:
            with self.acting(actor, keep=keep) as connection:
                rows = connection.execute(f"SELECT * FROM {function}({places})", arguments).fetchall()  # type: ignore[arg-type]
                return rows[0] if rows and len(rows[0]) > 1 else rows[0][0] if rows else None
        except psycopg.errors.RaiseException as error:
            return error.diag.message_primary
        except psycopg.Error as error:
            return error.diag.message_primary if error.sqlstate == "FD002" else error.sqlstate

    def put(self, table: str, tenant: UUID, **columns: Any) -> None:
        """A whole row, put in by somebody who meets no wall; keys and triggers sleep."""
        row = make_row(Base.metadata.tables[table], tenant, "words") | columns
        row = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()}
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self.superuser.execute("SET session_replication_role = replica")
        self.superuser.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))  # type: ignore[arg-type]

    def set_state(self, state: str, **more: Any) -> None:
        """Put both legs of the placement into a state, without any move."""
        values = {"state": state, "host_briefed_at": EARLIER, "carer_briefed_at": EARLIER, "expires_at": START} | more
        setting = ", ".join(f"{name} = %({name})s" for name in values)
        self.superuser.execute("SET session_replication_role = replica")
        self.superuser.execute(f"UPDATE placement SET {setting} WHERE id = %(id)s", values | {"id": self.placement})  # type: ignore[arg-type]

    def set_sheet(self, state: str) -> None:
        """Put both legs of the hours into a state; the placement is worked."""
        self.set_state("worked")
        self.superuser.execute("DELETE FROM timesheet")
        for tenant, side, other in ((self.host, "host", self.home), (self.home, "home", self.host)):
            self.put(
                "timesheet",
                tenant,
                placement_id=self.placement,
                side=side,
                counterparty_id=other,
                state=state,
                claimed={},
            )

    def legs(self) -> dict[str, str]:
        """The state of both legs."""
        rows = self.superuser.execute("SELECT side, state FROM placement WHERE id = %s", [self.placement]).fetchall()
        return dict(rows)

    def booked(self) -> int:
        """How many pieces of the carer's time are booked."""
        found = self.superuser.execute("SELECT count(*) FROM booked_time WHERE person_key = %s", [self.person])
        return found.fetchone()[0]  # type: ignore[index]


@pytest.fixture(scope="module")
def bare(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Connections of one database for all tests of this module."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    url = servers.clone_database(template_database, name)
    urls = settings_for(url, tmp_path_factory.mktemp("crossings")).role_urls
    logins = {role: psycopg.connect(urls[role], autocommit=True) for role in ("member", "office", "door")}
    made = Stage(psycopg.connect(url, autocommit=True), logins)
    yield made
    for connection in (made.superuser, *logins.values()):
        connection.close()
    servers.drop_database(name)


@pytest.fixture
def stage(bare: Stage) -> Stage:
    """People and co-ops of this test's own; the placement is offered."""
    made = Stage(bare.superuser, bare.logins)
    for coop in (made.host, made.home, made.third):
        made.put("tenant", coop, id=coop, name=str(coop), kind="coop", left_on=None)
    fit = [{"carer": str(made.carer), "home": str(made.home)}]
    place: dict[str, Any] = {"latitude": 53.8, "longitude": -1.55, "outcode": "LS1"}
    made.put("carer", made.home, id=made.carer, person_id=made.person, reference=uuid4().hex, mode="car", **place)
    made.put(
        "bank_entry", made.home, carer_id=made.carer, person_id=made.person, first_name="Cai", mode="car",
        warranty={"dbs": "enhanced"}, **place,
    )  # fmt: skip
    made.put("client", made.host, id=made.client, name="Mrs Hughes", address="2 Hill Road", notes="Key safe", **place)
    made.put(
        "cover_request", made.host, id=made.request, number=7, state="shared", risk=3, way="targeted", needs=[],
        client_key=made.client, own_staff_until=EARLIER, sleep_in=False, **place,
    )  # fmt: skip
    made.put(
        "cover_shift", made.host, id=made.shift, request_id=made.request, starts_at=START, ends_at=END, seats=1,
        state="open", linked_key=None, filled_at=None,
    )  # fmt: skip
    made.put(
        "match_run", made.host, id=uuid4(), request_id=made.request, state="done", made_at=EARLIER,
        ranked={str(made.shift): fit},
    )  # fmt: skip
    for tenant, side, other in ((made.host, "host", made.home), (made.home, "home", made.host)):
        made.put(
            "placement", tenant, id=made.placement, side=side, counterparty_id=other, request_id=made.request,
            shift_id=made.shift, seat=1, carer_id=made.carer, person_id=made.person, state="offered", starts_at=START,
            ends_at=END, client_key=made.client, replaces_id=None, expires_at=START, ended_at=None, risk=3,
            released_at=None, confirmed_at=None, host_briefed_at=None, carer_briefed_at=None, words="", **{"outcode": "LS1"},
        )  # fmt: skip
    return made


ACTORS = ("host", "home", "carer", "third", "carer at the third", "office")
STRANGERS = ("third", "carer at the third")


# -- placement_offer


def offer(stage: Stage, actor: str, **changed: Any) -> Any:
    """Offer the seat to the carer."""
    given: dict[str, Any] = {
        "request": stage.request,
        "shift": stage.shift,
        "seat": 1,
        "home": stage.home,
        "carer": stage.carer,
        "state": "offered",
        "until": START - timedelta(hours=1),
        "terms": Jsonb({}),
        "hash": "0" * 64,
        "own": Jsonb({}),
        "minutes": 12,
        "miles": 4,
        "instead": None,
        "at": EARLIER,
    }
    return stage.call(actor, "placement_offer", *(given | changed).values())


def test_the_host_and_the_office_may_offer_and_nobody_else(stage: Stage) -> None:
    stage.set_state("declined")
    told = {actor: offer(stage, actor) for actor in ACTORS}
    assert {actor for actor in ACTORS if isinstance(told[actor], UUID)} == {"host", "office"}
    assert {told[actor] for actor in ("home", "carer", *STRANGERS)} == {FOREIGN}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"carer": uuid4()}, "carer-does-not-fit"),
        ({"home": uuid4()}, "carer-does-not-fit"),
        ({"seat": 2}, "cover-not-open"),
        ({"until": EARLIER}, "cover-not-open"),
        ({"at": START}, "cover-not-open"),
        ({"state": "confirmed"}, "no-such-move"),
        ({"request": uuid4()}, FOREIGN),
    ],
)
def test_an_offer_that_cannot_be_is_refused_by_its_name(stage: Stage, changed: dict[str, Any], code: str) -> None:
    stage.set_state("declined")
    assert offer(stage, "host", **changed) == code


def test_a_carer_who_has_a_live_offer_of_a_shift_gets_no_second(stage: Stage) -> None:
    assert offer(stage, "host") == "already-offered"


# -- placement_move

MOVES: dict[str, tuple[str, str, str, datetime]] = {
    "interest": ("asked", "interested", "carer", EARLIER),
    "choose": ("interested", "accepted", "office", EARLIER),
    "pass_over": ("interested", "not_chosen", "office", EARLIER),
    "accept": ("offered", "accepted", "carer", EARLIER),
    "decline": ("offered", "declined", "carer", EARLIER),
    "release": ("accepted", "released", "home", EARLIER),
    "refuse": ("accepted", "refused", "home", EARLIER),
    "confirm": ("released", "confirmed", "host", EARLIER),
    "withdraw": ("offered", "withdrawn", "host", EARLIER),
    "brief_host": ("confirmed", "confirmed", "host", EARLIER),
    "brief_carer": ("confirmed", "confirmed", "carer", EARLIER),
    "check_in": ("confirmed", "started", "carer", START),
    "check_out": ("started", "worked", "carer", END),
    "not_checked": ("confirmed", "worked", "carer", END),
    "no_show": ("confirmed", "no_show", "host", START),
    "give_back": ("confirmed", "given_back", "carer", EARLIER),
    "recall": ("confirmed", "cancelled", "home", EARLIER),
    "cancel": ("confirmed", "cancelled", "host", EARLIER),
    "expire": ("offered", "expired", "office", START),
    "release_by_default": ("accepted", "released", "office", EARLIER),
    "confirm_by_default": ("released", "confirmed", "office", EARLIER),
}
"""Move to the state before, the state after, whose move it is, and when."""
ALSO = {"home": {"carer"}, "carer": set(), "host": set(), "office": set()}
"""The wall knows co-op and person; that a carer is no manager of the home co-op is known to the app's permissions."""


def move(stage: Stage, actor: str, name: str, at: datetime, *, keep: bool = False) -> Any:
    """Make a move; without words or facts."""
    return stage.call(actor, "placement_move", stage.placement, name, "", Jsonb({}), at, keep=keep)


@pytest.mark.parametrize("name", MOVES)
def test_a_move_is_made_by_whose_it_is_and_by_nobody_else(stage: Stage, name: str) -> None:
    before, after, mover, at = MOVES[name]
    stage.set_state(before)
    told = {actor: move(stage, actor, name, at) for actor in ACTORS}
    able = {mover, *ALSO[mover]}
    assert {actor for actor in ACTORS if told[actor] == after} == able
    assert {told[actor] for actor in STRANGERS} == {FOREIGN}
    assert {told[actor] for actor in ACTORS if actor not in (*able, *STRANGERS)} == {"not-your-move"}


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired", "worked", "no_show", "swapped", "not_chosen"])
def test_what_is_over_is_moved_by_nobody(stage: Stage, state: str) -> None:
    stage.set_state(state)
    told = {move(stage, actor, name, EARLIER) for name in MOVES for actor in ("host", "home", "carer", "office")}
    assert told == {"no-such-move"}


@pytest.mark.parametrize(
    ("name", "before", "actor", "at", "more", "code"),
    [
        ("accept", "offered", "carer", START + timedelta(hours=1), {}, "too-late"),
        ("confirm", "released", "host", START + timedelta(hours=1), {}, "too-late"),
        ("check_in", "confirmed", "carer", START - timedelta(hours=2), {}, "not-the-hour"),
        ("check_in", "confirmed", "carer", START, {"host_briefed_at": None}, "not-briefed"),
        ("no_show", "confirmed", "host", EARLIER, {}, "not-the-hour"),
        ("cancel", "confirmed", "host", END, {}, "not-the-hour"),
        ("not_checked", "confirmed", "carer", START, {}, "not-the-hour"),
    ],
)
def test_a_move_at_the_wrong_hour_is_refused(
    stage: Stage, name: str, before: str, actor: str, at: datetime, more: dict[str, Any], code: str
) -> None:
    stage.set_state(before, **more)
    assert move(stage, actor, name, at) == code


def test_a_whole_life_keeps_both_legs_the_same_and_books_the_carers_time_from_the_yes_on(stage: Stage) -> None:
    seen = []
    for actor, name, at in (
        ("carer", "accept", EARLIER),
        ("home", "release", EARLIER),
        ("host", "confirm", EARLIER),
        ("host", "brief_host", EARLIER),
        ("carer", "brief_carer", EARLIER),
        ("carer", "check_in", START),
        ("carer", "check_out", END),
    ):
        assert stage.booked() == (0 if name == "accept" else 1)
        seen.append(move(stage, actor, name, at, keep=True))
        assert set(stage.legs().values()) == {seen[-1]} and set(stage.legs()) == {"host", "home"}
    assert seen[0] == "accepted" and seen[-1] == "worked"
    sheets = stage.superuser.execute(
        "SELECT side, checked_in_at, checked_out_at FROM timesheet WHERE placement_id = %s", [stage.placement]
    ).fetchall()
    assert sorted(sheets) == [("home", START, END), ("host", START, END)]
    filled = stage.superuser.execute("SELECT state FROM cover_shift WHERE id = %s", [stage.shift]).fetchone()
    assert filled == ("filled",)


def test_giving_back_frees_the_time_and_opens_the_shift_again(stage: Stage) -> None:
    for actor, name in (("carer", "accept"), ("home", "release"), ("host", "confirm"), ("carer", "give_back")):
        move(stage, actor, name, EARLIER, keep=True)
    assert stage.booked() == 0
    states = stage.superuser.execute(
        "SELECT s.state, r.state FROM cover_shift s JOIN cover_request r ON r.id = s.request_id WHERE s.id = %s",
        [stage.shift],
    )
    assert states.fetchone() == ("open", "shared")
    noticed = stage.superuser.execute("SELECT DISTINCT notice_minutes FROM placement WHERE id = %s", [stage.placement])
    assert noticed.fetchall() == [(2 * 24 * 60,)]


def test_a_carers_own_reason_stays_at_home(stage: Stage) -> None:
    stage.call("carer", "placement_move", stage.placement, "decline", "My mother is ill", Jsonb({}), EARLIER, keep=True)
    rows = stage.superuser.execute("SELECT side, words FROM placement WHERE id = %s", [stage.placement]).fetchall()
    assert dict(rows) == {"home": "My mother is ill", "host": ""}


# -- placement_door and placement_checks


@pytest.mark.parametrize("state", ["offered", "accepted", "released", "confirmed", "started", "worked", "cancelled"])
def test_the_door_is_told_to_the_carer_alone_and_only_while_the_placement_stands(stage: Stage, state: str) -> None:
    stage.set_state(state)
    told = {actor: stage.call(actor, "placement_door", stage.placement) for actor in ACTORS}
    open_now = state in ("confirmed", "started")
    assert told.pop("carer") == (("Mrs Hughes", "2 Hill Road", "Key safe") if open_now else None)
    assert told.pop("office") == FOREIGN
    assert set(told.values()) == {None}


@pytest.mark.parametrize("state", ["offered", "accepted", "released", "confirmed", "started", "worked", "cancelled"])
def test_the_checklist_is_told_to_the_host_alone_from_the_confirmation_on(stage: Stage, state: str) -> None:
    stage.set_state(state)
    told = {actor: stage.call(actor, "placement_checks", stage.placement) for actor in ACTORS}
    assert told.pop("host") == ({"dbs": "enhanced"} if state in ("confirmed", "started", "worked") else None)
    assert told.pop("office") == FOREIGN
    assert set(told.values()) == {None}


# -- timesheet_move and timesheet_say

SHEET_MOVES = {
    ("send", "open"): ({"carer"}, "sent"),
    ("send", "disputed"): ({"carer"}, "sent"),
    ("agree", "sent"): ({"host"}, "agreed"),
    ("agree", "disputed"): ({"host"}, "agreed"),
    ("dispute", "sent"): ({"host"}, "disputed"),
    ("dispute", "agreed"): ({"home", "carer"}, "disputed"),
    ("accept", "agreed"): ({"home", "carer"}, "accepted"),
    ("send", "accepted"): (set(), ""),
    ("agree", "accepted"): (set(), ""),
    ("dispute", "accepted"): (set(), ""),
}
"""Move and state before to who may make it, and the state after."""


@pytest.mark.parametrize(("name", "before"), SHEET_MOVES)
def test_hours_are_moved_by_whose_turn_it_is(stage: Stage, name: str, before: str) -> None:
    able, after = SHEET_MOVES[name, before]
    stage.set_sheet(before)
    told = {
        actor: stage.call(actor, "timesheet_move", stage.placement, name, Jsonb({"break_minutes": 20}), END)
        for actor in ACTORS
    }
    assert {actor for actor in ACTORS if told[actor] == after} == able
    assert {told[actor] for actor in (*STRANGERS, "office")} == {FOREIGN}
    assert {told[actor] for actor in {"host", "home", "carer"} - able} <= {"no-such-move"}


def test_both_sides_keep_what_either_says_of_the_hours_and_a_third_cannot_speak(stage: Stage) -> None:
    stage.set_sheet("sent")
    for actor in ("host", "home", "carer"):
        assert isinstance(stage.call(actor, "timesheet_say", stage.placement, f"by {actor}", END, keep=True), UUID)
    for actor in (*STRANGERS, "office"):
        assert stage.call(actor, "timesheet_say", stage.placement, "by a stranger", END) == FOREIGN
    for tenant in (stage.host, stage.home):
        rows = stage.superuser.execute(
            "SELECT by_words, words FROM timesheet_word WHERE tenant_id = %s AND placement_id = %s",
            [tenant, stage.placement],
        ).fetchall()
        assert sorted(rows) == [("carer", "by carer"), ("home", "by home"), ("host", "by host")]


# -- mail_to_carer


def test_a_letter_reaches_a_carer_from_home_host_and_office_but_from_no_third_co_op(stage: Stage) -> None:
    stage.put("person", uuid4(), id=stage.person, email=f"{stage.person}@example.org", closed_at=None)
    told = {actor: stage.call(actor, "mail_to_carer", stage.carer, "Cover", "Tomorrow") for actor in ACTORS}
    assert told == {"host": 1, "home": 1, "carer": 1, "third": 0, "carer at the third": 0, "office": 1}


# -- the triggers that book time


def block(connection: psycopg.Connection, tenant: UUID, carer: UUID, start: datetime, kind: str = "rota") -> UUID:
    """A block of four hours, written as its co-op."""
    row = connection.execute(
        "INSERT INTO work_block (tenant_id, carer_id, kind, starts_at, ends_at) VALUES (%s, %s, %s, %s, %s) RETURNING id",
        [tenant, carer, kind, start, start + timedelta(hours=4)],
    ).fetchone()
    assert row
    return row[0]


def test_home_work_books_the_person_and_leave_does_not(stage: Stage) -> None:
    with stage.acting("home", keep=True) as home:
        made = block(home, stage.home, stage.carer, START)
        block(home, stage.home, stage.carer, START + timedelta(days=1), "leave")
    assert stage.booked() == 1
    with stage.acting("home", keep=True) as home:
        home.execute("DELETE FROM work_block WHERE id = %s", [made])
    assert stage.booked() == 0


def test_nobody_is_booked_twice_by_two_co_ops_or_by_rota_and_placement(stage: Stage) -> None:
    other = uuid4()
    place: dict[str, Any] = {"latitude": 53.8, "longitude": -1.55, "outcode": "LS1"}
    stage.put("carer", stage.third, id=other, person_id=stage.person, reference=uuid4().hex, mode="car", **place)
    with stage.acting("third", keep=True) as third:
        block(third, stage.third, other, START)
    with pytest.raises(psycopg.errors.ExclusionViolation), stage.acting("home") as home:
        block(home, stage.home, stage.carer, START + timedelta(hours=2))
    assert move(stage, "carer", "accept", EARLIER) == "23P01"


def test_an_account_given_later_takes_over_what_was_booked_without_one(stage: Stage) -> None:
    unlinked, account = uuid4(), uuid4()
    place: dict[str, Any] = {"latitude": 53.8, "longitude": -1.55, "outcode": "LS1"}
    stage.put("carer", stage.home, id=unlinked, person_id=None, reference=uuid4().hex, mode="car", **place)
    with stage.acting("home", keep=True) as home:
        block(home, stage.home, unlinked, START)
        home.execute("UPDATE carer SET person_id = %s WHERE id = %s", [account, unlinked])
    keys = stage.superuser.execute(
        "SELECT person_key FROM booked_time WHERE person_key IN (%s, %s)", [unlinked, account]
    )
    assert keys.fetchall() == [(account,)]


# -- all of them

TRIED = {
    "work_block_books": test_home_work_books_the_person_and_leave_does_not,
    "carer_rekeys": test_an_account_given_later_takes_over_what_was_booked_without_one,
    "placement_books": test_nobody_is_booked_twice_by_two_co_ops_or_by_rota_and_placement,
    "placement_offer": test_the_host_and_the_office_may_offer_and_nobody_else,
    "placement_move": test_a_move_is_made_by_whose_it_is_and_by_nobody_else,
    "placement_door": test_the_door_is_told_to_the_carer_alone_and_only_while_the_placement_stands,
    "placement_checks": test_the_checklist_is_told_to_the_host_alone_from_the_confirmation_on,
    "timesheet_move": test_hours_are_moved_by_whose_turn_it_is,
    "timesheet_say": test_both_sides_keep_what_either_says_of_the_hours_and_a_third_cannot_speak,
    "mail_to_carer": test_a_letter_reaches_a_carer_from_home_host_and_office_but_from_no_third_co_op,
}
"""Each crossing of the staff bank, and the test that calls it from every side."""


def test_every_crossing_of_the_staff_bank_is_tried_from_every_side() -> None:
    text = (PROJECT / "deploy" / "migrations" / "sql" / "0003_crossings.sql").read_text("utf-8")
    made = re.findall(r"CREATE FUNCTION (\w+)\([^;]*?SECURITY DEFINER", text, re.DOTALL)
    assert len(made) > 5 and set(made) <= set(TRIED)


@pytest.mark.parametrize(
    "function", [name for name in TRIED if name not in ("work_block_books", "carer_rekeys", "placement_books")]
)
def test_nobody_at_the_door_calls_a_crossing_of_the_staff_bank(stage: Stage, function: str) -> None:
    row = stage.superuser.execute(
        "SELECT has_function_privilege('fedtest_door', oid, 'execute'), has_function_privilege('fedtest_jobs', oid, 'execute')"
        " FROM pg_proc WHERE proname = %s",
        [function],
    ).fetchone()
    assert row == (False, False)
