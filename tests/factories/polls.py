"""Polls for tests, made by the services on a motion of their own. Open no scope around them: each opens its own."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from federation.assembly.models import Motion
from federation.assembly.services import casting, outcomes, polls
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tests.factories.assembly import Assembly

_numbers = itertools.count(1)
HOUR = timedelta(hours=1)


def make_motion(assembly: Assembly, title: str = "Should the cover pool levy rise from 1% to 1.5%?") -> UUID:
    """A motion of which notice has been given, moved by the first co-op."""
    coop = next(iter(assembly.coops.values()))
    with acting_for_federation(assembly.officer):
        row = Motion(
            number=next(_numbers),
            kind="ordinary",
            title=title,
            text="The assembly resolves to set the rate in rule 7.2 at 1.5 per cent from 1 April 2027.",
            plain_words="The cover pool pays for carers who step in at another co-op. Last year it ran out in October.",
            if_passes="Each co-op pays 1.5% of its turnover from 1 April 2027.",
            if_falls="The levy stays at 1%.",
            moved_by_coop=coop,
            seconded_by_coop=list(assembly.coops.values())[-1],
            seconded_at=clock.now(),
            state="noticed",
            submitted_at=clock.now(),
            admitted_at=clock.now(),
            noticed_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def make_poll(assembly: Assembly, *, opened: bool = True, **terms: Any) -> UUID:
    """A yes-or-no poll on a new motion, open for an hour from now; `terms` as `polls.plan` takes them."""
    motion_id = make_motion(assembly)
    now = clock.now()
    planned = {
        "rule_kind": "ordinary",
        "method": "yes_no",
        "opens_at": now,
        "closes_at": now + HOUR,
        **terms,
    }
    with acting_for_federation(assembly.officer):
        poll = polls.plan("motion", motion_id, "Should the cover pool levy rise from 1% to 1.5%?", **planned)
        poll_id = poll.id
    if opened:
        with acting_for_federation(assembly.officer):
            polls.open_poll(poll_id)
    return poll_id


def vote(assembly: Assembly, poll_id: UUID, name: str, **split: int) -> dict[str, Any]:
    """Cast all votes of a co-op, by its delegate: `vote(assembly, poll_id, "Cwm Care", against=2)`."""
    coop = assembly.coops[name]
    parts = [{"units": units, "vote": side.rstrip("_")} for side, units in split.items()]
    with acting_for(coop, assembly.delegates[coop]):
        return casting.cast(poll_id, coop, parts)


def close(assembly: Assembly, poll_id: UUID) -> datetime:
    """Close a poll at its hour; the answer is that hour."""
    with acting_for_federation(assembly.officer):
        closes_at = polls.get_poll(poll_id).closes_at
    with clock.stopped_at(closes_at), acting_for_federation(assembly.officer):
        polls.close_poll(poll_id)
    return closes_at


def declare(assembly: Assembly, poll_id: UUID, **more: Any) -> Mapping[str, Any]:
    """Close and declare a poll; the answer is its result."""
    close(assembly, poll_id)
    with acting_for_federation(assembly.officer):
        result = outcomes.declare(poll_id, **more).result
    assert result is not None
    return result
