"""The passport in a browser: a manager keeps it on a desk, a carer reads it and tells free hours on a phone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from staffbank.services import availability
from tenants import clock
from tenants.db import acting_for
from tests.factories.staffbank import make_block, make_carer
from tests.factories.tenants import make_coop, make_manager
from tests.journeys.checks import check_page
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_manager_keeps_passports_and_rotas_by_desk_and_by_phone(visit: Callable[..., Visitor]) -> None:
    coop = make_coop("Afon Care")
    make_carer(coop, reference="F-001", first_name="Mair", until=clock.today() + timedelta(days=20))
    made = make_carer(coop, reference="F-002", first_name="Nia", skills=("hoist", "peg"))
    make_block(made, clock.now(), 6)
    manager = make_manager(coop, "Bryn Manager")
    desk, phone = visit(1280, manager, coop), visit(320, manager, coop)
    for visitor in (desk, phone):
        for path in (
            "/carers",
            "/carers/new",
            f"/carers/{made.id}",
            f"/carers/{made.id}/change",
            f"/carers/{made.id}/rota",
            "/rota/files",
            "/bank-policy",
        ):
            check_page(visitor.go(path))
    page = desk.go("/carers")
    page.get_by_role("link", name="Nia Carer").click()
    page.get_by_text("Take out of the bank").click()
    page.get_by_role("button", name="Take out", exact=True).click()
    expect(page.get_by_text("Nia is no longer in the bank. Nothing is published.")).to_be_visible()
    page.get_by_role("button", name="Lend this carer").click()
    expect(page.get_by_text("Nia is in the bank.")).to_be_visible()
    rota = f"carer,day,start,end\nF-001,{clock.today():%d/%m/%Y},00:10,00:20\nF-009,31/31/2026,x,13:00\n"
    page = desk.go("/rota/files")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "rota.csv", "mimeType": "text/csv", "buffer": rota.encode()}
    )
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", name="1 of 2 rows need mending")).to_be_visible()
    check_page(page)


def test_a_carer_reads_the_passport_and_tells_free_hours_on_a_phone(visit: Callable[..., Visitor]) -> None:
    made = make_carer(until=clock.today() + timedelta(days=20), week=((1, 1080, 1320), (5, 480, 720)))
    soon = clock.now() + timedelta(days=2)
    with acting_for(made.tenant_id):
        availability.add_day(made.id, soon, soon + timedelta(hours=4), free=False)
    phone = visit(320, made.person_id, made.tenant_id)
    page = phone.go("/my-passport")
    expect(page.get_by_role("heading", name="Something on your passport runs out soon")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Change my availability").click()
    check_page(page)
    sunday = page.get_by_role("group", name="Sunday", exact=True)
    sunday.get_by_label("From").fill("9am")
    sunday.get_by_label("To").fill("13:00")
    page.get_by_role("button", name="Keep my week").click()
    expect(page.get_by_text("Your week is kept, and the bank knows it.")).to_be_visible()
    page.get_by_label("I am on leave").check()
    other = page.locator("form", has=page.get_by_role("heading", name="Leave, and days that differ"))
    day: datetime = clock.now() + timedelta(days=9)
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        other.get_by_label(label, exact=True).first.fill(str(value))
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_text("Noted, and the bank knows it.")).to_be_visible()
    with acting_for(made.tenant_id):
        assert (6, 540, 780) in availability.list_week(made.id)
        assert len(availability.list_leave(made.id)) == 1
