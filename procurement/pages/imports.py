"""Pages of files for the office: upload, look at every row and error, take in all or nothing, undo."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from procurement.importing import MAX_BYTES
from procurement.models import ImportBatch
from procurement.pages.lists import attachment, file_answer
from procurement.services import imports
from procurement.sheets import SHEETS, Sheet, template_csv, template_xlsx
from tenants import clock
from tenants.downloads import Column
from tenants.errors import InvalidInput, NotFound
from tenants.web import needs, say
from tenants.web_forms import Form

bp = Blueprint("imports", __name__)

ROWS_SHOWN = 200
TITLES = {"catalogue": "Which items shall we take in?", "prices": "Which prices shall we take in?"}
ABOUTS = {
    "catalogue": "One row for each item. A row whose code is in the catalogue changes that item; all others are added.",
    "prices": "One row for each supplier, item and time. Rows are added; prices that hold already stay.",
}
CRUMBS = {"catalogue": ("Catalogue", "catalogue.items"), "prices": ("Offers", "suppliers.offers.offers")}
STATES = {"previewed": ("Preview", "info"), "applied": ("Taken in", "ok"), "undone": ("Undone", "warn")}
ROW_STATES = {"new": ("New", "ok"), "change": ("Changes", "info")}
PROBLEM_COLUMNS = [Column("row", "Row", "packs"), Column("column", "Column"), Column("text", "What to mend")]


@bp.get("/imports/new/<kind>")
@needs("keep-catalogue")
def upload(kind: str) -> str:
    """Choose a file."""
    return _upload_page(kind, Form())


@bp.post("/imports/new/<kind>")
@needs("keep-catalogue")
def read_upload(kind: str) -> ResponseReturnValue:
    """Read a file and show what it would bring."""
    _sheet(kind)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _upload_page(kind, Form({}, {"file": "Choose a file first"})), 422
    try:
        # One byte more than the limit is enough to know that a file is too large.
        batch = imports.preview_import(kind, sent.filename, sent.stream.read(MAX_BYTES + 1))
    except InvalidInput as error:
        return _upload_page(kind, Form({}, error.errors)), 422
    return redirect(url_for("imports.batch", batch_id=batch.id), 303)


@bp.get("/imports/template/<kind>.<any(csv, xlsx):ext>")
@needs("keep-catalogue")
def template(kind: str, ext: str) -> Response:
    """An empty table to start from."""
    sheet = _sheet(kind)
    return attachment(template_csv(sheet) if ext == "csv" else template_xlsx(sheet), f"{kind}-template.{ext}", ext)


@bp.get("/imports/<uuid:batch_id>")
@needs("keep-catalogue")
def batch(batch_id: UUID) -> str:
    """What a file would bring in, or brought."""
    return render_template("procurement/import_preview.html", **_preview(imports.get_batch(batch_id)))


@bp.get("/imports/<uuid:batch_id>/errors.csv")
@needs("keep-catalogue")
def problems(batch_id: UUID) -> Response:
    """What to mend, to take away."""
    errors = imports.get_batch(batch_id).errors["list"]
    return file_answer(
        "What to mend",
        "csv",
        PROBLEM_COLUMNS,
        (dict(zip(("row", "column", "text"), error, strict=True)) for error in errors),
    )


@bp.post("/imports/<uuid:batch_id>/apply")
@needs("keep-catalogue")
def apply(batch_id: UUID) -> ResponseReturnValue:
    """Take in the whole file."""
    done = imports.apply_import(batch_id)
    say(f"{len(done.rows):,} rows of {done.file_name} are taken in.")
    return redirect(url_for("imports.batch", batch_id=batch_id), 303)


@bp.post("/imports/<uuid:batch_id>/undo")
@needs("keep-catalogue")
def undo(batch_id: UUID) -> ResponseReturnValue:
    """Take the whole file out again."""
    done = imports.undo_import(batch_id)
    say(f"{done.file_name} is undone: everything is as it was before.")
    return redirect(url_for("imports.batch", batch_id=batch_id), 303)


@bp.post("/imports/<uuid:batch_id>/discard")
@needs("keep-catalogue")
def discard(batch_id: UUID) -> ResponseReturnValue:
    """Throw a preview away."""
    kind = imports.discard_import(batch_id)
    say("Nothing was taken in.", "info")
    return redirect(url_for("imports.upload", kind=kind), 303)


def _sheet(kind: str) -> Sheet:
    if kind not in imports.KINDS:
        raise NotFound("kind of file")
    return SHEETS[kind]


def _upload_page(kind: str, form: Form) -> str:
    sheet = _sheet(kind)
    crumb, endpoint = CRUMBS[kind]
    return render_template(
        "procurement/import.html",
        title=TITLES[kind],
        about=ABOUTS[kind],
        crumb_words=crumb,
        crumb_href=url_for(endpoint),
        form=form,
        limit_words=f"CSV or XLSX, at most {MAX_BYTES // 1024 // 1024} MB",
        columns=[
            {"name": column.name, "about": column.help, "needed": column.required, "example": column.example}
            for column in sheet.columns
        ],
        template_csv=url_for("imports.template", kind=kind, ext="csv"),
        template_xlsx=url_for("imports.template", kind=kind, ext="xlsx"),
        batches=[_earlier(row) for row in imports.list_batches(kind)],
    )


def _earlier(row: Any) -> dict[str, Any]:
    return {
        "name": row.file_name,
        "at": row.created_at,
        "words": STATES[row.state][0],
        "href": url_for("imports.batch", batch_id=row.id),
        "undo_url": url_for("imports.undo", batch_id=row.id) if row.state == "applied" else None,
    }


def _preview(found: ImportBatch) -> dict[str, Any]:
    columns = [column.name for column in SHEETS[found.kind].columns]
    errors = _by_row(found.errors["list"], columns)
    only_bad = request.args.get("only") == "errors"
    rows = [] if only_bad else [_good_row(row, columns) for row in found.rows[:ROWS_SHOWN]]
    rows = sorted(
        [*rows, *(_bad_row(number, cells, columns) for number, cells in errors.items())], key=lambda row: row["number"]
    )[:ROWS_SHOWN]
    words, kind = STATES[found.state]
    crumb, endpoint = CRUMBS[found.kind]
    more = found.errors["count"] - len(found.errors["list"])
    notes = [*found.errors["notes"], *([f"{more:,} more errors are not shown: mend these first"] if more > 0 else [])]
    return {
        "title": f"What {found.file_name} brought in",
        "file_name": found.file_name,
        "state": found.state,
        "state_words": words,
        "state_kind": kind,
        "state_small": _state_small(found),
        "notes": notes,
        "columns": columns,
        "rows": rows,
        "good": len(found.rows),
        "bad": len(errors),
        "only_bad": only_bad,
        "all_href": url_for("imports.batch", batch_id=found.id),
        "bad_href": url_for("imports.batch", batch_id=found.id, only="errors"),
        "take_url": url_for("imports.apply", batch_id=found.id),
        "cancel_url": url_for("imports.discard", batch_id=found.id),
        "undo_url": url_for("imports.undo", batch_id=found.id),
        "crumb_words": crumb,
        "crumb_href": url_for(endpoint),
        "upload_href": url_for("imports.upload", kind=found.kind),
        "problems_csv": url_for("imports.problems", batch_id=found.id) if errors else None,
    }


def _state_small(found: ImportBatch) -> str:
    if found.state == "applied" and found.applied_at:
        return f"Taken in on {clock.moment_words(found.applied_at)}."
    if found.state == "undone" and found.undone_at:
        return f"Undone on {clock.moment_words(found.undone_at)}."
    shown = "" if len(found.rows) <= ROWS_SHOWN else f" The first {ROWS_SHOWN} rows are shown."
    return f"Nothing has been taken in yet.{shown}"


def _by_row(errors: list[list[Any]], columns: list[str]) -> dict[int, dict[str, str]]:
    """Errors of each row by column; what belongs to no column of the sheet stands at ""."""
    found: dict[int, dict[str, str]] = {}
    for row, column, text in errors:
        where = column if column in columns else ""
        words = text if where or not column else f"{column}: {text}"
        held = found.setdefault(row, {})
        held[where] = f"{held[where]}. {words}" if where in held else words
    return found


def _good_row(row: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    words, kind = ROW_STATES[row["act"]]
    return {
        "number": row["row"],
        "cells": [{"text": _shown(name, row["values"].get(name)), "error": ""} for name in columns],
        "error": "",
        "state_word": words,
        "state_kind": kind,
    }


def _bad_row(number: int, cells: dict[str, str], columns: list[str]) -> dict[str, Any]:
    # What stood in a bad row is not kept, so its cells stay blank: a dash would say that they were empty.
    return {
        "number": number,
        "cells": [{"text": "\u00a0", "error": cells.get(name, "")} for name in columns],
        "error": cells.get("", ""),
        "state_word": "Mend",
        "state_kind": "bad",
    }


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("_price") and isinstance(value, str):
        return imports.price_words(value)
    return str(value)
