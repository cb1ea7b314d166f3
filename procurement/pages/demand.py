"""A manager says what the co-op needs: a grid, a file, or the same as last round."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from procurement import importing, sheets
from procurement.models import DemandImport
from procurement.rules import MAX_PACKS
from procurement.services import demand, rounds
from procurement.views.demand import demand_page
from tenants import clock
from tenants.downloads import Column, csv_bytes
from tenants.errors import InvalidInput
from tenants.permissions import may
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

bp = Blueprint("demand", __name__)
SHOWN_ROWS = 200
FILE_STATES = {"previewed": ("Preview", "warn"), "applied": ("Saved as your demand", "ok"), "undone": ("Undone", "")}
"""State of an uploaded file to its word and the kind of its tag."""


@bp.get("/rounds/<uuid:round_id>/demand")
@needs("see-rounds")
def show(round_id: UUID) -> str:
    """The grid, as saved."""
    return _page(round_id, Form())


@bp.post("/rounds/<uuid:round_id>/demand")
@needs("enter-demand")
def save(round_id: UUID) -> Any:
    """Save the grid; a click on + or − saves it with one pack more or less."""
    form = Form(request.form)
    try:
        packs = changed_packs(round_id, request.form)
        saved = demand.save_demand(
            round_id, packs, request.form.get("note", demand.get_own_demand(round_id).note), version=_version()
        )
    except InvalidInput as error:
        return _page(round_id, form.fail(error)), 422
    lines = len(saved.packs)
    say(f"Saved: {lines} item{'s' if lines != 1 else ''}." if lines else "Saved: nothing needed this time.")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.post("/rounds/<uuid:round_id>/demand/live")
@needs("enter-demand")
def live(round_id: UUID) -> Any:
    """How far all are from the next step with what is typed so far; nothing is saved."""
    try:
        typed = read_packs(request.form)
    except InvalidInput:
        return Response(status=204)
    buying_round = rounds.get_round(round_id)
    return render_template(
        "procurement/demand_live.html", **demand_page(buying_round, current_identity().acting.name, typed)
    )


@bp.post("/rounds/<uuid:round_id>/demand/copy")
@needs("enter-demand")
def copy(round_id: UUID) -> Any:
    """Take over what was needed last time."""
    saved = demand.copy_last_demand(round_id)
    say(f"Copied {len(saved.packs)} items from last time, and saved. Change what is different.")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.get("/rounds/<uuid:round_id>/demand.csv")
@needs("see-rounds")
def download(round_id: UUID) -> Response:
    """The items with what is saved, ready to be filled in and uploaded again."""
    rounds.get_round(round_id)
    own = demand.get_own_demand(round_id)
    columns = [Column("item", "item", "text"), Column("packs", "packs", "packs"), Column("note", "note", "text")]
    rows = [
        {"item": item.code, "packs": own.packs.get(item.item_id, 0), "note": item.name}
        for item in rounds.list_round_items(round_id)
    ]
    return Response(
        csv_bytes(columns, rows),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="demand.csv"'},
    )


@bp.get("/rounds/<uuid:round_id>/demand/file")
@needs("enter-demand")
def file_form(round_id: UUID) -> str:
    """Choose a file."""
    return _file_page(round_id, Form())


@bp.post("/rounds/<uuid:round_id>/demand/file")
@needs("enter-demand")
def upload(round_id: UUID) -> Any:
    """Read a file and show what it would do."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _file_page(round_id, Form({}, {"file": "Choose a file"})), 422
    try:
        table = importing.read_table(sent.read(), sheets.DEMAND)
    except InvalidInput as error:
        return _file_page(round_id, Form({}, {"file": error.message})), 422
    rows, errors = known_rows(round_id, table)
    batch = demand.preview_demand_file(round_id, sent.filename, rows, errors)
    return redirect(url_for(".preview", import_id=batch.id), 303)


@bp.get("/demand-files/<uuid:import_id>")
@needs("enter-demand")
def preview(import_id: UUID) -> str:
    """What a file says, cell by cell, before it counts."""
    return render_template("procurement/import_preview.html", **preview_facts(demand.get_demand_import(import_id)))


@bp.post("/demand-files/<uuid:import_id>/apply")
@needs("enter-demand")
def apply(import_id: UUID) -> Any:
    """Save the file as the co-op's demand."""
    batch = demand.get_demand_import(import_id)
    demand.apply_demand_import(import_id)
    say("The file is your demand now.")
    return redirect(url_for(".show", round_id=batch.round_id), 303)


@bp.post("/demand-files/<uuid:import_id>/drop")
@needs("enter-demand")
def drop(import_id: UUID) -> Any:
    """Leave a file aside."""
    batch = demand.get_demand_import(import_id)
    say("Nothing was taken from the file.", "info")
    return redirect(url_for(".show", round_id=batch.round_id), 303)


@bp.post("/demand-files/<uuid:import_id>/undo")
@needs("enter-demand")
def undo(import_id: UUID) -> Any:
    """Put back what was there before the file."""
    batch = demand.get_demand_import(import_id)
    demand.undo_demand_import(import_id)
    say("Undone: your demand is as it was before the file.")
    return redirect(url_for(".show", round_id=batch.round_id), 303)


def read_packs(posted: Mapping[str, str]) -> dict[UUID, int]:
    """Quantities of a posted grid; an empty box is nought. Raises: InvalidInput naming each box."""
    packs: dict[UUID, int] = {}
    errors: dict[str, str] = {}
    for name, typed in posted.items():
        if not name.startswith("packs-"):
            continue
        text = typed.strip().replace(",", "")
        try:
            item_id = UUID(name.removeprefix("packs-"))
        except ValueError:
            raise InvalidInput({"": "The form was damaged on its way. Load the page again."}) from None
        if text and not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= MAX_PACKS):
            errors[name] = f"Enter a whole number of packs from 0 to {MAX_PACKS:,}"
        packs[item_id] = int(text) if text and name not in errors else 0
    if errors:
        raise InvalidInput(errors)
    return packs


def changed_packs(round_id: UUID, posted: MultiDict[str, str]) -> dict[UUID, int]:
    """The posted grid with the click on +, − or the hint taken in. Raises: InvalidInput."""
    packs = read_packs(posted) or dict(demand.get_own_demand(round_id).packs)
    for name, change in (("more", 1), ("less", -1), ("add_item", 0)):
        if name in posted:
            try:
                item_id = UUID(posted[name])
                change = int(posted.get("add_packs", "0")[:9]) if name == "add_item" else change
            except ValueError:
                raise InvalidInput({"": "The form was damaged on its way. Load the page again."}) from None
            packs[item_id] = max(0, packs.get(item_id, 0) + change)
    return packs


def known_rows(round_id: UUID, table: importing.ParsedTable) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of a demand file with their items' ids, and every error by row and column."""
    items = {item.code.lower(): item for item in rounds.list_round_items(round_id)}
    errors = [{"row": error.row, "column": error.column, "text": error.text} for error in table.errors]
    rows = []
    for row in table.rows:
        code = str(row.values.get("item") or "")
        item = items.get(code.lower())
        if item is None and code:
            errors.append({"row": row.number, "column": "item", "text": "This item is not in the round"})
        rows.append(
            {
                "row": row.number,
                "item": code,
                "item_id": str(item.item_id) if item else "",
                "packs": row.values.get("packs") or 0,
            }
        )
    return rows, errors


def preview_facts(batch: DemandImport) -> dict[str, Any]:
    """What procurement/import_preview.html shows of a demand file."""
    errors = {(error["row"], error["column"]): error["text"] for error in batch.errors}
    bad = {error["row"] for error in batch.errors}
    rows = [
        {
            "number": row["row"],
            "cells": [{"text": row[name], "error": errors.get((row["row"], name))} for name in ("item", "packs")],
            "state_word": "Mend" if row["row"] in bad else "Good",
            "state_kind": "bad" if row["row"] in bad else "ok",
            "error": errors.get((row["row"], "")) or errors.get((row["row"], None)),
        }
        for row in batch.rows[:SHOWN_ROWS]
    ]
    buying_round, (words, kind) = rounds.get_round(batch.round_id), FILE_STATES[batch.state]
    return {
        "title": f"What {batch.file_name} says",
        "file_name": batch.file_name,
        "columns": ["Item", "Packs"],
        "rows": rows,
        "state": batch.state,
        "state_words": words,
        "state_kind": kind,
        "state_small": f"Uploaded {clock.moment_words(batch.created_at)}.",
        "notes": [f"Row {error['row']}, {error['column']}: {error['text']}" for error in batch.errors[:SHOWN_ROWS]],
        "crumb_words": buying_round.title,
        "crumb_href": url_for(".show", round_id=batch.round_id),
        "upload_href": url_for(".file_form", round_id=batch.round_id),
        "good": sum(1 for row in batch.rows if row["row"] not in bad),
        "bad": len(bad),
        "only_bad": False,
        "take_url": url_for(".apply", import_id=batch.id),
        "cancel_url": url_for(".drop", import_id=batch.id),
        "undo_url": url_for(".undo", import_id=batch.id),
        "page": 1,
        "pages": 1,
        "page_url": None,
        "total": len(batch.rows),
    }


def _version() -> int | None:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _page(round_id: UUID, form: Form) -> str:
    identity = current_identity()
    facts = demand_page(rounds.get_round(round_id), identity.acting.name)
    writes = may("enter-demand", identity.kind, identity.roles)
    facts["open"] = facts["open"] and writes
    if form.values:
        for item in facts["items"]:
            item["quantity"], item["error"] = (
                form.value(f"packs-{item['id']}"),
                form.error(f"packs-{item['id']}") or None,
            )
    elif facts["note"]:
        form = Form({"note": facts["note"]})
    urls = {
        "save": url_for(".save", round_id=round_id),
        "live": url_for(".live", round_id=round_id),
        "csv": url_for(".download", round_id=round_id),
        "copy": url_for(".copy", round_id=round_id) if any(item["last"] for item in facts["items"]) else None,
        "upload": url_for(".file_form", round_id=round_id),
    }
    return render_template("procurement/demand.html", form=form, urls=urls, **facts)


def _file_page(round_id: UUID, form: Form) -> str:
    buying_round = rounds.get_round(round_id)
    columns = [
        {"name": column.name, "about": column.help, "needed": column.required, "example": column.example}
        for column in sheets.DEMAND.columns
    ]
    batches = [
        {
            "name": batch.file_name,
            "at": batch.created_at,
            "who": "your co-op",
            "words": FILE_STATES[batch.state][0],
            "href": url_for(".preview", import_id=batch.id),
            "undo_url": url_for(".undo", import_id=batch.id) if batch.state == "applied" else None,
        }
        for batch in demand.list_demand_imports(round_id)
    ]
    return render_template(
        "procurement/import.html",
        form=form,
        title="Upload what you need",
        about=f"{buying_round.title}: a filled-in list instead of the grid.",
        crumb_words=buying_round.title,
        crumb_href=url_for(".show", round_id=round_id),
        columns=columns,
        batches=batches,
        template_csv=url_for(".download", round_id=round_id),
        limit_words="CSV or XLSX, at most 10 MB",
    )
