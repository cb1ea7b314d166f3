"""Who votes for a co-op: alternates, divided votes, proxies."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from federation.assembly.schemas.polls import ProxyForm
from federation.assembly.services import representation
from federation.assembly.views.polls import whole
from federation.assembly.views.representation import representation_page
from tenants import clock
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.permissions import may
from tenants.scope import FEDERATION, current_scope
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("representation", __name__)


@bp.get("/representation")
@needs("see-assembly")
def index() -> str:
    """The co-op's delegates, divided votes and proxies. Raises: NotFound for the office, which has none."""
    return _page(Form())


@bp.post("/representation/delegates/<uuid:person_id>")
@needs("name-delegates")
def alternate(person_id: UUID) -> Any:
    """Make a delegate an alternate, or a full delegate again."""
    try:
        representation.set_alternate(person_id, request.form.get("alternate") == "1")
    except RuleBroken as error:
        say(error.message, "bad")
    return redirect(url_for(".index"), 303)


@bp.post("/representation/shares/<uuid:poll_id>")
@needs("name-delegates")
def share(poll_id: UUID) -> Any:
    """Divide the co-op's votes in a poll among its delegates, or put them together again."""
    try:
        rows = representation.share_votes(poll_id, _units())
    except InvalidInput as error:
        return _page(Form().fail(InvalidInput({"": " ".join(error.errors.values())}))), 422
    except RuleBroken as error:
        return _page(Form().fail(InvalidInput({"": error.message}))), 409
    say("The votes are divided." if rows else "One delegate casts all votes again.")
    return redirect(url_for(".index"), 303)


@bp.post("/representation/proxies")
@needs("name-delegates")
def give() -> Any:
    """Give a proxy, from today."""
    form = Form.read(ProxyForm(), request.form)
    if form.ok:
        try:
            representation.give_proxy(from_date=clock.today(), **form.data)
        except InvalidInput as error:
            return _page(form.fail(error)), 422
        except RuleBroken as error:
            return _page(form.fail(InvalidInput({"to_coop": error.message}))), 409
        say("The proxy is given. The other co-op sees it on its own page.")
        return redirect(url_for(".index"), 303)
    return _page(form), 422


@bp.post("/representation/proxies/<uuid:proxy_id>/end")
@needs("name-delegates")
def end(proxy_id: UUID) -> Any:
    """End a proxy that the co-op gave or holds."""
    representation.end_proxy(proxy_id)
    say("The proxy is ended. Votes cast by it before stand.")
    return redirect(url_for(".index"), 303)


def _units() -> dict[UUID, int]:
    """Votes for each delegate, as they were typed. Raises: InvalidInput."""
    found = {}
    for key, typed in request.form.items():
        if key.startswith("units-"):
            count = whole(typed)
            try:
                person_id = UUID(key.removeprefix("units-"))
            except ValueError:
                raise InvalidInput({"units": "Divide the votes among delegates of your co-op"}) from None
            if count is None:
                raise InvalidInput({"units": "Enter whole numbers of votes"})
            found[person_id] = count
    return found


def _page(form: Form) -> str:
    if current_scope().tenant_id == FEDERATION:
        raise NotFound("page")
    identity = current_identity()
    may_change = may("name-delegates", identity.kind, identity.roles)
    shown = representation_page(identity.acting.name, may_change=may_change)
    return render_template("assembly/representation.html", form=form, **shown)
