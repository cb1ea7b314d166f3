"""Pages of price lists: what each supplier asks for each item."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from procurement.models import Offer, Supplier
from procurement.pages.lists import file_answer, history, list_context, may_keep, read_choice, read_version, written
from procurement.rules import MAX_TIERS
from procurement.schemas.catalogue import NewOfferSchema, OfferOutSchema, OfferSchema
from procurement.services import catalogue, suppliers
from procurement.services.catalogue import Choice
from procurement.services.suppliers import OfferRow
from tenants.downloads import Column
from tenants.errors import InvalidInput
from tenants.money import format_price
from tenants.web import needs, say
from tenants.web_forms import NONE, Form, day

bp = Blueprint("offers", __name__)
"""Mounted under the blueprint of the suppliers."""

SORTS = ("item", "supplier", "price", "ends")
STATES = [
    ("", "Holding now or later"),
    ("now", "Holding now"),
    ("later", "Not yet"),
    ("ended", "Ended"),
    ("all", "All"),
]
STATE_WORDS = {"now": ("Holds", "ok"), "later": ("Not yet", "info"), "ended": ("Ended", "")}
MODES = [
    ("all_units", "All packs", "The price of the step reached holds for every pack"),
    ("incremental", "Only the packs above the step", "The packs below keep the higher price"),
]
STEPS_SHOWN = 3
COLUMNS = [
    Column("supplier", "Supplier"),
    Column("item", "Item"),
    Column("code", "Item code"),
    Column("unit", "Pack"),
    *(
        column
        for step in range(1, MAX_TIERS + 1)
        for column in (
            Column(f"from_{step}", f"From {step}", "packs"),
            Column(f"price_{step}", f"Price {step} (£)", "price"),
        )
    ),
    Column("minimum_packs", "Least packs", "packs"),
    Column("multiple_packs", "In multiples of", "packs"),
    Column("capacity_packs", "Most packs", "packs"),
    Column("mode", "Mode"),
    Column("quality", "Quality", "percent"),
    Column("valid_from", "Holds from", "date"),
    Column("valid_to", "Holds until", "date"),
]


@bp.get("/offers")
@needs("see-catalogue")
def offers() -> str:
    """What do suppliers ask for each item?"""
    choice, supplier_id = read_choice(SORTS, dict(STATES)), _supplier_asked()
    found = suppliers.list_offers(choice, supplier_id=supplier_id)
    filters = {
        "q": choice.words,
        "state": choice.state,
        "states": STATES,
        "supplier": str(supplier_id or ""),
        "suppliers": [("", "All suppliers"), *suppliers.list_supplier_choices()],
        "others": not found.total and suppliers.list_offers(Choice(state="all", rows=1)).total > 0,
    }
    return render_template(
        "procurement/offers.html",
        offers=[_row(row) for row in found.rows],
        filters=filters,
        new_href=url_for("suppliers.offers.new_offer"),
        import_href=url_for("imports.upload", kind="prices"),
        **list_context(found, choice, "item", "Prices"),
    )


@bp.get("/offers.<any(csv, xlsx):ext>")
@needs("see-catalogue")
def offers_file(ext: str) -> Response:
    """The same list to take away."""
    choice = read_choice(SORTS, dict(STATES))
    found = suppliers.list_offers(
        Choice(choice.words, choice.state, choice.sort, choice.descending, rows=None), supplier_id=_supplier_asked()
    )
    return file_answer("Prices", ext, COLUMNS, (_download_row(row) for row in found.rows))


@bp.get("/offers/new", defaults={"supplier_id": None})
@bp.get("/suppliers/<uuid:supplier_id>/offers/new")
@needs("keep-catalogue")
def new_offer(supplier_id: UUID | None) -> str:
    """An empty form."""
    supplier = suppliers.get_supplier(supplier_id) if supplier_id else None
    return _page(None, supplier, Form({"mode": "all_units", "quality": 1, "item_id": request.args.get("item", "")}))


@bp.post("/offers/new", defaults={"supplier_id": None})
@bp.post("/suppliers/<uuid:supplier_id>/offers/new")
@needs("keep-catalogue")
def add_offer(supplier_id: UUID | None) -> ResponseReturnValue:
    """Add a price line."""
    supplier = suppliers.get_supplier(supplier_id) if supplier_id else None
    if "more_tiers" in request.form:
        return _page(None, supplier, Form(request.form))
    form = _read(NewOfferSchema(), supplier_id={"supplier_id": str(supplier_id)} if supplier_id else {})
    if form.ok:
        try:
            offer, warnings = suppliers.add_offer(form.data)
            return _kept(offer, warnings, "The price is kept.")
        except InvalidInput as error:
            _fail(form, error)
    return _page(None, supplier, form), 422


@bp.get("/offers/<uuid:offer_id>")
@needs("see-catalogue")
def offer(offer_id: UUID) -> str:
    """One price line: a form for the office, facts for everybody else."""
    found = suppliers.get_offer(offer_id)
    values = written(OfferOutSchema(), found.offer)
    for place, (bound, typed) in enumerate(zip(found.offer.tiers, values["prices"], strict=True)):
        values |= {f"tiers.{place}.from_packs": bound, f"tiers.{place}.price": typed}
    return _page(found, found.supplier, Form(values))


@bp.post("/offers/<uuid:offer_id>")
@needs("keep-catalogue")
def change_offer(offer_id: UUID) -> ResponseReturnValue:
    """Change a price line."""
    found = suppliers.get_offer(offer_id)
    if "more_tiers" in request.form:
        return _page(found, found.supplier, Form(request.form))
    form = _read(OfferSchema(), supplier_id={})
    if form.ok:
        try:
            changed, warnings = suppliers.change_offer(offer_id, read_version(), form.data)
            return _kept(changed, warnings, "The changes are kept.")
        except InvalidInput as error:
            _fail(form, error)
    return _page(found, found.supplier, form), 422


@bp.post("/offers/<uuid:offer_id>/withdraw")
@needs("keep-catalogue")
def withdraw_offer(offer_id: UUID) -> ResponseReturnValue:
    """Withdraw a price line."""
    supplier_id = suppliers.get_offer(offer_id).supplier.id
    suppliers.withdraw_offer(offer_id)
    say("The price is withdrawn. Orders already made stay.")
    return redirect(url_for("suppliers.supplier", supplier_id=supplier_id), 303)


def step_words(supplier: Supplier) -> list[str]:
    """The bounds of the steps on the whole order, as packs or pounds."""
    if supplier.tier_basis == "order_pence":
        return [
            format_price(Decimal(bound)).removeprefix("£").removesuffix(".00").replace(",", "")
            for bound in supplier.order_tiers
        ]
    return [str(bound) for bound in supplier.order_tiers]


def prices_words(prices: list[Decimal]) -> str:
    """The prices of a line in a few words.

    >>> prices_words([Decimal("412.5"), Decimal("371")])
    '£4.125 falling to £3.71'
    """
    first, last = prices[0], prices[-1]
    return format_price(first) + (f" falling to {format_price(last)}" if last < first else "")


def _kept(offer: Offer, warnings: list[str], words: str) -> ResponseReturnValue:
    say(words)
    for warning in warnings:
        say(f"{warning}. Look whether that is meant.", "warn")
    return redirect(url_for("suppliers.supplier", supplier_id=offer.supplier_id), 303)


def _supplier_asked() -> UUID | None:
    text = request.args.get("supplier", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput({"supplier": "There is no such supplier"}) from None


def _read(schema: OfferSchema, *, supplier_id: Mapping[str, str]) -> Form:
    """The form as posted: its steps are pairs of boxes; a step with both empty is passed over."""
    bounds: list[Any] = []
    prices: list[str] = []
    for place in range(_steps_posted()):
        bound, typed = (request.form.get(f"tiers.{place}.{name}", "").strip() for name in ("from_packs", "price"))
        if bound or typed:
            # The first step starts at 0; people also write 1, or leave it empty.
            bounds.append("0" if place == 0 and bound in ("", "1") else bound)
            prices.append(typed)
    # Without any bound the steps may be those of the supplier's whole order: the service knows.
    bounded = len(bounds) == 1 or any(bounds[1:])
    form = Form.read(
        schema,
        request.form,
        tiers=bounds if bounded and "tiers.0.from_packs" in request.form else None,
        prices=prices,
        **supplier_id,
    )
    return _steps_named(form)


def _steps_posted() -> int:
    return next((place for place in range(MAX_TIERS, 0, -1) if f"tiers.{place - 1}.price" in request.form), STEPS_SHOWN)


def _fail(form: Form, error: InvalidInput) -> None:
    _steps_named(form.fail(error))


def _steps_named(form: Form) -> Form:
    """Errors of bounds and prices stand at the boxes they were typed into."""
    boxes = {"tiers": "from_packs", "prices": "price"}
    for path in list(form.errors):
        name, _, place = path.replace("[", ".").rstrip("]").partition(".")
        if name in boxes and not place.endswith(tuple(boxes.values())):
            form.errors.setdefault(f"tiers.{place or 0}.{boxes[name]}", form.errors.pop(path))
    return form


def _row(row: OfferRow) -> dict[str, Any]:
    words, kind = STATE_WORDS[row.state]
    return {
        "href": url_for("suppliers.offers.offer", offer_id=row.offer.id),
        "item": row.item.name,
        "pack": row.item.unit,
        "supplier": row.supplier.name,
        "supplier_href": url_for("suppliers.supplier", supplier_id=row.supplier.id),
        "from": row.offer.valid_from,
        "to": row.offer.valid_to,
        "tiers": [
            {"from_packs": max(bound, 1), "price_pence": asked}
            for bound, asked in zip(row.offer.tiers, row.offer.pence_per_pack, strict=True)
        ],
        "state_word": words,
        "state_kind": kind,
    }


def _download_row(row: OfferRow) -> dict[str, Any]:
    steps: dict[str, Any] = {}
    for step, (bound, asked) in enumerate(zip(row.offer.tiers, row.offer.pence_per_pack, strict=True), start=1):
        steps |= {f"from_{step}": bound, f"price_{step}": asked}
    names = ("minimum_packs", "multiple_packs", "capacity_packs", "mode", "quality", "valid_from", "valid_to")
    return {
        "supplier": row.supplier.code,
        "item": row.item.name,
        "code": row.item.code,
        "unit": row.item.unit,
        **steps,
        **{name: getattr(row.offer, name) for name in names},
    }


def _page(found: OfferRow | None, supplier: Supplier | None, form: Form) -> str:
    keep = may_keep()
    fixed = None
    if supplier is not None and supplier.tier_basis != "item_packs":
        fixed = [
            f"£{bound}" if supplier.tier_basis == "order_pence" else f"{bound} packs" for bound in step_words(supplier)
        ]
    filled = sum(1 for place in range(MAX_TIERS) if f"tiers.{place}.price" in form.values)
    count = (
        len(fixed) if fixed else min(MAX_TIERS, max(STEPS_SHOWN, filled + (1 if "more_tiers" in request.form else 0)))
    )
    more: dict[str, Any] = (
        {"suppliers": suppliers.list_supplier_choices(), "items": catalogue.list_item_choices()}
        if found is None
        else {
            "offer": {"item": found.item.name, "supplier": found.supplier.name},
            "history": history(found.offer.id),
            "facts_shown": None if keep else _facts(found),
            "end_url": url_for("suppliers.offers.withdraw_offer", offer_id=found.offer.id)
            if keep and found.state != "ended"
            else None,
        }
    )
    cancel = (
        url_for("suppliers.supplier", supplier_id=supplier.id)
        if supplier is not None
        else url_for("suppliers.offers.offers")
    )
    return render_template(
        "procurement/offer_form.html",
        form=form,
        supplier_name=supplier.name if supplier is not None else None,
        tier_count=count,
        fixed_tiers=fixed,
        modes=MODES,
        cancel_href=cancel,
        **more,
    )


def _facts(found: OfferRow) -> list[tuple[str, str]]:
    offer = found.offer
    steps = [
        (f"From {max(bound, 1):,}", f"{format_price(asked)} a pack")
        for bound, asked in zip(offer.tiers, offer.pence_per_pack, strict=True)
    ]
    return [
        ("Supplier", found.supplier.name),
        ("Pack", found.item.unit),
        *steps,
        ("Holds from", day(offer.valid_from)),
        ("Holds until", day(offer.valid_to)),
        ("At least", f"{offer.minimum_packs:,} packs"),
        ("In multiples of", f"{offer.multiple_packs:,}"),
        ("At most", f"{offer.capacity_packs:,} packs" if offer.capacity_packs else NONE),
    ]
