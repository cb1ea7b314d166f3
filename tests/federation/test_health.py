"""What /healthz says when a part of the house is away."""

from pathlib import Path

from federation.app import create_app
from tests.conftest import running, settings_for


def test_a_queue_that_is_away_is_named_and_the_answer_is_503(database: str, tmp_path: Path) -> None:
    app = create_app(settings_for(database, tmp_path, REDIS_URL="redis://127.0.0.1:9/0"))
    with running(app):
        answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json() == {"database": "ok", "queue": "down", "worker": "down"}
