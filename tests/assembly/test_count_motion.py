"""Motions: bases, quorums, second majorities, classes and ties, worked by hand."""

import json

import pytest

from federation.assembly.count.solve import count_answer
from tenants.errors import InvalidInput

VOTES = [
    {"id": "ash", "weight": 6, "for": 4, "against": 2, "class": "workers", "members": 60},
    {"id": "elm", "weight": 5, "for": 5, "class": "workers", "members": 10},
    {"id": "fir", "weight": 4, "against": 3, "abstain": 1, "class": "members", "members": 400},
    {"id": "oak", "weight": 3, "abstain": 3, "class": "members", "members": 30},
    {"id": "yew", "weight": 2, "class": "members", "members": 500},
]
HALF = {"percent": "50"}


def decided(**rule) -> dict:
    """The answer for these votes under a rule: 9 for, 5 against, 4 abstain, 2 not cast, of 20."""
    body = {"method": "yes_no", "votes": VOTES, "threshold": HALF, **rule}
    return count_answer(json.dumps(body), {})


def hurdles(answer: dict) -> dict[str, tuple[int, int, int, bool]]:
    """Of each test: what there was, of what, what was needed, and whether that was met."""
    return {test["test"]: (test["have"], test["of"], test["needed"], test["met"]) for test in answer["tests"]}


def test_the_totals_say_where_every_vote_went() -> None:
    answer = decided()
    assert answer["totals"] == {"for": 9, "against": 5, "abstain": 4, "not_cast": 2, "eligible": 20}
    assert answer["coops"] == {
        "eligible": 5,
        "took_part": 4,
        "for": 2,
        "against": 1,
        "abstain": 1,
        "split": ["ash"],
    }
    assert answer["passed"] is True and answer["story"]["headline"] == "Carried"


@pytest.mark.parametrize(
    ("base", "of", "needed", "passed"),
    [("cast", 14, 8, True), ("cast_with_abstentions", 18, 10, False), ("eligible", 20, 11, False)],
)
def test_a_majority_is_of_its_base(base: str, of: int, needed: int, passed: bool) -> None:
    answer = decided(base=base)
    assert hurdles(answer)["majority"] == (9, of, needed, passed)
    assert answer["status"] == ("carried" if passed else "not_carried") and answer["quota"] == needed


@pytest.mark.parametrize(
    ("threshold", "needed"),
    [
        ({"percent": "50", "at_least": True}, 7),
        ({"share": "2/3", "at_least": True}, 10),
        ({"percent": "64.28"}, 9),
        ({"percent": "64.29"}, 10),
        ({"weight": 12}, 12),
    ],
)
def test_a_threshold_is_a_share_or_a_weight(threshold: dict[str, object], needed: int) -> None:
    assert decided(threshold=threshold)["quota"] == needed


def test_both_heads_of_the_quorum_must_stand() -> None:
    assert decided(quorum={"coops": 4, "weight_percent": "90"})["status"] == "carried"
    short = decided(quorum={"coops": 5, "weight_percent": "90"})
    assert (short["status"], short["passed"]) == ("no_quorum", False)
    assert hurdles(short)["quorum_coops"] == (4, 5, 5, False) and hurdles(short)["quorum_weight"][3] is True
    present = [*VOTES[:4], {**VOTES[4], "present": True}]
    assert decided(votes=present, quorum={"coops": 5, "weight": 20})["status"] == "carried"


def test_a_second_majority_counts_coops_or_the_members_behind_them() -> None:
    coops = decided(second_majority={"of": "coops", **HALF})
    assert hurdles(coops)["second_majority"] == (2, 5, 3, False) and coops["passed"] is False
    cast = decided(second_majority={"of": "coops", **HALF, "base": "cast"})
    assert hurdles(cast)["second_majority"] == (2, 3, 2, True)
    # ash's 60 members split 4 to 2, elm's 10 are for: 50 of the 70 + 300 of fir that took a side.
    members = decided(second_majority={"of": "members", **HALF, "base": "cast"})
    assert hurdles(members)["second_majority"] == (50, 370, 185, False)


def test_each_class_named_must_carry_it() -> None:
    answer = decided(classes=[{"class": "workers", **HALF}])
    assert hurdles(answer)["class"] == (9, 11, 6, True) and answer["passed"] is True
    both = decided(classes=[{"class": "workers", **HALF}, {"class": "members", **HALF}])
    assert both["passed"] is False and [(test["class"], test["met"]) for test in both["tests"][1:]] == [
        ("members", False),
        ("workers", True),
    ]


TIED = [{"id": "ash", "weight": 3, "for": 3}, {"id": "elm", "weight": 3, "against": 3}]


@pytest.mark.parametrize(
    ("rule", "status", "by"),
    [
        ({}, "not_carried", "rule"),
        ({"tie": "casting_vote", "casting_vote": "for"}, "carried", "casting_vote"),
        ({"tie": "casting_vote", "casting_vote": "against"}, "not_carried", "casting_vote"),
        ({"tie": "casting_vote"}, "tied", "casting_vote"),
    ],
)
def test_a_tie_falls_as_the_rule_says(rule: dict[str, str], status: str, by: str) -> None:
    answer = decided(votes=TIED, **rule)
    assert (answer["status"], answer["ties"][0]["by"]) == (status, by)


def test_a_tie_may_fall_by_the_public_lot() -> None:
    drawn = {seed: decided(votes=TIED, tie="lot", lots=seed) for seed in "abcdefgh"}
    assert {answer["status"] for answer in drawn.values()} == {"carried", "not_carried"}
    for answer in drawn.values():
        assert answer["passed"] is (answer["lots"]["order"][0] == "for")
    alone = decided(votes=TIED, tie="lot")
    assert alone["lots"]["given"] is False and alone["lots"] == decided(votes=TIED[::-1], tie="lot")["lots"]


def test_there_is_no_tie_where_more_than_half_is_not_the_rule() -> None:
    assert decided(votes=TIED, threshold={"share": "2/3"}, tie="lot")["ties"] == []
    assert decided(votes=TIED, threshold={**HALF, "at_least": True})["status"] == "carried"
    assert decided(votes=[{"id": "ash", "weight": 3}], tie="lot")["status"] == "not_carried"


def test_a_secret_vote_is_told_by_totals_and_turnout_alone() -> None:
    votes = [{"id": "ash", "weight": 6, "cast": 6}, {"id": "elm", "weight": 5, "cast": 3}, {"id": "fir", "weight": 4}]
    answer = decided(votes=votes, secret=[{"for": 5, "against": 3, "abstain": 1}], quorum={"coops": 2})
    assert answer["status"] == "carried" and answer["coops"] == {"eligible": 3, "took_part": 2}
    assert answer["totals"] == {"for": 5, "against": 3, "abstain": 1, "not_cast": 6, "eligible": 15}


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"votes": []}, "votes"),
        ({"votes": [{"id": "ash", "weight": 2, "for": 3}]}, "votes[0]"),
        ({"votes": [{"id": "ash", "weight": 2, "for": -1}]}, "votes[0].for"),
        ({"votes": [{"id": "ash", "weight": 2}, {"id": "ash", "weight": 2}]}, "votes[1].id"),
        ({"threshold": {}}, "threshold"),
        ({"threshold": {"percent": "50", "weight": 3}}, "threshold"),
        ({"threshold": {"percent": "101"}}, "threshold.percent"),
        ({"threshold": {"share": "3/0"}}, "threshold.share"),
        ({"threshold": {"share": "3/2"}}, "threshold.share"),
        ({"base": "present"}, "base"),
        ({"quorum": {"coops": 3, "coops_percent": "50"}}, "quorum.coops"),
        ({"casting_vote": "for"}, "casting_vote"),
        ({"classes": [{"class": "nobody", "percent": "50"}]}, "classes[0].class"),
        ({"second_majority": {"of": "coops"}}, "second_majority"),
        ({"votes": TIED, "second_majority": {"of": "members", "percent": "50"}}, "votes[0].members"),
        ({"votes": [{"id": "ash", "weight": 2, "cast": 2}], "secret": [{"for": 3, "against": 0}]}, "secret"),
        ({"votes": [{"id": "ash", "weight": 2, "for": 2}], "secret": [{"for": 2, "against": 0}]}, "votes[0].for"),
    ],
)
def test_a_fault_in_a_motion_is_named_by_its_path(rule: dict[str, object], path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decided(**rule)
    assert path in refusal.value.errors
