"""Sizes: drafted from the register, agreed or disputed by each co-op, frozen with the silent ones named."""

from datetime import timedelta
from uuid import UUID

import pytest

from federation.assembly.services import sizes
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.services import mail
from tests.factories.assembly import found_assembly
from tests.factories.tenants import make_coop, make_manager

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def coops() -> list[UUID]:
    made = [make_coop(name, members=members) for name, members in (("Afon", 20), ("Beacon", 120), ("Cwm", 700))]
    for coop in made:
        make_manager(coop)
    return made


def draft(asked: bool = True) -> UUID:
    with acting_for_federation():
        row = sizes.draft_snapshot(clock.today(), "members", "Members’ registers")
        if asked:
            sizes.ask(row.id, clock.now() + timedelta(days=10))
        return row.id


def say(coop: UUID, snapshot_id: UUID, what: str = "agree", size: int | None = None, words: str = "") -> None:
    with acting_for(coop):
        sizes.answer(snapshot_id, what, size, words)


def agree_after(snapshot_id: UUID, days: int = 11) -> list[str]:
    with clock.stopped_at(clock.now() + timedelta(days=days)), acting_for_federation():
        return sizes.take_as_agreed(snapshot_id).silent


def test_a_draft_is_nobodys_business_and_asking_writes_to_every_co_op(coops: list[UUID]) -> None:
    made = draft(asked=False)
    with acting_for(coops[0]), pytest.raises(NotFound):
        sizes.get_snapshot(made)
    with acting_for_federation():
        sizes.ask(made, clock.now() + timedelta(days=10))
        with pytest.raises(RuleBroken):
            sizes.ask(made, clock.now() + timedelta(days=10))
    with at_the_door():
        letters, many = mail.list_letters()
        assert many == 3 and any("700 members" in letter.subject for letter in letters)


def test_all_who_agree_settle_it_at_once(coops: list[UUID]) -> None:
    made = draft()
    for coop in coops:
        say(coop, made)
    assert agree_after(made, days=0) == []
    with acting_for(coops[0]):
        held = sizes.agreed()
        assert held is not None and held.sizes[str(coops[2])] == 700
        with pytest.raises(RuleBroken, match="agreed"):
            sizes.answer(made, "agree")


def test_the_silent_are_waited_for_and_then_named(coops: list[UUID]) -> None:
    made = draft()
    say(coops[0], made)
    with pytest.raises(RuleBroken, match="2 have not answered"):
        agree_after(made, days=0)
    assert set(agree_after(made)) == {str(coops[1]), str(coops[2])}


def test_a_dispute_stops_it_until_the_office_says_what_holds_and_why(coops: list[UUID]) -> None:
    made = draft()
    say(coops[1], made, "dispute", 90, "30 have left since May")
    with pytest.raises(RuleBroken, match="Beacon"):
        agree_after(made)
    with acting_for_federation():
        sizes.settle(made, coops[1], 95, "Five have left since")
    with acting_for(coops[1]):
        standing = next(one for one in sizes.standings(sizes.get_snapshot(made)) if one.coop_id == coops[1])
        assert (standing.state, standing.size, standing.said) == ("settled", 95, 90)
    assert str(coops[1]) not in agree_after(made)
    with acting_for_federation():
        held = sizes.agreed()
        assert held is not None and held.settled[str(coops[1])]["was"] == 120


def test_a_new_dispute_opens_what_was_settled(coops: list[UUID]) -> None:
    made = draft()
    say(coops[1], made, "dispute", 90, "30 have left")
    with acting_for_federation():
        sizes.settle(made, coops[1], 95, "Five have left since")
    say(coops[1], made, "dispute", 80, "Fifteen more have")
    with pytest.raises(RuleBroken, match="Beacon"):
        agree_after(made)


def test_a_co_op_neither_sees_nor_answers_for_another(coops: list[UUID]) -> None:
    made = draft()
    say(coops[0], made, "dispute", 30, "Ten have joined")
    with acting_for(coops[1]):
        assert {one.state for one in sizes.standings(sizes.get_snapshot(made))} == {"waiting"}
    outside = make_coop("Dale")
    with acting_for(outside), pytest.raises(NotFound):
        sizes.answer(made, "agree")


@pytest.mark.parametrize(
    ("what", "size", "words", "path"),
    [("perhaps", None, "", "answer"), ("dispute", None, "Why", "size"), ("dispute", 20, "Why", "size"),
     ("dispute", -1, "Why", "size"), ("dispute", 30, " ", "words")],
)  # fmt: skip
def test_an_answer_that_says_nothing_is_refused(
    coops: list[UUID], what: str, size: int | None, words: str, path: str
) -> None:
    made = draft()
    with pytest.raises(InvalidInput) as refusal:
        say(coops[0], made, what, size, words)
    assert path in refusal.value.errors


def test_classes_are_kept_from_one_list_to_the_next(coops: list[UUID]) -> None:
    with acting_for_federation():
        row = sizes.draft_snapshot(clock.today(), "members", "Registers", {str(coops[0]): "workers"})
        with pytest.raises(InvalidInput):
            sizes.set_classes(row.id, {str(coops[0]): "nobles"})
        sizes.ask(row.id, clock.now() + timedelta(days=1))
        made = row.id
    agree_after(made)
    with acting_for_federation():
        assert sizes.draft_snapshot(clock.today(), "staff", "Registers").classes == {str(coops[0]): "workers"}


def test_sizes_with_which_no_vote_could_open_are_not_agreed() -> None:
    shares = {"workers": {"share_percent": "60"}, "users": {"share_percent": "40"}}
    classes = {"Afon Care": "workers", "Beacon Care": "users", "Cwm Care": "users"}
    found_assembly(scheme={"kind": "classes", "total": 60, "classes": shares}, classes=classes)
    make_coop("Dale Care", members=30)
    made = draft()
    with pytest.raises(RuleBroken, match="which class these stand in: Dale Care"):
        agree_after(made)
