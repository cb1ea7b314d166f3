"""What must hold on every page in a real browser, whoever looks and however wide the window."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error, Page, TimeoutError

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
SMALLEST_TARGET = 24
"""CSS pixels each way. Source: WCAG 2.2, success criterion 2.5.8, which leaves out links within sentences."""

TRIES = 3
_WIDTHS = "(page => [page.clientWidth, page.scrollWidth])(document.documentElement)"
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


def settled(page: Page) -> Page:
    """The page when it stands: a click answers as soon as the next page begins to come, of which there is nothing yet."""
    page.wait_for_load_state("load")
    page.wait_for_function("document.readyState === 'complete' && document.body !== null")
    return page


def problems_of(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands: sideways scroll, small targets, faults that axe finds."""
    for _ in range(TRIES - 1):
        try:
            return _found_on(settled(page))
        except TimeoutError:
            raise
        except Error as error:
            # The page went away under our hands, to the one that a click had asked for: that one is meant.
            print(f"looking again: {error}")
    return _found_on(settled(page))


def _found_on(page: Page) -> list[str]:
    width, needed = page.evaluate(_WIDTHS)
    wrong = [f"scrolls sideways: {needed} in {width}"] if needed > width else []
    wrong += [f"target too small: {target}" for target in page.evaluate(_TARGETS, SMALLEST_TARGET)]
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for fault in page.evaluate("options => axe.run(options).then(found => found.violations)", WCAG):
        wrong += [f"axe {fault['id']}: {node['html'][:160]}" for node in fault["nodes"][:3]]
    return wrong


def check_page(page: Page) -> None:
    """Raises: AssertionError naming the page and all that is wrong with it."""
    wrong = problems_of(page)
    assert not wrong, f"{page.url}\n" + "\n".join(wrong)
