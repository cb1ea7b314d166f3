"""Results: every majority of a rule, ties by public lot or by the chair, and a board that no edit survives."""

import json
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from federation.assembly import lots, recount
from federation.assembly.models import Motion, PollSeed
from federation.assembly.services import boards, outcomes, polls
from tenants import clock
from tenants.db import acting_for_federation, db
from tenants.errors import InvalidInput, RuleBroken
from tenants.web import HouseFlask
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.polls import close, declare, make_poll, vote
from tests.factories.tenants import make_coop


def test_a_carried_motion_says_so_in_words_and_at_home(app: HouseFlask, tmp_path: Path) -> None:
    assembly = found_assembly(ordinary={"second_majority": {"of": "coops", "percent": "50"}})
    poll_id = make_poll(assembly)
    vote(assembly, poll_id, "Cwm Care", for_=3, against=2)
    vote(assembly, poll_id, "Afon Care", for_=1)
    result = declare(assembly, poll_id)
    assert result["words"] == [
        "Of 8 votes, 4 were for and 2 against. None abstained and 2 were not cast.",
        "Two of three co-ops voted: two were for, none was against and none abstained.",
        "Cwm Care split its votes 3 to 2, and counts as for.",
    ]
    assert [(card["name"], card["value"], card["met"]) for card in result["tests"]] == [
        ("Quorum: co-ops", "2 of 3 co-ops", True),
        ("Quorum: votes", "6 of 8 votes", True),
        ("First majority: votes", "4 of 6, or 66.7%", True),
        ("Second majority: co-ops", "2 of 3 co-ops", True),
    ]
    with acting_for_federation():
        poll = polls.get_poll(poll_id)
        motion = db.session.get(Motion, poll.subject_id)
        assert motion is not None and motion.state == "carried"
        data = boards.bundle(poll_id)
    (tmp_path / "bundle.zip").write_bytes(data)
    assert recount.main([str(tmp_path / "bundle.zip")]) == 0


def test_weights_are_fixed_when_voting_opens(app: HouseFlask) -> None:
    assembly = found_assembly()
    poll_id = make_poll(assembly)
    with acting_for_federation():
        before = dict(polls.get_poll(poll_id).weights)
    make_coop("Late Care", members=5000)
    vote(assembly, poll_id, "Cwm Care", against=5)
    assert declare(assembly, poll_id)["totals"] == {"for": 0, "against": 5, "abstain": 0, "not_cast": 3}
    with acting_for_federation():
        assert polls.get_poll(poll_id).weights == before


@pytest.fixture
def tied(app: HouseFlask) -> tuple[Assembly, UUID]:
    """A closed poll with as many votes for as against, where a public lot decides."""
    assembly = found_assembly({"Ash": 700, "Elm": 700}, ordinary={"tie_rule": "lot"})
    poll_id = make_poll(assembly)
    vote(assembly, poll_id, "Ash", for_=5)
    vote(assembly, poll_id, "Elm", against=5)
    close(assembly, poll_id)
    return assembly, poll_id


def test_a_tie_waits_for_dice_and_the_lot_follows_from_a_seed_bound_before(
    tied: tuple[Assembly, UUID], tmp_path: Path
) -> None:
    assembly, poll_id = tied
    with acting_for_federation(assembly.officer), pytest.raises(RuleBroken):
        outcomes.declare(poll_id)
    with acting_for_federation(assembly.officer), pytest.raises(InvalidInput):
        outcomes.declare(poll_id, dice="7 8 9")
    with acting_for_federation(assembly.officer):
        head = boards.head(poll_id)
        poll = outcomes.declare(poll_id, dice="4,1, 6")
        seed = db.session.scalars(select(PollSeed.seed)).one()
        assert lots.commitment(seed) == poll.lots_commitment and poll.dice == "4 1 6"
        order = lots.order(["against", "for"], seed, head, "4 1 6")
        assert poll.result and poll.result["outcome"] == ("carried" if order[0] == "for" else "lost")
        data = boards.bundle(poll_id)
    (tmp_path / "bundle.zip").write_bytes(data)
    assert recount.main([str(tmp_path / "bundle.zip")]) == 0


def test_a_tie_falls_to_the_chair_where_the_rule_says_so(app: HouseFlask, tmp_path: Path) -> None:
    assembly = found_assembly({"Ash": 700, "Elm": 700}, ordinary={"tie_rule": "chair", "casting_vote": True})
    poll_id = make_poll(assembly)
    vote(assembly, poll_id, "Ash", for_=5)
    vote(assembly, poll_id, "Elm", against=5)
    close(assembly, poll_id)
    with acting_for_federation(assembly.officer), pytest.raises(RuleBroken):
        outcomes.declare(poll_id)
    with acting_for_federation(assembly.officer):
        poll = outcomes.declare(poll_id, casting_vote="for")
        assert poll.result and poll.result["outcome"] == "carried"
        data = boards.bundle(poll_id)
    (tmp_path / "bundle.zip").write_bytes(data)
    assert recount.main([str(tmp_path / "bundle.zip")]) == 0


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ("UPDATE board_row SET body = replace(body, '\"against\":5', '\"against\":4') WHERE kind = 'ballots'", "row 2"),
        ("UPDATE board_row SET body = body || ' ' WHERE kind = 'opened'", "row 1"),
        ("UPDATE board_row SET body = 'nonsense' WHERE kind = 'closed'", "row 3"),
        ("DELETE FROM board_row WHERE kind = 'closed'", "row 3"),
        ("DELETE FROM board_row WHERE kind = 'result'", "'result' is missing"),
        ("UPDATE poll SET weights = weights || jsonb_build_object('x', 9)", "weights"),
        ('UPDATE poll SET result = result || \'{"status": "carried"}\'', "result kept"),
    ],
)
def test_an_edit_in_the_database_is_found(tied: tuple[Assembly, UUID], database: str, edit: str, found: str) -> None:
    assembly, poll_id = tied
    with acting_for_federation(assembly.officer):
        # Dice that let the motion fall, so that the last edit is one.
        head, seed = boards.head(poll_id), db.session.scalars(select(PollSeed.seed)).one()
        thrown = (f"1 1 {a} {b}" for a in range(1, 7) for b in range(1, 7))
        dice = next(one for one in thrown if lots.order(["against", "for"], seed, head, one)[0] == "against")
        outcomes.declare(poll_id, dice=dice)
    assert boards.report()[1] == 0
    with psycopg.connect(database) as superuser:
        superuser.execute(edit)  # pyright: ignore[reportArgumentType]
    lines, broken = boards.report()
    assert broken == 1 and found in lines[0]


def test_a_poll_neither_opens_nor_closes_nor_is_declared_before_its_time(app: HouseFlask) -> None:
    assembly, soon = found_assembly(), clock.now()
    poll_id = make_poll(assembly, opened=False, opens_at=soon.replace(year=2040), closes_at=soon.replace(year=2041))
    acts = [lambda: polls.open_poll(poll_id), lambda: polls.close_poll(poll_id), lambda: outcomes.declare(poll_id)]
    for act in acts:
        with acting_for_federation(assembly.officer), pytest.raises(RuleBroken):
            act()
    with acting_for_federation(assembly.officer), pytest.raises(InvalidInput):
        polls.move_closing(poll_id, soon.replace(year=2039), "Why not")


def test_the_certificate_says_what_was_decided(app: HouseFlask) -> None:
    from pypdf import PdfReader

    from federation.assembly.documents.certificate import certificate_pdf
    from federation.assembly.views.poll_results import certificate, open_data

    assembly = found_assembly()
    poll_id = make_poll(assembly)
    vote(assembly, poll_id, "Cwm Care", for_=5)
    declare(assembly, poll_id)
    with app.test_request_context(), acting_for_federation():
        data = certificate(polls.get_poll(poll_id), "Federation of Tests")
        told = json.loads(json.dumps(open_data(polls.get_poll(poll_id))))
    assert told["outcome"] == "carried" and told["head"] == data["head"] and told["totals"]["for"] == 5
    from io import BytesIO

    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(certificate_pdf(data))).pages)
    assert "Passed: Should the cover pool levy rise" in text and data["head"][:40] in text.replace("\n", "")
