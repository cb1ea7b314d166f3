"""Downloads: exact pounds, and no cell that acts."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import downloads
from tenants.downloads import Column, csv_bytes, neutral_text, sheet_name, xlsx_bytes

COLUMNS = [
    Column("coop", "Co-op"),
    Column("due", "Due (£)", "pence"),
    Column("price", "Price per pack (£)", "price"),
    Column("packs", "Packs", "packs"),
    Column("saving", "Saving (%)", "percent"),
    Column("day", "Day", "date"),
    Column("at", "Closed at", "moment"),
]
ROW = {
    "coop": "Ash & Elm",
    "due": -123456789,
    "price": Decimal("412.5"),
    "packs": 1200,
    "saving": Decimal("7.25"),
    "day": date(2026, 11, 27),
    "at": datetime(2026, 7, 1, 11, 5, tzinfo=UTC),
}


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows())


def test_csv_writes_every_unit_in_plain_figures() -> None:
    assert read_csv(csv_bytes(COLUMNS, [ROW]))[1] == [
        "Ash & Elm", "-1234567.89", "4.125", "1200", "7.25", "2026-11-27", "2026-07-01 12:05",
    ]  # fmt: skip


def test_an_empty_value_is_an_empty_cell_in_both_kinds() -> None:
    assert read_csv(csv_bytes(COLUMNS, [{}]))[1] == [""] * len(COLUMNS)
    assert len(read_xlsx(xlsx_bytes("Empty", COLUMNS, [{}]))) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_csv_text_that_could_be_a_formula_gets_an_apostrophe(start: str) -> None:
    nasty = f"{start}cmd|' /C calc'!A0"
    assert read_csv(csv_bytes(COLUMNS, [{"coop": nasty}]))[1][0] == "'" + nasty


def test_csv_headings_are_neutralised_too() -> None:
    assert read_csv(csv_bytes([Column("a", "=A1")], []))[0] == ["'=A1"]


@given(st.text())
def test_no_csv_text_cell_begins_like_a_formula(text: str) -> None:
    assert not neutral_text(text).lstrip(" ").startswith(downloads.FORMULA_STARTS)


@given(st.integers(-(10**13), 10**13))
def test_csv_pounds_read_back_as_the_same_pence(pence: int) -> None:
    cell = read_csv(csv_bytes([Column("p", "P", "pence")], [{"p": pence}]))[1][0]
    assert Decimal(cell) * 100 == pence and cell[-3] == "."


def test_xlsx_keeps_numbers_as_numbers_with_a_money_format() -> None:
    cells = read_xlsx(xlsx_bytes("Statement", COLUMNS, [ROW]))[1]
    assert [cell.value for cell in cells[:5]] == ["Ash & Elm", -1234567.89, 4.125, 1200, 7.25]
    assert cells[1].number_format == "#,##0.00"
    assert cells[5].value == datetime(2026, 11, 27) and cells[6].value == datetime(2026, 7, 1, 12, 5)


def test_xlsx_text_is_never_a_formula_a_link_or_a_number() -> None:
    texts = ["=1+1", "https://example.org", "{=SUM(A1)}", "007"]
    data = xlsx_bytes("Texts", [Column("t", "=T")], [{"t": text} for text in texts])
    cells = [row[0] for row in read_xlsx(data)]
    assert [cell.value for cell in cells] == ["=T", *texts]
    assert {cell.data_type for cell in cells} == {"s"} and not any(cell.hyperlink for cell in cells)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAX_ROWS", 2)
    with pytest.raises(ValueError, match="at most 2 rows"):
        csv_bytes(COLUMNS, [ROW] * 3)
    with pytest.raises(ValueError, match="at most 2 rows"):
        xlsx_bytes("Rows", COLUMNS, [ROW] * 3)


@given(st.text(st.characters(codec=None), max_size=30))
def test_any_text_can_be_taken_away_in_both_kinds(text: str) -> None:
    columns, rows = [Column("t", text)], [{"t": text}]
    assert read_csv(csv_bytes(columns, rows))
    assert len(read_xlsx(xlsx_bytes(text, columns, rows))) <= 2


@given(st.text(max_size=60))
def test_any_title_makes_a_workbook_that_opens(title: str) -> None:
    assert 1 <= len(sheet_name(title)) <= 31
    assert openpyxl.load_workbook(io.BytesIO(xlsx_bytes(title, [], []))).sheetnames
