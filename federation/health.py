"""Whether the parts of the house answer: database, queue, worker."""

from flask import current_app, jsonify
from redis import Redis
from redis.exceptions import RedisError
from rq.worker import BaseWorker, Worker
from sqlalchemy import text

from tenants.db import db
from tenants.jobs import QUEUE
from tenants.web import open_to_all

STUCK_SECONDS = 120
"""Work that is due for longer than this waits for a dispatcher that does not run."""


@open_to_all("none")
def health():
    """200 when database, queue and worker answer; 503 naming what does not."""
    parts = {"database": _database(), "queue": False, "worker": False}
    try:
        connection = Redis.from_url(current_app.config["REDIS_URL"], socket_connect_timeout=2, socket_timeout=2)
        parts["queue"] = bool(connection.ping())
        parts["worker"] = any(QUEUE in worker.queue_names() for worker in _workers(connection))
    except RedisError:
        current_app.logger.warning("the queue does not answer")
    return jsonify({name: "ok" if good else "down" for name, good in parts.items()}), 200 if all(
        parts.values()
    ) else 503


def _workers(connection: Redis) -> list[BaseWorker]:
    return Worker.all(connection=connection)


def _database() -> bool:
    try:
        with db.engines["jobs"].connect() as connection:
            return (
                connection.execute(text("SELECT oldest_due_seconds FROM outbox_health()")).scalar_one() < STUCK_SECONDS
            )
    except Exception:
        current_app.logger.warning("the database does not answer", exc_info=True)
        return False
