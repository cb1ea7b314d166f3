"""Work that is done later: how far it is, stopping it, trying it again."""

from typing import Any
from uuid import UUID

from tenants import audit, jobs
from tenants.api.blueprint import ApiBlueprint
from tenants.api.schemas import WorkLimitSchema, WorkListSchema, WorkSchema
from tenants.idempotency import idempotent
from tenants.services.work import check_may_change, get_seen, may_see
from tenants.web import current_identity, signed_in

api = ApiBlueprint("api-work", __name__, url_prefix="/api", description="Work that is done later")


@api.route("/jobs")
@signed_in()
@api.arguments(WorkLimitSchema, location="query")
@api.response(200, WorkListSchema)
def list_jobs(query: dict[str, int]) -> Any:
    """One's own work and, for those who see rounds, all of the co-op's, newest first."""
    return {"items": [work for work in jobs.list_work(query["page_size"]) if may_see(work, current_identity())]}


@api.route("/jobs/<uuid:job_id>")
@signed_in()
@api.response(200, WorkSchema)
def show_job(job_id: UUID) -> Any:
    """One piece of work."""
    return get_seen(job_id, current_identity())


@api.route("/jobs/<uuid:job_id>/cancel", methods=["POST"])
@signed_in()
@idempotent()
@api.response(200, WorkSchema)
def cancel_job(job_id: UUID) -> Any:
    """Ask a piece of work to stop."""
    check_may_change(get_seen(job_id, current_identity()), current_identity())
    jobs.cancel_work(job_id)
    audit.record("cancel-work", "work", job_id)
    return jobs.get_work(job_id)


@api.route("/jobs/<uuid:job_id>/retry", methods=["POST"])
@signed_in()
@idempotent()
@api.response(200, WorkSchema)
def retry_job(job_id: UUID) -> Any:
    """Try failed or stopped work again."""
    check_may_change(get_seen(job_id, current_identity()), current_identity())
    jobs.retry_work(job_id)
    audit.record("retry-work", "work", job_id)
    return jobs.get_work(job_id)
