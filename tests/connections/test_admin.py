import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from estates.connections.models import Connection, ConnectionKey
from estates.connections.store import store_key
from estates.remotes.secret import Secret
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db
LIST = "admin:connections_connection_changelist"


@pytest.fixture
def operator():
    client = Client()
    user = User.objects.create_superuser("operator@passerelle.example", name="Operator", language="en")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_operators_see_every_agencys_connections(operator, connection, other_agency):
    given = {"system": "seeki", "environment": "sandbox", "label": "Azur", "verdict": None}
    store_key(other_agency, None, secret=Secret("seeki_test_0123"), **given)
    page = operator.get(reverse(LIST)).content.decode()
    for shown in ("Agence Martin", "Lyon", "…wxyz (In use)", "Riviera Patrimoine", "Azur"):
        assert shown in page
    found = operator.get(reverse(LIST), {"q": "riviera"}).content.decode()
    assert "Azur" in found
    assert "Lyon" not in found


def test_one_connection_is_shown_without_ciphertext(operator, connection):
    ciphertext = bytes(connection.keys.get().ciphertext).decode()
    page = operator.get(reverse("admin:connections_connection_change", args=[connection.pk])).content.decode()
    assert "…wxyz" in page
    assert ciphertext[:20] not in page
    assert KEY not in page


@pytest.mark.parametrize("name", ["change", "delete"])
def test_nothing_can_be_changed(operator, connection, name):
    address = reverse(f"admin:connections_connection_{name}", args=[connection.pk])
    assert operator.post(address, {"label": "mine", "post": "yes"}).status_code == 403
    assert operator.get(reverse("admin:connections_connection_add")).status_code == 403
    assert Connection.objects.across_agencies().get().label == "Lyon"


def test_stored_keys_have_no_page_of_their_own():
    assert Connection in admin.site._registry
    assert ConnectionKey not in admin.site._registry


def test_an_owner_is_no_operator(browser, agency, connection):
    assert browser(agency, Role.OWNER).get(reverse(LIST)).status_code == 302
