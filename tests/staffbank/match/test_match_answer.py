"""What an answer says: seats, pins, levels in their order, open shifts with the cheapest fix, ranked carers."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from staffbank.match import levels
from staffbank.match.programme import Cancelled
from staffbank.match.solve import match_answer

sys.path.insert(0, str(Path(__file__).parent))
from match_oracle import all_faults
from match_sheets import VALID, sheet, shift, stamp, worker

EXAMPLE = Path(__file__).parents[3] / "deploy/examples/match.json"


def placed(answer: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(row["shift"], row["seat"], row["worker"]) for row in answer["placements"]]


def value(answer: dict[str, Any], name: str) -> Any:
    return next(row["value"] for row in answer["levels"] if row["name"] == name)


def test_a_shift_for_two_is_filled_by_two_or_by_nobody() -> None:
    pair = shift("s", 9, 4, seats=2)
    assert placed(match_answer(sheet([pair], [worker("w"), worker("v")]), {})) == [("s", 1, "v"), ("s", 2, "w")]
    alone = match_answer(sheet([pair], [worker("w")]), {})
    assert (placed(alone), alone["unfilled"][0]["shift"], alone["unfilled"][0]["turned_away"]) == ([], "s", {})


def test_linked_shifts_are_filled_together_or_not_at_all() -> None:
    rows = [shift("a", 9, 4, linked_to="b"), shift("b", 9, 4, linked_to="a", needs=["peg"]), shift("c", 9, 4)]
    able = worker("w", passport={**VALID, "peg": {"until": None}})
    assert placed(match_answer(sheet(rows, [worker("v"), able]), {})) == [("a", 1, "v"), ("b", 1, "w")]
    answer = match_answer(sheet(rows, [worker("u"), worker("v")]), {})
    assert {row[0] for row in placed(answer)} == {"c"}
    assert [row["shift"] for row in answer["unfilled"]] == ["a", "b"]


def test_the_riskier_shift_is_covered_first_then_the_person_who_knows_the_carer() -> None:
    rows = [shift("a", 9, 4, risk=2), shift("b", 9, 4, risk=5), shift("c", 33, 4, person="p-1")]
    workers = [worker("v", (30, 40)), worker("w", visited={"p-1": "2026-11-10"}, lat=53.0)]
    answer = match_answer(sheet(rows, workers), {})
    assert placed(answer) == [("b", 1, "w"), ("c", 1, "w")]
    assert (value(answer, "coverage"), value(answer, "continuity")) == (6, 1)


def test_fairness_is_the_largest_share_lent_and_own_cover_is_no_loan() -> None:
    rows = [shift("a", 8, 4), shift("b", 8, 4)]
    workers = [worker("v", (8, 12), coop="beech"), worker("w", (8, 12), coop="ash"), worker("x", (8, 12), coop="beech")]
    answer = match_answer(sheet(rows, workers), {})
    assert "w" in {row[2] for row in placed(answer)}
    assert value(answer, "fairness") == "0.5"


def test_pins_are_kept_and_pins_that_break_a_rule_are_told() -> None:
    rows, workers = [shift("a", 9, 4)], [worker("v"), worker("w", lat=50.0, passport={**VALID})]
    assert placed(match_answer(sheet(rows, workers, pinned=[["a", "w"]]), {})) == [("a", 1, "w")]
    answer = match_answer(sheet(rows, [worker("w", sponsored=True)], pinned=[["a", "w"]]), {})
    assert (answer["status"], answer["placements"], answer["why_not"][0]["rule"]) == ("infeasible", [], "sponsored")
    both = match_answer(sheet(rows, workers, pinned=[["a", "w"], ["a", "v"]]), {})
    assert (both["status"], {row["rule"] for row in both["why_not"]}) == ("infeasible", {"seats"})


def test_levels_may_be_fewer_and_in_another_order() -> None:
    rows = [shift("a", 9, 4, person="p-1")]
    near, known = worker("v", pence_per_hour=2000), worker("w", lat=53.0, visited={"p-1": "2026-11-20"})
    assert placed(match_answer(sheet(rows, [near, known]), {})) == [("a", 1, "w")]
    answer = match_answer(sheet(rows, [near, known], levels=["coverage", "travel", "continuity"]), {})
    assert (placed(answer), [row["name"] for row in answer["levels"]][1]) == ([("a", 1, "v")], "travel")


def test_between_equals_the_preferred_carer_comes_and_then_who_was_offered_least() -> None:
    workers = [worker("u", offered_recently=3), worker("v", offered_recently=1), worker("w", offered_recently=9)]
    assert placed(match_answer(sheet([shift("a", 9, 4)], workers), {})) == [("a", 1, "v")]
    assert placed(match_answer(sheet([shift("a", 9, 4, preferred="w")], workers), {})) == [("a", 1, "w")]


@pytest.mark.parametrize(
    ("carer", "kind", "telling"),
    [
        (worker("w", (8, 12.5)), "window", {"minutes": "30"}),
        (worker("w", passport={**VALID, "dbs": {"until": stamp(12)}}), "passport", {"until": stamp(13), "rule": "dbs"}),
        (worker("w", passport={k: v for k, v in VALID.items() if k != "dbs"}), "passport", {"rule": "dbs"}),
        (worker("w", rota=[[stamp(6), stamp(8.75)]]), "journey", {"minutes": "15"}),
        (worker("w", hours_last_17_weeks=815), "opt_out", {"hours": "819"}),
        (worker("w", rota=[[stamp(-7), stamp(-1.25)]]), "rest", {"hours": "10"}),
    ],
)
def test_an_open_shift_tells_the_cheapest_change_that_would_fill_it(
    carer: dict[str, Any], kind: str, telling: dict[str, str]
) -> None:
    hopeless = worker("a", sponsored=True, passport={})
    (row,) = match_answer(sheet([shift("s", 9, 4)], [hopeless, carer]), {})["unfilled"]
    assert (row["fix"]["kind"], row["fix"]["worker"]) == (kind, "w")
    assert telling.items() <= row["fix"].items() and "w" in row["fix"]["words"]


def test_of_two_changes_the_cheaper_is_told_and_what_no_change_fills_has_none() -> None:
    workers = [worker("u", hours_last_17_weeks=815), worker("v", (8, 12.75)), worker("w", refuses=["p-1"])]
    (row,) = match_answer(sheet([shift("s", 9, 4, person="p-1")], workers), {})["unfilled"]
    assert (row["fix"]["worker"], row["turned_away"]) == ("v", {"available": 1, "refuses": 1, "weekly_hours": 1})
    (row,) = match_answer(sheet([shift("s", 9, 4, person="p-1")], workers[2:]), {})["unfilled"]
    assert row["fix"] is None


def test_the_ranked_list_says_what_speaks_for_each_carer() -> None:
    workers = [
        worker("far", lat=53.4),
        worker("known", lat=53.4, visited={"p-1": "2026-11-20"}),
        worker("named", lat=53.0),
        worker("near"),
        worker("not", sponsored=True),
    ]
    answer = match_answer(sheet([shift("s", 9, 4, person="p-1", preferred="named")], workers), {})
    rows = answer["ranked"]["s"]
    assert [row["worker"] for row in rows] == ["named", "known", "near", "far"]
    assert [reason["reason"] for reason in rows[1]["reasons"]] == ["visited", "lent_share", "travel", "offered"]
    assert rows[1]["reasons"][0]["number"] == "2026-11-20"


def test_the_order_of_the_input_does_not_matter_and_the_same_input_gives_the_same_answer() -> None:
    problem = json.loads(EXAMPLE.read_text())
    mixed = json.loads(EXAMPLE.read_text())
    for key in ("shifts", "workers", "excluded", "pinned"):
        random.Random(3).shuffle(mixed.get(key, []))
    first = match_answer(problem, {})
    assert first["reproducible"] is True and len(first["placements"]) > 20
    assert match_answer(mixed, {}) == first == match_answer(problem, {})


def test_an_answer_cut_by_time_says_so_and_still_keeps_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "ALL_AT_ONCE", 0)
    problem = json.loads(EXAMPLE.read_text())
    answer = match_answer(problem, {"seconds": "0.01"})
    assert (answer["reproducible"], answer["status"]) == (False, "feasible")
    filled: dict[str, tuple[str, ...]] = {}
    for name, _, carer in placed(answer):
        filled[name] = (*filled.get(name, ()), carer)
    assert len(filled) > 20 and all_faults(problem, filled) == []
    assert all(row["gap"] is None or float(row["gap"]) >= 0 for row in answer["levels"])


def test_the_work_can_be_called_off_and_tells_its_steps() -> None:
    heard: list[str] = []
    problem = sheet([shift("a", 9, 4)], [worker("w")])
    match_answer(problem, {"progress": lambda words, percent, facts: heard.append(words), "cancel": lambda: False})
    assert heard[0].startswith("Asking the rules") and heard[-1] == "Done" and len(heard) == 9
    with pytest.raises(Cancelled):
        match_answer(problem, {"cancel": lambda: True})


def test_nothing_to_do_is_an_answer() -> None:
    assert match_answer(sheet([], []), {})["status"] == "optimal"
    assert match_answer(sheet([shift("a", 9, 4)], []), {})["unfilled"] == [
        {"shift": "a", "turned_away": {}, "fix": None}
    ]
