"""The journeys' eyes: what they must not overlook is put on a page, and they see it."""

import pytest

from tests.browser.visitor import Screen, visitor

PAGE = "account_login"


@pytest.fixture
def visit(portal, chromium):
    with visitor(portal, chromium, Screen(360, "fr", "light")) as stranger:
        stranger.go(PAGE)
        assert stranger.faults() == []
        yield stranger


def add(visit, html: str) -> list[str]:
    visit.page.evaluate(
        "(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html
    )
    return visit.faults(both_schemes=True)


def test_a_picture_without_words(visit):
    (fault,) = add(visit, '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="9" height="9">')
    assert "image-alt (critical)" in fault


def test_a_text_that_is_too_pale_in_the_other_scheme_only(visit):
    found = add(visit, '<p class="bg-white text-body">Bonjour</p>')
    assert len(found) == 1
    assert found[0].startswith("axe, dark: color-contrast (serious)")


def test_what_is_wider_than_the_screen(visit):
    (fault,) = add(visit, f'<p class="text-nowrap">{"x" * 200}</p>')
    assert fault.startswith("wider than its window of 360 px")


def test_what_the_policy_forbids(visit):
    found = add(visit, '<span style="color: red">Bonjour</span>')
    assert [fault for fault in found if fault.startswith("console: CSP: style-src-attr")]


def test_an_error_of_a_script(visit):
    visit.page.evaluate("setTimeout(() => nobodyKnowsThis())")
    visit.page.wait_for_function("performance.now() > 0")
    assert [fault for fault in visit.faults() if "nobodyKnowsThis" in fault]


def test_an_error_in_the_console(visit):
    visit.page.evaluate("console.error('Aïe')")
    assert [fault for fault in visit.faults() if "Aïe" in fault]


def test_an_answer_that_nobody_expected(visit):
    visit.page.evaluate("fetch('/nowhere/')")
    assert [fault for fault in visit.faults() if fault.startswith("status 404")]
    with visit.watch.answered(404):
        visit.page.evaluate("fetch('/nowhere/')")
    assert visit.faults() == []


def test_a_server_that_does_not_answer(visit):
    found = add(visit, '<img src="https://127.0.0.1:1/nothing.png" alt="">')
    visit.page.wait_for_load_state("networkidle")
    assert [fault for fault in [*found, *visit.faults()] if fault.startswith("request: net::ERR_")]


def test_a_page_in_another_language(visit):
    visit.page.evaluate("document.documentElement.lang = 'de'")
    assert visit.faults() == ["the page says that it is in “de”"]
