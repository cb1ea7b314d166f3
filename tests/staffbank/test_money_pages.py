"""The pages and the API of hours, rates, payroll and settlement, as the people who use them."""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from staffbank.models import StaffRecharge
from tenants import clock
from tenants.db import acting_for_federation, db
from tenants.scope import FEDERATION
from tenants.web import HouseFlask
from tests.conftest import sign_in_as
from tests.factories.api import make_program, manager_program, officer_program
from tests.factories.placements import FRIDAY, hours_of, make_accepted_at_once, make_worked
from tests.factories.staffbank import make_carer
from tests.factories.tenants import make_coop, make_manager, make_officer
from tests.staffbank.test_settlement import AFTER_WINDOW, STATEMENT_DAY, charge


class Browser:
    """Somebody signed in, for one tenant."""

    def __init__(self, app: HouseFlask, person: UUID, tenant: UUID) -> None:
        self.client = app.test_client()
        self.identity = sign_in_as(self.client, person, tenant)

    def get(self, path: str) -> str:
        """A page that must be there, as text."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
        return answer.get_data(as_text=True)

    def post(self, path: str, **values: object) -> TestResponse:
        """A form, sent."""
        return self.client.post(path, data={"csrf_token": self.identity.csrf_token, **values})


HOURS = {
    "start": "18:00",
    "end": "22:00",
    "break_minutes": "",
    "travel_minutes": "15",
    "miles": "6.5",
    "vehicle": "car",
}


def test_hours_by_the_pages_from_the_phone_to_the_recharge(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop("Brightwater"), make_carer()
    placement = make_worked(host, carer)
    phone = Browser(app, carer.person_id, carer.tenant_id)
    lender = Browser(app, make_manager(carer.tenant_id), carer.tenant_id)
    borrower = Browser(app, make_manager(host), host)
    assert "one timesheet to send" in phone.get("/my-hours?week=2026-10-01")
    assert 'value="18:00"' in phone.get(f"/my-hours/{placement}")
    assert phone.post(f"/my-hours/{placement}", **HOURS).status_code == 303
    assert "£" in phone.get("/my-hours?week=2026-10-01")
    assert "One timesheet waits for you" in borrower.get("/hours")
    assert "Agree in full" in borrower.get(f"/hours/{placement}")
    assert borrower.post(f"/hours/{placement}/say", words="Thank you").status_code == 303
    assert borrower.post(f"/hours/{placement}/agree", whole="1").status_code == 303
    assert "One timesheet waits for you" in lender.get("/hours")
    assert lender.post(f"/hours/{placement}/accept").status_code == 303
    assert lender.post(f"/hours/{placement}/accept").status_code == 409
    run_jobs()
    page = lender.get(f"/hours/{placement}")
    assert "Recharge" in page and "Thank you" in page and "Rate card from" in page
    assert "Not in a statement yet" in borrower.get("/settlement")


def test_a_form_of_hours_comes_back_with_what_is_wrong(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer)
    phone = Browser(app, carer.person_id, carer.tenant_id)
    answer = phone.post(f"/my-hours/{placement}", **(HOURS | {"end": "17:00", "miles": "6.55"}))
    assert answer.status_code == 422 and b"at most 1 places" in answer.data
    answer = phone.post(f"/my-hours/{placement}", **(HOURS | {"end": "17:00"}))
    assert answer.status_code == 422 and b"after the start" in answer.data
    phone.post(f"/my-hours/{placement}", **HOURS)
    answer = phone.post(f"/my-hours/{placement}", **HOURS)
    assert answer.status_code == 422 and b"cannot be done now" in answer.data


def test_a_part_is_agreed_and_the_rest_disputed_by_the_pages(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer)
    phone = Browser(app, carer.person_id, carer.tenant_id)
    phone.post(f"/my-hours/{placement}", **HOURS)
    borrower = Browser(app, make_manager(host), host)
    answer = borrower.post(f"/hours/{placement}/agree", **(HOURS | {"end": "23:00"}))
    assert answer.status_code == 422 and b"more than was claimed" in answer.data
    assert borrower.post(f"/hours/{placement}/agree", **(HOURS | {"end": "21:00"})).status_code == 303
    lender = Browser(app, make_manager(carer.tenant_id), carer.tenant_id)
    assert "1 h of what was claimed are not agreed" in lender.get(f"/hours/{placement}")
    assert lender.post(f"/hours/{placement}/dispute", words=" ").status_code == 303
    assert lender.post(f"/hours/{placement}/dispute", words="She stayed until ten").status_code == 303
    assert "She stayed until ten" in borrower.get(f"/hours/{placement}")
    assert "She stayed until ten" in phone.get(f"/my-hours/{placement}")
    assert phone.post(f"/my-hours/{placement}/say", words="Until ten").status_code == 303


def test_another_co_op_finds_nothing_of_it(app: HouseFlask) -> None:
    host, carer, other = make_coop(), make_carer(), make_carer()
    placement = make_worked(host, carer)
    recharge_id = charge(host, carer, starts_at=FRIDAY.replace(day=9))
    stranger = Browser(app, make_manager(other.tenant_id), other.tenant_id)
    for path in (f"/hours/{placement}", f"/settlement/{uuid4()}"):
        assert stranger.client.get(path).status_code == 404
    for path in (f"/hours/{placement}/accept", f"/hours/{placement}/agree", f"/settlement/lines/{recharge_id}/dispute"):
        assert stranger.post(path, words="Mine", whole="1").status_code == 404
    carer_of_other = Browser(app, other.person_id, other.tenant_id)
    assert carer_of_other.client.get(f"/my-hours/{placement}").status_code == 404
    assert carer_of_other.client.get("/hours").status_code == 403
    assert stranger.post("/settlement", mode="hub").status_code == 403


def test_an_officer_publishes_rates_and_everybody_reads_them(app: HouseFlask) -> None:
    officer = Browser(app, make_officer(), FEDERATION)
    assert "In force" in officer.get("/rates")
    form = officer.get("/rates/new")
    assert 'value="14.00"' in form and 'value="55.00"' in form
    day = {"from_date-day": "1", "from_date-month": "12", "from_date-year": "2026"}
    answer = officer.post("/rates/new", **day, resolution="Motion 4", pay_pence="12.70")
    assert answer.status_code == 422 and b"below the floor" in answer.data
    assert officer.post("/rates/new", **day, resolution="Motion 4", pay_pence="14.75").status_code == 303
    assert "£14.75 an hour" in officer.get("/rates")
    carer = make_carer()
    phone = Browser(app, carer.person_id, carer.tenant_id)
    assert "Motion 4" in phone.get("/rates")
    assert phone.client.get("/rates/new").status_code == 403


def test_the_office_settles_a_month_by_the_pages(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop("Brightwater"), make_carer()
    officer = Browser(app, make_officer(), FEDERATION)
    with clock.stopped_at(STATEMENT_DAY):
        recharge_id = charge(host, carer)
        day = {"month-day": "1", "month-month": "10", "month-year": "2026"}
        place = officer.post("/settlement", **day, mode="hub").headers["Location"]
        assert officer.post("/settlement", **day, mode="hub").status_code == 422
        assert officer.post(f"{place}/statement").status_code == 303
        assert "Monday 9 November 2026" in officer.get(place)
        officer.post(f"{place}/net")
        assert "may still dispute" in officer.get(place)
    borrower = Browser(app, make_manager(host), host)
    with clock.stopped_at(STATEMENT_DAY):
        assert "We owe £17.36 for October 2026" in borrower.get(place)
        assert f"/settlement/lines/{recharge_id}/dispute" in borrower.get(place)
    with clock.stopped_at(AFTER_WINDOW):
        assert officer.post(f"{place}/net").status_code == 303
    run_jobs()
    # The job runs by the true clock, which is beyond the window too.
    page = officer.get(place)
    assert "Brightwater" in page and "Mark as paid" in page
    for line in {part.split("/paid")[0] for part in page.split("/settlement/payments/")[1:]}:
        assert officer.post(f"/settlement/payments/{line}/paid").status_code == 303
    assert officer.post(f"{place}/close").status_code == 303
    assert "Hours given and taken" in officer.get(place)
    assert "Closed" in borrower.get("/settlement") and "Balance" in borrower.get("/settlement")
    assert borrower.client.get(f"{place}.csv").data.decode("utf-8-sig").startswith("Worked on")
    assert borrower.client.get(f"{place}.xlsx").data[:2] == b"PK"


def test_a_dispute_by_the_pages(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    recharge_id = charge(host, carer)
    borrower = Browser(app, make_manager(host), host)
    lender = Browser(app, make_manager(carer.tenant_id), carer.tenant_id)
    assert lender.post(f"/settlement/lines/{recharge_id}/dispute", words="No").status_code == 409
    assert borrower.post(f"/settlement/lines/{recharge_id}/dispute", words="").status_code == 303
    assert borrower.post(f"/settlement/lines/{recharge_id}/dispute", words="Nobody came").status_code == 303
    run_jobs()
    assert "Nobody came" in lender.get("/settlement") and "Give it back" in lender.get("/settlement")
    assert "Withdraw the dispute" in borrower.get("/settlement")
    assert lender.post(f"/settlement/lines/{recharge_id}/answer", answer="give_back").status_code == 303
    run_jobs()
    assert "adjustment" in borrower.get("/settlement")


def test_payroll_to_read_and_to_take_away(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer(first_name="=1+1")
    make_accepted_at_once(host, carer, hours_of())
    lender = Browser(app, make_manager(carer.tenant_id), carer.tenant_id)
    assert "Reached" in lender.get("/payroll?month=2026-10-01")
    told = lender.client.get("/payroll.csv?month=2026-10-01").data.decode("utf-8-sig")
    assert "'=1+1" in told
    assert lender.client.get("/payroll.xlsx?month=2026-10-01").data[:2] == b"PK"
    assert "No accepted hours" in lender.get("/payroll?month=2020-10-01")


def test_the_same_acts_by_the_api(app: HouseFlask, client: FlaskClient, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_worked(host, carer)
    phone = make_program(client, carer.person_id, carer.tenant_id)
    borrower, lender, officer = (
        manager_program(client, host),
        manager_program(client, carer.tenant_id),
        officer_program(client),
    )
    stated = {"start": "2026-10-02T18:00:00+01:00", "end": "2026-10-02T22:00:00+01:00", "miles": "6.5"}
    assert phone.get("/my-hours")["items"][0]["state"] == "open"
    assert phone.call("POST", f"/my-hours/{placement}", stated | {"miles": "0.55"}).status_code == 422
    assert phone.call("POST", f"/my-hours/{placement}", stated).get_json()["state"] == "sent"
    assert (
        borrower.call("POST", f"/hours/{placement}/dispute", {"words": "Until nine"}).get_json()["state"] == "disputed"
    )
    assert borrower.call("POST", f"/hours/{placement}/agree", stated).get_json()["state"] == "agreed"
    assert lender.call("POST", f"/hours/{placement}/words", {"words": "Good"}).status_code == 200
    assert lender.call("POST", f"/hours/{placement}/accept", Idempotency_Key="a").get_json()["state"] == "accepted"
    assert lender.call("POST", f"/hours/{placement}/accept", Idempotency_Key="a").status_code == 200
    run_jobs()
    assert [said["by_words"] for said in borrower.get(f"/hours/{placement}")["thread"]] == ["host", "home"]
    assert borrower.get("/hours?side=host")["items"][0]["agreed"]["miles"] == "6.5"
    (line,) = borrower.get("/recharges")["items"]
    assert line["gross_pence"] == 8170
    assert borrower.call("POST", f"/recharges/{line['id']}/dispute", {"words": "No"}).status_code == 202
    run_jobs()
    answer = borrower.call("POST", f"/recharges/{line['id']}/answer", {"answer": "withdraw"}, Idempotency_Key="b")
    assert answer.status_code == 202 and run_jobs() == ["done"]
    assert lender.get("/payroll?month=2026-10-01")["items"][0]["placements"] == 1
    card = {"from_date": "2026-12-01", "resolution": "Motion 4", "pay_pence": "14.75"}
    assert officer.call("POST", "/rate-cards", card, Idempotency_Key="c").get_json()["items"][0]["pay"] == {
        "carer": 1475
    }
    assert len(borrower.get("/rate-cards")["items"]) == 4
    assert borrower.get("/hours-account") == {"items": []}


def test_a_settlement_by_the_api(app: HouseFlask, client: FlaskClient, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    officer, borrower = officer_program(client), manager_program(client, host)
    with clock.stopped_at(STATEMENT_DAY):
        charge(host, carer)
        cycle = officer.call("POST", "/settlement", {"month": "2026-10-05", "mode": "least"}).get_json()
        assert officer.call("POST", f"/settlement/{cycle['id']}/statement").get_json()["state"] == "statement"
        assert officer.call("POST", f"/settlement/{cycle['id']}/net", Idempotency_Key="n").status_code == 409
    assert borrower.call("POST", f"/settlement/{cycle['id']}/net", Idempotency_Key="n").status_code == 403
    with clock.stopped_at(AFTER_WINDOW):
        assert officer.call("POST", f"/settlement/{cycle['id']}/net", Idempotency_Key="n").status_code == 202
    run_jobs()
    seen = borrower.get(f"/settlement/{cycle['id']}")
    assert [line["pence"] for line in seen["lines"]] == [-1736, -1736]
    everything = officer.get(f"/settlement/{cycle['id']}")["lines"]
    assert sum(line["pence"] for line in everything) == 0
    for number, line in enumerate({line["id"] for line in everything if line["kind"] == "payment"}):
        paid = officer.call("POST", f"/settlement/payments/{line}/paid", Idempotency_Key=f"p{number}")
        assert paid.status_code == 200
    assert officer.call("POST", f"/settlement/{cycle['id']}/close").get_json()["state"] == "closed"
    assert [row["borrowed_minutes"] for row in borrower.get("/hours-account")["items"]] == [60]
    assert officer.get("/settlement")["items"][0]["algorithm"] == "net least, exact"


def test_a_lender_near_the_vat_threshold_is_told(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    lender = Browser(app, make_manager(carer.tenant_id), carer.tenant_id)
    charge(host, carer)
    assert "taxable turnover" not in lender.get("/settlement")
    with acting_for_federation():
        for leg in db.session.scalars(select(StaffRecharge)):
            leg.net_pence = 72_000_00
    assert "taxable turnover" in lender.get("/settlement")
