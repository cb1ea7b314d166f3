"""A real browser before a real server, over a federation of the test's own."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import wasyncore
from waitress.server import create_server

from tenants.db import at_the_door
from tenants.services import sessions
from tenants.web import COOKIE, HouseFlask
from tests.journeys.checks import Watch

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--in-process-gpu",
    "--disable-software-rasterizer",
    "--disable-extensions",
    "--renderer-process-limit=1",
    "--disable-features=site-per-process,Translate,MediaRouter,OptimizationHints",
    "--disable-site-isolation-trials",
)
SECONDS = 20
"""How long an act of a journey may take on a busy machine before it counts as failed."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of this machine; without one the journeys are skipped, or fail where FED_REQUIRE_BROWSER=1 asks for it."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        words = "the journeys need a browser: apt install chromium"
        pytest.fail(words) if os.environ.get("FED_REQUIRE_BROWSER") == "1" else pytest.skip(words)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def address(app: HouseFlask) -> Iterator[str]:
    """Where the test's app is served by waitress, in threads of this process."""
    sockets: dict[int, Any] = {}
    server = create_server(app, host="127.0.0.1", port=0, threads=8, map=sockets)
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            wasyncore.loop(timeout=0.1, map=sockets, count=1)

    thread = threading.Thread(target=serve, name="web")
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    ending.set()
    thread.join()
    server.task_dispatcher.shutdown()
    wasyncore.close_all(sockets)


@dataclass
class Visitor:
    """Somebody at a window of the browser. `go` opens a path of the site."""

    page: Page
    watch: Watch
    address: str

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """`visit(width, person_id, tenant_id, javascript=True)` opens a window, signed in if a person is named.

    At the end no console may have shown an error or a refusal of the security policy, and no answer may have been a 500.
    """
    visitors: list[Visitor] = []

    def open_window(
        width: int, person_id: UUID | None = None, tenant_id: UUID | None = None, *, javascript: bool = True
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale="en-GB"
        )
        context.set_default_timeout(SECONDS * 1000)
        if person_id is not None:
            with at_the_door():
                token = sessions.start_session(person_id, second_factor=True, tenant_id=tenant_id)
            context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        visitors.append(Visitor(page, Watch(page), address))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.page.context.close()
    assert [problem for visitor in visitors for problem in visitor.watch.problems] == []
