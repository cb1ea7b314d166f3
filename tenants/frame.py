"""What the frame around every page shows: who, for which co-op, where to go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, get_flashed_messages, request
from sqlalchemy import text

from tenants.db import at_the_door, db
from tenants.identity import Identity
from tenants.permissions import may
from tenants.scope import ScopeMissing, current_scope
from tenants.services import saved_filters
from tenants.services.coops import federation_name
from tenants.web import csrf_token


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation, shown to those who may do its act."""

    label: str
    icon: str
    href: str
    act: str
    where: str = ""
    rooms: tuple[str, ...] = ()
    """Other addresses that belong to this place."""


FOOTER = (
    {"label": "Help", "href": "/help"},
    {"label": "Accessibility", "href": "/accessibility"},
    {"label": "Privacy", "href": "/privacy"},
)
"""Links at the foot of every page."""


def use_frame(app: Flask, places: Sequence[Place]) -> None:
    """Give every template `frame`."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {"frame": frame_data(places, _federation_name(app), app.config["DEMO"])}

    app.jinja_env.globals["saved_choices"] = saved_choices


def saved_choices() -> dict[str, Any] | None:
    """A person's saved choices for the list on this page, and what to keep; for nobody, nothing."""
    identity: Identity | None = g.get("identity")
    if identity is None:
        return None
    chosen = {name: value for name, value in request.args.items() if value and name != "page"}
    return {
        "listed": [
            {"id": one.id, "name": one.name, "href": f"{request.path}?{one.query}"}
            for one in saved_filters.list_filters_aside(identity, request.path)
        ],
        "address": f"{request.path}?{urlencode(chosen)}" if chosen else None,
        "csrf_token": csrf_token(),
    }


def _federation_name(app: Flask) -> str:
    # Read once for each process: a federation does not change its name while it runs.
    if not app.config["FEDERATION_NAME"]:
        try:
            current_scope()
            app.config["FEDERATION_NAME"] = federation_name()
        except ScopeMissing:
            with at_the_door():
                app.config["FEDERATION_NAME"] = federation_name()
    return app.config["FEDERATION_NAME"] or "Federation"


def frame_data(places: Sequence[Place], federation_name: str, demo: bool) -> dict[str, Any]:
    """The frame's facts for the present request."""
    identity: Identity | None = g.get("identity")
    base: dict[str, Any] = {
        "federation_name": federation_name,
        "signed_in": identity is not None,
        "csrf_token": csrf_token(),
        "demo": demo,
        "flash": [{"kind": kind, "text": words} for kind, words in get_flashed_messages(with_categories=True)],
        "nav": [],
        "switch": [],
        "work_count": 0,
        "footer": FOOTER,
    }
    if identity is None:
        return base
    shown = [place for place in places if may(place.act, identity.kind, identity.roles)]
    return base | {
        "coop_name": identity.acting.name,
        "person_name": identity.display_name,
        "role_words": identity.role_words,
        "initials": "".join(word[0] for word in identity.display_name.split()[:2]).upper(),
        "work_count": _work_count(),
        "work_href": "/work",
        "account_href": "/account",
        "switch": [
            {
                "name": standing.name,
                "value": str(standing.tenant_id),
                "current": standing.tenant_id == identity.acting.tenant_id,
            }
            for standing in identity.standings
        ],
        "nav": [
            {
                "label": place.label,
                "icon": place.icon,
                "href": place.href,
                "where": place.where,
                "current": any(_is_here(address) for address in (place.href, *place.rooms)),
            }
            for place in shown
        ],
    }


def _is_here(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href.rstrip("/") + "/"))


def _work_count() -> int:
    try:
        if current_scope().tenant_id is None:
            return 0
    except ScopeMissing:
        return 0
    count = "SELECT count(*) FROM outbox_rows(NULL, 100) WHERE state IN ('running', 'failed') OR (state = 'waiting' AND run_at <= now())"
    return db.session.execute(text(count)).scalar_one()
