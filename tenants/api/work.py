"""Work that is done later: how far it is, stopping it, trying it again."""

from typing import Any
from uuid import UUID

from tenants import audit, jobs
from tenants.api.blueprint import ApiBlueprint
from tenants.api.schemas import WorkLimitSchema, WorkListSchema, WorkSchema
from tenants.errors import NotAllowed, NotFound
from tenants.idempotency import idempotent
from tenants.jobs import Work
from tenants.permissions import may
from tenants.web import current_identity, signed_in

api = ApiBlueprint("api-work", __name__, url_prefix="/api", description="Work that is done later")
OWN_ONLY = frozenset({"calc"})
"""Kinds whose results concern nobody but who asked."""


@api.route("/jobs")
@signed_in()
@api.arguments(WorkLimitSchema, location="query")
@api.response(200, WorkListSchema)
def list_jobs(query: dict[str, int]) -> Any:
    """One's own work and, for those who see rounds, all of the co-op's, newest first."""
    return {"items": [work for work in jobs.list_work(query["page_size"]) if _may_see(work)]}


@api.route("/jobs/<uuid:job_id>")
@signed_in()
@api.response(200, WorkSchema)
def show_job(job_id: UUID) -> Any:
    """One piece of work."""
    return _seen(job_id)


@api.route("/jobs/<uuid:job_id>/cancel", methods=["POST"])
@signed_in()
@idempotent()
@api.response(200, WorkSchema)
def cancel_job(job_id: UUID) -> Any:
    """Ask a piece of work to stop."""
    _check_own(_seen(job_id))
    jobs.cancel_work(job_id)
    audit.record("cancel-work", "work", job_id)
    return jobs.get_work(job_id)


@api.route("/jobs/<uuid:job_id>/retry", methods=["POST"])
@signed_in()
@idempotent()
@api.response(200, WorkSchema)
def retry_job(job_id: UUID) -> Any:
    """Try failed or stopped work again."""
    _check_own(_seen(job_id))
    jobs.retry_work(job_id)
    audit.record("retry-work", "work", job_id)
    return jobs.get_work(job_id)


def _may_see(work: Work) -> bool:
    identity = current_identity()
    if work.person_id == identity.person_id:
        return True
    return work.kind not in OWN_ONLY and may("see-rounds", identity.kind, identity.roles)


def _seen(job_id: UUID) -> Work:
    work = jobs.get_work(job_id)
    if not _may_see(work):
        raise NotFound("piece of work")
    return work


def _check_own(work: Work) -> None:
    identity = current_identity()
    act = "run-rounds" if identity.kind == "federation" else "enter-demand"
    if work.person_id != identity.person_id and not may(act, identity.kind, identity.roles):
        raise NotAllowed("not-your-work", "Only those who asked for this work, or who run it, may stop or repeat it.")
