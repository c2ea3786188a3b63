"""What a person sees when a page is not there, not theirs, or broken: ours, in their language, with a way on."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.roles import Role


def test_a_missing_page_is_ours(client):
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Page not found" in page
    assert f'href="{reverse("home")}"' in page


def test_an_outsider_reads_the_same_as_for_an_agency_that_does_not_exist(agency, other_agency, browser):
    outside = browser(agency)
    foreign, missing = (
        outside.get(reverse("dashboard", args=[slug])) for slug in (other_agency.slug, "no-such")
    )
    assert foreign.status_code == missing.status_code == 404
    assert "Page not found" in foreign.content.decode()
    assert other_agency.name not in foreign.content.decode()


def test_a_role_that_does_not_suffice_says_who_can_help(agency, browser):
    answer = browser(agency, Role.VIEWER).get(reverse("accounts:trail", args=[agency.slug]))
    assert answer.status_code == 403
    assert "An owner of the agency can change your role." in answer.content.decode()


def test_a_form_without_its_token_says_that_nothing_was_changed():
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a@b.example"})
    assert answer.status_code == 403
    assert "Nothing was sent or changed." in answer.content.decode()


def test_an_address_that_only_takes_forms_says_so(agency, browser):
    answer = browser(agency).get(reverse("accounts:invite", args=[agency.slug]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing was sent or changed." in answer.content.decode()


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_pages_for_errors_ask_nothing_of_the_request_or_the_database(name):
    # Without the `db` fixture, any query would raise.
    page = render_to_string(name)
    assert "<h1" in page
    assert 'href="/"' in page


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("secret words"), 500, "Something went wrong here"),
        (SuspiciousOperation("secret words"), 400, "The request could not be read"),
        (Http404("secret words"), 404, "Page not found"),
        (PermissionDenied("secret words"), 403, "Not allowed"),
    ],
)
def test_an_error_in_a_view_gets_our_page_without_its_words(
    monkeypatch, agency, browser, error, status, words
):
    def broken(*arguments):
        raise error

    monkeypatch.setattr("portal.views.dashboard_of", broken)
    client = browser(agency)
    client.raise_request_exception = False
    answer = client.get(reverse("dashboard", args=[agency.slug]), headers={"X-Request-Id": "abcdef123456"})
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert "secret words" not in page
    assert ("abcdef123456" in page) == (status == 500)
