"""Secret calendar addresses for carers, home co-ops and hosts."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from staffbank.services import calendar_feeds, calendar_keys
from staffbank.services.calendar_keys import ACTS
from tenants import clock
from tenants.db import at_the_door, transaction
from tenants.errors import InvalidInput, NotFound
from tenants.permissions import may
from tenants.scope import member_scope
from tenants.web import current_identity, needs, open_to_all, say
from tenants.web_forms import Form

bp = Blueprint("calendars_out", __name__)
KIND_WORDS = {
    "carer": ("My own placements", "Where and when you work, once you have said yes"),
    "home": ("Carers we lend", "When our carers work for other co-ops"),
    "host": ("Cover we borrow", "When carers of other co-ops come to us"),
}


@bp.get("/my-calendars")
@needs("see-home", scope="door")
def index() -> str:
    """One's addresses at the acting co-op."""
    return _page(Form())


@bp.post("/my-calendars")
@needs("see-home", scope="door")
def make() -> Any:
    """Make an address and show it, this once."""
    identity = current_identity()
    try:
        secret = calendar_keys.make_key(identity.person_id, identity.acting.tenant_id, request.form.get("kind", ""))
    except InvalidInput as error:
        return _page(Form(request.form).fail(error)), 422
    address = current_app.config["BASE_URL"].rstrip("/") + url_for(".feed", secret=secret)
    return _page(Form(), made=address)


@bp.post("/my-calendars/<mark>/end")
@needs("see-home", scope="door")
def end(mark: str) -> Any:
    """End an address."""
    identity = current_identity()
    calendar_keys.end_key(identity.person_id, identity.acting.tenant_id, mark)
    say("Ended. Whoever has the address reads nothing any more.")
    return redirect(url_for(".index"), 303)


@bp.get("/calendar/<secret>.ics")
@open_to_all("none")
def feed(secret: str) -> Response:
    """A calendar, for whoever has its secret address: found at the door, read as its owner."""
    with at_the_door():
        key = calendar_keys.find_key(secret)
        if key is None:
            raise NotFound("calendar")
        tenant_id, person_id, kind = key.tenant_id, key.person_id, key.kind
    with transaction(member_scope(tenant_id, person_id, read_only=True)):
        body = calendar_feeds.feed(kind, person_id)
    return Response(body, mimetype="text/calendar")


def _page(form: Form, made: str | None = None) -> str:
    identity = current_identity()
    keys = calendar_keys.list_keys(identity.person_id, identity.acting.tenant_id)
    return render_template(
        "staffbank/calendars.html",
        form=form,
        made=made,
        kinds=[(kind, *KIND_WORDS[kind]) for kind, act in ACTS.items() if may(act, identity.kind, identity.roles)],
        keys=[
            {
                "mark": calendar_keys.mark_of(key),
                "words": KIND_WORDS[key.kind][0],
                "made": clock.moment_words(key.created_at),
                "read": clock.moment_words(key.read_at) if key.read_at else None,
            }
            for key in keys
        ],
    )
