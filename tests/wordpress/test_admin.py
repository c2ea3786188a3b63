"""What operators see of all agencies' sites."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from estates.wordpress.models import Site, SiteEvent, SiteKey, State
from tests.wordpress.conftest import WRONG_KEY, url

LIST = reverse("admin:wordpress_site_changelist")


@pytest.fixture
def operator(db):
    client = Client()
    user = User.objects.create_superuser("operator@passerelle.example", name="Operator", language="en")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def both(agency, other_agency, add):
    """The same site at two agencies, and another one."""
    add(agency, domain="www.same.example", state=State.ACTIVE, plan="pro")
    add(other_agency, domain="www.same.example")
    add(agency, domain="www.xn--t-9fab.example")


def body(answer) -> str:
    return answer.content.decode().split('id="changelist-form"')[1]


def test_the_same_domain_at_another_agency_is_said_to_operators(operator, both):
    listed = body(operator.get(LIST))
    assert listed.count("www.same.example") == 2
    assert listed.count('<td class="field-others">Riviera Patrimoine</td>') == 1
    assert listed.count('<td class="field-others">Agence Martin</td>') == 1
    assert "été.example (www.xn--" in listed.replace("www.été", "été")


def test_the_list_asks_no_more_for_many_shared_domains(
    operator, both, agency, other_agency, add, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30) as few:
        operator.get(LIST)
    for number in range(3):
        for owner in (agency, other_agency):
            add(owner, domain=f"www.same-{number}.example")
    with django_assert_max_num_queries(len(few)):
        assert body(operator.get(LIST)).count('field-others">Riviera Patrimoine') == 4


@pytest.mark.parametrize(("chosen", "number"), [("yes", 2), ("no", 0), ("x", 2)])
def test_shared_domains_can_be_filtered(operator, both, chosen, number):
    assert body(operator.get(LIST, {"shared": chosen})).count("www.same.example") == number


def test_agencies_are_never_told(both, agency, other_agency, browser):
    for mine, name in ((agency, "Riviera"), (other_agency, "Martin")):
        for site in Site.objects.for_agency(mine):
            page = browser(mine).get(url("detail", mine, site.pk)).content.decode()
            assert name not in page
        assert name not in browser(mine).get(url("index", mine)).content.decode()


def test_one_site_is_shown_with_its_history_and_without_its_key(operator, agency, add, manager):
    site = add(agency, words="Look here")
    SiteEvent.objects.create(site=site, actor=manager, what="refused", words="No, it said")
    page = operator.get(reverse("admin:wordpress_site_change", args=[site.pk])).content.decode()
    for shown in ("Look here", "No, it said", "Activation refused by Ts-Immo", str(manager)):
        assert shown in page
    assert WRONG_KEY not in page
    assert bytes(site.key.ciphertext).decode()[:20] not in page


@pytest.mark.parametrize("name", ["change", "delete"])
def test_nothing_can_be_changed(operator, agency, add, name):
    site = add(agency)
    address = reverse(f"admin:wordpress_site_{name}", args=[site.pk])
    assert operator.post(address, {"domain": "x.example", "post": "yes"}).status_code == 403
    assert operator.get(reverse("admin:wordpress_site_add")).status_code == 403
    assert Site.objects.for_agency(agency).get().domain == site.domain


def test_keys_have_no_page_of_their_own_and_owners_no_way_in(agency, browser):
    assert SiteKey not in admin.site._registry
    assert browser(agency, Role.OWNER).get(LIST).status_code == 302
