"""A file of co-ops: all rows or none, every fault named by row and column."""

from argparse import Namespace
from pathlib import Path

import pytest
from sqlalchemy import select

from tenants.cli import import_members
from tenants.db import acting_for_federation, db
from tenants.errors import InvalidInput
from tenants.members_file import COLUMNS, MAX_BYTES, parse_members, read_members
from tenants.models import CoopSize
from tenants.services.coops import list_coops
from tenants.web import HouseFlask

HEADING = ",".join(COLUMNS)
GOOD = "R1,29791R,Afon Care,Society,Workers,Care,Wales,CF10,51.48,-3.18,30/7/2004,632060,237,74,2014-01-31"
BARE = "R2,28016R,Beacon Care,Society,,,England,LS1,53.8,-1.55,11/2/1994,,,,"


def file_of(*rows: str) -> str:
    return "\n".join((HEADING, *rows)) + "\n"


def test_a_good_file_is_taken_in_once_and_a_second_time_changes_nothing(
    app: HouseFlask, tmp_path: Path, capsys
) -> None:
    path = tmp_path / "members.csv"
    path.write_text("\ufeff" + file_of(GOOD, BARE), encoding="utf-8")
    for said in ("2 co-ops taken in, 0 known before.", "0 co-ops taken in, 2 known before."):
        assert import_members(Namespace(file=str(path))) == 0
        assert said in capsys.readouterr().out
    with acting_for_federation():
        assert [coop.name for coop in list_coops()] == ["Afon Care", "Beacon Care"]
        (size,) = db.session.scalars(select(CoopSize))
        assert (size.members, size.staff, size.turnover_pence, size.as_of_date.isoformat()) == (
            237,
            74,
            63206000,
            "2014-01-31",
        )


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (GOOD.replace("632060", "£632,060"), "row 2"),
        (GOOD.replace("632060", "6e5"), "row 2, turnover_gbp"),
        (GOOD.replace("237", "-1"), "row 2, members"),
        (GOOD.replace("51.48", "NaN"), "row 2, latitude"),
        (GOOD.replace("51.48", "90"), "row 2, latitude"),
        (GOOD.replace("-3.18", "x"), "row 2, longitude"),
        (GOOD.replace("30/7/2004", "31/2/2004"), "row 2, incorporated"),
        (GOOD.replace("CF10", "CARDIFF"), "row 2, outcode"),
        (GOOD.replace("Afon Care", " "), "row 2, name"),
        (GOOD.replace("Afon Care", "A" * 201), "row 2, name"),
        (GOOD + "\n" + GOOD, "row 3, name"),
        (GOOD.replace("Afon", "A\0fon"), "row 2, name"),
        (GOOD.replace("237", "9" * 13), "row 2, members"),
        (GOOD.replace("Wales,", ""), "row 2"),
        ("", "FILE"),
        (GOOD.replace("Afon Care", '"Afon'), "line"),
    ],
)
def test_a_fault_is_named_by_row_and_column(row: str, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_members(file_of(row))
    assert any(path.startswith(place) for path in refused.value.errors), refused.value.errors


def test_one_bad_row_keeps_all_the_others_out(app: HouseFlask, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(file_of(GOOD, BARE.replace("LS1", "LEEDS")), encoding="utf-8")
    with pytest.raises(InvalidInput, match="row 3, outcode"):
        import_members(Namespace(file=str(path)))
    with acting_for_federation():
        assert list(list_coops()) == []


def test_files_that_are_no_table_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    with pytest.raises(InvalidInput, match="cannot read"):
        read_members(path)
    for data, words in (
        (b"\xff\xfe\x00", "UTF-8"),
        (b"name,colour\nA,red\n", "unknown: 'colour'"),
        (b"", "heading"),
        (b"x" * (MAX_BYTES + 1), "10 MiB"),
    ):
        path.write_bytes(data)
        with pytest.raises(InvalidInput, match=words):
            read_members(path)
