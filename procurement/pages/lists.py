"""What every list and form of this package shares: the choice in the address, the file to take away, the thing's history."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from flask import Response, request, url_for
from marshmallow import Schema

from procurement.services.catalogue import MOST_PAGES, Choice, Page
from tenants import audit, clock
from tenants.downloads import Column, csv_bytes, xlsx_bytes
from tenants.errors import InvalidInput
from tenants.permissions import may
from tenants.web import current_identity

HISTORY_ROWS = 10
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ACT_WORDS = {
    "add-item": "Added",
    "change-item": "Changed",
    "retire-item": "Taken out",
    "restore-item": "Brought back",
    "add-supplier": "Added",
    "change-supplier": "Changed",
    "retire-supplier": "No longer asked",
    "restore-supplier": "Asked again",
    "add-offer": "Added",
    "change-offer": "Changed",
    "withdraw-offer": "Withdrawn",
    "preview-import": "Looked at",
    "apply-import": "Taken in",
    "undo-import": "Undone",
}


def may_keep() -> bool:
    """Whether the person asking may change the catalogue, suppliers and prices."""
    identity = current_identity()
    return may("keep-catalogue", identity.kind, identity.roles)


def read_choice(sorts: Sequence[str], states: Iterable[str]) -> Choice:
    """What the address asks to show. Raises: InvalidInput naming the part of the address that makes no sense."""
    asked = request.args
    sort, state, way = asked.get("sort", ""), asked.get("state", ""), asked.get("way", "")
    if sort not in ("", *sorts):
        raise InvalidInput({"sort": f"Sort by one of: {', '.join(sorts)}"})
    if state not in ("", *states):
        raise InvalidInput({"state": f"Choose one of: {', '.join(state for state in states if state)}"})
    if way not in ("", "down"):
        raise InvalidInput({"way": "Leave it out, or say down"})
    return Choice(asked.get("q", ""), state, sort, way == "down", _number(asked.get("page", "1")))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= MOST_PAGES):
        raise InvalidInput({"page": "A page is a whole number from 1"})
    return int(text)


def read_version() -> int:
    """The version of the thing that the form was made from. Raises: InvalidInput."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput({"version": "This form is incomplete: load the page again and send it once more"})
    return int(text)


def list_context(page: Page[Any], choice: Choice, default_sort: str, name: str) -> dict[str, Any]:
    """What list templates need beside their rows: paging, sorting, downloads; all addresses keep the filters."""
    kept: dict[str, Any] = {
        key: value for key, value in request.args.items() if key in ("q", "state", "supplier") and value
    }
    order: dict[str, Any] = {
        key: value for key, value in (("sort", choice.sort), ("way", "down" if choice.descending else "")) if value
    }
    here = str(request.endpoint)

    def sort_href(column: str) -> str:
        turned: dict[str, Any] = (
            {"way": "down"} if column == (choice.sort or default_sort) and not choice.descending else {}
        )
        return url_for(here, **kept, sort=column, **turned)

    return {
        "page": page.number,
        "pages": page.pages,
        "total": page.total,
        "page_url": lambda number: url_for(here, **kept, **order, page=number),
        "sort": {
            "column": choice.sort or default_sort,
            "direction": "descending" if choice.descending else "ascending",
            "href": sort_href,
        },
        "urls": {ext: url_for(f"{here}_file", ext=ext, **kept, **order) for ext in TYPES},
        "may_edit": may_keep(),
        "name": name,
    }


def file_answer(name: str, ext: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Response:
    """A table to take away, as CSV or XLSX."""
    data = csv_bytes(columns, rows) if ext == "csv" else xlsx_bytes(name, columns, rows)
    return attachment(data, f"{name.lower().replace(' ', '-')}-{clock.today():%Y-%m-%d}.{ext}", ext)


def attachment(data: bytes, file_name: str, ext: str) -> Response:
    """Bytes that the browser saves under a name."""
    answer = Response(data, content_type=TYPES[ext])
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def written(schema: Schema, thing: object) -> dict[str, Any]:
    """The fields of one thing as a form shows them."""
    return cast(dict[str, Any], schema.dump(thing))


def history(object_id: UUID) -> list[dict[str, Any]]:
    """What happened to a thing, newest first, as the timeline shows it."""
    return [
        {
            "text": ACT_WORDS.get(row.act, row.act.replace("-", " ").capitalize()),
            "small": ", ".join(_named(row.facts.get("fields", []))),
            "at": clock.moment_words(row.at),
            "at_iso": row.at.isoformat(),
            "now": False,
        }
        for row in audit.list_record(object_id, limit=HISTORY_ROWS)
    ]


def _named(fields: Sequence[str]) -> list[str]:
    return [field.removesuffix("_pence").replace("_", " ") for field in fields] if len(fields) <= 5 else []
