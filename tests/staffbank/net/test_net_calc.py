"""The netting calculator on CSV: the answer of the terminal, and every fault by line and column with its remedy."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from federation.calc import calculate
from staffbank.net.problem import MAX_ERRORS, Debt, read_debts
from staffbank.net.solve import net_answer
from tenants.errors import InvalidInput

ROOT = Path(__file__).parents[3]
HEAD = "from,to,pence,reference\n"
EXAMPLE = ROOT / "deploy/examples/net.csv"


def call(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "federation.cli", "calc", "net", *words]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_terminal_gives_the_answer_alone_on_standard_output() -> None:
    done = call(str(EXAMPLE), "--mode", "links")
    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr, answer["calculator"], answer["mode"]) == (0, "", "net", "links")
    assert answer["input_sha256"] == hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()
    assert answer["paid_pence"] == sum(payment["pence"] for payment in answer["payments"])


def test_the_hub_is_the_mode_unless_another_is_named() -> None:
    answer = calculate("net", HEAD + "ash,elm,1250,INV-1\nelm,fir,1250,INV-2\n")
    assert answer["payments"] == [
        {"from": "ash", "to": "federation", "pence": 1250},
        {"from": "federation", "to": "fir", "pence": 1250},
    ]
    assert answer["positions"] == {"ash": -1250, "elm": 0, "fir": 1250}
    assert (answer["gross_pence"], answer["paid_pence"], answer["mode"], answer["exact"]) == (2500, 2500, "hub", True)


def test_a_month_without_debts_is_settled_by_no_payment() -> None:
    answer = net_answer(HEAD, {"mode": "links"})
    assert (answer["payments"], answer["positions"], answer["gross_pence"]) == ([], {}, 0)


def test_columns_may_stand_in_any_order_and_cells_may_hold_commas_and_line_breaks() -> None:
    text = '\ufeffReference, To ,From,Pence\n"one, two\nthree",elm,ash,0005\n\n,fir,"elm, north",7\n'
    assert read_debts(text) == [Debt("ash", "elm", 5, "one, two\nthree"), Debt("elm, north", "fir", 7, "")]
    assert read_debts("from,to,pence\nash,elm,3\n") == [Debt("ash", "elm", 3)]


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        ("ash,ash,5,x", "line 3, to", "leave this debt out"),
        ("federation,ash,5,x", "line 3, from", "not a co-op"),
        ("ash,Federation,5,x", "line 3, to", "not a co-op"),
        (",ash,5,x", "line 3, from", "is empty"),
        ("ash,el\x07m,5,x", "line 3, to", "ordinary characters"),
        ("ash,elm,,x", "line 3, pence", "is empty"),
        ("ash,elm,12.50,x", "line 3, pence", "12.50 pounds are 1250"),
        ("ash,elm,£12,x", "line 3, pence", "£12 pounds are 1200"),
        ('ash,elm,"1,250",x', "line 3, pence", "without commas"),
        ("ash,elm,-40,x", "line 3, pence", "turn from and to round and write 40"),
        ("ash,elm,lots,x", "line 3, pence", "like 1250, not 'lots'"),
        ("ash,elm,99999999999999,x", "line 3, pence", "below"),
        ("ash,elm,٥,x", "line 3, pence", "write whole pence"),
        ("ash,elm,5", "line 3", "3 cells instead of 4"),
        ("ash,elm,5,x,y", "line 3", "5 cells instead of 4"),
        ('ash,elm,5,"x', "line 3", "quotation marks"),
        ("ash,elm,5," + "x" * 1001, "line 3, reference", "at most 1,000"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column_with_its_remedy(row: str, place: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        net_answer(HEAD + "ash,elm,5,good\n" + row + "\n", {})
    assert list(refusal.value.errors) == [place] and words in refusal.value.errors[place]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing here"),
        ("ash,elm,5,x\n", "no column 'ash'"),
        ("from,to,reference\n", "pence is missing"),
        ("from,from,to,pence\n", "from stands twice"),
        ('{"debts": []}', "no column"),
    ],
)
def test_a_first_line_that_does_not_name_the_columns_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_debts(text)
    assert words in refusal.value.errors["line 1"]


def test_a_fault_before_a_broken_quotation_is_told_beside_it() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_debts(HEAD + "ash,elm,1.5,x\n" + "ash,elm,5,x\n" * 6_000 + 'ash,elm,5,"x"y\n')
    assert list(refusal.value.errors) == ["line 2, pence", "line 6003"]


def test_all_faults_are_told_at_once_but_not_without_end() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_debts(HEAD + "ash,,x,\n" * 500)
    assert MAX_ERRORS <= len(refusal.value.errors) <= MAX_ERRORS + 2
    assert {"line 2, to", "line 2, pence", "line 3, to"} <= set(refusal.value.errors)


@pytest.mark.parametrize(
    ("options", "key"), [({"mode": "ring"}, "mode"), ({"mode": True}, "mode"), ({"by": "x"}, "by")]
)
def test_an_unknown_mode_or_option_is_refused(options: dict[str, object], key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        net_answer(HEAD, options)
    assert list(refusal.value.errors) == [key]


def test_a_refusal_of_the_terminal_names_line_and_column_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "answer.json"
    done = call("-", "--out", str(out), text=HEAD + "ash,elm,1.5,\n")
    assert (done.returncode, done.stdout, out.exists()) == (2, "", False)
    assert done.stderr.startswith("line 2, pence: write whole pence: 1.5 pounds are 150")
