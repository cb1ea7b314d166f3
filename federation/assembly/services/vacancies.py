"""A seat that falls free before its time: the same ballots are counted again, as if those who left had never stood.

What the recount does with those who still sit is told by `federation.assembly.count.elect.VACANCY_RULE`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from federation.assembly.count.solve import count_problem
from federation.assembly.models import Candidate, Election, Poll
from federation.assembly.services import boards, closing, counting, elections, motion_letters, nominations
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken


def recount(election_id: UUID, departed: Collection[UUID], unavailable: Collection[UUID] = ()) -> dict[str, Any]:
    """Count the ballots again without those who left and those who can no longer serve; nothing is kept. Office scope.

    The answer is the calculator's: `vacancy.filled` are those who take the free seats.

    Raises: NotFound, InvalidInput for somebody who holds no seat or does not stand, RuleBroken where there is no ballot.
    """
    election = elections.get_election(election_id)
    return _recount(election, _poll(election), departed, unavailable)


def fill(election_id: UUID, departed: Collection[UUID], unavailable: Collection[UUID] = ()) -> Election:
    """Fill the seats that fell free by the recount, keep its result, and tell all co-ops. Office scope.

    Where nobody can be elected the seats stay empty, and the election says so.

    Raises: as `recount`.
    """
    election = elections.get_election(election_id)
    answer = _recount(election, _poll(election), departed, unavailable)
    names = {str(one.id): one.name for one in nominations.list_candidates(election_id)}
    filled = list(answer["vacancy"]["filled"])
    before: Mapping[str, Any] = election.vacancy or {}
    gone = sorted(str(one) for one in departed)
    election.vacancy = {
        "departed": [*before.get("departed", ()), *gone],
        "unavailable": sorted({*before.get("unavailable", ()), *(str(one) for one in unavailable)}),
        "elected": [*before.get("elected", ()), *filled],
        "at": clock.now().isoformat(),
        "result": {key: value for key, value in answer.items() if key != "replay"},
    }
    db.session.flush()
    audit.record("fill-vacancy", "election", election_id, {"departed": gone, "elected": filled})
    left = ", ".join(names.get(one, one) for one in gone)
    told = "\n".join([answer["story"]["headline"] + ".", *answer["story"]["summary"]])
    motion_letters.write_to_all(
        f"A seat was filled again: {election.title}"[:200],
        f"{left} left. The ballots of the election were counted again.\n\n{told}",
        f"/elections/{election_id}",
    )
    return election


def _poll(election: Election) -> Poll:
    """The poll whose ballots are counted again. Raises: RuleBroken."""
    poll = elections.poll_of(election)
    if election.state != "declared" or (poll is not None and not (poll.result or {}).get("elected")):
        raise RuleBroken("nobody-sits", "Nobody was elected, so no seat can fall free.")
    if poll is None:
        words = (
            "They were elected without a vote, so there are no ballots to count again. Hold an election for the seat."
        )
        raise RuleBroken("no-ballots", words)
    return poll


def _recount(
    election: Election, poll: Poll, departed: Collection[UUID], unavailable: Collection[UUID]
) -> dict[str, Any]:
    sitting = elections.seated(election)
    before: Mapping[str, Any] = election.vacancy or {}
    _check(election, sitting, departed, unavailable)
    draw = boards.body_of(poll.id, "lots")
    kept_draw = {key: draw[key] for key in ("seed", "head", "dice")} if draw else None
    problem = counting.election_problem(poll, closing.read_ballots(poll), kept_draw)
    gone = {str(one) for one in departed}
    out = {*before.get("unavailable", ()), *(str(one) for one in unavailable)}
    problem["vacancy"] = {
        "departed": sorted({*before.get("departed", ()), *gone}),
        "unavailable": sorted(out.difference(gone)),
        "sitting": sorted(str(one.id) for one in sitting if str(one.id) not in gone),
    }
    return count_problem(problem, {})


def _check(
    election: Election, sitting: Sequence[Candidate], departed: Collection[UUID], unavailable: Collection[UUID]
) -> None:
    seats = {one.id for one in sitting}
    errors = {}
    if not departed:
        errors["departed"] = "Say who left"
    elif not seats.issuperset(departed):
        errors["departed"] = "Choose among those who hold a seat"
    known = {one.id for one in nominations.list_candidates(election.id)}
    if not known.issuperset(unavailable):
        raise NotFound("candidate")
    if seats.difference(departed).intersection(unavailable):
        errors["unavailable"] = "Somebody who holds a seat and stays cannot be unavailable: say that they left"
    if errors:
        raise InvalidInput(errors)
