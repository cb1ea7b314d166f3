"""The process that does the jobs: RQ with a fresh process for each job, ids only in the queue."""

import logging
from typing import Any

from redis import Redis
from rq import Queue
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import SpawnWorker

from federation.config import Settings, load_settings
from federation.lifeline import wait_for_go
from federation.ready import Call, Ready
from tenants.jobs import QUEUE

# A worker that was killed is noticed within a minute; with the defaults of RQ it takes over six.
WORKER_TTL_SECONDS = 45
MONITORING_SECONDS = 5
MAINTENANCE_SECONDS = 10


def connect(redis_url: str) -> Redis:
    """A connection to the queue that waits at most five seconds to be made."""
    return Redis.from_url(redis_url, socket_connect_timeout=5)


def queue_of(connection: Redis) -> Queue:
    """The one queue, with JSON and not pickle: who can write to Valkey must not be able to run code."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


class ReadyWorker(SpawnWorker):
    """RQ's worker whose fresh process for the next job is started, and has imported everything, before the job comes."""

    ready: Ready | None = None

    def bootstrap(self, *args: Any, **kwargs: Any) -> None:
        """Begin to work."""
        super().bootstrap(*args, **kwargs)
        self.ready = Ready.start()

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Give the job to the process that waits, or, when that has died, to one that RQ starts."""
        ready, self.ready = self.ready, None
        execution = self.execution
        assert execution is not None
        if ready is not None and ready.take(Call(self.key, job.id, queue.name, execution.id)):
            self._horse_pid = ready.pid
        else:
            super().fork_work_horse(job, queue)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Do one job; then have a process ready for the next."""
        super().execute_job(job, queue)
        self.ready = Ready.start()

    def teardown(self) -> None:
        """End the work, and the process that waits."""
        if self.ready is not None:
            self.ready.dismiss()
            self.ready = None
        super().teardown()


def do_work(call: Call) -> None:
    """Be the process of one job; does not return. Raises: LookupError when the worker is not known to the queue any more."""
    connection = connect(load_settings().redis_url)
    worker = ReadyWorker.find_by_key(call.worker_key, connection=connection, serializer=JSONSerializer)
    if worker is None:
        raise LookupError(f"no worker {call.worker_key}")
    worker.job_monitoring_interval = MONITORING_SECONDS
    job = Job.fetch(call.job_id, connection=connection, serializer=JSONSerializer)
    worker.execution = Execution.fetch(call.execution_id, job.id, connection=connection)
    worker.main_work_horse(job, Queue(call.queue_name, connection=connection, serializer=JSONSerializer))


def run(settings: Settings) -> int:
    """Work until SIGTERM or Ctrl-C; a running job is finished first."""
    wait_for_go()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    connection = connect(settings.redis_url)
    worker = ReadyWorker(
        [queue_of(connection)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    worker.work(logging_level="INFO")
    return 0
