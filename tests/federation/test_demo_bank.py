"""The staff bank of the demos: lawful, settled, the same for the same seed, and made by the services alone."""

import ast
import uuid
from argparse import Namespace
from datetime import date, timedelta
from pathlib import Path

import pytest

import federation.demo
from federation import inside
from federation.app import create_app
from federation.demo import bank, small, weeks
from federation.demo.bank import Plan
from federation.demo.staffing import choose_places, miles
from federation.schema import prepare
from staffbank.places import WELL_KNOWN
from staffbank.services import carers, hours, placements, requests, settlement
from staffbank.verify.report import report
from tenants import cli
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.errors import InvalidInput, RuleBroken
from tenants.services.coops import list_coops
from tenants.services.people import find_person
from tests import servers
from tests.conftest import running, settings_for

pytestmark = pytest.mark.slow

TINY = Plan.checked(3, 2, 5)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weeks with so much absence that a few carers are enough to see everything happen."""
    monkeypatch.setattr(weeks, "SICK", 0.5)
    monkeypatch.setattr(weeks, "LEAVE", 0.3)
    monkeypatch.setattr(weeks, "DISPUTES", 0.3)


@pytest.mark.slow
@pytest.mark.usefixtures("busy")
def test_weeks_of_absence_end_lawful_settled_and_with_books_that_hold(demo_app, capsys):
    outcome = bank.run(TINY)
    told = capsys.readouterr().out
    assert outcome.breaches == 0
    assert outcome.tally.requests > 3
    assert 0 < outcome.tally.lent <= outcome.tally.filled <= outcome.tally.shifts
    assert outcome.tally.recharged_pence > 0 and outcome.tally.payments > 0
    assert f"Requests: {outcome.tally.requests}" in told and "0 breaches" in told
    assert cli.check_ledger(Namespace()) == 0
    assert cli.verify_audit(Namespace()) == 0
    with acting_for_federation():
        assert {cycle.state for cycle in settlement.list_cycles()} == {"closed"}


def test_weeks_are_run_once_in_a_federation(demo_app, capsys):
    plan = Plan(2, 1, 5, TINY.places)
    bank.run(plan)
    with pytest.raises(RuleBroken, match="settled"):
        bank.run(plan)


@pytest.mark.slow
@pytest.mark.usefixtures("busy")
def test_the_same_seed_makes_the_same_absences(template_database, tmp_path):
    plan = Plan(2, 1, 5, TINY.places)
    found = [in_a_new_demo(template_database, tmp_path / str(number), lambda: bank.run(plan)) for number in range(2)]
    first, second = found
    assert first.tally.shifts > 1
    assert (first.carers, first.tally.requests, first.tally.shifts) == (
        second.carers,
        second.tally.requests,
        second.tally.shifts,
    )


def in_a_new_demo(template, folder, act):
    """What an act answers in a demo federation of its own."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    made = settings_for(servers.clone_database(template, name), folder)
    prepare(made.database_url, made, demo=True)
    try:
        with running(create_app(made, demo=True)):
            return act()
    finally:
        servers.drop_database(name)


@pytest.mark.parametrize(
    ("coops", "weeks_", "flag"), [(1, 2, "coops"), (101, 2, "coops"), (3, 0, "weeks"), (3, 27, "weeks")]
)
def test_numbers_that_cannot_be_are_refused_by_the_name_of_their_flag(coops, weeks_, flag):
    with pytest.raises(InvalidInput, match=f"--{flag}"):
        Plan.checked(coops, weeks_, 7)


def test_a_table_of_outcodes_says_where_people_live(tmp_path):
    table = tmp_path / "outcodes.csv"
    table.write_text("postcode,latitude,longitude,town\nZE1,60.15,-1.15,Lerwick\nZE2,60.3,-1.3,Mainland\n", "utf-8")
    assert {place.code for place in Plan.checked(2, 1, 7, str(table)).places} == {"ZE1", "ZE2"}
    with pytest.raises(InvalidInput, match="--outcodes"):
        Plan.checked(2, 1, 7, str(tmp_path / "none.csv"))


def test_without_a_table_people_live_near_each_other():
    places = choose_places(list(WELL_KNOWN.values()))
    assert len(places) > 5
    assert max(miles(a, b) for a in places for b in places) < 60


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 11, 3), date(2027, 1, 1), date(2028, 3, 31)])
@pytest.mark.parametrize("length", [1, 8, 26])
def test_the_weeks_lie_in_months_that_can_be_settled_by_now(today, length):
    first = bank.first_monday(today, length)
    last = first + timedelta(weeks=length)
    following = (last.replace(day=1) + timedelta(days=32 if last.day > 1 else 0)).replace(day=1)
    assert first.weekday() == 0
    assert following + timedelta(days=bank.SETTLED_AFTER - 1) <= today


def test_a_federation_that_is_no_demo_gets_no_invented_weeks(settings, monkeypatch):
    monkeypatch.setattr(inside, "running_settings", lambda arguments: settings)
    with pytest.raises(RuleBroken, match="no demo"):
        inside.demo_bank(Namespace(coops=3, weeks=1, seed=7, outcodes=None))


@pytest.fixture
def visited(demo_app, monkeypatch):
    """The small demo; the test's federation is founded already."""
    monkeypatch.setattr(small, "found_federation", lambda name: None)
    small.fill(demo_app)
    with acting_for_federation():
        return {coop.name: coop.id for coop in list_coops()}


def person_of(email: str):
    """The id of an account."""
    with at_the_door():
        found = find_person(email)
        assert found is not None
        return found.id


def test_a_visitor_finds_a_bank_in_the_middle_of_its_work(visited):
    ceri, fellside = person_of("carer@fellside.example"), visited["Fellside"]
    with acting_for(fellside, ceri):
        own = carers.find_own_carer(ceri)
        assert own is not None and own.first_name == "Ceri" and own.in_bank
        states = sorted(leg.state for leg in placements.list_own(ceri))
        assert states == ["confirmed", "offered"]
    with acting_for(visited["Harbour Care"]):
        assert [sheet.state for sheet in hours.list_sheets("host")] == ["sent"]
        rows, _ = requests.list_requests()
        assert {row.request.state for row in rows} >= {"shared"}
    with acting_for_federation():
        cycles = settlement.list_cycles()
        assert [cycle.state for cycle in cycles] == ["closed"]
        assert any(line.kind == "payment" and line.paid_at for line in settlement.list_lines(cycles[0].id))
    lines, breaches = report()
    assert breaches == 0, lines
    assert cli.check_ledger(Namespace()) == 0


def test_the_demo_is_made_by_the_services_as_it_would_be_by_hand():
    sources = sorted(Path(federation.demo.__file__).parent.glob("*.py"))
    assert len(sources) > 6
    for source in sources:
        text = source.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert "sqlalchemy" not in name and ".models" not in name and name != "tenants.db.db", (source, name)
        assert "db.session" not in text and "psycopg" not in text
