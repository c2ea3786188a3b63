import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.connections.replace import replace_key
from estates.connections.store import remove, store_key
from estates.remotes.secret import Secret
from tests.connections.asking import ACTIONS, HTMX, NEW, PAGES, READ, form, stored, url
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", READ + PAGES + ACTIONS)
def test_outsiders_find_nothing(name, agency, other_agency, connection, browser):
    stranger = browser(other_agency, Role.OWNER)
    address = url(agency, name, connection)
    assert stranger.get(address).status_code == (405 if name in ACTIONS else 404)
    if name not in READ:
        assert stranger.post(address, form()).status_code == 404
    assert stored(agency).filter(removed_at=None).get().label == "Lyon"


@pytest.mark.parametrize("name", READ + PAGES + ACTIONS)
def test_who_is_not_logged_in_is_asked_to(name, agency, connection, client):
    address = url(agency, name, connection)
    answer = client.post(address) if name in ACTIONS else client.get(address)
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.MANAGER])
@pytest.mark.parametrize("name", PAGES + ACTIONS)
def test_only_owners_change_keys(name, role, agency, owner, connection, browser, remote):
    replace_key(connection, owner, Secret(NEW))
    before = AuditEntry.objects.for_agency(agency).count()
    assert browser(agency, role).post(url(agency, name, connection), form()).status_code == 403
    if name in PAGES:
        assert browser(agency, role).get(url(agency, name, connection)).status_code == 403
    assert AuditEntry.objects.for_agency(agency).count() == before
    assert remote.keys == []


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.AGENT, 403), (Role.MANAGER, 200), (Role.OWNER, 200)]
)
def test_who_may_see_the_list(role, status, agency, connection, browser, listed):
    assert browser(agency, role).get(listed).status_code == status
    assert browser(agency, role).get(url(agency, "card", connection), headers=HTMX).status_code == status


@pytest.mark.parametrize(("name", "wrong"), [*((n, "post") for n in READ), *((n, "get") for n in ACTIONS)])
def test_wrong_verbs(name, wrong, agency, connection, browser):
    assert getattr(browser(agency), wrong)(url(agency, name, connection)).status_code == 405


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_no_other_verbs(name, agency, connection, browser):
    assert browser(agency).put(url(agency, name, connection)).status_code == 405
    assert browser(agency).delete(url(agency, name, connection)).status_code == 405


@pytest.mark.parametrize("name", ["card", "rename", "remove", "replace", "check", "use", "drop"])
def test_missing_foreign_and_removed_ids(
    name, agency, other_agency, member, owner, connection, browser, listed
):
    given = {"system": "ts_immo", "environment": "production", "label": "x", "verdict": None}
    foreign = store_key(other_agency, None, secret=Secret(KEY), **given)
    remove(connection, owner)
    for pk in (foreign.pk, connection.pk, 999_999):
        address = f"{listed}{pk}/" + (
            "" if name == "card" else {"use": "replacement/use/"}.get(name, f"{name}/")
        )
        address = address.replace("/drop/", "/replacement/drop/")
        answer = browser(agency).get(address) if name == "card" else browser(agency).post(address, form())
        assert answer.status_code == 404
    assert foreign.keys.get().last_four == KEY[-4:]
