"""The pages of data protection: what they name, who may open them, and what they say when things changed."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.roles import Role
from estates.jobs.models import Job
from estates.leads.erasure.erase import KIND, erase_person
from estates.leads.models import Erasure, Lead, Retention

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def url(name, agency, *pk):
    return reverse(f"leads:{name}", args=[agency.slug, *pk])


@pytest.fixture
def jean(agency, filed, draft):
    leads = filed(
        agency,
        draft("1", email="jean@exemple.fr", phones=(("", "06 98 76 54 32"),), happened_at=LONG_AGO),
        draft("2", email="jean@exemple.fr", happened_at=LONG_AGO),
    )
    return leads[0].person


@pytest.fixture
def client(agency, browser):
    return browser(agency, Role.MANAGER)


def page(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def seen(person) -> str:
    leads = Lead.objects.for_agency(person.agency).order_by("pk")
    return ",".join(str(pk) for pk in leads.values_list("pk", flat=True))


@pytest.mark.parametrize("name", ["erasures", "silent", "set_retention"])
def test_data_protection_is_for_managers(agency, browser, name):
    for role in Role:
        answer = browser(agency, role).post(url(name, agency), {})
        assert (answer.status_code == 403) == (not role.suffices_for(Role.MANAGER))


def test_erasing_names_the_person_and_leads_to_a_receipt_that_does_not(agency, jean, client, worked):
    asked = page(client.get(url("erase", agency, jean.pk)))
    assert asked.count("Erase Jean Dupont") >= 3
    assert f'name="seen" value="{seen(jean)}"' in asked
    receipt = page(client.post(url("erase", agency, jean.pk), {"seen": seen(jean)}, follow=True))
    erasure = Erasure.objects.for_agency(agency).get()
    assert erasure.number in receipt
    assert "not yet" in receipt
    assert "Dupont" not in receipt
    worked(Job.objects.for_agency(agency).get(kind=KIND))
    receipt = page(client.get(url("erasure", agency, erasure.pk)))
    assert "data-print" in receipt
    assert "not yet" not in receipt
    assert client.get(url("person", agency, jean.pk)).status_code == 404


@pytest.mark.parametrize("given", ["", "x", "1,", "9999999", "1"])
def test_only_what_was_seen_is_erased(agency, jean, client, given):
    """A merge or a new enquiry between the sight and the click makes another person of it."""
    given = str(Lead.objects.for_agency(agency).earliest("pk").pk) if given == "1" else given
    answer = page(client.post(url("erase", agency, jean.pk), {"seen": given}, follow=True))
    assert "Nothing was erased" in answer
    assert not Erasure.objects.for_agency(agency).exists()


def test_whoever_clicks_second_is_told(agency, jean, client):
    before = seen(jean)
    client.post(url("erase", agency, jean.pk), {"seen": before})
    assert client.post(url("erase", agency, jean.pk), {"seen": before}).status_code == 404
    assert Erasure.objects.for_agency(agency).count() == 1


@pytest.mark.parametrize("address", ["JEAN@exemple.fr", "06.98.76.54.32", "+33 6 98 76 54 32"])
def test_one_can_prove_later_that_an_address_was_erased(
    agency, other_agency, jean, client, browser, member, address
):
    erasure = erase_person(jean, member(agency))
    answer = page(client.post(url("erasures", agency), {"address": address}))
    assert "Yes: these erasures covered" in answer
    assert answer.count(erasure.number) == 2
    assert "No: no erasure" in page(client.post(url("erasures", agency), {"address": "marie@exemple.fr"}))
    elsewhere = browser(other_agency, Role.MANAGER)
    assert "No: no erasure" in page(elsewhere.post(url("erasures", other_agency), {"address": address}))


def test_the_hash_survives_new_keys_of_the_vault(agency, jean, browser, member, settings):
    from cryptography.fernet import Fernet
    from django.core.management import call_command

    erase_person(jean, member(agency))
    old, new = settings.VAULT_KEYS, Fernet.generate_key().decode()
    settings.VAULT_KEYS = [new, *old]
    call_command("rotate_vault")
    settings.VAULT_KEYS, settings.SECRET_KEY = [new], "another" * 10
    client = browser(agency, Role.MANAGER)
    assert "Yes: these" in page(client.post(url("erasures", agency), {"address": "jean@exemple.fr"}))


def test_the_retention_is_set_within_reason(agency, client):
    given = {"months": "24", "automatic": "on"}
    assert "Saved." in page(client.post(url("set_retention", agency), given, follow=True))
    assert 'value="24"' in page(client.get(url("erasures", agency)))
    for months in ("0", "-1", "121", "x", ""):
        client.post(url("set_retention", agency), {"months": months})
    held = Retention.objects.for_agency(agency).get()
    assert (held.months, held.automatic) == (24, True)


def test_the_list_is_looked_at_before_anybody_is_erased(agency, jean, client, worked):
    assert "1 person has been silent" in page(client.get(url("erasures", agency)))
    listed = page(client.get(url("silent", agency)))
    assert "Jean Dupont" in listed
    assert "Erase 1 person" in listed
    stamp = listed.split('name="since" value="')[1].split('"')[0]
    newest = listed.split('name="up_to" value="')[1].split('"')[0]
    answer = client.post(url("silent", agency), {"since": stamp, "up_to": newest}, follow=True)
    assert "too long without contact" in page(answer)
    worked(Job.objects.for_agency(agency).get(kind=KIND))
    assert not Lead.objects.for_agency(agency).filter(erased_at=None).exists()
    assert "Nobody is due" in page(client.get(url("silent", agency)))


@pytest.mark.parametrize(
    "form", [{}, {"since": "x", "up_to": "1"}, {"since": "2999-01-01T00:00:00.000000+0000", "up_to": "9"}]
)
def test_a_list_that_nobody_can_have_seen_erases_nobody(agency, jean, client, form):
    assert "Nothing was erased" in page(client.post(url("silent", agency), form, follow=True))
    assert not Erasure.objects.for_agency(agency).exists()


def test_many_receipts_are_paged(agency, client):
    for number in range(52):
        Erasure.objects.create(agency=agency, number=f"N{number:03}", reason="request")
    first = page(client.get(url("erasures", agency)))
    assert "N051" in first
    assert "N001" not in first
    before = first.split("?before=")[1].split('"')[0]
    assert "N001" in page(client.get(url("erasures", agency), {"before": before}))
