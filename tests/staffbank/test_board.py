"""The week board, what waits, and the map: what each side is shown, from real rows behind the wall."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from staffbank.models import Timesheet
from staffbank.rules import Tally, monday_of, part_of_day, stand
from staffbank.services import board
from staffbank.services.board import CoopPlace
from staffbank.views.board_map import HEIGHTS, WIDTH, bank_map
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.scope import FEDERATION
from tests.factories.board import make_cover, make_legs
from tests.factories.staffbank import make_block, make_carer
from tests.factories.tenants import make_coop, make_manager, make_membership, make_officer

SUNDAY = datetime(2026, 11, 22, 9, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
TUESDAY_EVENING = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def slots(page: str) -> list[str]:
    """What each part of each day says."""
    found = re.findall(r'<(?:a|span) class="f-slot.*?</b>', page, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", "", words).split()) for words in found]


@given(st.integers(1, 4), st.integers(0, 6), st.integers(0, 9), st.integers(-100, 200))
def test_every_seat_of_a_shift_stands_in_exactly_one_way(seats: int, held: int, asked: int, hours: int) -> None:
    tally = stand(seats, held, asked, SUNDAY + timedelta(hours=hours), SUNDAY)
    assert tally.gap + tally.risk + tally.offered + tally.covered == seats
    assert min(tally.gap, tally.risk, tally.offered, tally.covered) >= 0
    assert not (tally.risk and tally.offered) and tally.covered == min(seats, held)
    assert not tally.risk or 0 < hours < 48


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
def test_all_work_of_a_week_lies_in_its_days(moment: datetime) -> None:
    day, part = part_of_day(moment)
    begins, ends = board.week_span(monday_of(day))
    assert begins <= moment < ends and part in {"morning", "lunch", "tea", "evening"}


def test_a_shift_stands_as_its_host_legs_do(app) -> None:
    host, home = make_coop(), make_coop()
    with clock.stopped_at(SUNDAY):
        make_cover(host, TUESDAY_EVENING, number=1)
        soon, later, filled = (
            make_cover(host, at(*when), number=n) for n, when in enumerate(((23, 8), (26, 12), (27, 15)), 2)
        )
        for cover, state in ((soon, "released"), (later, "offered"), (later, "interested"), (filled, "confirmed")):
            make_legs(cover, home, state)
        make_legs(soon, home, "declined")
        make_cover(host, at(28, 8), number=5, state="draft")
        make_cover(host, at(28, 9), number=6, state="cancelled")
        with acting_for(host):
            found = board.week_shifts(MONDAY)
        assert [shift.tally for shift in found] == [Tally(risk=1), Tally(gap=1), Tally(offered=1), Tally(covered=1)]
        with acting_for(home):
            assert board.week_shifts(MONDAY) == []


def test_two_seats_are_counted_apart(app) -> None:
    host, home = make_coop(), make_coop()
    with clock.stopped_at(SUNDAY):
        cover = make_cover(host, at(26, 8), seats=3)
        make_legs(cover, home, "confirmed", seat=1)
        for _ in range(3):
            make_legs(cover, home, "offered", seat=2)
        with acting_for(host):
            (shift,) = board.week_shifts(MONDAY)
    assert shift.tally == Tally(covered=1, offered=1, gap=1)


def test_a_manager_sees_gaps_and_own_rota_and_nothing_of_others(client: FlaskClient, sign_in) -> None:
    host, other = make_coop("Afon Care"), make_coop("Beacon Care")
    carer = make_carer(host, in_bank=False)
    make_block(carer, at(24, 8), 4)
    make_block(carer, at(25, 8), 4)
    make_block(carer, datetime(2026, 11, 25, tzinfo=UTC), 24, "leave")
    make_cover(host, TUESDAY_EVENING, number=7)
    make_cover(other, at(24, 12), number=99)
    sign_in(client, make_manager(host), host)
    with clock.stopped_at(SUNDAY):
        page = client.get("/staff-bank?week=2026-11-24").text
        slot = client.get("/staff-bank?week=2026-11-24&slot=2026-11-24-evening").text
        quiet = client.get("/staff-bank?week=2026-11-24&slot=2026-11-24-morning").text
    assert "Who can cover 1 gap?" in page and "Week of Monday 23 November 2026" in page
    assert (slots(page).count("Evening 1 gap"), slots(page).count("Morning 1 covered")) == (1, 1), (
        "and leave on Wednesday"
    )
    assert len(slots(page)) == 28
    assert "Request 7" in slot and 'aria-current="true"' in slot and "5:30pm to 9:30pm" in slot
    assert "1 piece of work of your own rota" in quiet
    assert "request 99" not in page and "All co-ops" not in page
    assert "Cover for request 7" in page and 'aria-label="Find cover: Cover for request 7"' in page


def test_the_office_sees_all_cover_no_home_rota_and_says_so(client: FlaskClient, sign_in) -> None:
    afon, beacon = make_coop("Afon Care"), make_coop("Beacon Care")
    make_block(make_carer(afon, in_bank=False), at(24, 8), 4)
    make_cover(afon, TUESDAY_EVENING)
    done = make_cover(beacon, at(24, 12))
    make_legs(done, afon, "confirmed")
    sign_in(client, make_officer(), FEDERATION)
    with clock.stopped_at(SUNDAY):
        page = client.get("/staff-bank?week=2026-11-23").text
        one = client.get(f"/staff-bank?week=2026-11-23&coop={beacon}&slot=2026-11-24-lunch").text
    assert "1 gap in the federation" in page and "Lunch 1 covered" in slots(page) and "are not counted" in page
    assert "Afon Care needs cover" in page and "pieces of work of your own rota" not in page
    assert "Beacon Care, request 1" in one and "Evening 1 gap" not in slots(one) and "Everything is covered" in one
    for wrong in ("week=soon", "week=0001-01-01", "slot=2026-11-24-night", "slot=x", "coop=1"):
        assert client.get(f"/staff-bank?{wrong}").status_code == 422


def test_what_waits_leads_to_where_it_is_done(client: FlaskClient, sign_in) -> None:
    host, home = make_coop("Afon Care"), make_coop("Beacon Care")
    with clock.stopped_at(SUNDAY):
        covers = [make_cover(host, at(day, 8), number=day) for day in (23, 24, 25, 26)]
        accepted, released, sure = (
            make_legs(cover, home, state)
            for cover, state in zip(covers, ("accepted", "released", "confirmed"), strict=False)
        )
        done = make_legs(covers[3], home, "worked")
        _hours(done, host, home, "sent")
        sign_in(client, make_manager(host), host)
        page = client.get("/staff-bank").text
        assert f'href="/placements/{released}" aria-label="Confirm: Confirm Mair of Beacon Care"' in page
        assert "Agree the hours of Mair" in page and f'href="/hours/{done}"' in page
        assert str(accepted) not in page and str(sure) not in page, (
            "72 hours before the start nobody needs a briefing yet"
        )
        assert "Confirm Mair of Beacon Care" in client.get("/").text, "the home page tells it too"
        client = client.application.test_client()
        sign_in(client, make_manager(home), home)
        assert f'href="/placements/{accepted}" aria-label="Answer: Release Mair to Afon Care"' in client.get("/").text
    with clock.stopped_at(at(25, 7)):
        client = client.application.test_client()
        sign_in(client, make_manager(host), host)
        assert "Brief Mair of Beacon Care" in client.get("/staff-bank").text


def test_a_carer_is_told_on_the_home_page_and_has_no_board(client: FlaskClient, sign_in) -> None:
    host, home = make_coop("Afon Care"), make_coop("Beacon Care")
    with clock.stopped_at(SUNDAY):
        carer, colleague = make_membership(home, "carer"), make_membership(home, "carer")
        make_legs(make_cover(host, TUESDAY_EVENING), home, "offered", person_id=carer)
        sign_in(client, carer, home)
        page = client.get("/").text
        assert "Afon Care asks for your help" in page and 'href="/my-offers"' in page
        assert client.get("/staff-bank").status_code == 403
        other = client.application.test_client()
        sign_in(other, colleague, home)
        assert "asks for your help" not in other.get("/").text


def test_cards_of_the_home_page_count_this_week(client: FlaskClient, sign_in) -> None:
    host, home = make_coop(), make_coop()
    with clock.stopped_at(at(23, 9)):
        make_legs(make_cover(host, at(25, 8), number=1), home, "confirmed")
        make_cover(host, at(26, 8), number=2)
        sign_in(client, make_manager(host), host)
        page = client.get("/").text
    assert "Cover this week" in page and "1 of 2" in page and "1 gap" in page


def test_an_auditor_reads_the_board_and_nothing_waits(client: FlaskClient, sign_in) -> None:
    host = make_coop()
    make_cover(host, TUESDAY_EVENING)
    sign_in(client, make_membership(host, "auditor"), host)
    with clock.stopped_at(SUNDAY):
        page = client.get("/staff-bank?week=2026-11-23").text
    assert "Evening 1 gap" in slots(page) and "All is done for now" in page and "/cover/new" not in page
    answer = client.get("/staff-bank/figures")
    assert answer.status_code == 302 and answer.location == "/reports/staff-bank"


def test_at_the_weekends_end_the_board_opens_at_the_week_to_act_on(client: FlaskClient, sign_in) -> None:
    host, home = make_coop(), make_coop()
    request = make_cover(host, at(22, 15), number=1)
    token = make_manager(host)
    for moment, week in ((at(21, 12), 16), (at(21, 19), 16), (at(22, 9), 16), (at(22, 16), 23)):
        with clock.stopped_at(moment):
            sign_in(client, token, host)
            page = client.get("/staff-bank").text
        assert f"Week of Monday {week} November" in page, moment
        assert ("Back to this week" in page) == (week == 23)
    make_legs(request, home, "confirmed")
    with clock.stopped_at(at(21, 19)):
        sign_in(client, token, host)
        page = client.get("/staff-bank").text
        assert "Back to this week" in page and 'href="/staff-bank?week=2026-11-16"' in page
        assert "Week of Monday 16 November" in client.get("/staff-bank?week=2026-11-16").text


PLACES = st.lists(
    st.tuples(st.floats(49.9, 60.8), st.floats(-8.0, 1.7)), min_size=1, max_size=30, unique_by=lambda pair: pair
)


@given(PLACES)
def test_every_place_and_label_lies_on_the_map(points: list[tuple[float, float]]) -> None:
    places = [CoopPlace(UUID(int=n), f"Co-op {n}", *point) for n, point in enumerate(points)]
    drawn = bank_map(places, [])
    assert drawn is not None and HEIGHTS[0] <= drawn["height"] <= HEIGHTS[1]
    for dot in drawn["dots"]:
        assert 0 < dot["x"] < WIDTH and 0 < dot["y"] < drawn["height"]
    assert len(drawn["rows"]) == len(drawn["dots"]) and len(drawn["labels"]) <= len(drawn["dots"])
    assert 0 < drawn["scale"]["width"] <= WIDTH


def test_gaps_that_would_hide_each_other_are_drawn_as_one_and_listed_apart() -> None:
    host = UUID(int=9)
    at_work = {"coop_id": host, "coop": "Afon", "request_id": host, "request_number": 1, "shift_id": host, "needs": ()}
    places = (("LS1", 53.80, -1.55, 2), ("LS6", 53.82, -1.57, 3), ("PL1", 50.37, -4.14, 1))
    shifts = [
        board.BoardShift(
            **at_work,
            starts_at=SUNDAY,
            ends_at=SUNDAY,
            risk=3,
            outcode=code,
            latitude=lat,
            longitude=lon,
            tally=Tally(gap=n),
        )
        for code, lat, lon, n in places
    ]
    drawn = bank_map([], shifts)
    assert drawn is not None and len(drawn["dots"]) == 2 and len(drawn["rows"]) == 3
    assert {label["words"] for label in drawn["labels"]} == {"LS6 and near: 5", "PL1: 1"}
    assert drawn["about"] == "LS6: 3 missing. LS1: 2 missing. PL1: 1 missing"


def test_north_is_up_and_shapes_keep_their_proportion() -> None:
    corners = ((54.0, -2.0), (54.0, -1.0), (53.0, -2.0))
    drawn = bank_map([CoopPlace(UUID(int=n), f"C{n}", *point) for n, point in enumerate(corners)], [])
    assert drawn is not None
    last, east, here = ((dot["x"], dot["y"]) for dot in drawn["dots"])
    assert last[1] > here[1] and east[0] > here[0]
    assert abs((east[0] - here[0]) / (last[1] - here[1]) - 0.594) < 0.01, "a degree east is 0.59 of one north at 53.5°"


def test_a_co_op_without_a_place_is_named_beside_the_map(client: FlaskClient, sign_in, app) -> None:
    nowhere = CoopPlace(UUID(int=1), "Nowhere Care", None, None)
    assert bank_map([nowhere], []) is None
    leeds = CoopPlace(UUID(int=2), "Leeds Care", 53.8, -1.55)
    drawn = bank_map([nowhere, leeds], [])
    assert drawn is not None and drawn["unplaced"] == ["Nowhere Care"] and drawn["rows"][0]["words"] == "Leeds Care"
    host = make_coop("Afon Care")
    make_cover(host, TUESDAY_EVENING, seats=2)
    sign_in(client, make_manager(host), host)
    with clock.stopped_at(SUNDAY):
        page = client.get("/staff-bank?week=2026-11-24").text
    assert "LS6: 2 missing" in page and "53.80° north, 1.55° west" in page, "Leeds 1, by its outcode"
    assert 'role="img"' in page and "Show as a table" in page


def _hours(placement_id: UUID, host: UUID, home: UUID, state: str) -> None:
    with acting_for_federation():
        for tenant_id, side, other in ((host, "host", home), (home, "home", host)):
            db.session.add(
                Timesheet(tenant_id=tenant_id, placement_id=placement_id, side=side, counterparty_id=other, state=state)
            )
