"""The script for home says the same as the count, written apart from it, and finds every falsified board."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly import board, bundle, lots, recount
from federation.assembly.count.solve import count_problem

SEED, DICE = "9f1c2d", "4 1 6"
RULE = {
    "threshold": {"percent": "50", "strictly": True},
    "base": "cast",
    "second_majority": None,
    "class_rule": None,
    "quorum": {"coops_percent": "0", "weight_percent": "0"},
    "tie_rule": "falls",
}
WEIGHTS = {"ash": 5, "elm": 3, "fir": 2, "oak": 2}
MIXED = {"ash": (5, 0, 0), "elm": (1, 2, 0), "fir": (0, 2, 0), "oak": (0, 0, 2)}


def rows_of(opened: dict[str, Any], ballots: list[dict[str, Any]], coops: int, weight: int) -> list[dict[str, Any]]:
    """A board up to its lots; the result is for the test to add."""
    head = {"secret": False, "rule": RULE, "weights": WEIGHTS, "quota": 0, "lots_commitment": lots.commitment(SEED)}
    rows: list[dict[str, Any]] = []
    for kind, body in (
        ("opened", {**head, **opened}),
        ("ballots", {"ballots": ballots}),
        ("closed", {"coops": coops, "weight": weight}),
    ):
        rows.append(board.next_row(rows, kind, body))
    names = [one["id"] for one in opened.get("choices", [])] or ["against", "for"]
    order = lots.order(names, SEED, board.head(rows), DICE)
    body = {"seed": SEED, "head": board.head(rows), "dice": DICE, "order": order}
    rows.append(board.next_row(rows, "lots", body))
    return rows


def counted(rows: list[dict[str, Any]], problem: dict[str, Any]) -> list[dict[str, Any]]:
    """The board with the result of the calculator, as it is declared."""
    drawn = {key: rows[-1]["body"][key] for key in ("seed", "head", "dice")}
    answer = count_problem({**problem, "lots": drawn}, {})
    brief = {key: answer[key] for key in ("status", "quota", "elected", "rounds", "totals") if key in answer}
    return [*rows, board.next_row(rows, "result", brief)]


def motion(
    votes: dict[str, tuple[int, int, int]], rule: dict[str, Any] | None = None, **problem: Any
) -> list[dict[str, Any]]:
    """The board of a recorded vote of `WEIGHTS`, counted by the calculator with the same rule in its words."""
    sides = ("for", "against", "abstain")
    parts = {coop: dict(zip(sides, vote, strict=True)) for coop, vote in votes.items()}
    cast = [{"coop": coop, "name": coop.title(), "parts": part} for coop, part in parts.items()]
    opened = {"method": "yes_no", "rule": {**RULE, **(rule or {})}, "sizes": dict.fromkeys(WEIGHTS, 10)}
    opened["classes"] = {coop: "small" if weight < 3 else "large" for coop, weight in WEIGHTS.items()}
    rows = rows_of(opened, cast, len(votes), sum(sum(vote) for vote in votes.values()))
    voters = [
        {"id": coop, "weight": weight, "class": opened["classes"][coop], "members": 10, **parts.get(coop, {})}
        for coop, weight in WEIGHTS.items()
    ]
    return counted(rows, {"method": "yes_no", "votes": voters, "threshold": {"percent": "50"}, **problem})


def election(
    method: str, seats: int, groups: list[str], rankings: list[tuple[int, list[int]]], limits: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The board of a recorded election with candidates `c0`, `c1`, …, counted by the calculator."""
    choices = [{"id": f"c{n}", "name": f"Candidate {n}", "class": group or None} for n, group in enumerate(groups)]
    ranked = [(units, [f"c{one}" for one in ranking]) for units, ranking in rankings]
    weights = {f"coop-{n}": units for n, (units, _) in enumerate(ranked)}
    cast = [
        {"coop": f"coop-{n}", "name": f"Co-op {n}", "units": units, "ranking": one}
        for n, (units, one) in enumerate(ranked)
    ]
    opened = {"method": method, "seats": seats, "choices": choices, "constraints": limits, "weights": weights}
    rows = rows_of(opened, cast, len(ranked), sum(weights.values()))
    ballots = [{"weight": units, "ranking": one} for units, one in ranked]
    problem = {"method": method, "seats": seats, "candidates": choices, "ballots": ballots, "constraints": limits}
    return counted(rows, problem)


def run(rows: list[dict[str, Any]], tmp_path: Path, *arguments: str) -> int:
    """The exit code of the script on a bundle of these rows."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle.make_bundle(rows, None))
    return recount.main([str(path), *arguments])


@st.composite
def elections(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Small elections full of ties, with and without rules on classes."""
    method = draw(st.sampled_from(["scottish", "scottish", "meek", "irv", "approval"]))
    size = draw(st.integers(1, 6))
    seats = 1 if method == "irv" else draw(st.integers(1, 4))
    groups = draw(st.lists(st.sampled_from(["", "w", "m"]), min_size=size, max_size=size))
    ranking = st.permutations(range(size)).flatmap(lambda one: st.integers(0, size).map(lambda n: list(one[:n])))
    rankings = draw(st.lists(st.tuples(st.integers(1, 6), ranking), min_size=1, max_size=12))
    limits = []
    for group in draw(st.lists(st.sampled_from(sorted({*groups} - {""}) or [""]), unique=True, max_size=2)):
        least = draw(st.integers(0, 1))
        limits += [{"class": group, "at_least": least, "at_most": draw(st.integers(least, 2))}] if group else []
    return election(method, seats, groups, rankings, limits)


@settings(max_examples=50, deadline=None)
@given(elections())
def test_random_elections_are_counted_the_same_to_the_last_decimal_of_every_round(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    assert run(rows, tmp_path_factory.mktemp("bundle")) == 0


VOTE = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
RULES = [
    ({}, {}),
    ({"base": "cast_with_abstentions"}, {"base": "cast_with_abstentions"}),
    (
        {"base": "eligible", "threshold": {"percent": "33.34", "strictly": False}},
        {"base": "eligible", "threshold": {"percent": "33.34", "at_least": True}},
    ),
    (
        {"second_majority": {"of": "coops", "percent": "40"}, "tie_rule": "lot"},
        {"second_majority": {"of": "coops", "percent": "40"}, "tie": "lot"},
    ),
    (
        {"second_majority": {"of": "members", "percent": "25"}},
        {"second_majority": {"of": "members", "percent": "25"}},
    ),
    (
        {"class_rule": {"percent": "50"}},
        {"classes": [{"class": "small", "percent": "50"}, {"class": "large", "percent": "50"}]},
    ),
    (
        {"quorum": {"coops_percent": "75", "weight_percent": "40"}},
        {"quorum": {"coops_percent": "75", "weight_percent": "40"}},
    ),
]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(RULES), st.lists(VOTE, min_size=4, max_size=4), st.integers(1, 4))
def test_random_motions_are_decided_the_same_by_every_kind_of_rule(
    tmp_path_factory: pytest.TempPathFactory, rules: tuple[Any, Any], votes: list[tuple[int, int, int]], voted: int
) -> None:
    cast = {
        coop: (vote[0], min(vote[1], WEIGHTS[coop] - vote[0]), 0) if sum(vote) > WEIGHTS[coop] else vote
        for coop, vote in list(zip(WEIGHTS, votes, strict=True))[:voted]
        if sum(vote)
    }
    assert run(motion(cast, rules[0], **rules[1]), tmp_path_factory.mktemp("bundle")) == 0


def test_a_secret_vote_counts_its_unit_ballots_and_finds_a_receipt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = ["for"] * 6 + ["against"] * 5 + ["abstain"]
    ballots = [{"id": f"id-{n}", "choice": choice} for n, choice in enumerate(choices)]
    rows = rows_of({"method": "yes_no", "secret": True}, ballots, 4, 12)
    result = {"status": "carried", "totals": {"for": 6, "against": 5, "abstain": 1}}
    rows.append(board.next_row(rows, "result", result))
    assert run(rows, tmp_path) == 0
    assert run(rows, tmp_path, "--receipt", "id-7") == 0
    assert "Ballot id-7 counts as one vote: against." in capsys.readouterr().out
    assert run(rows, tmp_path, "--receipt", "id-77") == 1
    assert "NOT on this board" in capsys.readouterr().out


def test_receipts_of_recorded_votes_and_of_rankings_are_found_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {"for": 2, "against": 1, "abstain": 0}
    recorded = [{"coop": "elm", "name": "Elm", "parts": parts, "receipts": ["r-1", "r-2"]}]
    assert run(rows_of({"method": "yes_no"}, recorded, 1, 3), tmp_path, "--receipt", "r-2") == 0
    assert "counts as 3 votes: 0 abstain, 1 against, 2 for." in capsys.readouterr().out
    choices = [{"id": "c0", "name": "Ann"}, {"id": "c1", "name": "Bo"}]
    ranked = [{"id": "r-3", "ranking": ["c1", "c0"]}, {"id": "r-4", "ranking": []}]
    rows = rows_of({"method": "irv", "secret": True, "seats": 1, "choices": choices}, ranked, 1, 2)
    assert run(rows, tmp_path, "--receipt", "r-3") == run(rows, tmp_path, "--receipt", "r-4") == 0
    told = capsys.readouterr().out
    assert "r-3 counts as one vote: Bo, then Ann." in told and "r-4 counts as one vote: for nobody." in told


def test_an_election_without_a_quorum_and_ballots_kept_back_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = election("irv", 1, ["", ""], [(3, [0])], [])
    asked = {**RULE, "quorum": {"coops_percent": "50", "weight_percent": "50"}}
    opened = {**rows[0]["body"], "rule": asked, "weights": {"coop-0": 3, "coop-1": 4}}
    for quorate, code in ((False, 0), (True, 1)):
        result = {**rows[-1]["body"], "quorate": quorate}
        drawn = rows_of(opened, rows[1]["body"]["ballots"], 1, 3)
        assert run([*drawn, board.next_row(drawn, "result", result)], tmp_path) == code
    assert "NO   Published as quorate: True. Counted: False." in capsys.readouterr().out
    kept = [{**row, "body": {"ballots": [], "withheld": "They stay with the tellers."}} for row in rows[1:2]]
    assert run(sealed_again([rows[0], *kept, *rows[2:]]), tmp_path) == 2
    assert "They stay with the tellers." in capsys.readouterr().out


def test_heads_that_were_sent_round_are_looked_for(tmp_path: Path) -> None:
    rows = motion(MIXED)
    assert run(rows, tmp_path, "--head", rows[0]["hash"], "--head", rows[2]["hash"]) == 0
    assert run(rows, tmp_path, "--head", "0" * 64) == 1


def sealed_again(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows sealed anew after a falsification, as somebody with the whole database could do it."""
    fresh: list[dict[str, Any]] = []
    for row in rows:
        fresh.append(board.next_row(fresh, row["kind"], row["body"]))
    return fresh


@pytest.mark.parametrize(
    ("number", "path", "value", "words"),
    [
        (2, ("ballots", 1, "parts", "against"), 0, "NO   The 5 rows of the board are as they were sealed. Row 2"),
        (2, ("ballots", 0, "parts", "for"), 6, "ash cast 6 and has 5."),
        (2, ("ballots", 3, "coop"), "yew", "yew cast 2 and has 0."),
        (2, ("ballots", 1, "parts", "for"), -1, "elm cast -1 votes."),
        (3, ("coops",), 5, "NO   5 co-ops voted. 4 did."),
        (3, ("weight",), 13, "There are 12."),
        (4, ("seed",), "another", "NO   The seed of the lots"),
        (4, ("order",), "turned round", "NO   The order of the lots"),
        (5, ("status",), "not_carried", "NO   Published as status: not_carried. Counted: carried."),
        (5, ("totals", "for"), 7, "NO   Published as for: 7. Counted: 6."),
    ],
)
def test_a_falsified_board_differs_and_the_line_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int, path: tuple[Any, ...], value: Any, words: str
) -> None:
    rows = json.loads(json.dumps(motion(MIXED)))
    at = rows[number - 1]["body"]
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = at[path[-1]][::-1] if value == "turned round" else value
    resealed = rows if "Row 2" in words else sealed_again(rows)
    assert run(resealed, tmp_path) == 1
    assert words in capsys.readouterr().out


def test_a_falsified_election_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = election("scottish", 2, ["", "", ""], [(5, [0, 1]), (3, [1]), (2, [2, 1])], [])
    assert rows[-1]["body"]["elected"] == ["c0", "c1"]
    won = sealed_again([*rows[:-1], {**rows[-1], "body": {**rows[-1]["body"], "elected": ["c0", "c2"]}}])
    assert run(won, tmp_path) == 1
    words = "Published as elected: Candidate 0, Candidate 2. Counted: Candidate 0, Candidate 1."
    assert words in capsys.readouterr().out
    body = json.loads(json.dumps(rows[-1]["body"]))
    body["rounds"][1]["votes"]["c1"] = "3.99999"
    assert run(sealed_again([*rows[:-1], {**rows[-1], "body": body}]), tmp_path) == 1
    assert "NO   Round 2 is as published. Counted: Candidate 0 4.0, Candidate 1 4.0" in capsys.readouterr().out


def test_two_secret_ballots_of_one_id_or_one_too_many_are_found(tmp_path: Path) -> None:
    for ids, weight in ((["a", "a"], 2), (["a", "b", "c"], 2)):
        rows = rows_of({"method": "yes_no", "secret": True}, [{"id": one, "choice": "for"} for one in ids], 1, weight)
        result = {"status": "carried", "totals": {"for": len(ids), "against": 0, "abstain": 0}}
        assert run([*rows, board.next_row(rows, "result", result)], tmp_path) == 1


def test_what_is_no_bundle_cannot_be_read(tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    assert recount.main([str(text)]) == 2
    assert recount.main([str(tmp_path / "nothing.zip")]) == 2
    assert run(motion(MIXED)[:2], tmp_path) == 2


def test_the_script_stands_alone(tmp_path: Path) -> None:
    """Run from the unpacked folder by an interpreter that sees neither this project nor any installed package."""
    packed = bundle.make_bundle(motion(MIXED), None)
    (tmp_path / "bundle.zip").write_bytes(packed)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-S", "-s", "-W", "error", "recount.py", ".", "--receipt", "ö"]
    console = {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=console, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "") and "NOT on this board" in done.stdout
    done = subprocess.run(command[:-2], cwd=tmp_path, env=console, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("SAME: you counted what was published.\n")
