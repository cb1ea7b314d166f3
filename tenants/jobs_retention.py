"""The night's work of erasing what is done."""

from collections import Counter

from tenants import audit, clock, jobs
from tenants.db import acting_for, at_the_door
from tenants.errors import NotAllowed
from tenants.jobs import Task, job
from tenants.nights import next_night
from tenants.retention import erase_old
from tenants.scope import FEDERATION
from tenants.services.coops import list_tenants

JOB = "erase-old"


def ask_to_erase() -> None:
    """Ask for the next night's erasing; what waits already is not asked for twice. Office scope."""
    jobs.defer(JOB, {}, label="Erase what is done", shown=False, once_key=JOB, run_at=next_night(clock.now()))


@job(JOB, own_transaction=True, patient=True)
def erase_at_night(task: Task) -> None:
    """Erase old rows of work in the office's scope, at the door and in each co-op's own, each in a transaction of its own."""
    if task.scope.role != "office":
        raise NotAllowed("office-only", "This is work of the federation office.")
    erased: Counter[str] = Counter()
    with task.transaction():
        ask_to_erase()
        coops = [coop.id for coop in list_tenants() if coop.id != FEDERATION]
        erased.update(erase_old("office"))
    with at_the_door():
        erased.update(erase_old("door"))
    for place, coop_id in enumerate(coops):
        task.progress(f"Co-op {place + 1} of {len(coops)}", 100 * place // len(coops))
        with acting_for(coop_id):
            erased.update(erase_old("member"))
    with task.transaction():
        if erased:
            audit.record("erase-old", "retention", None, {"rows": dict(sorted(erased.items()))})
        task.finish({"rows": erased.total()})
