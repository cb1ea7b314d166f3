"""What joint buying adds to the home page: rounds that wait, where the next one stands, and what it has saved so far."""

from typing import Any

from flask import url_for
from sqlalchemy import func, select

from procurement.models import AlonePrice, Award, BuyingRound, Item, Share, Supplier
from procurement.services import rounds
from procurement.views.rounds import waiting_for
from procurement.views.words import left_words, plural
from tenants import clock
from tenants.db import db
from tenants.identity import Identity
from tenants.money import format_pence
from tenants.pages.home import HomeNews
from tenants.permissions import may
from tenants.services.coops import list_coops


def buying_news(identity: Identity) -> HomeNews:
    """Rounds that need this person, cards in figures, and for a new federation what to set up first."""
    if not may("see-rounds", identity.kind, identity.roles):
        return HomeNews()
    todo = [{**row, "label": f"{row['act']}: {row['title']}", "kind": "", "due": ""} for row in waiting_for(identity)]
    setup = _setup() if identity.kind != "coop" and may("run-rounds", identity.kind, identity.roles) else None
    return HomeNews(
        todo=todo,
        cards=[*_open_cards(), *(_saved_cards() if identity.kind == "coop" else _office_cards())],
        setup=setup,
    )


def _open_cards() -> list[dict[str, Any]]:
    nearest = db.session.scalar(
        select(BuyingRound).where(BuyingRound.state == "open").order_by(BuyingRound.closes_at).limit(1)
    )
    if nearest is None:
        return [{"title": "Open rounds", "value": "0", "small": "the office opens the next one"}]
    answered = f"{rounds.answered_count(nearest.id)} of {rounds.coop_count()}"
    return [
        {"title": f"Answers to {nearest.title}", "value": answered, "small": left_words(nearest.closes_at, clock.now())}
    ]


def _saved_cards() -> list[dict[str, Any]]:
    paid, alone, count = db.session.execute(
        select(
            func.coalesce(func.sum(Share.net_pence), 0),
            func.coalesce(func.sum(AlonePrice.bound_pence), 0),
            func.count(),
        )
        .join(AlonePrice, (AlonePrice.tenant_id == Share.tenant_id) & (AlonePrice.round_id == Share.round_id))
        .where(AlonePrice.bound_pence.is_not(None))
    ).one()
    if not count:
        return []
    saved, small = int(alone or 0) - int(paid or 0), f"in {plural(count, 'round')}, net, against buying alone"
    return [
        {
            "title": "Saved by buying together, at least" if saved >= 0 else "Paid more than alone",
            "value": format_pence(abs(saved)),
            "small": small,
        },
        {"title": "Paid", "value": format_pence(int(paid or 0)), "small": "net of VAT"},
    ]


def _office_cards() -> list[dict[str, Any]]:
    spent, count = db.session.execute(
        select(func.coalesce(func.sum(Award.cost_pence), 0), func.count()).where(Award.state == "approved")
    ).one()
    return [
        {
            "title": "Bought together",
            "value": format_pence(int(spent or 0)),
            "small": f"in {plural(count, 'round')}, net of VAT",
        }
    ]


def _setup() -> dict[str, Any] | None:
    """The first steps of a new federation; nothing once the first round has been made."""
    if db.session.scalar(select(BuyingRound.id).limit(1)):
        return None
    counts = {"coops": len(list_coops()), "items": _count(Item), "suppliers": _count(Supplier)}
    steps = [
        ("Add your co-ops and invite their managers", counts["coops"], "/coops", "co-op"),
        ("Fill the catalogue", counts["items"], "/catalogue", "item"),
        ("Add suppliers and price lists", counts["suppliers"], "/suppliers", "supplier"),
    ]
    entries = [
        {"text": text, "state": "done" if done else "", "href": href, "end": plural(done, noun) if done else ""}
        for text, done, href, noun in steps
    ]
    entries.append({"text": "Open the first round", "state": "", "href": url_for("rounds.new"), "end": ""})
    return {
        "title": f"Setting up: {sum(1 for _, done, _, _ in steps if done)} of {len(entries)} done",
        "entries": entries,
    }


def _count(model: type[Item] | type[Supplier]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
