"""Bad input is refused with the path of the key and what would be right."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from staffbank.match.solve import match_answer
from tenants.errors import InvalidInput

sys.path.insert(0, str(Path(__file__).parent))
from match_sheets import sheet, shift, stamp, worker

ROOT = Path(__file__).parents[3]
CALL = "import sys; from federation.calc import run; sys.exit(run('match', *sys.argv[1:], refusals=True))"


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize(
    ("problem", "path", "words"),
    [
        ([], "", "must be an object"),
        ({"shifts": [], "workers": []}, "at", "is missing"),
        ({**sheet([], []), "colour": 1}, "colour", "unknown key"),
        (sheet([shift("a", 9, -1)], []), "shifts[0].end", "after the start"),
        (sheet([shift("a", 9, 24.25)], []), "shifts[0].end", "24 hours"),
        (sheet([shift("a", 9, 4, start="2026-10-25T01:30:00")], []), "shifts[0].start", "with its offset"),
        (sheet([shift("a", 9, 4, start="2026-02-30T01:30:00Z")], []), "shifts[0].start", "with its offset"),
        (sheet([shift("a", 9, 4, risk=6)], []), "shifts[0].risk", "from 1 to 5"),
        (sheet([shift("a", 9, 4, seats=True)], []), "shifts[0].seats", "whole number"),
        (sheet([shift("a", 9, 4, needs=["rest"])], []), "shifts[0].needs", "name of a rule"),
        (sheet([shift("a", 9, 4, linked_to="b")], []), "shifts[0].linked_to", "no shift has the id"),
        (sheet([shift("a", 9, 4), shift("a", 9, 4)], []), "shifts[1].id", "earlier row"),
        (sheet([], [without(worker("w"), "lat")]), "workers[0].lat", "is missing"),
        (sheet([], [worker("w", lat=None)]), "workers[0].lat", "outcode"),
        (sheet([], [worker("w", lon=200)]), "workers[0].lon", "from -180 to 180"),
        (sheet([], [worker("w", mode="horse")]), "workers[0].mode", "car, cycle"),
        (sheet([], [worker("w", (9, 8))]), "workers[0].available[0]", "end after it starts"),
        (sheet([], [worker("w", rota=[[stamp(1)]])]), "workers[0].rota[0]", "a pair"),
        (sheet([], [worker("w", held=[{"start": stamp(1), "end": stamp(2)}])]), "workers[0].held[0].lat", "missing"),
        (
            sheet([], [worker("w", held=[{"start": stamp(2), "end": stamp(1), "lat": 1, "lon": 1}])]),
            "workers[0].held[0].end",
            "after the start",
        ),
        (sheet([], [worker("w", passport={"dbs": "yes"})]), "workers[0].passport.dbs", "an object"),
        (sheet([], [worker("w", passport={"dbs": {"until": "soon"}})]), "workers[0].passport.dbs.until", "a moment"),
        (sheet([], [worker("w", visited={"p": "yesterday"})]), "workers[0].visited.p", "a day"),
        (sheet([], [worker("w", hours_last_17_weeks=-1)]), "workers[0].hours_last_17_weeks", "from 0"),
        (sheet([], [worker("w", hours_last_17_weeks="1e99")]), "workers[0].hours_last_17_weeks", "from 0"),
        (sheet([], [], pinned=[["a", "w"]]), "pinned[0][0]", "no shift"),
        (sheet([], [], rules={"rest_hours": 24}), "rules.rest_hours", "from 1 to 23"),
        (sheet([], [], rules={"tea_hours": 4}), "rules.tea_hours", "unknown key"),
        (sheet([], [], levels=["travel", "coverage"]), "levels[0]", "coverage"),
        (sheet([], [], levels=["coverage", "coverage"]), "levels", "twice"),
        (sheet([shift(f"s{n}", 9, 4) for n in range(2001)], []), "shifts", "0 to 2,000"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(problem: Any, path: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        match_answer(problem, {})
    assert words in refusal.value.errors[path]


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(InvalidInput, match="colour"):
        match_answer(sheet([], []), {"colour": "red"})
    with pytest.raises(InvalidInput, match="refusals"):
        match_answer(sheet([], []), {"refusals": "perhaps"})


def test_the_terminal_prints_one_answer_and_nothing_else_or_refuses_with_exit_code_two(tmp_path: Path) -> None:
    def call(text: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", CALL, "-"]
        return subprocess.run(words, input=text, capture_output=True, text=True, cwd=ROOT, check=False)

    done = call((ROOT / "deploy/examples/match.json").read_text())
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["calculator"], answer["status"]) == (0, "match", "optimal")
    assert answer["refusals"] and answer["levels"][0]["gap"] == "0"
    bad = call(json.dumps(sheet([shift("a", 9, -1)], [])))
    assert (bad.returncode, bad.stdout) == (2, "") and "shifts[0].end: must be after the start" in bad.stderr
