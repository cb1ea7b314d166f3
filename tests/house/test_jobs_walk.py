"""Proof 3: every kind of work, asked for by B with A's ids, brings nothing of A; letters, exports and files of B hold nothing of A."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.sql.visitors import iterate

from tenants import jobs
from tenants.db import ScopedSession, acting_for
from tenants.scope import current_scope
from tests.conftest import Apps, run_due, settings_for
from tests.house.rows import digest
from tests.house.test_walk import walk
from tests.house.world import World, made_world
from tests.lending import Lender

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(lender: Lender, apps: Apps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all of these tests: only the work that B asks for changes something, and that is B's."""
    with lender.lent() as database, made_world(apps, database, tmp_path_factory.mktemp("world")) as made:
        yield made


def payloads(world: World) -> dict[str, dict[str, Any]]:
    """For each kind of work, what somebody at B might have smuggled into B's outbox."""
    award, opened = world.shared["office"]["award"][0], world.shared["coop"]["round"][0]
    cover = world.foreign["coop"]["request"][0]
    placement, recharge = world.foreign["coop"]["placement"][0], world.foreign["coop"]["recharge"][0]
    dated = {"round_id": opened, "closes_at": "2026-01-01T00:00:00+00:00"}
    return {
        "work-out-award": {"award_id": award},
        "alone-prices": {"round_id": opened},
        "close-round": dated,
        "remind-round": dated,
        "erase-old": {},
        "send-mail": {},
        "pass-mail-on": {},
        **{key: {"request_id": cover} for key in ("match-cover", "share-cover", "open-fallback", "close-cover")},
        "cover-changed": {"request_id": cover, "at": "2026-01-01T00:00:00+00:00"},
        "match-all": {},
        "bank-night": {},
        "read-rota-feeds": {},
        **{key: {"placement_id": placement} for key in ("recharge-placement", "recharge-cancellation")},
        "agree-by-default": {"placement_id": placement},
        "hours-news": {"placement_id": placement, "news": "disputed"},
        "dispute-recharge": {"recharge_id": recharge, "words": "Nobody came"},
        "answer-dispute": {"recharge_id": recharge, "answer": "give_back"},
        "rate-adjustments": {"card_id": world.shared["coop"]["card"][0]},
        "net-settlement": {"cycle_id": world.shared["coop"]["cycle"][0]},
        **{
            key: {"placement_id": placement}
            for key in ("expire-placements", "offer-next", "withdraw-others", "placement-schedule")
        },
        "placement-news": {"placement_id": placement, "step": "cancel"},
        "decide-broadcast": {"request_id": cover},
        **{
            kind: {"poll_id": world.shared["coop"]["poll"][0], "at": "2026-01-01T00:00:00+00:00"}
            for kind in ("poll-open", "poll-close", "poll-remind")
        },
        **{
            kind: {"meeting_id": world.shared["coop"]["meeting"][0], "at": "2026-01-01T00:00:00+00:00"}
            for kind in ("meeting-remind", "meeting-window")
        },
        "motion-news": {"motion_id": world.shared["coop"]["motion"][0], "step": "merged"},
        "policy-review": {"policy_id": world.shared["coop"]["policy"][0]},
        "calc": {"name": "award", "text": f'{{"tenant_id": "{world.a}"}}', "options": {}},
    }


def test_no_kind_of_work_brings_anything_of_a_to_b(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    given = payloads(world)
    assert set(jobs._KINDS) == set(given), "a new kind of work needs a payload here"
    with psycopg.connect(world.database, autocommit=True) as superuser:
        superuser.execute("UPDATE outbox SET state = 'cancelled' WHERE state = 'waiting'")
        before = digest(superuser, world.a)
        with acting_for(world.b):
            made = {kind: jobs.defer(kind, payload, label=kind) for kind, payload in given.items()}
        run_due(settings_for(world.database, tmp_path_factory.mktemp("data"), SMTP_URL="smtp://127.0.0.1:9"))
        assert digest(superuser, world.a) == before
        told = outcome(superuser, world.b)
    assert len(made) == len(given)
    for marker in (world.markers.secret, world.markers.published):
        assert marker not in told


def outcome(superuser: psycopg.Connection, tenant_id: UUID) -> str:
    """All that stands in a tenant's rows, as text, but for letters to others."""
    tables = superuser.execute(
        "SELECT attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE attname = 'tenant_id'"
        " AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    return "\n".join(
        row[0]
        for (table,) in tables
        for row in superuser.execute(f"SELECT t::text FROM {table} t WHERE tenant_id = %s", [tenant_id])
    )  # type: ignore[arg-type]


def test_letters_to_people_of_b_hold_nothing_of_a(world: World) -> None:
    with psycopg.connect(world.database, autocommit=True) as superuser:
        letters = superuser.execute(
            "SELECT m.subject || m.body FROM mail m JOIN membership p USING (person_id) WHERE p.tenant_id = %s",
            [world.b],
        ).fetchall()
        own = superuser.execute(
            "SELECT count(*) FROM mail m JOIN membership p USING (person_id) WHERE p.tenant_id = %s", [world.a]
        ).fetchone()
    assert letters and own and own[0]
    assert not any(str(marker) in row[0] for row in letters for marker in (*vars(world.markers).values(), world.a))


def strip_tenant_filters(state: Any) -> bool:
    """Take every condition that names tenant_id out of a statement: as if a programmer had forgotten them all.

    Not at the door: its role sees the accounts of everybody, since it must find them before it knows who asks.
    """
    where = getattr(state.statement, "whereclause", None)
    if where is None or current_scope().role == "door":
        return False
    parts = tuple(getattr(where, "clauses", [where]))
    kept = tuple(part for part in parts if not names_tenant(part))
    if len(kept) == len(parts):
        return False
    bare = state.statement._generate()
    bare._where_criteria = kept
    bare._memoized_keys = frozenset()
    state.statement = bare
    return True


def names_tenant(part: Any) -> bool:
    """Whether a condition names a column tenant_id, or a text does."""
    return any(
        getattr(inner, "key", None) == "tenant_id" or "tenant_id" in getattr(inner, "text", "")
        for inner in iterate(part)
    )


def test_the_database_holds_the_wall_when_every_filter_in_the_code_is_gone(world: World) -> None:
    stripped = 0

    def strip(state: Any) -> None:
        nonlocal stripped
        stripped += strip_tenant_filters(state)

    event.listen(ScopedSession, "do_orm_execute", strip)
    try:
        faults, _ = walk(world, "manager of B", only_reads=True)
    finally:
        event.remove(ScopedSession, "do_orm_execute", strip)
    assert stripped > 20
    assert faults == []
