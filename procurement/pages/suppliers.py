"""Pages of suppliers: who can supply us, and on which terms."""

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from procurement.models import Supplier
from procurement.pages import offers
from procurement.pages.lists import file_answer, history, list_context, may_keep, read_choice, read_version, written
from procurement.pages.offers import prices_words, step_words
from procurement.schemas.catalogue import SupplierOutSchema, SupplierSchema
from procurement.services import suppliers
from procurement.services.catalogue import Choice
from procurement.services.suppliers import SupplierRow
from tenants.downloads import Column
from tenants.errors import InvalidInput
from tenants.money import parse_pence
from tenants.web import needs, say
from tenants.web_forms import NONE, Form, gbp

bp = Blueprint("suppliers", __name__)
bp.register_blueprint(offers.bp)

SORTS = ("name", "code", "ends", "offers")
BASES = [
    ("item_packs", "The packs of each item", "Every price has steps of its own"),
    ("order_packs", "The packs of the whole order", "All prices fall together when the order grows"),
    ("order_pence", "The value of the whole order", "Counted at first-step prices, without VAT"),
]
COLUMNS = [
    Column("code", "Code"),
    Column("name", "Name"),
    Column("email", "Email"),
    Column("delivery_pence", "Delivery (£)", "pence"),
    Column("free_delivery_from_pence", "Free delivery from (£)", "pence"),
    Column("minimum_order_pence", "Least order (£)", "pence"),
    Column("lead_days", "Days until delivery", "packs"),
    Column("tier_basis", "Steps count"),
    Column("offers", "Prices", "packs"),
    Column("ends", "Prices hold until", "date"),
    Column("retired_at", "No longer asked", "moment"),
]


@bp.get("/suppliers")
@needs("see-catalogue")
def all_suppliers() -> str:
    """Who can supply us?"""
    choice = read_choice(SORTS, ())
    found = suppliers.list_suppliers(choice)
    return render_template(
        "procurement/suppliers.html",
        suppliers=[_row(row) for row in found.rows],
        filters={"q": choice.words},
        new_href=url_for("suppliers.new_supplier"),
        **list_context(found, choice, "name", "Suppliers"),
    )


@bp.get("/suppliers.<any(csv, xlsx):ext>")
@needs("see-catalogue")
def all_suppliers_file(ext: str) -> Response:
    """The same list to take away."""
    choice = read_choice(SORTS, ())
    found = suppliers.list_suppliers(Choice(choice.words, "", choice.sort, choice.descending, rows=None))
    facts = [column.key for column in COLUMNS if column.key not in ("offers", "ends")]
    rows = (
        {key: getattr(row.supplier, key) for key in facts} | {"offers": row.offers, "ends": row.ends}
        for row in found.rows
    )
    return file_answer("Suppliers", ext, COLUMNS, rows)


@bp.get("/suppliers/new")
@needs("keep-catalogue")
def new_supplier() -> str:
    """An empty form."""
    return _page(
        None, Form({"tier_basis": "item_packs", "delivery_fee": "0.00", "minimum_order": "0.00", "lead_days": 7})
    )


@bp.post("/suppliers/new")
@needs("keep-catalogue")
def add_supplier() -> ResponseReturnValue:
    """Add a supplier."""
    form = _read()
    if form.ok:
        try:
            supplier = suppliers.add_supplier(form.data)
            say(f"{supplier.name} is added. Add their prices next.")
            return redirect(url_for("suppliers.supplier", supplier_id=supplier.id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(None, _steps_named(form)), 422


@bp.get("/suppliers/<uuid:supplier_id>")
@needs("see-catalogue")
def supplier(supplier_id: UUID) -> str:
    """One supplier: a form for the office, facts for everybody else."""
    found = suppliers.get_supplier(supplier_id)
    return _page(found, Form({**written(SupplierOutSchema(), found), "steps": _steps_words(found, "; ")}))


@bp.post("/suppliers/<uuid:supplier_id>")
@needs("keep-catalogue")
def change_supplier(supplier_id: UUID) -> ResponseReturnValue:
    """Change a supplier."""
    found = suppliers.get_supplier(supplier_id)
    form = _read()
    if form.ok:
        try:
            suppliers.change_supplier(supplier_id, read_version(), form.data)
            say("The changes are kept.")
            return redirect(url_for("suppliers.supplier", supplier_id=supplier_id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _page(found, _steps_named(form)), 422


@bp.post("/suppliers/<uuid:supplier_id>/retire")
@needs("keep-catalogue")
def retire_supplier(supplier_id: UUID) -> ResponseReturnValue:
    """No longer ask a supplier."""
    found = suppliers.retire_supplier(supplier_id)
    say(f"{found.name} is no longer asked.")
    return redirect(url_for("suppliers.all_suppliers"), 303)


@bp.post("/suppliers/<uuid:supplier_id>/restore")
@needs("keep-catalogue")
def restore_supplier(supplier_id: UUID) -> ResponseReturnValue:
    """Ask a supplier again."""
    found = suppliers.restore_supplier(supplier_id)
    say(f"{found.name} is asked again.")
    return redirect(url_for("suppliers.supplier", supplier_id=supplier_id), 303)


def _read() -> Form:
    """The form as posted; its steps are typed in packs or pounds, parted by semicolons."""
    typed, basis = request.form.get("steps", "").strip(), request.form.get("tier_basis", "item_packs")
    if not typed or basis == "item_packs":
        return _steps_named(Form.read(SupplierSchema(), request.form, order_tiers=[0] if basis == "item_packs" else []))
    parts = [part for part in re.split(r"[;\s]+", typed) if part]
    try:
        steps: list[Any] = [parse_pence(part) for part in parts] if basis == "order_pence" else list(parts)
    except ValueError as fault:
        form = Form.read(SupplierSchema(), request.form, order_tiers=[0])
        return form.fail(InvalidInput({"steps": str(fault)}))
    return _steps_named(Form.read(SupplierSchema(), request.form, order_tiers=steps))


def _steps_named(form: Form) -> Form:
    """Errors of the steps stand at the field that people typed them into."""
    for path in [path for path in form.errors if path.startswith("order_tiers")]:
        form.errors.setdefault("steps", form.errors.pop(path))
    return form


def _steps_words(supplier: Supplier, joint: str) -> str:
    if supplier.tier_basis == "item_packs":
        return ""
    return joint.join(step_words(supplier))


def _row(row: SupplierRow) -> dict[str, Any]:
    found = row.supplier
    return {
        "href": url_for("suppliers.supplier", supplier_id=found.id),
        "name": found.name,
        "contact": found.email or found.code,
        "offers": row.offers,
        "ends": row.ends,
        "minimum_pence": found.minimum_order_pence or None,
        "free_delivery_pence": found.free_delivery_from_pence,
        "state_word": "No longer asked" if found.retired_at else "Asked" if row.offers else "No prices",
        "state_kind": "warn" if found.retired_at else "ok" if row.offers else "info",
    }


def _page(found: Supplier | None, form: Form) -> str:
    keep = may_keep()
    more: dict[str, Any] = {}
    if found is not None:
        held = suppliers.list_offers(Choice(rows=None), supplier_id=found.id)
        more["offers"] = [
            {
                "href": url_for("suppliers.offers.offer", offer_id=row.offer.id),
                "item": row.item.name,
                "to": row.offer.valid_to,
                "prices_words": prices_words(row.offer.pence_per_pack),
            }
            for row in held.rows
        ]
        more["history"] = history(found.id)
        more["facts_shown"] = None if keep else _facts(found)
        if keep and found.retired_at is None:
            more["offer_new_href"] = url_for("suppliers.offers.new_offer", supplier_id=found.id)
            more["import_href"] = url_for("imports.upload", kind="prices")
            more["end_url"] = url_for("suppliers.retire_supplier", supplier_id=found.id)
        elif keep:
            more["restore_url"] = url_for("suppliers.restore_supplier", supplier_id=found.id)
    return render_template(
        "procurement/supplier_form.html", supplier=found, form=form if keep else None, bases=BASES, **more
    )


def _facts(found: Supplier) -> list[tuple[str, str]]:
    basis = {value: words for value, words, _ in BASES}[found.tier_basis]
    facts = [
        ("Code", found.code),
        ("Least order", gbp(found.minimum_order_pence)),
        ("Delivery", gbp(found.delivery_pence)),
        ("Free delivery from", gbp(found.free_delivery_from_pence)),
        ("Days until delivery", str(found.lead_days)),
        ("Prices fall with", basis),
    ]
    return facts + ([("Steps", _steps_words(found, ", ") or NONE)] if found.tier_basis != "item_packs" else [])
