"""Requests for cover: the hours of October and March, repetition, absence, the own staff's window, warnings, estimates."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbank.services import bank_policy, clients, cover_acts, matching, requests, shifts
from staffbank.services.clients import ClientFacts
from staffbank.services.requests import NewRequest, RequestFilter
from staffbank.services.shifts import Hours, ShiftPlan, check_plans, repeated
from tenants import audit, clock, jobs
from tenants.db import acting_for
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tests.factories.cover import first_shift, in_hours, make_client, make_request
from tests.factories.staffbank import make_block, make_carer
from tests.factories.tenants import make_coop, make_manager

Jobs = Callable[[], list[str]]
NOW = datetime(2026, 10, 1, 7, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_in_october_is_asked_about_and_then_taken_as_said() -> None:
    day, hours = date(2026, 10, 25), Hours(time(1, 30), time(6))
    with pytest.raises(InvalidInput, match="comes twice"):
        repeated(day, hours)
    first, second = (repeated(day, Hours(hours.start, hours.end, (fold, None)))[0] for fold in (0, 1))
    assert second.starts_at - first.starts_at == timedelta(hours=1)
    assert (first.ends_at - first.starts_at, second.ends_at - second.starts_at) == (
        timedelta(hours=5.5),
        timedelta(hours=4.5),
    )


def test_the_hour_that_never_comes_in_march_is_refused_also_in_a_repetition() -> None:
    hours = Hours(time(1, 15), time(5))
    with pytest.raises(InvalidInput, match="Sunday 29 March 2026"):
        repeated(date(2026, 3, 15), hours, every="weekly", until=date(2026, 4, 5))
    assert len(repeated(date(2026, 3, 16), hours, every="weekly", until=date(2026, 4, 6))) == 4


def test_a_week_keeps_its_hours_on_the_clock_over_the_change() -> None:
    plans = repeated(date(2026, 10, 19), Hours(time(17, 30), time(21)), every="weekly", until=date(2026, 10, 26))
    assert [plan.starts_at.astimezone(clock.LONDON).hour for plan in plans] == [17, 17]
    assert plans[1].starts_at - plans[0].starts_at == timedelta(days=7, hours=1)


def test_more_than_200_shifts_are_refused_in_words() -> None:
    hours = Hours(time(9), time(10))
    assert len(repeated(date(2026, 1, 1), hours, every="daily", until=date(2026, 7, 19))) == 200
    with pytest.raises(InvalidInput, match=r"This makes 201 shifts\. One request has at most 200"):
        repeated(date(2026, 1, 1), hours, every="daily", until=date(2026, 7, 20))


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 364))
def test_a_repeated_shift_is_never_longer_than_a_day_nor_reversed(start: int, end: int, days: int) -> None:
    try:
        plans = repeated(date(2026, 1, 1) + timedelta(days=days), Hours(time(start), time(end)))
    except InvalidInput:
        return
    assert timedelta(0) < plans[0].ends_at - plans[0].starts_at <= timedelta(hours=24)
    assert plans[0].starts_at.astimezone(clock.LONDON).hour == start


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(1, 24)), min_size=1, max_size=6))
def test_shifts_of_a_request_never_overlap(times: list[tuple[int, int]]) -> None:
    plans = [ShiftPlan(NOW + timedelta(hours=start), NOW + timedelta(hours=start + length)) for start, length in times]
    try:
        ordered = check_plans(plans, NOW)
    except InvalidInput:
        return
    assert all(before.ends_at <= after.starts_at for before, after in pairwise(ordered))


@pytest.mark.parametrize(
    ("start", "length", "words"),
    [(5, -1, "after the start"), (5, 25, "longer than 24 hours"), (-1, 4, "is over"), (24 * 400, 4, "a year ahead")],
)
def test_impossible_times_are_refused(start: int, length: int, words: str) -> None:
    plan = ShiftPlan(NOW + timedelta(hours=start), NOW + timedelta(hours=start + length))
    with pytest.raises(InvalidInput, match=words):
        check_plans([plan], NOW)


def test_an_absence_takes_the_rota_of_the_carer_and_leaves_leave_out(app) -> None:
    host = make_coop()
    carer, other = make_carer(host), make_carer(host)
    for day in (1, 2, 9):
        make_block(carer, in_hours(24 * day).starts_at, 6)
    make_block(carer, in_hours(24 * 3).starts_at, 6, "leave")
    make_block(other, in_hours(24).starts_at, 6)
    today = clock.today()
    with acting_for(host):
        plans = shifts.absence(carer.id, today, today + timedelta(days=5))
        assert [plan.starts_at for plan in plans] == [in_hours(24).starts_at, in_hours(48).starts_at]
        with pytest.raises(InvalidInput, match="Nothing stands on"):
            shifts.absence(carer.id, today + timedelta(days=20), today + timedelta(days=21))


def test_where_somebody_lives_is_never_published_finer_than_the_outcode(app) -> None:
    host = make_coop()
    exact = ClientFacts("Mrs Pugh", "LS1", latitude=Decimal("53.797411"), longitude=Decimal("-1.543211"))
    with acting_for(host):
        client = clients.add_client(exact)
        request = requests.draft_request(NewRequest("leave", [in_hours(99)], client_id=client.id))
        assert (request.outcode, str(request.latitude), str(request.longitude)) == ("LS1", "53.8", "-1.55")
        lerwick = {"latitude": Decimal("60.123456"), "longitude": Decimal("-1.234567")}
        elsewhere = clients.add_client(ClientFacts("Mr Lloyd", "ZE3", **lerwick))
        request = requests.draft_request(NewRequest("leave", [in_hours(99)], client_id=elsewhere.id))
        assert (str(request.latitude), str(request.longitude)) == ("60.12", "-1.23")
        with pytest.raises(InvalidInput, match="We do not know where ZE3 is yet"):
            clients.add_client(ClientFacts("Mrs Rees", "ZE3"))


def test_the_estimate_counts_every_seat_with_journey_and_vat(app) -> None:
    host = make_coop()
    with acting_for(host):
        one = requests.draft_request(NewRequest("leave", [in_hours(99, 4)], outcode="LS1")).estimate
        two = requests.draft_request(NewRequest("leave", [in_hours(99, 4, seats=2)], outcode="LS1")).estimate
    assert {line["kind"] for line in one["lines"]} == {"care", "travel", "mileage"}
    assert sum(line["pence"] for line in one["lines"]) == one["net_pence"]
    assert one["gross_pence"] == one["net_pence"] + one["vat_pence"] == one["cost_pence"]
    assert (one["irrecoverable_pence"], one["exempt_pence"]) == (one["vat_pence"], one["net_pence"])
    assert two["net_pence"] == 2 * one["net_pence"]


def test_a_host_that_reclaims_vat_bears_none(app) -> None:
    host = make_coop()
    with acting_for(host, make_manager(host)):
        values = {"lends_as": "standard", "vat_evidence": "", "reclaims_vat": True}
        bank_policy.save_policy(values, 0)
        told = requests.draft_request(NewRequest("leave", [in_hours(99)], outcode="LS1")).estimate
    assert (told["irrecoverable_pence"], told["cost_pence"]) == (0, told["net_pence"])


def test_a_long_shift_is_not_approved_before_its_break_is_said(app) -> None:
    host = make_coop()
    request_id = make_request(host, [in_hours(99, 7)], reason="leave", approved=False)
    with acting_for(host, make_manager(host)):
        with pytest.raises(RuleBroken, match="break of 20 minutes"):
            cover_acts.approve_request(request_id)
        cover_acts.set_aside(request_id, "breaks", "Half an hour at noon.")
        held = cover_acts.approve_request(request_id)
        assert (held.state, held.overrides[0]["role"]) == ("own_staff", "manager")
        with pytest.raises(RuleBroken, match="approved or called off already"):
            cover_acts.approve_request(request_id)


def test_a_draft_that_is_past_cannot_be_approved_and_an_open_request_is_past_after_its_time(
    app, run_jobs: Jobs
) -> None:
    host = make_coop()
    draft = make_request(host, [in_hours(2, 1)], approved=False)
    shared = make_request(host, [in_hours(2, 1)])
    with clock.stopped_at(clock.now() + timedelta(hours=4)), acting_for(host):
        with pytest.raises(RuleBroken, match="begin before now"):
            cover_acts.approve_request(draft)
        assert cover_acts.close_when_over(shared) == "past"
        with pytest.raises(RuleBroken):
            matching.start_match(shared)


def test_later_work_is_planned_when_a_request_is_approved(app) -> None:
    host = make_coop()
    make_request(
        host,
        [in_hours(300)],
        reason="leave",
        needs=("medication", "hoist"),
        fallback_hours=168,
        fallback_needs=("hoist",),
    )
    with acting_for(host):
        assert [work.kind for work in jobs.list_work()] == ["match-cover"], "the rest is not shown to people"
        held = requests.list_requests()[0][0].request
        assert held.approved_at is not None and held.fallback_from is not None
        assert held.own_staff_until - held.approved_at == timedelta(hours=72)
        assert requests.needs_at(held, held.fallback_from - timedelta(seconds=1)) == ["hoist", "medication"]
        assert requests.needs_at(held, held.fallback_from) == ["hoist"]


def test_what_nobody_could_mean_is_refused_by_field(app) -> None:
    host = make_coop()
    new = NewRequest(
        "boredom", [in_hours(9)], risk=9, needs=("dbs",), client_id=uuid4(), absent_carer_id=uuid4(), way="loud",
        vat_treatment="none", fallback_hours=7,
    )  # fmt: skip
    with acting_for(host), pytest.raises(InvalidInput) as refused:
        requests.draft_request(new)
    assert set(refused.value.errors) == {
        "reason", "risk", "needs", "client_id", "absent_carer_id", "way", "vat_treatment", "fallback_hours",
    }  # fmt: skip


def test_requests_are_numbered_listed_and_filtered_for_their_own_co_op(app) -> None:
    host, other = make_coop(), make_coop()
    for hours in (20, 400):
        make_request(host, [in_hours(hours)], approved=hours == 20)
    make_request(other)
    with acting_for(host):
        rows, total = requests.list_requests()
        assert ([row.request.number for row in rows], total) == ([2, 1], 2)
        assert [row.request.number for row in requests.list_requests(RequestFilter("draft"))[0]] == [2]
        soon = RequestFilter(starts_before=clock.now() + timedelta(days=7))
        assert [(row.request.number, row.shifts, row.open_shifts) for row in requests.list_requests(soon)[0]] == [
            (1, 1, 1)
        ]
        first = rows[0].request.id
    with acting_for(other), pytest.raises(NotFound):
        requests.get_request(first)


def test_times_are_moved_while_nobody_was_asked(app) -> None:
    host = make_coop()
    request_id = make_request(host)
    shift, starts_at, ends_at = first_shift(host, request_id)
    with acting_for(host):
        moved = cover_acts.move_shift(request_id, shift, starts_at + timedelta(minutes=30), ends_at)
        assert moved.starts_at == starts_at + timedelta(minutes=30)
        assert audit.list_record(request_id)[0].act == "move-shift"
        with pytest.raises(InvalidInput, match="after the start"):
            cover_acts.move_shift(request_id, shift, ends_at, starts_at)


def test_a_client_is_added_changed_and_found_by_a_word(app) -> None:
    host = make_coop()
    client_id = make_client(host, "Mrs Pugh")
    make_client(host, "100% Lloyd")
    with acting_for(host):
        clients.change_client(client_id, ClientFacts("Mrs Pugh-Jones", "LS6", notes="Key safe 1234"))
        assert [one.name for one in clients.list_clients("JONES")[0]] == ["Mrs Pugh-Jones"]
        assert [one.name for one in clients.list_clients("%")[0]] == ["100% Lloyd"]
        told = audit.list_record(client_id)[0]
        assert told.facts == {"fields": ["name", "outcode", "latitude", "longitude", "notes"]}
