"""Opening, extending, closing and cancelling a round: what the officer does, and what happens on time by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select, text

from procurement import rules
from procurement.models import BuyingRound, Demand, DemandAnswer, Item, Offer, RoundItem
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound
from tenants.models import Tenant
from tenants.services import mail
from tenants.settings import get_setting

MAX_ITEMS = 500
PAGE_ROWS = 25


@dataclass(frozen=True)
class RoundPlan:
    """What an officer decides before a round opens."""

    title: str
    closes_at: datetime
    deliver_on: date
    item_ids: Sequence[UUID]
    deliver_to: str = "coops"
    hub_address: str = ""
    max_suppliers: int | None = None
    max_suppliers_per_item: int | None = None
    max_share_percent: Decimal | None = None
    allow_overbuy: bool = False


def draft_round(plan: RoundPlan) -> BuyingRound:
    """Make a draft, which only the office sees. Raises: InvalidInput."""
    _check_plan(plan)
    number = (db.session.scalar(select(func.max(BuyingRound.number))) or 0) + 1
    buying_round = BuyingRound(
        number=number,
        title=plan.title.strip(),
        closes_at=plan.closes_at,
        deliver_on=plan.deliver_on,
        deliver_to=plan.deliver_to,
        hub_address=plan.hub_address,
        max_suppliers=plan.max_suppliers,
        max_suppliers_per_item=plan.max_suppliers_per_item,
        max_share_percent=plan.max_share_percent,
        allow_overbuy=plan.allow_overbuy,
        created_at=clock.now(),
    )
    db.session.add(buying_round)
    db.session.flush()
    _set_items(buying_round, plan.item_ids)
    audit.record("draft-round", "round", buying_round.id, {"number": number, "items": len(plan.item_ids)})
    return buying_round


def open_round(round_id: UUID) -> BuyingRound:
    """Open a draft to the co-ops: its items are taken as they stand now; closing and reminders are set to happen.

    Raises: NotFound, RuleBroken.
    """
    buying_round = get_round(round_id, lock=True)
    item_ids = list(db.session.scalars(select(RoundItem.item_id).where(RoundItem.round_id == round_id)))
    offers = (
        db.session.scalar(
            select(func.count())
            .select_from(Offer)
            .where(Offer.item_id.in_(item_ids), *valid_on(pricing_day(buying_round)))
        )
        or 0
    )
    rules.may_open(buying_round.state, len(item_ids), offers, buying_round.closes_at, clock.now())
    _set_items(buying_round, item_ids, opened=True)
    buying_round.state = "open"
    buying_round.opened_at = clock.now()
    _plan_dates(buying_round)
    closes = clock.moment_words(buying_round.closes_at)
    _tell_managers(
        _members(),
        f"{buying_round.title} is open",
        lambda coop: (
            f"{buying_round.title} is open until {closes}.\n\nSay what {coop} needs; you can change it until then."
            f" If you need nothing this time, save the page with every box empty.\n\n{_page_of(round_id)}\n"
        ),
    )
    audit.record("open-round", "round", round_id, {"closes": buying_round.closes_at.isoformat()})
    return buying_round


def extend_round(round_id: UUID, new_closes_at: datetime, reason: str) -> BuyingRound:
    """Close later than planned, for a reason that every co-op reads. Raises: NotFound, RuleBroken."""
    buying_round = get_round(round_id, lock=True)
    rules.may_extend(buying_round.state, buying_round.closes_at, new_closes_at, clock.now(), reason)
    audit.record(
        "extend-round",
        "round",
        round_id,
        {"from": buying_round.closes_at.isoformat(), "to": new_closes_at.isoformat(), "reason": reason.strip()},
    )
    buying_round.closes_at = new_closes_at
    buying_round.extended_reason = reason.strip()[:2000]
    _plan_dates(buying_round)
    return buying_round


def close_round(round_id: UUID) -> BuyingRound:
    """Close a round: it takes no more demand from here on; the prices of buying alone are worked out next.

    Raises: NotFound, RuleBroken.
    """
    buying_round = get_round(round_id, lock=True)
    answers, packs = db.session.execute(
        select(
            select(func.count()).select_from(DemandAnswer).where(DemandAnswer.round_id == round_id).scalar_subquery(),
            select(func.coalesce(func.sum(Demand.packs), 0)).where(Demand.round_id == round_id).scalar_subquery(),
        )
    ).one()
    rules.may_close(buying_round.state, answers, packs)
    buying_round.state = "closed"
    buying_round.closed_at = clock.now()
    jobs.defer(
        "alone-prices",
        {"round_id": str(round_id)},
        label=f"What each co-op would pay alone, round {buying_round.number}",
        link=f"/rounds/{round_id}",
        once_key=f"alone-prices:{round_id}",
    )
    audit.record("close-round", "round", round_id, {"answers": answers, "packs": int(packs)})
    return buying_round


def close_when_due(round_id: UUID) -> str:
    """Close a round whose time has come; a round that was extended, or in which nobody asked for anything, is left.

    The answer says which: "closed", "not due" or "nothing asked".
    """
    buying_round = get_round(round_id, lock=True)
    if buying_round.state != "open" or buying_round.closes_at > clock.now():
        return "not due"
    if not db.session.scalar(select(Demand.packs).where(Demand.round_id == round_id).limit(1)):
        return "nothing asked"
    close_round(round_id)
    return "closed"


def cancel_round(round_id: UUID, reason: str) -> BuyingRound:
    """Call a round off, for a reason that every co-op reads and is sent; a draft is nobody's business but the office's.

    Raises: NotFound, RuleBroken.
    """
    buying_round = get_round(round_id, lock=True)
    rules.may_cancel(buying_round.state, reason)
    audit.record("cancel-round", "round", round_id, {"was": buying_round.state, "reason": reason.strip()})
    buying_round.state = "cancelled"
    buying_round.extended_reason = reason.strip()[:2000]
    if buying_round.opened_at is not None:
        _tell_managers(
            _members(),
            f"{buying_round.title} is given up",
            lambda coop: (
                f"The federation office has given up {buying_round.title}. Nothing is ordered, and {coop} pays nothing"
                f" for it.\n\nThe reason: {buying_round.extended_reason}\n\n{_page_of(round_id)}\n"
            ),
        )
    return buying_round


def remind_round(round_id: UUID) -> int:
    """Write to the managers of the co-ops that have not answered; the answer is how many co-ops."""
    buying_round = get_round(round_id)
    rules.check_act("answer", buying_round.state)
    missing = unanswered(round_id)
    _tell_managers(
        missing,
        f"{buying_round.title} waits for your answer",
        lambda coop: (
            f"{buying_round.title} closes on {clock.moment_words(buying_round.closes_at)}.\n\n{coop} has not answered"
            f" yet. If you need nothing this time, save the page with every box empty.\n\n{_page_of(round_id)}\n"
        ),
    )
    audit.record("remind-round", "round", round_id, {"coops": len(missing)})
    return len(missing)


def get_round(round_id: UUID, *, lock: bool = False) -> BuyingRound:
    """One round, locked against others when it is going to change. Raises: NotFound."""
    query = select(BuyingRound).where(BuyingRound.id == round_id)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("round")
    return found


def list_rounds(
    *, state: str | None = None, words: str = "", limit: int = PAGE_ROWS, offset: int = 0
) -> tuple[list[BuyingRound], int]:
    """Rounds, newest first, and how many there are in all."""
    query = select(BuyingRound)
    if state:
        query = query.where(BuyingRound.state == state)
    if words:
        query = query.where(BuyingRound.title.icontains(words, autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(query.order_by(BuyingRound.number.desc()).limit(limit).offset(offset))
    return list(rows), total


def list_round_items(round_id: UUID) -> list[RoundItem]:
    """The items of a round, by name."""
    return list(db.session.scalars(select(RoundItem).where(RoundItem.round_id == round_id).order_by(RoundItem.name)))


def unanswered(round_id: UUID) -> list[Tenant]:
    """The co-ops that have not answered a round, by name. Office scope."""
    answered = select(DemandAnswer.tenant_id).where(DemandAnswer.round_id == round_id)
    return list(
        db.session.scalars(
            select(Tenant)
            .where(Tenant.kind == "coop", Tenant.left_on.is_(None), Tenant.id.not_in(answered))
            .order_by(Tenant.name)
        )
    )


def answered_count(round_id: UUID) -> int:
    """How many co-ops have answered; known to all."""
    return db.session.execute(text("SELECT round_answered(:round)"), {"round": round_id}).scalar_one()


def answered_counts(round_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The same for many rounds, asked for once."""
    rows = db.session.execute(
        select(BuyingRound.id, func.round_answered(BuyingRound.id)).where(BuyingRound.id.in_(round_ids))
    )
    return {round_id: count for round_id, count in rows}


def coop_count() -> int:
    """How many co-ops may answer."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Tenant).where(Tenant.kind == "coop", Tenant.left_on.is_(None))
        )
        or 0
    )


def pricing_day(buying_round: BuyingRound) -> date:
    """The day whose price lists hold for a round: the day it closes, in London."""
    return buying_round.closes_at.astimezone(clock.LONDON).date()


def valid_on(day: date):
    """Conditions on price lists that hold on a day."""
    return Offer.valid_from <= day, Offer.valid_to >= day


def _check_plan(plan: RoundPlan) -> None:
    errors: dict[str, str] = {}
    if not plan.title.strip() or len(plan.title) > 200:
        errors["title"] = "Give the round a name of at most 200 letters, like “Winter PPE”"
    if plan.closes_at <= clock.now():
        errors["closes_at"] = "Choose a closing time that lies ahead"
    elif plan.closes_at > clock.now() + rules.LONGEST_ROUND:
        errors["closes_at"] = "Choose a closing time within a year"
    if plan.deliver_on < plan.closes_at.astimezone(clock.LONDON).date():
        errors["deliver_on"] = "Choose a delivery day after the round closes"
    if not 1 <= len(set(plan.item_ids)) <= MAX_ITEMS:
        errors["item_ids"] = f"Choose from 1 to {MAX_ITEMS} items"
    if plan.deliver_to == "hub" and not plan.hub_address.strip():
        errors["hub_address"] = "Say where the hub is, or deliver to each co-op"
    if errors:
        raise InvalidInput(errors)


def _set_items(buying_round: BuyingRound, item_ids: Sequence[UUID], *, opened: bool = False) -> None:
    items = db.session.scalars(select(Item).where(Item.id.in_(item_ids), Item.retired_at.is_(None))).all()
    if len(items) < len(set(item_ids)):
        raise InvalidInput({"item_ids": "One of these items is no longer in the catalogue"})
    db.session.execute(delete(RoundItem).where(RoundItem.round_id == buying_round.id))
    db.session.add_all(
        RoundItem(
            round_id=buying_round.id,
            item_id=item.id,
            code=item.code,
            name=item.name,
            unit=item.unit,
            packs_per_box=item.packs_per_box,
            vat_rate_percent=item.vat_rate_percent,
            retail_pence=item.retail_pence,
            opened=opened,
        )
        for item in items
    )
    db.session.flush()


def _members() -> list[Tenant]:
    """The co-ops of the federation, by name."""
    return list(
        db.session.scalars(select(Tenant).where(Tenant.kind == "coop", Tenant.left_on.is_(None)).order_by(Tenant.name))
    )


def _tell_managers(coops: Sequence[Tenant], subject: str, body: Callable[[str], str]) -> None:
    """Write to the managers of co-ops; `body` makes a co-op's letter from its name."""
    mail.write_to_each(["manager"], [(coop.id, subject, body(coop.name)) for coop in coops])


def _page_of(round_id: UUID) -> str:
    return f"{current_app.config['BASE_URL']}/rounds/{round_id}"


def _plan_dates(buying_round: BuyingRound) -> None:
    reminder = buying_round.closes_at - timedelta(hours=get_setting("reminder_hours"))
    payload = {"round_id": str(buying_round.id), "closes_at": buying_round.closes_at.isoformat()}
    jobs.defer(
        "close-round", payload, label=f"Close round {buying_round.number}", shown=False, run_at=buying_round.closes_at
    )
    if reminder > clock.now():
        jobs.defer(
            "remind-round", payload, label=f"Reminders, round {buying_round.number}", shown=False, run_at=reminder
        )
