"""The certificate of a result as tagged PDF (PDF/UA-1), set by typst from data: nobody's text is read as markup."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

_TEMPLATE = Path(__file__).parent / "certificate.typ"


def certificate_pdf(data: Mapping[str, Any]) -> bytes:
    """The same data gives the same bytes, dated by the declaration; `data` is views.poll_results.certificate."""
    made = typst.compile(
        str(_TEMPLATE),
        sys_inputs={"data": json.dumps(dict(data), ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=data["made"],
    )
    if not isinstance(made, bytes):
        raise TypeError("typst answered no single document")
    return made
