"""Imports: good files are read to the last cell, bad ones are refused with their place and the way to mend them."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from procurement import importing
from procurement.cells import date_cell, price_cell, text_cell, vat_cell, whole_cell
from procurement.importing import CellError, read_table
from procurement.sheets import (
    CATALOGUE,
    DEMAND,
    DEMAND_OF_ALL,
    MEMBERS,
    PRICES,
    SHEETS,
    price_tiers,
    template_csv,
    template_xlsx,
    tier_warnings,
)
from tenants import workbooks
from tenants.errors import InvalidInput


def xlsx(*lines: list) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(*lines: list) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def refusal(data: bytes, sheet=DEMAND) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_table(data, sheet)
    assert list(caught.value.errors) == ["file"]
    return caught.value.errors["file"]


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


HEAD = ["item", "packs", "note"]


@pytest.mark.parametrize("write", [as_csv, xlsx])
def test_a_good_table_is_read_the_same_from_csv_and_xlsx(write) -> None:
    table = read_table(write(HEAD, ["GLV-M", 120, "soon"], ["MSK", 0, None]), DEMAND)
    assert [(row.number, row.values) for row in table.rows] == [
        (2, {"item": "GLV-M", "packs": 120, "note": "soon"}),
        (3, {"item": "MSK", "packs": 0, "note": None}),
    ]
    assert not table.errors and not table.notes


@pytest.mark.parametrize("write", [template_csv, template_xlsx])
@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_template_can_be_sent_back_as_it_is(name: str, write) -> None:
    table = read_table(write(SHEETS[name]), SHEETS[name])
    assert (len(table.rows), table.errors, table.notes) == (1, [], [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_headings_may_be_in_any_order_case_and_separator(delimiter: str) -> None:
    text = delimiter.join(["Packs", " ITEM "]) + "\r\n" + delimiter.join(["5", "GLV-M"])
    assert read_table(text.encode(), DEMAND).rows[0].values == {"item": "GLV-M", "packs": 5, "note": None}


def test_every_fault_has_its_row_column_and_remedy() -> None:
    table = read_table(as_csv(HEAD, ["GLV-M", "ten", ""], ["", "3", ""], ["glv m", "-1", ""], ["A", "1", ""]), DEMAND)
    assert [(error.row, error.column) for error in table.errors] == [
        (2, "packs"),
        (3, "item"),
        (4, "item"),
        (4, "packs"),
    ]
    assert table.errors[0].text == "Enter whole packs from 0 to 1,000,000"
    assert [row.values["item"] for row in table.rows] == ["A"]


def test_blank_rows_are_passed_over_and_numbers_stay_those_of_the_file() -> None:
    table = read_table(b"item,packs\n\nA,1\n,,\nB,x\n", DEMAND)
    assert [row.number for row in table.rows] == [3] and table.errors[0].row == 5


def test_unknown_missing_and_double_columns_are_named() -> None:
    table = read_table(b"item,item,colour\nA,B,red\n", DEMAND)
    assert [(error.row, error.column) for error in table.errors] == [(1, "item"), (1, "colour"), (1, "packs")]
    assert "item, packs, note" in table.errors[1].text and not table.rows


def test_the_same_item_twice_is_an_error_of_the_second_row() -> None:
    table = read_table(
        as_csv(["coop", *HEAD], ["Ash", "A", 1, ""], ["Elm", "A", 1, ""], ["ash", "a", 2, ""]), DEMAND_OF_ALL
    )
    assert table.errors == [CellError(4, "item", "This is in row 2 already: keep one of the two")]


def test_a_cell_outside_the_columns_is_an_error() -> None:
    assert "stray comma" in read_table(b"item,packs\nA,1,000\n", DEMAND).errors[0].text


def test_headings_without_rows_and_files_without_anything_are_said_so() -> None:
    assert read_table(b"item,packs\n", DEMAND).errors[0].row == 2
    assert refusal(b"") == refusal(b" \n") == refusal(b",,\n,,\n") == refusal(xlsx()) == "The file is empty"


def test_a_formula_cell_is_refused_with_its_name() -> None:
    table = read_table(xlsx(HEAD, ["A", "=1+1", ""], ["B", 2, ""]), DEMAND)
    assert table.errors == [CellError(2, "packs", "Cell B2 holds a formula: paste its value instead")]
    assert [row.values["packs"] for row in table.rows] == [2]


def test_an_array_formula_and_a_formula_outside_the_columns_are_refused() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["A"])
        sheet.write_array_formula("B2", "{=SUM(C1:C2)}")
        sheet.write_formula("H3", "=1")
    table = read_table(out.getvalue(), DEMAND)
    assert [(error.row, error.column) for error in table.errors] == [(2, "packs"), (3, "")]


@pytest.mark.parametrize("text", ["=1+1", "+44", "-x", "@you"])
def test_csv_text_that_looks_like_a_formula_is_kept_as_text(text: str) -> None:
    assert read_table(as_csv(HEAD, ["A", 1, text]), DEMAND).rows[0].values["note"] == text


def test_an_error_value_of_a_workbook_is_no_number() -> None:
    assert read_table(xlsx(HEAD, ["A", "#DIV/0!", ""]), DEMAND).errors[0].column == "packs"


def test_windows_text_is_read_with_a_note_and_nonsense_is_refused_with_its_line() -> None:
    table = read_table("item,packs,note\nA,1,café £5\n".encode("cp1252"), DEMAND)
    assert table.rows[0].values["note"] == "café £5" and "Windows-1252" in table.notes[0]
    assert refusal(b"item,packs\nA,\x81\x8d\n").startswith("Line 2")


def test_a_byte_order_mark_is_no_part_of_the_first_heading() -> None:
    assert read_table(b"\xef\xbb\xbfitem,packs\nA,1\n", DEMAND).rows


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"item,packs\nA,\0001\n", "zero bytes"),
        ("item,packs".encode("utf-16"), "UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old .xls"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b'item,packs\n"A,1\n', "quotation mark"),
        (b'item,packs\n"A"B,1\n', "quotation mark"),
        (b"PK\x03\x04 and nothing else", "damaged"),
        (zipped({"word/document.xml": b"<w/>"}), "not an Excel workbook"),
        (zipped({"xl/workbook.xml": b"<w/>"}), "damaged"),
    ],
)
def test_files_of_another_kind_are_refused_in_words(data: bytes, word: str) -> None:
    assert word in refusal(data)


def test_an_upload_beyond_the_limit_is_refused_unread() -> None:
    assert "the limit is 10 MB" in refusal(b"x" * (importing.MAX_BYTES + 1))


@pytest.mark.parametrize("write", [as_csv, xlsx])
def test_too_many_rows_are_refused(write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MAX_ROWS", 3)
    rows = [[f"A{n}", n, ""] for n in range(4)]
    assert len(read_table(write(HEAD, *rows[:3]), DEMAND).rows) == 3
    assert "more than 3 rows" in refusal(write(HEAD, *rows))


@pytest.mark.parametrize("write", [as_csv, xlsx])
def test_too_many_columns_are_refused(write) -> None:
    table = read_table(write([*HEAD, *[f"c{n}" for n in range(200)]], ["A", 1]), DEMAND)
    assert table.errors[0].text == "There are more than 60 columns" and not table.rows


def test_a_lone_cell_a_million_rows_down_does_not_make_a_million_rows() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(HEAD)
    book.worksheets[0]["A1048576"] = "far"
    out = io.BytesIO()
    book.save(out)
    assert "more than 20,000 rows" in refusal(out.getvalue())


def test_errors_are_counted_beyond_those_that_are_kept() -> None:
    table = read_table(as_csv(HEAD, *[["A", "x", ""] for _ in range(300)]), DEMAND)
    assert (len(table.errors), table.error_count) == (200, 300)


def test_a_zip_bomb_is_refused_from_its_directory() -> None:
    bomb = zipped({"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": b"0" * (workbooks.MAX_UNPACKED + 1)})
    assert len(bomb) < 200_000 and "unpacks to more" in refusal(bomb)


def test_a_part_packed_too_tightly_is_refused() -> None:
    assert "far too tightly" in refusal(zipped({"xl/workbook.xml": b"<w/>", "xl/sharedStrings.xml": b"0" * 5_000_000}))


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    honest = zipped({"xl/workbook.xml": b"<w/>" * 5000})
    lying = honest.replace((20_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest and "damaged" in refusal(lying)


def test_what_is_unpacked_is_counted_as_well_as_declared() -> None:
    data = zipped({"xl/workbook.xml": b"<w/>" * 5000})
    with zipfile.ZipFile(io.BytesIO(data)) as archive, pytest.raises(InvalidInput, match="unpacks to more"):
        workbooks._check_part(archive, archive.infolist()[0], 0, 19_999)


def test_too_many_parts_and_document_types_are_refused() -> None:
    assert "unpacks to more" in refusal(zipped({f"p{n}": b"" for n in range(1001)}))
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for data in (entity, entity.decode().encode("utf-16")):
        assert "document type" in refusal(zipped({"xl/workbook.xml": data}))


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"item,packs\n", b"\xef\xbb\xbf"]))
def test_no_bytes_at_all_make_anything_but_a_table_or_a_refusal(data: bytes, start: bytes) -> None:
    try:
        table = read_table(start + data, DEMAND)
    except InvalidInput as fault:
        assert list(fault.errors) == ["file"]
    else:
        assert all(error.text for error in table.errors)


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_a_table_or_a_refusal(place: int, noise: bytes) -> None:
    good = template_xlsx(DEMAND)
    place %= len(good)
    try:
        read_table(good[:place] + noise + good[place + len(noise) :], DEMAND)
    except InvalidInput as fault:
        assert list(fault.errors) == ["file"]


PRICE_ROW = {"supplier": "N", "item": "A", "tier_1_price": "5", "valid_from": "1/1/2026", "valid_to": "31/1/2026"}


def price_errors(**cells: str) -> list[str]:
    row = PRICE_ROW | cells
    return [error.column for error in read_table(as_csv(list(row), list(row.values())), PRICES).errors]


def test_a_row_of_prices_gives_bounds_from_nought_and_pence() -> None:
    row = PRICE_ROW | {"tier_1_from": "1", "tier_2_from": "100", "tier_2_price": "4.0025"}
    values = read_table(as_csv(list(row), list(row.values())), PRICES).rows[0].values
    assert price_tiers(values) == ([0, 100], [Decimal(500), Decimal("400.25")])
    assert values["valid_to"] == date(2026, 1, 31) and tier_warnings(values) == []
    assert price_tiers(values | {"tier_1_from": None, "tier_2_from": None})[0] is None


def test_a_dearer_tier_is_a_warning_and_no_error() -> None:
    row = PRICE_ROW | {"tier_2_from": "100", "tier_2_price": "6"}
    table = read_table(as_csv(list(row), list(row.values())), PRICES)
    assert not table.errors and "costs more" in tier_warnings(table.rows[0].values)[0]


def test_faults_of_tiers_stand_at_their_own_column() -> None:
    assert price_errors(tier_2_from="100") == ["tier_2_price"]
    assert price_errors(tier_1_from="0", tier_2_price="4") == ["tier_2_from"]
    assert price_errors(tier_3_from="9", tier_3_price="4") == ["tier_2_price"]
    assert price_errors(tier_1_from="7") == ["tier_1_from"]
    assert price_errors(tier_2_from="9", tier_2_price="4", tier_3_from="9", tier_3_price="3") == ["tier_3_from"]
    assert price_errors(tier_1_price="0") == ["tier_1_price"]
    assert price_errors(valid_to="31/12/2025") == ["valid_to"]
    assert price_errors(minimum_packs="10", capacity_packs="9") == ["capacity_packs"]


def test_a_catalogue_row_keeps_its_standard_and_checks_its_numbers() -> None:
    head = ["code", "name", "unit", "gtin", "cpv", "vat_rate", "retail_price", "standard"]
    good = ["GLV-M", "Gloves", "pack", 5012345678900, "18424300-0", "20%", "£6.5", "EN 455"]
    bad = ["GLV-L", "Gloves", "pack", "5012345678901", "1842", "17.5", "6.00001", ""]
    table = read_table(xlsx(head, good, bad), CATALOGUE)
    assert table.rows[0].values["gtin"] == "5012345678900" and table.rows[0].values["retail_price"] == 650
    assert {error.column for error in table.errors} == {"gtin", "cpv", "vat_rate", "retail_price"}


def test_a_member_row_reads_days_turnover_and_place() -> None:
    head = b"organisation_id,name,outcode,latitude,incorporated,turnover_gbp,year_end\n"
    data = head + b"R1,Ash,MK42,52.12002,30/7/2004,632060,2012-03-31\n"
    values = read_table(data, MEMBERS).rows[0].values
    assert (values["incorporated"], values["turnover_gbp"], values["members"]) == (date(2004, 7, 30), 63206000, None)


def test_a_number_that_a_spreadsheet_has_shortened_is_explained() -> None:
    table = read_table(b"code,name,unit,gtin\n5.01E+12,Gloves,pack,5.01235E+12\n", CATALOGUE)
    assert all("shortened" in error.text for error in table.errors) and len(table.errors) == 2


@pytest.mark.parametrize(
    "raw", ["1.5", "1e3", "", "٣", "1,00", "0x10", True, datetime(2026, 1, 1), float("nan"), "9" * 99]
)
def test_what_is_no_whole_number_is_refused(raw) -> None:
    with pytest.raises(ValueError, match="Enter a whole number from 0 to 10"):
        whole_cell(0, 10)(raw)


@pytest.mark.parametrize("raw", ["0", "-1", "free", "1.00005", "1,5", True, float("inf"), "1000001", date(2026, 1, 1)])
def test_what_is_no_price_is_refused(raw) -> None:
    with pytest.raises(ValueError, match=r"price|places"):
        price_cell(raw)


@pytest.mark.parametrize(
    "raw", ["31/02/2026", "2026-13-01", "11/27/2026", "26-1-1", "tomorrow", 46000, "01/01/1066", datetime(3000, 1, 1)]
)
def test_what_is_no_day_is_refused(raw) -> None:
    with pytest.raises(ValueError, match="Enter a date like 27/11/2026"):
        date_cell(raw)


@pytest.mark.parametrize("raw", ["17.5", "21", "-5", "x", 1, True])
def test_what_is_no_vat_rate_is_refused(raw) -> None:
    with pytest.raises(ValueError, match="20, 5 or 0"):
        vat_cell(raw)


@pytest.mark.parametrize("raw", ["x" * 11, "two\nlines", "bell\x07"])
def test_a_text_too_long_or_with_control_characters_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="Use"):
        text_cell(10)(raw)


def test_a_field_as_long_as_a_book_is_refused_not_parsed() -> None:
    assert "10,000 characters" in read_table(as_csv(HEAD, ["A", 1, "x" * 20_000]), DEMAND).errors[0].text
    assert "cannot be read" in refusal(as_csv(HEAD, ["A", 1, "x" * 200_000]))
