"""How the nightly work of a co-op's bank is asked for."""

from tenants import clock, jobs
from tenants.nights import next_night

JOB = "bank-night"


def ask_for_tonight() -> None:
    """Ask for the next night's work of this co-op; work that waits already is not asked for twice."""
    jobs.defer(JOB, {}, label="Nightly work of the bank", shown=False, once_key=JOB, run_at=next_night(clock.now()))
