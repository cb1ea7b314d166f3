"""The register: what takes whose place, what the co-ops have done, and the reminder of a review."""

from datetime import timedelta
from uuid import UUID

import pytest

from federation.assembly.services import policies
from federation.assembly.services.motions import Wording
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.errors import InvalidInput, NotFound
from tenants.models import Mail
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.motions import PLAIN, carried

pytestmark = pytest.mark.usefixtures("app")


def made(found: Assembly, **effect: object) -> UUID:
    carried(found, "Afon Care", Wording(PLAIN.title, PLAIN.text, effect=effect))
    with acting_for_federation():
        return policies.list_policies()[0].id


def test_a_new_policy_takes_the_place_of_an_older_one_on_its_day() -> None:
    found = found_assembly()
    old = made(found)
    start = clock.today() + timedelta(days=30)
    new = made(found, **{"from": start.isoformat(), "supersedes": str(old)})
    with acting_for(found.coops["Cwm Care"]):
        assert [row.number for row in policies.list_in_force()] == [1]
        assert [row.number for row in policies.list_in_force(start)] == [2]
        assert policies.get_policy(old).in_force_until == start - timedelta(days=1)
        successor = policies.find_successor(old)
        assert successor is not None and successor.id == new


def test_a_co_op_tells_what_it_has_done_and_all_read_it() -> None:
    found = found_assembly()
    policy = made(found)
    afon, beacon = found.coops["Afon Care"], found.coops["Beacon Care"]
    with acting_for(afon, found.managers[afon]):
        policies.tell(policy, "begun", "In April")
        policies.tell(policy, "done", "Since May")
        with pytest.raises(InvalidInput):
            policies.tell(policy, "perhaps")
        with pytest.raises(NotFound):
            policies.tell(found.scheme_id, "done")
    with acting_for(beacon):
        reports = policies.reports_of(policy)
        assert {coop: (row.state, row.words) for coop, row in reports.items()} == {afon: ("done", "Since May")}
        assert policies.told_by_us() == {} and policies.count_reports() == {policy: 1}


def test_all_are_reminded_when_the_day_of_review_has_come_and_not_before(run_jobs) -> None:
    found = found_assembly()
    policy = made(found)
    review = clock.today() + timedelta(days=3)
    with acting_for_federation(found.officer):
        with pytest.raises(InvalidInput):
            policies.set_review(policy, clock.today() - timedelta(days=1))
        policies.set_review(policy, review)
        assert policies.list_due_for_review() == [] and policies.remind_of_review(policy) == 0
        policies.set_review(policy, clock.today())
    assert "failed" not in run_jobs()
    with at_the_door():
        told = db.session.scalars(db.select(Mail.person_id).where(Mail.subject.contains("due for review"))).all()
    assert set(told) == {found.officer, *found.delegates.values(), *found.managers.values()}
