"""Those who read: the treasurer takes the figures away, the delegate sees what was bought, the auditor reads the record."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.scope import FEDERATION
from tests.factories.rounds import make_ordered_round
from tests.factories.tenants import make_membership
from tests.journeys.checks import check_page, settled
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = pytest.mark.parametrize("width", [1280, 375])
ALONE = {"Afon Care": 90_000, "Beacon Care": 30_000, "Cwm Care": 9_000}


def take(page: Page, name: str, folder: Path) -> bytes:
    """What a link of the page downloads."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    kept = folder / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    return kept.read_bytes()


@WIDTHS
def test_the_treasurer_takes_statement_ledger_and_savings_away(
    width: int, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    bought = make_ordered_round(alone_pence=ALONE)
    coop = bought.coops["Afon Care"]
    visitor = visit(width, make_membership(coop, "treasurer"), coop)
    for path, kinds in (
        (f"/rounds/{bought.round_id}/statement", ("PDF", "CSV", "XLSX")),
        ("/money", ("CSV", "XLSX")),
        ("/reports/savings", ("CSV", "XLSX")),
    ):
        page = visitor.go(path)
        expect(page.get_by_role("heading", level=1)).to_contain_text("£")
        check_page(page)
        for kind in kinds:
            taken = take(page, f"Download {kind}", tmp_path)
            assert len(taken) > 50 and taken.startswith({"PDF": b"%PDF-", "XLSX": b"PK", "CSV": b"\xef\xbb\xbf"}[kind])
    page = visitor.go("/rounds")
    expect(page.get_by_role("link", name="Open a round")).to_have_count(0)
    check_page(page)


@WIDTHS
def test_the_delegate_sees_what_was_bought_and_nothing_that_is_not_theirs(
    width: int, visit: Callable[..., Visitor]
) -> None:
    bought = make_ordered_round(alone_pence=ALONE)
    coop = bought.coops["Afon Care"]
    visitor = visit(width, make_membership(coop, "delegate"), coop)
    page = visitor.go("/rounds")
    check_page(page)
    page.get_by_role("link", name="Winter PPE").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("asked for")
    expect(page.get_by_role("button", name="Save what we need")).to_have_count(0)
    check_page(page)
    page = visitor.go("/reports/savings")
    check_page(page)
    links = settled(page).eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
    assert {page.request.get(link).status for link in links} == {200}
    assert page.request.get(f"{visitor.address}/rounds/{bought.round_id}/statement").status == 403


@WIDTHS
def test_the_auditor_finds_in_the_record_who_did_what(
    width: int, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    bought = make_ordered_round(alone_pence=ALONE)
    visitor = visit(width, make_membership(FEDERATION, "auditor"))
    page = visitor.go("/record")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who did what, and when?")
    expect(page.get_by_text("Approved an award").first).to_be_visible()
    check_page(page)
    assert b"Approved an award" in take(page, "Download CSV", tmp_path)
    page = visitor.go(f"/rounds/{bought.round_id}/award")
    expect(page.get_by_role("button", name="Send the orders")).to_have_count(0)
    check_page(page)
