"""The whole round in a browser: the officer opens it, the manager answers, the award, the orders, the statement."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tenants import clock
from tests.factories.journeys import answer, make_people_and_prices
from tests.journeys.checks import check_page
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fill_day(page: Page, name: str, day: date) -> None:
    """Type a day into its three boxes."""
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"[name={name}-{part}]").fill(str(value))


@pytest.mark.parametrize("width", [1280, 375])
def test_a_round_goes_from_draft_to_statement(
    width: int, visit: Callable[..., Visitor], run_jobs: Callable[[], list[str]], tmp_path: Path
) -> None:
    market = make_people_and_prices()
    officer, manager = visit(width, market.officer), visit(width, market.manager, market.coop)
    path = _draft_and_open(officer)
    answer(market, UUID(path.rsplit("/", 1)[1]))
    _say_what_is_needed(manager)
    _extend_remind_and_close(officer, path)
    _award(officer, run_jobs)
    _orders(officer, tmp_path)
    _statement(manager, path)
    run_jobs()


def _draft_and_open(officer: Visitor) -> str:
    page = officer.go("/rounds/new")
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one item")
    check_page(page)
    page.get_by_label("Name of the round").fill("Winter PPE")
    fill_day(page, "closes_on", clock.today() + timedelta(days=5))
    fill_day(page, "delivery_by", clock.today() + timedelta(days=20))
    for item in ("Nitrile gloves, medium", "Face masks type IIR", "Hand-washing leaflets"):
        page.get_by_label(item).check()
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Winter PPE")
    check_page(page)
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("status")).to_contain_text("The round is open")
    return page.url.removeprefix(officer.address)


def _say_what_is_needed(manager: Visitor) -> None:
    page = manager.go("/")
    page.get_by_role("link", name="Winter PPE").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How much does Afon Care need?")
    gloves = page.get_by_label("Packs of Nitrile gloves, medium")
    strip = page.locator("[id^=strip-]").filter(has_text="120 packs")
    expect(strip).to_have_count(1)
    gloves.fill("9")
    page.get_by_role("button", name="One more: Nitrile gloves, medium").click()
    expect(page.locator("[id^=strip-]").filter(has_text="130 packs")).to_have_count(1)
    page.get_by_label("Note to the federation office").fill("An outbreak at one house.")
    check_page(page)
    page.get_by_label("Packs of Hand-washing leaflets").fill("1.5")
    page.get_by_role("button", name="Save what we need").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a whole number of packs")
    expect(gloves).to_have_value("10")
    page.get_by_label("Packs of Hand-washing leaflets").fill("2")
    page.get_by_role("button", name="Save what we need").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved: 2 items.")


def _extend_remind_and_close(officer: Visitor, path: str) -> None:
    page = officer.go(path)
    expect(page.get_by_text("An outbreak at one house.")).to_be_visible()
    fill_day(page, "closes_on", clock.today() + timedelta(days=6))
    page.get_by_role("button", name="Move the closing time").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    page.get_by_label("Reason").first.fill("A bank holiday.")
    page.get_by_role("button", name="Move the closing time").click()
    expect(page.get_by_role("status")).to_contain_text("more time")
    page.get_by_role("button", name="Send a reminder").click()
    expect(page.get_by_role("status")).to_contain_text("Reminders are on their way")
    page.get_by_text("Close the round now").click()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("status")).to_contain_text("The round is closed")


def _award(officer: Visitor, run_jobs: Callable[[], list[str]]) -> None:
    page = officer.page
    page.get_by_role("button", name="Work out the award").click()
    expect(page.get_by_role("progressbar")).to_be_attached()
    check_page(page)
    run_jobs()
    page.get_by_role("link", name=re.compile("See the (award|result)")).click()
    check_page(page)
    page.get_by_role("group", name="Southgate Ŵyn").get_by_label("Must be in").check()
    page.get_by_role("button", name="Work out the award again").click()
    run_jobs()
    page.get_by_role("link", name=re.compile("See the (award|result)")).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Reason").fill("The least cost.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status").first).to_contain_text("The award is approved")


def _orders(officer: Visitor, folder: Path) -> None:
    page = officer.page
    page.get_by_role("button", name="Send the orders").click()
    expect(page.get_by_role("status")).to_contain_text("purchase orders made")
    page.locator("main table a").first.click()
    check_page(page)
    for link, magic in (("Download PDF", b"%PDF-"), ("Download CSV", b""), ("Download XLSX", b"PK")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).click()
        kept = folder / link.split()[1]
        waiting.value.save_as(kept)
        assert kept.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(magic) and kept.stat().st_size > 50


def _statement(manager: Visitor, path: str) -> None:
    page = manager.go(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Afon Care pays £")
    check_page(page)
