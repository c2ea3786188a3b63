"""Every screen of webhooks, by role, by verb, and by foreign ids: one table."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.webhooks.making import message, webhook

GET, POST = "get", "post"

# name, what the id in the URL is of, verb, status for an owner, wrong verb
ROUTES = [
    ("index", None, GET, 200, POST),
    ("add", None, GET, 200, "put"),
    ("add", None, POST, 400, "put"),
    ("detail", "webhook", GET, 200, POST),
    ("change", "webhook", GET, 200, "put"),
    ("change", "webhook", POST, 400, "put"),
    ("renew_secret", "webhook", GET, 200, "put"),
    ("renew_secret", "webhook", POST, 201, "put"),
    ("switch_on", "webhook", POST, 302, GET),
    ("remove", "webhook", GET, 200, "put"),
    ("remove", "webhook", POST, 302, "put"),
    ("test", "webhook", POST, 302, GET),
    ("replay", "webhook", GET, 200, "put"),
    ("replay", "webhook", POST, 400, "put"),
    ("message", "message", GET, 200, POST),
    ("arrival", "message", GET, 200, POST),
    ("again", "message", POST, 302, GET),
]
IDS = [f"{verb} {name}" for name, _kind, verb, *_rest in ROUTES]
BODY = {"nothing": "known"}


def address(name, kind, agency) -> str:
    if kind is None:
        return reverse(f"partner_webhooks:{name}", args=[agency.slug])
    made = webhook(agency)
    return reverse(
        f"partner_webhooks:{name}",
        args=[agency.slug, made.pk if kind == "webhook" else message(made).pk],
    )


@pytest.mark.parametrize(("name", "kind", "verb", "status", "wrong"), ROUTES, ids=IDS)
class TestRoute:
    def test_owners_only(self, agency, browser, name, kind, verb, status, wrong):
        url = address(name, kind, agency)
        for role in (Role.VIEWER, Role.AGENT, Role.MANAGER):
            assert getattr(browser(agency, role), verb)(url, BODY).status_code == 403, role
        assert getattr(browser(agency), verb)(url, BODY if verb == POST else {}).status_code == status

    def test_outsider(self, agency, other_agency, browser, name, kind, verb, status, wrong):
        url = address(name, kind, agency)
        assert getattr(browser(other_agency), verb)(url).status_code == 404

    def test_foreign_and_missing_ids(self, agency, other_agency, browser, name, kind, verb, status, wrong):
        foreign = address(name, kind, other_agency)
        asked = foreign if kind is None else foreign.replace(other_agency.slug, agency.slug)
        missing = reverse(f"partner_webhooks:{name}", args=[agency.slug, 999_999]) if kind else foreign
        for url in (asked, missing):
            assert getattr(browser(agency), verb)(url).status_code == 404

    def test_wrong_verb(self, agency, browser, name, kind, verb, status, wrong):
        assert getattr(browser(agency), wrong)(address(name, kind, agency)).status_code == 405

    def test_logged_out(self, agency, client, name, kind, verb, status, wrong):
        url = address(name, kind, agency)
        back = url if verb == "get" else "/"
        assert getattr(client, verb)(url).url == f"{reverse('account_login')}?next={back}"
