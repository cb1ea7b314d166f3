"""A carer's own pages on the phone: the passport, the week, leave and other jobs; nobody else's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from staffbank.services import availability, bank, carers, rota
from tenants import clock
from tenants.db import acting_for
from tenants.errors import InvalidInput, NotFound
from tests.conftest import sign_in_as
from tests.factories.staffbank import make_block, make_carer
from tests.factories.tenants import make_coop, make_manager, make_membership

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """The clock stands still: typed days mean the same whenever the tests run."""
    with clock.stopped_at(NOON):
        yield


@pytest.fixture
def mine(app):
    """A carer who is free on Tuesday evenings."""
    return make_carer(week=((1, 1080, 1320),), until=None)


@pytest.fixture
def send(mine, client: FlaskClient):
    """`send(path, **form)` as the carer."""
    identity = sign_in_as(client, mine.person_id, mine.tenant_id)
    return lambda path, **form: client.post(path, data={**form, "csrf_token": identity.csrf_token})


def free_of(made) -> list[str]:
    """The first free times that are published, as starts in UTC."""
    with acting_for(made.tenant_id):
        entry = bank.find_entry(made.id)
        assert entry is not None
        return [start[5:16] for start, _ in entry.free[:3]]


def day(number: int, month: int = 12, name: str = "day") -> dict[str, str]:
    """Three boxes of a day."""
    return {f"{name}-day": str(number), f"{name}-month": str(month), f"{name}-year": "2026"}


def test_the_passport_shows_the_checks_and_exactly_what_the_bank_shows(mine, send, client: FlaskClient) -> None:
    page = client.get("/my-passport").text
    assert "Your passport is complete" in page
    assert "Tuesday 24 November 2026, 6:00pm to 10:00pm" in page
    assert mine.first_name in page
    assert send("/my-passport/opt-out", **day(1, name="from_day")).status_code == 303
    assert "Opts out of the 48 hours from Tuesday 1 December 2026" in client.get("/my-passport").text
    assert send("/my-passport/opt-out/end").status_code == 303
    assert send("/my-passport/opt-out", **day(40, name="from_day")).status_code == 422
    assert send("/my-passport/place", shares="1").status_code == 303
    with acting_for(mine.tenant_id):
        assert carers.get_carer(mine.id).shares_place


def test_what_is_missing_or_has_run_out_stands_first_on_the_passport(client: FlaskClient) -> None:
    made = make_carer(until=clock.today() + timedelta(days=200))
    with acting_for(made.tenant_id):
        for check in bank.list_live_checks(made.id):
            if check.kind == "medication":
                check.until = clock.today() - timedelta(days=1)
            elif check.kind == "right_to_work":
                check.until = clock.today() + timedelta(days=20)
    sign_in_as(client, made.person_id, made.tenant_id)
    page = client.get("/my-passport").text
    mend, holds = page.index("What needs a look"), page.index("What holds")
    assert "Something is missing on your passport" in page and mend < holds
    assert mend < page.index("Medication") < page.index("Right to work") < holds < page.index("DBS check")
    assert "Show the new one to your manager" in page and "Ask your manager how to renew it" in page


def test_a_carer_types_the_week_and_the_bank_knows_it(mine, send, client: FlaskClient) -> None:
    good = send(
        "/my-availability/week", **{"from-5-0": "8am", "to-5-0": "12:00", "from-5-1": "22:00", "to-5-1": "07:00"}
    )
    assert good.status_code == 303
    assert free_of(mine)[:2] == ["11-28T08:00", "11-28T22:00"]
    page = client.get("/my-availability").text
    assert 'value="08:00"' in page
    assert 'value="07:00"' in page


def test_a_week_with_faults_names_each_box_and_changes_nothing(mine, send) -> None:
    bad = send("/my-availability/week", **{"from-0-0": "8", "to-0-0": "12:00", "from-2-0": "10:00"})
    assert bad.status_code == 422
    assert "Monday: enter a time like" in bad.text
    assert "Wednesday: enter a time like" in bad.text
    overlap = send(
        "/my-availability/week",
        **{"from-0-0": "08:00", "to-0-0": "12:00", "from-0-1": "11:00", "to-0-1": "13:00"},
    )
    assert "Two times of this day overlap" in overlap.text
    assert free_of(mine)[0] == "11-24T18:00"


def test_leave_a_day_that_differs_and_another_job_are_told_and_taken_back(mine, send, client: FlaskClient) -> None:
    assert send("/my-availability/times", what="leave", **day(23, 11), **day(25, 11, "last_day")).status_code == 303
    assert send("/my-availability/times", what="free", start="09:00", end="11:00", **day(27, 11)).status_code == 303
    assert send("/my-availability/times", what="other_job", start="09:00", end="11:00", **day(3)).status_code == 303
    assert free_of(mine) == ["11-27T09:00", "12-01T18:00", "12-08T18:00"]
    page = client.get("/my-availability").text
    assert "Monday 23 November 2026, 12:00am to Thursday 26 November 2026, 12:00am" in page
    assert "Other job" in page
    for url in [part.split('"')[0] for part in page.split('action="')[1:] if "/remove" in part.split('"')[0]]:
        assert send(url).status_code == 303
    assert free_of(mine)[0] == "11-24T18:00"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"what": "free"}, "Fill this in"),
        ({"what": "party", "start": "9:00", "end": "10:00"}, "Choose what you want to tell"),
        ({"what": "free", "start": "9:00", "end": "10:00", **day(1, 10)}, "This time has passed"),
        ({"what": "leave", **day(5, 12, "last_day")}, "must not lie before the first"),
    ],
)
def test_a_time_with_faults_is_refused_in_words(mine, send, form: dict[str, str], words: str) -> None:
    answer = send("/my-availability/times", **{**day(20), **form})
    assert answer.status_code == 422
    assert words in answer.text


def test_work_at_a_time_that_is_booked_is_refused_on_the_page(mine, send) -> None:
    make_block(mine, datetime(2026, 12, 20, 9, tzinfo=UTC), 4)
    answer = send("/my-availability/times", what="other_job", start="10:00", end="11:00", **day(20))
    assert answer.status_code == 422
    assert "works at that time already" in answer.text


def test_a_carer_cannot_take_out_the_home_rota_nor_what_another_told(mine, send) -> None:
    block = make_block(mine, NOON, 4)
    other = make_carer(mine.tenant_id)
    with acting_for(mine.tenant_id):
        window = availability.add_day(other.id, NOON, NOON + timedelta(hours=1), free=True).id
        leave = rota.add_block(other.id, "leave", NOON, NOON + timedelta(hours=1)).id
    assert send(f"/my-availability/blocks/{block}/remove").status_code == 404
    assert send(f"/my-availability/blocks/{leave}/remove").status_code == 404
    assert send(f"/my-availability/days/{window}/remove").status_code == 404


def test_somebody_without_a_record_is_told_whom_to_ask(app, client: FlaskClient) -> None:
    coop = make_coop()
    identity = sign_in_as(client, make_membership(coop, "carer"), coop)
    assert "Ask them to do so" in client.get("/my-passport").text
    assert "Ask them to do so" in client.get("/my-availability").text
    answer = client.post("/my-availability/week", data={"csrf_token": identity.csrf_token})
    assert answer.status_code == 404


def test_managers_pages_are_closed_to_carers_and_carers_pages_to_managers(mine, send, client: FlaskClient) -> None:
    for path in ("/carers", f"/carers/{mine.id}", f"/carers/{mine.id}/rota", "/rota/files", "/bank-policy"):
        assert client.get(path).status_code == 403
    sign_in_as(client, make_manager(mine.tenant_id), mine.tenant_id)
    assert client.get("/my-passport").status_code == 403


def test_the_services_refuse_a_week_that_cannot_be(mine) -> None:
    with acting_for(mine.tenant_id):
        for windows in ([(7, 0, 60)], [(0, 60, 60)], [(0, 0, 2161)], [(0, 0, 60)] * 41):
            with pytest.raises(InvalidInput):
                availability.set_week(mine.id, windows)
        with pytest.raises(NotFound):
            availability.remove_day(mine.id, mine.id)


def test_a_policy_is_kept_once_and_vat_needs_evidence(mine, client: FlaskClient) -> None:
    identity = sign_in_as(client, make_manager(mine.tenant_id), mine.tenant_id)
    form = {
        "csrf_token": identity.csrf_token, "version": "0", "own_first_hours": "24", "answer_hours": "12",
        "release_hours": "6", "confirm_hours": "6", "lends_as": "exempt_welfare", "releases_by_default": "1",
    }  # fmt: skip
    refused = client.post("/bank-policy", data=form)
    assert refused.status_code == 422
    assert "VAT is never guessed" in refused.text
    assert client.post("/bank-policy", data=form | {"vat_evidence": "Letter of 3 May 2026"}).status_code == 303
    assert client.post("/bank-policy", data=form | {"vat_evidence": "x"}).status_code == 409
    page = client.get("/bank-policy").text
    assert "Letter of 3 May 2026" in page
    assert 'name="version" value="1"' in page
