"""The record: who did what, when, and whether the chain of it is whole."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import select

from tenants import audit
from tenants.db import db
from tenants.downloads import Column, csv_bytes, xlsx_bytes
from tenants.errors import NotFound
from tenants.models import MemberDirectory
from tenants.pages.paging import page_number, pager
from tenants.pages.words import act_words
from tenants.web import current_identity, needs

record = Blueprint("record", __name__)
ROWS = 50
MOST_ROWS = 20_000
COLUMNS = [
    Column("number", "Number", "packs"),
    Column("at", "When", "moment"),
    Column("who", "Who"),
    Column("what", "What"),
    Column("object_kind", "Kind"),
    Column("object_id", "Id"),
    Column("facts", "Facts"),
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@record.get("/record")
@needs("see-record")
def index():
    """A page of the record, newest first."""
    kind = request.args.get("kind", "")
    rows = _chosen(request.args.get("q", ""), request.args.get("who", ""), kind)
    page = page_number()
    broken = audit.first_broken_number()
    length, newest = audit.head()
    chain = {
        "ok": broken is None,
        "words": f"Sealed: all {length} entries fit" if broken is None else f"Broken at entry {broken}",
    }
    return render_template(
        "tenants/record.html",
        scope_words=current_identity().acting.name,
        chain=chain,
        entries=[_entry(row, who) for row, who in rows[(page - 1) * ROWS : page * ROWS]],
        filters={"q": request.args.get("q", ""), "who": request.args.get("who", ""), "kind": kind, "kinds": _kinds()},
        urls={
            suffix: url_for(
                "record.download",
                suffix=suffix,
                q=request.args.get("q"),
                who=request.args.get("who"),
                kind=kind or None,
            )
            for suffix in ("csv", "xlsx")
        },
        newest=newest,
        **pager(page, len(rows), ROWS),
    )


@record.get("/record.<suffix>")
@needs("see-record")
def download(suffix: str):
    """The chosen rows as CSV or XLSX."""
    if suffix not in ("csv", "xlsx"):
        raise NotFound("file")
    rows = [
        {
            "number": row.number,
            "at": row.at,
            "who": who,
            "what": act_words(row.act),
            "object_kind": row.object_kind,
            "object_id": row.object_id,
            "facts": _facts(row),
        }
        for row, who in _chosen(request.args.get("q", ""), request.args.get("who", ""), request.args.get("kind", ""))
    ]
    data = csv_bytes(COLUMNS, rows) if suffix == "csv" else xlsx_bytes("The record", COLUMNS, rows)
    return file_answer(data, f"record.{suffix}")


def file_answer(data: bytes, name: str) -> Response:
    """A file to keep; `name` is one of our own and ends in csv or xlsx."""
    kind = "text/csv; charset=utf-8" if name.endswith(".csv") else XLSX
    return Response(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _chosen(words: str, who: str, kind: str) -> list[tuple[audit.RecordRow, str]]:
    names = _names()
    named = [(row, names.get(row.person_id, "Somebody" if row.person_id else "The house")) for row in _all_rows()]
    return [
        (row, name)
        for row, name in named
        if words.casefold() in f"{act_words(row.act)} {row.object_kind} {row.object_id} {_facts(row)}".casefold()
        and who.casefold() in name.casefold()
        and kind in ("", row.object_kind)
    ]


def _all_rows() -> list[audit.RecordRow]:
    rows: list[audit.RecordRow] = []
    while len(rows) < MOST_ROWS:
        more = audit.list_record(before=rows[-1].number if rows else None, limit=1000)
        rows.extend(more)
        if len(more) < 1000:
            break
    return rows


def _names() -> dict[UUID | None, str]:
    identity = current_identity()
    rows = db.session.execute(select(MemberDirectory.person_id, MemberDirectory.display_name))
    names: dict[UUID | None, str] = {person_id: name for person_id, name in rows}
    return names | {identity.person_id: identity.display_name}


def _kinds() -> Sequence[tuple[str, str]]:
    kinds = sorted({row.object_kind for row in _all_rows()})
    return [("", "All kinds"), *((kind, kind.replace("-", " ").capitalize()) for kind in kinds)]


def _facts(row: audit.RecordRow) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row.facts.items())


def _entry(row: audit.RecordRow, who: str) -> dict[str, Any]:
    return {
        "at": row.at,
        "who": who,
        "for_coop": "",
        "what": act_words(row.act),
        "object_words": f"({row.object_kind})",
        "object_href": None,
        "before": None,
        "after": _facts(row) or None,
        "hash": None,
    }
