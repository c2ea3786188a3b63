"""Somebody at a browser of some width, who reads some language and likes it light or dark."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from accounts.models import User
from tests.browser import packages, watching
from tests.browser.portal import Portal

HEIGHTS = {1280: 800, 360: 780}
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
PATIENCE = 30_000
"""Milliseconds that anything may take on a busy machine."""
RELOADS = 3
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# Nothing but loopback is asked for; root needs no sandbox of Chromium's around pages of our own.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@dataclass(frozen=True)
class Screen:
    width: int
    language: str
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


SCREENS = tuple(
    Screen(width, language, scheme)
    for width in HEIGHTS
    for language in LOCALES
    for scheme in ("light", "dark")
)


class Visitor:
    """Finds what is on the page by its words, given in English and looked for in the visitor's language."""

    def __init__(self, portal: Portal, page: Page, screen: Screen) -> None:
        self.portal, self.page, self.screen = portal, page, screen
        self.watch = watching.Watch(page.context)

    def say(self, text: str, context: str = "", **values: object) -> str:
        with translation.override(self.screen.language):
            said = pgettext(context, text) if context else gettext(text)
            return said % values if values else said

    def count(self, singular: str, plural: str, n: int, **values: object) -> str:
        with translation.override(self.screen.language):
            return ngettext(singular, plural, n) % {"n": n, "number": n, **values}

    def go(self, name: str, *arguments: Any, query: str = "") -> None:
        """Opens a page by the name of its address."""
        self.page.goto(f"{self.portal.url}{reverse(name, args=arguments)}{query}")

    def log_in(self, user: User) -> None:
        """The cookie of a session, as logging in would have left it."""
        client = Client()
        client.force_login(user, backend=BACKEND)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.portal.url}]
        )

    def button(self, text: str, **values: object) -> Locator:
        return self.page.get_by_role("button", name=self.say(text, **values), exact=True)

    def link(self, text: str, **values: object) -> Locator:
        return self.page.get_by_role("link", name=self.say(text, **values), exact=True)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(self.say(label), exact=True)

    def text(self, text: str, **values: object) -> Locator:
        return self.page.get_by_text(self.say(text, **values))

    def sees(self, text: str, **values: object) -> None:
        expect(self.text(text, **values).first).to_be_visible()

    def looks(self) -> None:
        """What must hold on every page, wherever on a journey one looks at it."""
        faults = self.faults()
        assert not faults, f"on {self.page.url}:\n" + "\n".join(faults)

    def faults(self, *, both_schemes: bool = False) -> list[str]:
        """What is wrong with the page, and what the browser complained of since the last look."""
        found = [*self._seen(both_schemes), *self.watch.faults]
        self.watch.faults.clear()
        return found

    def _seen(self, both_schemes: bool) -> list[str]:
        """A page that draws itself anew meanwhile, because its job has ended, is looked at once more."""
        for _ in range(RELOADS):
            with suppress(watching.DrawnAnew):
                return watching.faults(self.page, self.screen.language, both_schemes)
        return watching.faults(self.page, self.screen.language, both_schemes)


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium. Raises `MissingPackages`."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=packages.require(), args=SWITCHES)
        yield running
        running.close()


@contextmanager
def visitor(portal: Portal, browser: Browser, screen: Screen) -> Iterator[Visitor]:
    """A browser window without a past."""
    context = browser.new_context(
        viewport={"width": screen.width, "height": HEIGHTS[screen.width]},
        locale=LOCALES[screen.language],
        color_scheme=screen.scheme,
        reduced_motion="reduce",
        has_touch=screen.width < 500,
        timezone_id="Europe/Paris",
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield Visitor(portal, context.new_page(), screen)
    finally:
        context.close()
