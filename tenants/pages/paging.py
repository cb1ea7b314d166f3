"""Pages of long tables: the number in the address, checked, and the links to the others."""

from typing import Any

from flask import request, url_for

from tenants.errors import NotFound

MOST_PAGES = 100_000


def page_number() -> int:
    """The page asked for, from 1. Raises: NotFound for what is no page number."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= MOST_PAGES):
        raise NotFound("page of the list")
    return int(text)


def pager(page: int, total: int, rows_per_page: int) -> dict[str, Any]:
    """What the pager macro reads: page, pages, total, page_url."""
    kept = {
        name: value
        for name, value in request.args.items()
        if name not in ("page", "endpoint") and not name.startswith("_")
    }
    here = request.endpoint or "home.index"
    return {
        "page": page,
        "pages": max(1, -(-total // rows_per_page)),
        "total": total,
        "page_url": lambda number: url_for(here, **{**(request.view_args or {}), **kept, "page": number}),
    }
