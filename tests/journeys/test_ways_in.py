"""Other ways to do the same: the keyboard alone, no JavaScript, a file; and every page of everybody, on narrow screens."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.factories.journeys import make_people_and_prices, open_round
from tests.factories.rounds import make_ordered_round
from tests.factories.tenants import PASSWORD, make_manager, make_membership, make_officer, make_person
from tests.journeys.checks import check_page, problems_of, settled
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLACES = {
    "officer": (
        "/",
        "/rounds",
        "/catalogue",
        "/catalogue/new",
        "/suppliers",
        "/offers",
        "/orders",
        "/imports/new/catalogue",
        "/money",
        "/reports",
        "/reports/savings",
        "/record",
        "/people",
        "/settings",
        "/account",
        "/work",
    ),
    "manager": (
        "/",
        "/rounds",
        "/statements",
        "/money",
        "/reports/savings",
        "/record",
        "/people",
        "/settings",
        "/co-op",
        "/more",
    ),
    "carer": ("/", "/more", "/account", "/help", "/accessibility", "/privacy"),
}


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus carries this name. Raises: AssertionError when it is never reached."""
    settled(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(
            "name => [document.activeElement.ariaLabel, document.activeElement.innerText, document.activeElement.labels?.[0]?.innerText]"
            ".some(words => words && words.trim().startsWith(name))",
            name,
        ):
            return
    raise AssertionError(f"{name} is not reached by Tab on {page.url}")


def test_the_keyboard_alone_signs_in_and_says_what_is_needed(visit: Callable[..., Visitor]) -> None:
    market = make_people_and_prices()
    round_id = open_round(market)
    make_membership(market.coop, "manager", make_person("Kay Board", email="kay@example.org", password=PASSWORD))
    page = visit(1280).go("/sign-in")
    check_page(page)
    for label, typed in (("Email address", "kay@example.org"), ("Password", PASSWORD)):
        tab_to(page, label)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    tab_to(page, "Buying")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rounds")
    tab_to(page, "Winter PPE")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/rounds/{round_id}/demand")
    tab_to(page, "Packs of Face masks")
    page.keyboard.type("12")
    tab_to(page, "Save what we need")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved: 1 item.")


def test_without_javascript_a_step_of_a_quantity_is_saved_by_the_server(visit: Callable[..., Visitor]) -> None:
    market = make_people_and_prices()
    round_id = open_round(market)
    page = visit(320, market.manager, market.coop, javascript=False).go(f"/rounds/{round_id}/demand")
    page.get_by_role("button", name="One more: Nitrile gloves, medium").click()
    expect(page.get_by_label("Packs of Nitrile gloves, medium")).to_have_value("1")
    page.get_by_label("Packs of Face masks type IIR").fill("seven")
    page.get_by_role("button", name="Save what we need").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a whole number of packs from 0 to")
    page.get_by_label("Packs of Face masks type IIR").fill("7")
    page.get_by_role("button", name="Save what we need").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved: 2 items.")


def test_a_file_with_an_error_changes_nothing_and_a_good_one_becomes_the_demand(visit: Callable[..., Visitor]) -> None:
    market = make_people_and_prices()
    round_id = open_round(market)
    page = visit(375, market.manager, market.coop).go(f"/rounds/{round_id}/demand/file")
    code = market.item_code(0)
    _upload(page, f"item,packs\n{code},12\nno-such-item,3\n")
    expect(page.get_by_text("This item is not in the round").first).to_be_visible()
    expect(page.get_by_role("button", name="Take in 1 rows")).to_have_count(0)
    check_page(page)
    page.get_by_role("button", name="Take in nothing").click()
    page.get_by_role("link", name="Upload a filled-in file").click()
    _upload(page, f"item,packs\n{code},12\n")
    check_page(page)
    page.get_by_role("button", name="Take in").first.click()
    expect(page.get_by_label("Packs of Nitrile gloves, medium")).to_have_value("12")


def _upload(page: Page, text: str) -> None:
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "demand.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Look at it first").click()


@pytest.mark.parametrize("role", list(PLACES))
def test_every_page_is_accessible_and_fits_wide_and_narrow_windows(role: str, visit: Callable[..., Visitor]) -> None:
    bought = make_ordered_round(alone_pence={"Afon Care": 90_000, "Beacon Care": 30_000, "Cwm Care": 9_000})
    coop = bought.coops["Afon Care"]
    people: dict[str, tuple[UUID, UUID | None]] = {
        "officer": (make_officer(), None),
        "manager": (make_manager(coop), coop),
        "carer": (make_membership(coop, "carer"), coop),
    }
    visitor = visit(1280, *people[role])
    more = {"officer": ("", "/award"), "manager": ("/statement",)}.get(role, ())
    for path in (*PLACES[role], *(f"/rounds/{bought.round_id}{part}" for part in more)):
        page = visitor.go(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            check_page(page)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_the_checks_find_what_they_are_for(visit: Callable[..., Visitor]) -> None:
    page = settled(visit(320).go("/help"))
    page.evaluate("""() => {
        document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><div id="wide">x</div>');
        Object.assign(document.querySelector('main > button').style, {width: '9px', height: '9px', padding: 0, minHeight: 0});
        document.querySelector('#wide').style.width = '900px'; }""")
    found = "\n".join(problems_of(page))
    assert "scrolls sideways" in found and "target too small" in found and "axe button-name" in found
