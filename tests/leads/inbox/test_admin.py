import pytest
from django.urls import reverse

from estates.leads.models import Lead


@pytest.fixture
def operator(client, django_user_model):
    client.force_login(
        django_user_model.objects.create_superuser("op@passerelle.example", "x"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def test_operators_see_where_leads_came_from_and_nobody_s_name(agency, add_lead, operator):
    lead = add_lead(
        agency, first_name="Jeanne", last_name="Zyx", email="zyx@exemple.fr", message="Secret wish",
        phones=(("", "0612345678"),),
    )  # fmt: skip
    pages = (
        reverse("admin:leads_lead_changelist"),
        reverse("admin:leads_lead_change", args=[lead.pk]),
        reverse("admin:leads_lead_history", args=[lead.pk]),
    )
    for page in pages:
        answer = operator.get(page)
        assert answer.status_code == 200
        assert str(lead.pk) in answer.text
        for word in ("Jeanne", "Zyx", "zyx@", "612345678", "Secret"):
            assert word not in answer.text


def test_operators_change_nothing(agency, add_lead, operator):
    lead = add_lead(agency)
    answer = operator.post(reverse("admin:leads_lead_change", args=[lead.pk]), {"state": "won"})
    assert answer.status_code == 403
    assert operator.get(reverse("admin:leads_lead_add")).status_code == 403
    assert Lead.objects.for_agency(agency).get().state == "new"


def test_a_remote_id_leads_to_its_lead(agency, add_lead, operator):
    lead = add_lead(agency)
    found = operator.get(reverse("admin:leads_lead_changelist"), {"q": lead.remote_id})
    assert reverse("admin:leads_lead_change", args=[lead.pk]) in found.text


def test_a_lead_s_own_word_is_its_number(agency, add_lead):
    """What names it in logs and error pages outlives the person's erasure."""
    lead = add_lead(agency, last_name="Zyx")
    assert str(lead) == f"#{lead.pk}"
    assert (lead.who, Lead(email="a@b.fr", phone="1").who, Lead(phone="1").who) == ("Jean Zyx", "a@b.fr", "1")
