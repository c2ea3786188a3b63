from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Scope
from accounts.partners import keys
from estates.connections.models import Connection, ConnectionKey, System
from estates.connections.vault import seal
from estates.remotes.secret import Secret
from estates.wordpress import sites
from estates.wordpress.models import Site
from portal.api import entry, estates_first
from tests.portal.api.documented import undocumented

LEAD = {
    "lastName": "Doe",
    "email": "test@example.com",
    "phoneNumbers": [{"number": "+33511223344"}],
    "message": "Is it still free?",
    "classifiedId": "251234567891",
    "submittedDate": "2026-11-28T09:30:00Z",
}

BUYER = {"streamId": "7f1f6f0e-5b5e-4b62-9a38-0f6f5a3f1c11", "lastname": "Dupont"}


@pytest.fixture(autouse=True)
def nothing_counted():
    """Keys of earlier tests had the same ids."""
    cache.clear()
    estates_first.forget()


@pytest.fixture(autouse=True)
def every_answer_is_documented(monkeypatch):
    """Whatever a test asks, the OpenAPI document tells of the status that it is answered with."""
    seen, answer_to = set(), entry._answer

    def noted(request):
        answer = answer_to(request)
        seen.add((request.method, request.path, answer.status_code))
        return answer

    monkeypatch.setattr(entry, "_answer", noted)
    yield
    assert [one for one in seen if undocumented(*one)] == []


@pytest.fixture
def partner() -> Callable[..., Client]:
    """`partner(agency, scope…)` is a client that sends a key with these scopes, or with all of them."""

    def get(agency, *scopes, **limits) -> Client:
        _key, token = keys.make(agency, None, name="Partner", scopes=scopes or Scope.values, **limits)
        client = Client(headers={"Authorization": f"Bearer {token}"})
        client.token = token
        return client

    return get


@pytest.fixture
def connected() -> Callable[..., Connection]:
    """`connected(agency, system)` stores a key that nobody knows."""

    def get(agency, system, label="x") -> Connection:
        connection = Connection.objects.create(agency=agency, system=system, label=label)
        ConnectionKey.objects.create(
            connection=connection, ciphertext=seal(Secret("some-key")), last_four="-key"
        )
        return connection

    return get


@pytest.fixture
def aviv(agency, connected) -> Connection:
    return connected(agency, System.AVIV)


@pytest.fixture
def add_site(agency, connected) -> Callable[..., Site]:
    """`add_site("www.a.example", state="active")` is a site of the agency, at one account for all of its sites."""
    accounts = {}

    def get(domain="www.agence-martin.example", agency=agency, **fields) -> Site:
        if agency.pk not in accounts:
            accounts[agency.pk] = connected(agency, System.TS_IMMO)
        given = {"connection": accounts[agency.pk], "domain": domain, "secret": Secret("plg_0123456789")}
        site = sites.add_site(agency, None, **given)
        Site.objects.for_agency(agency).filter(pk=site.pk).update(**fields)
        return Site.objects.for_agency(agency).select_related("agency").get(pk=site.pk)

    return get
