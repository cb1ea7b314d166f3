"""What RQ calls in the worker: builds the app for this process and runs one piece of work by its ids."""

import importlib
import os
from functools import cache

from federation.app import create_app
from federation.config import load_settings
from federation.schema import is_demo
from tenants import jobs
from tenants.web import HouseFlask

PATIENT_NICE = 10
HEAVY = ("procurement.award.solve",)
"""What most work that somebody waits for needs, and takes long to import."""


def run_job(job_id: str, tenant_id: str, kind: str) -> str:
    """Run one piece of work; the answer is how it ended. Patient work leaves the processor to what somebody waits for."""
    with _app().app_context():
        if jobs.is_patient(kind):
            os.nice(PATIENT_NICE)
        return jobs.run_job(job_id, tenant_id, kind)


def prepare() -> None:
    """Do everything that comes before a piece of work, so that none has to wait for it."""
    _app()
    for name in HEAVY:
        importlib.import_module(name)


@cache
def _app() -> HouseFlask:
    settings = load_settings()
    return create_app(settings, demo=is_demo(settings))
