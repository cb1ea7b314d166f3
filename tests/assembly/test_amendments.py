"""Amendments: taken over by the mover, voted on one by one, competing in order, brought along when the text moves on."""

from datetime import timedelta
from uuid import UUID

import pytest

from federation.assembly.services import amendments, motions, polls
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.errors import InvalidInput, RuleBroken
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.motions import PLAIN, Wording, admitted, noticed, open_now, open_poll_now, put, vote_all

pytestmark = pytest.mark.usefixtures("app")
TEXT = "Each co-op pays 1% of its turnover.\n\nThe levy begins in May."
LEVY = Wording("Should there be a levy?", TEXT)


def amend(found: Assembly, motion: UUID, coop: str, old: str, new: str) -> UUID:
    who = found.coops[coop]
    with acting_for(who, found.delegates[who]):
        return amendments.submit(motion, TEXT.replace(old, new), f"{new} is better").id


def vote(found: Assembly, amendment: UUID, way: str) -> str:
    opens = clock.now() + timedelta(hours=1)
    with acting_for_federation(found.officer):
        poll = amendments.put_to_vote(amendment, opens, opens + timedelta(days=1)).id
    vote_all(found, open_poll_now(poll), way, declare=True)
    with acting_for_federation():
        return amendments.get_amendment(amendment).state


def text_of(motion: UUID) -> tuple[int, str]:
    with acting_for_federation():
        row = motions.get_motion(motion)
        return row.text_version, row.text


def test_the_mover_takes_one_over_and_the_others_are_brought_to_the_new_wording(run_jobs) -> None:
    found = found_assembly()
    motion = put(found, "Afon Care", LEVY)
    friendly = amend(found, motion, "Beacon Care", "1%", "2%")
    apart = amend(found, motion, "Cwm Care", "May", "June")
    against = amend(found, motion, "Cwm Care", "1%", "3%")
    beacon, afon = found.coops["Beacon Care"], found.coops["Afon Care"]
    with acting_for(beacon, found.delegates[beacon]), pytest.raises(RuleBroken):
        amendments.merge(friendly)
    with acting_for(afon, found.delegates[afon]):
        assert amendments.merge(friendly).state == "merged"
    assert text_of(motion) == (2, TEXT.replace("1%", "2%"))
    run_jobs()
    with acting_for_federation():
        carried_over, overtaken = amendments.get_amendment(apart), amendments.get_amendment(against)
        assert (carried_over.on_version, carried_over.text) == (2, TEXT.replace("1%", "2%").replace("May", "June"))
        assert overtaken.state == "overtaken"


def test_an_amendment_must_change_something_and_comes_before_the_vote() -> None:
    found = found_assembly()
    motion = noticed(found, "Afon Care", LEVY)
    beacon = found.coops["Beacon Care"]
    with acting_for(beacon, found.delegates[beacon]), pytest.raises(InvalidInput, match="as it stands"):
        amendments.submit(motion, f"  {TEXT} ")
    amend(found, motion, "Beacon Care", "1%", "2%")
    open_now(motion)
    with acting_for(beacon, found.delegates[beacon]), pytest.raises(RuleBroken, match="Voting has begun"):
        amendments.submit(motion, "Something else")


def test_competing_amendments_are_voted_on_in_order_and_fall_when_one_is_carried() -> None:
    found = found_assembly()
    motion = admitted(found, "Afon Care", LEVY)
    two, three, four = (amend(found, motion, "Beacon Care", "1%", f"{n}%") for n in (2, 3, 4))
    with acting_for_federation(found.officer):
        with pytest.raises(InvalidInput):
            amendments.order(motion, [(two, 1)])
        amendments.order(motion, [(four, 1), (three, 1), (two, 1)])
        opens = clock.now() + timedelta(hours=1)
        with pytest.raises(RuleBroken, match="Amendment 3 competes"):
            amendments.put_to_vote(two, opens, opens + timedelta(days=1))
    assert vote(found, four, "against") == "lost"
    assert text_of(motion) == (1, TEXT)
    assert vote(found, three, "for") == "carried"
    assert text_of(motion) == (2, TEXT.replace("1%", "3%"))
    with acting_for_federation():
        assert amendments.get_amendment(two).state == "overtaken"


def test_two_that_touch_the_same_words_are_not_voted_on_at_once() -> None:
    found = found_assembly()
    motion = admitted(found, "Afon Care", LEVY)
    one, same, apart = (
        amend(found, motion, "Beacon Care", *change) for change in (("1%", "2%"), ("1%", "3%"), ("May", "June"))
    )
    opens = clock.now() + timedelta(hours=1)
    with acting_for_federation(found.officer):
        amendments.put_to_vote(one, opens, opens + timedelta(days=1))
        with pytest.raises(RuleBroken, match="Let the two compete"):
            amendments.put_to_vote(same, opens, opens + timedelta(days=1))
        amendments.put_to_vote(apart, opens, opens + timedelta(days=1))
        with pytest.raises(RuleBroken, match="is at its vote"):
            later = clock.now() + timedelta(days=3)
            motions.give_notice(motion, opens_at=later, closes_at=later + timedelta(days=1))


def test_one_carried_after_notice_changes_the_text_of_the_vote_to_come() -> None:
    found = found_assembly()
    motion = noticed(found, "Afon Care", LEVY)
    amendment = amend(found, motion, "Cwm Care", "May", "June")
    assert vote(found, amendment, "for") == "carried"
    with acting_for_federation():
        row = motions.get_motion(motion)
        assert row.text == TEXT.replace("May", "June")
        assert row.poll_id is not None and polls.get_poll(row.poll_id).text_hash == row.text_hash


def test_what_still_waits_when_the_motion_is_decided_is_overtaken() -> None:
    found = found_assembly()
    motion = noticed(found, "Afon Care", PLAIN)
    cwm = found.coops["Cwm Care"]
    with acting_for(cwm, found.delegates[cwm]):
        amendment = amendments.submit(motion, "Nothing is published.").id
    vote_all(found, open_now(motion), "for", declare=True)
    with acting_for_federation():
        assert amendments.get_amendment(amendment).state == "overtaken"
