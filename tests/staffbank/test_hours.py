"""Hours: sent by the carer, agreed in full or in part, disputed with words, accepted; and by default after a week."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from staffbank.models import StaffRecharge
from staffbank.services import carers, hours, payroll
from staffbank.services.hours import AGREES_AFTER
from staffbank.worked_hours import Hours, check_hours, nearest_moment, read_hours, write_hours
from tenants import clock, jobs
from tenants.clock import LONDON
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.downloads import csv_bytes
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.services.mail import list_letters
from tenants.web import HouseFlask
from tests.factories.placements import FRIDAY, hours_of, make_accepted, make_accepted_at_once, make_worked
from tests.factories.staffbank import make_carer
from tests.factories.tenants import make_coop, make_manager


def test_hours_start_from_check_in_and_check_out(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    seen, unseen = make_worked(host, carer), make_worked(host, carer, FRIDAY + timedelta(days=1), seen=False)
    with acting_for(carer.tenant_id, carer.person_id):
        for placement_id in (seen, unseen):
            sheet = hours.get_own_sheet(placement_id, carer.person_id)
            stated = hours.prefilled(sheet)
            assert (stated.start, stated.end) == (sheet.placement.starts_at, sheet.placement.ends_at)
            assert stated.miles == Decimal(8)


def test_hours_go_from_carer_to_host_to_home_and_both_legs_say_so(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_accepted(host, carer)
    for coop, side in ((host, "host"), (carer.tenant_id, "home")):
        with acting_for(coop):
            sheet = hours.get_sheet(placement, side)
            assert (sheet.state, sheet.partly) == ("accepted", False)
            assert sheet.agreed == hours_of()


def test_a_host_may_agree_to_less_but_not_to_more(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer)
    with acting_for(carer.tenant_id, carer.person_id):
        hours.send(placement, carer.person_id, hours_of(travel_minutes=10))
    with acting_for(host), pytest.raises(InvalidInput, match="more than was claimed"):
        hours.agree(placement, hours_of(travel_minutes=20))
    with acting_for(host):
        hours.agree(placement, hours_of(minutes=180))
    with acting_for(carer.tenant_id):
        sheet = hours.get_sheet(placement, "home")
        assert sheet.partly and sheet.curtailed_minutes == 60


def test_a_dispute_goes_back_and_forth_in_one_thread(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    make_manager(host)
    make_manager(carer.tenant_id)
    placement = make_worked(host, carer)
    with acting_for(carer.tenant_id, carer.person_id):
        hours.send(placement, carer.person_id, hours_of())
    with acting_for(host):
        hours.dispute(placement, "host", "She left at nine")
    with acting_for(carer.tenant_id, carer.person_id):
        hours.say(placement, "home", "The daughter let me go")
        hours.send(placement, carer.person_id, hours_of(minutes=200))
    with acting_for(host):
        hours.agree(placement)
        assert [said.by_words for said in hours.list_words(placement, "host")] == ["host", "carer"]
    with acting_for(carer.tenant_id):
        assert hours.list_words(placement, "home")[0].words == "She left at nine"
        hours.accept(placement)
    # The letters wait for a mail server, which this federation does not have.
    assert set(run_jobs()) <= {"done", "waiting"}
    with at_the_door():
        subjects = [letter.subject for letter in list_letters()[0]]
    assert sorted(subjects) == ["Hours are agreed"] * 2 + ["Hours are in dispute"] * 3 + ["Hours wait for you"] * 2


def test_each_act_belongs_to_one_side_alone(app: HouseFlask) -> None:
    host, carer, other = make_coop(), make_carer(), make_coop()
    colleague = make_carer(carer.tenant_id)
    placement = make_worked(host, carer)
    with acting_for(carer.tenant_id, colleague.person_id), pytest.raises(NotFound):
        hours.send(placement, colleague.person_id, hours_of())
    with acting_for(carer.tenant_id, carer.person_id):
        hours.send(placement, carer.person_id, hours_of())
        with pytest.raises(NotFound):
            hours.agree(placement)
    with acting_for(host), pytest.raises(NotFound):
        hours.accept(placement)
    for act in (hours.agree, hours.accept):
        with acting_for(other), pytest.raises(NotFound):
            act(placement)
    for act in (hours.dispute, hours.say):
        with acting_for(other), pytest.raises(NotFound):
            act(placement, "host", "Mine")


def test_hours_are_not_accepted_twice_nor_before_they_are_agreed(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer)
    with acting_for(host), pytest.raises(RuleBroken, match="not sent"):
        hours.agree(placement)
    with acting_for(carer.tenant_id), pytest.raises(RuleBroken):
        hours.accept(placement)
    done = make_accepted(host, carer, hours_of(FRIDAY + timedelta(days=1)))
    with acting_for(carer.tenant_id), pytest.raises(RuleBroken):
        hours.accept(done)


def test_hours_with_check_in_and_out_count_as_agreed_after_a_week(
    app: HouseFlask, run_jobs: Callable[[], list[str]]
) -> None:
    host, carer = make_coop(), make_carer()
    seen, unseen = make_worked(host, carer), make_worked(host, carer, FRIDAY + timedelta(days=1), seen=False)
    sent_at = clock.now() - AGREES_AFTER - timedelta(minutes=1)
    with clock.stopped_at(sent_at), acting_for(carer.tenant_id, carer.person_id):
        hours.send(seen, carer.person_id, hours_of())
        hours.send(unseen, carer.person_id, hours_of(FRIDAY + timedelta(days=1)))
    assert set(run_jobs()) == {"done"}
    with acting_for(host):
        assert hours.get_sheet(seen, "host").state == "agreed"
        assert hours.get_sheet(unseen, "host").state == "sent"


def test_nothing_is_agreed_by_default_before_the_week_is_over(
    app: HouseFlask, run_jobs: Callable[[], list[str]]
) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer)
    with acting_for(carer.tenant_id, carer.person_id):
        hours.send(placement, carer.person_id, hours_of())
        jobs.defer("agree-by-default", {"placement_id": str(placement)}, label="Too soon")
    run_jobs()
    with acting_for(host):
        assert hours.get_sheet(placement, "host").state == "sent"


def test_a_no_show_stands_in_the_list_without_hours(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer, state="no_show")
    with acting_for(host):
        (sheet,) = hours.list_sheets("host")
        assert (sheet.placement.id, sheet.state, sheet.claimed) == (placement, "no_show", None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minutes": -5}, "end"),
        ({"minutes": 25 * 60}, "end"),
        ({"break_minutes": 240}, "break_minutes"),
        ({"awake_minutes": 10}, "awake_minutes"),
        ({"travel_minutes": -1}, "travel_minutes"),
        ({"miles": Decimal("3.14")}, "miles"),
        ({"miles": Decimal(501)}, "miles"),
        ({"vehicle": "boat"}, "vehicle"),
        ({"starts_at": FRIDAY + timedelta(days=2)}, "start"),
        ({"starts_at": FRIDAY.replace(tzinfo=None)}, "start"),
        ({"starts_at": FRIDAY + timedelta(seconds=30)}, "start"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(wrong: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_hours(hours_of(**wrong), (FRIDAY, FRIDAY + timedelta(hours=24)), sleep_in=False)
    assert field in refused.value.errors


@given(
    planned=st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30), timezones=st.just(UTC)),
    away=st.integers(-600, 600),
)
def test_a_typed_time_is_read_on_the_day_nearest_to_the_plan(planned: datetime, away: int) -> None:
    planned = planned.replace(second=0, microsecond=0)
    meant = planned + timedelta(minutes=away)
    read = nearest_moment(meant.astimezone(LONDON).time().replace(tzinfo=None, fold=0), planned)
    # Where the hour comes twice the nearer one is taken.
    assert read == meant or (abs(read - planned) <= abs(meant - planned) and abs(read - meant) == timedelta(hours=1))


def test_a_time_that_never_comes_is_refused() -> None:
    with pytest.raises(InvalidInput, match="never comes"):
        nearest_moment(time(1, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC))


def test_payroll_adds_up_a_month_of_accepted_hours(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer(first_name="=cmd", last_name="", pay_pence_per_hour=1400)
    make_accepted_at_once(host, carer, hours_of(travel_minutes=30, miles=Decimal("6.5")))
    make_accepted_at_once(host, carer, hours_of(FRIDAY + timedelta(days=2), 60))
    make_worked(host, carer, FRIDAY + timedelta(days=3))
    make_accepted_at_once(host, carer, hours_of(FRIDAY + timedelta(days=40), 60))
    with acting_for(carer.tenant_id):
        (row,) = payroll.payroll_rows(date(2026, 10, 20))
        assert (row["placements"], row["plain"], row["unsocial"], row["special"]) == (2, 120, 120, 60)
        assert (row["travel_minutes"], row["miles"]) == (30, "6.5")
        # 2 h × £14 + 2 h × £17.50 + 1 h × £21, half an hour's travel at £13.45, 6.5 miles at 55p.
        assert (row["care_pence"], row["travel_pence"], row["mileage_pence"]) == (8400, 673, 358)
        assert row["pay_pence"] == 8400 + 673 + 358
        assert "reaches the floor" in row["floor"]
        assert b",'=cmd," in csv_bytes(payroll.COLUMNS, [row])
    with acting_for(host):
        assert payroll.payroll_rows(date(2026, 10, 1)) == []


def test_pay_below_the_floor_over_the_month_is_told_with_travel_in_it(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer(pay_pence_per_hour=1271)
    make_accepted_at_once(host, carer, hours_of())
    with acting_for(carer.tenant_id):
        enough = payroll.list_month(date(2026, 10, 1))[0].floor
        assert enough and enough.met
        carers.get_carer(carer.id).pay_pence_per_hour = 1250
    with acting_for(carer.tenant_id):
        floor = payroll.list_month(date(2026, 10, 1))[0].floor
        assert floor and (floor.met, floor.shortfall_pence) == (False, 84)


def test_a_sleep_in_pays_the_night_and_the_time_awake(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer(pay_pence_per_hour=1400)
    night = FRIDAY.replace(hour=21)
    placement = make_worked(host, carer, night, 540, sleep_in=True)
    with acting_for(carer.tenant_id, carer.person_id):
        hours.send(placement, carer.person_id, hours_of(night, 540, awake_minutes=60))
    with acting_for(host):
        hours.agree(placement)
    with acting_for(carer.tenant_id):
        hours.accept(placement)
        (row,) = payroll.payroll_rows(date(2026, 10, 1))
        assert (row["sleep_ins"], row["unsocial"], row["care_pence"], row["sleep_in_pence"]) == (1, 60, 1750, 5500)


@given(
    st.builds(
        hours_of,
        st.just(FRIDAY),
        st.integers(1, 1440),
        break_minutes=st.integers(0, 60),
        travel_minutes=st.integers(0, 200),
        miles=st.decimals(0, 500, places=1),
        vehicle=st.sampled_from(("car", "cycle")),
    )
)
def test_hours_are_kept_as_they_were_stated(stated: Hours) -> None:
    assert read_hours(write_hours(stated)) == stated


def test_accepting_leaves_a_recharge_to_be_made(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    make_accepted(host, carer)
    run_jobs()
    with acting_for_federation():
        assert len(db.session.scalars(select(StaffRecharge)).all()) == 2
