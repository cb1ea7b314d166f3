"""Counting elections: worked by hand, against a slow count paper by paper, and the same however it is written down."""

import json
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly.count.blt import read_blt, write_blt
from federation.assembly.count.problem import group_ballots
from federation.assembly.count.solve import answer_election, count_answer, count_rankings
from federation.assembly.lots import order
from tests.assembly import count_oracle

NAMES = [f"C{place}" for place in range(6)]
HEAD = ["Ann", "Bo", "Cy", "Di", "Ed", "Fi"]


def blt(seats: int, *ballots: str, names: int = 3, first: str = "") -> str:
    """A BLT file of the first so many names."""
    texts = [f'"{name}"' for name in HEAD[:names]]
    return "\n".join([f"{names} {seats}", *filter(None, [first]), *ballots, "0", *texts, '"Board"', ""])


def votes(answer: dict, name: str) -> list[str]:
    """The votes of a candidate in each round."""
    return [done["votes"][name] for done in answer["rounds"]]


def test_a_surplus_moves_at_a_value_cut_off_after_five_places() -> None:
    # 10 votes, 2 seats: quota 4. Ann has 7; each of her papers moves at 3/7 = 0.42857, six to Bo and one to nobody.
    answer = count_answer(blt(2, "6 1 2 0", "1 1 0", "1 2 0", "2 3 0"), {})
    assert answer["quota"] == 4 and answer["elected"] == ["Ann", "Bo"]
    assert votes(answer, "Ann") == ["7.00000", "4.00000", "4.00000"]
    assert votes(answer, "Bo") == ["1.00000", "3.57142", "3.57142"]
    moved = answer["rounds"][1]["transferred"]
    assert (moved["from"], moved["votes"], moved["to"], moved["lost"]) == (
        ["Ann"],
        "3.00000",
        {"Bo": "2.57142"},
        "0.42858",
    )
    assert answer["rounds"][2]["excluded"] == ["Cy"] and answer["rounds"][2]["no_further_choice"] == "2.42858"
    assert [row["round"] for row in answer["candidates"]] == [1, 3, 3]


def test_papers_received_at_a_value_move_on_at_that_value_times_the_share() -> None:
    # 20 votes, 3 seats: quota 6. Ann 12 -> surplus 6 at 0.5 to Bo, who then has 4 + 6 = 10: surplus 4 of 10 moves on,
    # whole papers at 0.4, Ann's at 0.5 * 4 / 10 = 0.2.
    answer = count_answer(blt(3, "12 1 2 3 0", "4 2 4 0", "2 3 0", "2 4 0", names=4), {})
    assert votes(answer, "Bo")[:3] == ["4.00000", "10.00000", "6.00000"]
    assert votes(answer, "Cy")[2] == "4.40000" and votes(answer, "Di")[2] == "3.60000"


def test_a_tie_for_leaving_falls_by_the_last_round_in_which_they_differed() -> None:
    # Cy and Di stand at 3 each after Ed leaves; in round 1 Di had fewer.
    answer = count_answer(blt(1, "9 1 0", "8 2 0", "3 3 0", "2 4 0", "1 5 4 0", names=5), {})
    assert answer["ties"][0] == {
        "round": 3,
        "purpose": "exclude",
        "candidates": ["Cy", "Di"],
        "chosen": "Di",
        "by": "earlier_round",
        "earlier_round": 1,
    }
    assert answer["lots"] is None and "round 1" in answer["story"]["rounds"][2]


def test_a_tie_without_history_falls_by_the_public_lot() -> None:
    text = blt(1, "4 1 0", "2 2 0", "2 3 0")
    chosen = set()
    for seed in ("one", "two", "three", "four", "five"):
        answer = count_answer(text, {"lots": seed})
        last = [name for name in order(HEAD[:3], seed, "", "") if name != "Ann"][-1]
        assert answer["ties"][0]["chosen"] == last == answer["rounds"][1]["excluded"][0]
        assert answer["ties"][0]["by"] == "lot" and answer["lots"]["order"] == order(HEAD[:3], seed, "", "")
        chosen.add(last)
    assert chosen == {"Bo", "Cy"}


def test_without_a_seed_the_lot_follows_from_the_ballots_and_the_answer_says_so() -> None:
    one = count_answer(blt(1, "4 1 0", "2 2 0", "2 3 0"), {})
    same = count_answer(blt(1, "1 3 0", "2 2 0", "3 1 0", "1 1 0", "1 3 0"), {})
    assert one["lots"]["given"] is False and one["lots"]["used"] is True and "no public seed" in one["notes"][0]
    assert (one["ties"], one["lots"]) == (same["ties"], same["lots"])


@st.composite
def elections(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, ...]]]:
    """A few candidates, seats and ballots."""
    count = draw(st.integers(2, 6))
    chance = random.Random(draw(st.integers(0, 10**6)))
    size = draw(st.integers(1, 60))
    rankings = [tuple(chance.sample(range(count), chance.randint(1, count))) for _ in range(size)]
    return count, draw(st.integers(1, count)), rankings


@settings(max_examples=50, deadline=None)
@given(elections())
def test_the_scottish_count_is_that_of_paper_by_paper(election: tuple[int, int, list[tuple[int, ...]]]) -> None:
    count, seats, rankings = election
    slow = count_oracle.scottish(count, seats, rankings)
    outcome = count_rankings(NAMES[:count], rankings, seats)
    if slow is not None:
        assert (set(outcome.tally.elected), [list(done.votes) for done in outcome.tally.rounds]) == slow
    assert all(sum(done.votes) + done.exhausted == 100_000 * len(rankings) for done in outcome.tally.rounds)


@settings(max_examples=50, deadline=None)
@given(elections())
def test_the_count_by_meek_is_that_of_ballot_by_ballot(election: tuple[int, int, list[tuple[int, ...]]]) -> None:
    count, seats, rankings = election
    slow = count_oracle.meek(count, seats, rankings)
    outcome = count_rankings(NAMES[:count], rankings, seats, "meek")
    assert slow is None or set(outcome.tally.elected) == slow
    assert all(sum(done.votes) + done.exhausted == 10**9 * len(rankings) for done in outcome.tally.rounds)


@settings(max_examples=40, deadline=None)
@given(elections(), st.sampled_from(["scottish", "meek", "approval"]), st.randoms(use_true_random=False))
def test_a_weight_counts_as_so_many_ballots_and_no_order_matters(election, method, chance) -> None:
    count, seats, rankings = election
    grouped = write_blt("Board", seats, NAMES[:count], group_ballots(rankings).grouped())
    mixed = list(range(count))
    chance.shuffle(mixed)
    place = {old: new for new, old in enumerate(mixed)}
    lines = [f"1 {' '.join(str(place[one] + 1) for one in rank)} 0" for rank in rankings]
    chance.shuffle(lines)
    names = [f'"{NAMES[old]}"' for old in mixed]
    single = "\n".join([f"{count} {seats}", *lines, "0", *names, '"Board"'])
    one, other = (count_answer(text, {"method": method}) for text in (grouped, single))
    for answer in (one, other):
        answer.pop("replay")
    assert one == other


@settings(max_examples=30, deadline=None)
@given(elections(), st.sampled_from(["scottish", "meek", "irv", "approval"]))
def test_an_answer_counts_again_the_same_and_a_changed_one_does_not(election, method) -> None:
    count, seats, rankings = election
    seats = 1 if method == "irv" else seats
    text = write_blt("Board", seats, NAMES[:count], group_ballots(rankings).grouped())
    answer = count_answer(text, {"method": method})
    assert count_answer(json.dumps(answer), {"check": "true"})["same"] is True
    assert count_answer(json.dumps(answer["replay"]), {"check": True})["check"] == "same"
    answer["rounds"][0]["votes"]["C0"] = "4711.00000"
    checked = count_answer(json.dumps(answer), {"check": True})
    assert checked["same"] is False and checked["differences"] == ["rounds is not what the ballots give."]


def test_the_alternative_vote_needs_more_than_half_of_what_is_still_in_the_count() -> None:
    # Ann leads with 4 of 9; Cy leaves, and both of those papers name Bo next.
    clear = count_answer(blt(1, "4 1 0", "3 2 0", "2 3 2 0"), {"method": "irv"})
    assert (clear["elected"], clear["quota"], votes(clear, "Bo")) == (["Bo"], 5, [3, 5])
    # Where those papers name nobody else, 7 of 9 are left in the count and 4 are more than half of them.
    fewer = count_answer(blt(1, "4 1 0", "3 2 0", "2 3 0"), {"method": "irv"})
    assert (fewer["elected"], [done["quota"] for done in fewer["rounds"]]) == (["Ann"], [5, 4])


def test_approvals_are_added_up() -> None:
    answer = count_answer(blt(2, "4 1 2 0", "3 2 3 0", "2 3 0", "1 3 1 0"), {"method": "approval"})
    assert answer["elected"] == ["Bo", "Cy"] and answer["quota"] is None
    assert answer["rounds"][0]["votes"] == {"Ann": 5, "Bo": 7, "Cy": 6}


def test_meek_keeps_the_least_share_that_meets_the_quota() -> None:
    # Four name Ann then Bo, two Cy; two seats. Ann keeps half of each, rounded up to a billionth, and Cy beats Bo.
    answer = count_answer(blt(2, "4 1 2 0", "2 3 0"), {"method": "meek"})
    assert answer["elected"] == ["Ann", "Cy"] and votes(answer, "Ann")[1] == "2.000000004"
    assert votes(answer, "Bo")[1] == "1.999999996" and votes(answer, "Cy")[1] == "2.000000000"


def test_a_weight_of_a_million_million_is_counted_exactly() -> None:
    big = 10**12
    answer = count_answer(blt(2, f"{big} 1 2 0", "1 2 0", "1 3 0"), {})
    quota = (big + 2) // 3 + 1
    value = Fraction(big - quota, big)
    assert answer["quota"] == quota
    assert answer["rounds"][1]["votes"]["Bo"] == f"{1 + int(value * 100_000) * big // 100_000}.00000"
    assert count_answer(blt(2, f"{big} 1 2 0", "1 2 0", "1 3 0"), {"method": "meek"})["elected"] == ["Ann", "Bo"]


def test_equal_ballots_may_together_weigh_more_than_one_line_may_say() -> None:
    big = 10**12
    answer = count_answer(blt(1, f"{big} 1 0", f"{big} 1 0", "1 1 0", "1 2 0"), {})
    assert answer["replay"]["problem"]["ballots"][:3] == [f"{big} 1 0", f"{big} 1 0", "1 1 0"]
    assert count_answer(json.dumps(answer), {"check": True})["same"] is True


def test_a_file_written_is_read_the_same() -> None:
    ballots = {b"\0\1": 3, b"\2": 1, b"": 2}
    election = read_blt(write_blt("Chair", 1, HEAD[:3], ballots))
    assert (election.title, election.seats, election.ballots.grouped()) == ("Chair", 1, ballots)
    assert answer_election(election)["ballots"] == {"cast": 6, "valid": 4, "blank": 2}


@pytest.mark.parametrize("seats", [3, 5])
def test_with_as_many_seats_as_candidates_all_are_elected(seats: int) -> None:
    answer = count_answer(blt(seats, "5 1 2 0", "1 3 0"), {})
    assert set(answer["elected"]) == set(HEAD[:3]) and answer["seats_empty"] == seats - 3
    assert (seats == 3) == (answer["notes"] == []) and len(answer["rounds"]) == 1
