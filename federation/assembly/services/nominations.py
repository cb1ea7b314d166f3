"""Who stands in an election: nominated by a co-op with their own agreement, and withdrawn while that is still possible."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from federation.assembly.models import Candidate, Election
from federation.assembly.services.crossing import call
from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken

LONGEST_NAME = 120
LONGEST_STATEMENT = 2000


def list_candidates(election_id: UUID, *, withdrawn: bool = False) -> Sequence[Candidate]:
    """Those who stand, by name; with `withdrawn` those who took their name back as well, last. Any scope."""
    chosen = select(Candidate).where(Candidate.election_id == election_id)
    if not withdrawn:
        chosen = chosen.where(Candidate.state == "nominated")
    chosen = chosen.order_by(Candidate.state, func.lower(Candidate.name), Candidate.id)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).all()


def get_candidate(candidate_id: UUID) -> Candidate:
    """One candidate. Any scope. Raises: NotFound."""
    found = db.session.get(Candidate, candidate_id, populate_existing=True)
    if found is None:
        raise NotFound("candidate")
    return found


def stand(election_id: UUID, name: str, class_name: str = "", statement: str = "", *, agreed: bool) -> Candidate:
    """Nominate somebody who has agreed to stand. Member scope.

    Raises: NotFound, InvalidInput, RuleBroken when the time is over, the class is none, or somebody of this name stands.
    """
    name, statement = " ".join(name.split()), statement.strip()
    errors = {}
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        errors["name"] = f"Enter the name, in at most {LONGEST_NAME} letters"
    if len(statement) > LONGEST_STATEMENT:
        errors["statement"] = f"Use at most {LONGEST_STATEMENT:,} letters"
    if not agreed:
        errors["agreed"] = "Nobody stands without having agreed: ask them first"
    if errors:
        raise InvalidInput(errors)
    made = call(
        "candidate_stand",
        of_election=election_id,
        its_name=name,
        its_class=class_name.strip(),
        its_statement=statement,
        at=clock.now(),
    )
    audit.record("nominate", "candidate", made, {"election": str(election_id), "agreed": True})
    return get_candidate(made)


def withdraw(candidate_id: UUID) -> Candidate:
    """Take a nomination of the own co-op back, until voting opens. Member scope. Raises: NotFound, RuleBroken."""
    call("candidate_withdraw", of_candidate=candidate_id, at=clock.now())
    audit.record("withdraw-nomination", "candidate", candidate_id)
    return get_candidate(candidate_id)


def strike(candidate_id: UUID, why: str) -> Candidate:
    """Take somebody off the list who died, left or cannot serve, until voting opens. Office scope.

    Raises: NotFound, InvalidInput without a reason, RuleBroken once voting has begun.
    """
    reason = why.strip()
    if not 1 <= len(reason) <= 2000:
        raise InvalidInput({"why": "Say why: the record keeps it"})
    candidate = db.session.get(Candidate, candidate_id, populate_existing=True, with_for_update=True)
    if candidate is None:
        raise NotFound("candidate")
    election = db.session.get(Election, candidate.election_id, populate_existing=True, with_for_update=True)
    if election is None or election.state not in ("nominations", "listed") or candidate.state != "nominated":
        raise RuleBroken("voting-has-begun", "Voting has begun, so the list of candidates stands.")
    candidate.state = "withdrawn"
    db.session.flush()
    audit.record("strike-candidate", "candidate", candidate_id, {"election": str(election.id), "why": reason[:500]})
    return candidate
