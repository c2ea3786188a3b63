import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.control import try_again
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads.forwarding.forward import NotNow, cards_of, forward
from estates.leads.models import Forwarding, Lead, LeadEvent
from portal.sandbox.faults import Fault

pytestmark = pytest.mark.django_db


def done(job, slices=9) -> Job:
    """The job to its end, at once whatever it waits for."""
    for _ in range(slices):
        Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
        work(job.pk)
        job.refresh_from_db()
        if not job.is_open:
            break
    return job


def held(agency) -> Forwarding:
    return Forwarding.objects.for_agency(agency).get()


def test_ts_immo_gets_the_whole_buyer(agency, account, lead, estate, member):
    job = forward(lead, estate, member(agency, Role.AGENT))
    stream = str(held(agency).stream_id)
    assert account.leads == {}, "the stream is stored before the call"
    assert done(job).status == Status.DONE
    (got,) = account.leads.values()
    assert got.estate_id == estate.remote_id
    assert got.buyer == {
        "streamId": stream,
        "civility": "MS",
        "firstname": "Jean",
        "lastname": "Dupont",
        "type": "PERSON",
        "mail": "jean@exemple.fr",
        "phones": [
            {"number": "+33612345678", "type": "mobile"},
            {"number": "call me", "type": "landline"},
        ],
        "message": "Bonjour",
        "lang": "fr",
        "preferences": [
            {"offerType": "sale", "budget": {"currency": "EUR", "max_price": {"amount": 450000}}}
        ],
    }


def test_the_lead_shows_what_ts_immo_said(agency, account, lead, estate):
    done(forward(lead, estate, None))
    (card,) = cards_of(lead)
    assert card.forwarding.state == "accepted"
    assert card.forwarding.answered_at
    told = LeadEvent.objects.filter(lead=lead).values_list("what", flat=True)
    assert list(told) == ["forwarded", "accepted"]


def test_a_refusal_is_shown_in_ts_immos_words_and_is_no_success(agency, lead, estate):
    type(estate).objects.for_agency(agency).update(remote_id="00000000-0000-4000-8000-000000000000")
    estate.refresh_from_db()
    assert done(forward(lead, estate, None)).status == Status.FAILED
    assert held(agency).state == "refused"
    assert "Estate not found" in held(agency).words


def test_what_was_refused_is_sent_when_its_job_is_tried_again(agency, account, lead, estate, member):
    known = estate.remote_id
    type(estate).objects.for_agency(agency).update(remote_id="00000000-0000-4000-8000-000000000000")
    estate.refresh_from_db()
    refused = done(forward(lead, estate, None))
    type(estate).objects.for_agency(agency).update(remote_id=known)
    assert done(try_again(refused, member(agency))[0]).status == Status.DONE
    assert (held(agency).state, held(agency).words, len(account.leads)) == ("accepted", "", 1)


def test_what_was_refused_of_a_person_erased_since_is_not_tried_again(agency, account, lead, estate, member):
    type(estate).objects.for_agency(agency).update(remote_id="00000000-0000-4000-8000-000000000000")
    estate.refresh_from_db()
    refused = done(forward(lead, estate, None))
    Lead.objects.for_agency(agency).update(erased_at=timezone.now())
    done(try_again(refused, member(agency))[0])
    assert (held(agency).state, account.leads) == ("refused", {})


@pytest.mark.parametrize("kind", ["lost", "dropped", "error_500"])
def test_a_lost_answer_makes_no_second_contact(kind, agency, box, account, lead, estate):
    box.dial.set(Fault(kind, operation="send_lead", times=1))
    assert done(forward(lead, estate, None)).status == Status.DONE
    assert len(account.leads) == 1
    assert held(agency).state == "accepted"


def test_sent_again_it_changes_the_same_contact(agency, account, lead, estate, member):
    done(forward(lead, estate, None))
    stream = held(agency).stream_id
    done(forward(lead, estate, member(agency, Role.AGENT), {"last_name": "Durand", "type": "PERSON"}))
    assert held(agency).stream_id == stream
    (got,) = account.leads.values()
    assert got.buyer["lastname"] == "Durand"
    assert got.submissions == 2


def test_what_is_out_is_not_overtaken(agency, lead, estate):
    forward(lead, estate, None)
    with pytest.raises(NotNow):
        forward(lead, estate, None)
    assert held(agency).version == 1


def test_without_an_answer_the_state_is_unknown_and_it_may_be_sent_again(agency, box, account, lead, estate):
    box.dial.set(Fault("dropped", operation="send_lead"))
    assert done(forward(lead, estate, None), slices=20).status == Status.FAILED
    (card,) = cards_of(lead)
    assert card.is_unknown
    box.dial.clear()
    done(forward(lead, estate, None))
    assert cards_of(lead)[0].forwarding.state == "accepted"


def test_a_job_of_an_earlier_request_sends_nothing_for_a_later_one(agency, account, lead, estate):
    job = forward(lead, estate, None)
    Forwarding.objects.for_agency(agency).update(version=2)
    assert work(job.pk)
    assert held(agency).state == "pending"
    assert account.leads == {}


def test_what_is_asked_while_the_job_before_just_ends_is_not_lost_silently(agency, lead, estate):
    forward(lead, estate, None)
    Forwarding.objects.for_agency(agency).update(state="accepted")
    with pytest.raises(NotNow):
        forward(lead, estate, None)
    assert (held(agency).state, held(agency).version) == ("accepted", 1)


def test_a_success_mends_the_failure_before(agency, box, account, lead, estate, browser):
    box.dial.set(Fault("wrong_key", operation="send_lead"))
    assert done(forward(lead, estate, None)).status == Status.FAILED
    dashboard = reverse("dashboard", args=[agency.slug])
    assert "Forward a lead to Ts-Immo" in browser(agency).get(dashboard).content.decode()
    box.dial.clear()
    done(forward(lead, estate, None))
    assert "Forward a lead to Ts-Immo" not in browser(agency).get(dashboard).content.decode()


def test_an_estate_that_went_meanwhile_is_said(agency, account, lead, estate):
    job = forward(lead, estate, None)
    estate.delete()
    done(job)
    assert held(agency).state == "refused"
    assert account.leads == {}


def test_erased_people_are_not_sent(agency, account, lead, estate):
    job = forward(lead, estate, None)
    Lead.objects.for_agency(agency).update(erased_at=timezone.now())
    done(job)
    assert account.leads == {}
    lead.refresh_from_db()
    with pytest.raises(NotNow):
        forward(lead, estate, None)


def test_a_removed_key_forwards_nothing(agency, lead, estate):
    estate.connection.removed_at = timezone.now()
    with pytest.raises(NotNow):
        forward(lead, estate, None)
    assert not Job.objects.for_agency(agency).filter(kind="leads.forward").exists()


def test_the_trail_names_no_person(agency, lead, estate, member):
    forward(lead, estate, member(agency, Role.AGENT))
    entry = AuditEntry.objects.for_agency(agency).get()
    assert entry.action == "lead.forward_asked"
    assert "Dupont" not in str(entry.detail) + entry.subject
