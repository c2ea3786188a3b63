"""One portal and one Chromium for all journeys; each journey has a window and an agency of its own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from tests.browser.agencies import Founded, found
from tests.browser.portal import Portal, running
from tests.browser.visitor import SCREENS, Visitor, browser, visitor

HERE = Path(__file__).parent
PICTURES = settings.BASE_DIR / "var" / "browser"
"""Where a journey that fails leaves what was on the screen."""
ESTATES, CONTACTS = 60, 12


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@pytest.fixture(scope="session")
def portal(django_db_blocker) -> Iterator[Portal]:
    # Playwright runs an event loop in this thread, in which Django would refuse to ask its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with django_db_blocker.unblock(), running(settings.VAR_DIR, estates=ESTATES, contacts=CONTACTS) as portal:
        yield portal


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as running_browser:
        yield running_browser


@pytest.fixture(params=SCREENS, ids=str)
def visit(request, portal, chromium) -> Iterator[Visitor]:
    """A stranger at each kind of screen. What the browser complained of fails the journey at its end."""
    with visitor(portal, chromium, request.param) as stranger:
        yield stranger
        if getattr(request.node, "failed", False):
            PICTURES.mkdir(parents=True, exist_ok=True)
            stranger.page.screenshot(path=PICTURES / f"{request.node.name}.png", full_page=True)
        else:
            assert stranger.watch.faults == []


@pytest.fixture
def founded(portal, visit) -> Callable[..., Founded]:
    """`founded(estates=24)` is a new agency whose owner sits at the browser, with what it has at remote systems."""

    def make(**wanted) -> Founded:
        office = found(portal, language=visit.screen.language, **wanted)
        visit.log_in(office.owner)
        return office

    return make
