"""Becoming and being somebody: an invitation up to the first sign-in, codes from a phone, and a token for a program."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pyotp.totp import TOTP

from tenants.db import at_the_door
from tenants.services import mail
from tenants.web import HouseFlask
from tests.factories.tenants import PASSWORD, make_coop, make_manager, make_membership, make_person
from tests.journeys.checks import check_page
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = pytest.mark.parametrize("width", [1280, 375])


def sign_in(visitor: Visitor, email: str) -> Page:
    """Type the address and the password."""
    page = visitor.go("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


@WIDTHS
def test_an_invitation_leads_from_the_letter_to_the_first_sign_in(
    width: int, app: HouseFlask, visit: Callable[..., Visitor]
) -> None:
    app.config["SMTP_URL"] = "smtp://mail.example.org"
    coop = make_coop("Afon Care")
    page = visit(width, make_manager(coop), coop).go("/people")
    page.get_by_label("Email address").fill("bo@example.org")
    page.get_by_label("Care worker").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("on its way to bo@example.org")
    check_page(page)
    with at_the_door():
        link = mail.list_letters()[0][0].body.split("/invitation/")[1].split()[0]
    guest = visit(width)
    page = guest.go(f"/invitation/{link}")
    check_page(page)
    page.get_by_label("Your name").fill("Bo Jones")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill("something else")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Afon Care: Care worker")).to_be_visible()
    guest.page.context.clear_cookies()
    page = sign_in(guest, "bo@example.org")
    expect(page.get_by_text("Afon Care: Care worker")).to_be_visible()
    check_page(page)


@WIDTHS
def test_codes_from_a_phone_are_set_up_and_asked_for_and_a_recovery_code_stands_in(
    width: int, visit: Callable[..., Visitor]
) -> None:
    make_membership(make_coop(), "carer", make_person(email="kay@example.org", password=PASSWORD))
    visitor = visit(width)
    page = sign_in(visitor, "kay@example.org")
    page.wait_for_url("**/")
    page = visitor.go("/account")
    page.get_by_role("link", name="Set it up").click()
    check_page(page)
    app_on_the_phone = TOTP(page.locator(".h-secret").inner_text().replace(" ", ""))
    started = time.time()
    page.get_by_label("Six-digit code").fill(app_on_the_phone.at(int(started)))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes safe")
    check_page(page)
    codes = page.locator(".h-codes li").all_inner_texts()
    assert len(codes) == 10
    for code, words in ((app_on_the_phone.at(int(started) + 30), "Six-digit code"), (codes[0], "Recovery code")):
        page.context.clear_cookies()
        page = sign_in(visitor, "kay@example.org")
        expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code from your app")
        if words == "Recovery code":
            page.get_by_role("link", name="I do not have my phone").click()
        check_page(page)
        page.get_by_role("textbox", name=words).fill(code)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/")
    expect(visitor.go("/account").get_by_text("9 recovery codes are left")).to_be_visible()


@WIDTHS
def test_a_token_is_made_used_by_a_program_and_withdrawn(width: int, visit: Callable[..., Visitor]) -> None:
    coop = make_coop("Afon Care")
    visitor = visit(width, make_manager(coop), coop)
    page = visitor.go("/account")
    page.get_by_text("Make a new token").click()
    page.get_by_label("Name", exact=True).fill("Stock sheet")
    page.get_by_role("checkbox", name="Read").check()
    page.get_by_role("button", name="Make the token").click()
    token = page.get_by_role("main").locator(".h-secret").inner_text()
    check_page(page)
    ask = {"Authorization": f"Bearer {token}"}
    assert page.request.get(f"{visitor.address}/api/rounds", headers=ask).status == 200
    assert token not in visitor.go("/account").content()
    page.get_by_text("Withdraw", exact=True).click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("withdrawn")
    page.context.clear_cookies()
    assert page.request.get(f"{visitor.address}/api/rounds", headers=ask).status == 401
