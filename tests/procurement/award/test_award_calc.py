"""The award from a terminal: the answer stands alone, refusals write nothing."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from federation import calc

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SHEET = {
    "items": [{"id": "x", "demand": {"a": 90}}],
    "suppliers": [{"id": "s", "offers": [{"item": "x", "pence_per_pack": ["4.5"]}]}],
}
CALL = "import sys; from federation.calc import run; sys.exit(run('award', *sys.argv[1:]))"


def call(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CALL, *words], input=text, capture_output=True, text=True, cwd=ROOT, check=False
    )


def test_standard_output_is_one_json_answer_and_nothing_else() -> None:
    done = call("deploy/examples/award.json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["calculator"], answer["status"]) == (0, "award", "optimal")
    assert done.stderr == ""


def test_the_answer_names_the_input_by_its_canonical_hash() -> None:
    canonical = json.dumps(SHEET, sort_keys=True, separators=(",", ":")).encode()
    answer = calc.calculate("award", json.dumps(SHEET, indent=3), {"story_seconds": "0"})
    assert answer["input_sha256"] == hashlib.sha256(canonical).hexdigest()
    assert (answer["cost_pence"], answer["version"], answer["alternatives"]) == (405, "1", None)


def test_an_infeasible_problem_is_an_answer() -> None:
    done = call("-", text=json.dumps({**SHEET, "suppliers": []}))
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "infeasible")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ('{"a": NaN}', "NaN"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": 1, "a": 2}', "twice"),
        ("9" * 5000, "cannot be used"),
        (json.dumps({**SHEET, "colour": 1}), "colour: unknown key"),
        (json.dumps(SHEET).replace("90", "-1"), "items[0].demand.a: must be"),
        ("\udcff", "UTF-8"),
    ],
)
def test_a_refusal_names_the_key_and_writes_nothing(tmp_path: Path, text: str, words: str) -> None:
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_bytes(text.encode(errors="surrogateescape"))
    done = call(str(source), str(out))
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [source])
    assert words in done.stderr and "Traceback" not in done.stderr


def test_the_answer_may_go_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "answer.json"
    done = call("-", str(out), text=json.dumps(SHEET))
    assert (done.returncode, done.stdout, json.loads(out.read_text())["cost_pence"]) == (0, "", 405)
    assert call("-", str(tmp_path / "no" / "answer.json"), text=json.dumps(SHEET)).returncode == 2


def test_what_a_solver_prints_on_descriptor_one_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with calc.standard_output_kept_clear():
        os.write(1, b"presolving\n")
        print("set-up")
    print("the answer")
    kept = capfd.readouterr()
    assert kept.out == "the answer\n"
    assert "presolving" in kept.err and "set-up" in kept.err


def test_an_unknown_calculator_or_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert calc.run("awards", "-") == 2
    assert calc.run("award", str(ROOT / "deploy/examples/award.json"), colour="red") == 2
    assert "award" in capsys.readouterr().err
