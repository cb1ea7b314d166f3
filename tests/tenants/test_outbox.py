"""The outbox: work is done once, however often it is claimed, killed, retried or asked for."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from federation.config import Settings
from tenants import clock, jobs
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import Conflict, NotFound
from tenants.models import Tenant
from tenants.web import HouseFlask
from tests.factories.tenants import make_coop, make_manager

DONE: list[str] = []


@pytest.fixture(autouse=True)
def kinds_of_work() -> Iterator[None]:
    """Three kinds of work for these tests, gone afterwards."""
    DONE.clear()

    @jobs.job("test-note")
    def note(task: jobs.Task, words: str) -> str:
        DONE.append(words)
        return words

    @jobs.job("test-break")
    def break_down(task: jobs.Task) -> None:
        DONE.append("tried")
        raise ZeroDivisionError("broken on purpose")

    @jobs.job("test-slow")
    def slow(task: jobs.Task) -> None:
        task.progress("Half way", 50)

    yield
    for kind in ("test-note", "test-break", "test-slow"):
        del jobs._KINDS[kind]


def ask(coop: UUID, kind: str = "test-note", payload: dict | None = None, **more: object) -> UUID:
    """Ask for work of a co-op."""
    with acting_for(coop):
        return jobs.defer(kind, {"words": "done"} if payload is None else payload, label="A test", **more)  # pyright: ignore[reportArgumentType]


def state_of(coop: UUID, work: UUID) -> jobs.Work:
    with acting_for(coop):
        return jobs.get_work(work)


def claim(settings: Settings) -> list[tuple]:
    """What a dispatcher would be given now."""
    with psycopg.connect(settings.role_urls["jobs"]) as dispatcher:
        return dispatcher.execute("SELECT tenant_id, id, kind FROM outbox_claim(50, interval '90 seconds')").fetchall()


def pass_lease(database: str) -> None:
    """Let the lease of every piece of work run out, as time would."""
    with psycopg.connect(database) as superuser:
        superuser.execute(
            "UPDATE outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL"
        )


def test_work_is_claimed_by_one_dispatcher_and_done_once(app: HouseFlask, settings: Settings) -> None:
    coop = make_coop()
    work = ask(coop)
    ((tenant_id, work_id, kind),) = claim(settings)
    assert claim(settings) == []
    assert jobs.run_job(str(work_id), str(tenant_id), kind) == "done"
    assert jobs.run_job(str(work_id), str(tenant_id), kind) == "ended before"
    assert DONE == ["done"] and state_of(coop, work).state == "done"


def test_work_of_a_transaction_that_is_undone_was_never_asked_for(app: HouseFlask, settings: Settings) -> None:
    coop = make_coop()
    with pytest.raises(RuntimeError), acting_for(coop):
        jobs.defer("test-note", {"words": "no"}, label="A test")
        raise RuntimeError
    assert claim(settings) == []


def test_work_that_breaks_is_tried_four_times_and_then_shown_as_failed(app: HouseFlask, run_jobs: Callable) -> None:
    coop = make_coop()
    with clock.stopped_at(clock.now() - timedelta(hours=1)):
        work = ask(coop, "test-break", {})
        assert run_jobs() == ["waiting"] * 3 + ["failed"]
    assert len(DONE) == 4 and "our side" in (state_of(coop, work).problem or "")
    with acting_for(coop):
        jobs.retry_work(work)
    assert state_of(coop, work).state == "waiting"


def test_a_killed_workers_work_is_given_out_again_when_its_lease_is_over(
    app: HouseFlask, settings: Settings, database: str
) -> None:
    coop = make_coop()
    work = ask(coop)
    claim(settings)
    with acting_for(coop):
        db.session.execute(text("SELECT id FROM outbox_start(:id, interval '90 seconds')"), {"id": work})
    assert claim(settings) == []
    pass_lease(database)
    assert claim(settings) == [(coop, work, "test-note")]
    assert jobs.run_job(str(work), str(coop), "test-note") == "done" and DONE == ["done"]


def test_work_that_kills_its_worker_each_time_fails_in_the_end(
    app: HouseFlask, settings: Settings, database: str
) -> None:
    coop = make_coop()
    work = ask(coop)
    for _ in range(4):
        assert len(claim(settings)) == 1
        with acting_for(coop):
            assert db.session.execute(
                text("SELECT id FROM outbox_start(:id, interval '90 seconds')"), {"id": work}
            ).first()
        pass_lease(database)
    claim(settings)
    assert state_of(coop, work).state == "failed"


def test_work_that_waits_is_called_off_at_once_and_running_work_at_its_next_step(
    app: HouseFlask, settings: Settings
) -> None:
    coop = make_coop()
    waiting = ask(coop)
    with acting_for(coop):
        jobs.cancel_work(waiting)
        with pytest.raises(Conflict):
            jobs.cancel_work(waiting)
    assert claim(settings) == [] and state_of(coop, waiting).state == "cancelled"
    running = ask(coop, "test-slow", {})
    with acting_for(coop):
        db.session.execute(text("SELECT id FROM outbox_start(:id, interval '90 seconds')"), {"id": running})
        jobs.cancel_work(running)
    with acting_for(coop):
        scope = jobs.scope_of(coop, "test-slow")
    with pytest.raises(jobs.Cancelled):
        jobs.Task(running, scope).progress("Half way", 50)


def test_work_with_a_key_is_asked_for_once_until_it_has_ended(app: HouseFlask, run_jobs: Callable) -> None:
    coop, other = make_coop(), make_coop()
    first = ask(coop, once_key="close")
    assert ask(coop, once_key="close") == first != ask(other, once_key="close")
    run_jobs()
    assert ask(coop, once_key="close") != first


def test_work_of_another_coop_is_neither_seen_nor_stopped(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    mine, other = make_coop(), make_coop()
    work = ask(other)
    with acting_for(mine), pytest.raises(NotFound):
        jobs.cancel_work(work)
    identity = sign_in(client, make_manager(mine), mine)
    for unknown in (work, uuid4()):
        assert client.get(f"/work/{unknown}").status_code == 404
        assert client.post(f"/work/{unknown}/cancel", data={"csrf_token": identity.csrf_token}).status_code == 404
    assert state_of(other, work).state == "waiting"


def test_your_work_shows_progress_and_takes_stop_and_try_again(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    coop = make_coop()
    work = ask(coop)
    post = {"csrf_token": sign_in(client, make_manager(coop), coop).csrf_token}
    assert "A test" in client.get("/work").text
    assert "<html" not in client.get(f"/work/{work}?part=progress").text
    assert client.post(f"/work/{work}/cancel", data=post).status_code == 303
    assert "Try it again" in client.get(f"/work/{work}").text
    assert client.post(f"/work/{work}/retry", data=post).status_code == 303
    assert client.post(f"/work/{work}/retry", data=post).status_code == 409


def test_the_effect_of_work_and_the_note_that_it_is_done_are_one(app: HouseFlask, run_jobs: Callable) -> None:
    coop = make_coop()

    @jobs.job("test-half")
    def half(task: jobs.Task) -> None:
        db.session.add(Tenant(name="Half done", joined_on=clock.today()))
        db.session.flush()
        raise ZeroDivisionError

    with acting_for_federation():
        jobs.defer("test-half", {}, label="Half")
    run_jobs()
    del jobs._KINDS["test-half"]
    with acting_for(coop):
        assert not db.session.scalar(text("SELECT count(*) FROM tenant WHERE name = 'Half done'"))
