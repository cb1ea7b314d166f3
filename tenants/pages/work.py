"""Your work: what the computer does for you, how far it is, and what came of it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from tenants import audit, clock, jobs
from tenants.pages.paging import page_number, pager
from tenants.services.work import check_may_change, get_seen, may_see
from tenants.web import current_identity, say, signed_in

work = Blueprint("work", __name__)
ENDED = {"done": ("Done", "ok"), "failed": ("Failed", "bad"), "cancelled": ("Stopped", "warn")}
MOST_LISTED = 500
"""How far back the list goes; the database gives no more at once."""
PAGE_ROWS = 25
_STATUS = {
    "waiting": ("queued", "Waiting"),
    "running": ("running", "At work"),
    "done": ("done", "Done"),
    "failed": ("failed", "Failed"),
    "cancelled": ("stopped", "Stopped"),
}


def job_view(one: jobs.Work) -> dict[str, Any]:
    """A piece of work in the shape that frame/progress.html reads."""
    status, words = _STATUS[one.state]
    ran = max(0, int(((one.ended_at or clock.now()) - one.created_at).total_seconds()))
    return {
        "id": one.id,
        "title": one.label,
        "status": status,
        "status_words": words,
        "percent": one.percent,
        "step_words": one.step or words,
        "detail": f"{ran} seconds so far" if one.state not in ENDED else "",
        "steps": None,
        "error": one.problem if one.state != "done" else None,
        "poll_url": url_for("work.one", work_id=one.id, part="progress"),
        "work_url": url_for("work.index"),
        "stop_url": url_for("work.cancel", work_id=one.id),
        "retry_url": url_for("work.retry", work_id=one.id),
        "done_url": one.link or None,
        "done_words": None,
    }


@work.get("/work")
@signed_in()
def index():
    """Work under way, on every page of the list, and work that has ended, newest first."""
    page = page_number()
    listed = [one for one in jobs.list_work(MOST_LISTED) if may_see(one, current_identity())]
    ended = [one for one in listed if one.state in ENDED]
    return render_template(
        "tenants/work.html",
        running=[job_view(one) for one in listed if one.state not in ENDED],
        waiting=[],
        finished=[
            {
                "title": one.label,
                "status_word": ENDED[one.state][0],
                "status_kind": ENDED[one.state][1],
                "at": one.ended_at or one.created_at,
                "detail": one.problem if one.state != "done" else "",
                "href": one.link if one.state == "done" and one.link else url_for("work.one", work_id=one.id),
                "act": None if one.state == "done" else "Look",
            }
            for one in ended[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        ],
        **pager(page, len(ended), PAGE_ROWS),
    )


@work.get("/work/<uuid:work_id>")
@signed_in()
def one(work_id: UUID):
    """One piece of work; `?part=progress` answers the poll with the panel alone."""
    job = job_view(get_seen(work_id, current_identity()))
    if request.args.get("part") == "progress":
        return render_template("frame/progress.html", job=job)
    return render_template("tenants/work_one.html", job=job)


@work.post("/work/<uuid:work_id>/cancel")
@signed_in()
def cancel(work_id: UUID):
    """Ask it to stop."""
    check_may_change(get_seen(work_id, current_identity()), current_identity())
    jobs.cancel_work(work_id)
    audit.record("cancel-work", "work", work_id)
    say("It stops as soon as it can.")
    return redirect(url_for("work.one", work_id=work_id), 303)


@work.post("/work/<uuid:work_id>/retry")
@signed_in()
def retry(work_id: UUID):
    """Try it again."""
    check_may_change(get_seen(work_id, current_identity()), current_identity())
    jobs.retry_work(work_id)
    audit.record("retry-work", "work", work_id)
    say("It is tried again.")
    return redirect(url_for("work.one", work_id=work_id), 303)
