import pytest
from django.urls import reverse

from accounts.roles import Role
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.leads.forwarding.forward import forward
from estates.leads.models import Forwarding, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(agency, lead):
    return lambda name: reverse(f"leads:{name}", args=[agency.slug, lead.pk])


def test_the_form_is_prefilled_from_the_lead(agency, lead, browser, page):
    text = browser(agency, Role.AGENT).get(page("forward")).content.decode()
    assert 'value="jean@exemple.fr"' in text
    assert "REF-7" in text
    assert 'value="450000"' in text


def test_what_was_changed_is_sent(agency, account, lead, browser, page):
    given = {"type": "PERSON", "last_name": "Durand", "note": "VIP"}
    answer = browser(agency, Role.AGENT).post(page("forward"), given)
    assert answer["Location"] == page("handling")
    assert work(Job.objects.for_agency(agency).get(kind="leads.forward").pk)
    (got,) = account.leads.values()
    assert (got.buyer["lastname"], got.buyer["internalNote"]) == ("Durand", "VIP")
    assert "Accepted by Ts-Immo" in browser(agency, Role.VIEWER).get(page("handling")).content.decode()


def test_a_mistake_keeps_what_was_typed(agency, lead, browser, page):
    answer = browser(agency, Role.AGENT).post(page("forward"), {"type": "COMPANY", "last_name": "Durand"})
    assert answer.status_code == 422
    assert 'value="Durand"' in answer.content.decode()
    assert not Forwarding.objects.for_agency(agency).exists()


def test_viewers_read_what_became_of_it_and_send_nothing(agency, lead, browser, page):
    viewer = browser(agency, Role.VIEWER)
    assert viewer.post(page("forward"), {"type": "PERSON", "last_name": "x"}).status_code == 403
    text = viewer.get(page("handling")).content.decode()
    assert "Not sent to Ts-Immo." in text
    assert page("forward") not in text


def test_without_an_estate_the_way_is_shown(agency, lead, browser, page):
    Lead.objects.for_agency(agency).update(estate=None)
    answer = browser(agency, Role.AGENT).get(page("forward"), follow=True)
    assert "Link an estate of a Ts-Immo account first" in answer.content.decode()


def test_who_comes_second_reads_why_nothing_happened(agency, lead, estate, browser, page):
    forward(lead, estate, None)
    answer = browser(agency, Role.AGENT).post(
        page("forward"), {"type": "PERSON", "last_name": "x"}, follow=True
    )
    assert "a colleague is sending this lead already" in answer.content.decode()
    assert Forwarding.objects.for_agency(agency).get().version == 1


def test_htmx_gets_the_part_alone(agency, lead, browser, page):
    text = browser(agency).get(page("handling"), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in text
    assert 'id="forwarding"' in text
    assert 'id="handling"' not in text, "who is in charge stands on the page that shows the part"


def test_a_refusal_is_told_in_ts_immos_words(agency, lead, estate, browser, page):
    job = forward(lead, estate, None)
    Forwarding.objects.for_agency(agency).update(state="refused", words="Budget <b>too</b> low")
    Job.objects.for_agency(agency).filter(pk=job.pk).update(status="failed")
    text = browser(agency).get(page("handling")).content.decode()
    assert "Budget &lt;b&gt;too&lt;/b&gt; low" in text
    assert "send it again" in text
