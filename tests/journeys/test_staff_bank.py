"""The staff bank in browsers: cover is asked for, matched, offered, accepted, released, confirmed, briefed, worked and agreed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from federation.config import Settings
from tenants import clock, jobs
from tenants.web import HouseFlask
from tests.factories.staffbank import MadeCarer, make_carer
from tests.factories.tenants import make_coop, make_manager
from tests.journeys.checks import check_page, settled
from tests.journeys.conftest import Visitor
from tests.journeys.test_ways_in import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUNRISE = datetime(2026, 11, 10, 7, 0, tzinfo=UTC)
"""A Tuesday on which somebody calls in sick: past, so that all jobs are due."""
STARTS = SUNRISE + timedelta(hours=2)
ROUNDS = 3


class Hands:
    """The hands of the clock, for every thread: the server's threads know nothing of a clock that stands still in ours."""

    def __init__(self) -> None:
        self.at: datetime | None = SUNRISE

    def get(self) -> datetime | None:
        return self.at


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    """`hands.at = moment` sets the clock of the federation."""
    made = Hands()
    monkeypatch.setattr(clock, "_frozen", made)
    yield made


@pytest.fixture
def work(app: HouseFlask, settings: Settings) -> Callable[[], None]:
    """`work()` claims what is due, and what that begets, and runs it here. Work of every night begets itself without end
    while the clock stands in the past, so it is not run until nothing is left."""

    def some() -> None:
        engine = create_engine(
            settings.role_urls["jobs"].replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
        )
        claim = text("SELECT tenant_id, id, kind FROM outbox_claim(50, :lease)")
        for _ in range(ROUNDS):
            with engine.begin() as connection:
                due = connection.execute(claim, {"lease": jobs.LEASE}).all()
            ended = {kind: jobs.run_job(str(work_id), str(tenant_id), kind) for tenant_id, work_id, kind in due}
            # There is no mail server here, so letters wait.
            assert {how for kind, how in ended.items() if kind != "send-mail"} <= {"done"}

    return some


@dataclass(frozen=True)
class Bank:
    """Three windows: of the manager who needs somebody, of the manager who lends, and of the carer."""

    host: Visitor
    home: Visitor
    phone: Visitor
    carer: MadeCarer


@pytest.fixture
def open_bank(hands: Hands, visit: Callable[..., Visitor]) -> Callable[[int], Bank]:
    """`open_bank(width)`: Afon has nobody to send, Beacon has one carer who fits; the carer is on a phone."""

    def opened(width: int) -> Bank:
        afon, beacon = make_coop("Afon Care"), make_coop("Beacon Care")
        carer = make_carer(beacon, first_name="Mair", skills=("medication", "hoist"))
        return Bank(
            visit(width, make_manager(afon, "Ann Host"), afon),
            visit(width, make_manager(beacon, "Ben Home"), beacon),
            visit(375, carer.person_id, beacon),
            carer,
        )

    return opened


def ask(page: Page, starts_at: datetime) -> None:
    """Fill the form in for two hours with medication at Leeds."""
    local = starts_at.astimezone(clock.LONDON)
    for part, value in (("day", local.day), ("month", local.month), ("year", local.year)):
        page.locator(f"[name=day-{part}]").fill(str(value))
    page.get_by_label("From", exact=True).fill(f"{local:%H:%M}")
    page.get_by_label("To", exact=True).fill(f"{local + timedelta(hours=2):%H:%M}")
    page.get_by_label("Where: first half of the postcode").fill("LS1")
    page.get_by_role("checkbox", name="Medication", exact=True).check()


def heading(page: Page) -> Any:
    """The question that a page answers."""
    return expect(page.get_by_role("heading", level=1))


def signed_off(page: Page, words: str) -> None:
    """The page says what has been done, and nothing on it is wrong."""
    expect(page.get_by_role("status").first).to_contain_text(words)
    check_page(page)


def find_and_offer(bank: Bank, work: Callable[[], None]) -> None:
    """From the board to an offer, by way of a form that is sent empty first."""
    page = bank.host.go("/staff-bank")
    heading(page).to_have_text("Is everybody’s care covered?")
    check_page(page)
    page.get_by_role("link", name="Ask for cover").first.click()
    check_page(page)
    page.get_by_role("button", name="See what it would cost").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page)
    ask(page, STARTS)
    page.get_by_role("button", name="See what it would cost").click()
    expect(page.get_by_role("heading", name="What it will cost")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Approve and find carers").click()
    signed_off(page, "Approved")
    work()
    page.reload()
    expect(page.get_by_role("heading", name="Mair")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Offer to Mair, Beacon Care").click()
    signed_off(page, "1 carer is asked")


def answer_and_confirm(bank: Bank) -> None:
    """The carer says yes on the phone, the home co-op releases, the host confirms; each finds it on the home page."""
    page = bank.phone.go("/")
    page.get_by_role("link", name="Answer: Afon Care asks for your help").click()
    heading(page).to_contain_text("offer")
    check_page(page)
    page.get_by_role("button", name="Accept Tuesday").click()
    signed_off(page, "Your co-op is asked to release you")
    page = bank.home.go("/")
    page.get_by_role("link", name="Answer: Release Mair to Afon Care").click()
    check_page(page)
    page.get_by_role("button", name="Release Mair").click()
    signed_off(page, "Released")
    page = bank.host.go("/staff-bank")
    expect(page.get_by_role("link", name="1 at risk").first).to_be_visible()
    page.get_by_role("link", name="Confirm: Confirm Mair of Beacon Care").click()
    check_page(page)
    page.get_by_role("button", name="Confirm Mair").click()
    signed_off(page, "Confirmed")
    expect(page.get_by_role("heading", name="What the home co-op warrants")).to_be_visible()


def brief(bank: Bank) -> None:
    """Both tick the briefing; half of it is not enough."""
    page = bank.host.go("/staff-bank")
    page.get_by_role("link", name="Brief: Brief Mair of Beacon Care").click()
    tick_all(page, "The briefing is done")
    signed_off(page, "The briefing is ticked")
    page = bank.phone.go("/")
    page.get_by_role("link", name="Read: Read the briefing of Afon Care").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="I am ready").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick everything")
    check_page(page)
    tick_all(page, "I am ready")
    signed_off(page, "The briefing is ticked")


def tick_all(page: Page, button: str) -> None:
    """Tick every box of the page and send them."""
    for box in settled(page).get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name=button).click()


def come_and_go(bank: Bank, hands: Hands) -> None:
    """The carer checks in when it is time and out two hours later; no sooner."""
    page = bank.phone.go("/my-offers")
    expect(page.get_by_role("button", name="Check in")).to_have_count(0)
    hands.at = STARTS - timedelta(minutes=5)
    page.reload()
    page.get_by_role("button", name="Check in").click()
    signed_off(page, "You are checked in")
    hands.at = STARTS + timedelta(hours=2, minutes=5)
    page = bank.phone.go("/my-offers")
    page.get_by_role("button", name="Check out").click()
    signed_off(page, "You are checked out")


def agree_hours(bank: Bank, work: Callable[[], None]) -> None:
    """The carer sends the hours, the host agrees in full, the home co-op accepts, and both see the recharge."""
    page = bank.phone.go("/")
    page.get_by_role("link", name="Send: Send your hours at Afon Care").click()
    check_page(page)
    page.get_by_role("button", name="Send to the host").click()
    expect(page.get_by_role("status").first).to_be_visible()
    check_page(page)
    page = bank.host.go("/")
    page.get_by_role("link", name="Agree: Agree the hours of Mair of Beacon Care").click()
    check_page(page)
    page.get_by_role("button", name="Agree in full").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page = bank.home.go("/")
    page.get_by_role("link", name="Accept: Accept the hours of Mair at Afon Care").click()
    check_page(page)
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()
    work()
    for visitor in (bank.host, bank.home):
        path = page.url.removeprefix(visitor.address)
        expect(visitor.go(path).get_by_role("table", name="Recharge")).to_be_visible()
        check_page(visitor.page)


@pytest.mark.parametrize("width", [1280, 375])
def test_cover_is_found_worked_and_agreed(
    width: int, hands: Hands, open_bank: Callable[[int], Bank], work: Callable[[], None]
) -> None:
    bank = open_bank(width)
    find_and_offer(bank, work)
    answer_and_confirm(bank)
    brief(bank)
    come_and_go(bank, hands)
    agree_hours(bank, work)
    page = bank.host.go("/reports/staff-bank")
    heading(page).to_have_text("100.0% of the cover asked for was found in 2026")
    check_page(page)


def test_the_keyboard_alone_asks_offers_and_accepts(open_bank: Callable[[int], Bank], work: Callable[[], None]) -> None:
    bank = open_bank(1280)
    page = bank.host.go("/staff-bank")
    tab_to(page, "Ask for cover")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cover/new")
    # Whether the browser's box takes AM and PM hangs on its language; where it does not, the letters are passed over.
    for label, typed in (("From", "0900AM"), ("To", "1100AM"), ("Where: first half", "LS1"), ("Medication", " ")):
        tab_to(page, label)
        page.keyboard.type(typed)
    tab_to(page, "See what it would cost")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What it will cost")).to_be_visible()
    tab_to(page, "Approve and find carers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Approved")
    work()
    page.reload()
    tab_to(page, "Offer to Mair")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("1 carer is asked")
    page = bank.phone.go("/")
    tab_to(page, "Offers")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my-offers")
    tab_to(page, "Accept Tuesday")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Your co-op is asked to release you")
