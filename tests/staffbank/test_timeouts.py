"""Time limits: what happens when nobody answers is what each co-op has chosen; a broadcast is decided by the optimiser."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from staffbank.models import BankPolicy
from staffbank.services import broadcasts, offering, placements, timeouts
from staffbank.services.bank_policy import get_policy, save_policy
from tenants import clock, jobs
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.errors import RuleBroken
from tenants.models import Mail
from tests.factories.cover import in_hours, make_client
from tests.factories.offers import MadeCover, make_cover, make_offer, moved
from tests.factories.staffbank import make_bank

pytestmark = pytest.mark.usefixtures("app")


def choose_policy(tenant_id: UUID, **fields) -> None:
    with acting_for(tenant_id):
        held = get_policy()
        values = {"lends_as": "standard", "vat_evidence": "", **fields}
        save_policy(values, held.version)
        assert db.session.get(BankPolicy, tenant_id) is not None


def run_out(cover: MadeCover, placement_id: UUID) -> str:
    """What becomes of a placement a second after its time limit."""
    with acting_for(cover.host):
        until: datetime = placements.get_placement(placement_id, "host").expires_at
    with clock.stopped_at(until + timedelta(seconds=1)), acting_for_federation():
        return timeouts.run_out(placement_id)


def test_nothing_is_done_before_the_time() -> None:
    cover = make_cover()
    placement_id = make_offer(cover)
    with acting_for_federation():
        assert timeouts.run_out(placement_id) == "offered"


def test_an_offer_that_nobody_answers_runs_out() -> None:
    cover = make_cover()
    assert run_out(cover, make_offer(cover)) == "expired"


@pytest.mark.parametrize(("releases", "state"), [(True, "released"), (False, "expired")])
def test_a_home_co_ops_silence_does_what_it_has_chosen(releases: bool, state: str) -> None:
    cover = make_cover(shifts=[in_hours(200)])
    carer = cover.lent[0]
    choose_policy(carer.tenant_id, releases_by_default=releases)
    placement_id = make_offer(cover)
    moved(cover, placement_id, carer, "accept")
    assert run_out(cover, placement_id) == state


@pytest.mark.parametrize(("confirms", "state"), [(True, "confirmed"), (False, "expired")])
def test_a_hosts_silence_does_what_it_has_chosen(confirms: bool, state: str) -> None:
    cover = make_cover(shifts=[in_hours(200)])
    carer = cover.lent[0]
    choose_policy(cover.host, confirms_by_default=confirms)
    placement_id = make_offer(cover)
    moved(cover, placement_id, carer, "accept", "release")
    assert run_out(cover, placement_id) == state


def test_silence_does_not_confirm_a_second_carer_for_one_seat(run_jobs) -> None:
    cover = make_cover(shifts=[in_hours(200)])
    one, two = cover.lent
    first, second = make_offer(cover, one), make_offer(cover, two)
    moved(cover, first, one, "accept", "release")
    moved(cover, second, two, "accept", "release")
    assert run_out(cover, first) == "confirmed"
    with acting_for_federation():
        deferred = jobs.defer("withdraw-others", {"placement_id": str(first)}, label="As asked for at that hour")
    run_jobs()
    with acting_for_federation():
        assert jobs.get_work(deferred).result == {"withdrawn": 1}
    with acting_for(cover.host):
        assert placements.get_placement(second, "host").state == "withdrawn"


def test_the_job_of_a_co_op_that_has_no_part_does_nothing(run_jobs) -> None:
    cover = make_cover()
    placement_id = make_offer(cover)
    with acting_for(cover.bank.coops[2]):
        work = jobs.defer("expire-placements", {"placement_id": str(placement_id)}, label="Not ours", shown=False)
    with acting_for(cover.host):
        until = placements.get_placement(placement_id, "host").expires_at
    with clock.stopped_at(until + timedelta(seconds=2)):
        run_jobs()
    with acting_for(cover.bank.coops[2]):
        assert jobs.get_work(work).result == {"outcome": "unknown"}


def test_every_step_writes_to_those_it_concerns_and_names_nobody_who_is_cared_for(run_jobs) -> None:
    bank = make_bank(3, 1)
    client_id = make_client(bank.coops[0], "Mrs Secretname")
    cover = make_cover(bank, client_id=client_id)
    placement_id = make_offer(cover)
    moved(cover, placement_id, cover.lent[0], "accept", "release", "confirm", "cancel")
    run_jobs()
    with at_the_door():
        letters = [(mail.subject, mail.body) for mail in db.session.query(Mail)]
    subjects = " ".join(subject for subject, _ in letters)
    for words in ("An offer of work", "Please release", "Please confirm", "Confirmed:", "Cancelled:"):
        assert words in subjects
    assert not any("Secretname" in body or "Secretname" in subject for subject, body in letters)


def make_broadcast(cover: MadeCover) -> tuple[list[UUID], datetime]:
    """Everybody is asked; the answer is the placements and the deadline."""
    with acting_for(cover.host, cover.manager):
        made = offering.ask_all(cover.request_id)
        return made, placements.get_placement(made[0], "host").expires_at


def carer_of(cover: MadeCover, placement_id: UUID):
    with acting_for(cover.host):
        wanted = placements.get_placement(placement_id, "host").carer_id
    return next(carer for carer in cover.bank.all if carer.id == wanted)


def test_in_a_broadcast_the_optimiser_decides_and_not_the_first_tap(run_jobs) -> None:
    cover = make_cover(make_bank(4, 1), shifts=[in_hours(17), in_hours(22)])
    made, until = make_broadcast(cover)
    both = [cover.lent[0], cover.lent[1]]
    for placement_id in made:
        if carer_of(cover, placement_id) in both:
            moved(cover, placement_id, carer_of(cover, placement_id), "interest")
    with acting_for_federation():
        problem = broadcasts.read_problem(cover.request_id)
    assert problem is not None and len(problem["workers"]) == 2 and len(problem["shifts"]) == 2
    with acting_for(cover.host):
        work = jobs.defer("decide-broadcast", {"request_id": str(cover.request_id)}, label="Choose")
    with clock.stopped_at(until + timedelta(seconds=1)):
        run_jobs()
    with acting_for(cover.host):
        assert jobs.get_work(work).state == "done"
        legs = placements.list_for_request(cover.request_id)
        accepted = [leg for leg in legs if leg.state == "accepted"]
        assert len({leg.shift_id for leg in accepted}) == len(accepted) == 2
        assert {leg.carer_id for leg in accepted} <= {carer.id for carer in both}
        assert {leg.state for leg in legs} == {"accepted", "not_chosen"}


def test_a_choice_before_the_deadline_is_not_made(run_jobs) -> None:
    cover = make_cover()
    made, _ = make_broadcast(cover)
    moved(cover, made[0], carer_of(cover, made[0]), "interest")
    with acting_for(cover.host):
        work = jobs.defer("decide-broadcast", {"request_id": str(cover.request_id)}, label="Choose")
    run_jobs()
    with acting_for(cover.host):
        assert jobs.get_work(work).result == {"outcome": "not-due"}
        assert placements.get_placement(made[0], "host").state == "interested"


def test_a_broadcast_that_nobody_answers_ends_for_all() -> None:
    cover = make_cover()
    made, _ = make_broadcast(cover)
    with acting_for_federation():
        assert broadcasts.read_problem(cover.request_id) is None
        assert broadcasts.keep_choice(cover.request_id, []) == {"chosen": 0, "passed_over": len(made)}


def test_nobody_is_asked_twice_in_a_broadcast() -> None:
    cover = make_cover()
    make_broadcast(cover)
    with pytest.raises(RuleBroken, match="Nobody is left"):
        make_broadcast(cover)
