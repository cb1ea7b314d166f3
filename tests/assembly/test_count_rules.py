"""Class rules, withdrawn candidates and casual vacancies: who may be elected at all."""

import itertools
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly.count.elect import count_election
from federation.assembly.count.problem import Candidate, ClassRule, Election, group_ballots
from federation.assembly.count.room import Room
from federation.assembly.count.solve import count_answer
from tenants.errors import InvalidInput

CLASSES = {"ann": "workers", "bo": "workers", "cy": "members", "di": "members", "ed": "investors"}


def problem(seats: int, ballots: dict[str, int], **more) -> str:
    """An election as JSON; a ballot is the first letters of those it ranks."""
    ids = {one[0]: one for one in CLASSES}
    body = {
        "seats": seats,
        "candidates": [{"id": one, "class": group} for one, group in CLASSES.items()],
        "ballots": [{"weight": votes, "ranking": [ids[letter] for letter in rank]} for rank, votes in ballots.items()],
    }
    return json.dumps({**body, **more})


BALLOTS = {"cd": 30, "dc": 28, "ecd": 26, "ab": 9, "ba": 7}


@pytest.mark.parametrize("method", ["scottish", "meek", "approval"])
def test_at_least_so_many_of_a_class_are_elected_though_they_have_fewest(method: str) -> None:
    rules = [{"class": "workers", "at_least": 2}]
    free = count_answer(problem(3, BALLOTS), {"method": method})
    bound = count_answer(problem(3, BALLOTS, constraints=rules), {"method": method})
    assert set(free["elected"]) == {"cy", "di", "ed"}
    assert {"ann", "bo"} < set(bound["elected"]) and len(bound["elected"]) == 3


@pytest.mark.parametrize("method", ["scottish", "meek", "approval"])
def test_above_the_most_of_a_class_a_candidate_with_the_quota_leaves_and_the_votes_move_on(method: str) -> None:
    answer = count_answer(problem(3, BALLOTS), {"method": method, "constraints": "members<=1"})
    elected = set(answer["elected"])
    assert "cy" in elected and "di" not in elected and len(elected) == 3
    if method == "scottish":
        assert answer["rounds"][1]["transferred"]["reason"] == "class"
        assert answer["rounds"][1]["excluded"] == ["di"] and "class rules" in answer["story"]["rounds"][1]


def test_class_rules_that_nobody_can_keep_are_an_answer_not_a_fault() -> None:
    answer = count_answer(problem(2, BALLOTS, constraints=[{"class": "investors", "at_least": 2}]), {})
    assert (answer["status"], answer["elected"], answer["rounds"]) == ("infeasible", [], [])
    assert answer["notes"] == ["The class rules cannot be kept: at least 2 of investors must be elected, but 1 stand."]
    rules = [{"class": "workers", "at_least": 2}, {"class": "members", "at_least": 1}]
    assert count_answer(problem(2, BALLOTS, constraints=rules), {})["notes"] == [
        "The class rules cannot be kept: 3 seats are promised, but there are 2."
    ]


def test_a_seat_stays_empty_where_the_most_of_each_class_leaves_no_other_way() -> None:
    answer = count_answer(problem(4, BALLOTS), {"constraints": "workers<=1;members<=1;investors<=1"})
    assert answer["seats_empty"] == 1 and len(answer["elected"]) == 3
    assert answer["notes"] == ["The class rules leave 1 of 4 seats empty."]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["scottish", "meek", "approval"]))
def test_whatever_the_votes_the_class_rules_hold_when_they_can(seed: int, method: str) -> None:
    chance = random.Random(seed)
    count, seats = chance.randint(2, 7), chance.randint(1, 4)
    groups = [chance.choice("xyz") for _ in range(count)]
    rules = []
    for group in sorted(set(groups)):
        least = chance.randint(0, 2)
        rules.append(ClassRule(group, least, chance.choice([None, least + chance.randint(0, 2)])))
    candidates = tuple(Candidate(f"c{n}", f"c{n}", group) for n, group in enumerate(groups))
    rankings = [tuple(chance.sample(range(count), chance.randint(1, count))) for _ in range(chance.randint(1, 40))]
    outcome = count_election(Election("", method, seats, candidates, group_ballots(rankings), tuple(rules)))
    elected = [groups[place] for place in outcome.tally.elected]

    def keeps(chosen: list[str]) -> bool:
        return all(
            rule.least <= chosen.count(rule.group) <= (rule.most or 99 if rule.most != 0 else 0) for rule in rules
        )

    sizes = [len(some) for n in range(seats + 1) for some in itertools.combinations(groups, n) if keeps(list(some))]
    if outcome.impossible:
        assert not elected and not any(size == outcome.tally.room.seats for size in sizes)
    else:
        assert keeps(elected) and len(elected) == max(sizes)


def test_who_is_doomed_and_who_is_guarded_follows_from_what_is_left() -> None:
    room = Room(["w", "w", "m", "m"], [ClassRule("w", 1)], 2)
    assert (room.doomed(set(), {0, 1, 2, 3}), room.guarded(set(), {0, 1, 2, 3})) == (set(), set())
    assert room.doomed({2}, {0, 1, 3}) == {3} and room.guarded({2}, {0, 3}) == {0}
    assert Room(["w", "m"], [], 1, sitting=[0]).doomed(set(), {0, 1}) == {1}


def test_a_candidate_who_withdrew_is_read_past_on_every_ballot() -> None:
    text = '3 1\n-1\n5 1 2 0\n3 3 0\n2 1 0\n0\n"Ann"\n"Bo"\n"Cy"\n"Chair"\n'
    answer = count_answer(text, {})
    assert answer["elected"] == ["Bo"] and "Ann" not in answer["rounds"][0]["votes"]
    assert answer["ballots"] == {"cast": 10, "valid": 8, "blank": 2} and answer["quota"] == 5
    assert answer["candidates"][0]["result"] == "withdrawn"


def test_ballots_that_name_nobody_who_stands_elect_nobody() -> None:
    answer = count_answer('3 1\n-1\n5 1 0\n0\n"Ann"\n"Bo"\n"Cy"\n', {})
    assert (answer["status"], answer["elected"]) == ("no_ballots", [])


@pytest.mark.parametrize("method", ["scottish", "meek"])
def test_a_vacancy_is_filled_by_counting_again_and_those_who_sit_keep_their_seats(method: str) -> None:
    ballots = {"cad": 40, "dbc": 21, "ebd": 20, "bde": 18, "ad": 1}
    first = count_answer(problem(2, ballots), {"method": method})
    assert set(first["elected"]) == {"cy", "bo"} or set(first["elected"]) == {"cy", "di"}
    other = next(one for one in first["elected"] if one != "cy")
    again = count_answer(problem(2, ballots), {"method": method, "departed": "cy", "unavailable": "ann"})
    assert again["vacancy"]["kept"] == [other] and other in again["elected"] and len(again["elected"]) == 2
    assert len(again["vacancy"]["filled"]) == 1 and not {"cy", "ann"} & set(again["elected"])
    assert {row["id"]: row["result"] for row in again["candidates"]}["ann"] == "unavailable"
    assert "counted again" in again["vacancy"]["rule"]


def test_who_sits_keeps_the_seat_even_with_the_fewest_votes() -> None:
    vacancy = {"departed": ["cy"], "sitting": ["ann"]}
    answer = count_answer(problem(2, {"cd": 40, "de": 30, "ed": 29, "ae": 1}, vacancy=vacancy), {})
    assert answer["vacancy"]["kept"] == ["ann"] and answer["vacancy"]["filled"] == ["di"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"departed": "ann"}, "vacancy.departed"),
        ({"departed": "nobody"}, "departed"),
        ({"unavailable": "ann"}, "unavailable"),
        ({"method": "irv"}, "seats"),
        ({"method": "borda"}, "method"),
        ({"method": "yes_no"}, "method"),
        ({"seats": "0"}, "seats"),
        ({"seats": "³"}, "seats"),
        ({"constraints": "workers>1"}, "constraints"),
        ({"constraints": "nobody>=1"}, "constraints"),
        ({"constraints": "workers>=2;workers<=1"}, "constraints"),
        ({"constraints": "others>=1:ann"}, "constraints"),
        ({"lots": ""}, "lots"),
        ({"speed": "high"}, "speed"),
        ({"check": "true", "seats": "2"}, "check"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_by_its_name(options: dict[str, str], fault: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        count_answer(problem(3, BALLOTS), options)
    assert list(refusal.value.errors) == [fault]


def test_classes_of_a_file_without_any_are_named_with_the_rule() -> None:
    text = '3 1\n5 1 0\n3 2 0\n2 3 0\n0\n"Ann"\n"Bo"\n"Cy"\n'
    assert count_answer(text, {"constraints": "workers>=1:2+Cy"})["elected"] == ["Bo"]
