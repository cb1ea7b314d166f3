"""What the list of rounds, the plan of a new one and the officer's page of one show."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import func, select

from procurement.models import AlonePrice, Award, BuyingRound, Demand, DemandAnswer, Item, Share
from procurement.rules import demand_value_pence
from procurement.services import awards, rounds
from procurement.views.demand import read_market
from procurement.views.words import STATE_WORDS, STEPS, job_view, left_words, plural, step_at, timeline
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import NotFound
from tenants.identity import Identity
from tenants.models import Tenant
from tenants.money import format_pence
from tenants.permissions import may
from tenants.web_forms import Form


def list_page(
    found: list[BuyingRound], total: int, page: int, state: str, words: str, identity: Identity
) -> dict[str, Any]:
    """What procurement/rounds.html shows."""
    pages = max(1, -(-total // rounds.PAGE_ROWS))
    coops = rounds.coop_count()
    cost = _costs([row.id for row in found], identity)
    answered = rounds.answered_counts([row.id for row in found])
    return {
        "rounds": [_row(row, coops, answered[row.id], cost.get(row.id)) for row in found],
        "waiting": waiting_for(identity),
        "may_open": may("run-rounds", identity.kind, identity.roles),
        "new_href": url_for("rounds.new"),
        "filters": {
            "q": words,
            "state": state,
            "states": [("", "All"), *((key, value[0]) for key, value in STATE_WORDS.items())],
        },
        "page": page,
        "pages": pages,
        "total": total,
        "page_url": lambda number: url_for("rounds.index", page=number, state=state or None, q=words or None),
        "urls": None,
        "also": _also(identity),
    }


def _also(identity: Identity) -> list[tuple[str, str]]:
    """Pages beside the list of rounds: (address, words)."""
    if identity.kind == "coop":
        return [("/statements", "Your statements")] if may("see-statement", identity.kind, identity.roles) else []
    return (
        [("/orders", "Purchase orders"), ("/suppliers", "Suppliers and prices")]
        if may("see-orders", identity.kind, identity.roles)
        else []
    )


def waiting_for(identity: Identity) -> list[dict[str, Any]]:
    """Rounds that need this person now: for a manager those not answered, for an officer those to be closed, awarded or ordered."""
    if may("enter-demand", identity.kind, identity.roles):
        own = select(DemandAnswer.round_id).where(DemandAnswer.tenant_id == identity.acting.tenant_id)
        open_rounds = db.session.scalars(
            select(BuyingRound)
            .where(BuyingRound.state == "open", BuyingRound.id.not_in(own))
            .order_by(BuyingRound.closes_at)
        )
        return [
            {
                "href": url_for("demand.show", round_id=row.id),
                "title": f"{row.title} waits for {identity.acting.name}.",
                "text": f"It closes on {clock.moment_words(row.closes_at)}: {left_words(row.closes_at, clock.now())}.",
                "act": "Say what you need",
            }
            for row in open_rounds
        ]
    if may("run-rounds", identity.kind, identity.roles):
        todo = {
            "closed": ("is closed.", "Work out and approve the award.", "Go on"),
            "awarded": ("is approved.", "The orders can go out.", "Send the orders"),
        }
        found = db.session.scalars(select(BuyingRound).where(BuyingRound.state.in_(todo)).order_by(BuyingRound.number))
        return [
            {
                "href": url_for("awards.show" if awards.find_current_award(row.id) else "rounds.show", round_id=row.id),
                "title": f"{row.title} {todo[row.state][0]}",
                "text": todo[row.state][1],
                "act": todo[row.state][2],
            }
            for row in found
        ]
    return []


def new_page() -> dict[str, Any]:
    """What procurement/round_new.html shows beside its form."""
    items = db.session.scalars(select(Item).where(Item.retired_at.is_(None)).order_by(Item.name))
    return {
        "items": [{"id": str(item.id), "name": item.name, "pack": item.unit} for item in items],
        "rules": None,
        "last_round": None,
        "cancel_href": url_for("rounds.index"),
    }


def officer_page(buying_round: BuyingRound, form: Form, identity: Identity) -> dict[str, Any]:
    """What procurement/round_officer.html shows."""
    items = rounds.list_round_items(buying_round.id)
    wanted = _demand_by_coop(buying_round.id)
    totals: dict[UUID, int] = defaultdict(int)
    for packs in wanted.values():
        for item_id, count in packs.items():
            totals[item_id] += count
    market = read_market(buying_round, [item.item_id for item in items], totals)
    prices = {str(item_id): price for item_id, price in market.first_prices.items()}
    coops = _coops(buying_round.id, wanted, prices)
    done = sum(1 for coop in coops if coop["at"])
    word, kind = STATE_WORDS[buying_round.state]
    award = awards.find_current_award(buying_round.id)
    value = demand_value_pence({str(item_id): count for item_id, count in totals.items()}, prices)
    return {
        "round": {"name": buying_round.title, "href": url_for("rounds.show", round_id=buying_round.id)},
        "title": buying_round.title,
        "state_word": word,
        "state_kind": kind,
        "form": form,
        "about": f"Round {buying_round.number}, {plural(len(items), 'item')}. {_closing_words(buying_round)} {buying_round.extended_reason}".strip(),
        "step_names": STEPS,
        "step_at": step_at(buying_round.state, proposed=bool(award and award.state == "proposed")),
        "cards": [
            {"title": "Answered", "value": f"{done} of {len(coops)}", "small": "co-ops"},
            {
                "title": "Packs",
                "value": f"{sum(totals.values()):,}",
                "small": plural(sum(1 for n in totals.values() if n), "item"),
            },
            {"title": "Value", "value": format_pence(value), "small": "at the lowest first price"},
        ],
        "coops": coops,
        "answered": {"done": done, "of": len(coops), "pct": 100 * done / len(coops) if coops else 0},
        "totals": [_total(item, totals, prices) for item in items if totals.get(item.item_id)],
        "offers": None,
        "job": _job(award, buying_round),
        "history": timeline(list(audit.list_record(buying_round.id, limit=12))),
        "urls": None,
        **_acts(buying_round, award, may("run-rounds", identity.kind, identity.roles)),
    }


def _closing_words(buying_round: BuyingRound) -> str:
    word = "Closes" if buying_round.state in ("draft", "open") else "Closed"
    return f"{word} {clock.moment_words(buying_round.closes_at)}."


def _row(
    row: BuyingRound, coops: int, answered: int, cost: tuple[int | None, dict[str, Any] | None] | None
) -> dict[str, Any]:
    word, kind = STATE_WORDS[row.state]
    return {
        "href": url_for("rounds.show", round_id=row.id),
        "name": row.title,
        "about": f"Round {row.number}",
        "state_word": word,
        "state_kind": kind,
        "closes_at": row.closes_at,
        "answered_words": f"{answered} of {coops}" if row.state != "draft" else "",
        "total_pence": cost[0] if cost else None,
        "saved": cost[1] if cost else None,
    }


def _costs(round_ids: list[UUID], identity: Identity) -> dict[UUID, tuple[int | None, dict[str, Any] | None]]:
    """Cost of each round to whoever asks, and what it saved: to a co-op of its own share, to the office of the approved award."""
    saved = _saved(round_ids)
    if identity.kind == "coop":
        found = db.session.execute(
            select(Share.round_id, Share.net_pence).where(
                Share.tenant_id == identity.acting.tenant_id, Share.round_id.in_(round_ids)
            )
        )
    else:
        found = db.session.execute(
            select(Award.round_id, Award.cost_pence).where(Award.state == "approved", Award.round_id.in_(round_ids))
        )
    return {round_id: (pence, saved.get(round_id)) for round_id, pence in found}


def _saved(round_ids: list[UUID]) -> dict[UUID, dict[str, Any] | None]:
    """What each shared round saved against buying alone, of the shares that the asker may see.

    Nothing is said while a price alone is missing, nor when only bounds are known and they show no saving. Goods that a co-op
    could not have bought alone are left out on both sides, so the rest is told as a least amount.
    """
    exact = (AlonePrice.bound_pence == AlonePrice.cost_pence) & AlonePrice.bound_pence.is_not(None)
    rows = db.session.execute(
        select(
            Share.round_id,
            func.sum(AlonePrice.bound_pence - Share.net_pence),
            func.bool_and(func.coalesce(exact, False)),
            func.bool_and(AlonePrice.round_id.is_not(None)),
        )
        .outerjoin(AlonePrice, (AlonePrice.tenant_id == Share.tenant_id) & (AlonePrice.round_id == Share.round_id))
        .where(Share.round_id.in_(round_ids))
        .group_by(Share.round_id)
    )
    return {
        round_id: {"pence": int(pence), "least": not sure}
        for round_id, pence, sure, complete in rows
        if complete and pence is not None and (sure or pence > 0)
    }


def _demand_by_coop(round_id: UUID) -> dict[UUID, dict[UUID, int]]:
    wanted: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for tenant_id, item_id, packs in db.session.execute(
        select(Demand.tenant_id, Demand.item_id, Demand.packs).where(Demand.round_id == round_id)
    ):
        wanted[tenant_id][item_id] = packs
    return wanted


def _coops(round_id: UUID, wanted: dict[UUID, dict[UUID, int]], prices: dict[str, Any]) -> list[dict[str, Any]]:
    answered = list(db.session.scalars(select(DemandAnswer).where(DemandAnswer.round_id == round_id)))
    answers = {answer.tenant_id: answer.answered_at for answer in answered}
    notes = {answer.tenant_id: answer.note for answer in answered}
    rows = []
    for coop in db.session.scalars(
        select(Tenant).where(Tenant.kind == "coop", Tenant.left_on.is_(None)).order_by(Tenant.name)
    ):
        packs = {str(item_id): count for item_id, count in wanted.get(coop.id, {}).items()}
        at = answers.get(coop.id)
        rows.append(
            {
                "name": coop.name,
                "state_word": ("Answered" if packs else "Needs nothing") if at else "Waiting",
                "state_kind": "ok" if at else "warn",
                "lines": len(packs),
                "packs": sum(packs.values()),
                "value_pence": demand_value_pence(packs, prices) if at else None,
                "at": at,
                "href": "",
                "note": notes.get(coop.id, ""),
            }
        )
    return rows


def _total(item: Any, totals: dict[UUID, int], prices: dict[str, Any]) -> dict[str, Any]:
    packs = totals[item.item_id]
    return {
        "item": item.name,
        "pack": item.unit,
        "packs": packs,
        "value_pence": demand_value_pence({str(item.item_id): packs}, prices),
        "note": "" if str(item.item_id) in prices else "No price list yet",
    }


def _job(award: Award | None, buying_round: BuyingRound) -> dict[str, Any] | None:
    if award is None or award.job_id is None or award.state not in ("running",):
        return None
    try:
        return job_view(jobs.get_work(award.job_id), url_for("awards.show", round_id=buying_round.id), "See the award")
    except NotFound:
        return None


def _acts(buying_round: BuyingRound, award: Award | None, officer: bool) -> dict[str, Any]:
    if not officer:
        return {}
    state = buying_round.state

    def url(act: str) -> str:
        return url_for(f"rounds.{act}", round_id=buying_round.id)

    return {
        "open_url": url("open_to_coops") if state == "draft" else None,
        "close_url": url("close") if state == "open" else None,
        "extend_url": url("extend") if state == "open" else None,
        "remind_url": url("remind") if state == "open" else None,
        "run_url": url("run_award") if state == "closed" else None,
        "cancel_url": url("cancel") if state in ("draft", "open", "closed", "awarded") else None,
        "award_href": url_for("awards.show", round_id=buying_round.id)
        if award is not None and award.state in ("proposed", "approved", "infeasible")
        else None,
    }
