"""Moves of a placement: by whom, when, and what follows; nobody is ever booked twice."""

from datetime import timedelta

import pytest

from staffbank import placement_rules as rules
from staffbank.services import carers, checks, matching, offering, placements
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tests.factories.cover import in_hours
from tests.factories.offers import MadeCover, confirmed, keep_run, make_cover, make_offer, moved
from tests.factories.staffbank import MadeCarer, make_bank, make_block
from tests.factories.tenants import make_membership

pytestmark = pytest.mark.usefixtures("app")

PATH = {
    # move: the moves that lead to where it can be made
    "interest": (),
    "accept": (),
    "decline": (),
    "release": ("accept",),
    "refuse": ("accept",),
    "confirm": ("accept", "release"),
    "withdraw": (),
    "brief_host": ("accept", "release", "confirm"),
    "brief_carer": ("accept", "release", "confirm"),
    "give_back": ("accept", "release", "confirm"),
    "recall": ("accept", "release", "confirm"),
    "cancel": ("accept", "release", "confirm"),
}
AFTER = {
    "interest": "interested",
    "accept": "accepted",
    "decline": "declined",
    "release": "released",
    "refuse": "refused",
    "confirm": "confirmed",
    "withdraw": "withdrawn",
    "brief_host": "confirmed",
    "brief_carer": "confirmed",
    "give_back": "given_back",
    "recall": "cancelled",
    "cancel": "cancelled",
}


@pytest.fixture
def cover() -> MadeCover:
    """Cover that is open, with two carers of other co-ops who fit."""
    return make_cover()


def actor(cover: MadeCover, carer: MadeCarer, side: str):
    """Tenant and person who act for a side."""
    if side == "carer":
        return carer.tenant_id, carer.person_id
    tenant = cover.host if side == "host" else carer.tenant_id
    return tenant, cover.manager_of(tenant)


def state_of(cover: MadeCover, placement_id) -> str:
    with acting_for(cover.host):
        return placements.get_placement(placement_id, "host").state


@pytest.mark.parametrize("move", sorted(PATH))
def test_a_move_is_made_by_its_side_alone_and_both_legs_agree(cover: MadeCover, move: str) -> None:
    carer, third = cover.lent[0], cover.bank.coops[2]
    placement_id = make_offer(cover, asked=move == "interest")
    moved(cover, placement_id, carer, *PATH[move])
    before = state_of(cover, placement_id)
    # The carer and the home co-op are one tenant: that a carer does not release herself is asked by the role, at the page.
    same = {"carer"} if rules.MOVER[move] == "home" else set()
    for side in {"carer", "home", "host"} - {rules.MOVER[move]} - same:
        tenant, person = actor(cover, carer, side)
        with pytest.raises((NotFound, RuleBroken)), acting_for(tenant, person):
            placements.move(placement_id, move, "A reason")
    with pytest.raises(NotFound), acting_for(third, cover.manager_of(third)):
        placements.move(placement_id, move, "A reason")
    assert state_of(cover, placement_id) == before
    assert moved(cover, placement_id, carer, move) == AFTER[move]
    with acting_for(carer.tenant_id):
        assert placements.get_placement(placement_id, "home").state == AFTER[move]


def test_another_carer_of_the_same_co_op_cannot_answer(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    other = make_membership(carer.tenant_id, "carer")
    with pytest.raises(RuleBroken, match="somebody else"), acting_for(carer.tenant_id, other):
        placements.move(placement_id, "accept")


def test_an_answer_after_the_time_limit_is_refused_in_words(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    with acting_for(cover.host):
        until = placements.get_placement(placement_id, "host").expires_at
    with clock.stopped_at(until + timedelta(seconds=1)), pytest.raises(RuleBroken) as refusal:
        moved(cover, placement_id, carer, "accept")
    assert refusal.value.code == "too-late" and "run out" in refusal.value.message


def test_a_passport_that_expires_during_an_open_offer_stops_the_acceptance_with_the_reason(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    with acting_for(carer.tenant_id):
        for check in checks.list_checks(carer.id):
            if check.kind == "right_to_work":
                checks.end_check(carer.id, check.id)
    with pytest.raises(RuleBroken) as refusal:
        moved(cover, placement_id, carer, "accept")
    assert refusal.value.code == "carer-does-not-fit" and "right to work" in refusal.value.message
    assert state_of(cover, placement_id) == "offered"


def test_a_passport_that_expires_after_the_acceptance_stops_the_release(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    moved(cover, placement_id, carer, "accept")
    with acting_for(carer.tenant_id):
        for check in checks.list_checks(carer.id):
            if check.kind == "dbs":
                checks.end_check(carer.id, check.id)
    with pytest.raises(RuleBroken, match="DBS"):
        moved(cover, placement_id, carer, "release")


def test_a_carer_who_left_the_bank_cannot_accept(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    with acting_for(carer.tenant_id):
        carers.leave_bank(carer.id)
    with pytest.raises(RuleBroken, match="not in the bank"):
        moved(cover, placement_id, carer, "accept")


def test_work_at_home_taken_on_meanwhile_stops_the_acceptance(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    with acting_for(cover.host):
        starts_at = placements.get_placement(placement_id, "host").starts_at
    make_block(carer, starts_at + timedelta(hours=1), 2)
    with pytest.raises(RuleBroken):
        moved(cover, placement_id, carer, "accept")
    assert state_of(cover, placement_id) == "offered"


def test_a_carer_says_yes_to_one_of_two_offers_at_the_same_time_and_not_to_both() -> None:
    bank = make_bank(3, 1)
    carer = bank.carers[bank.coops[2]][0]
    first = make_cover(bank, [in_hours(30)], carers=[carer])
    second = make_cover(bank, [in_hours(32)], carers=[carer])
    one, two = make_offer(first, carer), make_offer(second, carer)
    moved(first, one, carer, "accept")
    with pytest.raises(RuleBroken):
        moved(second, two, carer, "accept")
    moved(first, one, carer, "give_back")
    assert moved(second, two, carer, "accept") == "accepted"


def test_two_managers_who_confirm_at_once_confirm_once(cover: MadeCover) -> None:
    one, two = cover.lent
    first, second = make_offer(cover, one), make_offer(cover, two)
    moved(cover, first, one, "accept", "release")
    moved(cover, second, two, "accept", "release")
    assert moved(cover, first, one, "confirm") == "confirmed"
    with pytest.raises((RuleBroken, Conflict)):
        moved(cover, second, two, "confirm")
    assert state_of(cover, second) == "withdrawn"


def test_a_reason_is_asked_for_where_somebody_is_turned_down(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = make_offer(cover)
    tenant, person = actor(cover, carer, "home")
    with pytest.raises(InvalidInput) as refusal, acting_for(tenant, person):
        placements.move(placement_id, "refuse")
    assert "words" in refusal.value.errors


def test_a_cancellation_keeps_the_notice_that_was_given(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    moved(cover, placement_id, carer, "cancel")
    with acting_for(carer.tenant_id):
        leg = placements.get_placement(placement_id, "home")
        assert leg.state == "cancelled" and leg.notice_minutes is not None and 1100 < leg.notice_minutes < 1201
        assert leg.words == "Because of the test"


def test_a_carers_reason_stays_with_the_home_co_op(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    moved(cover, placement_id, carer, "give_back", words="My mother is ill")
    with acting_for(carer.tenant_id):
        assert placements.get_placement(placement_id, "home").words == "My mother is ill"
    with acting_for(cover.host):
        assert placements.get_placement(placement_id, "host").words == ""


def test_the_seat_is_open_again_when_it_is_given_back(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    with acting_for(cover.host):
        assert offering.get_shift(cover.request_id, cover.shift_id).state == "filled"
    moved(cover, placement_id, carer, "give_back")
    with acting_for(cover.host):
        assert offering.get_shift(cover.request_id, cover.shift_id).state == "open"


def test_nobody_checks_in_before_both_have_ticked_the_briefing(cover: MadeCover) -> None:
    carer = cover.lent[0]
    placement_id = confirmed(cover)
    with acting_for(cover.host):
        leg = placements.get_placement(placement_id, "host")
        starts_at, ends_at = leg.starts_at, leg.ends_at
    with clock.stopped_at(starts_at):
        moved(cover, placement_id, carer, "brief_carer")
        with pytest.raises(RuleBroken, match="briefing"):
            moved(cover, placement_id, carer, "check_in")
        moved(cover, placement_id, carer, "brief_host")
        assert moved(cover, placement_id, carer, "check_in") == "started"
    with clock.stopped_at(ends_at):
        assert moved(cover, placement_id, carer, "check_out") == "worked"


def test_a_swap_frees_the_first_carer_only_when_the_second_is_confirmed(cover: MadeCover) -> None:
    first, second = cover.lent
    old = confirmed(cover, first)
    with acting_for(cover.host, cover.manager):
        new = offering.swap(old, second.tenant_id, second.id)
    moved(cover, new, second, "accept", "release")
    assert state_of(cover, old) == "confirmed"
    assert moved(cover, new, second, "confirm") == "confirmed"
    assert state_of(cover, old) == "swapped"
    again = make_cover(cover.bank, [in_hours(20)], carers=[first])
    assert moved(again, make_offer(again, first), first, "accept") == "accepted", "the first is free again"


def test_a_swap_that_is_declined_changes_nothing(cover: MadeCover) -> None:
    first, second = cover.lent
    old = confirmed(cover, first)
    with acting_for(cover.host, cover.manager):
        new = offering.swap(old, second.tenant_id, second.id)
    moved(cover, new, second, "decline")
    assert state_of(cover, old) == "confirmed"
    with acting_for(cover.host):
        assert offering.get_shift(cover.request_id, cover.shift_id).state == "filled"


def test_a_long_cover_is_split_in_two_while_nobody_is_asked() -> None:
    cover = make_cover(shifts=[in_hours(20, lasting=6)])
    with acting_for(cover.host, cover.manager):
        shift = offering.get_shift(cover.request_id, cover.shift_id)
        middle, end = shift.starts_at + timedelta(hours=3), shift.ends_at
        later = offering.split_shift(cover.request_id, cover.shift_id, middle)
        assert (shift.ends_at, later.starts_at, later.ends_at) == (middle, middle, end)
        with pytest.raises(InvalidInput):
            offering.split_shift(cover.request_id, cover.shift_id, end)
    keep_run(cover.host, cover.request_id, cover.lent)
    make_offer(cover)
    with pytest.raises(RuleBroken, match="Withdraw"), acting_for(cover.host, cover.manager):
        offering.split_shift(cover.request_id, cover.shift_id, middle - timedelta(hours=1))


def test_the_next_best_is_asked_when_one_says_no(cover: MadeCover, run_jobs) -> None:
    with acting_for(cover.host, cover.manager):
        (made,) = offering.offer_best(cover.request_id, cover.shift_id, 1)
    first = next(c for c in cover.lent if c.id == leg_carer(cover, made))
    moved(cover, made, first, "decline")
    run_jobs()
    with acting_for(cover.host):
        legs = placements.list_for_request(cover.request_id)
        assert [leg.state for leg in legs] == ["declined", "offered"] and legs[1].carer_id != first.id


def test_nobody_else_is_asked_when_the_manager_asked_one(cover: MadeCover, run_jobs) -> None:
    made = make_offer(cover)
    moved(cover, made, cover.lent[0], "decline")
    run_jobs()
    with acting_for(cover.host):
        assert len(placements.list_for_request(cover.request_id)) == 1


def leg_carer(cover: MadeCover, placement_id):
    with acting_for(cover.host):
        return placements.get_placement(placement_id, "host").carer_id


def test_a_carer_whom_no_search_found_is_not_offered_to(cover: MadeCover) -> None:
    stranger = cover.lent[1]
    keep_run(cover.host, cover.request_id, [cover.lent[0]])
    with pytest.raises(RuleBroken, match="does not fit"):
        make_offer(cover, stranger)


def test_a_warning_is_set_aside_before_an_offer(cover: MadeCover, monkeypatch) -> None:
    with acting_for_federation():
        run = db.session.scalars(
            db.select(matching.MatchRun).where(matching.MatchRun.request_id == cover.request_id)
        ).one()
        run.ranked = {shift: [{**row, "warnings": ["breaks"]} for row in rows] for shift, rows in run.ranked.items()}
    with pytest.raises(RuleBroken, match="Set this warning aside"):
        make_offer(cover)


def test_terms_are_hashed_the_same_on_both_sides_and_name_nobody_who_is_cared_for(cover: MadeCover) -> None:
    placement_id = make_offer(cover)
    with acting_for(cover.host):
        host = placements.get_placement(placement_id, "host")
        terms, terms_hash = host.terms, host.terms_hash
        text = rules.canonical(terms)
        assert rules.digest_of(text) == terms_hash
    with acting_for(cover.lent[0].tenant_id):
        home = placements.get_placement(placement_id, "home")
        assert (home.terms, home.terms_hash) == (terms, terms_hash)
        assert home.own == {}, "what the host reckons with is not the home co-op's to read"
    assert "client" not in text
