"""Pages of the catalogue: what the co-ops may ask for."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from procurement.models import Item
from procurement.pages.lists import file_answer, history, list_context, may_keep, read_choice, read_version, written
from procurement.schemas.catalogue import VAT_RATES, ItemOutSchema, ItemSchema
from procurement.services import catalogue, suppliers
from procurement.services.catalogue import Choice, ItemRow
from tenants.downloads import Column
from tenants.errors import InvalidInput
from tenants.money import format_price
from tenants.web import needs, say
from tenants.web_forms import NONE, Form, percent, price

bp = Blueprint("catalogue", __name__)

SORTS = ("name", "code", "vat", "best")
STATES = [("", "In use"), ("retired", "Taken out"), ("all", "All")]
COLUMNS = [
    Column("code", "Code"),
    Column("name", "Name"),
    Column("unit", "Pack"),
    Column("packs_per_box", "Packs per box", "packs"),
    Column("gtin", "GTIN"),
    Column("cpv", "CPV"),
    Column("standard", "Standard"),
    Column("vat_rate_percent", "VAT (%)", "percent"),
    Column("retail_pence", "Price in a shop (£)", "price"),
    Column("offers", "Offers", "packs"),
    Column("best", "Best price (£)", "price"),
    Column("retired_at", "Taken out", "moment"),
]


@bp.get("/catalogue")
@needs("see-catalogue")
def items() -> str:
    """What can we buy?"""
    choice = read_choice(SORTS, dict(STATES))
    found = catalogue.list_items(choice)
    filters = {
        "q": choice.words,
        "state": choice.state,
        "states": STATES,
        "others": not found.total and catalogue.list_items(Choice(state="all", rows=1)).total > 0,
    }
    return render_template(
        "procurement/catalogue.html",
        items=[_row(row) for row in found.rows],
        filters=filters,
        suppliers_href=url_for("suppliers.all_suppliers"),
        offers_href=url_for("suppliers.offers.offers"),
        new_href=url_for("catalogue.new_item"),
        import_href=url_for("imports.upload", kind="catalogue"),
        **list_context(found, choice, "name", "Catalogue"),
    )


@bp.get("/catalogue.<any(csv, xlsx):ext>")
@needs("see-catalogue")
def items_file(ext: str) -> Response:
    """The same list to take away."""
    choice = read_choice(SORTS, dict(STATES))
    found = catalogue.list_items(Choice(choice.words, choice.state, choice.sort, choice.descending, rows=None))
    facts = [column.key for column in COLUMNS if column.key not in ("offers", "best")]
    rows = (
        {key: getattr(row.item, key) for key in facts} | {"offers": row.offers, "best": row.best_pence}
        for row in found.rows
    )
    return file_answer("Catalogue", ext, COLUMNS, rows)


@bp.get("/catalogue/new")
@needs("keep-catalogue")
def new_item() -> str:
    """An empty form."""
    return _page(None, Form({"packs_per_box": 1, "vat_rate_percent": 20}))


@bp.post("/catalogue/new")
@needs("keep-catalogue")
def add_item() -> ResponseReturnValue:
    """Add an item."""
    form = Form.read(ItemSchema(), request.form)
    if form.ok:
        try:
            item = catalogue.add_item(form.data)
            say(f"{item.name} is in the catalogue.")
            return redirect(url_for("catalogue.items"), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(None, form), 422


@bp.get("/catalogue/<uuid:item_id>")
@needs("see-catalogue")
def item(item_id: UUID) -> str:
    """One item: a form for the office, facts for everybody else."""
    found = catalogue.get_item(item_id)
    return _page(found, Form(written(ItemOutSchema(), found)))


@bp.post("/catalogue/<uuid:item_id>")
@needs("keep-catalogue")
def change_item(item_id: UUID) -> ResponseReturnValue:
    """Change an item."""
    found = catalogue.get_item(item_id)
    form = Form.read(ItemSchema(), request.form)
    if form.ok:
        try:
            catalogue.change_item(item_id, read_version(), form.data)
            say("The changes are kept.")
            return redirect(url_for("catalogue.items"), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(found, form), 422


@bp.post("/catalogue/<uuid:item_id>/retire")
@needs("keep-catalogue")
def retire_item(item_id: UUID) -> ResponseReturnValue:
    """Take an item out."""
    found = catalogue.retire_item(item_id)
    say(f"{found.name} is taken out. Old rounds keep it.")
    return redirect(url_for("catalogue.items"), 303)


@bp.post("/catalogue/<uuid:item_id>/restore")
@needs("keep-catalogue")
def restore_item(item_id: UUID) -> ResponseReturnValue:
    """Bring an item back."""
    found = catalogue.restore_item(item_id)
    say(f"{found.name} is in the catalogue again.")
    return redirect(url_for("catalogue.item", item_id=item_id), 303)


def _row(row: ItemRow) -> dict[str, Any]:
    item = row.item
    return {
        "href": url_for("catalogue.item", item_id=item.id),
        "name": item.name,
        "code": item.code,
        "pack": item.unit,
        "standard": item.standard,
        "vat_percent": item.vat_rate_percent,
        "offers": row.offers,
        "best_pence": row.best_pence,
        "state_word": "Taken out" if item.retired_at else "",
        "state_kind": "warn",
    }


def _page(item: Item | None, form: Form) -> str:
    keep = may_keep()
    more: dict[str, Any] = {}
    if item is not None:
        held = suppliers.list_offers(Choice(state="now", sort="price", rows=None), item_id=item.id)
        more["offers"] = [
            {
                "href": url_for("suppliers.offers.offer", offer_id=row.offer.id),
                "supplier": row.supplier.name,
                "to": row.offer.valid_to,
                "prices_words": f"from {format_price(row.offer.pence_per_pack[-1])}",
            }
            for row in held.rows
        ]
        more["history"] = history(item.id)
        more["facts_shown"] = None if keep else _facts(item)
        if keep and item.retired_at is None:
            more["withdraw_url"] = url_for("catalogue.retire_item", item_id=item.id)
        elif keep:
            more["restore_url"] = url_for("catalogue.restore_item", item_id=item.id)
    return render_template(
        "procurement/item_form.html",
        item=item,
        form=form if keep else None,
        vat_rates=[(str(rate), f"{rate}%") for rate in reversed(VAT_RATES)],
        **more,
    )


def _facts(item: Item) -> list[tuple[str, str]]:
    return [
        ("Code", item.code),
        ("Pack", item.unit),
        ("Packs in a full box", f"{item.packs_per_box:,}"),
        ("VAT", percent(item.vat_rate_percent, 0)),
        ("Price in a shop", price(item.retail_pence)),
        ("Standard", item.standard or NONE),
        ("GTIN", item.gtin or NONE),
        ("CPV code", item.cpv or NONE),
    ]
