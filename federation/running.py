"""What RQ calls in the worker: builds the app for this process and runs one piece of work by its ids."""

from functools import cache

from federation.app import create_app
from federation.config import load_settings
from federation.schema import is_demo
from tenants import jobs
from tenants.web import HouseFlask


def run_job(job_id: str, tenant_id: str, kind: str) -> str:
    """Run one piece of work; the answer is how it ended."""
    with _app().app_context():
        return jobs.run_job(job_id, tenant_id, kind)


@cache
def _app() -> HouseFlask:
    settings = load_settings()
    return create_app(settings, demo=is_demo(settings))
