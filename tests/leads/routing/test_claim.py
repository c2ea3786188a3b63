from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from accounts.roles import Role
from estates.leads.models import Lead, LeadOffer, Notice
from estates.leads.routing.claim import claim, end_lapsed_offers, open_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(come, rule, colleague) -> Lead:
    rule(colleague("ana"), colleague("bob"), target="first", claim_minutes=15, fallback=colleague("cid"))
    (lead,) = come("1", email="jean@exemple.fr")
    return lead


def whose(agency) -> str:
    lead = Lead.objects.for_agency(agency).select_related("assignee").get()
    return lead.assignee.name if lead.assignee else ""


def lapse(agency) -> None:
    LeadOffer.objects.for_agency(agency).update(until=timezone.now() - timedelta(seconds=1))


def test_all_are_mailed_that_it_may_be_taken(agency, offered, mailed):
    assert [(to, subject) for to, subject in mailed(mail.outbox)] == [
        ("ana@colleagues.example", "To be taken: Jean Dupont"),
        ("bob@colleagues.example", "To be taken: Jean Dupont"),
    ]
    assert whose(agency) == ""


def test_the_first_has_it_and_the_second_does_not(agency, offered, colleague):
    assert claim(offered, colleague("bob"))
    assert not claim(offered, colleague("ana"))
    assert whose(agency) == "Bob"
    assert [entry.action for entry in AuditEntry.objects.for_agency(agency)] == ["lead.claimed"]


def test_only_those_who_were_asked_may_take_it(agency, offered, colleague):
    assert not claim(offered, colleague("dan"))
    assert whose(agency) == ""


def test_what_nobody_took_in_time_is_the_fallbacks(agency, offered, colleague, mailed):
    assert end_lapsed_offers() == 0
    lapse(agency)
    assert (end_lapsed_offers(), end_lapsed_offers()) == (1, 0)
    assert whose(agency) == "Cid"
    assert mailed(mail.outbox) == [("cid@colleagues.example", "New lead: Jean Dupont")]
    assert not claim(offered, colleague("ana"))


def test_a_fallback_who_left_gets_nothing(agency, offered, colleague):
    Membership.objects.filter(user=colleague("cid")).delete()
    lapse(agency)
    assert end_lapsed_offers() == 1
    assert whose(agency) == ""


def test_a_lead_that_was_given_by_hand_is_not_taken_away(agency, offered, colleague):
    Lead.objects.for_agency(agency).update(assignee=colleague("dan"))
    lapse(agency)
    end_lapsed_offers()
    assert not claim(offered, colleague("ana"))
    assert whose(agency) == "Dan"


def test_the_button_is_there_for_those_who_were_asked(agency, offered, colleague, client):
    page = reverse("leads:handling", args=[agency.slug, offered.pk])
    take = reverse("leads:claim", args=[agency.slug, offered.pk])
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(colleague("dan"), backend=backend)
    assert take not in client.get(page).content.decode()
    client.force_login(colleague("ana"), backend=backend)
    assert take in client.get(page).content.decode()
    taken = client.post(take, follow=True)
    assert "This lead is yours." in taken.text
    assert taken.redirect_chain[-1][0] == reverse("leads:detail", args=[agency.slug, offered.pk])
    assert whose(agency) == "Ana"
    assert "A colleague was faster" in client.post(take, follow=True).content.decode()


def test_viewers_take_nothing(agency, offered, browser):
    take = reverse("leads:claim", args=[agency.slug, offered.pk])
    assert browser(agency, Role.VIEWER).post(take).status_code == 403


def test_mails_about_what_was_taken_meanwhile_are_not_sent(agency, offered, colleague, mailed):
    claim(offered, colleague("bob"))
    assert mailed(mail.outbox) == []
    assert set(Notice.objects.for_agency(agency).values_list("state", flat=True)) == {"dropped"}


def test_an_erased_lead_is_offered_to_nobody(agency, offered, colleague):
    Lead.objects.for_agency(agency).update(erased_at=timezone.now())
    offered.refresh_from_db()
    assert open_offer(offered) is None
    assert not claim(offered, colleague("ana"))
