"""What the demand page shows: the items, how far all co-ops are from the next step, and what comes next."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select

from procurement.models import BuyingRound, Offer, RoundItem, Supplier
from procurement.progress import (
    NextStep,
    PriceList,
    SupplierTerms,
    lowest_first_prices,
    next_step,
    order_reached,
    supplier_step,
)
from procurement.rules import Mode, TierBasis, demand_value_pence
from procurement.services import demand, rounds
from procurement.services.rounds import valid_on
from procurement.views.words import STATE_WORDS, left_words, plural
from tenants import clock
from tenants.db import db
from tenants.money import format_pence, format_price, round_half_up


@dataclass(frozen=True)
class Market:
    """The price lists that hold for a round, by item."""

    lists: dict[UUID, list[PriceList]]
    first_prices: dict[UUID, Decimal]
    terms: dict[str, SupplierTerms]


def read_market(buying_round: BuyingRound, item_ids: list[UUID], totals: Mapping[UUID, int]) -> Market:
    """Price lists of the round's items; suppliers that look at the whole order are taken at what all co-ops need so far."""
    found = db.session.execute(
        select(Offer, Supplier)
        .join(Supplier, Supplier.id == Offer.supplier_id)
        .where(Offer.item_id.in_(item_ids), Supplier.retired_at.is_(None), *valid_on(rounds.pricing_day(buying_round)))
    ).all()
    firsts: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for offer, supplier in found:
        firsts[supplier.id][str(offer.item_id)] = offer.pence_per_pack[0]
    packs = {str(item_id): count for item_id, count in totals.items()}
    lists: dict[UUID, list[PriceList]] = defaultdict(list)
    for offer, supplier in found:
        by_order = supplier.tier_basis != "item_packs"
        lists[offer.item_id].append(
            PriceList(
                supplier.name,
                supplier.order_tiers if by_order else offer.tiers,
                offer.pence_per_pack,
                cast("TierBasis", supplier.tier_basis),
                cast("Mode", offer.mode),
                offer.minimum_packs,
                offer.multiple_packs,
                offer.capacity_packs,
                order_reached(cast("TierBasis", supplier.tier_basis), firsts[supplier.id], packs) if by_order else 0,
            )
        )
    terms = {
        supplier.name: SupplierTerms(
            supplier.name, supplier.delivery_pence, supplier.free_delivery_from_pence, supplier.minimum_order_pence
        )
        for _, supplier in found
    }
    return Market(dict(lists), lowest_first_prices(lists), terms)


def demand_page(buying_round: BuyingRound, coop_name: str, typed: Mapping[UUID, int] | None = None) -> dict[str, Any]:
    """Everything that procurement/demand.html shows. `typed` are quantities on the page that are not saved yet."""
    now = clock.now()
    items = rounds.list_round_items(buying_round.id)
    own = demand.get_own_demand(buying_round.id)
    wanted = dict(own.packs if typed is None else typed)
    seen = demand.seen_totals(buying_round.id)
    totals = _with_typed(seen, own.packs, wanted)
    market = read_market(buying_round, [item.item_id for item in items], totals)
    last = demand.last_demand(buying_round)
    shown = [_item(item, market, wanted, totals, last) for item in items]
    open_now = buying_round.state == "open" and buying_round.closes_at > now
    word, kind = STATE_WORDS[buying_round.state]
    return {
        "round": {
            "id": buying_round.id,
            "name": buying_round.title,
            "state_word": word if open_now or word != "Open" else "Closing",
            "state_kind": kind,
            "about": f"Round {buying_round.number}."
            + (f" {buying_round.extended_reason}" if buying_round.extended_reason else ""),
            "closes_words": clock.moment_words(buying_round.closes_at),
            "left_words": left_words(buying_round.closes_at, now),
        },
        "coop_name": coop_name,
        "open": open_now,
        "items": shown,
        "together": {str(item_id): packs for item_id, packs in (seen or {}).items()},
        "filled": sum(1 for item in shown if item["quantity"]),
        "total_pence": demand_value_pence(
            {str(k): v for k, v in wanted.items()}, {str(k): v for k, v in _prices(shown).items()}
        ),
        "saved_words": f"Saved {clock.moment_words(own.answer.answered_at)}." if own.answer else "Not saved yet.",
        "hint": _hint(items, market, wanted, totals, own.packs) if seen and open_now else None,
        "suppliers": _suppliers(items, market, totals) if seen and open_now else [],
        "answered": _answered(buying_round, seen is not None),
        "next_steps": _next_steps(buying_round),
        "note": own.note,
        "version": own.answer.version if own.answer else 0,
        "answer": own.answer,
    }


def _with_typed(
    seen: Mapping[UUID, int] | None, saved: Mapping[UUID, int], wanted: Mapping[UUID, int]
) -> dict[UUID, int]:
    base = {**saved, **(seen or {})}
    for item_id in wanted.keys() | saved.keys():
        base[item_id] = max(0, base.get(item_id, 0) - saved.get(item_id, 0) + wanted.get(item_id, 0))
    return base


def _item(
    item: RoundItem, market: Market, wanted: Mapping[UUID, int], totals: Mapping[UUID, int], last: Mapping[UUID, int]
) -> dict[str, Any]:
    step = next_step(totals.get(item.item_id, 0), item.packs_per_box, market.lists.get(item.item_id, []))
    have, left, ends, to_box = step.packs, 0, None, False
    if step.next_tier is not None and step.next_tier.basis != "order_pence":
        left, ends = step.next_tier.missing, step.next_tier.pence_per_pack
    elif step.packs_to_box and step.best_pence_per_pack is not None:
        left, ends, to_box = step.packs_to_box, step.best_pence_per_pack, True
    return {
        "id": str(item.item_id),
        "name": item.name,
        "pack": item.unit,
        "unit": "packs",
        "price_pence": step.best_pence_per_pack,
        "last": last.get(item.item_id),
        "quantity": wanted.get(item.item_id, ""),
        "step": 1,
        "have": have,
        "left": left,
        "to_box": to_box,
        "next_pence": ends,
        "pct": None if step.best_pence_per_pack is None else (100.0 if not left else 100.0 * have / (have + left)),
        "error": None,
    }


def _suppliers(items: list[RoundItem], market: Market, totals: Mapping[UUID, int]) -> list[dict[str, str]]:
    """How far each supplier that is cheapest for something today is from its minimum order and from free delivery."""
    goods: dict[str, Fraction] = defaultdict(Fraction)
    for item in items:
        packs = totals.get(item.item_id, 0)
        step = next_step(packs, item.packs_per_box, market.lists.get(item.item_id, []))
        if step.best_supplier is not None and step.best_pence_per_pack is not None:
            goods[step.best_supplier] += packs * Fraction(step.best_pence_per_pack)
    shown = []
    for name, pence in sorted(goods.items()):
        at = supplier_step(market.terms[name], round_half_up(pence))
        parts = [
            f"{format_pence(at.to_minimum_pence)} to its minimum order"
            if at.to_minimum_pence
            else "minimum order reached"
        ]
        if at.to_free_delivery_pence is None:
            parts.append(f"delivery always {format_pence(market.terms[name].delivery_pence)}")
        else:
            parts.append(
                f"{format_pence(at.to_free_delivery_pence)} to free delivery"
                if at.to_free_delivery_pence
                else "delivery is free"
            )
        shown.append({"name": name, "text": ", ".join(parts)})
    return shown


def _prices(shown: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {item["id"]: item["price_pence"] for item in shown if item["price_pence"] is not None}


def _hint(
    items: list[RoundItem],
    market: Market,
    wanted: Mapping[UUID, int],
    totals: Mapping[UUID, int],
    saved: Mapping[UUID, int],
) -> dict[str, Any] | None:
    """The one small step that would save all co-ops most, if there is one within a tenth of the item's total."""
    best: tuple[int, RoundItem, NextStep] | None = None
    for item in items:
        step = next_step(totals.get(item.item_id, 0), item.packs_per_box, market.lists.get(item.item_id, []))
        tier = step.next_tier
        if (
            tier is None
            or tier.basis != "item_packs"
            or step.best_pence_per_pack is None
            or not 0 < tier.missing * 10 <= step.packs
        ):
            continue
        saving = round_half_up(
            step.packs * step.best_pence_per_pack - (step.packs + tier.missing) * tier.pence_per_pack
        )
        if saving > 0 and (best is None or saving > best[0]):
            best = (saving, item, step)
    if best is None or best[2].next_tier is None or best[2].best_pence_per_pack is None:
        return None
    saving, item, step = best
    tier, mine = best[2].next_tier, wanted.get(item.item_id, 0)
    own_change = round_half_up((mine + tier.missing) * tier.pence_per_pack - mine * best[2].best_pence_per_pack)
    packs = plural(tier.missing, "more pack")
    return {
        "title": f"{plural(tier.missing, 'pack').capitalize()} from a better price",
        "text": f"With {packs} of {item.name} the price falls from {format_price(best[2].best_pence_per_pack)} to {format_price(tier.pence_per_pack)}"
        f" for all. Yours would cost {format_pence(abs(own_change))} {'more' if own_change > 0 else 'less'};"
        f" all co-ops together would pay {format_pence(saving)} less.",
        "item_id": str(item.item_id),
        "packs": tier.missing,
        "act_words": f"Add {plural(tier.missing, 'pack')}",
    }


def _answered(buying_round: BuyingRound, totals_shown: bool) -> dict[str, Any]:
    done, of = rounds.answered_count(buying_round.id), rounds.coop_count()
    words = (
        ""
        if totals_shown
        else (
            "The total of an item is shown once three other co-ops want it, so that nobody’s own need can be"
            " worked out. Until then the steps count yours alone."
        )
    )
    return {"done": done, "of": of, "pct": 100 * done / of if of else 0, "missing_words": words}


def _next_steps(buying_round: BuyingRound) -> list[dict[str, Any]]:
    closes, deliver = buying_round.closes_at, buying_round.deliver_on
    place = (
        ["open", "closed", "awarded", "ordered"].index(buying_round.state)
        if buying_round.state in ("open", "closed", "awarded", "ordered")
        else -1
    )
    entries = [
        ("You say what you need", f"by {clock.moment_words(closes)}"),
        (
            "The office finds the least cost",
            clock.day_words(closes.astimezone(clock.LONDON).date() + timedelta(days=1)),
        ),
        ("Orders go out; you see what you pay, and what you saved", ""),
        (f"Delivery to {'the hub' if buying_round.deliver_to == 'hub' else 'you'}", f"from {clock.day_words(deliver)}"),
    ]
    return [{"text": text, "at": at, "now": number == place} for number, (text, at) in enumerate(entries)]
