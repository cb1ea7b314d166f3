"""What must hold on every page in a real browser, whoever looks and however wide the window."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
SMALLEST_TARGET = 24
"""CSS pixels each way. Source: WCAG 2.2, success criterion 2.5.8, which leaves out links within sentences."""

_TARGETS = """least => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, nav a, a.govuk-button')]
  .filter(node => node.checkVisibility({visibilityProperty: true}) && !node.closest('.govuk-visually-hidden, .f-crumbs'))
  .map(node => node.matches('[type=radio], [type=checkbox]') ? node.parentElement : node)
  .map(node => [node.outerHTML.slice(0, 90), node.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height && (box.width < least || box.height < least))
  .map(([html, box]) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${html}`)"""


class Watch:
    """Listens to one page: errors of its console, refusals of its security policy, answers of 500 and up."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("console", lambda said: self._hear(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "response",
            lambda answer: self.problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )

    def _hear(self, words: str) -> None:
        # A form that is sent back with its errors is an answer of 409 or 422, which Chromium writes to the console.
        if "status of 409" not in words and "status of 422" not in words:
            self.problems.append(words)


def problems_of(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands: sideways scroll, small targets, faults that axe finds."""
    width = page.evaluate("document.documentElement.clientWidth")
    needed = page.evaluate("document.documentElement.scrollWidth")
    wrong = [f"scrolls sideways: {needed} in {width}"] if needed > width else []
    wrong += [f"target too small: {target}" for target in page.evaluate(_TARGETS, SMALLEST_TARGET)]
    for fault in Axe().run(page, options=WCAG).response["violations"]:
        wrong += [f"axe {fault['id']}: {node['html'][:160]}" for node in fault["nodes"][:3]]
    return wrong


def check_page(page: Page) -> None:
    """Raises: AssertionError naming the page and all that is wrong with it."""
    wrong = problems_of(page)
    assert not wrong, f"{page.url}\n" + "\n".join(wrong)
