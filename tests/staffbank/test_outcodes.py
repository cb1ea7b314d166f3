"""Where outcodes are: taken in from a file, found by what people type, else by the few that come along."""

from argparse import Namespace
from pathlib import Path

import pytest

from staffbank import cli
from staffbank.services.outcodes import find_outcode
from tenants.db import acting_for
from tenants.errors import InvalidInput
from tenants.web import HouseFlask
from tests.factories.tenants import make_coop

ROWS = "postcode,latitude,longitude,town\nZE1,60.15,-1.15,Lerwick\nLS1,53.79,-1.55,Leeds\n"


def test_a_file_of_outcodes_is_taken_in_and_read_by_every_co_op(app: HouseFlask, tmp_path: Path, capsys) -> None:
    path = tmp_path / "outcodes.csv"
    path.write_text(ROWS, encoding="utf-8-sig")
    assert cli.import_outcodes(Namespace(file=str(path))) == 0
    assert "2 outcodes" in capsys.readouterr().out
    with acting_for(make_coop()):
        found, built_in, nowhere = find_outcode("ZE1"), find_outcode("BD1"), find_outcode("ZZ99")
    assert found is not None and (found.lat, found.town) == (60.15, "Lerwick")
    assert built_in is not None and nowhere is None


def test_a_second_file_replaces_the_first(app: HouseFlask, tmp_path: Path) -> None:
    path = tmp_path / "outcodes.csv"
    for text in (ROWS, "postcode,latitude,longitude,town\nLS1,53.80,-1.55,Leeds\n"):
        path.write_text(text)
        cli.import_outcodes(Namespace(file=str(path)))
    with acting_for(make_coop()):
        assert find_outcode("ZE1") is None


def test_a_bad_row_is_named_and_nothing_is_taken_in(app: HouseFlask, tmp_path: Path) -> None:
    path = tmp_path / "outcodes.csv"
    path.write_text(ROWS + "XX,95,0,Nowhere\n")
    with pytest.raises(InvalidInput) as refused:
        cli.import_outcodes(Namespace(file=str(path)))
    assert "4" in str(refused.value.errors)
    with acting_for(make_coop()):
        assert find_outcode("ZE1") is None
