"""Voting in a browser: split votes on a phone by keyboard alone, a ranked ballot in secret, and the officer who declares."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from federation.assembly.models import Poll
from tenants import clock
from tenants.db import acting_for_federation, db
from tenants.scope import FEDERATION
from tests.factories import elections
from tests.factories.assembly import found_assembly
from tests.factories.motions import open_poll_now
from tests.factories.polls import make_poll
from tests.journeys.checks import check_page
from tests.journeys.conftest import Visitor
from tests.journeys.test_ways_in import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def end_voting(poll_id: UUID) -> None:
    """Let the hour of closing have come, as if everybody had waited for it."""
    with acting_for_federation():
        db.session.get_one(Poll, poll_id).closes_at = clock.now() - timedelta(seconds=1)


def heading(page: Page, words: str) -> None:
    """The page stands, with these words in its first heading and nothing wrong on it."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    check_page(page)


def test_votes_are_split_on_a_phone_by_keyboard_alone_and_the_officer_declares(visit: Callable[..., Visitor]) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Cwm Care"]
    poll_id = make_poll(assembly)
    page = visit(375, assembly.delegates[coop], coop).go(f"/polls/{poll_id}")
    heading(page, "Should the cover pool levy rise")
    tab_to(page, "All 5 for")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    for side, votes in (("For", "3"), ("Against", "1")):
        tab_to(page, side)
        page.keyboard.type(votes)
    tab_to(page, "Check my vote")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You hold 5 votes")
    for side, votes in (("Against", "2"), ("Abstain", "0")):
        tab_to(page, side)
        page.keyboard.press("Control+a")
        page.keyboard.type(votes)
    tab_to(page, "Check my vote")
    page.keyboard.press("Enter")
    heading(page, "Check your vote")
    tab_to(page, "My co-op has told me to vote this way")
    page.keyboard.press("Space")
    tab_to(page, "Cast 5 votes")
    page.keyboard.press("Enter")
    heading(page, "5 votes are cast for Cwm Care")
    receipt = page.locator(".h-value").inner_text()
    end_voting(poll_id)
    page = visit(1280, assembly.officer, FEDERATION).go(f"/polls/{poll_id}")
    page.get_by_text("Close voting").click()
    page.get_by_role("button", name="Close it").click()
    page.get_by_role("button", name="Declare the result").click()
    page.goto(f"{page.url.partition('/polls/')[0]}/polls/{poll_id}/result")
    check_page(page)
    expect(page.locator("main")).to_contain_text("3 were for and 2 against")
    page.goto(f"{page.url.removesuffix('result')}board")
    check_page(page)
    assert receipt in page.content()


def test_a_ranked_ballot_is_put_in_order_checked_and_cast_in_secret(visit: Callable[..., Visitor]) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Beacon Care"]
    election_id = elections.make_election(assembly, secret=True, seats=2)
    for name in ("Ada Ash", "Bo Birch", "Cy Cedar"):
        elections.nominate(assembly, election_id, "Afon Care", name)
    elections.list_now(assembly, election_id)
    poll_id = open_poll_now(elections.plan_vote(assembly, election_id, opened=False))
    page = visit(375, assembly.delegates[coop], coop).go(f"/polls/{poll_id}")
    heading(page, "Board seats 2026")
    page.get_by_label("Place of Cy Cedar").select_option("1")
    page.get_by_role("button", name="Rank Ada Ash next").click()
    page.get_by_role("button", name="Check my vote").click()
    heading(page, "Check your vote")
    page.get_by_label("My co-op has told me to vote this way").check()
    page.get_by_role("button", name="Cast 2 votes").click()
    heading(page, "2 votes are cast for Beacon Care")
    expect(page.locator("main")).to_contain_text("shown once")
    page = visit(1280, assembly.delegates[coop], coop).go(f"/polls/{poll_id}")
    expect(page.locator("main")).to_contain_text("A secret vote cannot be changed")
    check_page(page)
