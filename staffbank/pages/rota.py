"""Home rotas: a week of a carer, typed or uploaded, and calendars that are read."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from staffbank.rota_sheet import ABOUT, COLUMNS, MAX_BYTES, NEEDED, template
from staffbank.schemas.carers import BLOCK_WORDS, BlockSchema
from staffbank.services import carers, rota, rota_feeds, rota_imports
from staffbank.views.rota import FILE_STATES, monday_of, preview_facts, typed_span, week_bounds, week_days, week_hours
from tenants import clock
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.web import needs, say
from tenants.web_forms import Form

bp = Blueprint("rota", __name__)


@bp.get("/carers/<uuid:carer_id>/rota")
@needs("keep-carers")
def week(carer_id: UUID) -> str:
    """When does this carer work?"""
    return _week_page(carer_id, Form({"kind": "rota"}))


@bp.post("/carers/<uuid:carer_id>/rota")
@needs("keep-carers")
def add(carer_id: UUID) -> ResponseReturnValue:
    """Note work, leave or another job."""
    form = Form.read(BlockSchema(), request.form)
    if form.ok:
        try:
            starts_at, ends_at = typed_span(form.data)
            rota.add_block(carer_id, form.data["kind"], starts_at, ends_at, form.data["words"])
            say(f"Noted: {rota.span_words(starts_at, ends_at)}.")
            monday = monday_of(form.data["day"])
            return redirect(url_for(".week", carer_id=carer_id, week=monday.isoformat()), 303)
        except InvalidInput as error:
            form.fail(error)
        except RuleBroken as error:
            form.fail(InvalidInput({"start": error.message}))
    return _week_page(carer_id, form), 422


@bp.post("/carers/<uuid:carer_id>/rota/<uuid:block_id>/remove")
@needs("keep-carers")
def remove(carer_id: UUID, block_id: UUID) -> ResponseReturnValue:
    """Take a piece out."""
    rota.remove_block(carer_id, block_id)
    say("Taken out. The time is free again.")
    return redirect(url_for(".week", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/calendars")
@needs("keep-carers")
def add_feed(carer_id: UUID) -> ResponseReturnValue:
    """Follow a calendar."""
    form = Form(request.form)
    try:
        rota_feeds.add_feed(carer_id, request.form.get("url", ""))
    except InvalidInput as error:
        return _week_page(carer_id, form.fail(error)), 422
    say("The calendar is read now, and again every hour.")
    return redirect(url_for(".week", carer_id=carer_id), 303)


@bp.post("/carers/<uuid:carer_id>/calendars/<uuid:feed_id>/remove")
@needs("keep-carers")
def remove_feed(carer_id: UUID, feed_id: UUID) -> ResponseReturnValue:
    """Follow a calendar no longer."""
    rota_feeds.remove_feed(carer_id, feed_id)
    say("The calendar is no longer read. What lay ahead of it is taken out.")
    return redirect(url_for(".week", carer_id=carer_id), 303)


@bp.get("/rota/files")
@needs("keep-carers")
def files() -> str:
    """Choose a file of rota."""
    return _files_page(Form())


@bp.post("/rota/files")
@needs("keep-carers")
def read_file() -> ResponseReturnValue:
    """Read a file and show what it would bring."""
    form, sent = Form(request.form), request.files.get("file")
    if sent is None or not sent.filename:
        return _files_page(form.fail(InvalidInput({"file": "Choose a file first"}))), 422
    typed = request.form.get("carer", "")
    try:
        carer_id = UUID(typed) if typed else None
        # One byte more than the limit is enough to know that a file is too large.
        batch = rota_imports.preview_import(sent.filename, sent.stream.read(MAX_BYTES + 1), carer_id)
    except InvalidInput as error:
        return _files_page(form.fail(error)), 422
    except ValueError:
        return _files_page(form.fail(InvalidInput({"carer": "Choose a carer"}))), 422
    return redirect(url_for(".file", import_id=batch.id), 303)


@bp.get("/rota/files/template.csv")
@needs("keep-carers")
def file_template() -> Response:
    """An empty table to start from."""
    answer = Response(template(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="rota-template.csv"'
    return answer


@bp.get("/rota/files/<uuid:import_id>")
@needs("keep-carers")
def file(import_id: UUID) -> str:
    """What a file would bring in, or brought."""
    return render_template("staffbank/rota_preview.html", **preview_facts(rota_imports.get_import(import_id)))


@bp.post("/rota/files/<uuid:import_id>/apply")
@needs("keep-carers")
def apply(import_id: UUID) -> ResponseReturnValue:
    """Take in the whole file."""
    batch = rota_imports.apply_import(import_id)
    say(f"{len(batch.rows):,} rows of {batch.file_name} are taken in, and the bank knows them.")
    return redirect(url_for(".file", import_id=import_id), 303)


@bp.post("/rota/files/<uuid:import_id>/undo")
@needs("keep-carers")
def undo(import_id: UUID) -> ResponseReturnValue:
    """Take the whole file out again."""
    batch = rota_imports.undo_import(import_id)
    say(f"{batch.file_name} is undone.")
    return redirect(url_for(".file", import_id=import_id), 303)


@bp.post("/rota/files/<uuid:import_id>/drop")
@needs("keep-carers")
def drop(import_id: UUID) -> ResponseReturnValue:
    """Throw a preview away."""
    rota_imports.discard_import(import_id)
    say("Nothing was taken in.", "info")
    return redirect(url_for(".files"), 303)


def _week_page(carer_id: UUID, form: Form) -> str:
    carer, monday = carers.get_carer(carer_id), _monday()
    start, end = week_bounds(monday)
    blocks = rota.list_blocks(carer_id, start, end)
    return render_template(
        "staffbank/rota_week.html",
        carer=carer,
        form=form,
        kinds=list(BLOCK_WORDS.items()),
        days=week_days(blocks, monday, "rota.remove", carer_id=carer_id),
        monday=monday,
        hours=week_hours(carer_id, monday),
        most=carer.week_minutes / 60,
        before=url_for(".week", carer_id=carer_id, week=(monday - timedelta(days=7)).isoformat()),
        after=url_for(".week", carer_id=carer_id, week=(monday + timedelta(days=7)).isoformat()),
        feeds=[
            {
                "url": feed.url,
                "read_at": feed.read_at,
                "problem": feed.problem,
                "remove_url": url_for(".remove_feed", carer_id=carer_id, feed_id=feed.id),
            }
            for feed in rota_feeds.list_feeds(carer_id)
        ],
    )


def _monday() -> date:
    """The week in the address. Raises: NotFound for what is no day of these years."""
    text = request.args.get("week", "")
    try:
        day = date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise NotFound("week") from None
    if not 2000 <= day.year <= 2099:
        raise NotFound("week")
    return monday_of(day)


def _files_page(form: Form) -> str:
    return render_template(
        "staffbank/rota_files.html",
        form=form,
        carers=[(str(one.id), f"{one.reference} {one.first_name}") for one in carers.list_carers()],
        columns=[(name, ABOUT[name][0], name in NEEDED, ABOUT[name][1]) for name in COLUMNS],
        limit_words=f"CSV, XLSX or .ics, at most {MAX_BYTES // 1024 // 1024} MB",
        batches=[_earlier(batch) for batch in rota_imports.list_imports()],
    )


def _earlier(batch: Any) -> dict[str, Any]:
    return {
        "name": batch.file_name,
        "words": FILE_STATES[batch.state][0],
        "at": batch.created_at,
        "href": url_for(".file", import_id=batch.id),
        "undo_url": url_for(".undo", import_id=batch.id) if batch.state == "applied" else "",
    }
