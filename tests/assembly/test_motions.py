"""The life of a motion: drafted, put, seconded, admitted or refused, noticed, voted on, and what it then does."""

from datetime import timedelta

import pytest

from federation.assembly.services import debate, motions, policies, polls
from federation.assembly.services.motions import Wording
from federation.assembly.wording import text_hash
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.models import Mail
from tenants.settings import in_force
from tests.factories.assembly import found_assembly
from tests.factories.motions import admitted, carried, drafted, noticed, open_now, put, vote_all

pytestmark = pytest.mark.usefixtures("app")
LEVY = Wording(
    "Should recharges be due in 14 days?",
    "Recharges are due in 14 days.",
    effect={"set": "payment_days", "value": "14"},
)


def letters() -> list[str]:
    with at_the_door():
        return list(db.session.scalars(db.select(Mail.subject).order_by(Mail.created_at)))


def test_a_draft_is_the_co_ops_own_until_it_is_put_to_the_assembly() -> None:
    found = found_assembly()
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    draft = drafted(found, afon, LEVY)
    with acting_for(beacon, found.delegates[beacon]):
        assert motions.list_drafts() == [] and motions.list_motions()[1] == 0
        with pytest.raises(NotFound):
            motions.get_draft(draft)
        with pytest.raises(NotFound):
            motions.submit(draft)
    with acting_for(afon, found.delegates[afon]):
        motion = motions.submit(draft)
        assert (motion.number, motion.state, motion.moved_by_coop) == (1, "submitted", afon)
        assert motion.text_hash == text_hash(motion.title, motion.text)
        assert motions.list_drafts() == []
    with acting_for(beacon, found.delegates[beacon]):
        assert [row.title for row in motions.list_motions()[0]] == [LEVY.title]


def test_a_manager_who_is_no_delegate_puts_nothing_to_the_assembly() -> None:
    found = found_assembly()
    afon = found.coops["Afon Care"]
    draft = drafted(found, afon, LEVY)
    with acting_for(afon, found.managers[afon]), pytest.raises(RuleBroken, match="Only a delegate"):
        motions.submit(draft)


def test_wrong_words_and_effects_are_named_by_their_paths() -> None:
    found = found_assembly()
    afon = found.coops["Afon Care"]
    wrong = Wording(
        " ", "", "urgent", "x" * 2001, effect={"set": "payment_days", "value": "soon", "from": "2001-02-30", "paint": 1}
    )
    with acting_for(afon, found.delegates[afon]):
        with pytest.raises(InvalidInput) as refusal:
            motions.write_draft(wrong)
        assert set(refusal.value.errors) == {
            "title",
            "text",
            "kind",
            "plain_words",
            "effect.value",
            "effect.from",
            "effect.paint",
        }
        with pytest.raises(InvalidInput, match="constitutional"):
            motions.write_draft(Wording("Weights?", "Other weights.", effect={"scheme": str(found.scheme_id)}))


def test_another_co_op_seconds_and_the_office_admits() -> None:
    found = found_assembly()
    motion = put(found, "Afon Care", LEVY)
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    with acting_for(afon, found.delegates[afon]), pytest.raises(RuleBroken, match="Another co-op must second"):
        motions.second(motion)
    with acting_for_federation(found.officer), pytest.raises(RuleBroken, match="moved on"):
        motions.admit(motion)
    with acting_for(beacon, found.delegates[beacon]):
        assert motions.second(motion).seconded_by_coop == beacon
        with pytest.raises(RuleBroken):
            motions.second(motion)
    with acting_for_federation(found.officer):
        row = motions.admit(motion)
        assert (row.state, row.reading_order) == ("admitted", 1)


def test_a_refusal_needs_words_which_all_can_read() -> None:
    found = found_assembly()
    motion = put(found, "Afon Care", LEVY)
    with acting_for_federation(found.officer):
        with pytest.raises(InvalidInput):
            motions.refuse(motion, "  ")
        motions.refuse(motion, "It was decided last week")
    cwm = found.coops["Cwm Care"]
    with acting_for(cwm):
        assert motions.get_motion(motion).state_words == "It was decided last week"
    assert any("is refused" in subject for subject in letters())


def test_the_mover_takes_it_back_until_notice_and_nobody_else_does() -> None:
    found = found_assembly()
    motion = admitted(found, "Afon Care", LEVY)
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    with acting_for(beacon, found.delegates[beacon]), pytest.raises(RuleBroken):
        motions.withdraw(motion)
    with acting_for_federation(found.officer), pytest.raises(RuleBroken):
        motions.withdraw(motion)
    with acting_for(afon, found.delegates[afon]):
        assert motions.withdraw(motion, "We write it again").state == "withdrawn"
    later = noticed(found, "Afon Care", LEVY)
    with acting_for(afon, found.delegates[afon]), pytest.raises(RuleBroken):
        motions.withdraw(later)


def test_notice_fixes_the_text_in_clear_days_and_writes_to_all() -> None:
    found = found_assembly(notice_days=14)
    motion = admitted(found, "Afon Care", LEVY)
    early = clock.now() + timedelta(days=14)
    with acting_for_federation(found.officer):
        with pytest.raises(RuleBroken, match="14 clear days") as refusal:
            motions.give_notice(motion, opens_at=early, closes_at=early + timedelta(days=3))
        assert refusal.value.code == "notice-too-short"
        with pytest.raises(InvalidInput):
            motions.give_notice(motion, opens_at=early, closes_at=early)
        opens = early + timedelta(days=1)
        poll = motions.give_notice(motion, opens_at=opens, closes_at=opens + timedelta(days=3))
        row = motions.get_motion(motion)
        assert (row.state, row.poll_id, poll.text_hash) == ("noticed", poll.id, text_hash(row.title, row.text))
    assert sum(subject.startswith("Notice of motion 1") for subject in letters()) == 6


def test_the_board_moves_a_motion_and_a_co_op_seconds_it() -> None:
    found = found_assembly()
    with acting_for_federation(found.officer):
        motion = motions.move_for_board(LEVY).id
        assert [text.why for text in motions.list_texts(motion)] == ["As it was submitted"]
    cwm = found.coops["Cwm Care"]
    with acting_for(cwm, found.delegates[cwm]):
        assert motions.second(motion).state == "seconded"
    with acting_for_federation(found.officer):
        assert motions.withdraw(motion).state == "withdrawn"


def test_a_carried_motion_sets_the_rule_that_then_cites_it_and_enters_the_register() -> None:
    found = found_assembly()
    motion = carried(found, "Afon Care", LEVY)
    with acting_for(found.coops["Beacon Care"]):
        row, rule = motions.get_motion(motion), in_force()["payment_days"]
        assert row.state == "carried"
        assert (rule.value, rule.resolution) == (14, f"Motion 1, carried {clock.day_words(clock.today())}")
        policy = policies.list_in_force()[0]
        assert (policy.motion_id, policy.text, policy.in_force_from) == (motion, row.text, clock.today())
        assert "14" in policy.set_words


def test_two_motions_on_one_setting_take_effect_on_two_days() -> None:
    found = found_assembly()
    carried(found, "Afon Care", LEVY)
    carried(found, "Cwm Care", Wording("21 days?", "21 days.", effect={"set": "payment_days", "value": 21}))
    with acting_for_federation():
        tomorrow = clock.today() + timedelta(days=1)
        assert (in_force()["payment_days"].value, in_force(tomorrow)["payment_days"].value) == (14, 21)


def test_a_fallen_motion_changes_nothing() -> None:
    found = found_assembly()
    motion = carried(found, "Afon Care", LEVY, vote="against")
    with acting_for_federation():
        assert motions.get_motion(motion).state == "lost"
        assert in_force()["payment_days"].resolution is None and not policies.list_policies()


def test_text_changed_after_notice_throws_the_votes_away_and_says_so_to_those_who_voted() -> None:
    found = found_assembly()
    motion = noticed(found, "Afon Care", LEVY)
    poll = open_now(motion)
    cwm = found.coops["Cwm Care"]
    vote_all(found, poll, "for", only=("Cwm Care",))
    with acting_for_federation(found.officer):
        assert polls.turnout(poll).coops == 1
        motions.change_text(motion, "Recharges are due in 15 days.", "A slip of the pen")
        row, held = motions.get_motion(motion), polls.get_poll(poll)
        assert polls.turnout(poll).coops == 0 and held.reopened_at is not None
        assert held.text_hash == row.text_hash == text_hash(row.title, "Recharges are due in 15 days.")
        assert [text.why for text in motions.list_texts(motion)][-1] == "A slip of the pen"
    with at_the_door():
        told = db.session.execute(db.select(Mail.person_id, Mail.body).where(Mail.subject.contains("again"))).all()
    assert {person for person, _ in told} >= {found.delegates[cwm]}
    assert not {person for person, _ in told} & {found.delegates[found.coops["Afon Care"]]}
    assert any("The text of motion 1 has changed" in subject for subject in letters())


def test_a_constitutional_motion_changes_a_rule_of_decision() -> None:
    found = found_assembly()
    with acting_for_federation():
        rule = motions.decision_rules.rule_for("ordinary")[1].as_json()
    wording = Wording(
        "More notice?", "Ten days.", "constitutional", effect={"rules": {"ordinary": rule | {"notice_days": 10}}}
    )
    carried(found, "Afon Care", wording)
    with acting_for_federation():
        row, held = motions.decision_rules.rule_for("ordinary")
        assert held.notice_days == 10 and row.resolution.startswith("Motion 1, carried")


def test_what_became_impossible_since_the_notice_is_said_in_the_register() -> None:
    found = found_assembly()
    motion = noticed(found, "Afon Care", LEVY)
    with acting_for_federation(found.officer):
        motions.get_motion(motion).effect = {"set": "payment_days", "value": "a lot"}
    vote_all(found, open_now(motion), "for", declare=True)
    with acting_for_federation():
        assert motions.get_motion(motion).state == "carried"
        assert policies.list_policies()[0].set_words.startswith("Not carried out:")


def test_the_reading_order_is_the_offices() -> None:
    found = found_assembly()
    ids = [admitted(found, name, Wording(f"{name}?", "Yes.")) for name in found.coops]
    with acting_for_federation(found.officer):
        motions.set_reading_order([ids[2], ids[0]])
        assert [row.id for row in motions.list_motions("talked")[0]] == [ids[2], ids[0], ids[1]]
        with pytest.raises(InvalidInput):
            motions.set_reading_order([ids[0], ids[0]])


def test_the_debate_has_answers_and_ends_with_the_vote() -> None:
    found = found_assembly()
    motion = admitted(found, "Afon Care", LEVY)
    beacon, cwm = found.coops["Beacon Care"], found.coops["Cwm Care"]
    with acting_for(beacon, found.managers[beacon]):
        asked = debate.say(motion, "question", "Who pays late?")
        with pytest.raises(InvalidInput):
            debate.say(motion, "shouting", "")
    with acting_for(cwm, found.delegates[cwm]):
        debate.say(motion, "remark", "We do, sometimes.", asked)
        with pytest.raises(NotFound):
            debate.say(motion, "for", "Yes", motion)
        threads = debate.list_threads(motion)
        assert [(one.remark.words, [a.remark.words for a in one.answers]) for one in threads] == [
            ("Who pays late?", ["We do, sometimes."])
        ]
    with acting_for_federation(found.officer):
        debate.hide(asked, "It names somebody")
        assert debate.list_remarks(motion)[0].hidden_why == "It names somebody"
    ended = carried(found, "Afon Care", Wording("Over?", "Over."))
    with acting_for(cwm, found.delegates[cwm]), pytest.raises(RuleBroken, match="debate is over"):
        debate.say(ended, "for", "Late")
