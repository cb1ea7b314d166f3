"""Votes by hand under two pairs of eyes, and the minutes that are drafted from the record of a meeting."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from flask.testing import FlaskClient

from federation.assembly import minutes_text
from federation.assembly.documents.meeting_papers import minutes_pdf, notice_pdf
from federation.assembly.models import Meeting, Motion
from federation.assembly.services import agenda, hands, meetings, minutes, outcomes, polls
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.scope import FEDERATION
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.meetings import STARTS, called, hands_poll, opened, terms, typed
from tests.factories.polls import make_poll
from tests.factories.tenants import make_officer

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def at_the_meeting() -> Iterator[None]:
    """The clock stands at the hour of the meeting."""
    with clock.stopped_at(STARTS):
        yield


def founded() -> Assembly:
    """An assembly that was there long before the meeting."""
    with clock.stopped_at(STARTS - timedelta(days=90)):
        return found_assembly()


@pytest.mark.usefixtures("at_the_meeting")
def test_what_one_teller_typed_counts_when_another_has_confirmed_it() -> None:
    found, second = founded(), make_officer("Sioned Second")
    poll_id = hands_poll(found, opened(found, "Afon Care", "Cwm Care"))
    entry = typed(found, poll_id, found.officer, Afon="for", Cwm="against")
    with acting_for_federation(found.officer):
        with pytest.raises(RuleBroken, match="Another person must look at it"):
            hands.confirm(entry)
        assert polls.turnout(poll_id).coops == 0
    with acting_for_federation(second):
        with pytest.raises(Conflict, match="waits to be confirmed or rejected"):
            hands.type_in(poll_id, {})
        hands.confirm(entry)
        assert (polls.turnout(poll_id).coops, polls.turnout(poll_id).units) == (2, 6)
        with pytest.raises(RuleBroken, match="Load the page again"):
            hands.confirm(entry)
        with pytest.raises(InvalidInput, match="confirmed already"):
            hands.type_in(poll_id, {str(found.coops["Afon Care"]): {"for": 1}})


@pytest.mark.usefixtures("at_the_meeting")
def test_an_entry_adds_up_and_is_of_co_ops_that_are_there() -> None:
    found = founded()
    made = opened(found, "Cwm Care")
    poll_id = hands_poll(found, made)
    afon, cwm = str(found.coops["Afon Care"]), str(found.coops["Cwm Care"])
    with acting_for_federation(found.officer):
        wrong = {afon: {"for": 1}, cwm: {"for": 3, "against": 1}, str(FEDERATION): {"for": 1}}
        with pytest.raises(InvalidInput) as refused:
            hands.type_in(poll_id, wrong)
        assert refused.value.errors == {
            f"lines.{afon}": "Nobody is there for Afon Care. Write down first who came",
            f"lines.{cwm}": "Cwm Care has 5 votes; these come to 4",
            f"lines.{FEDERATION}": "This co-op has no votes here",
        }
        with pytest.raises(InvalidInput, match="5 votes; these come to 5"):
            hands.type_in(poll_id, {cwm: {"for": 6, "against": -1}})
        row = hands.type_in(poll_id, {cwm: {"for": 3, "against": 1, "abstain": 1}})
        assert hands.totals_of(row.lines) == {"for": 3, "against": 1, "abstain": 1}
        again = hands.type_in(poll_id, {cwm: {"abstain": 5}})
        assert [one.state for one in hands.list_entries(poll_id)].count("rejected") == 1 and again.state == "typed"


@pytest.mark.usefixtures("at_the_meeting")
def test_a_vote_on_the_page_or_outside_an_open_meeting_is_not_taken_by_hand() -> None:
    found = founded()
    page = make_poll(found)
    coming = hands_poll(found, None)
    cwm = {str(found.coops["Cwm Care"]): {"for": 5}}
    with acting_for_federation(found.officer):
        with pytest.raises(RuleBroken, match="either there or by hand"):
            hands.type_in(page, cwm)
        polls.get_poll(coming).meeting_id = _other_meeting()
        db.session.flush()
        with pytest.raises(RuleBroken, match="meeting is not open"):
            hands.type_in(coming, cwm)


def _other_meeting() -> UUID:
    return meetings.draft(terms(STARTS.replace(year=2028))).id


def held(found: Assembly) -> tuple[UUID, UUID]:
    """A meeting that has closed, with one vote by hand declared: its id and that of the vote. At the hour of the meeting."""
    second = make_officer("Sioned Second")
    made = opened(found, "Afon Care", "Cwm Care")
    poll_id = hands_poll(found, made)
    with acting_for_federation(found.officer):
        motion = db.session.get_one(Motion, polls.get_poll(poll_id).subject_id)
        motion.meeting_id, motion.poll_id = made, poll_id
        db.session.flush()
        agenda.add_item(made, motion_id=motion.id)
    entry = typed(found, poll_id, found.officer, Afon="for", Cwm="against")
    with acting_for_federation(second):
        hands.confirm(entry)
        with pytest.raises(RuleBroken, match="is open"):
            meetings.close_meeting(made)
        polls.close_poll(poll_id)
        meetings.close_meeting(made)
    return made, poll_id


@pytest.mark.usefixtures("at_the_meeting")
def test_minutes_are_drafted_from_the_record_and_published_with_a_fingerprint() -> None:
    found = founded()
    made, poll_id = held(found)
    coop = found.coops["Afon Care"]
    with acting_for_federation(found.officer):
        row = minutes.draft(made)
        assert "2 of 3 co-ops were represented (needed: 1), with 6 of 8 votes" in row.body
        assert "- Cwm Care: Dilys Cwm, in the room" in row.body and "Not represented: Beacon Care." in row.body
        with pytest.raises(RuleBroken, match="not declared yet"):
            minutes.publish(made)
        outcomes.declare(poll_id)
        item = agenda.list_items(made)[1].row
        item.minutes = ""
        minutes.draft(made)
        assert "and 5 against" in item.minutes and "The motion fell." in item.minutes
        minutes.write(made, row.body, {agenda.list_items(made)[0].row.id: "The board reported."})
    with acting_for(coop, found.delegates[coop]), pytest.raises(NotFound):
        minutes.get_minutes(made)
    with acting_for_federation(found.officer):
        minutes.publish(made)
    with acting_for(coop, found.delegates[coop]):
        row, meeting = minutes.get_minutes(made), meetings.get_meeting(made)
        assert (
            row.hash == minutes_text.fingerprint(row.body)
            and "## 1. Report of the board\n\nThe board reported." in row.body
        )
        first = minutes_pdf(meeting, row)
        assert first == minutes_pdf(meeting, row)
        text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(first)).pages).split())
        assert "The motion fell." in text and row.hash in text.replace(" ", "")
        assert pypdf.PdfReader(io.BytesIO(first)).trailer["/Root"]["/MarkInfo"]["/Marked"]  # pyright: ignore[reportIndexIssue]
        paper = notice_pdf(meeting, agenda.list_items(made))
        assert "14" not in text and "Report of the board" in pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text()


@pytest.mark.usefixtures("at_the_meeting")
def test_a_later_meeting_approves_the_minutes_by_one_of_its_items() -> None:
    found = founded()
    made, poll_id = held(found)
    with acting_for_federation(found.officer):
        outcomes.declare(poll_id)
        minutes.draft(made)
        minutes.publish(made)
        own = agenda.list_items(made)[0].row.id
        with pytest.raises(InvalidInput, match="a later meeting"):
            minutes.approve(made, own)
    later = called(found, STARTS.replace(month=6))
    with acting_for_federation(found.officer):
        item = agenda.list_items(later)[0].row.id
        with pytest.raises(InvalidInput, match="a later meeting"):
            minutes.approve(made, item)
        db.session.get_one(Meeting, later).state = "open"
        row = minutes.approve(made, item, "Item 1: twelve, not ten.")
        assert (
            row.approved_words
            == "Meeting 2, item 1: Report of the board. With these corrections: Item 1: twelve, not ten."
        )
        with pytest.raises(RuleBroken, match="approved once"):
            minutes.approve(made, item)


@pytest.fixture
def post(client: FlaskClient, sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """`post(person, tenant, path, **fields)`: send a form as somebody."""

    def send(person: UUID, tenant: UUID, path: str, **fields: Any) -> Any:
        token = sign_in(client, person, tenant).csrf_token
        return client.post(path, data={"csrf_token": token, **fields})

    return send


@pytest.mark.usefixtures("at_the_meeting")
def test_a_meeting_is_held_by_its_pages(client: FlaskClient, sign_in: Any, post: Any) -> None:
    found, second = founded(), make_officer("Sioned Second")
    made = opened(found, "Cwm Care")
    afon, cwm = found.coops["Afon Care"], found.coops["Cwm Care"]
    poll_id = hands_poll(found, made)
    office = (found.officer, FEDERATION)
    assert post(found.delegates[afon], afon, f"/meetings/{made}/come", way="room").status_code == 303
    page = client.get(f"/meetings/{made}").text
    assert "You are signed in" in page and "2 of 3" in page and "Has left" not in page
    assert "6 of 8" in client.get(f"/meetings/{made}/now").text
    assert client.get(f"/polls/{poll_id}/hands").status_code == 403
    assert (
        post(*office, f"/meetings/{made}/let-in", coop=found.coops["Beacon Care"], name="Bea by phone").status_code
        == 303
    )
    grid = client.get(f"/polls/{poll_id}/hands").text
    assert grid.count("<fieldset") == 3
    votes = {f"vote-{afon}": "for", f"vote-{cwm}": "split", f"for-{cwm}": "3", f"against-{cwm}": "1"}
    short = post(*office, f"/polls/{poll_id}/hands", **votes)
    assert (
        short.status_code == 422 and "Cwm Care has 5 votes; these come to 4" in short.text and 'value="3"' in short.text
    )
    odd = post(*office, f"/polls/{poll_id}/hands", **(votes | {f"against-{cwm}": "1.5"}))
    assert odd.status_code == 422 and "Enter whole numbers for Cwm Care" in odd.text
    assert post(*office, f"/polls/{poll_id}/hands", **(votes | {f"against-{cwm}": "2"})).status_code == 303
    mine = client.get(f"/polls/{poll_id}/hands").text
    assert "somebody else must look at it" in mine and "Confirm: it is right" not in mine
    with acting_for_federation(second):
        waiting = hands.waiting(poll_id)
        assert waiting is not None
        place = f"/polls/{poll_id}/hands/{waiting.id}"
    assert post(second, FEDERATION, f"{place}/reject", words=" ").status_code == 422
    looked = client.get(f"/polls/{poll_id}/hands").text
    assert "4 for, 2 against" in looked and "Confirm: it is right" in looked
    assert post(second, FEDERATION, f"{place}/confirm").status_code == 303
    assert (
        "The votes that count" in client.get(f"/polls/{poll_id}/hands").text
        or "Confirmed by" in client.get(f"/polls/{poll_id}/hands").text
    )


def test_a_meeting_is_prepared_and_called_by_its_pages(client: FlaskClient, sign_in: Any, post: Any) -> None:
    found = found_assembly(notice_days=14)
    coop = found.coops["Afon Care"]
    day = {"starts_on-day": "28", "starts_on-month": "3", "starts_on-year": "2027"}
    fields = {
        "title": "Spring meeting",
        "way": "room",
        "place": "Town hall",
        "starts_time": "01:30",
        "ends_time": "20:30",
        **day,
    }
    skipped = post(found.officer, FEDERATION, "/meetings", **fields)
    assert skipped.status_code == 422 and "no such hour" in skipped.text
    place = post(found.officer, FEDERATION, "/meetings", **(fields | {"starts_time": "18:30"})).headers["Location"]
    assert "Put something on the agenda first." in client.get(place).text
    assert post(found.officer, FEDERATION, f"{place}/items", title="").status_code == 422
    assert post(found.officer, FEDERATION, f"{place}/items", title="Report of the board").status_code == 303
    sign_in(client, found.delegates[coop], coop)
    assert client.get(place).status_code == 404 and "No meeting is called" in client.get("/meetings").text
    assert post(found.delegates[coop], coop, f"{place}/call").status_code == 403
    with clock.stopped_at(STARTS.replace(day=14)):
        assert "It is too late for this day" in _as(client, sign_in, found.officer, FEDERATION, place)
    with clock.stopped_at(STARTS.replace(day=13)):
        assert post(found.officer, FEDERATION, f"{place}/call").status_code == 303
        page = _as(client, sign_in, found.delegates[coop], coop, place)
        assert "You can sign in from Sunday 28 March 2027, 4:30pm" in page and "Report of the board" in page
        assert client.get(f"{place}/notice.pdf").data.startswith(b"%PDF")
        assert b"DTSTART:20270328T173000Z" in client.get(f"{place}/meeting.ics").data
        assert client.get(f"{place}/minutes").status_code == 404


def _as(client: FlaskClient, sign_in: Any, person: UUID, tenant: UUID, path: str) -> str:
    sign_in(client, person, tenant)
    return client.get(path).text
