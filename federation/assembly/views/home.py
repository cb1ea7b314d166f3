"""What the assembly adds to the home page: votes that wait for the co-op, and what somebody is to do next."""

from typing import Any

from federation.assembly.services import overview
from federation.assembly.views.assembly import next_steps, waiting_vote
from tenants.identity import Identity
from tenants.pages.home import HomeNews
from tenants.permissions import may

MOST_ROWS = 5
"""On the home page; the rest stands on the front page of the assembly."""


def assembly_news(identity: Identity) -> HomeNews:
    """Votes first, then the next steps in the assembly, for those who see it."""
    if not may("see-assembly", identity.kind, identity.roles):
        return HomeNews()
    rows = [_vote(vote) for vote in _waiting(identity)]
    rows += [_step(step) for step in next_steps(identity)]
    shown = rows[:MOST_ROWS]
    if len(rows) > MOST_ROWS:
        more = f"{len(rows) - MOST_ROWS} more in the assembly"
        shown.append(_row(more, "All of them stand on its front page.", "/assembly", "Look", ""))
    return HomeNews(todo=shown)


def _waiting(identity: Identity) -> list[dict[str, Any]]:
    if not may("cast-votes", identity.kind, identity.roles):
        return []
    found = [waiting_vote(own, identity) for own in overview.own_votes(overview.open_polls())]
    return [vote for vote in found if vote["waits"] and vote["may_vote"]]


def _vote(vote: dict[str, Any]) -> dict[str, Any]:
    text = f"You hold {vote['held']}. It closes {vote['closes']}."
    return _row(vote["title"], text, vote["href"], "Vote", "")


def _step(step: dict[str, str]) -> dict[str, Any]:
    return _row("Assembly", step["text"], step["href"], step["act"], "")


def _row(title: str, text: str, href: str, act: str, kind: str) -> dict[str, Any]:
    label = f"{act}: {text if title == 'Assembly' else title}"
    return {"title": title, "text": text, "href": href, "act": act, "label": label, "kind": kind, "due": ""}
