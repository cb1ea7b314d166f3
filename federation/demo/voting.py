"""Takes motions and votes through their steps at once, each in the scope of the person whose step it is, without the worker."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from federation.assembly.mandate import parts_of
from federation.assembly.services import (
    amendments,
    casting,
    decision_rules,
    motions,
    outcomes,
    polls,
    schemes,
    sizes,
)
from federation.assembly.services.motions import Wording
from federation.demo.covering import next_start
from tenants import clock
from tenants.db import acting_for, acting_for_federation

Split = Mapping[str, int]
DICE = "4 1 6"
"""What was thrown in public, where a tie falls by lot."""


@dataclass(frozen=True)
class Hall:
    """Who takes part, by id: co-ops with their names and delegates, the officer, a second teller; and the first day."""

    names: Mapping[UUID, str]
    delegates: Mapping[UUID, UUID]
    managers: Mapping[UUID, UUID]
    officer: UUID
    teller: UUID
    begins: datetime

    def day(self, number: int, hour: int = 10) -> datetime:
        """An hour, in London, of a day counted from the first."""
        first = self.begins.astimezone(clock.LONDON).date()
        return next_start(first + timedelta(days=number), hour)

    def office(self) -> AbstractContextManager[None]:
        """The returning officer at work."""
        return acting_for_federation(self.officer)

    def delegate(self, coop: UUID) -> AbstractContextManager[None]:
        """The delegate of a co-op at work."""
        return acting_for(coop, self.delegates[coop])


def agree_sizes(hall: Hall, day: int, disputes: Mapping[UUID, tuple[int, str, str]], silent: Sequence[UUID]) -> UUID:
    """Ask all co-ops for their sizes, let them answer, settle what is disputed, take the sizes as agreed nine days later.

    `disputes`: how many more a co-op says it has, its words, and the office's when it settles for that. The snapshot's id.
    """
    with clock.stopped_at(hall.day(day)), hall.office():
        drafted = sizes.draft_snapshot(clock.today(), "members", "The members' registers, as the co-ops filed them")
        snapshot = sizes.ask(drafted.id, hall.day(day + 8, 17)).id
        known = dict(drafted.sizes)
    with clock.stopped_at(hall.day(day + 3)):
        for coop, person in hall.managers.items():
            if coop in silent or str(coop) not in known:
                continue
            with acting_for(coop, person):
                if coop in disputes:
                    more, words, _ = disputes[coop]
                    sizes.answer(snapshot, "dispute", known[str(coop)] + more, words)
                else:
                    sizes.answer(snapshot, "agree")
    with clock.stopped_at(hall.day(day + 9)):
        for coop, (more, _, words) in disputes.items():
            with hall.office():
                sizes.settle(snapshot, coop, known[str(coop)] + more, words)
        with hall.office():
            sizes.take_as_agreed(snapshot)
    return snapshot


def found(hall: Hall, day: int, name: str, terms: Mapping[str, Any], why: str, preset: str) -> None:
    """Adopt the first scheme and found the rules of all kinds, by the founding meeting's resolutions."""
    with clock.stopped_at(hall.day(day)), hall.office():
        row = schemes.propose(name, terms["scheme"], terms["quota"], terms.get("second_majority"), why)
        schemes.adopt(row.id, resolution="Founding meeting, item 3", seen=schemes.warning_of(row))
        decision_rules.found(preset, "Founding meeting, item 4")


def put(hall: Hall, day: int, mover: UUID, wording: Wording) -> UUID:
    """Draft and submit a motion; its id."""
    with clock.stopped_at(hall.day(day)):
        with hall.delegate(mover):
            draft = motions.write_draft(wording).id
        with hall.delegate(mover):
            return motions.submit(draft).id


def move(hall: Hall, day: int, mover: UUID, seconder: UUID, wording: Wording) -> UUID:
    """Draft, submit, second and admit a motion within two days; its id."""
    motion = put(hall, day, mover, wording)
    with clock.stopped_at(hall.day(day, 15)), hall.delegate(seconder):
        motions.second(motion)
    with clock.stopped_at(hall.day(day + 1)), hall.office():
        motions.admit(motion)
    return motion


def amend(hall: Hall, moment: datetime, coop: UUID, motion: UUID, words: str, why: str) -> UUID:
    """Propose another wording; the amendment's id."""
    with clock.stopped_at(moment), hall.delegate(coop):
        return amendments.submit(motion, words, why).id


def merge(hall: Hall, moment: datetime, mover: UUID, motion: UUID, amendment: UUID) -> None:
    """The mover makes an amendment its own; what else is proposed is brought to the new wording."""
    with clock.stopped_at(moment):
        with hall.delegate(mover):
            amendments.merge(amendment)
        with hall.office():
            amendments.carry_over(motion)


def give_notice(hall: Hall, day: int, motion: UUID, opens: int, closes: int, **how: Any) -> UUID:
    """Give notice of a motion on one day, for a vote from another day until a third; the poll's id."""
    with clock.stopped_at(hall.day(day)), hall.office():
        return motions.give_notice(motion, opens_at=hall.day(opens), closes_at=hall.day(closes), **how).id


def open_poll(hall: Hall, poll: UUID) -> dict[UUID, int]:
    """Open a poll at its hour; the votes of each co-op that has some."""
    with hall.office():
        opens_at = polls.get_poll(poll).opens_at
    with clock.stopped_at(opens_at), hall.office():
        weights = polls.open_poll(poll).weights
    return {UUID(coop): units for coop, units in weights.items() if units}


def cast(
    hall: Hall, moment: datetime, poll: UUID, coop: UUID, split: Split, *, by: UUID | None = None
) -> dict[str, Any]:
    """Cast all votes of a co-op, by its own delegate or by that of the co-op that holds its proxy; the receipt."""
    with clock.stopped_at(moment), hall.delegate(by or coop):
        return casting.cast(poll, coop, parts_of(split))


def rank(
    hall: Hall, moment: datetime, poll: UUID, coop: UUID, parts: Sequence[tuple[int, Sequence[str]]]
) -> dict[str, Any]:
    """Cast all votes of a co-op on rankings of choices: so many votes on each; the receipt."""
    with clock.stopped_at(moment), hall.delegate(coop):
        return casting.cast(poll, coop, [{"units": units, "vote": list(ranking)} for units, ranking in parts])


def declare(hall: Hall, poll: UUID) -> dict[str, Any]:
    """Close a poll at its hour and declare it an hour later; what the result says."""
    with hall.office():
        closes_at = polls.get_poll(poll).closes_at
    with clock.stopped_at(closes_at), hall.office():
        polls.close_poll(poll)
    with clock.stopped_at(closes_at + timedelta(hours=1)):
        with hall.office():
            tied = outcomes.look(poll)
        with hall.office():
            chair = "for" if tied.needs_chair else None
            result = outcomes.declare(poll, DICE if tied.needs_dice else "", chair).result
    assert result is not None
    return dict(result)


def reading() -> AbstractContextManager[None]:
    """Reading what all may read."""
    return acting_for_federation()
