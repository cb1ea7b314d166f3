"""Home: what needs you now. Other floors feed it by functions in `app.extensions["home_cards"]`."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, current_app, render_template

from tenants import audit, jobs
from tenants.clock import moment_words
from tenants.identity import Identity
from tenants.pages.words import act_words
from tenants.permissions import may
from tenants.services import mail
from tenants.web import current_identity, needs

home = Blueprint("home", __name__)


@dataclass
class HomeNews:
    """What one floor adds to the home page, in the template's own shapes (see tenants/home.html)."""

    todo: list[dict[str, Any]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    news: list[dict[str, Any]] = field(default_factory=list)
    setup: dict[str, Any] | None = None


@home.get("/")
@needs("see-home")
def index():
    """What waits for this person, for the tenant acted for."""
    identity = current_identity()
    told = [_own_news(identity), *(tell(identity) for tell in current_app.extensions.get("home_cards", []))]
    todo = [item for news in told for item in news.todo]
    recent = audit.list_record(limit=6) if may("see-record", identity.kind, identity.roles) else []
    return render_template(
        "tenants/home.html",
        title=_title(len(todo)),
        about=f"{identity.acting.name}: {identity.role_words}",
        todo=todo,
        cards=[card for news in told for card in news.cards],
        news=[item for news in told for item in news.news],
        setup=next((news.setup for news in told if news.setup), None),
        places=None,
        recent=[
            {"text": act_words(row.act), "at": moment_words(row.at), "at_iso": row.at.isoformat()} for row in recent
        ],
        recent_href="/record" if recent else None,
    )


def _title(waiting: int) -> str:
    if not waiting:
        return "Nothing waits for you"
    return "One thing waits for you" if waiting == 1 else f"{waiting} things wait for you"


def _own_news(identity: Identity) -> HomeNews:
    failed = [work for work in jobs.list_work() if work.state == "failed"]
    letters = mail.count_failed_aside() if may("keep-coops", identity.kind, identity.roles) else 0
    todo = (
        [
            {
                "title": "Letters that did not arrive",
                "text": f"{letters} letters could not be sent.",
                "href": "/people",
                "act": "Look",
                "label": "Look at letters that did not arrive",
                "kind": "bad",
                "due": "Failed",
            }
        ]
        if letters
        else []
    )
    return HomeNews(
        todo=todo
        + [
            {
                "title": work.label,
                "text": work.problem or "This work did not end well.",
                "href": f"/work/{work.id}",
                "act": "Look",
                "label": f"Look at {work.label}",
                "kind": "bad",
                "due": "Failed",
            }
            for work in failed[:5]
        ]
    )
