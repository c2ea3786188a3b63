"""What goes wrong in a browser without anybody seeing it: console, broken requests, faults of accessibility."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response, WebError

AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
CONTRAST = "color-contrast"
SETTLED = """() => document.readyState === "complete"
  && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")
  && !document.getAnimations().some((each) => each instanceof CSSTransition && each.playState === "running")"""
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => console.error(
  `CSP: ${event.effectiveDirective} forbids ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`))"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const right = (element) => Math.round(element.getBoundingClientRect().right);
  const wide = [...document.body.querySelectorAll("*")].filter((element) => right(element) > width);
  return ["", ...wide.slice(0, 5).map((element) => `${right(element)} px: ${element.outerHTML.slice(0, 120)}`)];
}"""
BEGAN = "performance.timeOrigin"
RUN_AXE = """(only) => axe.run(document, { resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) })
  .then(({ violations }) => JSON.stringify(violations))"""
# Of a status the browser's console says that there was one; the answer itself says which.
ABOUT_A_STATUS = "Failed to load resource: the server responded with a status of"


class Watch:
    """Collects the faults of a browser's pages from now on."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self._allowed: list[int] = []
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._said)
        context.on("weberror", self._raised)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)

    @contextmanager
    def answered(self, status: int) -> Iterator[None]:
        """Something in here must be answered with this status, which is then no fault."""
        self._allowed.append(status)
        yield
        assert status not in self._allowed, f"nothing was answered with {status}"

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ABOUT_A_STATUS):
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _raised(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error.message}")

    def _answered(self, response: Response) -> None:
        if response.status in self._allowed:
            self._allowed.remove(response.status)
        elif response.status >= 400:
            self.faults.append(f"status {response.status}: {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left breaks off what it was still asking for.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.faults.append(f"request: {request.failure}: {request.url}")


class DrawnAnew(Exception):
    """The page was left or loaded anew while it was looked at."""


def faults(page: Page, language: str, both_schemes: bool) -> list[str]:
    """What is wrong with the page as it stands. Raises `DrawnAnew`."""
    began = 0.0
    try:
        settle(page)
        began = page.evaluate(BEGAN)
        told = page.locator("html").get_attribute("lang")
        wrong = [] if told == language else [f"the page says that it is in “{told}”"]
        return [*wrong, *axe_faults(page, both_schemes), *overflow(page)]
    except Error as error:
        page.wait_for_load_state()
        if page.evaluate(BEGAN) != began:
            raise DrawnAnew from error
        raise


def settle(page: Page) -> None:
    """Waits until everything is loaded, swapped in and done moving."""
    page.wait_for_function(SETTLED)


def axe_faults(page: Page, both_schemes: bool) -> list[str]:
    """What axe-core finds serious or critical on the page, in the scheme that it is in or in the other one too.

    Whoever looks at one scheme only looks at both in turn: what is not about colours is looked for in the light.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    now = page.evaluate("document.documentElement.dataset.bsTheme")
    if not both_schemes:
        return _axe(page, now, CONTRAST if now == "dark" else "")
    faults = _axe(page, now)
    other = "light" if now == "dark" else "dark"
    try:
        _turn(page, other)
        faults += _axe(page, other, CONTRAST)
    finally:
        _turn(page, now)
    return faults


def overflow(page: Page) -> list[str]:
    """Whether the page is wider than its window, and what sticks out."""
    out = page.evaluate(TOO_WIDE)
    return [f"wider than its window of {page.viewport_size['width']} px{'; '.join(out)}"] if out else []


def _turn(page: Page, scheme: str) -> None:
    page.evaluate("(scheme) => { document.documentElement.dataset.bsTheme = scheme }", scheme)
    settle(page)


def _axe(page: Page, scheme: str, only: str = "") -> list[str]:
    return [
        f"axe, {scheme}: {rule['id']} ({rule['impact']}): {rule['help']}\n"
        f"    {' '.join(map(str, node['target']))}: {node['html'][:200]}\n"
        f"    {node.get('failureSummary', '')}"
        for rule in json.loads(page.evaluate(RUN_AXE, only))
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]
