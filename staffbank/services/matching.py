"""Searching for carers: asked for by a manager, done by a job in the office's scope, kept as the host may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from staffbank.models import Carer, CoverRequest, MatchRefusal, MatchRun
from staffbank.rule_book import RULES
from staffbank.services.requests import get_request
from tenants import clock, jobs
from tenants.db import db
from tenants.errors import NotFound, RuleBroken
from tenants.scope import current_tenant_id

LATELY = timedelta(days=90)
"""How far back people are told what kept offers away."""
KIND = "match-cover"
SEARCHED = ("own_staff", "shared", "filled")
MOST_REFUSALS_SHOWN = 500


@dataclass(frozen=True)
class Refusal:
    """Why one of the co-op's own carers was turned away from a shift."""

    carer_id: UUID
    first_name: str
    shift_id: UUID
    rule: str
    number: str


def start_match(request_id: UUID) -> UUID:
    """Ask for a search; one that waits already is not asked for twice. Answers the work's id.

    Raises: NotFound, RuleBroken for a request that nobody may be asked for.
    """
    request = get_request(request_id)
    if request.state not in SEARCHED:
        raise RuleBroken("not-searched", "Nobody is searched for: the request is not approved, or it is over.")
    db.session.flush()
    return jobs.defer(
        KIND,
        {"request_id": str(request_id)},
        label=f"Searching carers for request {request.number}",
        link=link_of(request_id),
        once_key=f"{KIND}:{request_id}",
    )


def ask_for_all() -> UUID:
    """Ask for one search for every shared request, so that nobody is proposed twice. Office scope."""
    return jobs.defer(
        "match-all", {}, label="Searching carers for all open cover", link="/staff-bank", once_key="match-all"
    )


def link_of(request_id: UUID) -> str:
    """Where the result of a search is seen."""
    return f"/cover/{request_id}"


def find_work(request_id: UUID) -> jobs.Work | None:
    """The newest search for a request that waits, runs or has failed; None when the newest has ended well."""
    link = link_of(request_id)
    newest = next((one for one in jobs.list_work(200) if one.kind == KIND and one.link == link), None)
    return newest if newest is not None and newest.state != "done" else None


def latest_run(request_id: UUID) -> MatchRun | None:
    """The newest search of one of the acting co-op's requests."""
    query = select(MatchRun).where(
        MatchRun.tenant_id == current_tenant_id(), MatchRun.request_id == request_id, MatchRun.state == "done"
    )
    return db.session.scalar(query.order_by(MatchRun.made_at.desc(), MatchRun.id.desc()).limit(1))


def get_run(run_id: UUID) -> MatchRun:
    """One search of the acting co-op. Raises: NotFound."""
    found = db.session.get(MatchRun, (current_tenant_id(), run_id))
    if found is None:
        raise NotFound("search")
    return found


def eligible(run: MatchRun, shift_id: UUID) -> list[dict[str, Any]]:
    """Who fits a shift, best first."""
    return list(run.ranked.get(str(shift_id), []))


def find_entry(run: MatchRun, shift_id: UUID, carer_id: UUID) -> dict[str, Any] | None:
    """What a search says of a carer who fits a shift."""
    return next((row for row in eligible(run, shift_id) if row["carer"] == str(carer_id)), None)


def warnings_left(request: CoverRequest, entry: Mapping[str, Any]) -> list[str]:
    """Rules that warn of this carer and that nobody has set aside."""
    done = {row["rule"] for row in request.overrides}
    return [rule for rule in entry.get("warnings", []) if rule not in done]


def check_warnings(request: CoverRequest, entry: Mapping[str, Any]) -> None:
    """Raises: RuleBroken while a warning about this carer has not been set aside with a reason."""
    left = warnings_left(request, entry)
    if left:
        words = f"{RULES[left[0]].words}. Set this warning aside with a reason first."
        raise RuleBroken("warning-not-set-aside", words, rule=left[0])


def list_own_refusals(run_id: UUID, shift_id: UUID | None = None) -> Sequence[Refusal]:
    """Why the acting co-op's own carers were turned away in a search, with names: never those of other co-ops."""
    tenant_id = current_tenant_id()
    query = (
        select(MatchRefusal.carer_id, Carer.first_name, MatchRefusal.shift_id, MatchRefusal.rule, MatchRefusal.number)
        .join(Carer, (Carer.tenant_id == MatchRefusal.tenant_id) & (Carer.id == MatchRefusal.carer_id))
        .where(MatchRefusal.tenant_id == tenant_id, MatchRefusal.run_id == run_id)
    )
    if shift_id is not None:
        query = query.where(MatchRefusal.shift_id == shift_id)
    found = db.session.execute(query.order_by(Carer.first_name, Carer.id).limit(MOST_REFUSALS_SHOWN))
    return [Refusal(*row) for row in found]


def count_refusals(carer_id: UUID) -> list[tuple[str, int]]:
    """For how many shifts of late each rule has turned one of the co-op's own carers away: for the carer and the home co-op alone.

    A rule and its count, the most frequent first.
    """
    shifts = func.count(MatchRefusal.shift_id.distinct())
    query = (
        select(MatchRefusal.rule, shifts)
        .where(
            MatchRefusal.tenant_id == current_tenant_id(),
            MatchRefusal.carer_id == carer_id,
            MatchRefusal.made_at > clock.now() - LATELY,
        )
        .group_by(MatchRefusal.rule)
        .order_by(shifts.desc(), MatchRefusal.rule)
    )
    return [(rule, count) for rule, count in db.session.execute(query)]
