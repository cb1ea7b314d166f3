"""Work for later. A service writes an outbox row in its own transaction; only the dispatcher talks to RQ.

RQ and Valkey carry ids alone. What is true stands in the outbox: whether the work is done, and who has leased it. A job
marks its row done in the same transaction as its effect, so a job that is run twice has one effect.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import bindparam, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.pool import NullPool

from tenants import clock
from tenants.db import bind_scope, db, retried, transaction
from tenants.errors import Conflict, HouseError, NotFound
from tenants.scope import DOOR, FEDERATION, Scope, current_scope, member_scope, office_scope

logger = logging.getLogger(__name__)

QUEUE = "default"
ENTRY = "federation.running.run_job"
"""What RQ calls: named, not imported, because it stands on the top floor and builds the whole app."""
LEASE = timedelta(seconds=90)
CLAIM_AT_MOST = 50
RETRY_SECONDS = (5, 30, 120)
"""How long a failed piece of work waits before each further try."""
JOB_TIMEOUT_SECONDS = 900
POLL_SECONDS = 0.25


class Cancelled(Exception):
    """Somebody asked the work to stop."""


class TryLater(Exception):
    """The work cannot be done just now (a mail server is away): it goes back to wait."""


@dataclass(frozen=True)
class Work:
    """One piece of work, as "Your work" shows it."""

    id: UUID
    kind: str
    label: str
    link: str
    state: str
    step: str
    percent: int
    result: Any
    problem: str | None
    tries: int
    created_at: datetime
    ended_at: datetime | None
    person_id: UUID | None


@dataclass(frozen=True)
class _Kind:
    function: Callable[..., Any]
    runs_as: Literal["tenant", "door"]
    own_transaction: bool
    patient: bool


_KINDS: dict[str, _Kind] = {}
_COLUMNS = "id, kind, label, link, state, step, percent, result, problem, tries, created_at, ended_at, person_id"


def job(
    kind: str,
    *,
    runs_as: Literal["tenant", "door"] = "tenant",
    own_transaction: bool = False,
    patient: bool = False,
):
    """Register a function as a kind of work: `function(task, **payload)`, run in the scope that asked for it.

    With `own_transaction` the function opens its scopes itself, by `task.transaction()`: for work that solves for
    long and must not hold a transaction open meanwhile. Its last transaction must call `task.finish`. `patient` work
    nobody waits for: it leaves the processor to other work.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _KINDS[kind] = _Kind(function, runs_as, own_transaction, patient)
        return function

    return register


def defer(
    kind: str,
    payload: Mapping[str, Any],
    *,
    label: str,
    link: str = "",
    shown: bool = True,
    once_key: str | None = None,
    run_at: datetime | None = None,
) -> UUID:
    """Ask for work when this transaction is committed; the answer is the work's id.

    `payload` holds ids and plain values. With `once_key`, work of that key that has not begun is not asked for twice;
    it does not begin before this transaction ends, so it sees what was written here.
    """
    scope = current_scope()
    statement = text(
        "SELECT outbox_put(:tenant, :kind, :label, :link, :shown, :payload, :once_key, :run_at)"
    ).bindparams(bindparam("payload", type_=JSONB))
    return db.session.execute(
        statement,
        {
            "tenant": scope.tenant_id or FEDERATION,
            "kind": kind,
            "label": label,
            "link": link,
            "shown": shown,
            "payload": dict(payload),
            "once_key": once_key,
            "run_at": run_at or clock.now(),
        },
    ).scalar_one()


def get_work(work_id: UUID) -> Work:
    """One piece of the acting tenant's work. Raises: NotFound."""
    row = db.session.execute(text(f"SELECT {_COLUMNS} FROM outbox_rows(:id, 1)"), {"id": work_id}).first()
    if row is None:
        raise NotFound("piece of work")
    return Work(*row)


def list_work(limit: int = 50) -> list[Work]:
    """The acting tenant's work that people are shown, newest first."""
    return [
        Work(*row)
        for row in db.session.execute(text(f"SELECT {_COLUMNS} FROM outbox_rows(NULL, :limit)"), {"limit": limit})
    ]


def cancel_work(work_id: UUID) -> None:
    """Ask a piece of work to stop. Raises: NotFound, Conflict when it has ended."""
    get_work(work_id)
    if not db.session.execute(text("SELECT outbox_cancel(:id)"), {"id": work_id}).scalar():
        raise Conflict("work-has-ended", "This work has already ended.")


def retry_work(work_id: UUID) -> None:
    """Try failed or stopped work again. Raises: NotFound, Conflict when it has not failed."""
    get_work(work_id)
    if not db.session.execute(text("SELECT outbox_retry(:id)"), {"id": work_id}).scalar():
        raise Conflict("work-has-not-failed", "Only work that failed or was stopped can be tried again.")


class Task:
    """A piece of work while it runs: says how far it is, hears when it should stop, opens its scope."""

    def __init__(self, work_id: UUID, scope: Scope) -> None:
        self.id = work_id
        self.scope = scope
        self.stopped = False

    def progress(self, step: str, percent: int) -> None:
        """Say in words how far the work is, at once visible to others. Raises: Cancelled."""
        if self.should_stop(step, percent):
            raise Cancelled

    def should_stop(self, step: str, percent: int) -> bool:
        """Like `progress`, but answers instead of raising: for callbacks of a solver."""
        with db.engines[self.scope.role].begin() as connection:
            bind_scope(connection, self.scope)
            asked = connection.execute(
                text("SELECT outbox_progress(:id, :step, :percent, :lease)"),
                {"id": self.id, "step": step[:300], "percent": max(0, min(99, percent)), "lease": LEASE},
            ).scalar()
        self.stopped = bool(asked) or asked is None
        return self.stopped

    def transaction(self):
        """A transaction in the scope of the work."""
        return transaction(self.scope)

    def finish(self, result: Any = None) -> None:
        """Mark the work done, in the present transaction."""
        _end(self.id, "done", result, None, None)


def _end(work_id: UUID, state: str, result: Any, problem: str | None, due: datetime | None) -> None:
    statement = text("SELECT outbox_end(:id, :state, :result, :problem, :due)").bindparams(
        bindparam("result", type_=JSONB(none_as_null=True))
    )
    db.session.execute(
        statement, {"id": work_id, "state": state, "result": result, "problem": problem and problem[:1000], "due": due}
    )


def scope_of(tenant_id: UUID, kind: str, person_id: UUID | None = None) -> Scope:
    """The scope in which work of a kind runs for a tenant."""
    if _KINDS[kind].runs_as == "door":
        return DOOR
    return office_scope(person_id) if tenant_id == FEDERATION else member_scope(tenant_id, person_id)


def is_patient(kind: str) -> bool:
    """Whether nobody waits for work of a kind, which should then leave the processor to other work."""
    return kind in _KINDS and _KINDS[kind].patient


def run_job(job_id: str, tenant_id: str, kind: str) -> str:
    """Run one piece of work, in the worker; the answer is how it ended. Called by RQ with ids alone."""
    if kind not in _KINDS:
        raise LookupError(f"no job of kind {kind!r}: is the worker of the same version as the web server?")
    work_id = UUID(job_id)
    scope = scope_of(UUID(tenant_id), kind)
    with transaction(scope):
        row = db.session.execute(
            text("SELECT person_id, payload, tries, max_tries FROM outbox_start(:id, :lease)"),
            {"id": work_id, "lease": LEASE},
        ).first()
        if row is None:
            with_cancel = "SELECT outbox_end(:id, 'cancelled', NULL, NULL, NULL) FROM outbox_rows(:id, 1) WHERE cancel_asked AND state = 'running'"
            if scope.role != "door":
                db.session.execute(text(with_cancel), {"id": work_id})
            return "ended before"
    person_id, payload, tries, max_tries = row
    task = Task(work_id, scope_of(UUID(tenant_id), kind, person_id))
    try:
        retried(lambda: _work(task, _KINDS[kind], payload))
    except Cancelled:
        return _ended(task, "cancelled", None, None)
    except HouseError as error:
        return _ended(task, "failed", error.message, None)
    except Exception as error:
        logger.exception("work %s of kind %s failed", work_id, kind)
        words = (
            str(error)
            if isinstance(error, TryLater)
            else "Something went wrong on our side; the office can see it in the log."
        )
        if tries >= max_tries:
            return _ended(task, "failed", words, None)
        wait = RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1]
        return _ended(task, "waiting", words, clock.now() + timedelta(seconds=wait))
    return "done"


def _work(task: Task, kind: _Kind, payload: Mapping[str, Any]) -> None:
    if kind.own_transaction:
        kind.function(task, **payload)
        return
    with task.transaction():
        task.finish(kind.function(task, **payload))


def _ended(task: Task, state: str, problem: str | None, due: datetime | None) -> str:
    with task.transaction():
        _end(task.id, state, None, problem, due)
    return state


class Dispatcher:
    """Takes due rows from the outbox and puts their ids on the queue; any number may run at once."""

    def __init__(self, jobs_url: str, redis_url: str) -> None:
        self.engine = create_engine(jobs_url, poolclass=NullPool)
        self.redis = Redis.from_url(redis_url)
        self.queue = Queue(QUEUE, connection=self.redis, serializer=JSONSerializer)

    def dispatch_once(self) -> int:
        """Claim what is due and enqueue it; the answer is how many."""
        with self.engine.begin() as connection:
            claimed = connection.execute(
                text("SELECT tenant_id, id, kind FROM outbox_claim(:most, :lease)"),
                {"most": CLAIM_AT_MOST, "lease": LEASE},
            ).all()
        for tenant_id, work_id, kind in claimed:
            self.queue.enqueue(
                ENTRY,
                str(work_id),
                str(tenant_id),
                kind,
                job_id=f"{work_id}-{os.urandom(4).hex()}",
                job_timeout=JOB_TIMEOUT_SECONDS,
                result_ttl=0,
                failure_ttl=86400,
            )
        return len(claimed)

    def run_forever(self, stop: threading.Event) -> None:
        """Dispatch until `stop` is set; a database or Valkey that is away for a while is waited for."""
        wait = POLL_SECONDS
        while not stop.is_set():
            try:
                wait = 0 if self.dispatch_once() == CLAIM_AT_MOST else POLL_SECONDS
            except Exception:
                logger.exception("could not dispatch; trying again")
                wait = min(max(wait, 1) * 2, 30)
            stop.wait(wait)


def queue_length(redis_url: str) -> int:
    """How many ids wait on the queue."""
    return Queue(QUEUE, connection=Redis.from_url(redis_url), serializer=JSONSerializer).count


__all__ = [
    "Cancelled",
    "Dispatcher",
    "Task",
    "TryLater",
    "Work",
    "cancel_work",
    "defer",
    "get_work",
    "is_patient",
    "job",
    "list_work",
    "queue_length",
    "retry_work",
    "run_job",
]
