"""A manager keeps the list of people the co-op cares for."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from staffbank.schemas.cover import ClientForm
from staffbank.services import clients
from staffbank.services.clients import ClientFacts
from tenants.errors import InvalidInput
from tenants.pages.paging import page_number, pager
from tenants.web import needs, say
from tenants.web_forms import Form

bp = Blueprint("clients", __name__)
_TEMPLATE = "staffbank/client_form.html"


@bp.get("/clients")
@needs("request-cover")
def index() -> str:
    """Everybody the co-op cares for, by name."""
    words, page = request.args.get("q", "")[:100], page_number()
    rows, total = clients.list_clients(words, offset=(page - 1) * clients.PAGE_ROWS)
    return render_template(
        "staffbank/clients.html", clients=rows, filters={"q": words}, **pager(page, total, clients.PAGE_ROWS)
    )


@bp.get("/clients/new")
@needs("request-cover")
def new() -> str:
    """Write somebody down."""
    return render_template(_TEMPLATE, form=Form(), client=None)


@bp.post("/clients/new")
@needs("request-cover")
def add() -> Any:
    """Keep what was written."""
    form = Form.read(ClientForm(), request.form)
    if form.ok:
        try:
            made = clients.add_client(ClientFacts(**form.data))
            say(f"{made.name} is on the list.")
            return redirect(url_for(".index"), 303)
        except InvalidInput as error:
            form.fail(error)
    return render_template(_TEMPLATE, form=form, client=None), 422


@bp.get("/clients/<uuid:client_id>")
@needs("request-cover")
def show(client_id: UUID) -> str:
    """What is known of somebody, to be changed."""
    client = clients.get_client(client_id)
    names = ("name", "outcode", "address", "notes", "latitude", "longitude")
    return render_template(_TEMPLATE, form=Form({name: getattr(client, name) for name in names}), client=client)


@bp.post("/clients/<uuid:client_id>")
@needs("request-cover")
def change(client_id: UUID) -> Any:
    """Keep what was changed."""
    client = clients.get_client(client_id)
    form = Form.read(ClientForm(), request.form)
    if form.ok:
        try:
            clients.change_client(client_id, ClientFacts(**form.data))
            say("Changed.")
            return redirect(url_for(".index"), 303)
        except InvalidInput as error:
            form.fail(error)
    return render_template(_TEMPLATE, form=form, client=client), 422
