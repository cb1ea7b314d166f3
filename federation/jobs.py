"""Brings every module that registers a kind of work."""

import importlib

MODULES = (
    "tenants.jobs_mail",
    "tenants.jobs_retention",
    "procurement.jobs",
    "staffbank.jobs_carers",
    "staffbank.jobs_cover",
    "staffbank.jobs_placements",
    "staffbank.jobs_money",
    "federation.assembly.jobs_motions",
    "federation.assembly.jobs_polls",
    "federation.assembly.jobs_meetings",
    "federation.jobs_calc",
)


def register_jobs() -> None:
    """Import the modules, so that `tenants.jobs` knows their kinds."""
    for name in MODULES:
        importlib.import_module(name)
