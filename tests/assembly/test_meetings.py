"""Meetings: notice in clear days, agenda, who is there, the quorum at opening and closing, and by correspondence."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from federation.assembly.jobs_meetings import turn_window
from federation.assembly.models import Motion
from federation.assembly.services import agenda, attendance, meeting_calendar, meetings, representation
from staffbank.calendars import read_calendar
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door, db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.jobs import Task
from tenants.models import Mail
from tenants.scope import office_scope
from tests.factories.assembly import found_assembly
from tests.factories.meetings import STARTS, called, come, drafted, opened, terms
from tests.factories.motions import admitted
from tests.factories.tenants import make_membership, make_person

pytestmark = pytest.mark.usefixtures("app")
LAST_DAY = datetime(2027, 2, 17, 23, 59, tzinfo=UTC)
"""For 14 clear days before the meeting of Thursday 4 March 2027: neither 17 February nor 4 March counts."""


def letters() -> list[tuple[str, str]]:
    with at_the_door():
        return [(row.subject, row.body) for row in db.session.scalars(db.select(Mail).order_by(Mail.created_at))]


def test_notice_goes_out_on_the_last_day_and_not_a_day_later() -> None:
    found = found_assembly(notice_days=14)
    made = drafted(found)
    with clock.stopped_at(LAST_DAY + timedelta(minutes=1)), acting_for_federation(found.officer):
        with pytest.raises(RuleBroken, match=r"14 clear days.*by Wednesday 17 February 2027.*Friday 5 March 2027"):
            meetings.call_meeting(made)
        assert meetings.get_meeting(made).state == "draft"
    assert letters() == []
    with clock.stopped_at(LAST_DAY), acting_for_federation(found.officer):
        row = meetings.call_meeting(made)
        assert (row.state, row.notice_days, sum(row.weights.values())) == ("called", 14, 8)
    told = letters()
    assert len(told) == 6 and all("1. Report of the board" in body and "Town hall, Leeds" in body for _, body in told)


def test_the_rule_of_a_motion_on_the_agenda_lengthens_the_notice() -> None:
    found = found_assembly(notice_days=7, special={"notice_days": 28})
    motion = admitted(found, "Afon Care")
    made = drafted(found)
    with acting_for_federation(found.officer):
        item = agenda.add_item(made, motion_id=motion)
        assert meetings.notice_days(made) == 7
        db.session.get_one(Motion, motion).kind = "special"
        assert meetings.notice_days(made) == 28
        agenda.move_item(made, item.id, -1)
        assert [one.row.place for one in agenda.list_items(made)] == [1, 2]
        assert agenda.list_items(made)[0].motion is not None
        agenda.remove_item(made, item.id)
        with pytest.raises(InvalidInput, match="Say what it is about"):
            agenda.add_item(made)
        assert meetings.last_day(meetings.get_meeting(made)) == date(2027, 2, 24)


def test_by_correspondence_no_notice_is_too_late_and_the_window_turns_by_itself() -> None:
    found = found_assembly(notice_days=14)
    tomorrow = clock.now() + timedelta(days=1)
    made = called(found, tomorrow, way="correspondence")
    coop = found.coops["Afon Care"]
    with acting_for(coop, found.delegates[coop]), pytest.raises(RuleBroken, match="two hours before"):
        attendance.come(made, "online")
    for moment, state in ((tomorrow, "open"), (tomorrow + timedelta(hours=2), "closed")):
        with clock.stopped_at(moment), acting_for_federation():
            task = Task(uuid4(), office_scope(None))
            assert turn_window(task, str(made), moment.isoformat()) == {"outcome": state}
            assert turn_window(task, str(made), moment.isoformat()) == {"outcome": state}


def test_a_draft_is_the_offices_alone_and_its_hours_are_checked() -> None:
    found = found_assembly()
    made = drafted(found)
    coop = found.coops["Afon Care"]
    with acting_for(coop, found.delegates[coop]):
        assert list(meetings.list_coming()) == []
        with pytest.raises(NotFound):
            meetings.get_meeting(made)
        with pytest.raises(NotFound):
            attendance.come(made, "room")
    with acting_for_federation(found.officer):
        wrong = terms(clock.now() - timedelta(days=1), way="hybrid", title=" ", place="", link="javascript:alert(1)")
        with pytest.raises(InvalidInput) as refused:
            meetings.draft(wrong)
        assert set(refused.value.errors) == {"title", "place", "link", "starts_at"}


def test_an_hour_that_the_clocks_skip_is_refused_and_clear_days_are_days_of_london() -> None:
    with pytest.raises(ValueError, match="no such hour"):
        clock.london_moment(date(2027, 3, 28), time(1, 30))
    # Half past midnight on the 29th, in summer, is still the 28th in UTC: London's days decide on both sides.
    found = found_assembly(notice_days=1)
    made = drafted(found, clock.london_moment(date(2027, 3, 29), time(0, 30)))
    with clock.stopped_at(datetime(2027, 3, 27, 0, 0, tzinfo=UTC)), acting_for_federation(found.officer):
        assert meetings.call_meeting(made).state == "called"
    late = drafted(found, clock.london_moment(date(2027, 3, 29), time(0, 30)))
    with clock.stopped_at(datetime(2027, 3, 27, 23, 59, tzinfo=UTC)), acting_for_federation(found.officer):
        assert meetings.call_meeting(late).state == "called"
    too_late = drafted(found, clock.london_moment(date(2027, 3, 29), time(0, 30)))
    with (
        clock.stopped_at(datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),
        acting_for_federation(found.officer),
        pytest.raises(RuleBroken, match="by Saturday 27 March 2027"),
    ):
        meetings.call_meeting(too_late)


def test_a_proxy_counts_while_its_holder_is_there_and_only_then() -> None:
    found = found_assembly(quorum={"coops_percent": "50", "weight_percent": "50"})
    afon, cwm = found.coops["Afon Care"], found.coops["Cwm Care"]
    with clock.stopped_at(STARTS):
        with acting_for(cwm, found.delegates[cwm]):
            representation.give_proxy(afon, clock.today(), clock.today())
        made = opened(found, "Beacon Care")
        seen_by = [acting_for_federation(found.officer), acting_for(afon, found.delegates[afon])]
        with seen_by[0]:
            row = meetings.get_meeting(made)
            reading = attendance.quorum_now(row)
            # Two of eight votes, one of three co-ops: neither head is met.
            assert (reading.coops, reading.coops_need, reading.weight, reading.weight_need) == (1, 2, 2, 4)
            assert row.opening_quorum is not None and not row.opening_quorum["met"]
        come(found, made, "Afon Care", "online")
        with seen_by[1]:
            seats = {seat.name: seat for seat in attendance.seats(meetings.get_meeting(made))}
            assert (seats["Cwm Care"].way, seats["Cwm Care"].by, seats["Afon Care"].way) == (
                "proxy",
                str(afon),
                "online",
            )
            attendance.leave(made)
            assert {seat.name for seat in attendance.seats(meetings.get_meeting(made)) if seat.there} == {"Beacon Care"}
            attendance.come(made, "room")
        with acting_for_federation(found.officer):
            closed = meetings.close_meeting(made)
            assert closed.closing_quorum is not None and closed.closing_quorum["met"]
            assert [seat.way for seat in attendance.seats_kept(closed.closing_quorum)] == ["room", "room", "proxy"]


def test_only_a_delegate_signs_in_and_only_from_two_hours_before() -> None:
    found = found_assembly()
    with clock.stopped_at(STARTS - timedelta(days=60)):
        made = called(found)
    coop = found.coops["Afon Care"]
    with (
        clock.stopped_at(STARTS - timedelta(hours=2, seconds=1)),
        acting_for(coop, found.delegates[coop]),
        pytest.raises(RuleBroken, match="two hours before"),
    ):
        attendance.come(made, "room")
    with clock.stopped_at(STARTS - timedelta(hours=2)):
        with acting_for(coop, found.managers[coop]), pytest.raises(RuleBroken, match="Only a delegate"):
            attendance.come(made, "room")
        come(found, made, "Afon Care")
        other = make_membership(coop, "delegate", make_person("Ann Alder"))
        with acting_for(coop, other):
            attendance.leave(made)
            assert [row.left_at for row in attendance.list_attendance(made)] == [None]
        with acting_for_federation(found.officer):
            attendance.let_in(made, found.coops["Cwm Care"], "Gwen by hand", "room")
            assert attendance.quorum_now(meetings.get_meeting(made)).weight == 6
            with pytest.raises(RuleBroken, match="It begins Thursday 4 March 2027, 6:30pm"):
                meetings.open_meeting(made)


def test_a_change_after_the_notice_is_told_and_needs_its_own_clear_days() -> None:
    found = found_assembly(notice_days=14)
    with clock.stopped_at(STARTS - timedelta(days=60)):
        made = called(found)
    with clock.stopped_at(LAST_DAY + timedelta(days=2)), acting_for_federation(found.officer):
        with pytest.raises(InvalidInput, match="Say why"):
            meetings.change(made, terms(place="Library, York"))
        with pytest.raises(RuleBroken, match="14 clear days"):
            meetings.change(made, terms(STARTS + timedelta(hours=1)), "The hall is taken")
        meetings.change(made, terms(place="Library, York"), "The hall is taken")
        written = meeting_calendar.calendar(meetings.get_meeting(made), "http://x")
        [busy] = read_calendar(written, STARTS - timedelta(days=1), STARTS + timedelta(days=1))
        assert (busy.start, busy.summary) == (STARTS, "Spring meeting") and b"LOCATION:Library\\, York" in written
        meetings.cancel(made, "Snow")
        assert b"STATUS:CANCELLED" in meeting_calendar.calendar(meetings.get_meeting(made), "http://x")
    assert [subject for subject, _ in letters()[6:]] == ["A meeting has changed: Spring meeting"] * 6 + [
        "Cancelled: Spring meeting"
    ] * 6
