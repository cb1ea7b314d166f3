"""Documents as people and screen readers get them: every amount in them, tagged, and nobody's text read as markup."""

import io
from uuid import UUID

import pytest
from pypdf import PdfReader

from procurement.documents import documents
from procurement.views import orders as orders_view
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.errors import NotFound
from tenants.scope import FEDERATION
from tenants.settings import set_setting
from tenants.web_forms import gbp
from tests.factories.rounds import OrderedRound, make_ordered_round

pytestmark = pytest.mark.usefixtures("app")


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def find_orders() -> list[UUID]:
    with acting_for_federation():
        return [row["id"] for row in orders_view.list_rows()]


def statement_of(made: OrderedRound, name: str) -> bytes:
    with acting_for(made.coops[name]):
        return documents.statement_pdf(made.round_id)


def test_a_purchase_order_says_what_is_ordered_at_which_price_and_in_all() -> None:
    make_ordered_round()
    for order_id in find_orders():
        with acting_for_federation():
            page, text = orders_view.order_page(order_id), text_of(documents.purchase_order_pdf(order_id))
        for line in page["lines"]:
            assert line["item"] in text and line["code"] in text and gbp(line["net_pence"]) in text
        for pence in (
            page["delivery_pence"],
            page["net_pence"],
            page["gross_pence"],
            *(row["vat_pence"] for row in page["vat_rows"]),
        ):
            assert gbp(pence) in text
        assert page["order"]["number"] in text and "Federation of Tests" in text and "VAT number" not in text
        assert all(place["coop"] in text and place["address"] in text for place in page["places"])


def test_a_purchase_order_shows_the_vat_number_of_a_registered_federation() -> None:
    with acting_for_federation():
        set_setting("vat_number", "GB 123 4567 82", clock.today(), "General meeting, item 4")
    make_ordered_round()
    with acting_for_federation():
        assert "GB123456782" in text_of(documents.purchase_order_pdf(orders_view.list_rows()[0]["id"]))


def test_a_statement_says_what_is_to_be_paid_and_what_was_saved() -> None:
    made = make_ordered_round(alone_pence={"Afon Care": 60_000})
    text = text_of(statement_of(made, "Afon Care"))
    for words in ("£575.92", "£483.30", "£92.62", "You saved at least £116.70", "Everybody pays the same price a pack"):
        assert words in text
    assert "Beacon" not in text and "still being worked out" in text_of(statement_of(made, "Beacon Care"))


def test_documents_are_tagged_and_name_their_language_and_title() -> None:
    made = make_ordered_round()
    with acting_for_federation():
        made_pdfs = [documents.purchase_order_pdf(orders_view.list_rows()[0]["id"])]
    for pdf in [*made_pdfs, statement_of(made, "Cwm Care")]:
        reader = PdfReader(io.BytesIO(pdf))
        assert reader.root_object["/MarkInfo"]["/Marked"].value is True and reader.root_object["/Lang"] == "en-GB"
        assert (
            reader.metadata and reader.metadata.title and b"pdfuaid:part" in reader.root_object["/Metadata"].get_data()
        )
        assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_welsh_letters_are_drawn_and_text_that_looks_like_markup_stays_text() -> None:
    title = 'Tŷ Ŵyn #strong[x] $y$ = *z* \\ "q" </style>'
    made = make_ordered_round(title=title)
    text = text_of(statement_of(made, "Afon Care"))
    assert "Tŷ Ŵyn #strong[x] $y$ = *z*" in text and "Southgate Ŵyn" in text


def test_there_is_no_document_of_what_is_not_there() -> None:
    with pytest.raises(NotFound), acting_for_federation():
        documents.purchase_order_pdf(FEDERATION)
