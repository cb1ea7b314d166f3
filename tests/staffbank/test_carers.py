"""Carers: records with a place, checks that are published and end, opt-outs with notice, bars, accounts; and their pages."""

from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from staffbank.services import bank, carers, checks
from tenants import audit, clock
from tenants.db import acting_for
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tests.conftest import sign_in_as
from tests.factories.staffbank import carer_values, make_carer, make_check
from tests.factories.tenants import make_coop, make_manager, make_membership

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def page(client: FlaskClient):
    """A co-op, and `post(path, **form)` and `get(path)` as its manager."""
    coop = make_coop()
    identity = sign_in_as(client, make_manager(coop), coop)

    class Page:
        tenant_id = coop

        def get(self, path: str, status: int = 200) -> str:
            answer = client.get(path)
            assert answer.status_code == status, answer.get_data(as_text=True)[-2000:]
            return answer.get_data(as_text=True)

        def post(self, path: str, status: int = 303, **form: object) -> str:
            answer = client.post(path, data={**form, "csrf_token": identity.csrf_token})
            assert answer.status_code == status, answer.get_data(as_text=True)[-3000:]
            return answer.get_data(as_text=True)

    return Page()


def day_boxes(name: str, day: date) -> dict[str, str]:
    """A day as three boxes of a form."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def test_a_carer_without_a_home_area_is_refused_with_the_field_named() -> None:
    with acting_for(make_coop()):
        with pytest.raises(InvalidInput) as refusal:
            carers.add_carer(carer_values(outcode=" "))
        assert list(refusal.value.errors) == ["outcode"]
        with pytest.raises(InvalidInput, match="enter its latitude and longitude"):
            carers.add_carer(carer_values(outcode="ZE3"))
        assert carers.list_carers() == []


def test_a_reference_is_given_once_in_a_coop_and_again_in_another() -> None:
    first, second = make_coop(), make_coop()
    with acting_for(first):
        carers.add_carer(carer_values(reference="F-031"))
        with pytest.raises(Conflict, match="choose another"):
            carers.add_carer(carer_values(reference="F-031"))
    with acting_for(second):
        assert carers.add_carer(carer_values(reference="F-031")).reference == "F-031"


def test_two_managers_who_change_one_record_do_not_overwrite_each_other() -> None:
    made = make_carer()
    with acting_for(made.tenant_id):
        version = carers.get_carer(made.id).version
        carers.change_carer(made.id, version, carer_values(first_name="Mair"))
    with acting_for(made.tenant_id), pytest.raises(Conflict):
        carers.change_carer(made.id, version, carer_values(first_name="Nia"))


def test_a_coop_never_sees_another_coops_carer() -> None:
    made, other = make_carer(), make_coop()
    with acting_for(other):
        with pytest.raises(NotFound):
            carers.get_carer(made.id)
        assert carers.find_own_carer(made.person_id) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "dbs", "level": "enhanced_adults", "original_seen": False}, "original_seen"),
        ({"kind": "dbs", "level": "", "original_seen": True}, "level"),
        ({"kind": "right_to_work", "level": "limited"}, "until"),
        ({"kind": "hoist", "until": date(2020, 1, 1)}, "until"),
        ({"kind": "hoist", "issued_on": date(2099, 1, 1)}, "issued_on"),
    ],
)
def test_a_check_that_cannot_be_is_refused_at_its_field(values: dict[str, object], field: str) -> None:
    made = make_carer()
    with acting_for(made.tenant_id), pytest.raises(InvalidInput) as refusal:
        make_check(made.id, str(values.pop("kind")), **values)
    assert list(refusal.value.errors) == [field]


def test_an_opt_out_is_taken_back_with_seven_days_notice() -> None:
    made = make_carer()
    with acting_for(made.tenant_id):
        with pytest.raises(InvalidInput):
            carers.opt_out(made.id, clock.today() - timedelta(days=1))
        carers.opt_out(made.id, clock.today())
        assert carers.end_opt_out(made.id).opt_out_until == clock.today() + timedelta(days=7)
        entry = bank.find_entry(made.id)
        assert entry is not None
        assert entry.opt_out_until == clock.today() + timedelta(days=7)
        with pytest.raises(RuleBroken, match="no opt-out"):
            carers.end_opt_out(made.id)


def test_an_opt_out_that_has_not_begun_needs_no_notice() -> None:
    made = make_carer()
    with acting_for(made.tenant_id):
        carers.opt_out(made.id, clock.today() + timedelta(days=3))
        assert carers.end_opt_out(made.id).opt_out_from is None


def test_an_account_of_another_coop_or_of_another_carer_cannot_be_linked() -> None:
    made = make_carer()
    second = make_carer(made.tenant_id, account=False, in_bank=False)
    stranger = make_membership(make_coop(), "carer")
    with acting_for(made.tenant_id):
        for person in (stranger, made.person_id, uuid4()):
            with pytest.raises(InvalidInput):
                carers.link_account(second.id, person)
        assert carers.link_account(second.id, second.person_id).person_id == second.person_id


def test_a_bar_needs_a_carer_and_a_person_that_this_coop_knows() -> None:
    made = make_carer()
    with acting_for(made.tenant_id), pytest.raises(NotFound):
        carers.add_bar(made.id, uuid4())


def test_every_act_upon_a_carer_stands_in_the_record_without_personal_values() -> None:
    made = make_carer(first_name="Angharad")
    with acting_for(made.tenant_id):
        rows = audit.list_record(made.id)
    assert {"add-carer", "link-account", "add-check", "enter-bank"} <= {row.act for row in rows}
    assert "Angharad" not in str([row.facts for row in rows])


def test_a_manager_adds_a_carer_notes_the_checks_and_lends_them(page) -> None:
    page.post(
        "/carers/new", reference="F-1", first_name="Mair", outcode="ls1", mode="bus", pay="13.50", week_hours="30",
        languages="English, Welsh", on_payroll="1", **day_boxes("born_on", date(1990, 2, 3)),
    )  # fmt: skip
    person = make_membership(page.tenant_id, "carer")
    with acting_for(page.tenant_id):
        made = carers.list_carers()[0]
        made_id, here = made.id, f"/carers/{made.id}"
        assert (made.week_minutes, made.languages, made.on_payroll) == (1800, ["English", "Welsh"], True)
    assert "no account" in page.get(here)
    page.post(f"{here}/account", person=str(person))
    page.post(
        f"{here}/checks", kind="dbs", level="enhanced_adults", checked_by="Manager", original_seen="1",
        **day_boxes("checked_on", clock.today()), **day_boxes("until", clock.today() + timedelta(days=20)),
    )  # fmt: skip
    page.post(f"{here}/bank")
    text = page.get(here)
    assert "In the bank" in text
    assert "Right to work" in text
    assert "Runs out soon" in text
    with acting_for(page.tenant_id):
        entry = bank.find_entry(made_id)
        assert entry is not None
        assert list(entry.tags) == ["dbs"]


def test_a_form_with_faults_keeps_what_was_typed_and_names_them(page) -> None:
    text = page.post("/carers/new", 422, reference="F-1", first_name="Mair", outcode="LS1 4AP", pay="x")
    assert "Enter only the first half of the postcode, LS1" in text
    assert 'value="Mair"' in text
    made = make_carer(page.tenant_id)
    text = page.post(f"/carers/{made.id}/checks", 422, kind="dbs", checked_by="", other_kind="rest")
    assert "This is the name of a rule" in text


def test_a_document_leaves_only_its_fingerprint(page) -> None:
    made = make_carer(page.tenant_id)
    page.post(
        f"/carers/{made.id}/checks", kind="first_aid", checked_by="Manager",
        evidence=(BytesIO(b"a certificate"), "certificate.pdf"), **day_boxes("checked_on", clock.today()),
    )  # fmt: skip
    with acting_for(made.tenant_id):
        held = [check.evidence_hash for check in checks.list_checks(made.id) if check.kind == "first_aid"]
    assert held[0] == sha256(b"a certificate").hexdigest()


def test_the_list_filters_by_expiry_and_is_taken_away_as_a_table(page) -> None:
    make_carer(page.tenant_id, reference="GOOD-1")
    make_carer(page.tenant_id, reference="SOON-1", until=clock.today() + timedelta(days=10))
    late = make_carer(page.tenant_id, reference="LATE-1")
    with acting_for(page.tenant_id):
        check = checks.list_checks(late.id)[0]
        check.until = clock.today() - timedelta(days=1)
    assert "SOON-1" in page.get("/carers?shown=soon")
    assert "GOOD-1" not in page.get("/carers?shown=soon")
    assert "LATE-1" in page.get("/carers?shown=expired")
    assert "SOON-1" not in page.get("/carers?words=late-1")
    assert "LATE-1" in page.get("/carers.csv")
    assert page.get("/carers?shown=nonsense", 422)


def test_a_carer_who_leaves_is_no_longer_published(page) -> None:
    made = make_carer(page.tenant_id)
    page.post(f"/carers/{made.id}/left", **day_boxes("left_on", clock.today()))
    with acting_for(page.tenant_id):
        assert bank.find_entry(made.id) is None
        assert carers.list_carers() == []
        assert [one.id for one in carers.list_carers(shown="left")] == [made.id]
