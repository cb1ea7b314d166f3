"""What is erased ninety days after it was done, what is kept, and that each scope erases its own alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from staffbank.models import CoverRequest, DayWindow, MatchRefusal, MatchReplay, MatchRun, RotaImport, WorkBlock
from staffbank.services import rota_imports
from tenants import clock, jobs
from tenants.crossings import CROSSINGS
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.models import Mail
from tenants.retention import ERASED_BY, Erased, Kept, erase_old, work_tables
from tests.factories.offers import make_cover
from tests.factories.staffbank import make_block, make_carer
from tests.factories.tenants import make_coop

pytestmark = pytest.mark.usefixtures("app")
OLD = timedelta(days=91)


def age(model: type, column: str, by: timedelta) -> None:
    """As if every row had been made so much earlier. In an open scope that may change the table."""
    db.session.execute(text(f"UPDATE {model.__tablename__} SET {column} = {column} - :by"), {"by": by})


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def superuser(database: str) -> Iterator[psycopg.Connection[Any]]:
    """Who meets no wall: to see what is sealed."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def states(superuser: psycopg.Connection[Any]) -> list[str]:
    """How the office's erasing stands."""
    rows = superuser.execute("SELECT state FROM outbox WHERE kind = 'erase-old' ORDER BY state").fetchall()
    return [row[0] for row in rows]


def test_every_table_of_work_says_when_it_is_erased_or_why_it_is_kept() -> None:
    for table, (isolation, rule) in work_tables().items():
        assert rule is not None, f"{table} says neither Erased nor Kept"
        if isinstance(rule, Kept):
            assert rule.why
        elif rule.crossing:
            assert CROSSINGS[rule.crossing] == ("office",)
        else:
            assert isolation.table_class in ERASED_BY and "delete" in isolation.verbs(ERASED_BY[isolation.table_class])


def test_every_rule_is_sql_that_its_scope_may_run() -> None:
    assert any(isinstance(rule, Erased) for _, rule in work_tables().values())
    with acting_for_federation():
        assert erase_old("office") == {}
    with at_the_door():
        assert erase_old("door") == {}
    with acting_for(make_coop()):
        assert erase_old("member") == {}


def test_searches_of_a_request_that_is_over_go_after_ninety_days_and_those_of_an_open_one_stay() -> None:
    over, live = make_cover(), make_cover()
    with acting_for_federation():
        for run in db.session.scalars(select(MatchRun)):
            db.session.add(MatchReplay(run_id=run.id, problem={}, answer={}))
            home = over.bank.coops[1] if run.tenant_id == over.host else live.bank.coops[1]
            carer = uuid4()
            db.session.add(MatchRefusal(tenant_id=home, run_id=run.id, carer_id=carer, shift_id=uuid4(), rule="rest"))
    with acting_for(over.host):
        db.session.get_one(CoverRequest, (over.host, over.request_id)).state = "past"
    with acting_for_federation():
        assert erase_old("office") == {}
        age(MatchRun, "made_at", OLD)
        age(MatchRefusal, "made_at", OLD)
        assert erase_old("office") == {"match_refusal": 2, "match_replay": 2, "match_run": 1}
        assert {run.request_id for run in db.session.scalars(select(MatchRun))} == {live.request_id}


def test_a_co_op_erases_its_own_alone_and_its_rota_after_two_years() -> None:
    mine, other = make_carer(), make_carer()
    for carer in (mine, other):
        make_block(carer, clock.now() - timedelta(days=729), 4)
        with clock.stopped_at(clock.now() - timedelta(days=10)):
            make_block(carer, clock.now() - timedelta(days=721), 4)
        with acting_for(carer.tenant_id):
            start = clock.now() - OLD - timedelta(hours=5)
            db.session.add(
                DayWindow(
                    tenant_id=carer.tenant_id,
                    carer_id=carer.id,
                    starts_at=start,
                    ends_at=start + timedelta(hours=4),
                    free=True,
                )
            )
            rota_imports.preview_import("rota.csv", b"carer,day,start,end\nF-1,1/1/2026,9:00,10:00\n")
            age(RotaImport, "created_at", OLD)
    with acting_for(mine.tenant_id):
        assert erase_old("member") == {"day_window": 1, "rota_import": 1, "work_block": 1}
    with acting_for(other.tenant_id):
        assert (count(DayWindow), count(RotaImport), count(WorkBlock)) == (1, 1, 2)


def test_letters_that_have_gone_are_erased_and_one_that_waits_is_not() -> None:
    with at_the_door():
        for state in ("sent", "failed", "waiting"):
            db.session.add(Mail(to_address="a@example.org", subject="s", body="b", state=state))
        db.session.flush()
        age(Mail, "created_at", OLD)
        assert erase_old("door") == {"mail": 2}


def test_the_night_asks_for_the_office_and_the_office_erases_everywhere_once_a_night(
    superuser: psycopg.Connection[Any],
    run_jobs: Callable[[], list[str]],
) -> None:
    carer = make_carer()
    with clock.stopped_at(clock.now() - timedelta(days=100)):
        make_block(carer, clock.now() - timedelta(days=700), 4)
    with acting_for(carer.tenant_id):
        jobs.defer("bank-night", {}, label="Night")
    assert "failed" not in run_jobs()
    assert states(superuser) == ["waiting"]
    with acting_for_federation():
        jobs.defer("erase-old", {}, label="Now")
    assert "failed" not in run_jobs()
    with acting_for(carer.tenant_id):
        assert count(WorkBlock) == 0
    assert states(superuser) == ["done", "waiting"]
    noted = superuser.execute("SELECT facts FROM audit_entry WHERE act = 'erase-old'").fetchall()
    assert noted == [({"rows": {"work_block": 1}},)]


def test_a_co_op_cannot_have_it_done(run_jobs: Callable[[], list[str]]) -> None:
    coop: UUID = make_coop()
    with acting_for(coop):
        jobs.defer("erase-old", {}, label="Not mine")
    assert run_jobs() == ["failed"]


def test_work_that_ended_long_ago_leaves_the_outbox_and_only_the_office_may_do_it(
    superuser: psycopg.Connection[Any],
) -> None:
    coop = make_coop()
    with acting_for(coop):
        for _ in range(3):
            jobs.defer("send-mail", {}, label="Letters")
    old = clock.now() - OLD
    superuser.execute("UPDATE outbox SET created_at = %s, run_at = %s WHERE kind = 'send-mail'", [old, old])
    first, second, _ = superuser.execute("SELECT id FROM outbox WHERE kind = 'send-mail' ORDER BY id").fetchall()
    superuser.execute("UPDATE outbox SET state = 'done', ended_at = %s WHERE id = %s", [old, first[0]])
    superuser.execute("UPDATE outbox SET state = 'done', ended_at = now() WHERE id = %s", [second[0]])
    with acting_for_federation():
        assert erase_old("office") == {"outbox": 1}
    with pytest.raises(ProgrammingError, match="permission denied"), acting_for(coop):
        db.session.execute(text("SELECT outbox_erase(now())"))
