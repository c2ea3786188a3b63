import pytest
from django.urls import reverse

from accounts.roles import Role
from estates.connections.models import Outcome
from estates.connections.signals import connection_ready
from estates.connections.store import store_key
from estates.connections.verdict import Verdict
from estates.remotes.secret import Secret
from tests.connections.remote import Remote

KEY = "tsi_live_0123456789_wxyz"


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch):
    """What the rooms above do when a key is ready is for their own tests, and the whole way for a flow."""
    monkeypatch.setattr(connection_ready, "receivers", [])


@pytest.fixture
def remote(settings):
    """Ts-Immo, on loopback and under the test's command."""
    remote = Remote()
    settings.REMOTE_URLS = {**settings.REMOTE_URLS, ("ts_immo", "production"): remote.url}
    yield remote
    remote.stop()


@pytest.fixture
def owner(agency, member):
    return member(agency, Role.OWNER)


@pytest.fixture
def connection(agency, owner):
    """A Ts-Immo connection of the agency that was accepted when it was stored."""
    return store_key(
        agency,
        owner,
        system="ts_immo",
        environment="production",
        label="Lyon",
        secret=Secret(KEY),
        verdict=Verdict(Outcome.OK),
    )


@pytest.fixture
def listed(agency):
    return reverse("connections:index", args=[agency.slug])
