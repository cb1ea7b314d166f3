"""The assembly of the world: what A drafts, votes, divides and hands on, full of markers, and what all may read.

Rows are written as they stand, each in the scope of whom they belong to, so that every state can be had without its history.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from federation.assembly.models import (
    Alternate,
    Amendment,
    Candidate,
    DecisionRule,
    DelegateShare,
    Election,
    HandsEntry,
    Motion,
    MotionDraft,
    MotionRemark,
    MotionText,
    Poll,
    SizeAnswer,
    SizeSnapshot,
    WeightScheme,
)
from federation.assembly.rule import KINDS, Rule
from federation.assembly.services import (
    agenda,
    attendance,
    casting,
    meetings,
    minutes,
    outcomes,
    policies,
    polls,
    representation,
)
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.models import MemberDirectory
from tests.house.marks import Markers

Ids = dict[str, list[str]]
DAY = date(2026, 1, 1)


def make_papers(coops: Sequence[UUID], officer: UUID) -> Ids:
    """Sizes, schemes, rules, motions in several states, polls, elections, meetings and policies; ids by kind.

    The first co-op moved the motions, the second seconded them and has voted.
    """
    first, second, *_ = coops
    with acting_for_federation(officer):
        snapshot, scheme = _weights(coops)
        asked = _snapshot(2, coops, "asked", answer_by=clock.now() + timedelta(days=9)).id
        motions = {state: _motion(number, state, first, second) for number, state in enumerate(STATES, 1)}
        amendment = _add(
            Amendment(
                motion_id=motions["submitted"], number=1, text="We shall too.", by_coop=second, on_version=1,
                submitted_at=clock.now(),
            )
        )  # fmt: skip
        remark = _add(
            MotionRemark(
                motion_id=motions["voting"], by_coop=first, leaning="for", words="It is time.", said_at=clock.now()
            )
        )
        plans = ((1, "voting", False), (2, "noticed", True), (3, "done", False))
        made = {
            state: _poll(number, motions[state], scheme, snapshot, by_hand=by_hand) for number, state, by_hand in plans
        }
        election = _election(1, "nominations")
        candidates = [_candidate(election, coop, f"Ada {n}") for n, coop in enumerate((first, second))]
        found = {
            "snapshot": [str(asked), str(snapshot.id)],
            "scheme": [str(scheme.id)],
            "amendment": [str(amendment.id)],
            "remark": [str(remark.id)],
            "election": [str(election)],
            "candidate": [str(one) for one in candidates],
        }
    with acting_for_federation(officer):
        for poll in made.values():
            polls.open_poll(poll)
    return found | {
        "motion": [str(one) for one in motions.values()],
        "poll": [str(made["voting"]), str(made["noticed"])],
        "poll_done": [str(made["done"])],
        "policy": [_declared(made["done"], motions["done"], officer)],
        "meeting": [_meeting(coops, officer, 30, held=False), _meeting(coops, officer, -10, held=True)],
    }


STATES = ("submitted", "seconded", "admitted", "noticed", "voting", "done")
"""Of motions; the last one is at its vote until that is declared."""


def make_drafts(officer: UUID) -> Ids:
    """An election and a meeting that are still being prepared: the office's alone."""
    with acting_for_federation(officer):
        election = _election(9, "draft")
        starts = clock.now() + timedelta(days=60)
        meeting = meetings.draft(meetings.Terms("Not yet", "room", starts, starts + timedelta(hours=2), "The hall"))
        return {"election_draft": [str(election)], "meeting_draft": [str(meeting.id)]}


def make_own(coop: UUID, delegate: UUID, to: UUID, papers: Ids, markers: Markers) -> Ids:
    """A co-op's draft, alternate, divided votes, vote, word on its size, and proxy to another co-op; ids by kind."""
    poll = UUID(papers["poll"][0])
    with acting_for(coop, delegate):
        weight = int(polls.get_poll(poll).weights[str(coop)])
        draft = _add(MotionDraft(tenant_id=coop, title=markers.secret, text=markers.secret, written_by=delegate))
        _add(Alternate(tenant_id=coop, person_id=uuid4(), since=clock.now()))
        _add(DelegateShare(tenant_id=coop, poll_id=poll, person_id=delegate, units=weight))
        _add(
            SizeAnswer(
                tenant_id=coop, snapshot_id=UUID(papers["snapshot"][0]), answer="dispute", size=41,
                words=markers.published, answered_at=clock.now(),
            )
        )  # fmt: skip
        casting.cast(poll, coop, [{"units": weight, "vote": "against"}])
        proxy = representation.give_proxy(to, clock.today(), clock.today() + timedelta(days=90), markers.published)
        return {"draft": [str(draft.id)], "proxy": [str(proxy)]}


def make_hands(poll: UUID, coop: UUID, person: UUID) -> Ids:
    """What one teller typed in, waiting for a second pair of eyes: the office's alone."""
    with acting_for_federation():
        lines = {str(coop): [{"units": 1, "vote": "for"}]}
        entry = _add(HandsEntry(poll_id=poll, lines=lines, typed_by=person, typed_at=clock.now()))
        return {"hands": [str(entry.id)]}


def _weights(coops: Sequence[UUID]) -> tuple[SizeSnapshot, WeightScheme]:
    snapshot = _snapshot(1, coops, "agreed", agreed_at=clock.now())
    scheme = _add(
        WeightScheme(
            number=1, name="By size, gently", scheme={"kind": "square_root"}, quota={"kind": "majority"}, state="adopted",
            adopted_on=DAY, resolution="Founding meeting",
        )
    )  # fmt: skip
    for kind in KINDS:
        rule = Rule(kind=kind, one_each=kind == "constitutional").as_json()
        _add(DecisionRule(kind=kind, version=1, rule=rule, scheme_id=scheme.id, in_force_from=DAY, resolution="Item 1"))
    return snapshot, scheme


def _snapshot(number: int, coops: Sequence[UUID], state: str, **more: Any) -> SizeSnapshot:
    sizes = {str(coop): 20 * (place + 1) for place, coop in enumerate(coops)}
    return _add(
        SizeSnapshot(
            number=number, as_of_date=DAY, measure="members", source="Annual return", sizes=sizes, state=state, **more
        )
    )


def _motion(number: int, state: str, mover: UUID, seconder: UUID) -> UUID:
    row = Motion(
        number=number, kind="ordinary", title=f"Shall we, the {number}th time?", text="We shall.", moved_by_coop=mover,
        seconded_by_coop=None if state == "submitted" else seconder, submitted_at=clock.now(),
        state="noticed" if state == "done" else state,
        text_hash="0" * 64,
    )  # fmt: skip
    motion = _add(row)
    _add(
        MotionText(
            motion_id=motion.id,
            version=1,
            text="We shall.",
            why="As it was submitted",
            hash="0" * 64,
            made_at=clock.now(),
        )
    )
    return motion.id


def _poll(number: int, motion: UUID, scheme: WeightScheme, snapshot: SizeSnapshot, *, by_hand: bool) -> UUID:
    """A planned poll of a motion, whose hour has come; the one that is done closes in a moment."""
    now = clock.now()
    poll = _add(
        Poll(
            number=number, subject_kind="motion", subject_id=motion, title="Shall we?", method="yes_no", secret=False,
            by_hand=by_hand, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=5), rule_kind="ordinary",
            rule_version=1, rule=Rule().as_json(), scheme_id=scheme.id, snapshot_id=snapshot.id, text_hash="0" * 64,
        )
    )  # fmt: skip
    db.session.get_one(Motion, motion).poll_id = poll.id
    db.session.flush()
    return poll.id


def _declared(poll: UUID, motion: UUID, officer: UUID) -> str:
    """All votes are for; the result stands in the register; the policy's id."""
    with acting_for_federation(officer):
        weights = dict(polls.get_poll(poll).weights)
        closes_at = polls.get_poll(poll).closes_at
    for coop, weight in weights.items():
        delegate = delegate_of(UUID(coop))
        if delegate is not None:
            with acting_for(UUID(coop), delegate):
                casting.cast(poll, UUID(coop), [{"units": weight, "vote": "for"}])
    with clock.stopped_at(closes_at), acting_for_federation(officer):
        polls.close_poll(poll)
        outcomes.declare(poll)
        found = policies.find_of_motion(motion)
        assert found is not None
        return str(found.id)


def delegate_of(coop: UUID) -> UUID | None:
    """Somebody who may vote for a co-op."""
    with acting_for_federation():
        chosen = db.session.query(MemberDirectory).filter_by(tenant_id=coop, role="delegate")
        row = chosen.order_by(MemberDirectory.person_id).first()
        return row.person_id if row else None


def _election(number: int, state: str) -> UUID:
    soon = clock.now() + timedelta(days=3)
    row = Election(
        number=number, title=f"Board {number}", seats=2, method="scottish", state=state, nominations_until=soon
    )
    return _add(row).id


def _candidate(election: UUID, coop: UUID, name: str) -> UUID:
    return _add(Candidate(election_id=election, name=name, coop_id=coop, nominated_at=clock.now())).id


def _meeting(coops: Sequence[UUID], officer: UUID, days: int, *, held: bool) -> str:
    """A meeting so many days from now; one that was held has closed, with its minutes published."""
    starts = clock.now() + timedelta(days=days)
    with clock.stopped_at(min(clock.now(), starts - timedelta(days=20))), acting_for_federation(officer):
        terms = meetings.Terms(
            "General meeting", "hybrid", starts, starts + timedelta(hours=3), "The hall", "https://meet.example/x"
        )
        meeting = meetings.draft(terms).id
        agenda.add_item(meeting, "Welcome")
        meetings.call_meeting(meeting)
    if held:
        with clock.stopped_at(starts), acting_for_federation(officer):
            meetings.open_meeting(meeting)
            for place, coop in enumerate(coops):
                attendance.let_in(meeting, coop, f"Ann {place}", "room")
        with clock.stopped_at(starts + timedelta(hours=3)), acting_for_federation(officer):
            meetings.close_meeting(meeting)
            minutes.draft(meeting)
            minutes.publish(meeting)
    return str(meeting)


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
