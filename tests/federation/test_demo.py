"""The large demo round: run on a real database, the same for the same seed, and refused where it does not belong."""

from argparse import Namespace
from datetime import date

import pytest

from federation import inside
from federation.demo.large import Plan, run
from procurement.services import statements
from tenants import cli
from tenants.db import acting_for, acting_for_federation
from tenants.errors import InvalidInput, RuleBroken
from tenants.services.coops import NewCoop, Size, add_coop, list_coops

pytestmark = pytest.mark.slow

SMALL = Plan(4, 6, 7)
JOINED = date(2026, 1, 1)


def test_a_large_round_ends_in_statements_that_add_up_in_books_and_a_record_that_hold(demo_app, capsys):
    outcome = run(SMALL)
    assert outcome.coops == 4
    assert outcome.orders >= 1
    assert outcome.paid_pence > 0
    assert cli.check_ledger(Namespace()) == 0
    assert cli.verify_audit(Namespace()) == 0
    assert "Saved at least" in capsys.readouterr().out


def test_the_same_seed_makes_the_same_numbers_twice_in_one_federation(demo_app):
    first, second = run(SMALL), run(SMALL)
    assert (first.paid_pence, first.orders) == (second.paid_pence, second.orders)


def test_another_seed_makes_other_numbers(demo_app):
    assert run(SMALL).paid_pence != run(Plan(4, 6, 8)).paid_pence


def test_co_ops_of_the_federation_take_part_before_any_is_invented(demo_app):
    with acting_for_federation():
        own = add_coop(NewCoop("Zennor Care", JOINED, size=Size(staff=40)))
    outcome = run(Plan(3, 6, 7))
    with acting_for(own):
        assert statements.get_statement(outcome.round_id).share.net_pence > 0
    with acting_for_federation():
        assert len(list_coops()) == 3


@pytest.mark.parametrize(("coops", "items"), [(0, 6), (401, 6), (4, 0), (4, 501)])
def test_a_plan_that_cannot_be_is_refused_by_the_name_of_its_flag(coops, items):
    with pytest.raises(InvalidInput, match=r"--coops|--items"):
        Plan.checked(coops, items, 7)


def test_a_federation_that_is_no_demo_gets_no_invented_round(settings, monkeypatch):
    monkeypatch.setattr(inside, "running_settings", lambda arguments: settings)
    with pytest.raises(RuleBroken, match="no demo"):
        inside.demo_round(Namespace(coops=3, items=6, seed=7))
