"""Purchase orders for the office, statements for the co-ops: as pages, PDF, CSV and XLSX."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from procurement.documents import documents
from procurement.views import orders as orders_view
from procurement.views import statements as statements_view
from tenants.downloads import csv_bytes, xlsx_bytes
from tenants.pages.paging import page_number, pager
from tenants.web import current_identity, needs

bp = Blueprint("orders", __name__)
MAX_WORDS = 100
PAGE_ROWS = 50

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {"csv": "text/csv", "xlsx": _XLSX, "pdf": "application/pdf"}


@bp.get("/orders")
@needs("see-orders")
def index() -> str:
    """Every purchase order."""
    words, state = _filters()
    rows, page = orders_view.list_rows(words, state), page_number()
    shown = [
        row | {"href": url_for(".show", order_id=row["id"])} for row in rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    ]
    return render_template(
        "procurement/orders.html",
        orders=shown,
        filters={"q": words, "state": state, "states": orders_view.STATES},
        urls={
            kind: url_for(".index_file", kind=kind, q=words or None, state=state or None) for kind in ("csv", "xlsx")
        },
        **pager(page, len(rows), PAGE_ROWS),
    )


@bp.get("/orders.<any(csv, xlsx):kind>")
@needs("see-orders")
def index_file(kind: str) -> Response:
    """The same list to take away."""
    return _table(
        kind, "Purchase orders", "purchase-orders", orders_view.LIST_COLUMNS, orders_view.list_rows(*_filters())
    )


@bp.get("/orders/<uuid:order_id>")
@needs("see-orders")
def show(order_id: UUID) -> str:
    """One purchase order, with whose packs stand on each line."""
    facts = orders_view.order_page(order_id)
    facts["order"]["round_href"] = f"/rounds/{facts['order']['round_id']}"
    urls = {kind: url_for(".show_file", order_id=order_id, kind=kind) for kind in _TYPES}
    return render_template("procurement/order.html", urls=urls, form=None, **facts)


@bp.get("/orders/<uuid:order_id>.<any(csv, xlsx, pdf):kind>")
@needs("see-orders")
def show_file(order_id: UUID, kind: str) -> Response:
    """One purchase order to take away or to send."""
    if kind == "pdf":
        return _attachment(kind, documents.purchase_order_pdf(order_id), "purchase-order")
    rows = orders_view.order_file_rows(order_id)
    return _table(kind, rows[0]["number"], rows[0]["number"], orders_view.ORDER_COLUMNS, rows)


@bp.get("/statements")
@needs("see-statement")
def statements() -> str:
    """Every statement of the co-op."""
    rows = statements_view.statement_list()
    for row in rows:
        row["href"] = url_for(".statement", round_id=row["round_id"])
    return render_template(
        "procurement/statements.html",
        statements=rows,
        coop_name=current_identity().acting.name,
        urls={kind: url_for(".statements_file", kind=kind) for kind in ("csv", "xlsx")},
    )


@bp.get("/statements.<any(csv, xlsx):kind>")
@needs("see-statement")
def statements_file(kind: str) -> Response:
    """The same list to take away."""
    return _table(kind, "Statements", "statements", statements_view.LIST_COLUMNS, statements_view.statement_list())


@bp.get("/rounds/<uuid:round_id>/statement")
@needs("see-statement")
def statement(round_id: UUID) -> str:
    """What the co-op got in a round, pays for it, and would have paid alone."""
    facts = statements_view.statement_page(round_id, current_identity().acting.name)
    facts["round"]["href"] = f"/rounds/{round_id}"
    others = [
        {
            "name": row["round"],
            "href": url_for(".statement", round_id=row["round_id"]),
            "current": row["round_id"] == round_id,
        }
        for row in statements_view.statement_list()
    ]
    urls = {kind: url_for(".statement_file", round_id=round_id, kind=kind) for kind in _TYPES}
    return render_template(
        "procurement/statement.html", urls=urls, statements=others if len(others) > 1 else None, **facts
    )


@bp.get("/rounds/<uuid:round_id>/statement.<any(csv, xlsx, pdf):kind>")
@needs("see-statement")
def statement_file(round_id: UUID, kind: str) -> Response:
    """The statement to take away."""
    coop_name = current_identity().acting.name
    if kind == "pdf":
        return _attachment(kind, documents.statement_pdf(round_id), "statement")
    rows = statements_view.statement_file_rows(round_id, coop_name)
    return _table(kind, rows[0]["number"], f"statement-{rows[0]['number']}", statements_view.FILE_COLUMNS, rows)


def _filters() -> tuple[str, str]:
    state = request.args.get("state", "")
    known = {value for value, _ in orders_view.STATES}
    return request.args.get("q", "")[:MAX_WORDS], state if state in known else ""


def _table(kind: str, title: str, file_name: str, columns: Any, rows: Any) -> Response:
    data = csv_bytes(columns, rows) if kind == "csv" else xlsx_bytes(title, columns, rows)
    return _attachment(kind, data, file_name)


def _attachment(kind: str, data: bytes, file_name: str) -> Response:
    return Response(
        data, mimetype=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{file_name}.{kind}"'}
    )
