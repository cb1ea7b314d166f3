"""Bad input of the count: refused by line or path, with what would be right; nothing is guessed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from federation.assembly.count.solve import count_answer
from federation.calc import calculate
from federation.check_wards import check_wards
from tenants.errors import InvalidInput

HOME = Path(__file__).parents[2]
END = '0\n"Ann"\n"Bo"\n"Cy"\n"Board"\n'


def refused(text: str) -> dict[str, str]:
    """The faults of an input."""
    with pytest.raises(InvalidInput) as refusal:
        count_answer(text, {})
    return refusal.value.errors


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", "line 1", "nothing here"),
        ("Ann,Bo", "line 1", "number of candidates"),
        ("3 0\n1 1 0\n" + END, "line 1", "1 to 250 seats"),
        ("251 1\n", "line 1", "1 to 250 candidates"),
        ("3 1\n2 1 3 0\n1 1 0 2 0\n" + END, "line 3", "gap"),
        ("3 1\n1 1 - 2 0\n" + END, "line 2", "gap"),
        ("3 1\n1 1=2 3 0\n" + END, "line 2", "equal"),
        ("3 1\n1 1 2 1 0\n" + END, "line 2", "stands twice"),
        ("3 1\n1 1 4 0\n" + END, "line 2", "not a candidate"),
        ("3 1\n1 01 0\n" + END, "line 2", "not a candidate"),
        ("3 1\n1 ² 0\n" + END, "line 2", "not a candidate"),
        ("3 1\n1 1 2\n" + END, "line 2", "ends with 0"),
        ("3 1\n1000000000001 1 0\n" + END, "line 2", "1,000,000,000,000"),
        ("3 1\n0 1 0\n" + END, "line 2", "whole number from 1"),
        ("3 1\n1.5 1 0\n" + END, "line 2", "whole number from 1"),
        ("3 1\n1_0 1 0\n" + END, "line 2", "whole number from 1"),
        ("3 1\n1 1 0\n-2\n" + END, "line 3", "before the first ballot"),
        ("3 1\n-4\n1 1 0\n" + END, "line 2", "not there"),
        ("3 1\n-1 -1\n1 1 0\n" + END, "line 2", "twice"),
        ("3 1\n1 1 0\n", "line 2", "never end"),
        ('3 1\n1 1 0\n"Ann"\n"Bo"\n"Cy"\n', "line 3", "0 alone"),
        ('3 1\n1 1 0\n0\n"Ann"\n"Bo"\n', "line 5", "2 names"),
        ('3 1\n1 1 0\n0\n"Ann"\n"Bo"\n"Ann"\n', "line 6", "already"),
        ('3 1\n1 1 0\n0\n"Ann"\nBo\n"Cy"\n', "line 5", "quotation marks"),
        ("3 1\n1 1 0\n" + END + "1 2 0\n", "line 8", "nothing follows"),
    ],
)
def test_a_fault_in_a_blt_file_is_named_by_its_line(text: str, line: str, words: str) -> None:
    errors = refused(text)
    assert line in errors and words in errors[line], errors


def test_every_wrong_ballot_is_named_at_once() -> None:
    assert list(refused("3 1\n1 1 1 0\n1 2 0\n1 9 0\n" + END)) == ["line 2", "line 4"]


def election(**changes: object) -> str:
    """A small good election, changed."""
    body = {
        "seats": 1,
        "candidates": [{"id": "a"}, {"id": "b", "class": "workers"}],
        "ballots": [{"weight": 2, "ranking": ["a", "b"]}, {"ranking": ["b"]}],
    }
    return json.dumps({**body, **changes})


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"seats": 0}, "seats"),
        ({"seats": "1"}, "seats"),
        ({"method": "plurality"}, "method"),
        ({"speed": 1}, "speed"),
        ({"candidates": [], "ballots": []}, "candidates"),
        ({"candidates": [{"id": "a"}, {"id": "a"}], "ballots": []}, "candidates[1].id"),
        ({"candidates": [{"id": "a"}, {"id": "b", "name": "a"}]}, "candidates[1].name"),
        ({"candidates": [{"id": "a"}, {"id": "b", "withdrawn": "no"}]}, "candidates[1].withdrawn"),
        ({"ballots": [{"ranking": ["a", "a"]}]}, "ballots[0].ranking[1]"),
        ({"ballots": [{"ranking": ["z"]}]}, "ballots[0].ranking[0]"),
        ({"ballots": [{"ranking": "ab"}]}, "ballots[0].ranking"),
        ({"ballots": [{"weight": 0, "ranking": ["a"]}]}, "ballots[0].weight"),
        ({"ballots": [{"weight": 1.0, "ranking": ["a"]}]}, "ballots[0].weight"),
        ({"ballots": [{"weight": 10**12 + 1, "ranking": ["a"]}]}, "ballots[0].weight"),
        ({"ballots": ["1 3 0"]}, "ballots[0]"),
        ({"ballots": [" "]}, "ballots[0]"),
        ({"constraints": [{"class": "managers", "at_least": 1}]}, "constraints[0].class"),
        ({"constraints": [{"class": "workers", "at_least": 2, "at_most": 1}]}, "constraints[0].at_most"),
        ({"constraints": [{"class": "workers"}]}, "constraints[0]"),
        ({"lots": {"dice": "4"}}, "lots.seed"),
        ({"vacancy": {"departed": ["z"]}}, "vacancy.departed"),
        ({"vacancy": {"departed": []}}, "vacancy.departed"),
        ({"seats": 2, "vacancy": {"departed": ["a"], "sitting": ["a"]}}, "vacancy"),
    ],
)
def test_a_fault_in_json_is_named_by_its_path(changes: dict[str, object], path: str) -> None:
    assert list(refused(election(**changes))) == [path]


@pytest.mark.parametrize("text", ['{"seats": 1, "seats": 2}', '{"seats": NaN}', "[" * 100_000, "{", "[]"])
def test_what_is_not_plain_json_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize("text", ["[]", "{}", '{"replay": 1}', '{"problem": {}, "result_sha256": ""}'])
def test_a_replay_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        count_answer(text, {"check": True})


@pytest.mark.parametrize("name", ["count.blt", "count.json", "count_motion.json"])
def test_the_examples_count_and_count_again_from_the_terminal(name: str, tmp_path: Path) -> None:
    example, out = HOME / "deploy" / "examples" / name, tmp_path / "answer.json"
    told = calculate("count", example.read_text("utf-8"))
    run = [sys.executable, "-m", "federation.cli", "calc", "count"]
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    subprocess.run([*run, str(example), "--out", str(out)], cwd=tmp_path, env=environment, check=True)
    answer = json.loads(out.read_text("utf-8"))
    assert {**answer, "seconds": 0} == {**told, "seconds": 0}
    assert calculate("count", out.read_text("utf-8"), {"check": True})["same"] is True


def test_wards_are_compared_to_the_last_printed_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hill.blt").write_text('3 2\n6 1 2 0\n1 1 0\n1 2 0\n2 3 0\n0\n"Ann"\n"Bo"\n"Cy"\n"Hill"\n', "utf-8")
    head = "ward,seats,valid_poll,quota,rounds,candidate_number,candidate,elected_in_round,votes_in_each_round\n"
    rows = "hill,2,10,4,3,1,Ann,1,7 4 4\nhill,2,10,4,3,2,Bo,3,1 3.57 3.57142\nhill,2,10,4,3,3,Cy,,2 2.0 0\n"
    (tmp_path / "official.csv").write_text(head + rows, "utf-8")
    assert check_wards(tmp_path) == 0 and "1 of 1 wards" in capsys.readouterr().out
    (tmp_path / "official.csv").write_text(head + rows.replace("3.57142", "3.57143"), "utf-8")
    assert check_wards(tmp_path) == 1
    assert "Bo, round 3: 3.57143 was published, 3.57142 counted" in capsys.readouterr().out
    with pytest.raises(InvalidInput):
        check_wards(tmp_path / "nowhere")
