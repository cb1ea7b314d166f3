"""The process that does the jobs: RQ with a fresh process for each job, ids only in the queue."""

import logging

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker import SpawnWorker

from federation.config import Settings
from federation.lifeline import wait_for_go
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


def run(settings: Settings) -> int:
    """Work until SIGTERM or Ctrl-C; a running job is finished first."""
    wait_for_go()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    connection = connect(settings.redis_url)
    worker = SpawnWorker(
        [queue_of(connection)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    worker.work(logging_level="INFO")
    return 0
