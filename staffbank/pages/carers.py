"""The carers of a co-op: records, checks and the bank, as their manager keeps them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.models import Carer
from staffbank.pages import passports
from staffbank.schemas.carers import MODE_WORDS, CarerOutSchema, CarerQuerySchema, CarerSchema
from staffbank.services import carers, checks
from staffbank.views.carers import SHOWN_WORDS, list_row
from tenants import clock
from tenants.downloads import Column, csv_bytes, xlsx_bytes
from tenants.errors import Conflict, InvalidInput
from tenants.pages.paging import page_number, pager
from tenants.web import needs, say
from tenants.web_forms import Form

bp = Blueprint("carers", __name__)
bp.register_blueprint(passports.bp)

ROWS = 50
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
COLUMNS = [
    Column("reference", "Reference"),
    Column("name", "Name"),
    Column("outcode", "Area"),
    Column("mode", "Travels"),
    Column("bank", "Bank"),
    Column("state", "Passport"),
    Column("ends", "Next expiry", "date"),
    Column("skills", "Skills"),
]


@bp.get("/carers")
@needs("keep-carers")
def index() -> str:
    """Whom can we lend?"""
    query = _query()
    found = carers.list_carers(query["words"], query["shown"])
    page, held = page_number(), checks.list_all_checks()
    shown = found[(page - 1) * ROWS : page * ROWS]
    everybody = carers.list_carers()
    rows = [list_row(carer, held.get(carer.id, []), clock.today()) for carer in everybody]
    return render_template(
        "staffbank/carers.html",
        carers=[list_row(carer, held.get(carer.id, []), clock.today()) for carer in shown],
        filters=query,
        shown_words=SHOWN_WORDS,
        counts={
            "all": len(rows),
            "bank": sum(carer.in_bank for carer in everybody),
            "warn": sum(row["state"][1] == "warn" for row in rows),
            "bad": sum(row["state"][1] == "bad" for row in rows),
        },
        urls={ext: url_for("carers.download", ext=ext, **_asked(query)) for ext in TYPES},
        **pager(page, len(found), ROWS),
    )


@bp.get("/carers.<any(csv, xlsx):ext>")
@needs("keep-carers")
def download(ext: str) -> Response:
    """The same list to take away."""
    query, held = _query(), checks.list_all_checks()
    rows: list[dict[str, Any]] = []
    for carer in carers.list_carers(query["words"], query["shown"]):
        row = list_row(carer, held.get(carer.id, []), clock.today())
        rows.append(row | {"bank": row["bank"][0], "state": row["state"][0]})
    data = csv_bytes(COLUMNS, rows) if ext == "csv" else xlsx_bytes("Carers", COLUMNS, rows)
    answer = Response(data, content_type=TYPES[ext])
    answer.headers["Content-Disposition"] = f'attachment; filename="carers-{clock.today():%Y-%m-%d}.{ext}"'
    return answer


@bp.get("/carers/new")
@needs("keep-carers")
def new() -> str:
    """An empty record."""
    return _form_page(None, Form({"mode": "car", "week_hours": 40, "on_payroll": "1", "languages": "English"}))


@bp.post("/carers/new")
@needs("keep-carers")
def add() -> ResponseReturnValue:
    """Add a carer."""
    form = _read()
    if form.ok:
        try:
            carer = carers.add_carer(form.data)
            say(f"{carer.first_name} is added. Note the checks next.")
            return redirect(url_for("carers.passports.show", carer_id=carer.id), 303)
        except (InvalidInput, Conflict) as error:
            _fail(form, error)
    return _form_page(None, form), 422


@bp.get("/carers/<uuid:carer_id>/change")
@needs("keep-carers")
def change_form(carer_id: UUID) -> str:
    """The record as a form."""
    carer = carers.get_carer(carer_id)
    held = CarerOutSchema().dump(carer)
    assert isinstance(held, dict)
    more = {"week_hours": carer.week_minutes // 60, "languages": ", ".join(carer.languages)}
    ticks = {name: "1" if getattr(carer, name) else "" for name in ("on_payroll", "sponsored")}
    return _form_page(carer, Form({**held, **more, **ticks, "latitude": None, "longitude": None}))


@bp.post("/carers/<uuid:carer_id>/change")
@needs("keep-carers")
def change(carer_id: UUID) -> ResponseReturnValue:
    """Change a record."""
    carer, form = carers.get_carer(carer_id), _read()
    typed = request.form.get("version", "")
    if form.ok:
        try:
            version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
            carers.change_carer(carer_id, version, form.data)
            say("The changes are kept, and the bank knows them.")
            return redirect(url_for("carers.passports.show", carer_id=carer_id), 303)
        except InvalidInput as error:
            form.fail(error)
    return _form_page(carer, form), 422


def _read() -> Form:
    languages = [word.strip() for word in request.form.get("languages", "").split(",") if word.strip()]
    return Form.read(CarerSchema(), request.form, languages=languages)


def _fail(form: Form, error: InvalidInput | Conflict) -> None:
    form.fail(error if isinstance(error, InvalidInput) else InvalidInput({"reference": error.message}))


def _query() -> dict[str, Any]:
    asked = {name: value for name, value in request.args.items() if name in ("words", "shown")}
    form = Form.read(CarerQuerySchema(), asked)
    if not form.ok:
        raise InvalidInput(form.errors)
    return form.data


def _asked(query: dict[str, Any]) -> dict[str, Any]:
    return {name: query[name] for name in ("words", "shown") if query[name]}


def _form_page(carer: Carer | None, form: Form) -> str:
    return render_template("staffbank/carer_form.html", carer=carer, form=form, modes=list(MODE_WORDS.items()))
