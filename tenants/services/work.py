"""Whose work is whose: what a person may see of the work done for the tenant, and may stop or repeat."""

from uuid import UUID

from tenants import jobs
from tenants.errors import NotAllowed, NotFound
from tenants.identity import Identity
from tenants.jobs import Work
from tenants.permissions import may

OWN_ONLY = frozenset({"calc"})
"""Kinds whose results concern nobody but who asked."""


def may_see(work: Work, identity: Identity) -> bool:
    """One's own work always; that of others only with a role that sees rounds."""
    if work.person_id == identity.person_id:
        return True
    return work.kind not in OWN_ONLY and may("see-rounds", identity.kind, identity.roles)


def get_seen(work_id: UUID, identity: Identity) -> Work:
    """One piece of work. Raises: NotFound, also when it is not the person's to see."""
    work = jobs.get_work(work_id)
    if not may_see(work, identity):
        raise NotFound("piece of work")
    return work


def check_may_change(work: Work, identity: Identity) -> None:
    """Raises: NotAllowed unless the person asked for the work, or runs such work."""
    act = "run-rounds" if identity.kind == "federation" else "enter-demand"
    if work.person_id != identity.person_id and not may(act, identity.kind, identity.roles):
        raise NotAllowed("not-your-work", "Only those who asked for this work, or who run it, may stop or repeat it.")
